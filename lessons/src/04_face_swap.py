# %% [markdown]
# # 04 · Face swap
#
# *One encoder for both, a decoder for each: the same numbers drawn as either person.*
#
# **You will learn**
#
# - why two separate autoencoders can't swap, though each works;
# - how one encoder and two decoders are built and trained, and why that alone is not enough;
# - what makes the code mean the same for both, and how to see that it does;
# - how a swap is scored against the truth, and what it must beat;
# - what breaks a swap: no shared encoder, too small a code, few and unbalanced pictures.
#
# **You need first:** lessons [01](01_autoencoder.ipynb) to [03](03_one_face.ipynb): encoder, code,
# decoder, and directions in the space of codes.
#
# **Time:** 10 minutes on a CPU, 4 minutes on a GPU, and three quarters of an hour to read and play.

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

    from swaplib import faces, latent, metrics, show, swap
    from swaplib.autoencoder import build_decoder, build_encoder, picture_loss
    from swaplib.budget import announce, pick
    from swaplib.exercises import lesson_04 as check
    from swaplib.explore import Explorer, decoder
    from swaplib.scoring import tables
    from swaplib.scoring.identity import IdentityClassifier
    from swaplib.training import augmentation, batches, callbacks

keras.utils.set_random_seed(4)
announce(cpu=10, gpu=4)

# %% [markdown]
# ## The result first
#
# One code, two decoders. Both people below are drawn from the *same* 128 numbers, and both do the
# same. Choose a picture to start from, of either person. Then make both smile, turn, or blink.
#
# The network behind it was trained beforehand. By the end of this lesson you will have trained
# one of its kind.

# %%
ready = swap.shipped(128)
people = {who: faces.load(f"person_{who}", 128) for who in "ab"}
codes = {who: ready.get_layer(f"encoder_{who}").predict(f.images, verbose=0) for who, f in people.items()}

# As in lesson 3: how the code changes with each thing a face does, read from both people's pictures.
DOING = ["smile", "mouth_open", "blink", "yaw", "pitch", "pucker", "brow_inner", "gaze_yaw"]
both = {name: np.concatenate([people[who].factors[name] for who in "ab"]) for name in DOING}
directions = latent.named(np.concatenate([codes["a"], codes["b"]]), both, DOING)
tests = {who: faces.load(f"test_{who}", 128) for who in "ab"}
starts = {f"{who.upper()}, picture {k}": ready.get_layer(f"encoder_{who}").predict_on_batch(
    tests[who].images[k : k + 1])[0] for who in "ba" for k in (0, 3, 7, 21, 33)}

sliders = Explorer(
    decoder(ready.get_layer("decoder_a"), ready.get_layer("decoder_b"), titles=("A", "B")),
    directions, starts, alt="One code drawn twice: on the left as A, a young man with dark skin, on the "
    "right as B, a young woman with fair skin. Both look the same way with the same expression.")
sliders

# %% [markdown]
# `sliders.code` is the code you see, an array. You can also set it: `sliders.code = ...`.
#
# ## The idea
#
# Lesson 1 ended with a network that knows one woman and draws her whatever it is shown. Lesson 3
# found that the code of such a network says what the face is *doing*. So:
#
# 1. encode a picture of B: the code says what B is doing;
# 2. let A's decoder draw it: A, doing what B does.
#
# That needs one thing: **A's decoder must understand B's code.**
#
# ## The data
#
# 800 training pictures of each, *not* paired: A is never seen doing exactly what B does. The 120
# test pictures are paired. The renderer made the same pose, expression and light with both, so
# every swap has a right answer. No real footage has that.

# %% tags=["nbval-check-output"]
SIZE = 64  # pixels
train_a, train_b, test_a, test_b = (
    faces.load(name, SIZE) for name in ("person_a", "person_b", "test_a", "test_b"))
for name, some in {"train A": train_a, "train B": train_b, "test A": test_a, "test B": test_b}.items():
    print(f"{name}: {some.images.shape}")
smiles = [np.corrcoef(x.factors["smile"], y.factors["smile"])[0, 1]
          for x, y in ((train_a, train_b), (test_a, test_b))]
