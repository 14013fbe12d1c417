# %% [markdown]
# # 02 · Many faces
#
# *Train a network on 1,300 people: what do the numbers in its code encode?*
#
# **You will learn**
#
# - how to find the directions in which codes vary most, and how to move a face along them;
# - how much the codes of unfamiliar people reveal about skin, hair, age and shape;
# - how to tell, with four controls, how much of that is due to training;
# - how to interpolate between two people, and what an average face looks like;
# - which people are close to each other in the code, and how that differs from being close in
#   pixels.
#
# **Before you start, you need:** [01 · Autoencoder](01_autoencoder.ipynb): encoder, code, decoder,
# PCA. Terms are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 3 minutes to run on a CPU, or 2 on a GPU, plus about two and a half hours to read,
# experiment and do the exercises, with a good place for a break in the middle. Each section states
# how long it takes.

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

    from swaplib.exercises import lesson_02 as check
    from swaplib.notebook import charts, code_charts, show
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(1)
announce(cpu=3, gpu=2)

# %% [markdown]
# ## The result first
#
# *10 minutes.* A network trained on 1,300 people has encoded each of their pictures as 64 numbers.
# Run the cells up to and including the next one to see sliders that move a code along the eight
# directions in which those codes vary most. The network was never told what these directions should
# mean. Move one slider at a time and **type a name that describes it** into the box.

# %%
with muted():
    from swaplib import latent, networks, notebook
    from swaplib.crops import dataset

SIZE, CODE = 64, 64  # pixels, numbers
TRAIN = dataset.MANY_TRAIN  # the first 1,300 people are for training, the other 200 for testing
people = dataset.load("many", SIZE)
train, unseen = people.images[:TRAIN], people.images[TRAIN:]

ready = networks.shipped("many")
encoder, decoder = ready.get_layer("encoder"), ready.get_layer("decoder")
all_codes = encoder.predict(people.images, verbose=0)
codes, unseen_codes = all_codes[:TRAIN], all_codes[TRAIN:]
middle = codes.mean(axis=0)
directions = latent.principal(codes, 8)

starts = {"the average": middle, **{f"person {k}": unseen_codes[k] for k in (2, 5, 10, 33)}}
notebook.Explorer(notebook.decoder(decoder), directions, starts, names=True,
                 alt="The average face of 1,300 people and eight sliders, each with a box for a name.")

# %% [markdown]
# The sliders are scaled in standard deviations, and each covers the middle 98% of the training
# people. With *start from*, you can begin with a person instead of the average. *Surprise me* draws
# somebody who doesn't exist by moving all sliders at random, except those marked *keep*.
#
# ## The people
#
# *5 minutes.* The data set contains one picture of each of 1,500 rendered people. The first 1,300
# form the training set and the other 200 the test set, so the network has never seen the *people*
# it is tested on.

# %% tags=["nbval-check-output"]
import textwrap

factors = people.factors
names = list(factors)
doing, light, who = names[:16], names[16:22], names[22:]
print("training", train.shape, " testing", unseen.shape)
for kind, some in (("pose and expression", doing), ("room and light", light), ("who it is", who)):
    print(textwrap.fill(f"{kind}: {', '.join(some)}", width=100))
turns = factors["yaw"]
print(f"yaw, the turn of the head: from {turns.min():.0f} to {turns.max():.0f} degrees")

# %%
show.picture(show.grid([unseen[k : k + 10] for k in (0, 10, 20)], 72),
             "Thirty rendered people: women and men, dark and fair, young and old, some bearded, with "
             "short, curly or long hair. Most have a neutral expression; some talk, smile or grimace. The "
             "light and the wall differ.")

# %% [markdown]
# The settings given to the renderer are called **factors**; their values are known exactly.
# `african`, `asian` and `caucasian` are the names that the modelling program MakeHuman gives to three
# settings that change shape and skin together; they are not facts about people. `look` names one of
# six rooms, each with its own wall and lamp, so it belongs to the group *room and light*.
#
# These people turn their heads only half as far as persons A and B, and three in five have neutral
# expressions, so scores for pose and expression aren't comparable with those in other lessons.
#
# ## Training
#
# *10 minutes.* This is a slightly larger version of the network from lesson 1. Its loss adds a term
# to the absolute error: **SSIM** (structural similarity) compares small windows of a picture and its
# reconstruction and is sensitive to blurred edges. The **learning rate**, which sets the size of the
# optimiser's steps, again falls to zero along a cosine curve.
#
# Train this network for a minute or two, then compare it with one trained for 120 epochs.

# %%
import math

from swaplib.networks import autoencoder

