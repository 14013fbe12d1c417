# %% [markdown]
# # 04 · Face swap
#
# *One encoder for two people, a decoder for each: the same numbers can be decoded as either person.*
#
# **You will learn**
#
# - what happens if you decode one autoencoder's code with another's decoder;
# - how to build and train one encoder with two decoders, and why sharing the encoder is not enough;
# - what makes a code mean the same thing for both people, and which measures of this you can trust;
# - how to score a swap against the truth, and which baselines it must beat;
# - how to find out what each component and each term of the loss contributes.
#
# **Before you start, you need:** lessons [01](01_autoencoder.ipynb) to [03](03_one_face.ipynb):
# encoder, code, decoder, and directions in the space of codes. Terms are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 10 minutes to run on a CPU, or 15 on a GPU (with larger pictures), plus about an hour and
# a half to read, explore and do the exercises.
#
# **Rules:** This lesson trains a face swap of two rendered people, who don't exist. Colab's
# [FAQ](https://research.google.com/colaboratory/faq.html) lists "creating deepfakes" among the uses
# that it doesn't allow, so read it before you run the lesson there. Everything also runs on Kaggle or
# on a laptop with two cores.

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

    from swaplib.exercises import lesson_04 as check
    from swaplib.notebook import charts, show, swap_charts
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(4)
announce(cpu=10, gpu=15)

# %% [markdown]
# ## The result first
#
# *5 minutes.* Both pictures below are decoded from the *same* 128 numbers, so both people have the
# same pose and expression. Choose a picture of either person to start from, then make both of them
# smile, turn or blink: as in lesson 3, each slider sets a value, in degrees or from 0 to 1. The
# network behind the sliders was trained beforehand; you will train a smaller one of the same kind.

# %%
from swaplib import latent, networks
from swaplib.crops import dataset
from swaplib.notebook import Explorer, decoder

ready = networks.shipped("swap_128")
tests = {who: dataset.load(f"test_{who}", 128) for who in "ab"}
values = latent.shipped("swap_128")  # as at the end of lesson 3, fitted to the codes of both people
numbers = (0, 3, 7, 21, 33)
starts, standing = {}, {}  # the codes to start from, and what the face is doing in each
for who in "ba":
    codes = ready.get_layer(f"encoder_{who}").predict_on_batch(tests[who].images[list(numbers)])
    for code, k in zip(codes, numbers, strict=True):
        starts[f"{who.upper()}, picture {k}"] = code
        standing[f"{who.upper()}, picture {k}"] = {
            name: tests[who].factors[name][k] for name in values.known}

both = decoder(ready.get_layer("decoder_a"), ready.get_layer("decoder_b"), titles=("A", "B"))
sliders = Explorer(both, None, starts, values=values, standing=standing, alt=check.ALT["first"])
sliders

# %% [markdown]
# The array `sliders.code` contains the code behind both pictures. You can also set it with
# `sliders.code = ...`.
#
# ## The idea
#
# A network trained on one person draws that person whatever you feed it (lesson 1), and its code
# mostly describes what the face is *doing* (lesson 3). This suggests a way to swap faces:
#
# 1. Encode a picture of B. The code describes what B is doing.
# 2. Decode it with A's decoder, which draws A doing the same.
#
# The method works only if **A's decoder understands B's code**.
#
# ## The data
#
# *5 minutes.* There are 800 training pictures of each person. They are *not* paired: A is never shown
# doing exactly what B does. The test pictures are paired: the renderer gave both people the same
# pose, expression and lighting, so every swap has a correct answer, which real footage never
# provides.

# %% tags=["nbval-check-output"]
SIZE = pick(ci=64, cpu=64, gpu=128)  # pixels
train_a, train_b, test_a, test_b = (
    dataset.load(name, SIZE) for name in ("person_a", "person_b", "test_a", "test_b"))
for name, some in {"train A": train_a, "train B": train_b, "test A": test_a, "test B": test_b}.items():
    print(f"{name}: {some.images.shape}")
smiles = [np.corrcoef(x.factors["smile"], y.factors["smile"])[0, 1]
          for x, y in ((train_a, train_b), (test_a, test_b))]
print(f"correlation between A's smile and B's: {smiles[0]:.2f} in the training set, "
      f"{smiles[1]:.2f} in the test set")

# %% [markdown]
# Neutral, frontal faces hide most mistakes. We therefore always look at the eight most extreme test
# pictures: those with the head turned furthest to either side and tilted furthest down and up, the
# mouth widest open, the broadest smile, the eyes most tightly closed and the strongest pucker.

# %%
extremes = [(np.argmin, "yaw"), (np.argmax, "yaw"), (np.argmin, "pitch"), (np.argmax, "pitch"),
            *((np.argmax, name) for name in ("mouth_open", "smile", "blink", "pucker"))]
look = [int(most(test_b.factors[name])) for most, name in extremes]
sheet = show.grid({"training pictures of A": train_a.images[look], "training pictures of B":
                   train_b.images[look], "test pictures of A": test_a.images[look],
                   "test pictures of B": test_b.images[look]})
show.picture(sheet, check.ALT["data"])

# %% [markdown]
# ## First attempt: two autoencoders
#
# *15 minutes, with exercise 1.* We train a separate autoencoder for each person, then feed B's codes
# to A's decoder. The figures in the text come from the stored run on a CPU; yours will differ
# somewhat, especially on a GPU, where training runs for longer.
#
# **Predict before you run:** what will A's decoder draw? (a) A, doing what B does. (b) Roughly A,
# but not doing what B does. (c) B. (d) Noise.

# %%
prediction = ...  # "a", "b", "c" or "d"