print(f"smile of A against smile of B: r = {smiles[0]:.2f} in training, {smiles[1]:.2f} in the test")

# %%
look = [0, 3, 7, 14, 21, 30, 33, 40]
show.picture(show.grid([train_a.images[look], train_b.images[look], test_a.images[look],
                        test_b.images[look]]),
             "Four rows: training pictures of A and of B, which have nothing to do with each other; and "
             "test pictures of A and of B, in which both do the same in the same light.")

# %% [markdown]
# ## The wrong way: two autoencoders
#
# Each person gets an autoencoder of their own. Each learns well. Then B's code goes into A's
# decoder.
#
# **Predict before you run:** what will A's decoder draw? (a) A, doing what B does. (b) A, doing
# something else. (c) B. (d) Noise.

# %%
prediction = ...  # "a", "b", "c" or "d"

# %%
STEPS = pick(ci=100, cpu=700, gpu=4000)
LONG = pick(ci=240, cpu=700, gpu=4000)  # a test run saves where it can


def build(shared):
    """Two inputs, two outputs; the encoder is one and the same, or each has their own."""
    pictures = [keras.Input((SIZE, SIZE, 3), name=who) for who in "ab"]
    encoders = [build_encoder(SIZE, 128, name="encoder")] * 2 if shared else [
        build_encoder(SIZE, 128, name=f"encoder_{who}") for who in "ab"]
    decoders = [build_decoder(SIZE, 128, name=f"decoder_{who}") for who in "ab"]
    codes = [encode(x) for encode, x in zip(encoders, pictures, strict=True)]
    model = keras.Model(pictures, [decode(c) for decode, c in zip(decoders, codes, strict=True)])
    model.swap = keras.Model(pictures[1], decoders[0](codes[1]))  # A's decoder after B's encoder
    return model, encoders


def fit(model, steps, people=(train_a, train_b), augment=None, **options):
    """Train on batches of both people, while Adam's learning rate falls from 0.002 to 0."""
    model.compile(loss=[picture_loss, picture_loss])
    pairs = batches.Pairs(*people, steps=steps, augment=augment)
    batches.fit(model, pairs, epochs=1, rate=2e-3, **options)


keras.utils.set_random_seed(0)
separate, _ = build(shared=False)
fit(separate, STEPS)
again_b = separate.predict([test_a.images, test_b.images], verbose=0)[1]
swapped = separate.swap.predict(test_b.images, verbose=0)
show.picture(show.grid([test_b.images[look], again_b[look], swapped[look], test_a.images[look]]),
             "Rows: B; B again, by B's own autoencoder, soft but right; A's decoder fed with B's codes: "
             "smears in A's colours, here and there a face; and the truth.")

# %% [markdown]
# The colours are A's, since this decoder has no others, but what it draws is A doing something else,
# or hardly a face. Both networks found a good code, each their own: what means "to the left" in the
# one means "mouth open, in the dark" in the other, or nothing at all. Nobody told them to agree. The
# answer is (b), at best.
#
# ### Exercise 1: the score
#
# The measure of this course is SSIM, structural similarity (Wang et al. 2004): 1 where two pictures
# agree, around 0 where they have nothing in common. `metrics.ssim_map(made, truth)` gives it for
# every pixel. What counts is the face, so average it over the pixels where `mask` is 1.

# %% tags=["exercise"]
### BEGIN SOLUTION
def ssim_in_face(made, truth, mask):
    """Mean of the SSIM map inside the face. made, truth: (n, h, w, 3); mask: (n, h, w), 0 or 1."""
    each = metrics.ssim_map(made, truth)
    return float((each * mask).sum() / mask.sum())
### END SOLUTION
check.ssim_in_face(ssim_in_face)

# %%
masks = test_a.masks()


def scored(made):
    return float(metrics.ssim(made, test_a.images, masks).mean())


mean_a = metrics.mean_picture(train_a.images, len(test_a))
ssim = {"B as it is": scored(test_b.images), "mean picture of A": scored(mean_a),
        "two autoencoders": scored(swapped)}
