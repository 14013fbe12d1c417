# %% [markdown]
# # 03 · One face
#
# *The same network, trained on one woman only. What is left for the code to encode?*
#
# **You will learn**
#
# - how the code changes when the network is trained on one person instead of many;
# - why single numbers of a code have no particular meaning, and how to find meaningful directions;
# - how to test whether a slider does what its label says, and how to calibrate it if it does not;
# - how leaving out a variable biases a regression;
# - how to measure the side effects of a slider.
#
# **Before you start, you need:** [02 · Many faces](02_many_faces.ipynb): directions, probes and their
# controls. Terms are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 3 minutes to run on a CPU, or 2 on a GPU, plus about three hours to read, explore and do
# the exercises, with two good places for a break. Each section states how long it takes.

# %% tags=["setup"]
# In Colab or elsewhere online, this installs the course; on your own machine it is already installed.
import importlib.util
import subprocess
import sys

if not importlib.util.find_spec("swaplib"):
    course, version = "https://github.com/two-decoders/two-decoders", "0.2.0"
    wheel = f"{course}/releases/download/v{version}/swaplib-{version}-py3-none-any.whl"
    for source in (wheel, f"git+{course}@v{version}"):
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", "--retries=2",
             f"swaplib @ {source}"], capture_output=True, text=True)
        importlib.invalidate_caches()
        if importlib.util.find_spec("swaplib"):
            print(f"Installed swaplib {version} from {source}. There is no need to restart.")
            break
    else:
        said = pip.stderr.strip().splitlines() or ["pip gave no reason"]
        telling = [line for line in said if any(x in line for x in ("fatal", "pathspec", "ERROR"))]
        reason = (telling or said[-1:])[0].strip()
        raise RuntimeError(f"swaplib {version} could not be installed ({reason}). Check the network "
                           "(on Kaggle: Settings, Internet), then run this cell again. "
                           f"Available versions: {course}/releases")

# %%
from swaplib import muted

with muted():
    import keras
    import numpy as np

    from swaplib.exercises import lesson_03 as check
    from swaplib.notebook import charts, code_charts, show
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(1)
announce(cpu=3, gpu=2)

# %% [markdown]
# ## The result first
#
# *10 minutes.* The network below was trained on 800 pictures of one rendered woman, person A. Run
# the cells up to and including the next one to see its sliders. Each slider is **named** after a
# factor and sets its *value*: set `yaw` to 20, and her head turns to about 20 degrees, whichever
# way it faced before. The network was never given these names. In this lesson you will build such
# sliders in three steps.

# %%
with muted():
    from swaplib import latent, networks, notebook
    from swaplib.crops import dataset

SIZE, CODE = 64, 64  # pixels, numbers
TRAIN = dataset.MANY_TRAIN  # the first 1,300 of the many people are for training
a, unseen = dataset.load("person_a", SIZE), dataset.load("test_a", SIZE)
ready = networks.shipped("one")
encoder, decoder = ready.get_layer("encoder"), ready.get_layer("decoder")
codes = encoder.predict(a.images, verbose=0)
unseen_codes = encoder.predict(unseen.images, verbose=0)
middle = codes.mean(axis=0)

values = latent.shipped("one")
shown = (7, 2, 1, 9)
starts = {**{f"picture {k}": unseen_codes[k] for k in shown}, "the average": middle}
# Where the sliders start: at the true values of each picture, and at the medians for the average.
standing = {f"picture {k}": {name: unseen.factors[name][k] for name in values.known} for k in shown}
standing["the average"] = {name: np.median(a.factors[name]) for name in values.known}
notebook.Explorer(notebook.decoder(decoder), None, starts, values=values, standing=standing,
                 alt="Person A, and sliders named after what they change.")

# %% [markdown]
# The slider `yaw` turns the head and `pitch` tilts it up and down, both in degrees. For all other
# sliders, 0 means that the feature is absent and 1 that it is fully present. Each range ends where
# the face stops changing or the picture would become distorted (at the ends of `pitch`, some pictures
# are distorted anyway). Try all sliders in both directions: remove the smile from picture 7, or close
# A's eyes while her head is turned. Which sliders do only what their labels say? Near the ends, watch
# the light and the wall.
#
# The sliders start at the true values of the picture, not at those of its reconstruction. In
# picture 2, the eyes are two-thirds closed according to `blink`, yet the network draws them open.
# Eyelids cover only a few pixels, so an error there adds little to a loss averaged over the whole
# picture.
#
# ## One woman, 800 pictures
#
# *5 minutes.* Person A has 800 training pictures and 120 test pictures, which vary in pose,
# expression and light.

# %% tags=["nbval-check-output"]
print("training", a.images.shape, " testing", unseen.images.shape)
for name in ("yaw", "smile", "blink"):
    print(f"{name:6} from {a.factors[name].min():.0f} to {a.factors[name].max():.0f}")

# %%
show.picture(show.grid([a.images[:10], a.images[10:20]], 72),
             "Twenty training pictures of person A: she turns up to 35 degrees to each side, laughs, "
             "opens her mouth and shuts her eyes, in front of grey, blue, brown, green and purple "
             "walls.")

# %% [markdown]
# ## Training
#
# *5 minutes.* The network and the loss are exactly those of lesson 2; only the pictures differ.

# %%
import math

from swaplib.networks import autoencoder