EPOCHS = pick(ci=2, cpu=25, gpu=80)
BATCH = 16
STEPS = EPOCHS * math.ceil(len(train) / BATCH)
six = unseen[[0, 2, 5, 8, 13, 33]]
preview = show.changing(show.row(six), "Six people before training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        again = self.model.predict_on_batch(six)
        preview(show.grid({"picture": six, "reconstruction": again}),
                f"Six people and their reconstructions after {epoch + 1} epochs.")


keras.utils.set_random_seed(1)
model = autoencoder.build_autoencoder(SIZE, CODE, width=12)
rate = keras.optimizers.schedules.CosineDecay(2e-3, STEPS)
model.compile(keras.optimizers.Adam(rate), loss=autoencoder.picture_loss)
model.fit(train, train, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[Preview()])
print(f"{EPOCHS} epochs done")

# %%
def error(made, truth):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


mean_picture = train.mean(axis=0)
drawn = ready.predict(unseen, verbose=0)
errors = {"mean picture": {"training people": error(mean_picture, train),
                           "unseen people": error(mean_picture, unseen)}}
for name, network in {f"yours, {EPOCHS} epochs": model, "shipped, 120 epochs": ready}.items():
    errors[name] = {"training people": error(network.predict(train, verbose=0), train),
                    "unseen people": error(network.predict(unseen, verbose=0), unseen)}
charts.table(errors, "error", digits=3)
show.picture(show.grid({"unseen": unseen[:10], "reconstruction": drawn[:10]}, 76),
             "Ten unseen people and, below, their reconstructions by the shipped network. Pose, light, "
             "beard and the outline of the hair are about right. White and light brown hair turns grey or "
             "brown, and the features are soft and often look like somebody else's.")

# %% [markdown]
# From here on, we use the shipped network, so that your figures agree with the text. Its error is far
# below that of the mean picture, but nearly twice as high on new people (0.034) as on the training
# people (0.019): it has memorised part of its training set. This **overfitting** is not surprising,
# since 1,300 people are a small training set. Is the gap as wide for your own network, which was
# trained for a shorter time? And which of the two networks has the lower error on *new* people?
#
# <details><summary><b>The result after 25 epochs</b></summary>
#
# After 25 epochs on a CPU, the gap is much narrower, because the error on the training people is
# higher. On new people, this network is even slightly ahead of the shipped one, although its
# pictures look softer. The longer training therefore mainly improved the reconstructions of the
# training people. The small difference on new people may be due to chance, since each network was
# trained only once.
#
# </details>

# %% [markdown]
# ## Eight directions
#
# *20 minutes, with exercise 1.* The directions come from PCA of the codes. The codes vary most
# along the first direction; the second is the direction of greatest variance at right angles to it,
# and so on.
#
# **Predict before you run.** Which group of factors is most closely related to the first direction:
# `skin`, `hair`, `shape`, `age` (and gender), `doing` (pose and expression) or `room and light`?

# %%
prediction = ...  # one of these words, in quotes

# %% tags=["answer"]
show.picture(code_charts.along(decoder.predict_on_batch, middle, directions),
             "Eight rows of five faces, one row for each direction, from its low end to its high end, "
             "with the average face in the middle of each row.")

# %% [markdown]
# ### Exercise 1: position along a direction
#
# A slider moves a code by `steps * vector`. Now do the reverse: given codes of shape `(n, 64)`, the
# mean code `middle` and the `vector` of one step, compute the position of each code along the
# direction, in steps. (You need a dot product and a division. If `middle` is `[1, 1]` and `vector`
# is `[2, 0]`, the code `[4, 7]` lies at 1.5.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def position(codes, middle, vector):
    """How many steps of `vector` each code lies from the middle: (n,)."""
    return (codes - middle) @ vector / (vector @ vector)
### END SOLUTION
check.position(position)

# %% [markdown]
# How well do the known factors predict these positions? For each group of factors, we fit a linear
# regression to the positions of the 1,300 training people and evaluate it on the other 200. The
# measure is **R²**, the share of the variance that the predictions $\hat{y}_i$ explain, where
# $\bar{y}$ is the mean of the true values $y_i$:
#
# $$R^2 = 1 - \frac{\sum_i (y_i - \hat{y}_i)^2}{\sum_i (y_i - \bar{y})^2}$$
#
# A perfect prediction has an R² of 1, and always predicting the mean gives an R² of 0. On new people,
# R² can be negative; the table shows such values as 0. Two controls are added: the room alone
# (`look`, a single factor), and the correlation with the mean brightness of the picture.

# %% tags=["answer"]
groups = {
    "skin": ["skin", "skin_tint", "african", "asian", "caucasian"],
    "hair": ["hair", "hair_colour", "stubble", "beard"],
    "shape": who[who.index("weight"):who.index("skin")],
    "age": ["age", "gender"],
    "doing": doing,
    "room and light": light,
}


def explained(group, y):
    """R2 of y (1500, k), predicted from a group of factors, on the people not used for the fit."""
    x = latent.columns(factors, group)
    return max(0.0, latent.r2(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:]))