for name, value in ssim.items():
    print(f"{value:.3f}  {name}")

# %% [markdown]
# Worse than showing the same mean picture of A every time. So the mean is the rival to beat, not B
# as it is.
#
# ## One encoder
#
# Now both people's pictures go through **the same encoder**. This is the idea that the Reddit user
# "deepfakes" published in 2017, and every explanation of face swaps says: the encoder is forced to
# describe both in the same terms. Is it?

# %%
keras.utils.set_random_seed(0)
plain, encoders = build(shared=True)
fit(plain, STEPS)
swapped = plain.swap.predict(test_b.images, verbose=0)
ssim["one encoder, two decoders"] = scored(swapped)
print(f"one encoder, two decoders: {ssim['one encoder, two decoders']:.3f}, "
      f"the mean picture of A: {ssim['mean picture of A']:.3f}")
show.picture(show.grid([test_b.images[look], swapped[look], test_a.images[look]]),
             "Rows: B, the swap by one shared encoder, and the truth. The swap is A, but pose, "
             "expression and light are often wrong.")

# %% [markdown]
# Better than before, but still worse than the mean picture. What is wrong? Let us look at the codes
# themselves, and ask two questions. Can a simple classifier tell from a code *whose* face it was? And
# do the codes of a test pair agree: is the code of A's picture that is nearest to a code of B's the
# one in which A does the same?

# %%
def who_in_code(codes_a, codes_b):
    """Share of codes from which a linear classifier tells who it is; 0.5 is guessing."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    x = np.concatenate([codes_a, codes_b])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = np.repeat([0, 1], [len(codes_a), len(codes_b)])
    return float(cross_val_score(LogisticRegression(C=0.001, max_iter=500), x, y, cv=5).mean())


def partners(codes_a, codes_b):
    """Share of B's codes whose nearest code of A is that of the same performance."""
    nearest = [latent.nearest(codes_a, code, 1)[0] for code in codes_b]
    return float(np.mean(nearest == np.arange(len(codes_b))))


def draw_codes(axes, codes_a, codes_b, title):
    steps = latent.principal(np.concatenate([codes_a, codes_b]), 2)
    unit = steps.vectors / np.linalg.norm(steps.vectors, axis=1, keepdims=True)
    middle = np.concatenate([codes_a, codes_b]).mean(axis=0)
    for codes, colour, name in ((codes_a, "#b3541e", "A"), (codes_b, "#2a6f97", "B")):
        axes.scatter(*((codes - middle) @ unit.T).T, s=6, alpha=0.5, color=colour, label=name)
    axes.set(title=title, xticks=[], yticks=[])
    axes.legend(loc="upper right")


plain_codes = [encoders[0].predict(some.images, verbose=0) for some in (train_a, train_b)]
told = {"one encoder, two decoders": who_in_code(*plain_codes)}
found = {"one encoder, two decoders": partners(
    *(encoders[0].predict(some.images, verbose=0) for some in (test_a, test_b)))}
figure, axes = plt.subplots(figsize=(4, 3.2))
draw_codes(axes, *plain_codes, "one encoder, two decoders")
plt.close(figure)
print(f"who it is can be told from {told['one encoder, two decoders']:.0%} of the codes")
print(f"the nearest code is the partner's in {found['one encoder, two decoders']:.0%} of the pairs; "
      f"by chance it would be in {1 / len(test_a):.0%}")
show.picture(figure, "Codes of A and of B, as dots of two colours: two clouds beside each other.")

# %% [markdown]
# Two clouds. The encoder is one network, but it is free to see at once whether a picture is dark A or
# fair B, and to put them in different places. A's decoder has never been shown a code from B's
# cloud. It must guess there. **Sharing the encoder does not make the codes shared.** For two people
# who look alike it does better; ours differ plainly.
#
# ## Three things that help
#
# `swap.build_swap` is the model above with three additions. Each makes it harder for the code to say
# who it is:
#
# - **A scale of one's own.** Before and after the encoder, each person's numbers are brought to mean
#   0 and variance 1 by that person's own statistics. A's average picture and B's then give the same
#   code (Chang et al. 2019).
# - **A shared beginning of the decoders.** The first two layers after the code are one and the same.
#   What they make of a code, they make for both.
# - **A critic.** A small network tries to tell from the code whose face it was. The encoder is trained
#   to make it fail (Ganin et al. 2016). What is left is what both have in common.

