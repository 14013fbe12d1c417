# %% [markdown]
# # 06 · Spot the swap
#
# *What every swap leaves behind, how a network learns to see it, and how far that can be trusted.*
#
# **You will learn**
#
# - what a swap leaves in a picture: an edge, another grain, a gap in the spectrum;
# - how a small network learns to see it, and how to train one without a single swap;
# - how to judge a detector: people kept apart, ROC, intervals, the price of a false alarm;
# - how far it falls when the swap, the compression or the camera is new;
# - where it looks, beside where it should.
#
# **You need first:** lesson [05](05_swap_a_movie.ipynb): how a swapped movie is made.
#
# **Time:** 8 minutes on a CPU, 4 minutes on a GPU, and three quarters of an hour to read and play.

# %% tags=["setup"]
# Online, as in Colab, this installs the course; on your own machine it is there already.
import importlib.util
import subprocess
import sys

if not importlib.util.find_spec("swaplib"):
    course, version = "https://github.com/two-decoders/two-decoders", "0.2.0"
    wheel = f"{course}/releases/download/v{version}/swaplib-{version}-py3-none-any.whl"
    for source in (wheel, f"git+{course}@v{version}"):
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--retries=2", f"swaplib @ {source}"],
            capture_output=True, text=True)
        importlib.invalidate_caches()
        if importlib.util.find_spec("swaplib"):
            print(f"Installed swaplib {version} from {source}. There is no need to restart.")
            break
    else:
        said = pip.stderr.strip().splitlines() or ["pip gives no reason"]
        reason = next((line for line in said if "fatal" in line or "ERROR" in line), said[-1]).strip()
        raise RuntimeError(f"swaplib {version} could not be installed ({reason}). Check the network "
                           "(in Kaggle: Settings, Internet), then run this cell again.")

# %%
from swaplib import muted

with muted():
    import cv2
    import keras
    import matplotlib.pyplot as plt
    import numpy as np
    from ipywidgets import FloatSlider, IntSlider, SelectionSlider
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_curve
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from swaplib import SwaplibError, movie, networks
    from swaplib.crops import Crops, capture, databases, dataset
    from swaplib.exercises import lesson_06 as check
    from swaplib.face.landmarks import Landmarker
    from swaplib.files import provenance, video
    from swaplib.networks import detector, swap
    from swaplib.notebook import Live, show
    from swaplib.notebook.budget import announce, pick
    from swaplib.scoring import evaluation, traces
    from swaplib.training import batches, degradation
    from swaplib.training.self_blending import self_blended

keras.utils.set_random_seed(6)
announce(cpu=8, gpu=4)

# %% [markdown]
# ## The result first
#
# Twelve faces. Some are rendered people as they are. In the others somebody else's face was put in,
# as in lesson 5. **Predict before you go on:** which ones? The numbers run from left to right, line
# by line.

# %%
clips = dataset.load("clips")  # crops of short clips, real and swapped, of twelve people
part, person, recipe = (clips.factors[name] for name in ("part", "person", "recipe"))
fake = clips.factors["fake"]  # 1 for a swap, 0 for a real picture
shot = np.array([f"{p} {c:.0f}" for p, c in zip(person, clips.factors["clip"], strict=True)])
movies = np.array([f"{s} {r}" for s, r in zip(shot, recipe, strict=True)])  # a clip, and how it was faked

rng = np.random.default_rng(7)
home = ("real", "quick", "careful", "cut out", "painted")
some = [rng.choice(np.flatnonzero((part == "test") & (fake == f) & np.isin(recipe, home))) for f in
        (0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0)]
show.picture(show.grid([clips.images[some[:6]], clips.images[some[6:]]], 128),
             "Two rows of six faces of young and old people, men and women. In some the middle of the face "
             "is softer or of another colour than forehead and neck.")

# %%
prediction = ...  # for example [2, 5, 7]

# %% [markdown]
# If that was easy: the networks that made these swaps had been trained for minutes. And here is what
# another network says, a detector that was trained beforehand: 1 is a swap, 0 is real. It has seen
# none of these people, and no swap by the networks that made these.

# %% tags=["answer"]
known = networks.shipped("detector_swaps")
scores = known.predict(clips.images[some], verbose=0)[:, 0]
answers = [{f"{k}: {'swap' if fake[i] else 'real'}, says {s:.2f}": clips.images[i]
            for k, i, s in zip(numbers, np.take(some, numbers - 1), scores[numbers - 1], strict=True)}
           for numbers in (np.arange(1, 7), np.arange(7, 13))]
check.predicted(prediction, [k + 1 for k, i in enumerate(some) if fake[i]])
show.picture(np.vstack([show.side_by_side(line, 140) for line in answers]),
             "The same twelve faces, above each whether it is a swap or real and the network's score.")

# %% [markdown]
# ## Who may be in which part
#
# A network that has seen Eve a hundred times, mostly swapped, can learn: Eve means swap. Tested on
# other pictures of Eve it does splendidly, and it has learnt nothing about swaps. So the people are
# dealt out first. Six of the twelve are for training, two to **tune** on (to choose a threshold),
# four for the test. Swaps are made within a part only, by networks that were trained for that part.

# %%
for name in ("train", "tune", "test"):
    here = part == name
    print(f"{name:6}{len(set(person[here])):2} people, {len(set(movies[here & (fake == 0)])):2} real clips "
          f"and {len(set(movies[here & (fake == 1)])):2} swapped ones, {here.sum():4} crops")

