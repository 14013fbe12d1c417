# %% [markdown]
# # 06 · Spot the swap
#
# *Which traces does a face swap leave in a picture, and which of them can a detector find?*
#
# **You will learn**
#
# - how well you spot swaps yourself, compared with three detectors;
# - which six traces a swap leaves, and what each looks like on its own;
# - how to train a detector on pairs, each a real picture and a fake made from it, and how to train one
#   without any swaps;
# - how to measure which trace a detector sees, and where in the picture it looks;
# - why the same detector can fail when real pictures and fakes have been edited differently.
#
# **Before you start, you need:** lesson [05](05_swap_a_movie.ipynb), which swaps the face in a movie.
# Terms that recur are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 7 minutes to run on a CPU, or 4 on a GPU, plus about an hour and a quarter to read,
# explore and do the exercises. Each section states how long it takes.

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

    from swaplib.exercises import lesson_06 as check
    from swaplib.notebook import charts, show
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(6)
announce(cpu=7, gpu=4)

# %% [markdown]
# ## The result first
#
# *8 minutes.* Here are 24 faces of rendered people. Twelve are real pictures; in the other twelve, the
# face has been replaced by another person's. **Predict before you go on:** which twelve are swaps? Press
# the button under a face to call it a swap. If you see no buttons (GitHub shows none), type the numbers
# into the cell below.

# %%
with muted():
    from swaplib.crops import pairs
    from swaplib.notebook.verdicts import Verdicts
    from swaplib.scoring import reader

test = pairs.load("test")  # ten people on whom no detector in this lesson was trained
kinds = ("paste alone", "sharp, bands", "sharp, hard")  # of swap, explained under Whole swaps
faces = reader.draw(test, kinds, seed=6)
panel = Verdicts(faces.images, "Four rows of six numbered portraits: women and men with light, "
                 "olive, brown and dark skin in front of plain walls, most with a neutral expression, "
                 "some with an open mouth.")
panel

# %%
typed = ...  # the numbers of the swaps, for example [1, 2, 3], unless you pressed the buttons

# %% [markdown]
# The next table shows how three detectors rank the same 24 faces. All three are small networks of the
# same architecture, trained in advance on different data: swaps, *self-blended* pictures (which
# contain no swap), or both. The **AUC** is the probability that a swap gets a higher score than a
# real picture: 0.5 means guessing, and 1 a perfect ranking.

# %% tags=["answer"]
with muted():
    from swaplib import networks
    from swaplib.scoring import spotting

trained_on = ("swaps", "blends", "both")
shipped = {name: spotting.by_network(networks.shipped(f"highpass_{name}")) for name in trained_on}
ranked = {name: reader.areas(faces, score(faces, faces.images)) for name, score in shipped.items()}
mine = panel.guesses(typed)
charts.table({"you": reader.areas(faces, mine), **ranked}, "AUC")
is_swap = faces.factors["kind"] != reader.REAL
check.predicted(panel.chosen(typed) or ..., [int(k) + 1 for k in np.flatnonzero(is_swap)])
show.picture(panel.sheet(faces.factors["kind"]),
             "The 24 portraits again, each with its true label in the corner.")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# In the two *sharp* columns, the face was drawn by a decoder that keeps fine detail. The detectors
# `blends` and `both` rank nearly all of these faces above the real ones, although most of them look
# right. In the *paste alone* column, another person's actual face was pasted in pixel for pixel,
# without a decoder. There, the three AUCs lie far apart, from 0.52 to 0.92. Four faces prove little:
# on 160 pictures, later in the lesson, all three will be close to 0.5. **Detecting a swap and seeing
# one are different tasks**: detectors judge pixels, whereas you judge a face.
#
# </details>