# %% [markdown]
# The function `build` joins the parts from lesson 1: for each person, an input picture, an encoder
# and a decoder. The two people can share the encoder or the first layers of the decoder, an option
# that we will need below.

# %%
from swaplib.networks.autoencoder import build_decoder, build_encoder, build_stem


def build(shared):
    """A model with two inputs and two outputs, its two encoders, and the swap from B to A.

    shared: which parts both people have in common: "encoder", "stem" (the first layers of a decoder),
    both or neither. The swap is B's encoder followed by A's decoder.
    """
    pictures = [keras.Input((SIZE, SIZE, 3), name=who) for who in "ab"]
    encoders = [build_encoder(SIZE, 128, name=f"encoder_{who}") for who in "ab"]
    stems = [build_stem(SIZE, 128) for _ in "ab"]
    if "encoder" in shared:
        encoders[1] = encoders[0]
    if "stem" in shared:
        stems[1] = stems[0]
    decoders = [build_decoder(SIZE, 128, name=f"decoder_{who}", stem=stem)
                for who, stem in zip("ab", stems, strict=True)]
    codes = [encode(x) for encode, x in zip(encoders, pictures, strict=True)]
    model = keras.Model(pictures, [decode(code) for decode, code in zip(decoders, codes, strict=True)])
    return model, encoders, keras.Model(pictures[1], decoders[0](codes[1]))


# %%
from swaplib.training import batches, losses

BATCH = pick(ci=4, cpu=8, gpu=32)  # pictures of each person per step
STEPS = pick(ci=120, cpu=800, gpu=3000)
LONG = pick(ci=480, cpu=800, gpu=3000)  # for the full model: the same number, except in a test run
SHORT = pick(ci=100, cpu=400)  # for "Break it"
SEED = 0  # for all training runs; change it to see how much the results depend on it


def fit(model, steps, people=(train_a, train_b), augment=None, loss=losses.sharp_loss, **options):
    """Train on batches of both people, while Adam's learning rate falls from 0.002 to 0."""
    model.compile(loss=[loss, loss])
    pairs = batches.Pairs(*people, BATCH, steps, augment)
    batches.fit(model, pairs, epochs=1, rate=2e-3, **options)


# %% tags=["answer"]
keras.utils.set_random_seed(SEED)
separate, separate_encoders, separate_to_a = build(shared=())
fit(separate, STEPS)
reconstructed_b = separate.predict([test_a.images, test_b.images], verbose=0)[1]
by_separate = separate_to_a.predict(test_b.images, verbose=0)
sheet = show.grid({"B": test_b.images[look], "B, reconstructed by B's own autoencoder": reconstructed_b[look],
                   "A's decoder, fed B's codes": by_separate[look],
                   "A, the truth": test_a.images[look]})
show.picture(sheet, check.ALT["separate"])

# %% [markdown]
# The second row shows that B's own autoencoder reconstructs B, so its training succeeded. The third
# row shows the attempted swap, which you will score in the next exercise.
#
# ### Exercise 1: the score
#
# This course scores swaps by **SSIM**, structural similarity (Wang et al., 2004), which compares two
# pictures $x$ and $y$ window by window, in brightness, contrast and structure:
#
# $$\mathrm{SSIM}(x, y) = \frac{(2\mu_x\mu_y + c_1)(2\sigma_{xy} + c_2)}
# {(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}$$
#
# Here $\mu$ is the mean of a window, $\sigma^2$ its variance, $\sigma_{xy}$ the covariance of the
# two windows, and $c_1$ and $c_2$ are small constants. SSIM is 1 if the pictures are identical and
# around 0 if they have nothing in common. The function `likeness.ssim_map(made, truth)` returns it
# for every pixel, as in the third row below, where white stands for 1. Average this map over the face,
# where `mask` is 1.

# %%
from swaplib.scoring import likeness

each = likeness.ssim_map(test_b.images[look], test_a.images[look])
sheet = show.grid({"unswapped B": test_b.images[look], "A, the truth": test_a.images[look],
                   "SSIM at each pixel": np.repeat(np.clip(each, 0, 1)[..., None], 3, axis=-1),
                   "the mask": np.repeat(test_a.masks()[look][..., None], 3, axis=-1)})
show.picture(sheet, check.ALT["map"])

# %% tags=["exercise"]
### BEGIN SOLUTION
def ssim_in_face(made, truth, mask):
    """Mean of the SSIM map inside the face. made, truth: (n, h, w, 3); mask: (n, h, w), 0 or 1."""
    each = likeness.ssim_map(made, truth)
    return float((each * mask).sum() / mask.sum())
### END SOLUTION
check.ssim_in_face(ssim_in_face)

# %% [markdown]
# If the check said *Right*, the lesson uses your function from here on; otherwise, it uses the
# course's own. The same holds for all later exercises.

# %% tags=["answer"]
from swaplib.networks.identity import IdentityClassifier

ssim_in_face = check.accepted(check.ssim_in_face, ssim_in_face, check.our_ssim)
masks = test_a.masks()


def scored(made):
    """SSIM inside the face of swapped test pictures, against the truth."""
    return float(np.mean(ssim_in_face(made, test_a.images, masks)))


mean_a = likeness.mean_picture(train_a.images, len(test_a))
identity = IdentityClassifier(train_a, train_b, test_a, test_b)  # how likely is it that this is A?
ssim = {"unswapped B": scored(test_b.images), "mean picture of A": scored(mean_a),
        "two autoencoders": scored(by_separate)}
charts.table({name: {"SSIM in the face": value} for name, value in ssim.items()}, digits=3)
is_a = (identity(by_separate, masks) > 0.5).mean()
does_it = ssim["two autoencoders"] > ssim["mean picture of A"]
print(f"A classifier trained on A and B assigns {is_a:.0%} of the pictures from A's decoder to A.")
check.predicted(prediction, "a" if does_it else "b")