# %% [markdown]
# ### Exercise 1: who is in both?
#
# Write a function that finds the people who leak from one part into the other.

# %% tags=["exercise"]
### BEGIN SOLUTION
def leaked(train, test):
    """The names that are in both lists, each once."""
    return set(train) & set(test)
### END SOLUTION
check.leaked(leaked)

# %% [markdown]
# The library has a check of the same kind, and it stops. Here is what it says of a split by
# *frames*, every other one, as many a notebook makes it.

# %%
try:
    evaluation.check_apart(person[::2], person[1::2], "people")
except SwaplibError as error:
    print(error)
for a, b in (("train", "tune"), ("train", "test"), ("tune", "test")):
    for column in ("person", "face_of"):
        evaluation.check_apart(clips.factors[column][part == a], clips.factors[column][part == b], "people")
print("The three parts have nobody in common.")

# %% [markdown]
# ### Several ways to swap
#
# Four kinds of swaps are in all three parts: a network trained shortly or for longer, with a soft
# mask or a hard one, with the light taken over or the colours too, or nothing. Four more are in the
# test alone, to see what a detector makes of a kind it has never seen: a larger network; a face
# **cloned** in by blending gradients (Pérez et al., 2003); one without any network, in which another
# picture of the person is **bent** to fit, as face swaps were made before 2017; and one that isn't
# a swap at all: the own face, **redrawn** by the network, as when a speaker is given other words.

# %%
kinds = [*home, "large", "cloned", "bent", "redrawn"]


def one_of(kind, people, frame=6):
    return [next(clips.images[i] for i in np.flatnonzero((recipe == kind) & (person == who))
                 if clips.factors["frame"][i] >= frame) for who in people]


testers = sorted(set(person[part == "test"]))
columns = {kind: np.stack(one_of(kind, testers)) for kind in kinds}
show.picture(show.contact_sheet(columns),
             "Four people in rows; in columns the real picture and eight kinds of fakes: most soft, one with "
             "a hard edge, some in colours that don't match, the bent ones hardly to be told from a photo.")

# %% [markdown]
# ## What a swap leaves behind
#
# ### The spectrum
#
# Any picture is a sum of waves. How strong the slow and the fast ones are is its **spectrum**. A
# decoder of 64 pixels has no waves faster than those 64 pixels can hold, and whatever enlarges it
# adds none. So at the fast end something should be missing. (Durall et al., 2020, find whole pictures
# made by networks by their fast end alone.)
#
# **Predict before you run:** by what factor is the power in the fastest ring lower in a swap?

# %%
prediction = ...  # for example 10

# %% tags=["answer"]
rings = traces.spectrum(clips.images)  # (n, 16): log10 of the power, from slow to fast
at_home = np.isin(recipe, home)
train, tune, test = (part == name for name in ("train", "tune", "test"))
gap = rings[train & (fake == 0)].mean(axis=0) - rings[train & (fake == 1)].mean(axis=0)
check.predicted(prediction, round(float(10 ** gap[-1]), 1), "times")

figure, axes = plt.subplots(figsize=(6, 3.2))
styles = {"real": "k-", "careful": "C0-", "cut out": "C1-", "cloned": "C2--", "bent": "C3--"}
for kind, style in styles.items():
    axes.plot(rings[test & (recipe == kind)].mean(axis=0), style, label=kind)
axes.set(xlabel="ring of the spectrum, from slow to fast waves", ylabel="log10 of the power")
axes.legend()
plt.close(figure)
show.picture(figure, "Spectra that fall from slow to fast waves. The swaps by networks drop below the real "
                     "faces early and stay there; the bent faces lie only a little below.")

# %% [markdown]
# <details><summary><b>What the spectra show</b> (open it after your prediction)</summary>
#
# The gap is widest in the middle, not at the end. These networks were trained for minutes: they draw
# soft pictures, whatever their pixels could hold. The dashed line of the *bent* faces lies close to
# the real one. They were made of a photo.
#
# </details>
#
# ### The rim
#
# A face that was pasted in has an edge, where two pictures meet. Five numbers describe it: how far
# the colours just within and just without are apart, how steep the picture is on the edge, and how
# much fine grain there is within compared with without.
#
# Sixteen rings and five numbers of the rim: 21 features. A **logistic regression**, the simplest
# detector there is, weighs and adds them up.

# %%
numbers = traces.features(clips)
linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
linear.fit(numbers[train], fake[train])

names = [f"ring {k}" for k in range(traces.RINGS)] + [
    "jump in lightness", "jump green to red", "jump blue to yellow", "steepness", "grain"]
weights = linear[-1].coef_[0]
figure, axes = plt.subplots(figsize=(7, 2.8))
axes.bar(range(len(weights)), weights, color=np.where(weights > 0, "C3", "C0"))
axes.set_xticks(range(len(weights)), names, rotation=60, ha="right")
axes.set_ylabel("speaks for a swap")
plt.close(figure)
show.picture(figure, "Bars: the weight of each of the 21 features. The slowest rings and the jumps at the "
                     "rim speak for a swap, the middle and fast rings against it.")

for name, columns in {"the spectrum alone": slice(0, traces.RINGS),
                      "the rim alone": slice(traces.RINGS, None)}.items():
    half = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    half.fit(numbers[train][:, columns], fake[train])
    scores = half.predict_proba(numbers[test & at_home][:, columns])[:, 1]
    print(f"{name}: AUC {evaluation.auc(fake[test & at_home], scores):.3f} by frame, on the test's people")