# %% tags=["answer"]
position = check.accepted(check.position, position, check.our_position)
brightness = people.images.mean(axis=(1, 2, 3))
shares = {}
for k, vector in enumerate(directions.vectors):
    along = np.reshape(position(all_codes, middle, vector), (-1, 1))
    name = f"direction {k + 1}"
    shares[name] = {group: explained(columns, along) for group, columns in groups.items()}
    shares[name]["room alone"] = explained(["look"], along)
    shares[name]["brightness, r"] = float(np.corrcoef(along[:, 0], brightness)[0, 1])
shares["the whole code"] = {group: explained(columns, all_codes) for group, columns in groups.items()}
charts.table(shares, "R²")
check.predicted(prediction, max(groups, key=shares["direction 1"].get))

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# According to the article behind this course, the numbers in a code describe *who it is* if the
# network was trained on many faces. Yet the first direction is most closely related to **room and
# light**, with an R² of 0.51, followed by hair with 0.31. The controls tell us more. The room alone
# explains as much (0.52) as room and lamp together, and the position along the direction has a
# correlation of 0.98 with the mean brightness of the picture. So the first direction is almost
# entirely *brightness*: both a dim room and long, dark hair darken much of the picture.
#
# The second direction is most closely related to skin; the third, along which the head turns, to pose
# and expression; the fourth and fifth to hair; and the sixth to the room again. The shape of the face
# explains at most 5% of the variance in any of the first six directions, and 17% in the seventh. This
# is plausible, because a loss computed from pixels favours encoding the factors that affect many of
# them.
#
# The values in the last row add up to 0.53, so a linear regression on these groups leaves much of the
# code unexplained. The rest may come partly from clothes and wall patterns, which no factor records,
# and partly from nonlinear relations.
#
# </details>

# %% [markdown]
# *This is a good place for a break. Save the notebook; when you come back, run all the cells above
# again.*
#
# ## Reading identity from the code
#
# *15 minutes, with exercise 2.* A **probe** is a simple model that is fitted to predict a known
# factor from the code (Alain and Bengio, 2016). If it succeeds on people it wasn't fitted to, the
# code contains information about that factor.
#
# ### Exercise 2: a probe
#
# Fit scikit-learn's `Ridge`, a linear regression that keeps its weights small, to the first two
# arguments, and return its R² on the last two. (For `beard`, for example, it should return about
# 0.7.)

# %% tags=["exercise"]
from sklearn.linear_model import Ridge


### BEGIN SOLUTION
def probe(codes, values, new_codes, new_values):
    """R2 of a ridge regression from codes to values, on new codes and values."""
    return Ridge().fit(codes, values).score(new_codes, new_values)
### END SOLUTION
check.probe(probe)

# %% [markdown]
# **Predict:** most identity factors are numbers; the others, such as `hair`, are categories. For
# how many of the numerical factors does the probe reach an R² above 0.25?

# %%
numeric = [name for name in who if factors[name].dtype.kind == "f"]
print(len(numeric), "identity factors are numerical")
prediction = ...  # a number

# %% tags=["answer"]
probe = check.accepted(check.probe, probe, latent.probe_on)
told = {name: float(probe(codes, factors[name][:TRAIN], unseen_codes, factors[name][TRAIN:]))
        for name in numeric}
show.picture(code_charts.ranked(told, "R² on unseen people"),
             f"A bar for each numerical identity factor: {code_charts.told(told)}.")
check.predicted(prediction, sum(value > 0.25 for value in told.values()), f"of {len(told)}")

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# The probe predicts skin lightness, beard and stubble best, and gender, age and the height of the
# chin to some degree. But for the nose, mouth, eyes and cheeks, the features by which you would
# recognise a friend, the R² is **at most 0.1**. The next section tests whether the code has discarded
# these factors or whether the pictures hardly show them. Where the R² is negative, the probe has
# overfitted.
#
# </details>