# %% [markdown]
# <details><summary>Why? (open this once you have an answer)</summary>
#
# The colours are A's, because her decoder has never learnt any others. But the decoder draws A doing
# something else, or hardly a face at all, which the classifier does not notice. The result is even
# further from the truth than A's mean picture. Each network found a good code, but nothing in the
# training made the two codes agree: the numbers that mean "to the left" in one may mean "mouth open,
# in the dark" in the other, or nothing at all.
#
# </details>

# %% [markdown]
# From here on, the baseline to beat is the **mean picture of A**, which shows the right person but
# ignores what B is doing.
#
# ## One shared encoder
#
# *12 minutes.* We now send the pictures of both people through **the same encoder**, an idea published
# in 2017 by the Reddit user "deepfakes". According to the usual explanation, a shared encoder is forced
# to describe both people in the same terms. Is this true?

# %%
keras.utils.set_random_seed(SEED)
plain, plain_encoders, plain_to_a = build(shared=("encoder",))
fit(plain, STEPS)
by_plain = plain_to_a.predict(test_b.images, verbose=0)
ssim["one encoder, two decoders"] = scored(by_plain)
charts.table({name: {"SSIM in the face": ssim[name]} for name in (
    "two autoencoders", "mean picture of A", "one encoder, two decoders")}, digits=3)
sheet = show.grid({"B": test_b.images[look], "the swap with one shared encoder": by_plain[look],
                   "A, the truth": test_a.images[look]})
show.picture(sheet, check.ALT["shared"])

# %% [markdown]
# This is a swap, and it scores far higher than the mean picture of A. Are the codes now the same for
# both people? The plot shows the two directions in which the codes, of 128 numbers each, vary most.
# In addition, a **linear probe**, a classifier with a flat boundary in the space of codes (logistic
# regression), tries to identify the person from the code.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits


def who_told(probe, codes_a, codes_b):
    """The share of codes for which a probe identifies the person; 0.5 is guessing.

    probe: a classifier from scikit-learn. It is never judged on a code that it was fitted to:
    it is fitted to four fifths of the codes and judged on the remaining fifth, five times in turn
    (cross-validation).
    """
    x = np.concatenate([codes_a, codes_b])
    y = np.repeat([0, 1], [len(codes_a), len(codes_b)])
    with threadpool_limits(1):
        return float(cross_val_score(make_pipeline(StandardScaler(), probe), x, y, cv=5).mean())


plain_codes = [encode.predict(some.images, verbose=0)
               for encode, some in zip(plain_encoders, (train_a, train_b), strict=True)]
linear = who_told(LogisticRegression(C=0.001, max_iter=500), *plain_codes)
print(f"A linear probe identifies the person from {linear:.0%} of the codes.")
show.picture(swap_charts.clouds({"one encoder, two decoders": plain_codes}), check.ALT["cloud"])

# %% [markdown]
# The plot shows a single cloud, yet the probe is right for 79% of the codes, where guessing would
# give 50%. Nothing prevents the single encoder from recognising the person and encoding the two
# people differently. A's decoder has never been trained on B's codes, so its output is unpredictable
# where they differ from A's. **Sharing the encoder does not make the codes the same.**
#
# Our two people are an easy case, chosen for their similar skin tones. For less similar people, we
# would expect the codes to lie further apart and this plain swap to be worse, but we have not
# measured this.
#
# ### Remedies in early face-swap programs
#
# The source code of the first face-swap programs contains three further remedies:
#
# - **Matched mean colours.** The difference between the two mean colours is added to A's pictures,
#   so that skin colour no longer reveals the person.
# - **Warped inputs.** The input picture is distorted at random but the target is not, so the
#   encoder cannot rely on the outline of the face.
# - **A shared stem.** The two decoders share their first layers, the **stem**. (These programs
#   count the stem as part of the encoder.)
#
# The next cell applies all three, with our loss and as many steps as before. For this pair, there is
# little difference in colour to correct, and warping makes the task harder, so the network needs more
# steps.

# %%
from swaplib.crops import Crops
from swaplib.training import augmentation

shift = train_b.images.mean(axis=(0, 1, 2)) - train_a.images.mean(axis=(0, 1, 2))
recoloured = Crops(np.clip(train_a.images + shift, 0, 1), train_a.factors, train_a.hulls)
print("added to every picture of A (red, green, blue):", np.round(shift, 3))

keras.utils.set_random_seed(SEED)
early, early_encoders, early_to_a = build(shared=("encoder", "stem"))
fit(early, STEPS, (recoloured, train_b), augmentation.Augment(warp=0.03))
by_early = np.clip(early_to_a.predict(test_b.images, verbose=0) - shift, 0, 1)  # back to A's colours
ssim["early remedies"] = scored(by_early)
charts.table({name: {"SSIM in the face": ssim[name]} for name in (
    "mean picture of A", "one encoder, two decoders", "early remedies")}, digits=3)

# %% [markdown]
# In this run, the three remedies do not help: the score is 0.838, compared with 0.857 for the shared
# encoder alone.
#
# ## Per-person normalization and a critic
#
# *15 minutes, with exercise 2.* Of these remedies, the function `swap.build_swap` keeps only the
# shared stem, and it adds two others.
#
# **Per-person normalization** (Chang et al., 2019) is the option `own_scale` in our code. The
# encoder's inputs and outputs are normalized to mean 0 and variance 1, with separate statistics for
# each person. In Keras, each person has two `BatchNormalization` layers without learnable parameters
# (no `center`, no `scale`). The next cell shows its effect on the codes of A and B:

# %%
norms = [keras.layers.BatchNormalization(center=False, scale=False) for _ in "ab"]
scaled = [np.asarray(norm(codes, training=True))
          for norm, codes in zip(norms, plain_codes, strict=True)]
for title, (a, b) in {"as encoded": plain_codes, "normalized per person": scaled}.items():
    apart = np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)) / np.linalg.norm(a.std(axis=0))
    print(f"{title:22} distance between the mean codes of A and B: {apart:.2f} times A's spread")

# %% [markdown]
# **A critic** (Ganin et al., 2016) is a small network that tries to identify the person from the
# code, while the encoder is trained to prevent this. One line of code between the encoder and the
# critic is enough:

# %%
def reverse_gradient(x):
    """x unchanged, but in the backward pass the gradient changes sign."""
    return 2 * keras.ops.stop_gradient(x) - x


def after_a_step(through):
    """A weight of 1 after one step of gradient descent, if the loss is the weight itself."""
    weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), weight, keras.layers.Lambda(through)])
    model.compile(keras.optimizers.SGD(0.1), loss=lambda truth, made: made)
    model.fit(np.ones((1, 1)), np.ones((1, 1)), verbose=0)
    return float(np.asarray(weight.kernel)[0, 0])


print(f"gradient descent:           the weight becomes {after_a_step(lambda x: x):.1f}")
print(f"with the gradient reversed: the weight becomes {after_a_step(reverse_gradient):.1f}")

# %% [markdown]
# In the forward pass the value is `2x - x`, so nothing changes for the critic, which learns to
# recognise the person. In the backward pass, the output of `stop_gradient` counts as a constant, so
# only `-x` contributes to the gradient. The encoder therefore unlearns whatever would help the
# critic.
#
# A critic requires per-person normalization. Without it, the library refuses to build the model:

# %%
from swaplib import SwaplibError
from swaplib.networks import swap

try:
    swap.build_swap(SIZE, own_scale=False)
except SwaplibError as error:
    print(error)

# %% [markdown]
# When the critic is wrong, its loss grows without limit as the codes grow. If nothing fixes the
# scale of the codes, the encoder can keep enlarging them instead of learning to represent the
# pictures.
#
# Now train the full model, with the shared encoder, per-person normalization, the shared stem and
# the critic, for as many steps as the other models.

# %%
from swaplib.notebook.preview import swap_preview
from swaplib.training import callbacks

keras.utils.set_random_seed(SEED)
model = swap.build_swap(SIZE)
preview = show.changing(show.row(test_b.images[look]), "Eight pictures of B, before training.")
sheet = swap_preview(model, train_a.images[look], train_b.images[look])
live = callbacks.Preview(sheet, lambda made: preview(
    made, "The training so far: A, A reconstructed, B, B reconstructed, and B as A."))
fit(model, LONG, callbacks=[live])

# %%
# The same model, trained beforehand, for longer and on thousands of pictures of each person.
shipped = networks.shipped(f"swap_{SIZE}")
made = {"full model": swap.swapper(model).predict(test_b.images, verbose=0),
        "shipped model": swap.swapper(shipped).predict(test_b.images, verbose=0)}
ssim |= {name: scored(some) for name, some in made.items()}
charts.table({name: {"SSIM in the face": value} for name, value in ssim.items()}, digits=3)
sheet = show.grid({"B": test_b.images[look], "full model": made["full model"][look],
                   "shipped model": made["shipped model"][look], "A, the truth": test_a.images[look]})
show.picture(sheet, check.ALT["full"])

# %% [markdown]
# The full model scores 0.881, compared with 0.857 for the shared encoder alone. This difference of
# 0.024 is weak evidence that the additions help: two seeds of the same model differ by up to 0.012
# here (see "Break it"), and differed by 0.034 in another run of this lesson. The shipped model,
# trained for longer and on more pictures, scores 0.944.
#
# ### Exercise 2: swap in the other direction
#
# The call `swap.swapper(model)` connects B's encoder to A's decoder. Write the function for the
# opposite direction, which turns pictures of A into pictures of B. The parts of the model are
# `model.get_layer("encoder_a")`, `"encoder_b"`, `"decoder_a"` and `"decoder_b"`; `.predict(x,
# verbose=0)` runs one of them.

# %% tags=["exercise"]
### BEGIN SOLUTION
def swap_to_b(pictures):
    """Pictures of A (n, SIZE, SIZE, 3) -> how B would look doing the same."""
    code = model.get_layer("encoder_a").predict(pictures, verbose=0)
    return model.get_layer("decoder_b").predict(code, verbose=0)
### END SOLUTION
check.swap_to_b(swap_to_b, model)

# %%
swap_to_b = check.accepted(check.swap_to_b, swap_to_b, swap.swapper(model, to="b").predict_on_batch)
as_b = swap_to_b(test_a.images[look])
sheet = show.grid({"A": test_a.images[look], "A as B": as_b, "B, the truth": test_b.images[look]})
show.picture(sheet, check.ALT["to b"])

# %% [markdown]
# ## Does the code identify the person?
#
# *10 minutes, with exercise 3.* We plot the codes of three models and apply the linear probe to each:

# %%
ours, shipped_codes = ([m.get_layer(f"encoder_{k}").predict(some.images, verbose=0)
                       for k, some in (("a", train_a), ("b", train_b))] for m in (model, shipped))
clouds = {"one encoder, two decoders": plain_codes, "full model": ours, "shipped model": shipped_codes}
charts.table({name: {"linear probe": who_told(LogisticRegression(C=0.001, max_iter=500), *some)}
              for name, some in clouds.items()})
show.picture(swap_charts.clouds(clouds), check.ALT["clouds"])