# %% [markdown]
# Your AUC is the mean of two shares: the swaps that you found, and the real pictures that you did not
# flag. If it is close to 0.5, you are in good company: across 56 studies with 86,155 participants,
# 55.5% of the answers were correct (Diel et al., 2024). Write down your score; the next lesson tests
# you again.
#
# ## Six traces, one at a time
#
# *8 minutes.* A swap changes several things at once: the person, the sharpness and the camera noise.
# In photographs these changes can't be separated. In rendered pictures they can, because our renderer
# can show **two people in the same pose, in the same light and through the same camera**. Each pixel
# in A's picture corresponds to the pixel at the same position in B's, so A's actual face can be
# pasted into B's picture without any decoder and without resampling.
#
# The class `Fake` has a switch for each step of a swap. Every picture, real or fake, also passes through
# the same simulated camera (lens blur, noise, sharpening) and the same codec, so neither can give a fake
# away. The table lists the switches of six fakes, each of which has a single **trace**.

# %%
from swaplib.movie.composing import TRACES, compose, masks

charts.table({name: vars(fake) for name, fake in TRACES.items()}, "trace")

# %% [markdown]
# - **who**: another person's actual face, pasted in before the camera takes the picture;
# - **decoder**: the person's own face, reconstructed by a decoder that keeps most of the fine detail;
# - **resampling**: the same face, rotated and scaled into an aligned crop and back, as in lesson 5;
# - **edge**: the same face, cut out with a hard edge and shifted by three pixels;
# - **colour**: the same face, a little lighter or darker;
# - **grain**: the same face without camera noise.
#
# **Predict before you run:** which of the six changes the pixels inside the face most?

# %%
prediction = ...  # for example "edge"

# %% tags=["answer"]
some = test.some((test.factors["frame"] == 2) & (test.factors["clip"] == 0))  # a picture of each person
real, inside = compose(some), masks(some) > 0.02
made = {name: compose(some, fake) for name, fake in TRACES.items()}
levels = {name: np.abs(x.astype(float) - real).mean(axis=-1) for name, x in made.items()}
change = {name: {"inside": x[inside].mean(), "outside": x[~inside].mean()}
          for name, x in levels.items()}
charts.table(change, "mean change (levels out of 255)")
check.predicted(prediction, max(change, key=lambda name: change[name]["inside"]))
two = slice(0, 4, 3)  # two of the ten
columns = {"real": real[two]} | {name: x[two] for name, x in made.items()}
show.picture(show.contact_sheet({name: x / np.float32(255) for name, x in columns.items()}, 0.75),
             "One row for each of two people; the columns show the real picture and the six fakes.")
grey = {name: np.clip(8 * x[two], 0, 255)[..., None].repeat(3, -1) / 255 for name, x in levels.items()}
show.picture(show.contact_sheet({"real": np.zeros_like(real[two], float), **grey}, 0.75),
             "The differences from the real picture, amplified eight times: the lighter the pixel, "
             "the larger the difference.")

# %% [markdown]
# <details><summary><b>What the tables show</b> (open it after your prediction)</summary>
#
# The trace *who* changes the face most, by about ten of 255 levels on average, and *decoder*, *resampling*
# and *grain* change it least, by about two. Outside the face, the codec alone changes the pixels by half a
# level. If detectors responded to the largest change, they would find *who* first. Remember this ranking.
#
# </details>

# %% [markdown]
# ## Splitting by person
#
# *5 minutes.* A network trained on a person may recognise the person instead of the swap. We
# therefore split the people before any training: some for training, four for **tuning**, that is, for
# choosing a threshold, and ten for the test. Both people in a pair are always in the same split.

# %%
parts = {name: pairs.load(name) for name in pairs.PARTS}
charts.table({name: {"people": len(set(part.factors["who"])), "clips": len(set(part.clips())),
                     "pictures": len(part)} for name, part in parts.items()}, "split")

# %% [markdown]
# ### Exercise 1: people in both splits
# Write a function that returns the names that occur in both lists, without duplicates.

# %% tags=["exercise"]
### BEGIN SOLUTION
def leaked(train, test):
    """The names that occur in both lists, without duplicates."""
    return set(train) & set(test)
### END SOLUTION
check.leaked(leaked)

# %% [markdown]
# The library runs the same check and raises an error if anyone is in both lists. Many published
# notebooks split by *frame*, for example by testing on every second one. The next cell applies the
# library's check to such a split; lesson 7 measures how much the split flatters a detector.