# %% [markdown]
# A probe has two limitations. If it fails, the factor may still be encoded along a curve, which a
# *linear* probe can't follow. If it succeeds, that doesn't prove that *training* put the
# information there.
#
# ## How much is due to training?
#
# *25 minutes.* We compare each score with four controls:
#
# - **Untrained**: an encoder with random weights, which still mixes the pixels into 64 numbers. The
#   score depends on the weights, so we use five seeds.
# - **PCA of the pixels**: a linear code, also with 64 numbers, that needs no network.
# - **Shuffled labels**: the trained code, but with the labels of the training people shuffled, so
#   that there is nothing to learn. This is a control for the *probe*, similar to the control tasks
#   of Hewitt and Liang (2019): if the probe scores well here, the test is faulty; for example, the
#   same people may be in both sets.
# - **All pixels**: a probe of the whole picture, a rough upper bound. Any information that this probe
#   can read, but a probe of the code can't, has been lost in the bottleneck (the narrow code) or is
#   no longer encoded linearly.
#
# Another 200 test people would give different scores. To estimate how different, draw 200 people
# *from these 200* with replacement, compute the score, and repeat this many times. The middle 95% of
# the scores form a **bootstrap** interval, which reflects only the choice of test people, not the
# randomness of the training.
#
# We probe fifteen chosen factors of identity, pose and expression and then, as a control for this
# choice, all 48 numerical factors. `latent.probe_on` works much like your probe, but it scales the
# numbers of the code first and chooses the strength of the ridge penalty itself.
# `latent.probe_interval` adds the interval. For categories, such as hair styles, both functions use
# **logistic regression**, a linear classifier. Its score is the accuracy, rescaled so that always
# guessing the most common category scores 0 and always being right scores 1. Because this isn't an
# R², it has a panel of its own.
#
# **Predict:** which of these four has the highest score on `hair_colour`: `trained`, `untrained` (the
# mean of five), `PCA` or `shuffled`?

# %%
prediction = ...  # one of these words, in quotes

# %% tags=["answer"]
from sklearn.decomposition import PCA

QUESTIONS = {
    "who it is": ["african", "gender", "age", "face_width", "face_height", "chin_height", "nose_length"],
    "what it is doing": ["yaw", "pitch", "mouth_open", "smile", "blink", "pucker", "gaze_yaw",
                         "brow_inner"],
    "categories": ["hair", "hair_colour"],
}
pixels = people.images.reshape(len(people), -1)
pca = PCA(CODE, random_state=0).fit(pixels[:TRAIN])
representations = {"trained": all_codes, "PCA": pca.transform(pixels)}
for seed in range(5):
    keras.utils.set_random_seed(seed)
    random_encoder = autoencoder.build_encoder(SIZE, CODE, width=12)
    representations[f"untrained {seed}"] = random_encoder.predict(people.images, verbose=0)


def ask(question, numbers, shuffled=False):
    """The score of a probe, fitted to the training people, on the unseen ones."""
    labels = factors[question][:TRAIN]
    if shuffled:
        labels = np.random.default_rng(0).permutation(labels)
    return latent.probe_on(numbers[:TRAIN], labels, numbers[TRAIN:], factors[question][TRAIN:])


# %% tags=["answer"]
probes, intervals = {}, {}  # {group: {question: {reader: score}}}, {question: {reader: (low, high)}}
for group, questions in QUESTIONS.items():
    probes[group] = {}
    for question in questions:
        score = {name: ask(question, numbers) for name, numbers in representations.items()}
        probes[group][question] = {"trained": score["trained"], "PCA": score["PCA"],
                                   "untrained, five seeds": [score[f"untrained {k}"] for k in range(5)],
                                   "shuffled": ask(question, all_codes, shuffled=True)}
        labels = factors[question]
        of_300 = latent.probe_interval(codes, labels[:TRAIN], unseen_codes, labels[TRAIN:], draws=300)
        intervals[question] = {"trained": of_300[1:]}
table = {question: {"trained": p["trained"], "from": intervals[question]["trained"][0],
                    "to": intervals[question]["trained"][1], "PCA": p["PCA"],
                    "untrained": float(np.mean(p["untrained, five seeds"])),
                    "best seed": max(p["untrained, five seeds"]), "shuffled": p["shuffled"]}
         for rows in probes.values() for question, p in rows.items()}
READERS = ("trained", "untrained", "PCA", "shuffled")
charts.table(table, "score")
show.picture(code_charts.probes(probes, intervals, "R² (hair, hair_colour: accuracy beyond guessing)"),
             "Scores of four probes for each factor, as in the table above, with an interval for "
             "`trained`.")
check.predicted(prediction, max(READERS, key=table["hair_colour"].get))

# %% [markdown]
# Two controls remain: we probe each representation for *all* numerical factors, and then do the
# same with all pixels.

# %%
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

everything = {"who it is": numeric, "what it is doing": list(doing)}
read = {}  # {representation: {factor: R²}}
for name, numbers in (representations | {"all pixels": pixels}).items():
    scaled = StandardScaler().fit(numbers[:TRAIN]).transform(numbers)
    wanted = np.stack([factors[f] for group in everything.values() for f in group], axis=1)
    fit = RidgeCV(np.logspace(0, 6, 13), alpha_per_target=True).fit(scaled[:TRAIN], wanted[:TRAIN])
    scores = r2_score(wanted[TRAIN:], fit.predict(scaled[TRAIN:]), multioutput="raw_values")
    read[name] = dict(zip((f for group in everything.values() for f in group), scores, strict=True))