# %% [markdown]
# What speaks against a swap is detail, from ring 4 on. The rim adds what one expects, jumps
# and steepness. (AUC: 1 is never wrong, 0.5 is guessing. More of it below.)

# %% [markdown]
# ## A network
#
# **Meso-4** (Afchar et al., 2018) was made for just this: four convolutions, small filters, 28
# thousand parameters. It is meant to look at middle scales: not at the finest grain, which
# compression takes away, and not at what the whole face shows. Here it is, as in the library.

# %%
SIZE = detector.SIZE
model = detector.build_meso4(SIZE)
model.summary()

# %% [markdown]
# Train it on the real and the swapped crops of the six people. Each batch is half real and half
# swapped, and both halves are mirrored, lightened and compressed in the same random way, so that
# none of this can tell them apart.

# %%
EPOCHS = pick(ci=1, cpu=40, gpu=80)  # of 25 steps
STEPS = pick(ci=4, cpu=25)
real, swaps = clips[train & (fake == 0)], clips[train & (fake == 1)]


def fit(model, real, swaps=None):
    """Train while Adam's learning rate falls from 0.001 to 0; returns the loss of each epoch."""
    drawn = batches.RealAndFake(real, swaps, steps=STEPS)
    return batches.fit(model, drawn, EPOCHS, rate=1e-3).history["loss"]


losses = {"on swaps": fit(model, real, swaps)}

# %% [markdown]
# ## A network that has seen no swap
#
# A detector that learns from swaps learns *these* swaps. Shiohara and Yamasaki (2022) train without
# any. They take one real picture, change a copy of it a little, in colour, sharpness, size or place,
# and blend the copy into the picture with a mask of the face. Such a **self-blended image** has what
# all swaps have, an edge between two pictures that don't quite fit, and nothing of any one recipe.

# %%
rng = np.random.default_rng(1)
crowd = dataset.load("many", 128)  # fifteen hundred people of lesson 2, all real
blended = [self_blended(rng, *pair) for pair in zip(crowd.images[:6], crowd[:6].masks(), strict=True)]
show.picture(show.grid([crowd.images[:6], [image for image, _ in blended],
                        [np.repeat(blend[..., None], 3, axis=2) for _, blend in blended]], 110),
             "Three rows of six: real faces; the same faces, slightly changed inside or outside a soft spot; "
             "the spots.")

# %% [markdown]
# It needs nothing but real pictures, so it can be shown many more people.

# %%
unswapped = detector.build_meso4(SIZE)
losses["on self-blended images"] = fit(unswapped, crowd[:dataset.MANY_TRAIN])

figure, axes = plt.subplots(figsize=(6, 2.8))
for name, values in losses.items():
    axes.plot(np.arange(1, len(values) + 1), values, label=name)
axes.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
axes.legend()
plt.close(figure)
show.picture(figure, "The loss of both trainings against epochs: it falls, on swaps faster and lower.")

# %% [markdown]
# A few minutes of training on two cores are little. From here on the lesson goes on with the same
# two networks trained for longer beforehand, by the same lines.

# %%
unswapped = networks.shipped("detector_self_blended")
detectors = {  # name: crops as Crops -> scores (n,)
    "simple features": lambda some: linear.predict_proba(traces.features(some))[:, 1],
    "trained on swaps": lambda some: known.predict(some.images, verbose=0)[:, 0],
    "self-blended": lambda some: unswapped.predict(some.images, verbose=0)[:, 0],
}
EVERY = pick(ci=3, cpu=1)  # frames of a clip that are looked at

# %% [markdown]
# ## How good is it?
#
# ### Exercise 2: the area under the curve
#
# A detector gives a score, not a verdict. The verdict takes a threshold, and each threshold finds
# some of the swaps and accuses some of the real ones. The **ROC** curve shows all of them at once,
# and the area under it, **AUC**, sums it up. It has a plain meaning: take a real picture and a swap
# at random; how probable is it that the swap has the higher score? Write it, by trying all pairs.

# %% tags=["exercise"]
### BEGIN SOLUTION
def auc(real, fake):
    """The share of all pairs, of a score in `real` and one in `fake`, in which fake's is higher."""
    return (fake[:, None] > real).mean()
### END SOLUTION
check.auc(auc)

# %% [markdown]
# ### At home
#
# At home means: the same kinds of swaps, but people, movies and networks that were in no training.
# A movie is judged by the mean score of its frames.

# %%
at = np.flatnonzero(test & at_home & (clips.factors["frame"] % EVERY == 0))
scored = {name: score(clips[at]) for name, score in detectors.items()}


def judged(labels, scores, movies):
    """(AUC by frame, AUC by movie, its interval)."""
    verdicts, names = evaluation.by_video(scores, movies)
    truth, _ = evaluation.by_video(labels, movies)
    drawn = np.array([" ".join(name.split()[:2]) for name in names])  # a clip with all its swaps
    return (evaluation.auc(labels, scores), evaluation.auc(truth, verdicts),
            evaluation.interval(truth, verdicts, drawn))


print(f"{'at home':18}{'by frame':>10}{'by movie':>10}   95 % interval")
table = {}
for name, scores in scored.items():
    by_frame, by_movie, (low, high) = table[name, "at home"] = judged(fake[at], scores, movies[at])
    print(f"{name:18}{by_frame:10.3f}{by_movie:10.3f}   {low:.3f} to {high:.3f}")