# %% [markdown]
# In the last two plots the codes are well mixed, and the linear probe does little or no better than
# guessing. Does the code no longer identify the person? We test this with probes whose boundary may
# curve.
#
# **Predict before you run:** for what percentage of the shipped model's codes will the best of these
# probes be right?

# %%
prediction_told = ...  # per cent; 50 is guessing

# %% [markdown]
# ### Exercise 3: choose a nonlinear probe
#
# Choose a classifier from scikit-learn that might succeed where a flat boundary cannot. Leave it
# unfitted, as in `LogisticRegression()`. The checker fits it to points on two crossed lines, one
# for A and one for B, with the same mean and the same variance in every coordinate.

# %%
from sklearn.svm import SVC  # one of many classifiers that you may choose

# %% tags=["exercise"]
### BEGIN SOLUTION
my_probe = SVC()
### END SOLUTION
check.my_probe(my_probe)

# %%
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier

my_probe = check.accepted(check.my_probe, my_probe, SVC())
PROBES = {
    "linear": LogisticRegression(C=0.001, max_iter=500),
    "5 neighbours": KNeighborsClassifier(5),
    "quadratic": QuadraticDiscriminantAnalysis(reg_param=0.01),
    "SVM, RBF": SVC(C=10),
    "yours": my_probe,
}


def normalized_pixels(name, face_only=False):
    """Pictures of A and of B, 16 px wide, as rows of numbers; per person, mean 0 and variance 1.

    face_only: use only the pixels that are inside the face in all of these pictures.
    """
    sets = [dataset.load(f"{name}_{k}", 16) for k in "ab"]
    inside = np.min([x.masks() for x in sets], axis=(0, 1)) if face_only else np.ones((16, 16))
    rows = [x.images[:, inside == 1].reshape(len(x), -1) for x in sets]
    return [(x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6) for x in rows]


# %% tags=["answer"]


judged = {**clouds, "pixels, normalized per person": normalized_pixels("person")}
told = {name: {kind: who_told(probe, *some) for kind, probe in PROBES.items()
               if kind != "quadratic" or "pixels" not in name}  # too many numbers for it
        for name, some in judged.items()}
charts.table(told, "share of the codes identified correctly")
best = max(told["shipped model"].values())
check.predicted(prediction_told, round(100 * best), "per cent")

# %% [markdown]
# <details><summary>What the probes show</summary>
#
# The code still identifies the person. The linear probe *cannot* detect this: it relies on the means,
# and per-person normalization has made the means of A and B equal, whatever the network has learnt.
# The last row confirms this with pixels alone, normalized separately for each person: the linear
# probe fails there as well, although anyone can see who is in the pictures. (It does even worse than
# guessing, because the means over all pictures are equal, so any small difference between the means
# in four fifths of the pictures is reversed in the remaining fifth.)
#
# A nonlinear probe can also use how the numbers vary *together*, which still differs between A and B.
# (The glossary explains nearest neighbours, quadratic discriminant analysis and the support vector
# machine, SVM, with its RBF kernel.)
#
# The failure of a weak probe therefore tells you nothing about the code. Before you conclude that
# information is missing, try a stronger probe.
#
# </details>

# %% [markdown]
# ## Does a code mean the same thing for both people?
#
# *5 minutes.* It does no harm if the code identifies the person, provided that both decoders
# interpret it as the same *performance*, that is, the same pose and expression. This can be tested
# without a probe. For each test picture of B, find the test picture of A with the nearest code. Is it
# the **partner**, in which A has the same pose and expression?

# %%
def partners(codes_a, codes_b):
    """Share of B's codes whose nearest code of A is that of the same performance."""
    apart = np.linalg.norm(codes_b[:, None] - codes_a[None], axis=2)  # from each B code to each A code
    return float(np.mean(apart.argmin(axis=1) == np.arange(len(codes_b))))


def test_codes(encoders):
    return [encode.predict(some.images, verbose=0)
            for encode, some in zip(encoders, (test_a, test_b), strict=True)]


def own_encoders(some_model):
    return [some_model.get_layer(f"encoder_{k}") for k in "ab"]


# %% [markdown]
# **Predict before you run:** with your own model, for what percentage of B's pictures is the
# partner's code the nearest?

# %%
prediction_pairs = ...  # per cent

# %% tags=["answer"]
found = {"chance": 1 / len(test_a),
         "pixels, normalized per person": partners(*normalized_pixels("test")),
         "pixels inside the face alone": partners(*normalized_pixels("test", face_only=True)),
         "two autoencoders": partners(*test_codes(separate_encoders)),
         "one encoder, two decoders": partners(*test_codes(plain_encoders)),
         "early remedies": partners(
             early_encoders[0].predict(np.clip(test_a.images + shift, 0, 1), verbose=0),
             early_encoders[1].predict(test_b.images, verbose=0)),
         "full model": partners(*test_codes(own_encoders(model))),
         "shipped model": partners(*test_codes(own_encoders(shipped)))}
charts.table({name: {"partner is nearest": f"{share:.0%}"} for name, share in found.items()})
check.predicted(prediction_pairs, round(100 * found["full model"]), "per cent")

# %% [markdown]
# <details><summary><b>What the test shows</b> (open it after your prediction)</summary>
#
# Only the two autoencoders fail. But the pixels, a control without any network, also find the partner
# for 99% of B's pictures, and the pixels inside the face alone do so for all of them, so the
# background is not the reason. Failing this test is therefore strong evidence against a model, but
# passing it proves little. Models that find nearly all partners still produce swaps of different
# quality (see the last table of this lesson), so you have to score the swap itself.
#
# </details>