# %% tags=["answer"]
def mean_of(some, name):
    """The mean score of some factors; for `untrained`, also averaged over five encoders."""
    names = [f"untrained {k}" for k in range(5)] if name == "untrained" else [name]
    return float(np.mean([read[n][f] for n in names for f in some]))


means = {f"{group}, {count}": {reader: mean_of(some, reader)
                               for reader in ("trained", "untrained", "PCA", "all pixels")}
         for group in everything
         for count, some in (("chosen", QUESTIONS[group]), ("all", everything[group]))}
charts.table(means, "mean R²")
lost = sorted(numeric, key=lambda f: read["trained"][f] - read["all pixels"][f])[:6]
charts.table({f: {name: read[name][f] for name in ("trained", "all pixels")} for f in lost}, "largest losses")

# %% [markdown]
# <details><summary><b>What the controls show</b> (open it after your prediction)</summary>
#
# - With **shuffled** labels, the probe scores no better than chance, so there is no sign of a leak
#   from the training set to the test set. On hair colour its score is even negative, because always
#   guessing black would be right more often.
# - **Random weights** alone account for a large part of the trained encoder's scores. Dark skin,
#   long hair or a turned head changes so many pixels that even 64 random mixtures of them reflect
#   it. Only the lead over the untrained encoders is due to training.
# - **PCA** comes close to the trained network on most factors, nearly equals it on hair style and is
#   far ahead on hair colour, with 0.59 against 0.22. Among the readable factors, only `yaw` has a PCA
#   score clearly below the network's 95% interval; for `age`, the PCA score lies at the lower end of
#   the interval.
# - **The choice of factors** matters. On the fifteen chosen ones, the mean R² is 0.36 for identity
#   and 0.39 for pose and expression; on all 48 it is 0.19 for both. PCA follows closely (0.18 and
#   0.17), and so do random weights (0.13 and 0.12). In neither case is it true that "the numbers
#   describe who it is": they say as much about what a face is doing.
# - **All pixels** show what the bottleneck has thrown away. From the pixels of the picture, a linear
#   probe reads nearly twice as much about identity (0.38 on all factors) and about pose and
#   expression (0.35). For the distance between the eyes, its R² is 0.61, compared with 0.05 from the
#   code. So the pictures show this distance, but the 64 numbers leave it out.
# - Closed eyes, gaze direction and the inner ends of the brows can hardly be read from any of the
#   codes. Few of these people have their eyes closed.
#
# </details>

# %% [markdown]
# ## Adding long hair
#
# *10 minutes, with exercise 3.* If a factor is encoded along a straight line, you can move a code
# along this line. The simplest estimate of its direction is the difference between two means: the
# mean code of the people with the feature, minus that of the people without it.
#
# ### Exercise 3: from short to long
#
# `hair` holds the hair style of each training person; `LONG` and `SHORT` are two of the styles.
# Compute the mean code of the people with `LONG` hair minus that of the people with `SHORT` hair.
# The cell after the exercise shows the effect of adding the right answer to a code.

# %% tags=["exercise"]
hair = factors["hair"][:TRAIN]
LONG, SHORT = check.LONG, check.SHORT  # "long" and "crop"
### BEGIN SOLUTION
longer = codes[hair == LONG].mean(axis=0) - codes[hair == SHORT].mean(axis=0)
### END SOLUTION
check.longer(longer, codes, hair)

# %%
short = np.flatnonzero(factors["hair"][TRAIN:] == SHORT)[:10]
longer = check.accepted(check.longer, longer, check.our_longer(codes, hair))
added = decoder.predict_on_batch(unseen_codes[short] + longer)
show.picture(
    show.grid({"unseen": unseen[short], "reconstruction": drawn[short], "hair added": added}, 88),
    "Three rows of the same ten unseen people with short hair, most of them men: the pictures, their "
    "reconstructions, and the faces with the hair direction added. In the last row, most have a "
    "parting and long, dark, blurred hair, and the walls are smudged. The ninth man's beard is thinner; "
    "the tenth man's grey hair has turned brown.")
for style in (LONG, SHORT):
    gender = factors["gender"][:TRAIN][hair == style]
    print(f"{style:5} gender from {gender.min():.1f} to {gender.max():.1f}, mean {gender.mean():.2f} "
          "(0 female, 1 male)")

# %% [markdown]
# The direction does add long hair, if only roughly, but it changes other features as well. In these
# data, nobody with a gender factor above 0.5 has long hair, and most people with cropped hair are
# men. The direction therefore contains everything that *goes with* long hair, which is why a beard
# becomes thinner. Hair and gender are **confounded**: the two groups differ in both. Directions
# learnt from data always inherit such correlations; lesson 3 examines another one.
#
# ## Halfway between two people
#
# *10 minutes.* Averaging two pictures gives a double exposure. Instead, we average their *codes*
# and decode the result.