# %%
from swaplib import SwaplibError
from swaplib.scoring import evaluation

names = test.factors["who"]
try:
    even = test.factors["frame"] % 2 == 0
    evaluation.check_apart(names[even], names[~even], "people")
except SwaplibError as error:
    print(error)
evaluation.check_apart(parts["train"].factors["who"], names, "people")
print("The training and test splits have no people in common.")

# %% [markdown]
# ## Training a detector on pairs
#
# *12 minutes.* Our network has 64,000 parameters. Besides the picture, its input includes the
# **high-pass component**, the part that a slight blur removes: noise and the finest detail. It also
# receives a mask of the face, and its last layer sees only the differences between the face, its rim
# and their surroundings. Effects of the camera and the codec on the whole picture therefore cancel
# out. The next cell shows the first two inputs for a real picture and for two fakes, one with the
# trace *edge* and one with the trace *grain*.

# %%
with muted():
    import cv2

shown = {"real": real[0], "edge": made["edge"][0], "without grain": made["grain"][0]}
fine = {name: 0.5 + (x / 255.0 - cv2.blur(x / 255.0, (3, 3))) * 8 for name, x in shown.items()}
show.picture(show.grid({"picture": [x / 255.0 for x in shown.values()],
                        "high-pass": [np.clip(x, 0, 1) for x in fine.values()]}, 240),
             "Three portraits of one person, each above its high-pass component: noise and outlines on grey.")

# %% [markdown]
# The network's output is a **logit** $z$, the logarithm of the odds that the picture is a fake. A
# sigmoid turns it into a probability, but in 32-bit numbers this would be exactly 1 for every logit
# above about 17, and the ranking of such pictures would be lost.
#
# Each batch holds $n$ real pictures and, for each of them, **its own fake**. In a pair, the person, the
# light and the camera are the same, so none of these can distinguish the two. With the logits $z_k$ of the
# real pictures and $z_k'$ of their fakes, the loss is
#
# $$L = \frac{1}{2n}\sum_{k=1}^{n}\bigl[\,s(z_k) + s(-z_k')\,\bigr] + \frac{1}{n}\sum_{k=1}^{n} s(z_k - z_k'),
# \qquad s(x) = \ln(1 + e^x).$$
#
# The first term is the mean cross-entropy of all $2n$ pictures. The second requires only that a
# fake's logit exceed that of the picture it was made from. The function $s$ is called *softplus*.
#
# ### Exercise 2: the pair loss
#
# Write a function that computes this loss from two arrays of logits. `np.logaddexp(0, x)` is the softplus
# of x.

# %% tags=["exercise"]
### BEGIN SOLUTION
def pair_loss(real, fake):
    """The loss for n real pictures and their own fakes, given their logits, two arrays of shape (n,)."""
    each = (np.logaddexp(0, real).mean() + np.logaddexp(0, -fake).mean()) / 2
    return each + np.logaddexp(0, real - fake).mean()
### END SOLUTION
check.pair_loss(pair_loss)

# %% [markdown]
# Now train a detector yourself, on three kinds of swap made with the people in the training split.
# The training takes about two minutes.

# %%
with muted():
    from swaplib.movie import prepared
    from swaplib.networks import detector
    from swaplib.training import batches

few = parts["train"].factors["frame"] % pick(ci=4, cpu=1) == 0  # all frames, except in a test run
training = prepared.swaps(parts["train"].some(few), draws=pick(ci=1, cpu=2))
print(f"{len(training.real)} pairs to train on")
model = detector.build_highpass()
steps = pick(ci=3, cpu=25)
drawn = batches.InPairs(training.real, training.fake, steps=steps, part=144, hulls=training.hulls)
epochs = pick(ci=2, cpu=16, gpu=40)
losses = batches.fit(model, drawn, epochs, rate=4e-3, warmup=pick(ci=1, cpu=60)).history["loss"]
along = np.arange(1, epochs + 1)
curves = {"your network": (along, losses), "a constant 0": (along, np.full(epochs, 2 * np.log(2)))}
show.picture(charts.lines(curves, "epoch", "loss"),
             "The training loss at each epoch, compared with the loss of a network that always "
             "outputs 0.")