# %% [markdown]
# All three are perfect, or next to it. Even the one that has never seen a swap, and even 21 numbers
# with a logistic regression. Publications have often ended here. Two doubts should come up.
#
# *How sure is it?* The interval is empty, since no draw of right answers has a wrong one. But the
# test has 16 real clips. None of 16 accused still leaves room for one in five, by the **rule of
# three**: after n trials without an error the error rate is below 3 / n, with 95 % confidence.
#
# *And elsewhere?*
#
# ## Away from home
#
# So far all was of one kind. Now change one thing at a time: the way of swapping, the compression,
# the size, the focus. And, as the hardest, lesson 5's own movie: other people, another camera
# distance, another network.
#
# **Predict before you run:** from `at home`, which change lowers the AUC of the network that was
# trained on swaps most?

# %%
prediction = ...  # for example "blur"

# %% tags=["answer"]
def crops_of(kinds, change=None, where=test):
    """Real crops and swaps of some kinds, changed clip by clip: (Crops, labels, movies)."""
    at = np.flatnonzero(where & np.isin(recipe, ("real", *kinds)) & (clips.factors["frame"] % EVERY == 0))
    some = clips[at]
    images = some.images.copy()
    for name in np.unique(movies[at]) if change else ():
        images[movies[at] == name] = change(images[movies[at] == name])
    return Crops(images, some.factors, some.hulls), fake[at], movies[at]


def crops_of_lesson_5():
    """The same of the movies of lesson 5: B, B with A's face, and A, in pieces of a second."""
    to_a = swap.swapper(networks.shipped("swap_128"), again=True)
    images, hulls, labels, names = [], [], [], []
    for who in "ab":
        frames = {k: f for k, f in enumerate(video.read_frames(dataset.movie(who))) if k % 5 == 0}
        with muted(), Landmarker(max_faces=1) as find:
            points = {k: found[0].points for k, f in frames.items() if (found := find(f))}
        given = [frames[k] for k in points]
        versions = {"real": given}
        if who == "b":
            versions["swap"] = movie.swap_frames(given, list(points.values()), to_a.predict_on_batch, 128)
        for kind, pictures in versions.items():
            for (k, where), frame in zip(points.items(), pictures, strict=True):
                crop, hull = capture.cut_along(frame, where, SIZE)
                images.append(crop / np.float32(255))
                hulls.append(hull)
                labels.append(float(kind == "swap"))
                names.append(f"{who} {k // 25} {kind}")
    return Crops(np.stack(images), {}, np.stack(hulls)), np.array(labels), np.array(names)


swaps_at_home = home[1:]
conditions = {  # name: (kinds of swaps, what is done to the clips)
    "a larger network": (["large"], None),
    "cloned": (["cloned"], None),
    "bent, no network": (["bent"], None),
    "redrawn": (["redrawn"], None),
    "lesson 5's movie": None,
    "JPEG, quality 50": (swaps_at_home, lambda x: degradation.jpeg(x, 50)),
    "JPEG, quality 20": (swaps_at_home, lambda x: degradation.jpeg(x, 20)),
    "H.264, crf 23": (swaps_at_home, lambda x: degradation.h264(x, 23)),
    "H.264, crf 40": (swaps_at_home, lambda x: degradation.h264(x, 40)),
    "half the pixels": (swaps_at_home, lambda x: degradation.shrunk(x, 2)),
    "a quarter of them": (swaps_at_home, lambda x: degradation.shrunk(x, 4)),
    "blur, 1 px": (swaps_at_home, lambda x: degradation.blurred(x, 1)),
    "blur, 2 px": (swaps_at_home, lambda x: degradation.blurred(x, 2)),
}
called_swaps = {(name, "at home"): evaluation.tpr_fpr(fake[at], scores, 0.5)[1]  # of the real crops
                for name, scores in scored.items()}
for condition, what in conditions.items():
    some, labels, names = crops_of(*what) if what else crops_of_lesson_5()
    for name, score in detectors.items():
        scores = score(some)
        table[name, condition] = judged(labels, scores, names)
        called_swaps[name, condition] = evaluation.tpr_fpr(labels, scores, 0.5)[1]

print(f"{'AUC by movie':20}" + "".join(f"{name:>24}" for name in detectors))
for condition in ("at home", *conditions):
    cells = [f"{auc_:.2f} ({low:.2f} to {high:.2f})" for _, auc_, (low, high) in
             (table[name, condition] for name in detectors)]
    print(f"{condition:20}" + "".join(f"{cell:>24}" for cell in cells))