# %%
ways = {}
fading = np.linspace(0, 1, 7)[:, None, None, None]
for title, one, other in (("first pair", 3, 13), ("second pair", 18, 20)):
    way = decoder.predict_on_batch(latent.between(unseen_codes[one], unseen_codes[other], 7))
    ways[f"{title}, codes"] = way
    ways[f"{title}, pixels"] = (1 - fading) * way[0] + fading * way[-1]
show.picture(show.grid(ways, 88),
             "Two pairs of people, with seven steps from one person to the other. With interpolated "
             "codes, the head turns and the hair changes step by step, with a smudge beside some heads. With "
             "faded pixels, the faces in the middle have two outlines of the head in the first pair, and "
             "dark hair like a transparent veil in the second.")

# %% [markdown]
# Interpolating between the codes gives a single head at nearly every step, while fading between the
# pictures shows two. We can also measure this: if a halfway picture resembles the faces that the
# network knows, the network should reconstruct it about as well as the two end pictures. Lesson 1
# showed that such a test can be fooled, so we need a case that should fail: **nonsense codes**, in
# which each of the 64 numbers comes from a different person. As a control, we also mix codes along
# their principal directions instead of number by number: the position along each of the 64 directions
# comes from a different person. (The network that drew the pictures also judges them, so the test is
# lenient.)

# %%
first, second = unseen_codes[:100], unseen_codes[100:]
rng = np.random.default_rng(0)
turned = PCA(CODE, random_state=0).fit(codes)  # the same codes on other axes
mixed = rng.permuted(unseen_codes, axis=0), rng.permuted(turned.transform(unseen_codes), axis=0)
nonsense = {"nonsense codes": mixed[0],
            "nonsense on other axes": turned.inverse_transform(mixed[1]).astype(np.float32)}
to_redraw = {
    "ends": drawn,
    "halfway in code": decoder.predict((first + second) / 2, verbose=0),
    "halfway in pixels": (drawn[:100] + drawn[100:]) / 2,
    **{name: decoder.predict(some, verbose=0) for name, some in nonsense.items()},
}
reconstructed = {name: error(ready.predict(images, verbose=0), images) for name, images in to_redraw.items()}
charts.table({name: {"error when reconstructed": value} for name, value in reconstructed.items()}, digits=3)

# %% [markdown]
# Faces decoded from halfway codes have a slightly larger error than the end pictures, 0.020 against
# 0.016. The error is 0.031 for the cross-faded pictures and 0.033 for nonsense codes, about twice
# that of the end pictures. Each number in a nonsense code is an ordinary one, so only the
# *combination* is wrong. But which combinations are nonsense depends on the axes of the code, which
# training chose arbitrarily: codes shuffled along the principal directions give an error of only
# 0.028.
#
# ## The average face
#
# *10 minutes.* There are two average faces: the mean picture and the decoded mean code.

# %%
nearest = latent.nearest(codes, middle, 1)[0]
distance = np.linalg.norm(codes - middle, axis=1)
average = decoder.predict_on_batch(middle[None])[0]


def edges(image):
    """How much neighbouring pixels differ: a measure of sharpness."""
    grey = image.mean(axis=-1)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


sharpness = {"mean of the pictures": edges(mean_picture), "picture of the mean code": edges(average),
             "typical reconstruction": float(np.mean([edges(x) for x in drawn]))}
print("sharpness:", code_charts.told(sharpness, 3))
print(f"distance from the mean code: nearest person {distance.min():.1f}, "
      f"typical person {np.median(distance):.1f}")
again = {"mean code": error(ready.predict(average[None], verbose=0), average[None]),
         "typical reconstruction": reconstructed["ends"]}
print("error when reconstructed once more:", code_charts.told(again, 3))
spread = np.linalg.eigvalsh(np.cov(codes.T))
print(f"effective dimension of the codes: {spread.sum() ** 2 / (spread**2).sum():.0f} of {CODE}")

# %%
show.picture(show.side_by_side({"mean picture": mean_picture, "picture of the mean code": average,
                                "nearest person": train[nearest]}, 160),
             "The mean of all training pictures, a blurred face; the decoded mean code, a soft face "
             "with a smudged outline of brown hair; and the person whose code is nearest to the mean, "
             "someone with a broad face and cropped brown hair.")