# %% [markdown]
# ### A detector trained without swaps
#
# Shiohara and Yamasaki (2022) train a detector without any swaps. They slightly alter the colour,
# position, sharpness or noise of a copy of a real picture, and use a face mask to blend it into the
# original. Such a **self-blended picture** has an edge between two pictures that don't quite match,
# as in every swap, and no one's face is misused.

# %%
from swaplib.training import self_blending

floats = real[:5] / np.float32(255)
_, blended = self_blending.pairs_of_blends(floats, masks(some)[:5])
show.picture(show.grid({"real": floats, "self-blended": blended / 255.0}, 150),
             "Five portraits, and below each the same portrait after self-blending.")

# %% [markdown]
# From here on the lesson compares five detectors. `yours` is the network that you have just trained.
# `swaps`, `blends` and `both` were trained longer with the same code. `linear` is a logistic regression on
# 21 hand-made features: the power in 16 rings of the spectrum, and five numbers that describe the rim of
# the face.

# %%
linear = spotting.by_features(*training.crops(every=2))
detectors = {"linear": linear, "yours": spotting.by_network(model), **shipped}

# %% [markdown]
# ## Which trace does a detector see?
#
# *12 minutes.* A detector computes a score, which becomes a verdict only through a threshold. The AUC
# measures how well the scores are *ranked*. With the scores $x_i$ of $m$ real pictures and $y_j$ of
# $n$ fakes, it is
#
# $$\mathrm{AUC} = \frac{1}{mn}\sum_{i=1}^{m}\sum_{j=1}^{n} [\,y_j > x_i\,],$$
#
# where the bracket is 1 if the inequality holds and 0 otherwise.
#
# ### Exercise 3: the area under the curve
#
# The name comes from an equivalent definition, the area under the ROC curve. Write a function that
# computes the AUC from two arrays of scores, by comparing every fake with every real picture.

# %% tags=["exercise"]
### BEGIN SOLUTION
def auc(real, fake):
    """The share of pairs, one score from `real` and one from `fake`, in which the fake's score is higher."""
    return (fake[:, None] > real).mean()
### END SOLUTION
check.auc(auc)

# %% [markdown]
# Now score the pictures of the test people. **Predict before you run:** which trace does the network
# trained on *self-blended* pictures see best? And is there a trace that no detector sees?

# %%
prediction = ...  # for example "edge"
unseen = ...  # for example "grain", or "none"

# %% tags=["answer"]
people = test.some(test.factors["frame"] % pick(ci=4, cpu=1) == 0)
scores = {name: {} for name in detectors}  # {detector: {pictures: logits}}


def score_all(pictures):
    """Score pictures, {name: pictures of `people`}, with every detector."""
    for name, made in pictures.items():
        for d, score in detectors.items():
            scores[d][name] = score(people, made)


def area(d, name):
    """A detector's AUC by frame: the real test pictures against the pictures called `name`."""
    return spotting.auc(scores[d]["real"], scores[d][name])


score_all({"real": compose(people)} | {name: compose(people, fake) for name, fake in TRACES.items()})
seen = np.array([[area(d, name) for name in TRACES] for d in detectors])
show.picture(show.heat_map(seen, list(detectors), list(TRACES)),
             "A heat map of AUCs with a row for each of five detectors and a column for each of six "
             "traces.")
check.predicted(prediction, list(TRACES)[seen[list(detectors).index("blends")].argmax()])
blind = [name for name, column in zip(TRACES, seen.T, strict=True) if column.max() < 0.6]
check.predicted(unseen, ", ".join(blind) or "none")

# %% [markdown]
# <details><summary><b>What the map shows</b> (open it after your prediction)</summary>
#
# The largest change is not the easiest to detect. *Who*, the largest change, has AUCs of 0.47 to
# 0.58, because all its pixels come from one camera. *Colour*, the second largest, stays near 0.5,
# because people differ more in colour than this fake does from its original. *Resampling* and *grain*
# change the face by only two levels and are detected best, both with AUCs of up to 0.98: the finest
# detail in the face no longer matches that of its surroundings. After two minutes of training, your
# own network sees no trace reliably.
#
# </details>