# %% [markdown]
# ## The scores
#
# *5 minutes.* The next table compares all the swaps on the test pictures. Besides SSIM inside the face,
# it contains:
#
# - `gap_closed`: the share of the gap between unswapped B and the truth that the swap closes, $(s -
#   s_B) / (1 - s_B)$, where $s$ is the SSIM of the swap and $s_B$ that of unswapped B;
# - `fine_detail`: the strength of the finest patterns (the upper half of the spectrum), such as
#   lashes and pores, relative to the truth; below 1, a picture is too soft;
# - `is_a`: the share of the pictures that a classifier trained on A and B assigns to A;
# - pose and expression, measured by MediaPipe as in lesson 3 and compared with the truth
#   (`yaw_error` is in degrees, and `_r` stands for a correlation).
#
# The last row compares the truth with itself: MediaPipe measures each picture and its mirror image.
# The differences are MediaPipe's own error, so no swap can be expected to do much better. The value
# `ssim_face` averages the scores of the individual pictures, whereas the earlier tables averaged over
# all pixels at once, so the two may differ by one or two thousandths.

# %%
from swaplib.scoring import pose, tables

EACH = slice(None, None, pick(ci=4, cpu=1))  # a test run scores only every fourth picture
judged_on = test_a[EACH]
upright = pose.pose_expression(judged_on.images)
mirrored = pose.mirrored_pose_expression(judged_on.images)
performed = pose.mean_reading(upright, mirrored)
rows = {"unswapped B": test_b.images, "mean picture of A": mean_a,
        "nearest picture of A": likeness.nearest_pictures(train_a.images, test_b.images),
        "two autoencoders": by_separate, "one encoder, two decoders": by_plain,
        "early remedies": by_early, **made, "A, the truth": test_a.images}
table = {name: tables.score_pairs(some[EACH], judged_on, identity, performed)
         for name, some in rows.items()}
table["A, the truth"] |= pose.pose_expression_kept(mirrored, upright)
for row in table.values():
    row["gap_closed"] = likeness.gap_closed(row["ssim_face"], table["unswapped B"]["ssim_face"])
COLUMNS = ("ssim_face", "gap_closed", "fine_detail", "is_a", "yaw_error", "blink_r", "smile_r")
charts.table({name: {column: row.get(column) for column in COLUMNS}
              for name, row in table.items()}, digits=3)
print(f"The classifier is right for {identity.accuracy:.0%} of the real test pictures.")

# %% [markdown]
# Unswapped B has the right pose and expression but is the wrong person, while the mean picture of A
# is the right person but ignores what B is doing. A swap has to get both right. A perfect `is_a`
# score proves little, since the mean picture of A achieves it too. Compare `blink_r`: in the stored
# run, only the swap of the shipped model closes the eyes reliably.
#
# ## Sliders for your own model
#
# *7 minutes, with exercise 4.* These sliders drive both decoders of the model you have just trained.
# They follow the straight directions from lesson 3, fitted to the codes of both people together. This
# needs only a single regression, but the sliders are not calibrated, so they change the face less
# than their values indicate. Compare them with the sliders at the top.

# %%
DOING = ["smile", "mouth_open", "blink", "yaw", "pitch", "pucker", "brow_inner", "gaze_yaw"]
own = {name: np.concatenate([some.factors[name] for some in (train_a, train_b)]) for name in DOING}
own_directions = latent.named(np.concatenate(ours), own, DOING)
start = model.get_layer("encoder_b").predict_on_batch(test_b.images[:12])
Explorer(decoder(model.get_layer("decoder_a"), model.get_layer("decoder_b"), titles=("A", "B")),
         own_directions, {f"B, picture {k}": start[k] for k in (7, 0, 3)}, alt=check.ALT["own"])

# %% [markdown]
# ### Exercise 4: one smile for both
#
# Take the code `begin`, add `amount` times the smile direction, and decode the result with both
# decoders. Return the two pictures, A's first, and leave `begin` unchanged. (The index `k` of the
# direction is `own_directions.names.index("smile")`, and `own_directions.vectors[k]` is the change in
# the code for a full smile.)

# %% tags=["exercise"]
begin = start[0]  # the code of B's first test picture
### BEGIN SOLUTION
def smiling(amount):
    """A and B smiling this much: two pictures (SIZE, SIZE, 3)."""
    smile = own_directions.vectors[own_directions.names.index("smile")]
    code = (begin + amount * smile)[None]
    return [model.get_layer(f"decoder_{who}").predict(code, verbose=0)[0] for who in "ab"]
### END SOLUTION
check.smiling(smiling, model, begin, own_directions)

# %%
def course_smiling(amount):
    code = (begin + amount * own_directions.vectors[own_directions.names.index("smile")])[None]
    return [model.get_layer(f"decoder_{k}").predict_on_batch(code)[0] for k in "ab"]


smiling = check.accepted(check.smiling, smiling, course_smiling)
line = [tuple(smiling(amount)) for amount in np.linspace(-0.3, 1.2, 6)]
sheet = show.grid({"A": [a for a, _ in line], "B": [b for _, b in line]}, 128)
show.picture(sheet, check.ALT["smile"])

# %% [markdown]
# ## Break it
#
# *12 minutes, with exercise 5.* The best way to find out what a component does is to remove it, in an
# experiment called an **ablation**. We train the model several times, each time with one change and
# with fewer steps than above. The **control** is the model without any change. A single run proves
# little, because the score also depends on the **seed**, which determines all the random numbers. We
# therefore use two seeds for the control and for each change whose effect may be small.
#
# ### Exercise 5: plan the experiments
#
# Plan three of the experiments. The first two are dictionaries of options for `build_swap`, which
# takes `shared` (by default `("encoder", "stem")`), `code_size` (by default 128), `own_scale`
# (per-person normalization, by default `True`) and `critic` (its weight).
#
# - `no_shared_encoder`: share neither the encoder nor the stem;
# - `tiny_code`: use a code of at most four numbers;
# - `unbalanced`: use few pictures of one person and many of the other, given as `(a, b)` (there are
#   800 of each).