EPOCHS = pick(ci=3, cpu=30, gpu=100)
BATCH = 16
STEPS = EPOCHS * math.ceil(len(a) / BATCH)
six = unseen.images[[0, 1, 3, 4, 6, 9]]
preview = show.changing(show.row(six), "Six pictures of A before training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        again = self.model.predict_on_batch(six)
        preview(show.grid({"picture": six, "reconstruction": again}),
                f"Six pictures of A and their reconstructions after {epoch + 1} epochs.")


keras.utils.set_random_seed(1)
model = autoencoder.build_autoencoder(SIZE, CODE, width=12)
rate = keras.optimizers.schedules.CosineDecay(2e-3, STEPS)
model.compile(keras.optimizers.Adam(rate), loss=autoencoder.picture_loss)
model.fit(a.images, a.images, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[Preview()])
print(f"{EPOCHS} epochs done")

# %%
def error(made, truth):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


errors = {"mean picture": error(a.images.mean(axis=0), unseen.images),
          f"yours, {EPOCHS} epochs": error(model.predict(unseen.images, verbose=0), unseen.images),
          "shipped, 160 epochs": error(ready.predict(unseen.images, verbose=0), unseen.images)}
charts.table({name: {"error": value} for name, value in errors.items()}, digits=3)

# %% [markdown]
# As before, the lesson continues with the shipped network. Compare all three errors with those on
# unseen people in lesson 2. Even the mean picture does better here, because pictures of one woman
# differ less. In the reconstructions, closed eyelids come back as smudges or as open eyes, and the
# direction of the gaze is hard to tell.
#
# ## Probing both encoders
#
# *25 minutes.* According to the article behind this course, the numbers say *who it is* if a
# network is trained on many faces, and *what the face is doing* if it is trained on one. We test
# this claim with the probes of lesson 2 and the same controls: five **untrained** encoders, **PCA**
# of the pixels, **shuffled** labels and, at the end, **all pixels**.
#
# If we probed identity only in many people and expression only in A, we could not separate the
# effect of the question from the effect of the people. We therefore ask these questions in three
# blocks:
#
# 1. *Who is it?* The 200 people from lesson 2 whom no network has seen.
# 2. *What is the face doing?* The same 200 people. (Their heads turn only half as far as A's, up to
#    17.5 degrees, so expect lower scores for pose.)
# 3. *What is the face doing?* The 120 unseen pictures of A.
#
# All the factors here are numbers, so every score is an R², as in lesson 2.
#
# **Predict before you run.** One of these four factors is far harder to read from A's codes than
# the other three: `yaw`, `roll` (the head leaning to one side), `smile` or `mouth_open`. Which one,
# and why? Remember that the crops are aligned, which moves the eyes and the mouth to fixed
# positions.

# %%
prediction = ...  # one of these names, in quotes

# %%
from sklearn.decomposition import PCA

WHO = ["african", "gender", "age", "face_width", "face_height", "chin_height", "nose_length"]
DOING = ["yaw", "pitch", "mouth_open", "smile", "blink", "pucker", "gaze_yaw", "brow_inner", "roll"]
many = dataset.load("many", SIZE)
SETS = {"many": (many[:TRAIN], many[TRAIN:]), "A": (a, unseen)}  # to fit a probe to, and to score it on
BLOCKS = {"identity, 200 people": ("many", WHO), "pose and expression, 200 people": ("many", DOING),
          "pose and expression, A": ("A", DOING)}
encoders = {"trained on A": encoder, "trained on many": networks.shipped("many").get_layer("encoder")}
for seed in range(5):
    keras.utils.set_random_seed(seed)
    encoders[f"untrained {seed}"] = autoencoder.build_encoder(SIZE, CODE, width=12)
numbers = {}  # {set: {reader: (the numbers to fit to, the numbers to score on)}}
for place, pair in SETS.items():
    numbers[place] = {name: [e.predict(part.images, verbose=0) for part in pair]
                      for name, e in encoders.items()}
    flat = [part.images.reshape(len(part), -1) for part in pair]
    pca = PCA(CODE, random_state=0).fit(flat[0])
    numbers[place]["PCA"] = [pca.transform(part) for part in flat]

# %% tags=["answer"]
def ask(place, factor, reader, shuffled=False):
    """The score of a probe. shuffled: fit it to pictures whose labels are in random order."""
    (known, new), (to_fit, to_score) = SETS[place], numbers[place][reader]
    labels = known.factors[factor]
    if shuffled:
        labels = np.random.default_rng(0).permutation(labels)
    return latent.probe_on(to_fit, labels, to_score, new.factors[factor])


def interval(place, factor, reader):
    """The interval that contains the middle 95% of the bootstrap's scores: (low, high)."""
    (known, new), (to_fit, to_score) = SETS[place], numbers[place][reader]
    labels, wanted = known.factors[factor], new.factors[factor]
    return latent.probe_interval(to_fit, labels, to_score, wanted, draws=pick(ci=30, cpu=300))[1:]


probes = {}  # {block: {factor: {reader: score}}}
for block, (place, questions) in BLOCKS.items():
    probes[block] = {factor: {reader: ask(place, factor, reader) for reader in numbers[place]}
                     for factor in questions}
    for factor, answers in probes[block].items():
        answers["shuffled"] = ask(place, factor, "trained on A", shuffled=True)
of_a = probes["pose and expression, A"]
four = {f: of_a[f]["trained on A"] for f in ("yaw", "roll", "smile", "mouth_open")}
check.predicted(prediction, min(four, key=four.get))

# %% tags=["answer"]
def untrained(answers):
    """Scores of the five untrained encoders."""
    return [answers[f"untrained {seed}"] for seed in range(5)]


drawn, intervals = {}, {}  # for the charts
for block, (place, questions) in BLOCKS.items():
    drawn[block] = {factor: {"trained on A": r["trained on A"], "trained on many": r["trained on many"],
                             "PCA of the pixels": r["PCA"], "untrained, five seeds": untrained(r),
                             "shuffled labels": r["shuffled"]} for factor, r in probes[block].items()}
    intervals = {factor: {reader: interval(place, factor, reader)
                          for reader in ("trained on A", "trained on many")} for factor in questions}
    show.picture(code_charts.probes({block: drawn[block]}, intervals),
                 f"Probe scores for {block}, with 95% intervals; the means are in the table below.")

# %% tags=["answer"]
def averages(rows):
    """The mean scores of some factors, by reader."""
    columns = {"on A": "trained on A", "on many": "trained on many", "PCA": "PCA",
               "shuffled": "shuffled"}
    out = {name: float(np.mean([r[reader] for r in rows])) for name, reader in columns.items()}
    return out | {"untrained": float(np.mean([untrained(r) for r in rows]))}


means = {f"mean of {block}": averages(rows.values()) for block, rows in probes.items()}
without_roll = [row for factor, row in of_a.items() if factor != "roll"]
means["mean of pose and expression, A, without roll"] = averages(without_roll)
for block, rows in probes.items():
    charts.table({factor: averages([r]) for factor, r in rows.items()}, block)
charts.table(means, "R²", digits=3)

# %% [markdown]
# The last control is a rough upper bound: a probe of all pixels of A's pictures.

# %% tags=["answer"]
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

scaled = StandardScaler().fit(flat[0])  # of A's pictures
labels = [np.stack([part.factors[f] for f in DOING], axis=1) for part in SETS["A"]]
fit = RidgeCV(np.logspace(0, 6, 13), alpha_per_target=True).fit(scaled.transform(flat[0]), labels[0])
by_pixels = r2_score(labels[1], fit.predict(scaled.transform(flat[1])), multioutput="raw_values")
by_pixels = dict(zip(DOING, map(float, by_pixels), strict=True))
charts.table({"all pixels": by_pixels, "A's code": {f: of_a[f]["trained on A"] for f in DOING}}, "R²")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# **Identity became harder to read.** On the 200 strangers, the encoder trained on A scores 0.18 on
# average, no better than the untrained encoders (0.21), whereas the encoder trained on many people
# scores 0.36. **Pose and expression remained readable.** The encoder trained on A, which has never
# seen these strangers, scores almost as well as the encoder trained on many people (0.31 against
# 0.34) and clearly better than the untrained encoders (0.22). The article therefore points in the
# right direction but overstates the contrast:
#
# - Training on A makes her pose and expression only a little *easier* to read. On her pictures, her
#   own encoder leads the encoder trained on many people by 0.08 (0.65 against 0.57), and by 0.06
#   without roll. Each encoder was trained only once, and the lead depends on what the many people are
#   doing: most of them have neutral expressions, and when we trained the same encoder on a set in
#   which most people grimaced, the lead without roll was only 0.02. Above all, you need no network to
#   reach such a score. Without roll, PCA of A's pixels is as good as her own encoder (0.68 against
#   0.67), and for the eyelids it beats both encoders.
# - A high score alone is no evidence of learning. For yaw, **random weights** give an R² of 0.91
#   and PCA 0.97, because a turning head changes so many pixels that almost any combination of them
#   reflects the turn. Only a lead over the controls counts, and only if it is large compared with
#   the intervals.
# - The code describes the pose, the mouth and, to a lesser degree, the eyelids. The brows can hardly
#   be read from it, and the gaze can be read no better than from random weights. Do the pictures
#   contain more? Yes: from all pixels, a linear probe scores 0.74 instead of 0.19 for the gaze, 0.88
#   instead of 0.49 for the eyelids and 0.45 instead of 0.29 for the brows. The 64 numbers have lost
#   this information.
# - Roll has the lowest score of the four because the alignment rotates each crop until the eyes are
#   level. It remains partly readable, since the neck and the shoulders do not lean with the head.
#
# </details>
#
# *This is a good place for a break. Save the notebook; when you come back, run all the cells above
# again.*
#
# ## The variance of the codes
#
# *10 minutes.* Now ask the reverse question, as in lesson 2: how much of the *variance* of the
# codes can be predicted from pose and expression, from light and wall, and from identity?

# %%
columns = list(many.factors)
groups = {"doing": columns[:16], "light": columns[16:22], "who": columns[22:]}
spread = {}
for name in ("trained on many", "trained on A"):
    for place, (known, new) in SETS.items():
        spread[f"{name}, pictures of {place}"] = {
            group: latent.r2(latent.columns(known.factors, wanted, many.factors), numbers[place][name][0],
                             latent.columns(new.factors, wanted, many.factors), numbers[place][name][1])
            for group, wanted in groups.items() if place == "many" or group != "who"}  # A is one person
charts.table(spread, "R²")

# %% [markdown]
# The share for pose and expression depends mostly on **whose pictures are encoded**, and much less
# on the pictures the encoder was trained on. If all pictures show the same woman, identity cannot
# explain any differences between codes, so only pose, expression, light and wall remain. This alone
# accounts for much of the article's claim about one face.
#
# The table also qualifies the previous finding. For the 200 strangers, identity explains as much of
# the variance with the encoder trained on A (0.26) as with the encoder trained on many people (0.25).
# A probe tries to read one factor, such as age, from the code, whereas the table shows how much the
# codes change with all identity factors together, including skin and hair. So the encoder trained on
# A still responds to a different face, but its response reveals less about age or nose length.
#
# Training on one face does, however, change the **decoder**: it now draws A from any code, and
# lesson 4 relies on this.
#
# ## Single numbers of the code
#
# *10 minutes.* Does any single number encode the smile? Here are sliders for the eight numbers with
# the largest variance.

# %%
raw = latent.raw(codes, 8)
notebook.Explorer(notebook.decoder(decoder), raw, starts,
                 alt="Person A, and eight sliders, one for each of the eight numbers that vary most.")

# %% [markdown]
# How well can a single number predict each factor, if we choose the best of the 64? The measure is
# the squared correlation of that number with the factor. As a control, we rotate the codes at
# random and again look for the best of the 64 numbers.

# %%
def best_single(codes, factor):
    """The largest squared correlation of one number of the code with a factor."""
    return float(max(np.corrcoef(column, a.factors[factor])[0, 1] ** 2 for column in codes.T))


rng = np.random.default_rng(0)
rotations = [np.linalg.qr(rng.normal(size=(CODE, CODE)))[0] for _ in range(5)]
single = {f: best_single(codes, f) for f in DOING[:6]}
rotated = {f: float(np.mean([best_single(codes @ turn, f) for turn in rotations])) for f in single}
together = {f: of_a[f]["trained on A"] for f in single}
charts.table({"the best single number": single, "the best after a rotation": rotated,
              "all 64 together": together}, "R²")

# %% [markdown]
# No single number encodes the smile: the best one explains about a third of its variance, and all 64
# together explain 87%. (The comparison even favours the single numbers, which are scored on the
# training pictures.) Lesson 1 gave the reason: nothing in the training favours particular axes. You
# could rotate all codes, undo the rotation in the first layer of the decoder, and get the same
# pictures. The control shows how far this goes. For smile, mouth and eyelids, the best of 64 random
# axes is as good as the best number. For the turn and the nod it is not (0.45 instead of 0.63, and
# 0.33 instead of 0.53): the numbers of this code match these factors somewhat better than we would
# expect by chance, though no single number comes close to all 64 together. This is the first of three
# results that contradict the idea of meaningful numbers.
#
# ## Principal directions
#
# *15 minutes.* With PCA, the data determine the axes: they are the directions along which the codes
# vary most.

# %%
principal = latent.principal(codes, 8)
show.picture(code_charts.along(decoder.predict_on_batch, middle, principal),
             "Eight rows of five pictures of A, one row for each direction, from low to high.")
along = (codes - middle) @ np.linalg.pinv(principal.vectors)  # (800, 8): each picture's position
some = ("yaw", "pitch", "smile", "mouth_open", "blink", "light_key")
correlations = {f"direction {k + 1}": {f: float(np.corrcoef(along[:, k], a.factors[f])[0, 1])
                                       for f in some} for k in range(8)}
charts.table(correlations, "correlation")

# %%
notebook.Explorer(notebook.decoder(decoder), principal, starts, names=True,
                 alt="Person A, and eight sliders along the principal directions, with boxes to name them.")

# %% [markdown]
# Direction 2 is a turn of the head, direction 5 is a nod, and direction 1 is mostly light and wall.
# Direction 6 leads from an open mouth to a smile, although the two are independent in the data.
# Direction 4 hardly correlates with any of these factors, yet its row begins with a ghost that
# faces both ways. Is direction 4 meaningless?
#
# The next cell plots direction 4 against direction 2, the turn, with one dot for each picture,
# coloured by the true `yaw`. As controls, it plots the same for the principal components of the
# *pixels* and for the codes of an *untrained* encoder, each time with the two directions that
# correlate best with `yaw` and with its absolute value, |yaw|.
#
# **Predict:** will the dots form a shapeless `cloud`, a straight `line` or an `arc`?

# %%
prediction = ...  # one of these words, in quotes

# %% tags=["answer"]
yaw = a.factors["yaw"]


def turn_and_bend(codes):
    """Positions along the principal directions closest to yaw and to |yaw|: (800, 2)."""
    places = PCA(8, random_state=0).fit_transform(codes)
    r = np.corrcoef(np.vstack([places.T, yaw, np.abs(yaw)]))[:8, 8:]
    return places[:, np.abs(r).argmax(axis=0)]


clouds = {"trained": turn_and_bend(codes), "control: pixels": turn_and_bend(flat[0]),
          "control: untrained": turn_and_bend(numbers["A"]["untrained 0"][0])}
show.picture(code_charts.scatter({name: c.T for name, c in clouds.items()}, yaw, "turn", "second direction",
                                 "yaw, degrees"),
             "Three scatter plots of 800 dots, one for each picture, coloured by the turn of the head.")
bends = {name: {"r with yaw": float(np.corrcoef(c[:, 1], yaw)[0, 1]),
                "r with |yaw|": float(np.corrcoef(c[:, 1], np.abs(yaw))[0, 1])}
         for name, c in clouds.items()}
charts.table(bends, "second direction")
straight_r, bent_r = bends["trained"].values()
check.predicted(prediction, "arc" if abs(bent_r) > 2 * abs(straight_r) else "cloud")

# %% [markdown]
# <details><summary><b>What the plot means</b> (open it after your prediction)</summary>
#
# Direction 4 represents the *curvature* of the turn. It is uncorrelated with yaw but strongly
# correlated with the size of the turn, |yaw| (r = −0.84). As a head turns, its code travels along
# an arc, which takes two straight axes to describe. Statisticians call this the **horseshoe
# effect**. It also explains the ghost: a large step along direction 4 alone leads to a point
# between the ends of the horseshoe, where the codes of turned heads never lie.
#
# The arc alone does not show that the network has learnt anything, since the controls bend as well:
# the best direction of the pixels has a correlation of −0.51 with |yaw|, and that of an untrained
# encoder −0.45. Training makes the arc clearer, but a turning head traces a curve in any
# representation.
#
# </details>
#
# *This is another good place for a break. The second half of the lesson builds the sliders.*
#
# ## Named directions
#
# *20 minutes, with exercises 1 and 2.* Since we know the factors of every picture, a linear
# regression from factors to codes can tell us how the code changes when the head turns by one
# degree *while the other factors stay the same*.
#
# ### Exercise 1: find the directions
#
# The model is `codes ≈ base + values @ vectors`, where `values` `(n, k)` contains the factors and
# `vectors` `(k, 64)` the directions. Find `vectors` by least squares (`np.linalg.lstsq`). For the
# base, add a column of ones. (If all codes were `[2, 3] + smile * [1, 0]`, the answer for `smile`
# alone would be `[[1, 0]]`.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def directions(codes, values):
    """The change in the code per unit of each factor: (k, code_size)."""
    ones = np.ones((len(values), 1))
    return np.linalg.lstsq(np.hstack([values, ones]), codes, rcond=None)[0][:-1]
### END SOLUTION
check.directions(directions)

# %% [markdown]
# ### Exercise 2: give all pictures the same smile
#
# The array `own` contains the smile that each picture already has. Give all pictures the same smile,
# `wanted`, by moving each code along `vector` by the missing amount, which may be negative. Here is
# the effect of a correct solution on five pictures, for `wanted = 0.7`.

# %%
smile = check.our_directions(codes, a.factors["smile"][:, None])[0]
alike = check.our_with_factor(unseen_codes[:5], unseen.factors["smile"][:5], 0.7, smile)
show.picture(show.grid({"unseen": unseen.images[:5], "same smile":
                        decoder.predict_on_batch(alike.astype(np.float32))}, 88),
             "Five pictures of A and, below each, a reconstruction; all reconstructions have the same "
             "smile.")

# %% tags=["exercise"]
### BEGIN SOLUTION
def with_factor(codes, own, wanted, vector):
    """The codes (n, code_size), moved from their own value (n,) to the wanted one."""
    return codes + (wanted - own)[:, None] * vector
### END SOLUTION
check.with_factor(with_factor)

# %%
directions = check.accepted(check.directions, directions, check.our_directions)
with_factor = check.accepted(check.with_factor, with_factor, check.our_with_factor)
NAMES = ["yaw", "pitch", "smile", "mouth_open", "blink", "pucker", "gaze_yaw", "brow_inner",
         "light_azimuth"]


def stacked(pictures, names):
    """Some factors of a set as numbers: (n, k)."""
    return np.stack([pictures.factors[name] for name in names], axis=1)


straight = np.asarray(directions(codes, stacked(a, NAMES)), np.float32)  # (9, 64)


def move_straight(name, wanted, count):
    """Codes of the first `count` unseen pictures, with one factor set to `wanted`."""
    own, vector = unseen.factors[name][:count], straight[NAMES.index(name)]
    return np.asarray(with_factor(unseen_codes[:count], own, wanted, vector))


def decoded(codes):
    """Pictures decoded from codes: (n, 64, 64, 3)."""
    return decoder.predict(np.asarray(codes, np.float32), verbose=0)


# %%
rows = {"unseen": unseen.images[:10]}
for name, wanted in (("yaw", -25), ("yaw", 25), ("smile", 0.8), ("mouth_open", 0.8), ("blink", 1)):
    rows[f"{name} {wanted}"] = decoded(move_straight(name, wanted, 10))
show.picture(show.grid(rows, 76),
             "Ten unseen pictures of A. In the rows below, she should turn to one side, turn to the "
             "other, smile, open her mouth and close her eyes.")

# %% [markdown]
# The mouths open and the faces smile, but heads that have to turn a long way become blurred, and
# hardly any eyes close. Before we measure these changes, we examine a weakness of the directions.
#
# ## Omitted variables
#
# *15 minutes, with exercise 3.* A regression holds constant only the factors that you *give* it.
# The list `NAMES` contains `light_azimuth`, the position of the lamp (in degrees from the front),
# but no other property of the light.
#
# ### Exercise 3: find the companion
#
# Write a function that takes the factors `{name: (n,)}` and one `name`, and returns the companion of
# that factor: the name of the *other* factor most strongly correlated with it, positively or
# negatively. (If `a` has a correlation of 0.3 with `b` and of −0.6 with `c`, the companion of `a` is
# `"c"`.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def companion(factors, name):
    """The name of the other factor with the strongest correlation, positive or negative."""
    strength = {other: abs(np.corrcoef(column, factors[name])[0, 1])
                for other, column in factors.items() if other != name}
    return max(strength, key=strength.get)
### END SOLUTION
check.companion(companion)

# %% [markdown]
# **Predict:** we fit the directions again with the companion of `light_azimuth` added to the list.
# How much will the direction of `light_azimuth` change? Give the cosine of the angle between the
# old direction and the new one: 1 means the same direction, 0 a right angle.

# %%
prediction = ...  # a number from 0 to 1

# %% tags=["answer"]
numeric = [name for name, column in a.factors.items() if column.dtype.kind == "f" and column.std() > 0]
companion = check.accepted(check.companion, companion, check.our_companion)
omitted = str(np.ravel(companion({name: a.factors[name] for name in numeric}, "light_azimuth"))[0])
both = np.asarray(directions(codes, stacked(a, [*NAMES, omitted])), np.float32)
lamp = NAMES.index("light_azimuth")


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


r = np.corrcoef(a.factors["light_azimuth"], a.factors[omitted])[0, 1]
check.predicted(prediction, f"{cosine(straight[lamp], both[lamp]):.2f}")
print(f"light_azimuth and {omitted}: correlation {r:.2f}")
charts.table({name: {"cosine of old and new direction": cosine(straight[k], both[k])}
              for k, name in enumerate(NAMES)})

# %% tags=["answer"]
looks = latent.columns(a.factors, ["look"])[:, 1:]  # 1 or 0; all are 0 for the first look
alone = np.asarray(directions(codes, np.hstack([stacked(a, NAMES), looks])), np.float32)
rows = {f"{omitted} left out": straight[lamp], f"{omitted} held constant": both[lamp],
        "look held constant": alone[lamp]}
azimuth = a.factors["light_azimuth"]
steps = np.linspace(*np.percentile(azimuth, [2, 98]), 7) - np.median(azimuth)
moved = {title: decoded(middle + steps[:, None] * vector) for title, vector in rows.items()}
show.picture(show.grid(moved, 76), "Three rows of seven average faces of A, moved along three directions.")

# %% [markdown]
# <details><summary><b>What happened</b> (open it after your prediction)</summary>
#
# The direction named after the position of the lamp largely represented *evening light*. In these
# pictures, the further to the right the lamp stands, the warmer its light tends to be (r = 0.82).
# With warmth left out of the regression, the direction of `light_azimuth` also absorbed the effect
# of warmth. This is called **omitted-variable bias**. The other directions hardly change, because
# their factors are nearly uncorrelated with warmth.
#
# The second row still does not show the effect of the lamp position alone: the wall changes. Each
# picture has one of six *looks*, such as `evening` or `window`, which determines the wall and the
# position and colour of the lamp. The wall was therefore omitted too, and no list of *numbers* would
# have revealed it, because the look is a category. In the third row, which holds the look constant,
# the wall hardly changes, and only a small effect remains: the shadow moves across the face.
#
# Nothing in the fit warns you of an omitted variable; you have to suspect it yourself.
#
# </details>
#
# ## Requested and measured change
#
# *15 minutes.* To test whether a slider does what its label says, we need a measurement that does not
# depend on the codes. **MediaPipe**, a library by Google, finds landmarks in a picture of a face:
# points such as the corners of the eyes. It estimates the pose of the head in degrees and scores the
# smile, the opening of the jaw and the blink. We set each factor to five values in the same unseen
# pictures, decode the codes, and compare MediaPipe's measurements with its measurements of *true*
# (that is, rendered) pictures at the same values.
#
# **Predict:** we request turns from the 10th to the 90th percentile of `yaw`. What share of the
# change in true pictures will MediaPipe measure in the decoded ones? 1 means all of it, 0 none.

# %%
prediction = ...  # a number

# %%
from swaplib.scoring import pose

MEASURE = {"yaw": "yaw", "pitch": "pitch", "mouth_open": "jaw_open", "smile": "smile", "blink": "blink"}
COUNT = 24  # pictures to start from
true = pose.pose_expression(unseen.images)
found = ~np.isnan(true["yaw"])


def stations(name):
    """Five values of a factor, from its 10th to its 90th percentile."""
    return np.linspace(*np.percentile(a.factors[name], [10, 90]), 5)


def followed(move, names=MEASURE):
    """MediaPipe's medians with each factor at its five values: {name: (values, (5,))}."""
    return {name: (stations(name), np.array([
        np.nanmedian(pose.pose_expression(decoded(move(name, value, COUNT)))[MEASURE[name]])
        for value in stations(name)])) for name in names}


def share(line, name):
    """The change from end to end, as a share of the change in true pictures."""
    curve = np.polyfit(unseen.factors[name][found], true[MEASURE[name]][found], 2)
    ends = np.polyval(curve, stations(name)[[0, -1]])
    return float((line[1][-1] - line[1][0]) / (ends[1] - ends[0]))


# %% tags=["answer"]
truth = {name: (unseen.factors[name], true[measure]) for name, measure in MEASURE.items()}
ways = {"straight": followed(move_straight)}
shares = {"straight": {name: share(line, name) for name, line in ways["straight"].items()}}
show.picture(code_charts.asked_and_measured(truth, ways),
             "Five charts of measured against requested changes. Grey dots are true pictures. Shares of the "
             f"true change along the straight direction: {code_charts.told(shares['straight'])}.")
charts.table(shares, "share of the true change")
check.predicted(prediction, f"{shares['straight']['yaw']:.2f}")

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# The line for yaw is too flat: only 63% of the true change is measured. The horseshoe suggests a
# reason: a straight line cuts across the arc and so leaves the region where the codes of turned heads
# lie, and the decoder draws a head that is not turned far enough, or a blurred one. The share alone
# does not prove this explanation, because a longer step along the same straight line would also turn
# the head further.
#
# </details>
#
# ## Curved paths
#
# *25 minutes, with exercise 4; you may skip the text on calibration, which follows the two tables,
# but run its cells.* Adding the squares of the factors allows a path to bend. Give the regression the
# square of each factor as well as the factor itself, and its prediction `f(values)` follows a
# parabola as that factor changes. The regression is still *linear* in its columns, so your
# `directions` can fit it.
#
# ### Exercise 4: add the squares
#
# Return the columns of `values`, followed by their squares: `[[2, 3]]` becomes `[[2, 3, 4, 9]]`.

# %% tags=["exercise"]
### BEGIN SOLUTION
def with_squares(values):
    """The values (n, k) and their squares: (n, 2 k)."""
    return np.hstack([values, values**2])
### END SOLUTION
check.with_squares(with_squares)

# %% [markdown]
# On a curve, a step depends on its starting point. Each code therefore moves by `f(new) - f(old)`:
# the prediction for the requested factors minus that for the current ones. Anything that the fit does
# not explain stays in the code. This time, all the numerical factors are included, even those for the
# light.
#
# Is it the bend that turns the head further, or would any longer step do so? As a control, we also
# take straight steps that are 1.4 times as long, and compare how well the network reconstructs the
# turned faces when it is fed its own output: a familiar face has a small error.

# %%
with_squares = check.accepted(check.with_squares, with_squares, check.our_with_squares)
known = stacked(a, numeric)
center, scale = known.mean(axis=0), known.std(axis=0)


def f_columns(values):
    """The input of the regression: standardised factors and their squares."""
    return np.asarray(with_squares((values - center) / scale))


bent = np.asarray(directions(codes, f_columns(known)))


def move_bent(name, wanted, count):
    """Codes of the first `count` unseen pictures, one factor set to `wanted` along the bend."""
    own = stacked(unseen, numeric)[:count]
    new = own.copy()
    new[:, numeric.index(name)] = wanted
    return unseen_codes[:count] + (f_columns(new) - f_columns(own)) @ bent


# %%
def move_further(name, wanted, count):
    """The control: straight steps that are 1.4 times as long."""
    return unseen_codes[:count] + 1.4 * (move_straight(name, wanted, count) - unseen_codes[:count])


def reconstructed(move, name="yaw"):
    """The error when faces that were moved to either end are reconstructed once more."""
    ends = np.concatenate([decoded(move(name, value, COUNT)) for value in stations(name)[[0, -1]]])
    return error(ready.predict(ends, verbose=0), ends)


ways["bent"] = followed(move_bent)
shares["bent"] = {name: share(line, name) for name, line in ways["bent"].items()}
further = {"yaw": share(followed(move_further, ["yaw"])["yaw"], "yaw")}
charts.table(shares | {"straight, 1.4 times as far": further}, "share of the true change")
quality = {name: reconstructed(move) for name, move in
           (("straight", move_straight), ("straight, 1.4 times as far", move_further),
            ("bent", move_bent))}
charts.table({name: {"error when reconstructed": e} for name, e in quality.items()}, "turned", digits=4)

# %% [markdown]
# The turn improves from 0.63 to 0.80 but still falls short. The control turns her head as far (0.81),
# so the larger turn is not due to the bend: any longer step would achieve it. The bend does improve
# the quality at the same turn: its faces have an error of 0.0176 when reconstructed, compared with
# 0.0200 for the longer straight steps. The tilt, the mouth and above all the eyelids fall short, too,
# and for the eyelids the squares give no improvement. One likely reason for the shortfall is that a
# regression returns *averages*: pictures with the same factors have different codes, whose average
# may decode to a milder expression than any of them.
#
# The remedy is **calibration**: if a kitchen scale reads low, you record its readings for known
# weights and later look up the true weight for any reading. Here, the readings come from a *judge*, a
# small network trained on true pictures of A and B to estimate pose and expression. Starting from
# many training pictures, we set each factor to many values and record the judge's average reading for
# each. Values outside the range of the data are allowed as long as the codes stay close to those of
# real pictures. The resulting table gives the value to set for any desired reading. The function
# `latent.calibrated` does this on top of `latent.bend`, a regression on the factors, their squares
# and their products. If a turn also opens the mouth, `latent.calibrated` closes it by the same
# amount. The sliders at the top were made in this way.
#
# The cell below prints the judge's error on the unseen pictures of A, and the error of always
# guessing the median. MediaPipe was not used in the calibration, so it remains an independent
# measure.

# %%
from swaplib.networks import judge

judging = networks.shipped("judge")
judged = {name: {"judge": wrong, "always the median": by_median}
          for name, (wrong, by_median) in judge.errors(judging, [unseen]).items() if name in MEASURE}
charts.table(judged, "mean absolute error", digits=3)

calibrated = latent.calibrated(
    latent.bend(codes, a.factors), codes, a.factors, judge.decoded([decoder], judging),
    count=pick(ci=12, cpu=48))  # how many pictures it starts from


def move_calibrated(name, wanted, count):
    """Codes of the first `count` unseen pictures, with one factor set to `wanted`, calibrated."""
    start = {factor: unseen.factors[factor][:count] for factor in calibrated.known}
    return calibrated.move(unseen_codes[:count], start, {name: wanted})


# %%
ways["calibrated"] = followed(move_calibrated)
shares["calibrated"] = {name: share(line, name) for name, line in ways["calibrated"].items()}
show.picture(code_charts.asked_and_measured(truth, ways),
             "Five charts of measured against requested changes, with three lines each. "
             f"Shares of the true change, calibrated: {code_charts.told(shares['calibrated'])}.")
charts.table(shares, "share of the true change")
for name, reason in calibrated.left_out.items():
    print(f"not offered as a slider: {name} ({reason})")

# %% [markdown]
# For the turn, the calibrated line follows the grey dots. Three shares in the last row are well below
# 1. For the tilt and the mouth, MediaPipe measures a smaller change than the judge does, so the two
# measures do not fully agree. For `blink` we requested completely closed eyes, more than the slider
# at the top offers: on average, the judge finds them at most three-quarters closed.
#
# Two factors are *not offered* as sliders: the gaze and the inner brows. A regression always returns
# a direction, but the picture may not change as the slider's label says. Here, the judge measured too
# little change (37% and 52% of the range). This is the second result that contradicts the idea of
# meaningful numbers: the eyes move, yet the code hardly encodes their movement.
#
# ## Entanglement
#
# *20 minutes, with exercise 5.* We first compute the cosines of the angles between the directions
# in the code (1 or −1 means the same line):
#
# $$\cos(u, v) = \frac{u \cdot v}{\lVert u \rVert \lVert v \rVert}$$

# %%
cosines = np.array([[cosine(one, other) for other in straight] for one in straight])
show.picture(code_charts.signed_map(cosines, NAMES, NAMES, 1),
             "A table of cosines between the nine named directions: 1 on the diagonal, and most of the "
             "others near zero; smile and pucker have −0.39, smile and blink −0.31.")

# %% [markdown]
# Most pairs are close to a right angle. As you would expect, smile and pucker oppose each other:
# one widens the mouth, the other narrows it. We know of no reason for the negative cosine of smile
# and blink (−0.31), which may mean little: cosines between random directions in 64 dimensions have
# a standard deviation of about 0.13, and in fewer dimensions they vary more.
#
# A cosine describes only the code, so we measure the decoded faces with MediaPipe again. We move
# each factor from its 10th to its 90th percentile along the curved path, calibrated if there is a
# slider for it, and record every change. To make degrees and scores comparable, we divide each
# change by the standard deviation of that measure in the true pictures. MediaPipe may mistake one
# change for another, so we also record its measurements in true pictures.
#
# ### Exercise 5: measure the side effects
#
# A `row` of the resulting table contains the changes in all the measures, and `wanted` is the index
# of the one that should change. The **spill** is the largest of the *other* changes, as a share of
# the wanted one, regardless of their signs. (For the row `[3, -0.6, 0.2]`, where 3 is the wanted
# change, the spill is 0.2.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def spill(row, wanted):
    """The largest side effect divided by the wanted change: 0 if only one thing changes."""
    row = np.abs(row)
    return np.delete(row, wanted).max() / row[wanted]
### END SOLUTION
check.spill(spill)

# %% [markdown]
# **Predict:** which factor in `NAMES` has the largest side effect relative to its intended effect?

# %%
prediction = ...  # one of these names, in quotes

# %%
from sklearn.linear_model import LinearRegression

SEEN = ["yaw", "pitch", "smile", "jaw_open", "blink", "pucker"]
usual = {measure: np.nanstd(true[measure]) for measure in SEEN}
change, strength = np.zeros((len(NAMES), len(SEEN))), {}
face = unseen.masks()[:COUNT] > 0.5


def inside_and_outside(low, high):
    """How much pictures differ on average, inside the face and outside."""
    return {"inside the face": error(high[face], low[face]), "outside": error(high[~face], low[~face])}


for row, name in enumerate(NAMES):
    low, high = (decoded(move_calibrated(name, value, COUNT)) for value in stations(name)[[0, -1]])
    before, after = pose.pose_expression(low), pose.pose_expression(high)
    change[row] = [np.nanmedian(after[measure] - before[measure]) / usual[measure] for measure in SEEN]
    strength[name] = inside_and_outside(low, high)
# The same changes in true pictures, by a regression of MediaPipe's measurements on the factors.
ranges = np.array([np.ptp(stations(name)) for name in NAMES])
values = stacked(unseen, NAMES)[found]
true_change = np.stack([LinearRegression().fit(values, true[measure][found]).coef_
                        * ranges / usual[measure] for measure in SEEN], axis=1)

# %% tags=["answer"]
spill = check.accepted(check.spill, spill, check.our_spill)
spills, effects = {}, {}
for row, name in enumerate(NAMES):
    size, measure = np.abs(change[row]), MEASURE.get(name, name)
    if measure in SEEN and size[SEEN.index(measure)] > 0.5:
        own = SEEN.index(measure)
        spills[name] = float(np.ravel(spill(change[row], own))[0])
        size[own] = 0  # only side effects remain
        into, in_truth = np.argmax(size), np.abs(true_change[row] / true_change[row, own])
        effects[name] = {"spill": spills[name], "into": SEEN[into], "in true pictures": in_truth[into]}
    else:  # nothing to divide by
        into = np.argmax(size)
        effects[name] = {"into": SEEN[into], "largest change, no spill computed": size[into]}
check.predicted(prediction, max(spills, key=spills.get))
show.picture(code_charts.signed_map(change, NAMES, SEEN, 2),
             "Changes measured by MediaPipe when one factor is moved: nine factors, six measures. Spills: "
             + code_charts.told(spills))
charts.table(effects, "factor")

# %% [markdown]
# MediaPipe can't see changes *outside* the face, so we compare pixels. As a control, we take random
# steps of the same length as those for `brow_inner` and `blink`.

# %% tags=["answer"]
rng = np.random.default_rng(0)
for name in ("brow_inner", "blink"):
    low, high = (move_calibrated(name, value, COUNT) for value in stations(name)[[0, -1]])
    length = np.linalg.norm(high - low, axis=1, keepdims=True)
    for k in range(10):
        step = rng.normal(size=CODE)
        moved = low + length * step / np.linalg.norm(step)
        strength[f"random, as long as {name}, {k}"] = inside_and_outside(decoded(low), decoded(moved))
for row in strength.values():
    row["outside ÷ inside"] = row["outside"] / row["inside the face"]
charts.table({name: strength[name] for name in NAMES}, "change in the picture", digits=3)
random = {name: [strength[f"random, as long as {name}, {k}"]["outside ÷ inside"] for k in range(10)]
          for name in ("brow_inner", "blink")}
for name, ratios in random.items():
    print(f"ten random steps as long as those for {name}: outside ÷ inside from {min(ratios):.2f} "
          f"to {max(ratios):.2f}")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# Where MediaPipe detects a change in the factor itself, the slider mainly does what its label says.
# Moving `light_azimuth` has little effect on pose and expression. But hardly any slider does *only*
# what its label says: a pucker opens the jaw, and a smile tips the head down. In *true* pictures,
# however, MediaPipe also mistakes a pucker for an open jaw (0.35) and a smile for a nod (0.21), so
# most of this spill is MediaPipe's own error. We compute no spill for a factor whose own change is
# too small to detect, because dividing by a number close to zero would make any side effect look
# large.
#
# The code does have side effects of its own. A turn also lifts the head (spill 0.16), which true
# turns hardly do (0.05). Outside the face, a turn should of course move the hair, neck and shoulders.
# Raising the brows or closing the eyes should change nothing there, but the picture changes more
# there than inside the face: watch the wall while you move `blink` at the top. Does this mean that
# the code ties the brows to the wall? The control says no: random steps of equal length have the same
# effect (outside ÷ inside is 1.7 for the brows, and 1.0 to 1.8 for random steps). Any step through
# the code changes the wall.
#
# This is the third result that contradicts the idea of meaningful numbers. The code has no number
# for a human concept such as "smile". It does have *paths* that approximate such a concept, but
# they can be found only with labels, they curve, and most of them change something else as well.
#
# </details>
#
# ## A different person
#
# *10 minutes.* If A's code describes pose and expression, what happens when we feed pictures of
# somebody else to her network? In each of his 120 test pictures, person B has the same pose and
# expression as A in her corresponding picture. We encode his pictures with A's network and predict
# his factors with a regression fitted to A's codes.

# %%
b = dataset.load("test_b", SIZE)
b_codes = encoder.predict(b.images, verbose=0)
show.picture(show.grid({"B": b.images[:10], "through A's network": decoded(b_codes[:10]),
                        "A, the truth": unseen.images[:10]}, 76),
             "Ten pictures of B, a man; their reconstructions by A's network, a blurred and at times "
             "blotchy A doing roughly what B does; and true pictures of A doing the same.")


def reads(name, new_codes):
    """R² of a factor, predicted from other codes by a regression fitted to A's codes."""
    return LinearRegression().fit(codes, a.factors[name]).score(new_codes, unseen.factors[name])


transfer = {who: {f: reads(f, c) for f in ("yaw", "pitch", "smile", "mouth_open")}
            for who, c in (("A, unseen pictures", unseen_codes), ("B", b_codes))}
charts.table(transfer, "R²")

# %% [markdown]
# The output shows A, doing roughly what B does. But she is blurred and at times blotchy, and the
# regression predicts B's factors less accurately than A's. The predictions for the mouth are the
# worst: on a scale from 0 (closed) to 1 (wide open), they are 0.23 too high on average.
#
# An error that is the same in all pictures can be removed. We encode the *training* pictures of
# both people, which needs no labels, and subtract the difference between their mean codes from each
# code of B.
#
# **Predict:** to what value does the R² of `mouth_open` rise?

# %%
prediction = ...  # an R², for example 0.5

# %% tags=["answer"]
others = encoder.predict(dataset.load("person_b", SIZE).images, verbose=0)
shifted = b_codes - (others.mean(axis=0) - middle)
transfer["B, without the mean shift"] = {f: reads(f, shifted) for f in transfer["B"]}
charts.table(transfer, "R²")
check.predicted(prediction, f"{transfer['B, without the mean shift']['mouth_open']:.2f}")
show.picture(show.grid({"B": b.images[:10], "through A's network": decoded(b_codes[:10]),
                        "without the shift": decoded(shifted[:10]),
                        "A, the truth": unseen.images[:10]}, 76),
             "Ten pictures of B; their reconstructions by A's network, with and without the mean "
             "shift; and the corresponding true pictures of A.")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# One subtraction raises the R² for the mouth from 0.42 to 0.89, nearly A's own score. So A's
# network encodes B's pose and expression almost as it encodes hers, apart from a constant shift.
# Nothing in the encoder's training makes B's codes coincide with A's, so this shift remains. If the
# codes did coincide, A's decoder could draw B's expressions: a face swap, the subject of lesson 4,
# which trains *one* encoder on both people.
#
# </details>
#
# ## Quiz
#
# *5 minutes.*
#
# 1. Why does A's code contain nothing about her skin? (a) The alignment removes it. (b) It is the
#    same in all her pictures, so the weights of the decoder can store it. (c) Skin cannot be
#    expressed in numbers.
# 2. Suppose that two directions, one for the mouth and one for the eyes, have a cosine of 0. If you
#    follow the first, do the eyes in the *picture* stay the same? (a) Yes, always. (b) Yes, if both
#    directions have length 1. (c) Not necessarily.
# 3. You add a factor to the regression. Which directions may change a lot? (a) The longest ones.
#    (b) Those of factors that are correlated with the new one. (c) All of them.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "b"
q2 = "c"
q3 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured
#
# Each claim is listed with its control, if it has one. Each network was trained only once, so the
# claims hold for these training runs only.

# %%
def score(factor, reader):
    """How well a probe reads a factor from A's unseen pictures."""
    return of_a[factor][reader]


live, mean = errors[f"yours, {EPOCHS} epochs"], errors["mean picture"]
who, strangers = (means[f"mean of {block}, 200 people"] for block in ("identity", "pose and expression"))
plain = means["mean of pose and expression, A, without roll"]
claims = {
    "a network trained just now beats the mean picture on unseen pictures": live < 0.8 * mean,
    "A's code encodes how far she turns, nods and opens her mouth":
        min(score(f, "trained on A") for f in ("yaw", "pitch", "mouth_open")) > 0.8,
    "without roll, it says more about her pose and expression than that of an encoder trained on many":
        plain["on A"] > plain["on many"] + 0.03,
    "but no more than PCA of her pictures, the control": plain["on A"] < plain["PCA"] + 0.03,
    "her encoder's code says more about strangers' pose and expression than untrained encoders do":
        strangers["on A"] > strangers["untrained"] + 0.06,
    "it says less about who they are than the code of an encoder trained on many":
        who["on A"] < who["on many"] - 0.07,
    "the article oversimplifies: the encoder trained on many also encodes the turn of her head":
        score("yaw", "trained on many") > 0.85,
    "the article oversimplifies: random weights encode it, too": min(untrained(of_a["yaw"])) > 0.6,
    "the article oversimplifies: her gaze is all but lost and can't be changed":
        score("gaze_yaw", "trained on A") < 0.35 and "gaze_yaw" in calibrated.left_out,
}

# %% tags=["nbval-check-output"]
claims |= {
    "no single number encodes the smile": single["smile"] < 0.5 * together["smile"],
    "the best of 64 random axes, the control, encodes it nearly as well":
        rotated["smile"] > 0.8 * single["smile"],
    "a principal direction encodes the curvature of the turn":
        abs(bent_r) > 0.6 and abs(straight_r) < 0.3,
    "the codes bend more than the pixels, the control":
        abs(bent_r) > abs(bends["control: pixels"]["r with |yaw|"]) + 0.1,
    "holding its companion constant changes the direction of light_azimuth":
        cosine(straight[lamp], both[lamp]) < 0.6,
    "a straight slider turns her head less far than requested": shares["straight"]["yaw"] < 0.75,
    "a longer straight step turns her head as far as a bent one":
        abs(further["yaw"] - shares["bent"]["yaw"]) < 0.1,
    "but faces along the bent path are reconstructed better":
        quality["bent"] < 0.95 * quality["straight, 1.4 times as far"],
    "a calibrated slider turns her head as far as requested": 0.85 < shares["calibrated"]["yaw"] < 1.2,
    "moving the lamp leaves pose and expression unchanged": bool(np.abs(change[lamp]).max() < 0.5),
    "raising the brows changes the wall no more than a random step does":
        strength["brow_inner"]["outside ÷ inside"] < 1.2 * max(random["brow_inner"]),
    "without the mean shift, B's mouth can be read far better from the codes of A's network":
        transfer["B, without the mean shift"]["mouth_open"] > transfer["B"]["mouth_open"] + 0.2,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# - Training on one woman made identity harder for probes to read (0.18 instead of 0.36), while pose
#   and expression stayed readable.
# - The share of the codes' variance explained by pose and expression depends mostly on whose pictures
#   are encoded.
# - No single number encodes the smile. Regression finds directions for named factors, but omitted
#   variables bias them.
# - A straight slider produced 63% of the requested turn, a curved one 80% and a calibrated one 97%; a
#   longer straight step gets as far as the curve, but with worse faces.
# - Before you blame the code for a side effect, measure the same effect in true pictures and for
#   random steps.
#
# ## Go further
#
# - Correct B's codes for the difference in *standard deviations* as well as in means (scale each
#   number of the code). Which of B's scores improve further?
# - Remove the light factors from the regression behind the curved path. Which directions now absorb
#   the effect of the light, and how would you notice without knowing the true factors?
#
# **Next:** [04 · Face swap](04_face_swap.ipynb): with one encoder for both people and two decoders,
# the same code makes both A and B smile.
#
# **Sources.** The article that this course tests: N. Giansiracusa, "[The simple, elegant idea
# behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/)", ODSC,
# 2021, adapted from his book *How Algorithms Create and Prevent Fake News*, Apress, 2021. Probes:
# G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes", arXiv
# 1610.01644, 2016. Controls for probes: J. Hewitt and P. Liang, "Designing and interpreting probes
# with control tasks", EMNLP 2019. Why unsupervised training alone does not make single numbers
# meaningful: F. Locatello et al., "Challenging common assumptions in the unsupervised learning of
# disentangled representations", ICML 2019. The horseshoe: P. Diaconis, S. Goel and S. Holmes,
# "Horseshoes in multidimensional scaling and local kernel methods", *Annals of Applied Statistics*
# 2(3), 2008. MediaPipe's face landmarks and scores: Google, Apache-2.0. Persons A and B are
# rendered from MakeHuman's CC0 assets.