# %% [markdown]
# ### Whole swaps
#
# A swap combines the traces. *Paste alone* is A's actual face, pasted pixel for pixel with a soft
# edge, as a perfect decoder would produce it. In *sharp* swaps, the face is drawn by the decoder that
# keeps fine detail, and in *student* swaps by the 64 px network from lesson 2. The face is pasted
# with a soft edge, in frequency bands, with a hard edge, or as a full rectangle. In the table, scores
# are averaged over each clip, the interval comes from resampling people, and *found* is the share of
# swaps flagged at a threshold that flags at most 5% of the real clips. **Predict before you run:**
# what is the best AUC that any of the five detectors reaches on *paste alone*?

# %%
prediction = ...  # for example 0.8

# %% tags=["answer"]
from swaplib.movie.composing import SWAPS

score_all({name: compose(people, fake) for name, fake in SWAPS.items()})
whole = np.array([[area(d, name) for name in SWAPS] for d in detectors])
show.picture(show.heat_map(whole, list(detectors), list(SWAPS)),
             "A heat map of AUCs with a row for each of five detectors and a column for each of six "
             "swaps.")
verdict = {(d, name): spotting.judge(people, scores[d]["real"], scores[d][name])
           for d in detectors for name in ("paste alone", "sharp, bands")}
charts.table({f"{d}: {name}": {"AUC by clip": v.auc, "95% interval": f"{v.low:.2f} to {v.high:.2f}",
                               "found": f"{v.found:.0%}"} for (d, name), v in verdict.items()})
best = max(area(d, "paste alone") for d in detectors)
check.predicted(prediction, round(best, 2))

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# No detector reliably finds a perfect paste: on *paste alone*, the intervals of nearly all detectors
# include 0.5. As soon as a decoder draws the face, the AUC of `both` rises to 0.98 or more.
# Researchers debate whether detectors mainly look for blending (the *alpha blending hypothesis*,
# 2026). Here blending alone isn't enough, at least with a soft edge and similar skin tones; in whole
# swaps, the detectors find the resampling and the decoder. The network trained on self-blended
# pictures alone reaches 0.90 or more on sharp swaps, although its training included no swap, and is
# far better than the one trained on swaps alone. Training on both kinds of picture gives the best
# detector.
#
# </details>

# %% [markdown]
# ## From the real picture to the swap
#
# *12 minutes.* The steps below lead from a real picture to a whole swap, one switch at a time. Next to
# each picture are the logits of three networks and two maps that show where `both` looks:
#
# - **occlusion**: how much the logit drops when a grey square covers that spot (Zeiler and Fergus,
#   2014);
# - **gradient**: how strongly the logit reacts to each pixel (Simonyan et al., 2014).
#
# Such maps are often published as explanations. Here we can check them, because we know which pixels
# were changed. **Predict before you run:** for the whole swap, what percentage of the occlusion map
# lies inside the face, which fills more than half of the picture?

# %%
prediction = ...  # for example 50

# %% tags=["answer"]
with muted():
    from swaplib.movie.composing import STEPS
    from swaplib.scoring import traces

network = networks.shipped("highpass_both")
watched = some.some(np.isin(some.factors["pair"], (0, 2)))  # four people
stages = {name: compose(watched, fake) for name, fake in STEPS.items()}
maps = {}
for name, pictures in stages.items():
    crops = spotting.as_crops(watched, pictures)
    slopes = detector.gradient(network, crops)
    for k in range(pick(ci=1, cpu=len(watched))):
        score = detector.scorer(network, crops.hulls[k])
        hidden = traces.occlusion(score, crops.images[k], 32, pick(ci=32, cpu=16))
        maps[name, k] = np.maximum(hidden, 0), slopes[k]