# %% tags=["exercise"]
### BEGIN SOLUTION
no_shared_encoder = {"shared": ()}        # neither encoder nor stem
tiny_code = {"code_size": 2}              # two numbers
unbalanced = (20, 800)                    # 20 pictures of A, 800 of B
### END SOLUTION
check.experiments(no_shared_encoder, tiny_code, unbalanced)

# %% [markdown]
# Two more experiments remove terms from the loss. At each pixel, the loss for a picture $x$ and its
# reconstruction $\hat{x}$ is
#
# $$L = |x - \hat{x}| + \tfrac{1}{2}\bigl(1 - \mathrm{SSIM}(x, \hat{x})\bigr) +
# 3|\nabla x - \nabla \hat{x}| + 3|d(x) - d(\hat{x})|$$
#
# where $\nabla$ stands for the differences between neighbouring pixels and $d$ for the amount of
# fine detail around a pixel. In code:
#
# ```python
# picture_loss(truth, made)       # absolute error and half of 1 - SSIM: colours, structure
#     + 3 * edges(truth, made)    # absolute error of the differences between neighbours
#     + 3 * detail(truth, made)   # difference in the amount of fine detail
# ```
#
# The training also weights the pixels: those outside the face count for only a tenth, and those
# around the eyes and the mouth count most. With the first line alone, a blurred edge costs little
# more than a sharp one.
#
# **Predict before you run:** which change lowers SSIM most? `"no critic"`,
# `"neither normalization nor critic"`, `"no shared encoder"`, `"a tiny code"`, `"few of A"`,
# `"few of B"`, `"loss: the first line"`, or `"loss: with edges"` (the first two lines)?

# %%
prediction_worst = ...  # for example "no critic"

# %%
def with_edges(truth, made):
    return losses.picture_loss(truth, made) + 3 * losses.edges(truth, made)


no_shared_encoder = check.accepted(check.experiments, no_shared_encoder, {"shared": ()})
tiny_code = check.accepted(check.experiments, tiny_code, {"code_size": 2})
unbalanced = check.accepted(check.experiments, unbalanced, (20, 800))
many, few = max(unbalanced), min(unbalanced)
EXPERIMENTS = {  # options for build_swap, options for fit, number of seeds
    "control": ({}, {}, 2),
    "no critic": ({"critic": 0}, {}, 2),
    "neither normalization nor critic": ({"own_scale": False, "critic": 0}, {}, 2),
    "no shared encoder": (no_shared_encoder, {}, 1),
    "a tiny code": (tiny_code, {}, 1),
    "few of A": ({}, {"people": (train_a[:few], train_b[:many])}, 1),
    "few of B": ({}, {"people": (train_a[:many], train_b[:few])}, 1),
    "loss: the first line": ({}, {"loss": losses.picture_loss}, 1),
    "loss: with edges": ({}, {"loss": with_edges}, 1),
}
if pick(ci=True, cpu=False):  # a test run has time for a few of them
    EXPERIMENTS = {name: (*EXPERIMENTS[name][:2], 1)
                   for name in ("control", "no shared encoder", "loss: the first line")}


# %% tags=["answer"]
def experiment(options, training, seed):
    """Train a model for a few steps and return its swaps of B's test pictures."""
    keras.utils.set_random_seed(seed)
    broken = swap.build_swap(SIZE, **options)
    fit(broken, SHORT, **training)
    return swap.swapper(broken).predict(test_b.images, verbose=0)


results, trials = {}, {}
for name, (options, training, seeds) in EXPERIMENTS.items():
    results[name] = [experiment(options, training, SEED + k) for k in range(seeds)]
    for some, where in zip(results[name], ("", ", other seed"), strict=False):
        detail = np.median(likeness.sharpness(some, test_a.images, masks))
        row = trials.setdefault(name, {})
        row |= {f"SSIM{where}": scored(some), f"fine detail{where}": float(detail)}
trials["mean picture of A"] = {"SSIM": ssim["mean picture of A"]}
columns = [f"{what}{where}" for what in ("SSIM", "fine detail") for where in ("", ", other seed")]
charts.table({name: {column: row.get(column) for column in columns} for name, row in trials.items()},
             digits=3)
check.predicted(prediction_worst, min(EXPERIMENTS, key=lambda name: trials[name]["SSIM"]))

# %% tags=["answer"]
sheet = show.grid({"B": test_b.images[look], **{name: some[0][look] for name, some in results.items()},
                   "A, the truth": test_a.images[look]}, 80)
show.picture(sheet, check.ALT["broken"])

# %% [markdown]
# <details><summary>What each component does</summary>
#
# - **No critic; neither normalization nor critic**: a difference from the control shows nothing if it
#   is no larger than that between two seeds of the same model. After so few steps, removing the
#   critic does not lower SSIM, while removing per-person normalization as well clearly does.
# - **No shared encoder**: nothing relates the two codes to each other, and the critic cannot make
#   up for that.
# - **A tiny code**: judging by its row of pictures, what can so few numbers encode, and what stays
#   the same?
# - **Few of A, few of B**: it matters *which* person has few pictures. A's decoder can draw only
#   what it has seen, whereas B's pictures only have to train the encoder, which also learns from
#   A's. With few pictures of A, the swaps have the most fine detail, probably because a decoder
#   that has memorised twenty pictures reproduces one of them.
# - **The loss**: compare the fine-detail columns, then look at the pictures. A visibly blurred
#   picture can still have a high SSIM.
#
# </details>