# %%
import inspect

print(inspect.getsource(swap.build_swap).split('"""')[2])

# %% [markdown]
# **Predict:** with all three, for how many of the 120 test pictures of B is the nearest code of A's
# that of the same performance?

# %%
prediction_pairs = ...  # per cent; by chance it is 1

# %%
keras.utils.set_random_seed(0)
model = swap.build_swap(SIZE)
preview = show.changing(show.row(test_b.images[look]), "Eight pictures of B, before the training.")
sheet = swap.preview(model, train_a.images[look], train_b.images[look])
live = callbacks.Preview(sheet, lambda made: preview(
    made, "The training so far: A, A again, B, B again, and B as A, which gets sharper."))
fit(model, LONG, callbacks=[live])

# %%
swapped = swap.swapper(model).predict(test_b.images, verbose=0)
ours = [model.get_layer(f"encoder_{who}").predict(some.images, verbose=0)
        for who, some in (("a", train_a), ("b", train_b))]
ssim["with all three"] = scored(swapped)
told["with all three"] = who_in_code(*ours)


def test_codes(model):
    return [model.get_layer(f"encoder_{who}").predict(some.images, verbose=0)
            for who, some in (("a", test_a), ("b", test_b))]


found["with all three"] = partners(*test_codes(model))
check.predicted(prediction_pairs, round(100 * found["with all three"]), "per cent")
show.picture(show.grid([test_b.images[look], swapped[look], test_a.images[look]]),
             "Rows: B, the swap, and the truth. Now pose, light and most expressions agree.")

# %%
longer = swap.shipped(64)  # the same model, trained for ten times as many steps
longer_codes = [longer.get_layer(f"encoder_{who}").predict(some.images, verbose=0)
                for who, some in (("a", train_a), ("b", train_b))]
told["with all three, trained longer"] = who_in_code(*longer_codes)
found["with all three, trained longer"] = partners(*test_codes(longer))
figure, axes = plt.subplots(1, 3, figsize=(10, 3.2))
for where, some, title in zip(axes, (plain_codes, ours, longer_codes), told, strict=True):
    draw_codes(where, *some, title)
plt.close(figure)
for name in told:
    print(f"{name:32} who is told from {told[name]:4.0%}, the partner is nearest in {found[name]:4.0%}")
show.picture(figure, "Left: the codes of A and of B as two clouds. Then, with all three additions, and "
                     "trained longer: one cloud in which both colours are mixed.")

# %% [markdown]
# ### Exercise 2: swap the other way
#
# `swap.swapper(model)` is B's encoder followed by A's decoder. Write the function that does the
# opposite: pictures of A become B. The model's parts are `model.get_layer("encoder_a")`,
# `"encoder_b"`, `"decoder_a"` and `"decoder_b"`; `.predict(x, verbose=0)` runs one.

# %% tags=["exercise"]
### BEGIN SOLUTION
def swap_to_b(pictures):
    """Pictures of A (n, 64, 64, 3) -> how B would look doing the same."""
    code = model.get_layer("encoder_a").predict(pictures, verbose=0)
    return model.get_layer("decoder_b").predict(code, verbose=0)
### END SOLUTION
check.swap_to_b(swap_to_b, model)

# %% [markdown]
# ## The score
#
# All of it in one table, on the 120 test pictures. Besides SSIM inside the face: what a classifier
# trained on A and B says who it is, and what MediaPipe measures of pose and expression, against the
# truth ("yaw_error" in degrees; "_r" is a correlation).

