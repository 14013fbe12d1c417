# %% [markdown]
# # 03 · One face
#
# *The same network, but it sees one man only. What is left for the code to say?*
#
# **You will learn**
#
# - how the code changes when the network is trained on one person, side by side with lesson 2;
# - why a probe's score means little without an untrained network beside it;
# - that single numbers of a code mean nothing one could name, but directions do;
# - how to find the direction of a turn or a smile, and what else it moves when you follow it.
#
# **You need first:** [02 · Many faces](02_many_faces.ipynb): directions and probes.
#
# **Time:** 3 minutes on a CPU, 2 minutes on a GPU, and half an hour to read and play.

# %% tags=["setup"]
# In Colab this installs the course; on your own machine it is there already.
import importlib.util

if not importlib.util.find_spec("swaplib"):
    get_ipython().run_line_magic(
        "pip", "install --quiet 'swaplib @ git+https://github.com/two-decoders/two-decoders@v0.2.0'")
    importlib.invalidate_caches()
    if not importlib.util.find_spec("swaplib"):
        raise RuntimeError("swaplib could not be installed; pip says why, above. Then run this cell again.")

# %%
from swaplib import muted

with muted():
    import keras
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.linear_model import LinearRegression

    from swaplib import autoencoder, explore, faces, latent, metrics, show
    from swaplib.budget import announce, pick
    from swaplib.exercises import lesson_03 as check

keras.utils.set_random_seed(1)
announce(cpu=3, gpu=2)

# %% [markdown]
# ## The result first
#
# A network has seen 800 pictures of one man, person A. He is rendered, as everybody here. Below are
# sliders with **names**: turn him, make him smile, open his mouth, close his eyes. Nobody told
# the network these words while it learnt. They were found afterwards, by a regression that you will
# write yourself.

# %%
SIZE, CODE = 64, 64  # pixels, numbers
TRAIN = faces.MANY_TRAIN  # the first 1,300 people are for training, the rest for testing
a, unseen = faces.load("person_a", SIZE), faces.load("test_a", SIZE)
ready = autoencoder.shipped("one")
encoder, decoder = ready.get_layer("encoder"), ready.get_layer("decoder")
codes = encoder.predict(a.images, verbose=0)
unseen_codes = encoder.predict(unseen.images, verbose=0)
middle = codes.mean(axis=0)

NAMES = ["yaw", "pitch", "smile", "mouth_open", "blink", "pucker", "gaze_yaw", "brow_inner",
         "light_azimuth"]
named = latent.named(codes, a.factors, NAMES)
starts = {**{f"picture {k}": unseen_codes[k] for k in (2, 6, 1, 9)}, "the average": middle}
explore.Explorer(explore.decoder(decoder), named, starts,
                 alt="A man with brown skin and short black hair before a green wall, looking straight "
                     "ahead, and nine sliders with names, from yaw to light_azimuth.")

# %% [markdown]
# `yaw` turns, `pitch` nods, both in degrees. `gaze_yaw` should turn the eyes, `brow_inner` should
# lift the brows. Do they? Try them all before you read on, and note which sliders do what they say,
# and which do something else as well.
#
# ## One man, 800 pictures
#
# 800 pictures for training and 120 others for testing, with other poses, expressions and light.

# %% tags=["nbval-check-output"]
print("training", a.images.shape, " testing", unseen.images.shape)
for name in ("yaw", "smile", "blink"):
    print(f"{name:6} from {a.factors[name].min():.0f} to {a.factors[name].max():.0f}")

# %%
show.picture(show.grid([a.images[:10], a.images[10:20]], 72),
             "Twenty training pictures of person A: he turns up to 35 degrees to each side, laughs, "
             "talks, looks aside, shuts his eyes, in white, green and orange light.")

# %% [markdown]
# ## Training
#
# The very network of lesson 2, with the same loss. Only the pictures differ.