# %% [markdown]
# ## Quiz
#
# *4 minutes.*
#
# 1. Two autoencoders are trained separately, both perfectly. Why can't they swap faces? (a) Their
#    codes mean different things. (b) Their decoders are too weak. (c) They were trained too
#    briefly.
# 2. With per-person normalization, a linear probe is right for half of the codes. What follows? (a)
#    The code does not identify the person. (b) Nothing: no linear probe could do better, whatever
#    the code contains. (c) The swap will be good.
# 3. The SSIM of a swap is well above 0.5. Is that good? (a) Yes. (b) It depends on the scores of
#    the mean picture of A and of unswapped B. (c) More pictures are needed to tell.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "a"
q2 = "b"
q3 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured
#
# Compare each difference with that between the two seeds of the control, since most models were
# trained only once.

# %%
charts.table({name: {"SSIM in the face": value, "partner is nearest": found.get(name)}
              for name, value in ssim.items()}, digits=3)

# %% tags=["nbval-check-output"]
def worst(name):
    return min(scored(some) for some in results[name])


controls = max(ssim["mean picture of A"], ssim["unswapped B"])
claims = {
    "two autoencoders score below the mean picture of A, the control":
        ssim["two autoencoders"] < ssim["mean picture of A"],
    "one shared encoder scores more than 0.05 above two autoencoders":
        ssim["one encoder, two decoders"] > ssim["two autoencoders"] + 0.05,
    "the full model also scores more than 0.05 above two autoencoders":
        ssim["full model"] > ssim["two autoencoders"] + 0.05,
    "the full model scores above both controls, the mean picture of A and unswapped B":
        ssim["full model"] > controls + 0.01,
    "the shipped model's swap scores above 0.9, and both controls below 0.85":
        ssim["shipped model"] > 0.9 and controls < 0.85,
    "without a shared encoder, SSIM is lower than the control's by more than 0.03":
        scored(results["no shared encoder"][0]) < worst("control") - 0.03,
    "with the first line of the loss alone, the swaps have less fine detail than the control's":
        trials["loss: the first line"]["fine detail"] < trials["control"]["fine detail"] - 0.03,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% tags=["nbval-check-output"]
nonlinear = {name: max(share for kind, share in row.items() if kind not in ("linear", "yours"))
             for name, row in told.items()}
pixels = [found["pixels, normalized per person"], found["pixels inside the face alone"]]
claims = {
    "a nonlinear probe identifies the person from a shared encoder's codes (control: guessing, 0.5)":
        nonlinear["one encoder, two decoders"] > 0.9,
    "a linear probe fails after per-person normalization, as it does on pixels alone, the control":
        max(told["shipped model"]["linear"], told["pixels, normalized per person"]["linear"]) < 0.6,
    "a nonlinear probe still identifies the person": nonlinear["shipped model"] > 0.9,
    "with two autoencoders, the partner is nearest for fewer than a tenth of the pictures (chance: 1 in 120)":
        found["two autoencoders"] < 0.1,
    "with a shared encoder, it is nearest for over nine tenths, as with pixels alone, the control":
        min(found["shipped model"], *pixels) > 0.9,
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %%
if pick(ci=False, cpu=True):  # a test run has too few steps for these
    claims = {
        "with a shared encoder alone, a linear probe beats guessing, the control":
            told["one encoder, two decoders"]["linear"] > 0.6,
        "a shared encoder alone scores more than 0.1 above the mean picture of A, the control":
            ssim["one encoder, two decoders"] > ssim["mean picture of A"] + 0.1,
        "in Break it, the unchanged model scores above the mean picture of A with both seeds":
            worst("control") > ssim["mean picture of A"] + 0.01,
        "without normalization or critic, the model scores lower with both seeds": worst("control") > 0.01
            + max(scored(some) for some in results["neither normalization nor critic"]),
        "the full model scores above the early programs' remedies":
            ssim["full model"] > ssim["early remedies"] + 0.01,
    }
    for claim, holds in claims.items():
        print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# - Two separate autoencoders cannot swap faces, because nothing makes their codes agree.
# - With one shared encoder and two decoders, the swap scores far higher than the mean picture of A.
# - The codes of a shared encoder still identify the person. A linear probe cannot detect this after
#   per-person normalization, but a nonlinear probe can.
# - Finding the partner proves little, since pixels alone find 99% of the partners.
# - A score is meaningful only next to baselines and the difference between two seeds.
#
# ## Go further
#
# - Partners also share the same lighting. Subtract the mean colour of each face before the partner
#   test. Do the pixels inside the face still find the partners?
# - Train the shared encoder alone and the full model with three seeds each. Is the difference
#   between the two larger than the differences between seeds?
#
# **Next:** [05 · Swap a movie](05_swap_a_movie.ipynb): find the face in every frame, swap it, and
# put it back.
#
# **Sources.** The swap with one encoder and two decoders, mean colours and warped inputs: Reddit user
# "deepfakes", 2017, and the program that grew out of that user's code, `deepfakes/faceswap`. W.-G.
# Chang et al., "Domain-specific batch normalization for unsupervised domain adaptation", CVPR 2019.
# Y. Ganin et al., "Domain-adversarial training of neural networks", *JMLR* 17, 2016. Z. Wang et al.,
# "Image quality assessment: from error visibility to structural similarity", *IEEE TIP* 13(4),
# 2004. M. Mathieu, C. Couprie and Y. LeCun, "Deep multi-scale video prediction beyond mean square
#       error", ICLR 2016 (the gradient error). G. Alain and Y. Bengio, "Understanding intermediate
#       layers using linear classifier probes", 2016.