# %%
who = IdentityClassifier(train_a, train_b, test_a, test_b)
performed = metrics.pose_expression(test_a.images)
rows = {
    "B as it is": test_b.images,
    "mean picture of A": mean_a,
    "nearest picture of A": metrics.nearest_pictures(train_a.images, test_b.images),
    "two autoencoders": separate.swap.predict(test_b.images, verbose=0),
    "one encoder, two decoders": plain.swap.predict(test_b.images, verbose=0),
    "with all three": swapped,
    "with all three, trained longer": swap.swapper(longer).predict(test_b.images, verbose=0),
}
table = {name: tables.score_pairs(made, test_a, who, performed) for name, made in rows.items()}
print(metrics.table(table, ("ssim_face", "is_a", "yaw_error", "jaw_open_r", "blink_r", "smile_r")))
print(f"\nWho-is-it is right on {who.accuracy:.0%} of the true test pictures.")

# %% [markdown]
# "B as it is" has perfect pose and expression and the wrong person. "Mean picture of A" is the right
# person who does nothing. A swap has to have both.
#
# ## Your model's own sliders
#
# One code, both decoders, with the model that you have just trained. The directions are found as
# in lesson 3, but from both people's codes at once.

# %%
own = {name: np.concatenate([some.factors[name] for some in (train_a, train_b)]) for name in DOING}
own_directions = latent.named(np.concatenate(ours), own, DOING)
start = model.get_layer("encoder_b").predict_on_batch(test_b.images[:12])
Explorer(decoder(model.get_layer("decoder_a"), model.get_layer("decoder_b"), titles=("A", "B")),
         own_directions, {f"B, picture {k}": start[k] for k in (7, 0, 3)},
         alt="One code drawn by both decoders of the model trained here, softer than the first ones.")

# %% [markdown]
# ### Exercise 3: one smile for both
#
# Take the code `begin`, add the smile direction `amount` times, and draw it with both decoders. Return
# the two pictures. (`own_directions.names.index("smile")` is its number, `own_directions.vectors[k]`
# the change of the code for a whole smile.)

# %% tags=["exercise"]
begin = start[0]  # the code of B's first test picture
### BEGIN SOLUTION
def smiling(amount):
    """A and B with this much smile: two pictures (64, 64, 3)."""
    smile = own_directions.vectors[own_directions.names.index("smile")]
    code = (begin + amount * smile)[None]
    return [model.get_layer(f"decoder_{who}").predict(code, verbose=0)[0] for who in "ab"]
### END SOLUTION
check.smiling(smiling, model, begin, own_directions)

# %%
smile = own_directions.vectors[own_directions.names.index("smile")]
amounts = np.linspace(-0.3, 1.2, 6, dtype=np.float32)
line = begin + amounts[:, None] * smile
show.picture(show.grid([model.get_layer(f"decoder_{k}").predict(line, verbose=0) for k in "ab"], 128),
             "Two rows of six: A and B from a straight mouth to a broad smile, both from the same codes.")

# %% [markdown]
# ## Break it
#
# The best way to know what a part does is to take it out. A few experiments, each with few steps and
# the same seed, against a control.
#
# ### Exercise 4: plan the experiments
#
# Write the options for each. `build_swap` takes `shared` (a tuple, `("encoder", "stem")` as a rule),
# `code_size` (128 as a rule) and `critic`. How many pictures of A and of B are used is `(a, b)`.

# %% tags=["exercise"]
### BEGIN SOLUTION
no_shared_encoder = {"shared": ()}        # neither encoder nor stem
tiny_code = {"code_size": 2}              # two numbers
unbalanced = (20, 800)                    # 20 pictures of A, 800 of B
### END SOLUTION
check.experiments(no_shared_encoder, tiny_code, unbalanced)

# %%
SHORT = pick(ci=50, cpu=300, gpu=1500)
EXPERIMENTS = {  # options of build_swap, pictures of A and of B, augmentation
    "control": ({}, (800, 800), None),
    "no shared encoder": ({"shared": ()}, (800, 800), None),
    "a code of 2": ({"code_size": 2}, (800, 800), None),
    "20 of A, 800 of B": ({}, (20, 800), None),
    "800 of A, 20 of B": ({}, (800, 20), None),
    "40 of each, no augmentation": ({}, (40, 40), None),
    "40 of each, augmented": ({}, (40, 40), augmentation.GENTLE),
}
if pick(ci=True, cpu=False):  # a test run has time for two of them
    EXPERIMENTS = {k: EXPERIMENTS[k] for k in ("control", "no shared encoder")}