away = {name: float(np.mean([table[name, c][1] for c in conditions])) for name in detectors}
print(f"{'mean away from home':20}" + "".join(f"{away[name]:24.2f}" for name in detectors))
lowest = min(conditions, key=lambda c: table["trained on swaps", c][1])
check.predicted(prediction, lowest)
print(f"\n{'real, called a swap':20}" + "".join(f"{name:>24}" for name in detectors))
for condition in ("at home", "a quarter of them", "blur, 2 px"):
    print(f"{condition:20}" + "".join(f"{called_swaps[name, condition]:24.0%}" for name in detectors))

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# This is the lesson's finding, so let us take it apart.
#
# - **New people are no problem here, nor are new kinds of swaps.** All but one were drawn by a network
#   that had been trained for minutes, and all of those lack fine grain. Who has learnt to miss it on
#   one kind knows them all. The exceptions say the same: a face that was *bent* is a real picture,
#   hardly softened; and lesson 5's network learnt from far more pictures, for much longer, and draws
#   sharper. There the networks make mistakes.
# - **Loss of grain is what they look for, so loss of grain is what deceives them.** Blurred by 2 px or
#   shrunk to a quarter, *every real face* is called a swap, with certainty. Real and swapped then get
#   the same score, and an AUC of a half is a coin.
# - **Another source of pictures is a change, too.** As they are, three in ten of the real crops are swaps to
#   the self-blended network. It learnt from lesson 2's crowd, which a better renderer drew with finer grain
#   than the clips have. The *order* of its scores hardly suffers; its threshold does.
# - **The simple features do best.** Their verdicts are as wrong when all is blurred, but the *order*
#   of the scores holds, since a weighted sum doesn't saturate. Only hard compression costs them more.
#   Two dozen numbers beat both networks away from home: always try the plain model first.
# - **Training without swaps costs next to nothing, and wins nothing here.** In the paper self-blending
#   is far ahead on kinds of fakes that were in no training. Its strength is not to learn one recipe by
#   heart. But our recipes share the trace that is easiest to learn, so the network trained on swaps
#   isn't punished for taking it. What it does show: a detector needs no swap at all, and thus nobody's
#   face in a place where it doesn't belong.
#
# JPEG isn't quite away from home: both networks were trained on crops that had been through qualities
# of 40 to 100. That they bear 20 as well may owe something to it. What was in the training is borne.
#
# </details>
#
# ### How sure is that?
#
# An AUC of 0.9 from a few clips may be 0.8 or 1. Draw as many clips as there are from the test,
# with replacement, again and again, and see how the AUC varies: that is the **bootstrap** (Efron
# and Tibshirani, 1993), and where the intervals in the table come from. What is drawn must be
# independent. The frames of a clip are nearly one picture, so *clips* are drawn, each with its
# swaps.
#
# **Predict before you run:** how many times narrower would the interval look, if frames were drawn?

# %%
prediction = ...  # for example 2

# %% tags=["answer"]
bent, bent_labels, bent_movies = crops_of(["bent"])
bent_clips = np.array([" ".join(name.split()[:2]) for name in bent_movies])
bent_scores = {name: score(bent) for name, score in detectors.items()}
width = {drawn: np.subtract(*evaluation.interval(bent_labels, bent_scores["trained on swaps"], groups,
                                                 draws=400)[::-1])
         for drawn, groups in (("clips", bent_clips), ("frames", np.arange(len(bent))))}
check.predicted(prediction, round(width["clips"] / width["frames"], 1), "times")

figure, axes = plt.subplots(figsize=(4.2, 3.6))
for name, scores in bent_scores.items():
    axes.plot(*roc_curve(bent_labels, scores)[:2], label=f"{name}, {evaluation.auc(bent_labels, scores):.2f}")
axes.plot([0, 1], [0, 1], "k:", label="a coin, 0.50")
axes.set(xlabel="real ones accused", ylabel="swaps found")
axes.legend(title="bent: AUC by frame", loc="lower right")
plt.close(figure)
show.picture(figure, "ROC curves of the three detectors for bent faces: high above the diagonal of a coin, "
                     "and not in the corner.")

# %% [markdown]
# And these clips are of four people only. Whoever wants to say something about people must draw
# people, and four are too few for that.
#
# ### Spoil a picture yourself
#
# Compress it, blur it, and see what both networks say.

# %%
PICTURES = {"a real one": np.flatnonzero(test & (recipe == "real"))[30],
            **{f"a swap, {kind}": np.flatnonzero(test & (recipe == kind))[30] for kind in kinds[1:]}}


def spoiled(picture, quality, blur):
    image = degradation.jpeg(degradation.blurred(clips.images[PICTURES[picture]][None], blur), quality)
    verdicts = [float(m.predict_on_batch(image)[0, 0]) for m in (known, unswapped)]
    return show.side_by_side({f"swaps: {verdicts[0]:.2f}  blends: {verdicts[1]:.2f}": image[0]}, 320)


Live(spoiled, {"picture": SelectionSlider(options=list(PICTURES), description="picture",
                                          layout={"width": "30em"}),
               "quality": IntSlider(95, 5, 95, description="JPEG quality",
                                    style={"description_width": "8em"}),
               "blur": FloatSlider(0, min=0, max=4, step=0.1, description="blur, px")},
     alt="A face; above it the scores of the network trained on swaps and of the one trained on "
         "self-blended images. Sliders choose the picture, its compression and its blur.")

# %% [markdown]
# ## A threshold, and what it costs
#
# A verdict takes a threshold. Let it be such that at most one in twenty real crops is accused, and
# choose it on the people of the part `tune`, for on the test it would be cheating. And to have it
# less easy, test on all kinds of swaps, in clips that were compressed a good deal on their way.
#
# **Predict before you run:** chosen on clean clips, the threshold promises to accuse 5 % of the real
# crops. How many per cent does it accuse when they have been compressed?

# %%
prediction = ...  # for example 5

# %% tags=["answer"]
chosen = "self-blended"


def posted(images):
    """As a clip comes out of a site that compresses a good deal."""
    return degradation.h264(images, 32)


tune_clean, tune_posted = (crops_of(swaps_at_home, change, tune) for change in (None, posted))
some, posted_labels, _ = crops_of(kinds[1:], posted)
posted_scores = detectors[chosen](some)
accuses = {}
print(f"{'chosen on clips':18}{'threshold':>10}{'swaps found':>13}{'real accused':>14}")
for name, (tuning, labels, _) in {"clean": tune_clean, "compressed": tune_posted}.items():
    threshold = evaluation.threshold_for(labels, detectors[chosen](tuning), false_alarms=0.05)
    found, accuses[name] = evaluation.tpr_fpr(posted_labels, posted_scores, threshold)
    print(f"{name:18}{threshold:10.3f}{found:13.0%}{accuses[name]:14.0%}")