face = masks(watched) > 0.02
last, shares = list(STEPS)[-1], {"occlusion": [], "gradient": [], "picture area": []}
for k in range(pick(ci=1, cpu=len(watched))):
    for row, heat in zip(shares.values(), (*maps[last, k], np.ones(face[k].shape)), strict=True):
        row.append(heat[face[k]].sum() / heat.sum())
charts.table({n: {"inside the face": f"{np.mean(row):.0%}"} for n, row in shares.items()}, "share of")
check.predicted(prediction, round(100 * np.mean(shares["occlusion"])), "%")

# %% [markdown]
# Move the slider from the real picture to the swap. After which step do the logits rise, and do both maps
# point to the same places?

# %%
with muted():
    from ipywidgets import IntSlider, SelectionSlider

    from swaplib.notebook import Live

logits = {name: {d: shipped[d](watched, x) for d in trained_on} for name, x in stages.items()}


def stage(step, person):
    picture, (hidden, slope) = stages[step][person], maps[step, person]
    three = charts.bars({d: logits[step][d][person] for d in trained_on}, 4, 240)
    looks = {"occlusion": charts.overlay(picture, hidden), "gradient": charts.overlay(picture, slope)}
    return show.side_by_side({"picture": picture, "logits": three, **looks}, 240)


steps = SelectionSlider(options=list(STEPS), value="by a decoder", description="last step",
                        layout={"width": "30em"})
person = IntSlider(0, min=0, max=pick(ci=0, cpu=len(watched) - 1), description="person")
Live(stage, {"step": steps, "person": person},
     alt="A face, the logits of three networks as bars, and two maps of where one of them looks. "
         "The sliders set how many steps are switched on and which person is shown.")

# %% [markdown]
# <details><summary><b>What the steps show</b> (open it after moving the slider)</summary>
#
# The logit of `both` changes little when the person is replaced. It rises by about one unit once the
# face is resampled, and again, by 0.3 to 1, when a hard edge is added. The logit of `swaps` already
# varies by 2.8 units from person to person for the *real* pictures, more than most steps add; lesson
# 7 takes this up. The two maps hardly agree. Occlusion marks patches in the face and in the
# surroundings, with which the network compares it, and the gradient marks scattered points. The face
# covers 57% of the picture; it contains only 51% of the occlusion map and 67% of the gradient map.
# **A map shows where a network reacts, not why**, and without this comparison, either map could be
# mistaken for an explanation.
#
# </details>

# %% [markdown]
# ## Controls
#
# *10 minutes.* A high AUC may have a reason that has nothing to do with swaps. Four controls test for
# such reasons:
#
# - unedited real pictures of the first person of each pair against those of the second;
# - the person's **own face**, photographed a second time and pasted back, which is not a swap;
# - real pictures that were **edited**: either the skin was smoothed, or the whole picture was
#   sharpened, recompressed or blurred by 0.7 pixels;
# - `untrained`, a network before its first training step.
#
# **Predict before you run:** which of the four edits does the network `swaps` suspect most?

# %%
prediction = ...  # for example "blurred"

# %% tags=["answer"]
from swaplib.movie.composing import EDITS, Fake

detectors["untrained"] = spotting.by_network(detector.build_highpass())
controls = {"real": compose(people), "own face": compose(people, Fake(who="self"))}
scores["untrained"] = {}
controls["sharp, bands"] = compose(people, SWAPS["sharp, bands"])  # a swap, for comparison
score_all(controls | {name: compose(people, edit=name) for name in EDITS})
second = np.char.endswith(people.factors["who"], "b")
suspected = {}
for d, s in scores.items():
    suspected[d] = {"A against B": spotting.auc(s["real"][~second], s["real"][second])}
    suspected[d] |= {name: area(d, name) for name in ("own face", *EDITS, "sharp, bands")}
values = np.array([list(row.values()) for row in suspected.values()])
show.picture(show.heat_map(values, list(suspected), list(suspected["swaps"])),
             "A heat map of AUCs with a row for each detector, a column for each control and one for "
             "a swap.")
check.predicted(prediction, max(EDITS, key=lambda name: suspected["swaps"][name]))