# %% [markdown]
# The decoded mean code is sharper than the mean picture, though not as sharp as a typical
# reconstruction. But nobody looks like this average face. Even the nearest of the 1,300 people is
# still half as far from the mean code as a typical person, and looks quite different. A code has many
# dimensions, and almost everyone is unusual in *some* of them, so people form a shell around an empty
# centre. How many dimensions? The **effective dimension** is the number of directions, all with the
# same variance, that would produce the same overall spread; here it is 21.
#
# Is the empty centre unfamiliar to the network? We reconstruct the decoded mean code once more, and
# the error is 0.028, compared with 0.016 for the reconstructions of unseen people and 0.020 for
# halfway codes. So this network doesn't know the average face well. That need not be so: when we
# trained the same network on 1,300 other people, the error was 0.016, as low as that of a typical
# reconstruction. An empty region of the code may or may not decode to a familiar face; only a test
# can tell.
#
# ## Nearest neighbours
#
# *15 minutes, with exercise 4.* For each person in the test set, we look up the nearest training
# person, once by code and once by pixels.

# %%
from sklearn.neighbors import NearestNeighbors


def neighbours(known, asked):
    """For each row of `asked`, the index of the nearest row of `known`: (n,)."""
    return NearestNeighbors(n_neighbors=1).fit(known).kneighbors(asked)[1][:, 0]


by_code = neighbours(codes, unseen_codes)
by_pixels = neighbours(pixels[:TRAIN], pixels[TRAIN:])
chosen = [2, 5, 8, 13, 17, 26, 33, 37, 43, 53]
show.picture(show.grid({"unseen": unseen[chosen], "nearest code": train[by_code[chosen]],
                        "nearest pixels": train[by_pixels[chosen]]}, 76),
             "Three rows of ten: unseen people, the training person with the nearest code for each, "
             "and the one with the nearest pixels; in five cases, both are the same person. Light and "
             "wall mostly match, and often the hair does, too. The faces are those of other people, "
             "and a mouth may be open in one picture and closed in the other.")

# %% [markdown]
# ### Exercise 4: chance level
#
# How often do two people drawn at random have the same hair style? The styles aren't equally common,
# so compute the probability from `hair`. (With two styles, worn by 60% and 40% of the people, it
# would be 0.52.)

# %% tags=["exercise"]
### BEGIN SOLUTION
by_chance = float(np.sum((np.unique(hair, return_counts=True)[1] / len(hair)) ** 2))
### END SOLUTION
check.by_chance(by_chance, hair)

# %%
random = np.random.default_rng(0).integers(0, TRAIN, (50, 200))  # fifty random people for each


def alike(name, chosen):
    """The share of unseen people who match the person chosen for them, for example in hair."""
    return float(np.mean(factors[name][:TRAIN][chosen] == factors[name][TRAIN:]))


def apart(name, chosen):
    """The mean difference in a factor between unseen people and those chosen for them."""
    return float(np.mean(np.abs(factors[name][:TRAIN][chosen] - factors[name][TRAIN:])))


neighbour = {"nearest code": by_code, "nearest pixels": by_pixels, "random person": random}
shared = {label: {name: alike(name, chosen) for name in ("hair", "hair_colour", "skin", "look")}
          for label, chosen in neighbour.items()}
by_chance = check.accepted(check.by_chance, by_chance, check.our_by_chance(hair))
shared["exercise 4"] = {"hair": float(np.ravel(by_chance)[0])}
charts.table(shared, "share of matches")
gap = {label: {name: apart(name, chosen) / apart(name, random)
               for name in ("age", "gender", "face_width", "smile", "mouth_open", "yaw", "light_key")}
       for label, chosen in neighbour.items()}
charts.table(gap, "difference (random person = 1)")

# %% [markdown]
# Both kinds of neighbour match the unseen person in room (`look`), skin and hair far more often than
# random people do. Neighbours by code are closer in expression and pose, and neighbours by pixels
# match better in the room and the strength of its lamp (`light_key`). Neighbours by code match better
# in hair style, but slightly worse in hair colour. Neither kind reflects *identity*: neighbours
# differ about four fifths as much as random people in age, and more than nine tenths as much in the
# width of the face. Face-recognition networks are trained differently: they learn to tell people
# apart from many pictures of each person.
#
# ## Quiz
#
# *5 minutes.*
#
# 1. A probe predicts the length of the nose with an R² of 0. What follows? (a) All noses are
#    equally long. (b) The probe is always right. (c) It does no better than predicting the average
#    for everyone.
# 2. A probe predicts a factor with an R² of 0.6 from both a trained and an untrained encoder. What
#    follows? (a) Training made no difference to how well a linear probe can read the factor. (b)
#    The factor was learnt twice. (c) The probe was fitted to shuffled labels.
# 3. A linear probe finds nothing. Can the factor still be in the code? (a) Yes, along a curve. (b)
#    No. (c) Only if the code has more numbers.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "c"
q2 = "a"
q3 = "a"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured
#
# The next two cells check the claims against your own figures. The shipped network was trained only
# once, so small differences prove nothing.