check.predicted(prediction, round(100 * accuses["clean"]), "per cent")

# %% [markdown]
# Nearly half of the real crops are accused. Compressed, real faces lose grain too. And two
# people are few to choose a threshold on: even of the clean crops of the test's four people it accuses one
# in five. A threshold belongs to the pictures that it was chosen on. Chosen on compressed ones it comes much
# nearer to its promise, at the price of some swaps, and still accuses twice as many as it should. Even that
# is possible only because we know how the clips were compressed.
#
# Which threshold is best depends on what each error costs, and on how many swaps there are. Move
# the sliders: the dots are the test's compressed crops, by their score.

# %%
DOTS = np.random.default_rng(0).uniform(-24, 24, len(posted_labels))


def verdict(threshold, price, rare):
    """The scores, the threshold, and what follows from it for 1,000 pictures."""
    found, accused = evaluation.tpr_fpr(posted_labels, posted_scores, threshold)
    swaps = 1000 / rare
    numbers = {"found": found * swaps, "missed": (1 - found) * swaps,
               "accused": accused * (1000 - swaps), "let pass": (1 - accused) * (1000 - swaps)}
    picture = np.full((250, 640, 3), 255, np.uint8)
    x = np.rint(20 + 600 * posted_scores).astype(int)
    for place, up, is_fake in zip(x, DOTS, posted_labels, strict=True):
        cv2.circle(picture, (int(place), int((110 if is_fake else 50) + up)), 3,
                   (200, 60, 40) if is_fake else (40, 90, 200), -1, cv2.LINE_AA)
    edge = round(20 + 600 * threshold)
    cv2.line(picture, (edge, 20), (edge, 140), (0, 0, 0), 2)
    lines = [("real above, swaps below; right of the line: called a swap", 15),
             (f"of 1,000 pictures, {swaps:.0f} swapped: {numbers['found']:.1f} found, "
              f"{numbers['missed']:.1f} missed", 170),
             (f"{1000 - swaps:.0f} real ones: {numbers['accused']:.0f} accused, "
              f"{numbers['let pass']:.0f} let pass", 195),
             (f"an alarm is right in {evaluation.precision(found, accused, 1 / rare):.0%}; cost: "
              f"{numbers['missed'] + price * numbers['accused']:.0f} missed swaps", 220)]
    for text, y in lines:
        cv2.putText(picture, text, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return picture


Live(verdict, {
    "threshold": FloatSlider(0.5, min=0.01, max=0.99, step=0.01, description="threshold"),
    "price": FloatSlider(1, min=0.1, max=10, step=0.1, description="a false alarm costs",
                         style={"description_width": "10em"}, layout={"width": "30em"}),
    "rare": SelectionSlider(options=[2, 10, 100, 1000], value=2, description="one swap in",
                            style={"description_width": "10em"})},
     alt="Dots of real pictures above and of swaps below along a line from 0 to 1, a black line at the "
         "threshold, and in words how many are found, missed and accused.")

# %% [markdown]
# ### Exercise 3: when swaps are rare
#
# Put the last slider at one in 1,000, as it may be among the videos that people share. Most alarms
# are then false, even of a good detector. Write the share of true alarms,
# from three numbers: the share of the swaps that is found, the share of the real ones that is
# accused, and the share of swaps among all.

# %% tags=["exercise"]
### BEGIN SOLUTION
def precision(found, accused, fakes):
    """Of those called a swap, the share that is one. All three are shares, 0 to 1."""
    hits = found * fakes
    slips = accused * (1 - fakes)
    return hits / (hits + slips)
### END SOLUTION
check.precision(precision)

# %% [markdown]
# ### Does 0.8 mean 80 %?
#
# A network ends in a number between 0 and 1, and it is tempting to read it as a probability. It is
# one, if of all crops with a score near 0.8 four in five are swaps. A curve shows whether. The usual
# remedy is a logistic regression on the tuning people's scores (Platt, 1999): it learns a scale and
# a shift of the score's logarithm of the odds.
#
# **Predict before you run:** at which end does it help here: `"low"`, `"high"`, `"both"` or `"neither"`?

# %%
prediction = ...  # one of the four words

# %% tags=["answer"]
def odds(scores):
    """Logarithm of the odds of scores, (n, 1)."""
    clipped = np.clip(scores, 1e-4, 1 - 1e-4)
    return np.log(clipped / (1 - clipped))[:, None]


def apart(scores):
    """How far the share of swaps is from the mean score, in each bin of the curve."""
    return np.abs(np.subtract(*evaluation.calibration(posted_labels, scores)))


tuning, labels, _ = tune_posted
platt = LogisticRegression().fit(odds(detectors[chosen](tuning)), labels)
mended = platt.predict_proba(odds(posted_scores))[:, 1]
nearer = [end for end, bins in {"low": slice(0, 1), "high": slice(-2, None)}.items()
          if apart(mended)[bins].mean() < apart(posted_scores)[bins].mean()]
check.predicted(prediction, nearer[0] if len(nearer) == 1 else "both" if nearer else "neither")

figure, axes = plt.subplots(figsize=(3.8, 3.6))
for name, scores in (("as the network says", posted_scores), ("mended on two people", mended)):
    axes.plot(*evaluation.calibration(posted_labels, scores), "o-", label=name)
axes.plot([0, 1], [0, 1], "k:")
axes.set(xlabel="mean score", ylabel="share of swaps")
axes.legend()
plt.close(figure)
show.picture(figure, "Share of swaps against mean score, for the network's own scores and for the mended "
                     "ones, beside the diagonal of a score that is a probability. Mended, the right end "
                     "comes nearer to it, and the left end lies far above it.")

# %% [markdown]
# It helps with the high scores and hurts with the low ones. The network is too quick to suspect: of the
# crops to which it gives about 0.7, only one in five is a swap. Mended, scores from 0.5 up are about right.
# But of those that now get next to 0, "surely real", a quarter are swaps. The tuning clips have two swaps
# to a real one, all of the kinds that are easy; the test has six to one, and some are hard. On the tuning
# people every middling score was that of a real one, so all of these were bent down. **A probability is
# right for the mix it was learnt on.** How rare swaps are, and of which kinds, nobody can read from the
# picture.

# %% [markdown]
# ## Where it looks
#
# Does the network see what we think it sees? Put a grey square over a place, and note by how much
# the score falls. Where it falls most, the network found its reason (**occlusion**, Zeiler and
# Fergus, 2014). And only here there is something to compare that with: the real frame of which the
# swap was made.

# %%
def heat(values, most):
    """A map as colours, from black (none) to yellow."""
    bgr = cv2.applyColorMap(np.uint8(255 * np.clip(values / most, 0, 1)), cv2.COLORMAP_INFERNO)
    return bgr[..., ::-1]


def looked_at(i):
    """A swap, where it truly differs from the real frame, and where both networks look."""
    original = np.flatnonzero((movies == f"{shot[i]} real")
                              & (clips.factors["frame"] == clips.factors["frame"][i]))[0]
    difference = np.abs(clips.images[i] - clips.images[original]).mean(axis=-1)
    maps = [traces.occlusion(lambda x, m=m: m.predict_on_batch(x)[:, 0], clips.images[i])
            for m in (known, unswapped)]
    return clips.images[i], difference, *maps


rows = []
for kind, who in zip(kinds[1:4], testers, strict=False):
    i = np.flatnonzero((recipe == kind) & (person == who))[5]
    image, difference, on_swaps, on_blends = looked_at(i)
    rows.append(show.side_by_side({
        kind: image, "what was changed": heat(difference, 0.2),
        f"swaps, up to {on_swaps.max():.2f}": heat(on_swaps, max(on_swaps.max(), 1e-3)),
        f"blends, up to {on_blends.max():.2f}": heat(on_blends, max(on_blends.max(), 1e-3))}, 140))
show.picture(np.vstack(rows),
             "Three swaps in rows; beside each a map of where it differs from the real frame, and two maps "
             "of where hiding a place lowers the networks' scores.")

# %% [markdown]
# The true difference covers the whole face, brightest at brows, eyes and mouth. The number above a
# map says by how much the score falls at most. The network trained on swaps looks at a few spots in
# the middle: eyes, nose, mouth, where a real face has its finest detail. The self-blended one hardly
# moves, wherever the square is put: it has more than one reason. Neither cares for the rim, though
# the edge is all that is *said* to give blends away. Such a map doesn't prove that a network looks
# for the right thing. It can show that it doesn't look for what we told ourselves.
#
# ## It isn't the label
#
# All that this course writes out carries a mark. A detector that had learnt to read it would be
# perfect here and useless anywhere else. The crops of this lesson were never marked. And if they
# are now, all of them, does it change anything?

# %%
few = at[::3]
marked = np.stack([provenance.mark(np.uint8(255 * image)) for image in clips.images[few]])
marked = marked.astype(np.float32) / 255
unmarked_scores, marked_scores = (known.predict(x, verbose=0)[:, 0] for x in (clips.images[few], marked))
auc_unmarked, auc_marked = (evaluation.auc(fake[few], x) for x in (unmarked_scores, marked_scores))
accused = [float((x[fake[few] == 0] > 0.5).mean()) for x in (unmarked_scores, marked_scores)]
print(f"AUC, all unmarked {auc_unmarked:.3f}, all marked {auc_marked:.3f}; "
      f"real ones called a swap: unmarked {accused[0]:.0%}, marked {accused[1]:.0%}")

# %% [markdown]
# The order of the scores stays. But the badge is something sharp where no face has it, and makes one
# real crop in six suspect: a small thing that was never in the training is enough to err. A detector
# that read the mark would have called all of them swaps.
#
# ## Real videos
#
# All this is about rendered people. Three public databases have real ones. Their owners give them
# to those who ask and agree to their terms; this course downloads none. If you have one, name its
# folder below, and the library reads it as it was unpacked.
#
# - [FaceForensics++](https://github.com/ondyari/FaceForensics): 1,000 videos, swapped and re-enacted
#   by several methods, in three compressions. Asks for a form and agreement to its terms of use.
# - [Celeb-DF v2](https://github.com/yuezunli/celeb-deepfakeforensics): 890 real videos, 5,639 better
#   swaps. Asks for a form and agreement to its terms as well.
# - [DFDC](https://ai.meta.com/datasets/dfdc/): 124,000 videos of paid actors who agreed to it. Asks
#   for an account at AWS, or for agreement to the rules of the competition at Kaggle.

# %%
FOLDER = None  # for example "/data/FaceForensics"
if FOLDER:
    listed = databases.faceforensics(FOLDER, compression="c23")
    testing = [v for v in listed if v.split == "test"]
    real_people = databases.crops(testing[:40], SIZE, each=10)
    print(evaluation.auc(real_people.factors["fake"], detectors["self-blended"](real_people)))
else:
    print("No folder is named: nothing to do.")

# %% [markdown]
# Expect little. What was learnt on rendered faces is not what cameras make; train again on the real
# ones, by the same lines as above. And look at the people first: the test videos that Celeb-DF's
# owners list share people with the rest, and FaceForensics++ numbers videos, not people.
#
# A movie of your own is read as in lesson 5. Here is B's, which nobody has touched.

# %%
MOVIE = dataset.movie("b")  # or the path of another
with muted():
    seen = capture.capture(MOVIE, SIZE, most=25, progress=False)
print(seen)
for name in ("trained on swaps", "self-blended"):
    print(f"{name}: mean score {detectors[name](seen.faces).mean():.2f}")

# %% [markdown]
# ## What follows from a score
#
# A score says how a picture compares with what was in the training. It doesn't say who made it, nor
# why, and a low one doesn't say that it is real. Whoever publishes a verdict owes the detector's
# errors along with it: on whom it was tested, at which threshold, and how many of its alarms are
# false when swaps are rare. And the best sign that a movie was swapped remains that it says so.
#
# ## Quiz
#
# 1. A detector has an AUC of 0.99 on other frames of the people it was trained on. What does that
#    say? (a) It finds 99 % of swaps. (b) Next to nothing about new people. (c) It is too slow.
# 2. Why can a network learn from self-blended images to find swaps? (a) They are made by the same
#    network. (b) They are easier. (c) Both have an edge between two pictures that don't quite fit.
# 3. Why does the bootstrap draw clips, not frames? (a) Frames of a clip aren't independent. (b) It
#    is faster. (c) Frames are too small.
# 4. A video gets the score 0.97. Is that proof? (a) Yes, in 97 of 100 cases. (b) No: it depends on
#    how rare swaps are, and on whether the video is like those of the test. (c) Only by frame.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "b"
q2 = "c"
q3 = "a"
q4 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3, q4=q4)