# %% [markdown]
# <details><summary><b>What the controls show</b> (open it after your prediction)</summary>
#
# The controls reveal differences between the detectors. `linear` suspects real pictures that were
# *blurred* as a whole nearly as much as swaps (0.68 and 0.71), and *sharpened* ones least of all
# (0.32): it measures softness. The network `both` compares the face with its surroundings, but it,
# too, gives higher scores to blurred pictures (0.73) and lower ones to sharpened pictures (0.35):
# fine detail in a face is evidence that the picture is real. For a person's own face and for A
# against B, its AUC is near 0.5. But it suspects *smoothed* skin as strongly as a swap (0.98), since
# smoothing, like a swap, changes only the face. **To `both`, a beauty filter looks like a swap**, and
# nothing in its training teaches it otherwise. Note the network `untrained`, too: with five pairs of
# people, it reaches 0.67 for A against B by chance, so a value of 0.6 in this column means nothing.
#
# </details>

# %% [markdown]
# ### Real pictures in one condition, fakes in another
#
# So far, real pictures and fakes have been treated alike. In practice they are not: a real picture
# may come from an old phone and be blurred, whereas a fake may come straight from the software. In
# the map below, each row is a condition of the real pictures, and each column a condition of the
# fakes. **Predict before you run:** what is the lowest AUC in this map for `both`, which reaches more
# than 0.9 if nothing is edited?

# %%
prediction = ...  # for example 0.5

# %% tags=["answer"]
from swaplib.files.picture import as_bytes
from swaplib.training import degradation

conditions = {
    "unedited": lambda x: x,
    "blur, 1 px": lambda x: degradation.blurred(x, 1),
    "blur, 2 px": lambda x: degradation.blurred(x, 2),
    "half the size": lambda x: degradation.shrunk(x, 2),
    "JPEG 50": lambda x: degradation.jpeg(x, 50),
    "JPEG 20": lambda x: degradation.jpeg(x, 20),
}
few = people.some(people.factors["frame"] % 4 == 0)
originals = {"real": compose(few), "fake": compose(few, SWAPS["sharp, bands"])}
both = {what: [] for what in originals}
for what, x in originals.items():
    for change_of in conditions.values():
        both[what].append(shipped["both"](few, as_bytes(change_of(x / np.float32(255)))))
grid = np.array([[spotting.auc(x, y) for y in both["fake"]] for x in both["real"]])
show.picture(show.heat_map(grid, list(conditions), list(conditions)),
             "A heat map of AUCs: the rows are the conditions of the real pictures, the columns those "
             "of the fakes.")
diagonal = np.eye(len(grid), dtype=bool)
within, across = grid[diagonal].mean(), grid[~diagonal].mean()
print(f"mean AUC: the same condition {within:.2f}, different conditions {across:.2f}")
check.predicted(prediction, round(float(grid.min()), 2))

# %% [markdown]
# <details><summary><b>What the map shows</b> (open it after your prediction)</summary>
#
# On average it makes no difference whether both classes were edited in the same way (0.72) or
# differently (0.73), because the network compares the face with its surroundings. But editing the
# fakes removes part of what it looks for: only for unedited fakes is the AUC above 0.85 in every row.
# The worst combinations matter most: with real pictures blurred by 2 pixels and fakes stored as JPEGs
# at quality 20, the AUC is 0.28, so real pictures are suspected *more* than fakes. A test in which
# both classes were treated alike doesn't show this. In 2026 such a comparison was proposed under the
# name *cross-AUC*.
#
# </details>

# %% [markdown]
# ## Quiz
#
# *4 minutes.*
#
# 1. Why does each batch hold a real picture together with its own fake? (a) It saves memory. (b) It
#    doubles the number of fakes. (c) The network can't use anything that both have in common.
# 2. How can a network learn to find swaps from self-blended pictures? (a) They are made by the same
#    decoder. (b) They are easier to detect. (c) Both have an edge between two pictures that don't
#    quite match.
# 3. What would it mean if a detector could distinguish real pictures of A from real pictures of B? (a) It
#    judges people, not swaps. (b) It is especially sensitive. (c) B was swapped.
# 4. Why does no detector here find the trace *who* on its own? (a) The change is too small. (b) All
#    pixels come from a camera, and nothing has been processed. (c) Both people look alike.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "c"
q2 = "c"
q3 = "a"
q4 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3, q4=q4)