# %% tags=["nbval-check-output"]
first_direction = shares["direction 1"]
live, shipped, mean = (errors[k]["unseen people"] for k in (f"yours, {EPOCHS} epochs",
                                                            "shipped, 120 epochs", "mean picture"))
parts = ("nose", "mouth", "lower", "upper", "eye", "cheek")
features = [name for name in told if name.startswith(parts)]
of_all = {group: means[f"{group}, all"] for group in everything}
lead = {group: m["trained"] - m["untrained"] for group, m in of_all.items()}
claims = {
    "a network trained just now beats the mean picture on unseen people": live < 0.7 * mean,
    "the shipped network beats the mean picture by a wide margin": shipped < 0.35 * mean,
    "a probe reads an unseen person's hair style from the code": table["hair"]["from"] > 0.4,
    "over all factors, the code says more about identity than untrained encoders do":
        lead["who it is"] > 0.04,
    "it also says more about pose and expression": lead["what it is doing"] > 0.04,
    "a probe fitted to shuffled labels reads nothing":
        max(row["shuffled"] for row in table.values()) < 0.08,
    "a probe reads hair colour better from PCA of the pixels than from the code":
        table["hair_colour"]["PCA"] > table["hair_colour"]["trained"] + 0.1,
    "'who it is' goes too far: a probe can hardly read nose, mouth, eyes and cheeks":
        max(told[name] for name in features) < 0.2,
    "a probe of all pixels, the control, reads the distance between the eyes better":
        read["all pixels"]["eye_distance"] > read["trained"]["eye_distance"] + 0.2,
}

# %% tags=["nbval-check-output"]
claims |= {
    "the first direction is related more to room and light than to skin":
        first_direction["room and light"] > first_direction["skin"] + 0.15,
    "the control shows that this direction follows the brightness of the picture":
        abs(first_direction["brightness, r"]) > 0.8,
    "a face halfway between two codes is reconstructed better than one halfway between pictures":
        1.3 * reconstructed["halfway in code"] < reconstructed["halfway in pixels"],
    "and better than the picture of a nonsense code":
        1.3 * reconstructed["halfway in code"] < reconstructed["nonsense codes"],
    "but which codes are nonsense depends on the axes":
        reconstructed["nonsense on other axes"] < 0.9 * reconstructed["nonsense codes"],
    "nobody is near the mean code, and its face is reconstructed worse than halfway faces, the control":
        again["mean code"] > 1.1 * reconstructed["halfway in code"],
    "neighbours by code share a hair style far more often than by chance":
        shared["nearest code"]["hair"] > 3 * shared["random person"]["hair"],
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# - The codes of many people vary most with factors that affect many pixels: the first direction
#   follows the room, and so the brightness of the picture.
# - A linear probe can predict the beard, gender, skin and age of unseen people from their codes, but
#   can predict hardly anything about their nose, mouth, eyes and cheeks.
# - Untrained encoders and PCA alone account for a large part of these scores, and PCA is better on
#   hair colour, so probe scores can only be judged against controls.
# - The difference between two mean codes is a usable direction, but it includes everything
#   confounded with the desired feature.
# - A code halfway between two people decodes to a face, but neighbours in the code have the same
#   room, skin and hair rather than the same identity.
#
# ## Go further
#
# 1. Find a direction for the beard in the same way as for long hair, and subtract the effect of
#    gender from it. Does a beard then grow on a woman's face without changing anything else?
# 2. Which two people in the test set does the code confuse most? Find pairs whose codes are close
#    although the people differ in skin, age and gender, and look at what they share.
#
# **Next:** [03 · One face](03_one_face.ipynb) trains the same network on a single person, so that
# identity no longer varies.
#
# **Sources.** The article that this course tests: N. Giansiracusa, "[The simple, elegant idea
# behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/)", ODSC,
# 2021, adapted from his book *How Algorithms Create and Prevent Fake News*, Apress, 2021. Probes:
# G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes", arXiv
# 1610.01644, 2016. Controls for probes: J. Hewitt and P. Liang, "Designing and interpreting probes
# with control tasks", EMNLP 2019. The bootstrap: B. Efron, "Bootstrap methods: another look at the
# jackknife", *Annals of Statistics* 7(1), 1979. The loss: H. Zhao et al., "Loss functions for image
# restoration with neural networks", *IEEE TCI* 3(1), 2017. Differences of means as directions for
# faces: A. Radford, L. Metz and S. Chintala, "Unsupervised representation learning with deep
# convolutional generative adversarial networks", ICLR 2016. All people are rendered from
# MakeHuman's CC0 assets.