# %% [markdown]
# ## What we claimed, what we measured

# %% tags=["nbval-check-output"]
by_movie = {key: value[1] for key, value in table.items()}
both = ("trained on swaps", "self-blended")
claims = {
    "at home all three have an AUC by movie of at least 0.95, on people they have never seen":
        all(by_movie[name, "at home"] >= 0.95 for name in detectors),
    "kinds of swaps that none has seen: at least 0.9":
        all(by_movie[name, c] >= 0.9 for name in detectors
            for c in ("a larger network", "cloned", "bent, no network", "redrawn")),
    "the sharper swaps of lesson 5: at least 0.8":
        all(by_movie[name, "lesson 5's movie"] >= 0.8 for name in detectors),
    "blur of 2 px leaves both networks below 0.8":
        all(by_movie[name, "blur, 2 px"] < 0.8 for name in both),
    "for they then call more than nine in ten real crops a swap":
        all(called_swaps[name, "blur, 2 px"] > 0.9 for name in both),
    "the simple features still rank real and swapped, above 0.9":
        by_movie["simple features", "blur, 2 px"] > 0.9,
    "away from home the simple features are ahead of both networks by more than 0.03":
        away["simple features"] > max(away[name] for name in both) + 0.03,
    "training on swaps and on self-blended images differ by less than 0.05 there":
        abs(away[both[0]] - away[both[1]]) < 0.05,
    "a threshold chosen on clean clips accuses more than a quarter of the compressed real crops":
        accuses["clean"] > 0.25,
    "chosen on compressed ones it accuses less than half as many":
        accuses["compressed"] < 0.5 * accuses["clean"],
    "mended, the high scores are nearer to the share of swaps, and the low ones are not": nearer == ["high"],
    "the label changes the AUC by less than 0.05": abs(auc_marked - auc_unmarked) < 0.05,
    "with one swap in 1,000, nine in ten alarms are false at 5 % false alarms":
        evaluation.precision(1, 0.05, 0.001) < 0.1,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# **Next:** try it. Blur both halves of a batch in `batches.alike`, train again, and see which rows of
# the table rise and which fall. Or train on one kind of swap only.
#
# **Sources.** D. Afchar, V. Nozick, J. Yamagishi and I. Echizen, "MesoNet: a compact facial video
# forgery detection network", *WIFS*, 2018. K. Shiohara and T. Yamasaki, "Detecting deepfakes with
# self-blended images", *CVPR*, 2022. R. Durall, M. Keuper and J. Keuper, "Watch your
# up-convolution: CNN based generative deep neural networks are failing to reproduce spectral
# distributions", *CVPR*, 2020. P. Pérez, M. Gangnet and A. Blake, "Poisson image editing",
# *SIGGRAPH*, 2003. B. Efron and R. Tibshirani, *An Introduction to the Bootstrap*, 1993. J. Platt,
# "Probabilistic outputs for support vector machines", *Advances in Large Margin Classifiers*, 1999.
# M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", *ECCV*, 2014.
# A. Rössler et al., "FaceForensics++", *ICCV*, 2019. Y. Li et al., "Celeb-DF", *CVPR*, 2020.
# B. Dolhansky et al., "The DeepFake Detection Challenge dataset", arXiv:2006.07397, 2020. All
# people are rendered from MakeHuman's CC0 assets.