def experiment(options, counts, augment):
    """Train a swap for a few steps; returns its swap of B's test pictures."""
    keras.utils.set_random_seed(0)
    broken = swap.build_swap(SIZE, **options)
    some = [f[:n] for f, n in zip((train_a, train_b), counts, strict=True)]
    fit(broken, SHORT, some, augment)
    return swap.swapper(broken).predict(test_b.images, verbose=0)


results = {name: experiment(*options) for name, options in EXPERIMENTS.items()}
for name, made in results.items():
    print(f"{scored(made):.3f}  {name}")
show.picture(show.grid([test_b.images[look], *(made[look] for made in results.values()),
                        test_a.images[look]], 80),
             "Rows: B; the swap of each experiment in the order of the table; and the truth.")

# %% [markdown]
# - **No shared encoder**: the two codes have nothing to do with each other, and the critic can't
#   mend that.
# - **A code of two numbers** has room for light and one turn of the head, and for no expression.
# - **Unbalanced sets**: it matters *who* has few. A's decoder can't draw what it never saw A do. B's
#   pictures only have to teach the encoder what it mostly learns from A's as well.
# - **Augmentation**, small random changes, helps when pictures are few. With 800 varied ones it
#   costs: measured with 900 steps, SSIM falls by 0.02 with flips and more with
#   shifts. So the course uses it for small sets only.

# %% [markdown]
# ## Quiz
#
# 1. Two autoencoders are trained apart, both perfectly. Why can't they swap? (a) Their codes mean
#    different things. (b) Their decoders are too weak. (c) They were trained too briefly.
# 2. After training, a classifier tells from the code who it is in 100 % of cases. What does that say
#    of the swap? (a) It will be good: the code is rich. (b) A's decoder gets codes it never
#    learnt to draw. (c) Nothing.
# 3. A swap has SSIM 0.67 against the truth. Is that good? (a) Yes, it is above one half. (b) No, the
#    mean picture of A has about that. (c) It can't be said without more pictures.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "a"
q2 = "b"
q3 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured

# %%
ssim["with all three, trained longer"] = table["with all three, trained longer"]["ssim_face"]
print(metrics.table({name: {"SSIM in the face": value, "who is told": told.get(name),
                            "partner is nearest": found.get(name)} for name, value in ssim.items()}))

# %% tags=["nbval-check-output"]
claims = {
    "two autoencoders are worse than the mean picture of A":
        ssim["two autoencoders"] < ssim["mean picture of A"],
    "sharing beats separate, by a clear margin":
        ssim["with all three"] > ssim["two autoencoders"] + 0.05,
    "a shared encoder alone leaves who it is in the code":
        told["one encoder, two decoders"] > 0.95,
    "with all three more pairs find their partner":
        found["with all three"] > found["one encoder, two decoders"] + 0.1,
    "trained longer, who it is can't be told from the code": told["with all three, trained longer"] < 0.6,
    "and nine of ten pairs find their partner": found["with all three, trained longer"] > 0.9,
    "the swap beats the mean picture of A": ssim["with all three"] > ssim["mean picture of A"] + 0.01,
    "trained longer it is near the truth (SSIM above 0.9)": ssim["with all three, trained longer"] > 0.9,
    "without a shared encoder it is worse than the control":
        scored(results["no shared encoder"]) < scored(results["control"]) - 0.03,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# **Next:** [05 · Swap a movie](05_swap_a_movie.ipynb): find the face in every frame, swap it, and put
# it back.
#
# **Sources.** The swap with one encoder and two decoders: Reddit user "deepfakes", 2017. W.-G. Chang
# et al., "Domain-specific batch normalization for unsupervised domain adaptation", CVPR 2019.
# Y. Ganin et al., "Domain-adversarial training of neural networks", *JMLR* 17, 2016. Z. Wang et al.,
# "Image quality assessment: from error visibility to structural similarity", *IEEE TIP* 13(4), 2004.