# %%
EPOCHS = pick(ci=3, cpu=30, gpu=100)
BATCH = 16
six = unseen.images[[0, 1, 3, 4, 6, 9]]
preview = show.changing(show.row(six), "Six pictures of A, before the training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        again = self.model.predict_on_batch(six)
        preview(show.grid([six, again]),
                f"Six pictures of A and their reconstructions after {epoch + 1} epochs.")


keras.utils.set_random_seed(1)
model = autoencoder.build_autoencoder(SIZE, CODE, width=12)
rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * -(-len(a) // BATCH))
model.compile(keras.optimizers.Adam(rate), loss=autoencoder.picture_loss)
model.fit(a.images, a.images, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[Preview()])
print(f"{EPOCHS} epochs done")

# %%
def error(made, truth=unseen.images):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


errors = {"mean picture": error(a.images.mean(axis=0)),
          f"yours, {EPOCHS} epochs": error(model.predict(unseen.images, verbose=0)),
          "shipped, 160 epochs": error(ready.predict(unseen.images, verbose=0))}
for name, value in errors.items():
    print(f"{name:20} {value:.3f}")

# %% [markdown]
# As before, we go on with the shipped network, so that your numbers are those of the text. (Its
# error is 0.025 here, against 0.041 for the many: one man is easier to know than mankind.)
#
# ## What rose, what fell
#
# The article behind this course puts it this way: trained on many faces, the numbers say *who it
# is*; trained on one, they say *what the face is doing*. That can be tested. Two encoders, one
# trained on the many, one on A. Two kinds of question: who is it, asked about 200 people of lesson
# 2 that no network has seen; and what is he doing, asked about the 120 unseen pictures of A. Probes
# answer both.
#
# And a third encoder, which has learnt **nothing**: its weights are as random as on the first day.
#
# **Predict before you run.** One of these four can't be read at all from the one-face code: `yaw`,
# `roll` (leaning to the side), `smile` or `gaze_yaw`. Which one, and why? Think of how the crops
# are cut: eyes and mouth are brought to fixed places.

# %%
prediction = ...  # one of these names, in quotes

# %%
many = faces.load("many", SIZE)
keras.utils.set_random_seed(0)
encoders = {"trained on many": autoencoder.shipped("many").get_layer("encoder"),
            "trained on A": encoder,
            "untrained": autoencoder.build_encoder(SIZE, CODE, width=12)}
of_many = {name: e.predict(many.images, verbose=0) for name, e in encoders.items()}
of_a = {name: e.predict(a.images, verbose=0) for name, e in encoders.items()}
of_unseen = {name: e.predict(unseen.images, verbose=0) for name, e in encoders.items()}

WHO = ["hair", "skin", "gender", "age", "face_width", "face_height", "chin_height", "nose_length"]
DOING = ["yaw", "pitch", "mouth_open", "blink", "smile", "pucker", "gaze_yaw", "brow_inner", "roll"]
who, doing = {}, {}
for name in encoders:
    who[name] = {f: latent.probe_on(of_many[name][:TRAIN], many.factors[f][:TRAIN],
                                    of_many[name][TRAIN:], many.factors[f][TRAIN:]) for f in WHO}
    doing[name] = {f: latent.probe_on(of_a[name], a.factors[f], of_unseen[name], unseen.factors[f])
                   for f in DOING}
four = {f: doing["trained on A"][f] for f in ("yaw", "roll", "smile", "gaze_yaw")}
check.predicted(prediction, min(four, key=four.get))

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
titles = ("Who is it? 200 unseen people", "What does he do? 120 unseen pictures of A")
for axes, scores, title in zip(panels, (who, doing), titles, strict=True):
    for k, (name, score) in enumerate(scores.items()):
        axes.barh(np.arange(len(score)) + 0.27 * (k - 1), list(score.values()), 0.27, label=name,
                  color=("tab:blue", "tab:orange", "lightgrey")[k])
    axes.set_yticks(range(len(score)), score)
    axes.invert_yaxis()
    axes.axvline(0, color="black", lw=0.8)
    axes.set(title=title, xlabel="read by a linear probe: 1 is all, 0 is nothing", xlim=(-0.15, 1))
panels[0].legend(loc="lower right")
plt.close(figure)
show.picture(figure, "Two bar charts; the numbers are printed below. Who it is: the encoder trained on "
                     "many leads everywhere. What A does: the encoder trained on A leads a little, in "
                     "gaze by much; brows and roll are near zero for all three.")
means = {name: {"who": float(np.mean(list(who[name].values()))),
                "doing": float(np.mean(list(doing[name].values())))} for name in encoders}
for scores in (who, doing, means):
    print(metrics.table(scores), end="\n\n")

# %% [markdown]
# What fell: everything about *who*. The encoder trained on A tells, on average, no more of other
# people than one that has learnt nothing, and of skin and gender less. What rose: nearly everything
# A *does*, and the smaller things most. Where his eyes look is lost on the encoder of the many
# (0.00), and partly there in A's (0.31).
#
# So the article is right about the direction. But the two halves are far less apart than it sounds:
#
# - The encoder of the many reads A's turning head nearly as well as his own (0.94 and 0.97).
# - Even **random weights** give about 0.84 for yaw and 0.55 for hair. A turned head changes so many
#   pixels that 64 mixtures of them can hardly miss it. A probe's score alone therefore shows no
#   learning; only the lead over the untrained network does. (So you should look at lesson 2's chart
#   again.)
# - "What the face is doing" is orientation and mouth, and mostly smile and lids. Of gaze it is a
#   third, of brows nothing. They are a few pixels each.
# - Roll is near zero with all three, and must be: aligning the crop took it away.
#
# ## What a cloud of codes is about
#
# Probes ask what can be *read*. Now ask, as in lesson 2, how much of the *spread* of the codes
# follows from pose and expression, from light, and from who it is, whatever encoder made them.

# %%
columns = list(many.factors)
groups = {"who": columns[22:], "doing": columns[:16], "light": columns[16:22]}


spread = {}
for name in ("trained on many", "trained on A"):
    y = of_many[name]
    spread[f"{name}, sees the many"] = {
        g: latent.r2(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:])
        for g, x in ((g, latent.columns(many.factors, n)) for g, n in groups.items())}
    spread[f"{name}, sees A"] = {
        g: latent.r2(latent.columns(a.factors, groups[g], many.factors), of_a[name],
                            latent.columns(unseen.factors, groups[g], many.factors), of_unseen[name])
        for g in ("doing", "light")}
print(metrics.table(spread))

# %% [markdown]
# Compare the rows. Whether codes are about who or about doing depends mostly on **whose pictures
# you put in**, and much less on what the encoder was trained on. Show anybody's encoder one man
# only, and his codes can differ by nothing but what he does and how he is lit. That is the sober
# core of "trained on one face, the numbers say what it is doing".
#
# What training on one face does change is the **decoder**. Whatever the code, A comes out. Lesson 4
# is built on that.
#
# ## Sliders on raw numbers
#
# Is there one number for the smile? Here are the eight numbers of the code that vary most, each by
# itself.

# %%
raw = latent.raw(codes, 8)
explore.Explorer(explore.decoder(decoder), raw, starts,
                 alt="Person A before a green wall, and eight sliders called number so-and-so: each "
                     "changes him a little, light, pose and mouth at once.")

# %%
single = {f: float(max(np.corrcoef(codes[:, k], a.factors[f])[0, 1] ** 2 for k in range(CODE)))
          for f in DOING[:6]}
together = {f: doing["trained on A"][f] for f in single}
print(metrics.table({"the best single number": single, "all 64 together": together}))

# %% [markdown]
# No single number is "smile". The best one carries about a fifth of it, all 64 together three
# quarters. Lesson 1 said why: nobody tells a code to have tidy axes. Any rotation of the code,
# undone in the decoder's first layer, draws the same pictures. (The first of two places where the
# story about meaningful numbers is too neat.)
#
# ## Principal directions
#
# PCA at least finds axes that the data choose.

# %%
principal = latent.principal(codes, 8)
sheet = {}
for k in range(8):
    steps = np.zeros((5, 8))
    steps[:, k] = np.linspace(principal.low[k], principal.high[k], 5)
    moved = np.stack([principal.move(middle, s) for s in steps])
    sheet[f"direction {k + 1}"] = decoder.predict_on_batch(moved)
show.picture(show.contact_sheet(sheet, zoom=1.4),
             "Eight columns of five pictures of A, a column a direction. 1: from dark to bright. 2: "
             "turning the head. 3: ends in a ghost with two heads. 5: nodding. 7: from open mouth to a "
             "smile. 4, 6 and 8: a little of everything.")

# %%
explore.Explorer(explore.decoder(decoder), principal, starts, names=True,
                 alt="Person A before a green wall, and eight sliders along the principal directions, "
                     "with boxes to name them.")

# %%
along = (codes - middle) @ np.linalg.pinv(principal.vectors)
table = {f"direction {k + 1}": {f: float(np.corrcoef(along[:, k], a.factors[f])[0, 1])
                                for f in ("yaw", "pitch", "smile", "mouth_open", "blink", "light_key")}
         for k in range(8)}
print("correlations\n" + metrics.table(table))

# %% [markdown]
# Better: the second is a turn and the fifth a nod. The seventh goes from an open mouth to a smile,
# which are two things, and independent in the data: PCA ties them together. Look at the third too.
# It ends in a ghost with two heads, although its range comes from the data. People's codes lie on a
# bent surface, and a straight line from the average soon leaves it.
#
# ## Directions with a name
#
# Since the factors of each picture are known, we can ask for directions outright: how does the code
# change when the head turns by one degree, *and all else stays*? That is a linear regression, from
# factors to codes.
#
# ### Exercise 1: find them
#
# Model: `codes ≈ base + values @ vectors`, with `values` `(n, k)` the factors and `vectors` `(k,
# 64)` the directions. Find `vectors` by least squares (`np.linalg.lstsq`). For the base, add a
# column of ones.

# %% tags=["exercise"]
### BEGIN SOLUTION
def directions(codes, values):
    """The change of the code for one unit of each factor: (k, code_size)."""
    ones = np.ones((len(values), 1))
    return np.linalg.lstsq(np.hstack([values, ones]), codes, rcond=None)[0][:-1]
### END SOLUTION
check.directions(directions)

# %% [markdown]
# `latent.named` does the same; the sliders at the top are made of it.
#
# ### Exercise 2: make them all smile
#
# For pictures whose own smile is known (`own`, one for each), bring all to the same `wanted` smile:
# move each code by as many units of `vector` as it lacks.

# %% tags=["exercise"]
### BEGIN SOLUTION
def with_factor(codes, own, wanted, vector):
    """The codes (n, code_size), moved from their own value (n,) to the wanted one."""
    return codes + (wanted - own)[:, None] * vector
### END SOLUTION
check.with_factor(with_factor)

# %%
def brought(count, name, wanted):
    """The first unseen pictures, decoded with one factor brought to a value: (count, 64, 64, 3)."""
    missing = wanted - unseen.factors[name][:count]
    moved = unseen_codes[:count] + missing[:, None] * named.vectors[NAMES.index(name)]
    return decoder.predict(moved.astype(np.float32), verbose=0)


show.picture(show.grid([unseen.images[:10], brought(10, "yaw", -20), brought(10, "yaw", 20),
                        brought(10, "smile", 0.8), brought(10, "mouth_open", 0.8),
                        brought(10, "blink", 1)], 88),
             "Ten unseen pictures of A. Below: all turned to the picture's left, all to its right, all "
             "smiling, all with open mouth, all with closed eyes. Most work; some are blurred, and some "
             "turn only half as far as they should.")

# %% [markdown]
# ## How entangled are they?
#
# First in the code itself: the cosine of the angle between two directions is 0 where they are at
# right angles, and 1 or -1 where they are one and the same.

# %%
cosines = latent.entanglement(named)


def heat(values, rows, columns, title, limit):
    """A table of numbers as colours: a Matplotlib figure."""
    figure, axes = plt.subplots(figsize=(1.6 + 0.75 * len(columns), 1.2 + 0.42 * len(rows)))
    axes.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
    for (r, c), value in np.ndenumerate(values):
        axes.text(c, r, f"{value:.2f}", ha="center", va="center", fontsize=8,
                  color="white" if abs(value) > 0.6 * limit else "black")
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_title(title)
    plt.close(figure)
    return figure


show.picture(heat(cosines, NAMES, NAMES, "cosines between named directions", 1),
             "Cosines between nine named directions. Most lie within 0.26 of zero; gaze_yaw and "
             "brow_inner have 0.41, brow_inner and light_azimuth -0.39.")

# %% [markdown]
# Most are not far from right angles: better than one might have feared. The exceptions are the ones
# that the code hardly knows, `gaze_yaw` and `brow_inner`: where there is little to find, the
# regression fits noise.
#
# But a cosine is about the code, and what counts is the face. So let a judge who knows nothing of
# codes look at the **decoded pictures**: MediaPipe, which measures head pose in degrees and gives
# scores for smile, open jaw, blink and pucker. We bring 24 unseen pictures to the low and to the
# high end of a factor (its 10th and 90th percentile), and see what changes between the two. To
# compare degrees with scores, each change is divided by how much that measure varies in the real
# pictures.
#
# **Predict:** which of `yaw`, `pitch`, `smile`, `mouth_open` and `blink` has the largest side
# effect, compared with what it should do?

# %%
prediction = ...  # one of these names, in quotes

# %%
MOVED = ["yaw", "pitch", "smile", "mouth_open", "blink", "light_azimuth"]
SEEN = ["yaw", "pitch", "smile", "jaw_open", "blink", "pucker"]
real = metrics.pose_expression(unseen.images)
usual = {s: np.nanstd(real[s]) for s in SEEN}
change = np.zeros((len(MOVED), len(SEEN)))
for r, name in enumerate(MOVED):
    low, high = (metrics.pose_expression(brought(24, name, np.percentile(a.factors[name], q)))
                 for q in (10, 90))
    change[r] = [np.nanmean(high[s] - low[s]) / usual[s] for s in SEEN]

show.picture(heat(change, MOVED, SEEN, "what MediaPipe sees when a direction is followed", 2),
             "Changes seen by MediaPipe for six directions. On the diagonal 1.3 to 2.1. Beside it: smile "
             "tilts the head down by 0.44, mouth_open adds 0.40 of smile, yaw takes 0.36 of smile; "
             "light_azimuth moves nothing.")

# %% [markdown]
# ### Exercise 3: how much is spilt?
#
# For a row of this table and the column that was wanted, the **spill** is the largest of the
# *other* changes, as a share of the wanted one. Signs don't matter.

# %% tags=["exercise"]
### BEGIN SOLUTION
def spill(row, wanted):
    """The largest side effect over the wanted change: 0 for a direction that does one thing only."""
    row = np.abs(row)
    return np.delete(row, wanted).max() / row[wanted]
### END SOLUTION
check.spill(spill)

# %%
size = np.abs(change)
spills = {name: float(np.delete(size[k], k).max() / size[k, k]) for k, name in enumerate(MOVED[:5])}
for k, (name, value) in enumerate(spills.items()):
    worst = SEEN[np.argmax(np.where(np.arange(len(SEEN)) == k, 0, size[k]))]
    print(f"{name:11} spill {value:.2f}, into {worst}")
check.predicted(prediction, max(spills, key=spills.get))

strength = {name: error(*(brought(24, name, np.percentile(a.factors[name], q)) for q in (10, 90)))
            for name in NAMES}
print("\nchange of the picture from one end to the other\n" + metrics.table({"": strength}) + "\n")

turn = change[0, 0] * usual["yaw"]
asked = np.diff(np.percentile(a.factors["yaw"], [10, 90]))[0]
slope = np.polyfit(unseen.factors["yaw"], real["yaw"], 1)[0]
print(f"yaw: asked for {asked:.0f} degrees; MediaPipe sees {turn:.0f}, "
      f"and would see {slope * asked:.0f} in true pictures")

# %% [markdown]
# Every direction does chiefly what its name says. The light moves nothing in the face, and the turn
# is a turn: some 20 degrees by an independent measure. But:
#
# - About a third of a `smile` or an open mouth is spilt: the smile nods, the open mouth smiles.
#   Some of that is the direction, and some is MediaPipe, to which a wide mouth looks like either.
# - A turn of 42 degrees should look like 36 to MediaPipe; it looks like 21. Codes of a turning head
#   lie on a curve, and we cut across on a straight line.
# - `gaze_yaw` and `brow_inner` have names, but change the picture by a tenth of what `yaw` does,
#   and neither eyes nor brows visibly move. A regression always returns a direction, and a slider
#   always has a label. Neither shows that there is something behind it.
#
# This is the second place where the neat story fails: numbers as human as "smile" aren't in the
# code. Directions *near* to it are, they had to be looked for with labels in hand, and each of them
# drags a bit of something else along.
#
# ## And another face?
#
# If A's code says what a face does, why not feed it somebody else? Person B turns and smiles in the
# same 120 ways as A in his unseen pictures. Her pictures go into A's network; and a probe that has
# learnt from A's codes reads hers.

# %%
b = faces.load("test_b", SIZE)
b_codes = encoder.predict(b.images, verbose=0)
show.picture(show.grid([b.images[:10], decoder.predict_on_batch(b_codes[:10]), unseen.images[:10]], 88),
             "Ten pictures of a fair woman, B; what A's network makes of them, a blotchy, blurred A who "
             "does roughly what she does; and A really doing it.")


def reads(name, new_codes):
    """Correlation of a factor with what a regression fitted to A's codes reads from others."""
    read = LinearRegression().fit(codes, a.factors[name]).predict(new_codes)
    return float(np.corrcoef(read, unseen.factors[name])[0, 1])


transfer = {who: {f: reads(f, c) for f in ("yaw", "pitch", "smile", "mouth_open")}
            for who, c in (("A, unseen pictures", unseen_codes), ("B", b_codes))}
print("correlation with the truth\n" + metrics.table(transfer))

# %% [markdown]
# A comes out, and he even tries to do what she does. But he is blotched, and the probe that reads A
# well reads B far worse: the encoder has never seen her, and her codes lie beside his. Bring the
# codes of two people to the same place, and you have a face swap.
#
# ## Quiz
#
# 1. Why does A's code hold nothing about his skin? (a) The alignment takes it away. (b) It is the
#    same in all his pictures, so the decoder's weights know it. (c) Skin can't be written in
#    numbers.
# 2. Two named directions have a cosine of 0. Does following one leave the other's effect in the
#    *picture* untouched? (a) Yes, always. (b) Yes, if both have length 1. (c) Not necessarily.
# 3. An untrained encoder lets a probe read yaw with 0.84. What follows? (a) A probe's score should
#    be compared with such a one. (b) The probe is broken. (c) Yaw needs no code.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "b"
q2 = "c"
q3 = "a"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured

# %% tags=["nbval-check-output"]
mine, theirs = doing["trained on A"], doing["trained on many"]
live, mean = errors[f"yours, {EPOCHS} epochs"], errors["mean picture"]
claims = {
    "a network trained just now beats the mean picture on unseen ones": live < 0.8 * mean,
    "A's code tells turn, nod and open mouth": min(mine[k] for k in ("yaw", "pitch", "mouth_open")) > 0.8,
    "it tells more of what he does than the code of the many":
        means["trained on A"]["doing"] > means["trained on many"]["doing"] + 0.05,
    "and less of who somebody is":
        means["trained on A"]["who"] < means["trained on many"]["who"] - 0.1,
    "too neat: the encoder of the many reads his turning head as well": theirs["yaw"] > 0.85,
    "too neat: random weights read it too": doing["untrained"]["yaw"] > 0.7,
    "too neat: gaze is mostly lost, brows are": mine["gaze_yaw"] < 0.5 and mine["brow_inner"] < 0.2,
    "no single number is the smile": single["smile"] < 0.5 * together["smile"],
    "the yaw direction turns the head by MediaPipe's measure, more than 15 degrees": bool(turn > 15),
    "each direction does chiefly what its name says": max(spills.values()) < 0.7,
    "but not only that: smile and open mouth spill": min(spills["smile"], spills["mouth_open"]) > 0.1,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# **Next:** [04 · Face swap](04_face_swap.ipynb): one encoder for both, two decoders, and the same
# code makes both of them smile.
#
# **Sources.** G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier
# probes", arXiv 1610.01644, 2016. On judging probes beside a control: J. Hewitt and P. Liang,
# "Designing and interpreting probes with control tasks", EMNLP 2019. That nothing in such a
# training makes single numbers meaningful: F. Locatello et al., "Challenging common assumptions in
# the unsupervised learning of disentangled representations", ICML 2019. MediaPipe's face landmarks
# and scores: Google, Apache-2.0. Persons A and B are rendered from MakeHuman's CC0 assets.