# %% [markdown]
# ## What we claimed, what we measured

# %% tags=["nbval-check-output"]
claims = {
    "trained on swaps and blends, the network has an AUC of 0.9 or more for sharp swaps blended in bands":
        verdict["both", "sharp, bands"].auc >= 0.9,
    "no detector finds the trace *who* on its own (AUC at most 0.65)":
        max(area(d, "who") for d in trained_on) <= 0.65,
    "no detector finds a perfect paste (AUC at most 0.65)":
        max(area(d, "paste alone") for d in trained_on) <= 0.65,
    "of the six traces, *who* changes the pixels in the face most":
        max(change, key=lambda name: change[name]["inside"]) == "who",
    "outside the face, no fake differs from the real picture by more than one level":
        max(row["outside"] for row in change.values()) < 1,
    "an untrained network is no better than chance on sharp swaps (AUC 0.3 to 0.7)":
        0.3 < area("untrained", "sharp, bands") < 0.7,
    "the detector `linear` suspects a blurred real picture about as much as a swap (AUCs within 0.1)":
        abs(area("linear", "blurred") - area("linear", "sharp, bands")) < 0.1,
    "`both` suspects smoothed skin nearly as much as a swap (AUCs within 0.05), and blurred pictures less":
        area("both", "smoothed") > area("both", "sharp, bands") - 0.05 > area("both", "blurred"),
    "the AUC of `both` is 0.85 or more if nothing is edited, and below 0.5 in the worst combination":
        grid[0, 0] >= 0.85 and grid.min() < 0.5,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# 1. A swap leaves six traces; no detector reliably finds *who*, although it changes the pixels most.
# 2. Trained on pairs of a real picture and its own fake, a network can't use the person, the light or the
#    camera.
# 3. No detector here finds a perfect paste, but the networks do find resampling, a decoder and
#    missing noise.
# 4. Controls show what an AUC means: features that find swaps may measure the blur of the whole
#    picture.
# 5. When real pictures and fakes are edited differently, the same detector can suspect real ones
#    more.
#
# ## Going further
#
# - Train once more with `batches.InPairs(..., paired=False)`, where the fakes of a batch aren't made from
#   its real pictures. Which columns of the map change, and do they change by more than the difference
#   between two seeds?
# - Pass other traces to `self_blending.pairs_of_blends(images, masks, traces)`, for example only
#   `["recoloured"]`, and train on the result. Does the network see *colour* afterwards, and what does it
#   lose?
#
# **Next:** lesson [07](07_trust_a_verdict.ipynb) asks what a single verdict is worth.
#
# **Sources.** A. Diel et al., "Human performance in detecting deepfakes: a systematic review and
# meta-analysis of 56 papers", *Computers in Human Behavior Reports*, 2024. K. Shiohara and T.
# Yamasaki, "Detecting deepfakes with self-blended images", *CVPR*, 2022. R. Durall, M. Keuper and J.
# Keuper, "Watch your up-convolution: CNN based generative deep neural networks are failing to
# reproduce spectral distributions", *CVPR*, 2020 (the spectrum in `linear`). M. Zeiler and R. Fergus,
# "Visualizing and understanding convolutional networks", *ECCV*, 2014. K. Simonyan, A. Vedaldi and A.
# Zisserman, "Deep inside convolutional networks: visualising image classification models and saliency
# maps", *ICLR workshop*, 2014. A. Yermakov et al., "Deepfake detection that generalizes across
# benchmarks", arXiv:2508.06248, 2025 (pairs in a batch). "Alpha blending hypothesis",
# arXiv:2605.10334, 2026. "Cross-AUC", arXiv:2604.21478,
# 2026. All people are rendered from MakeHuman's CC0 assets.
