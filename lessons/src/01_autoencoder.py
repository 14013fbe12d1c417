# %% [markdown]
# # 01 · Autoencoder
#
# *Force a network to describe a face with a handful of numbers, and it has to learn what faces are.*
#
# **You will learn**
#
# - how to build an encoder and a decoder, and what a code and a reconstruction are;
# - what the numbers in a code look like, and how changing one of them changes the face;
# - how the error falls as the code grows, in a network and in principal component analysis (PCA), a
#   linear method;
# - how many bytes a code takes, compared with a JPEG or WebP file of the same quality;
# - how a network trained on one person reconstructs other pictures, and whether its error can serve
#   as an alarm.
#
# **You need first:** some Python and NumPy, and a rough idea of neural networks. Terms are collected
# in the [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 4 minutes on a CPU, 3 minutes on a GPU, and about two hours to read, experiment and do
# the exercises.

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
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", "--retries=2",
             f"swaplib @ {source}"], capture_output=True, text=True)
        importlib.invalidate_caches()
        if importlib.util.find_spec("swaplib"):
            print(f"Installed swaplib {version} from {source}. There is no need to restart.")
            break
    else:
        said = pip.stderr.strip().splitlines() or ["pip gives no reason"]
        telling = [line for line in said if any(x in line for x in ("fatal", "pathspec", "ERROR"))]
        reason = (telling or said[-1:])[0].strip()
        raise RuntimeError(f"swaplib {version} could not be installed ({reason}). Check the network "
                           "(in Kaggle: Settings, Internet), then run this cell again. "
                           f"The versions that can be installed: {course}/releases")

# %%
from swaplib import muted

with muted():
    import keras
    import matplotlib.pyplot as plt
    import numpy as np
    from ipywidgets import FloatSlider, IntSlider, SelectionSlider
    from keras import layers

    from swaplib import DATA, networks
    from swaplib.crops import dataset
    from swaplib.exercises import lesson_01 as check
    from swaplib.files.picture import read_photo, resized
    from swaplib.networks import autoencoder
    from swaplib.notebook import Live, show
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(1)
announce(cpu=4, gpu=3)

# %% [markdown]
# ## The result first
#
# The upper row below shows six pictures of one man, person B, who was rendered by computer. The
# lower row, labelled *drawn again*, shows each picture reconstructed from a few numbers. Each
# position of the slider uses a different network, trained beforehand on other pictures of B.
#
# Run the cells up to and including the next one, then move the slider below the pictures. How many
# numbers does it take before you can tell which way B is facing, or what his mouth is doing?

# %%
SIZE = 48  # pixels
unseen = dataset.load("test_b", SIZE).images  # pictures that no network here is trained on
six = unseen[[0, 3, 8, 14, 21, 30]]
ready = {k: networks.shipped(f"code_{k}").predict_on_batch(six) for k in autoencoder.CODE_SIZES}


def squeeze(numbers):
    return show.grid({"picture": six, "drawn again": ready[numbers]}, size=128)


Live(squeeze, {"numbers": SelectionSlider(options=list(ready), value=8, description="numbers")},
     alt="Six faces, and below each the same face drawn again from a few numbers.")

# %% [markdown]
# A network trained to reproduce its input through a narrow middle layer is called an **autoencoder**
# (made popular by Hinton and Salakhutdinov in 2006). This course tests the claims of an article on
# face swaps by N. Giansiracusa, [The simple, elegant idea behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/) (ODSC, 2021).
# Its first claim is that *a narrow middle forces the network to compress: it rebuilds its input from
# a few numbers.*
#
# ## The data
#
# A batch of faces is an array of shape `(n, height, width, 3)` with red, green and blue values from
# 0 to 1. The networks are trained on the training set, `train`, and judged on the test set,
# `unseen`.

# %% tags=["nbval-check-output"]
train = dataset.load("person_b", SIZE).images
print("training", train.shape, train.dtype)
print("testing ", unseen.shape)
print("numbers in one picture:", train[0].size)

# %%
show.picture(show.grid([train[:10], train[10:20]]),
             "Twenty training pictures of one man with short dark hair, in a grey T-shirt: he turns his "
             "head, frowns, smiles and opens his mouth, in different light, before different walls.")

# %% [markdown]
# ## Encoder
#
# The **encoder** turns a picture into a **code**, a short list of numbers. It is built from
# **convolutions**. Each convolution slides a small window of weights, here 5 × 5 pixels, over the
# picture and computes the same weighted sum at every position. Each *channel* of the output maps
# where one pattern was found, such as an edge. With a **stride** of 2, the window moves two pixels
# at a time, so the output is half as wide and half as high: three convolutions reduce 48 pixels to
# 6. Finally, a **dense** layer, whose outputs are weighted sums of all inputs, produces the code.
#
# Each convolution is followed by an **activation**, a simple nonlinear function. `leaky_relu` leaves
# positive numbers unchanged and scales negative ones down. Without activations, a stack of layers
# could compute no more than a single layer.

# %% tags=["nbval-check-output"]
CODE = 64  # numbers in the code


def build_encoder(code_size):
    return keras.Sequential([
        keras.Input((SIZE, SIZE, 3)),
        layers.Conv2D(8, 5, strides=2, padding="same", activation="leaky_relu"),   # 24 x 24
        layers.Conv2D(16, 5, strides=2, padding="same", activation="leaky_relu"),  # 12 x 12
        layers.Conv2D(32, 5, strides=2, padding="same", activation="leaky_relu"),  # 6 x 6
        layers.Flatten(),
        layers.Dense(code_size),
    ], name="encoder")


for layer in build_encoder(CODE).layers:
    print(f"{layer.__class__.__name__:8} -> {layer.output.shape[1:]}")

# %% [markdown]
# ### Exercise 1: how narrow is the code?
#
# By what factor does the encoder reduce the number of values in a picture?

# %% tags=["exercise"]
### BEGIN SOLUTION
times_smaller = SIZE * SIZE * 3 / CODE
### END SOLUTION
check.times_smaller(times_smaller)

# %% [markdown]
# ## Decoder
#
# The **decoder**, to the right of the code in the diagram, turns the code back into a picture.

# %%
shapes = {"picture": (48, 48, 3), "": (24, 24, 8), " ": (12, 12, 16), "  ": (6, 6, 32), "code": (64,),
          "   ": (6, 6, 32), "    ": (12, 12, 32), "     ": (24, 24, 16), "      ": (48, 48, 8),
          "drawn again": (48, 48, 3)}
show.picture(show.network(shapes), "Boxes that get smaller, from the picture of 48 by 48 pixels down to "
             "a bar of 64 numbers in the middle, and then larger again up to a picture of the same size.")

# %% [markdown]
# ### Exercise 2: write the decoder
#
# Start with `keras.Input((code_size,))`, then use four kinds of layers:
#
# - `layers.Dense(6 * 6 * 32, activation="leaky_relu")` expands the code to 6 × 6 × 32 values;
# - `layers.Reshape((6, 6, 32))` arranges them as a 6 × 6 picture with 32 channels;
# - `layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="leaky_relu")` is a
#   **transposed convolution**: each input pixel adds a weighted 4 × 4 window to the output, and a
#   stride of 2 doubles the width and the height;
# - `layers.Conv2D(3, 3, padding="same", activation="sigmoid")` produces the three colour channels;
#   the `sigmoid` maps any number to the range from 0 to 1.
#
# How many transposed convolutions does it take to get from 6 pixels to 48?

# %% tags=["exercise"]
### BEGIN SOLUTION
def build_decoder(code_size):
    """A model that takes codes (n, code_size) to pictures (n, 48, 48, 3), from 0 to 1."""
    return keras.Sequential([
        keras.Input((code_size,)),
        layers.Dense(6 * 6 * 32, activation="leaky_relu"),
        layers.Reshape((6, 6, 32)),
        layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2D(3, 3, padding="same", activation="sigmoid"),
    ], name="decoder")
### END SOLUTION
check.decoder(build_decoder)

# %% [markdown]
# Unless you left the exercise blank, the lesson now uses your decoder. Continue only when the check
# says *Right*: a decoder that doesn't fit would break later cells.

# %%
build_decoder = build_decoder if check.yours(build_decoder) else check.our_decoder


def build_autoencoder(code_size):
    picture = keras.Input((SIZE, SIZE, 3))
    code = build_encoder(code_size)(picture)
    return keras.Model(picture, build_decoder(code_size)(code))


keras.utils.set_random_seed(1)
model = build_autoencoder(CODE)
encoder, decoder = model.layers[1:]
for part in (encoder, decoder):
    print(f"{part.input_shape[1:]} -> {part.output_shape[1:]}, {part.count_params():,} weights")

# %% [markdown]
# ## Training
#
# Each picture serves as both the input and the target: `fit(train, train)`. The **loss** measures
# how far the output is from the target; here it is the **mean absolute error** over all $N$ values
# of a picture $x$ and its reconstruction $\hat{x}$:
#
# $$L = \frac{1}{N} \sum_{i=1}^{N} \left| x_i - \hat{x}_i \right|$$
#
# Each step takes a **batch** of 16 pictures and changes all weights slightly so that the loss falls.
# The optimiser **Adam** adapts the step size for each weight, and **cosine decay** reduces all step
# sizes to 0 by the end. One **epoch** is one pass through the training set. A **callback** is code
# that `fit` runs during training; the one below updates a preview.

# %%
EPOCHS = pick(ci=8, cpu=30, gpu=80)


def fit(model, epochs=EPOCHS, **options):
    """Fit an autoencoder to the training pictures; returns the loss after each epoch."""
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * len(train) // 16)
    model.compile(keras.optimizers.Adam(rate), loss="mean_absolute_error")
    done = model.fit(train, train, batch_size=16, epochs=epochs, verbose=0, **options)
    return done.history["loss"]


preview = show.changing(show.row(six), "Six faces, before the training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 5 == 4:
            again = self.model.predict_on_batch(six)
            preview(show.grid({"picture": six, "drawn again": again}),
                    f"Six faces and their reconstructions after {epoch + 1} epochs.")


history = fit(model, callbacks=[Preview()])
print(f"loss: {history[0]:.3f} after the first epoch, {history[-1]:.3f} after the last")

# %% [markdown]
# We judge the output of the autoencoder, the **reconstruction**, on the test set, next to a
# **baseline** that ignores its input: the mean of all training pictures.

# %%
def error(made, truth=unseen):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


mean_face = train.mean(axis=0)
again = model.predict(unseen, verbose=0)
print(f"reconstruction: {error(again):.3f}     mean face: {error(mean_face):.3f}")
show.picture(show.grid({"picture": unseen[:8], "drawn again": again[:8],
                        "mean face": np.repeat(mean_face[None], 8, 0)}),
             "Eight unseen faces; below each its reconstruction, a little blurred, and at the bottom "
             "eight times the mean face, a ghost that looks straight ahead.")

# %% [markdown]
# ## The code
#
# The bars show the codes of three pictures. The decoder sees nothing else, so all differences
# between the reconstructions must come from these 64 numbers.

# %%
codes = encoder.predict(train, verbose=0)
shown = encoder.predict_on_batch(six[:3])
figure, axes = plt.subplots(2, 3, figsize=(9, 4), sharey="row", layout="constrained",
                            height_ratios=(1.4, 1))
for face, code, (above, below) in zip(six, shown, axes.T, strict=False):
    above.imshow(face)
    above.axis("off")
    below.bar(np.arange(1, CODE + 1), code, width=0.9)
    below.set(xlabel="number of the code")
plt.close(figure)
show.picture(figure, "Three faces; under each 64 bars, some up and some down, in a different pattern for "
                     "each face. No bar says by itself what it stands for.")

# %% [markdown]
# **Predict before you run.** Suppose you change a *single* number in a code by one standard
# deviation. In what percentage of the pixels does at least one colour channel change by more than
# 1 % of its range (2.5 of 255 levels)? For comparison, the two eyes together cover a few per cent of
# the picture.
#
# Replace the dots with your prediction and run both cells. The output of the second cell stays
# folded behind a grey line until you run it, here and in later predictions.

# %%
prediction_pixels = ...  # per cent, for example 5

# %% tags=["answer"]
spread = codes.std(axis=0)               # how much each number varies
one_changed = shown[0] + np.diag(spread)  # row k: the code with its number k changed
before = decoder.predict_on_batch(shown[:1])
after = decoder.predict_on_batch(one_changed)
pixels = (np.abs(after - before).max(axis=-1) > 0.01).mean(axis=(1, 2))
check.predicted(prediction_pixels, round(100 * float(np.median(pixels))), "per cent")

# %% [markdown]
# The result is the median over all 64 numbers, for one face, and includes changes too faint to see.
#
# Now choose a number and move it with the second slider, which is scaled in standard deviations. The
# picture on the right shows the change, amplified four times; grey means no change. Can you find a
# number that changes only one feature of the face?

# %%
def edited(number, by):
    """The first face before and after one number of its code is moved `by` times its usual spread."""
    changed = shown[0].copy()
    changed[number - 1] += by * spread[number - 1]
    before, after = decoder.predict_on_batch(np.stack([shown[0], changed]))
    return show.side_by_side({"before": before, "after": after,
                              "change": np.clip(0.5 + 4 * (after - before), 0, 1)}, height=220)


Live(edited, {"number": IntSlider(1, min=1, max=CODE, description="number"),
              "by": FloatSlider(2, min=-4, max=4, step=0.1, description="by")},
     alt="A face, the same face after one number of its code was changed, and the difference.")

# %% [markdown]
# ### A code of one number
#
# The smallest network behind the slider at the top describes a face with a *single* number.
#
# **Predict:** which factor correlates most strongly with that number? The candidates are `"yaw"`
# (turning left or right), `"pitch"` (tilting up or down), `"mouth_open"`, `"smile"`, `"blink"`,
# `"light_azimuth"` (the direction of the light), `"light_key"` (its strength) and `"light_warmth"`
# (its colour).

# %%
prediction_one = ...  # for example "smile"

# %% tags=["answer"]
one = networks.shipped("code_1")
single = one.get_layer("encoder").predict(train, verbose=0)[:, 0]
strip = one.get_layer("decoder").predict_on_batch(np.quantile(single, np.linspace(0.02, 0.98, 9))[:, None])
factors = dataset.load("person_b", SIZE).factors
names = ("yaw", "pitch", "mouth_open", "smile", "blink", "light_azimuth", "light_key", "light_warmth")
follows = {name: abs(np.corrcoef(single, factors[name])[0, 1]) for name in names}
check.predicted(prediction_one, max(follows, key=follows.get))
print("correlation:", ", ".join(f"{name} {r:.2f}" for name, r in follows.items()))
show.picture(show.row(strip),
             "Nine blurred faces, drawn from one number that rises from left to right. The wall and the "
             "light change, from dark to brown to pale; at both ends the head turns a little. Eyes and "
             "mouth hardly change.")

# %% [markdown]
# <details><summary><b>What the correlations show</b> (open it after your prediction)</summary>
#
# The warmth of the light has the strongest correlation, 0.55. But the list omits `look`, which names
# the room and so largely determines the wall, the lamp and the colour of the light. In the strip of
# faces, wall and light change together, so the warmth may merely reflect the room; see the first
# task under *Go further*. In either case, an error averaged over all pixels favours a number that
# encodes the factor affecting the most pixels.
#
# </details>

# %% [markdown]
# ## How many numbers does a face need?
#
# **Predict before you run.** Double the size of the code repeatedly, from 1 to 128. At which size
# does the error on the test set first fall below *half* the error of the mean face?

# %%
prediction = ...  # for example 16

# %% tags=["answer"]
def error_of(code_size):
    """The error of a network with another code, trained in the same way."""
    keras.utils.set_random_seed(1)
    network = build_autoencoder(code_size)
    fit(network)
    return error(network.predict(unseen, verbose=0))


errors = {k: error(again) if k == CODE else error_of(k)
          for k in pick(ci=(2, 64), cpu=autoencoder.CODE_SIZES)}
half = next((k for k in errors if errors[k] < error(mean_face) / 2), "more than 128")
check.predicted(prediction, half, "numbers")

# %% [markdown]
# ### Exercise 3: PCA, a linear baseline
#
# **Principal component analysis** (PCA) describes a picture as the mean face $\bar{x}$ plus a
# weighted sum of $k$ fixed pictures $u_1, \ldots, u_k$, the **components**. The weights $z_j$ are the
# code:
#
# $$\hat{x} = \bar{x} + \sum_{j=1}^{k} z_j u_j \qquad \text{with} \qquad z_j = u_j \cdot (x - \bar{x})$$
#
# The components have unit length and are orthogonal to each other. Among all *linear* methods with
# $k$ numbers, PCA has the smallest squared error on the training set. Write a function that fits
# scikit-learn's `PCA` to the training pictures and returns its reconstructions of the `unseen`
# pictures. `PCA(k).fit(x)` finds the components, `transform` computes codes, and `inverse_transform`
# turns codes back into pictures. PCA expects one picture per row: `x.reshape(len(x), -1)`.

# %% tags=["exercise"]
from sklearn.decomposition import PCA


### BEGIN SOLUTION
def pca_again(k):
    """What PCA with k components makes of the unseen pictures: (n, 48, 48, 3)."""
    pca = PCA(k, random_state=0).fit(train.reshape(len(train), -1))
    codes = pca.transform(unseen.reshape(len(unseen), -1))
    return pca.inverse_transform(codes).reshape(unseen.shape)
### END SOLUTION
check.pca_again(pca_again)

# %% [markdown]
# The chart compares your PCA, the networks trained here and the shipped networks behind the slider
# at the top, which have the same architecture but were trained for 120 epochs.

# %% tags=["answer"]
pca_again = pca_again if check.yours(pca_again) else check.our_pca
linear_again = {k: pca_again(k) for k in autoencoder.CODE_SIZES}
longer_again = {k: networks.shipped(f"code_{k}").predict(unseen, verbose=0)
                for k in autoencoder.CODE_SIZES}
pca_errors = {k: error(made) for k, made in linear_again.items()}
longer = {k: error(made) for k, made in longer_again.items()}
figure, axes = plt.subplots(figsize=(6, 3.5))
axes.axhline(error(mean_face), color="grey", ls=":", label="mean face")
axes.plot(pca_errors.keys(), pca_errors.values(), "o--", label="PCA (linear)")
axes.plot(errors.keys(), errors.values(), "o-", label="autoencoder")
axes.plot(longer.keys(), longer.values(), "o-", label="autoencoder, trained longer")
axes.set(xscale="log", xlabel="numbers in the code", ylabel="error on unseen pictures", ylim=0)
axes.set_xticks(list(longer), list(longer))
axes.minorticks_off()
axes.legend()
plt.close(figure)
show.picture(figure, "Error on unseen pictures against the size of the code. All curves fall. The "
                     "autoencoders start below PCA and flatten out. PCA overtakes the one trained here at "
                     "64 numbers, and the one trained longer at 128.")

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# The networks need 4 numbers to halve the error of the mean face, but this target is arbitrary. It
# is more informative that beyond 16 or 32 numbers, a larger code hardly helps. The smallest number
# of values needed to describe a data set is its **intrinsic dimension**. The renderer varied 22
# factors (not all independent) and the pattern on the wall, but the curve alone doesn't prove that
# the dimension is about 20, since the decoder and the training also limit the error.
#
# </details>

# %% [markdown]
# With a small code, the networks trained for longer are far ahead of PCA. One possible reason is
# movement. As a head turns, the nose moves across the picture, but a weighted sum of fixed pictures,
# unlike a nonlinear network, can only fade one picture out and another in. With 128 numbers,
# however, PCA is ahead, so with enough components it can apparently imitate movement, too.
#
# If movement is the reason, turned heads should be the hardest for PCA. The next cell tests this.

# %% tags=["answer"]
turned = np.abs(dataset.load("test_b", SIZE).factors["yaw"]) > 20  # degrees
turned_errors = {k: (error(linear_again[k][turned], unseen[turned]),
                     error(longer_again[k][turned], unseen[turned])) for k in (4, 128)}
for k, (linear_error, network_error) in turned_errors.items():
    print(f"{k:3} numbers, {turned.sum()} turned heads: PCA {linear_error:.3f}, network {network_error:.3f}")

# %% [markdown]
# With 4 numbers, the errors on turned heads are 0.061 for PCA and 0.039 for the network, compared
# with about 0.062 and 0.042 on all pictures. So turned heads are no harder for PCA than other
# pictures, which doesn't support the explanation. With 128 numbers, PCA reconstructs even the turned
# heads better than the network, although it needs no iterative training. **A linear method can be a
# strong baseline.**
#
# ## Linear autoencoders and PCA
#
# PCA is closely related to a *linear* autoencoder, with one dense layer for the encoder, one for the
# decoder and no activations. With the squared error as its loss, the best such network spans the
# same space as the first `k` principal components (Baldi and Hornik, 1989). We test this on small
# grey pictures.

# %%
K = 5
grey = dataset.load("person_b", 16).images.mean(axis=-1).reshape(800, -1)
grey -= grey.mean(axis=0)
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.Input((256,)), layers.Dense(K, use_bias=False),
                           layers.Dense(256, use_bias=False)])
rounds = pick(ci=300, cpu=1500)  # of a single step each: all 800 pictures are one batch
rate = keras.optimizers.schedules.CosineDecay(5e-3, rounds)
linear.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
linear.fit(grey, grey, batch_size=800, epochs=rounds, verbose=0)

pca = PCA(K, random_state=0).fit(grey)
best = float(np.mean((pca.inverse_transform(pca.transform(grey)) - grey) ** 2))
reached = float(linear.evaluate(grey, grey, verbose=0))
q, _ = np.linalg.qr(linear.layers[1].get_weights()[0].T)     # the directions the decoder draws with
cosines = np.linalg.svd(pca.components_ @ q, compute_uv=False)  # of the angles between both spaces
print(f"squared error: PCA {best:.6f}, linear autoencoder {reached:.6f}")
print("cosines of the angles between the two spaces:", np.round(cosines, 3))

# %% [markdown]
# A cosine of 1 means that the two spaces share a direction. All five cosines round to 1, so the
# spaces are the same, but the numbers in the two codes are not. PCA orders its components by
# variance and keeps their weights uncorrelated, while the network may settle on any mixture with the
# same output. **Nothing in the training favours particular axes of the code**, which will matter in
# lessons 2 and 3.
#
# ## Codes against JPEG and WebP
#
# A code is a compressed picture. To compare it fairly with JPEG and WebP, we count only the bits
# that each number needs, fewer than the 32 in which it is stored. From here on, we use the shipped
# network with 64 numbers, so that everyone gets the same figures.
#
# ### Exercise 4: quantise the code
#
# With `bits` bits, a number can take `2**bits` values. Space these values evenly from `low` to
# `high`, including both ends, and round each number of the code to the nearest of them. Clip numbers
# outside the range to the nearer end.

# %% tags=["exercise"]
### BEGIN SOLUTION
def quantised(codes, low, high, bits):
    """Codes (n, k) with each number at one of 2**bits values between low (k,) and high (k,)."""
    steps = 2**bits - 1
    share = np.clip((codes - low) / (high - low), 0, 1)  # of the way from low to high
    return low + np.round(share * steps) / steps * (high - low)
### END SOLUTION
check.quantised(quantised)

# %% [markdown]
# **Predict:** which takes the fewest bytes at the same error: `"JPEG"`, `"WebP"` or `"code"`?

# %%
prediction_bytes = ...  # for example "JPEG"

# %% [markdown]
# For JPEG and WebP, we count whole files, headers included, because every byte has to be sent. The JPEG
# files also contain tables optimised for each picture. The dotted curve omits headers and tables, as
# if both sides had agreed on them; likewise, the curve for the code assumes that the receiver has
# the decoder.

# %% tags=["answer"]
import cv2

quantised = quantised if check.yours(quantised) else check.our_quantised
trained = networks.shipped("code_64")
squeezer, drawer = trained.get_layer("encoder"), trained.get_layer("decoder")
low, high = np.quantile(squeezer.predict(train, verbose=0), (0.01, 0.99), axis=0)
some = unseen[:40]


def picture_data(file):
    """Bytes of a JPEG after its tables and headers: what follows the start of the scan (FF DA)."""
    scan = bytes(file).index(b"\xff\xda") + 2
    return len(file) - scan - int.from_bytes(bytes(file)[scan:scan + 2])


def files(kind, quality, *options):
    """(mean bytes, mean bytes without tables, error) of the pictures in one format and quality."""
    made = [cv2.imencode(kind, np.uint8(255 * x[..., ::-1] + 0.5), [*options, quality])[1] for x in some]
    back = np.stack([cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1] for file in made]) / np.float32(255)
    bare = np.mean([picture_data(file) for file in made]) if kind == ".jpg" else 0
    return np.mean([len(file) for file in made]), bare, error(back, some)


def coded(bits):
    """(bytes, error) of codes with so many bits a number."""
    made = drawer.predict_on_batch(quantised(squeezer.predict_on_batch(some), low, high, bits))
    return CODE * bits / 8, error(made, some)


QUALITIES = (1, 3, 5, 8, 12, 18, 25, 35, 50, 65, 80)
jpegs = np.array([files(".jpg", q, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_QUALITY)
                  for q in QUALITIES])
webps = np.array([files(".webp", q, cv2.IMWRITE_WEBP_QUALITY) for q in QUALITIES])
coarse = np.array([coded(bits) for bits in (1, 2, 3, 4, 5, 6, 8, 16)])
figure, axes = plt.subplots(figsize=(6, 3.5))
axes.plot(jpegs[:, 0], jpegs[:, 2], "o-", label="JPEG, whole file")
axes.plot(jpegs[:, 1], jpegs[:, 2], ":", color="C0", label="JPEG, picture data alone")
axes.plot(webps[:, 0], webps[:, 2], "s-", label="WebP, whole file")
axes.plot(coarse[:, 0], coarse[:, 1], "^-", label="code of 64 numbers, 1 to 16 bits each")
axes.set(xscale="log", xlabel="bytes a picture", ylabel="error", ylim=(0, 0.14))
axes.set_xticks(ticks := [8, 16, 32, 64, 128, 256, 512, 1024], ticks)
axes.minorticks_off()
axes.legend(fontsize=8)
plt.close(figure)
show.picture(figure, "Error against bytes. The code's curve is far to the left, and flat from 32 bytes on: "
                     "more bits don't help it. WebP begins at 145 bytes and falls below the code at "
                     "about 300; whole JPEG files need more than 600 for that.")
wanted = coarse[3, 1]  # the error of codes with 4 bits a number
needed = {"JPEG": np.interp(wanted, jpegs[::-1, 2], jpegs[::-1, 0]),
          "WebP": np.interp(wanted, webps[::-1, 2], webps[::-1, 0]), "code": coarse[3, 0]}
bare = np.interp(wanted, jpegs[::-1, 2], jpegs[::-1, 1])
print(f"for an error of {wanted:.3f}: " + ", ".join(f"{k} {n:.0f} bytes" for k, n in needed.items())
      + f"; JPEG without its tables {bare:.0f}")
check.predicted(prediction_bytes, min(needed, key=needed.get))
print(f"the decoder that everybody must have, 2 bytes a weight: {2 * drawer.count_params():,} bytes")

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# For an error of 0.022, the code takes 32 bytes, a WebP file 285 and a JPEG file 618, of which about
# half are tables and headers. But the code's curve is flat from 32 bytes on, because the remaining
# error comes from the network, not from the rounding, whereas JPEG and WebP, given enough bytes, can
# reach any quality for any picture. The code works for one person only: the decoder's weights store
# what all pictures of B have in common, and the code only the differences.
#
# The chart lacks one baseline, PCA with rounded weights. With 128 numbers, PCA had a lower error
# than the networks. Its decoder is larger, however: 64 components of 6,912 values with 2 bytes each
# take 885 kB, compared with 204 kB for the network's decoder. So the chart shows that a code made
# for one person is smaller than a file in a general-purpose format, but not that a network produces
# the best code.
#
# </details>

# %% [markdown]
# ### Exercise 5: when does the code pay off?
#
# The decoder has to be sent as well, but only once. How many pictures does it take before the codes
# and the decoder together need fewer bytes than WebP files?

# %% tags=["exercise"]
webp_bytes, decoder_bytes, code_bytes = 280, 200_000, 32  # rounded, so that all get one answer
### BEGIN SOLUTION
pictures_needed = decoder_bytes / (webp_bytes - code_bytes)
### END SOLUTION
check.pictures_needed(pictures_needed)

# %% [markdown]
# ## Unfamiliar pictures
#
# Now we give the same network other pictures.
#
# **Predict:** which of these has the smallest error: `"upside down"` (B's face), `"somebody else"`,
# `"cat"`, `"shoe"` or `"noise"`? And what will the shoe look like?

# %%
prediction_best = ...  # for example "cat"

# %% tags=["answer"]
stranger = dataset.load("test_a", SIZE).images[0]
shoe = resized(read_photo(DATA / "shoe.jpg"), SIZE) / np.float32(255)


def cat():
    from skimage.data import chelsea  # public domain, comes with scikit-image

    return resized(chelsea()[:, 75:375], SIZE) / np.float32(255)


noise = np.random.default_rng(0).random((SIZE, SIZE, 3), dtype=np.float32)
things = {"him": unseen[0], "upside down": unseen[0][::-1], "somebody else": stranger, "cat": cat(),
          "shoe": shoe, "noise": noise}
inputs = np.stack(list(things.values())).astype(np.float32)
outputs = trained.predict_on_batch(inputs)
thing_errors = {name: error(y, x) for name, x, y in zip(things, inputs, outputs, strict=True)}
check.predicted(prediction_best, min([*things][1:], key=thing_errors.get))
print(", ".join(f"{name} {e:.3f}" for name, e in thing_errors.items()))
show.picture(show.contact_sheet({name: np.stack(pair) for name, *pair in
                                 zip(things, inputs, outputs, strict=True)}, zoom=128 / SIZE),
             "His face, the same upside down, a woman, a cat, a shoe and noise; below what the network "
             "makes of them. His own picture is right. The woman turns into him, with her pose and her "
             "look; cat and noise into a ghost of him; shoe and upside-down face into smears with a "
             "brow and a mouth.")

# %% [markdown]
# <details><summary><b>What the network draws</b> (open it after your prediction)</summary>
#
# Whatever its input, the network draws B, or fragments of him, because its decoder has learnt
# nothing else. Face swaps rely on this: **a decoder draws the person it was trained on.** If B's
# decoder receives another person's code, and the code means the same for both people, the output
# shows B with that person's pose and expression. Lesson 4 shows how.
#
# </details>
#
# ## Reconstruction error as an alarm
#
# A large error seems to indicate that a picture doesn't show B. We therefore build an alarm that
# goes off if the error exceeds a threshold. We choose the threshold that 5 % of the errors in one
# half of the test set exceed, and test the alarm on the other half.

# %%
def error_of_each(pictures):
    """The error of each picture, as the shipped network draws it."""
    return np.abs(trained.predict(pictures, verbose=0) - pictures).mean(axis=(1, 2, 3))


his = error_of_each(unseen)
threshold = float(np.quantile(his[::2], 0.95))
print(f"threshold {threshold:.3f}")
print(f"false alarms, on the other half of his pictures: {(his[1::2] > threshold).mean():.0%}")
alarms = [name for name in things if thing_errors[name] > threshold]
print("alarms on the things above:", ", ".join(alarms))

# %% [markdown]
# With 60 pictures in each half, a false alarm rate of 2 % is a single picture, and another split
# would give a different threshold and rate.
#
# Telling a shoe from B is easy. We therefore try the alarm on 1,500 other people and on 800 pictures
# of one woman, person A. Her skin tone is close to B's, and her poses, expressions and lighting
# cover the same range.
#
# **Predict:** what percentage of her pictures raises *no* alarm?

# %%
prediction_woman = ...  # per cent, for example 30

# %% tags=["answer"]
woman, people = (dataset.load(name, SIZE).images for name in ("person_a", "many"))
hers, theirs = error_of_each(woman), error_of_each(people)
check.predicted(prediction_woman, round(100 * float((hers <= threshold).mean())), "per cent")
print(f"of {len(people):,} other people {(theirs <= threshold).sum()} raise no alarm")
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
bins = np.linspace(0, 0.16, 65)
for label, some_errors in (("he, the other half", his[1::2]), ("the woman", hers), ("1,500 others", theirs)):
    axes.hist(some_errors, bins, weights=np.full(len(some_errors), 100 / len(some_errors)), alpha=0.6,
              label=label)
axes.axvline(threshold, color="black", ls=":", label="threshold")
axes.set(xlabel="error of a picture", ylabel="per cent of the pictures")
axes.legend()
plt.close(figure)
show.picture(figure, "Three histograms of errors, and the threshold. Nearly all of his lie below it. The "
                     "woman's start just below it, but most lie above, from 0.03 to 0.05. Those of the "
                     "1,500 others lie far above it, widely spread.")
closest = [images[np.argsort(e)[:4]] for images, e in ((woman, hers), (people, theirs))]
closest = np.concatenate(closest)
show.picture(show.grid({"picture": closest, "drawn again": trained.predict_on_batch(closest)}),
             "Four pictures of the woman and four of others, those who come out best. Below is what the "
             "network makes of them: eight times him, with their pose and their light.")

# %% [markdown]
# <details><summary><b>What the histograms show</b> (open it after your prediction)</summary>
#
# None of the 1,500 other people passes, and only 5 % of A's pictures do. The grid shows the pictures
# with the smallest errors, four of A and four of other people; every reconstruction shows B.
#
# </details>

# %% [markdown]
# Suppose that an alarm separates B from these other people. Does a small error then prove that a
# picture shows B?
#
# ### Exercise 6: get past the alarm
#
# Make a picture of *nobody* that raises *no* alarm: any array of shape `(48, 48, 3)` with values
# from 0 to 1 that shows neither B nor anyone else in the data. Use NumPy, or `trained` and its two
# halves, `squeezer` (the encoder) and `drawer` (the decoder). What kind of picture does this network
# reconstruct well?

# %% tags=["exercise"]
### BEGIN SOLUTION
impostor = train.mean(axis=0)  # nobody has this face, and it has no fine detail to get wrong
### END SOLUTION
check.impostor(impostor, trained, threshold)

# %% [markdown]
# Here are some more pictures of nobody:
#
# - *plain colour*: the mean colour of B's pictures;
# - *mean face*: the mean of the training pictures;
# - *random code*: decoded from random numbers with the usual means and standard deviations;
# - *half and half*: the average of a picture of A and the mean face;
# - *drawn before*: the network's own reconstruction of a picture of A.
#
# For each kind, the next cell shows the picture with the median error.

# %% tags=["answer"]
impostor = np.asarray(impostor if check.yours(impostor) else mean_face, np.float32).reshape(SIZE, SIZE, 3)
some_codes = squeezer.predict(train, verbose=0)
random_codes = np.random.default_rng(0).normal(some_codes.mean(axis=0), some_codes.std(axis=0), (200, CODE))
random_faces = drawer.predict(random_codes.astype(np.float32), verbose=0)
drawn_before = trained.predict(woman, verbose=0)
nobody = {"yours": impostor[None], "plain colour": np.full((1, SIZE, SIZE, 3), unseen.mean(axis=(0, 1, 2))),
          "mean face": mean_face[None], "random code": random_faces, "half and half": (woman + mean_face) / 2,
          "drawn before": drawn_before}
nobody_errors = {name: error_of_each(images.astype(np.float32)) for name, images in nobody.items()}
usual = {name: images[[np.argsort(nobody_errors[name])[len(images) // 2]]]  # the median of each kind
         for name, images in nobody.items()}
show.picture(show.contact_sheet({name: np.concatenate([image, trained.predict_on_batch(image)])
                                 for name, image in usual.items()}, zoom=128 / SIZE),
             "Pictures of nobody, and below what the network makes of them. It draws his blurred mean "
             "face over a plain colour, sharpens the mean face, turns half a woman into him, and gives "
             "back the random face and its own drawing almost as they were.")
print(f"{'he, all unseen pictures':24} median error {np.median(his):.3f}, smallest {his.min():.3f}")
for name, some_errors in nobody_errors.items():
    print(f"{name:24} median error {np.median(some_errors):.3f}, "
          f"no alarm: {(some_errors <= threshold).sum()} of {len(some_errors)}")

# %% [markdown]
# The error tells us how well *this network* can reconstruct a picture, not whom the picture shows.
# Even the plain colour raises the alarm, because the network has never learnt to draw one. The mean
# face passes, and so do 186 of the 200 random codes and all 800 reconstructions of A. These
# reconstructions have a median error of 0.011, compared with 0.020 for B's own pictures. By this
# measure, A redrawn by B's decoder is more like B than B himself is.
#
# Lack of fine detail alone doesn't explain why the mean face passes, since the plain colour has none
# either, yet fails. Two controls are missing: the mean of the other people, which is also blurred,
# and blurred pictures of B.
#
# A swapped face *is* the output of such a decoder, so this alarm is likely to miss it. Lesson 6
# examines other detectors.
#
# ## Quiz
#
# 1. A picture has 6,912 values and its code has 64. Why can no such network copy *every possible*
#    picture exactly? (a) The loss forbids it. (b) The code has too few numbers. (c) It is trained
#    too briefly.
# 2. An autoencoder consists of dense layers without activations and is trained with the squared
#    error. What does it find? (a) Clusters. (b) The nearest training picture. (c) The space of the
#    first principal components.
# 3. A network trained on one person receives a picture of a shoe. Where do the eyes in its output
#    come from? (a) From the decoder's weights. (b) From the code. (c) From the shoe.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "b"
q2 = "c"
q3 = "a"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured
#
# The next cell checks the claims against your own figures. Each network was trained with a single
# random seed, so small differences prove nothing.

# %% tags=["nbval-check-output"]
claims = {
    "a code of 64 beats a code of 2": errors[64] < 0.85 * errors[2],
    "a code of 64 more than halves the error of the mean face": errors[64] < 0.5 * error(mean_face),
    "one number of the code changes more of the picture than two eyes": float(np.median(pixels)) > 0.06,
    "with 4 numbers a network trained long enough beats PCA": longer[4] < 0.85 * pca_errors[4],
    "with 128 numbers PCA beats the network": pca_errors[128] < 0.95 * longer[128],
    "with 128 numbers PCA draws even turned heads better":
        turned_errors[128][0] < 0.95 * turned_errors[128][1],
    "a linear autoencoder spans the space of PCA": bool(cosines.min() > 0.98 and reached < 1.03 * best),
    "4 bits a number draw nearly as well as 16": coarse[3, 1] < 1.1 * coarse[-1, 1],
    "at that error the code is smaller than a WebP, and a WebP than a JPEG":
        needed["code"] < 0.7 * needed["WebP"] and needed["WebP"] < 0.7 * needed["JPEG"],
    "a WebP of twice as many bytes draws better than any code of 64":
        float(np.interp(2 * needed["WebP"], webps[:, 0], webps[:, 2])) < 0.8 * coarse[:, 1].min(),
    "a shoe and a plain colour raise the alarm":
        min(thing_errors["shoe"], nobody_errors["plain colour"][0]) > 1.5 * threshold,
    "of 1,500 other people fewer than 2 in 100 pass as him": float((theirs <= threshold).mean()) < 0.02,
    "of a woman whose skin is like his, a few pictures in 100 pass":
        0.02 < float((hers <= threshold).mean()) < 0.1,
    "the mean face passes, though it is nobody": nobody_errors["mean face"][0] < 0.85 * threshold,
    "so do most faces from random codes": float((nobody_errors["random code"] <= threshold).mean()) > 0.8,
    "her pictures drawn by the network come out better than his own":
        float(np.median(nobody_errors["drawn before"])) < 0.7 * float(np.median(his)),
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# - With a code of 64 numbers, the autoencoder's error on the test set was 0.028, compared with 0.111
#   for the mean face.
# - A single number of the code affects a large part of the picture (in the median, 23 % of the
#   pixels).
# - With a small code, the network has a lower error than PCA; with 128 numbers, PCA has the lower
#   error.
# - For the same error, a code takes 32 bytes and a WebP file 285, but the code needs a decoder and
#   works for one person only.
# - The decoder draws B whatever its input, and a small error doesn't prove that a picture shows B.
#
# ## Go further
#
# 1. Does the single number encode the warmth of the light or the room? Import `latent` from
#    `swaplib`, regress `single` linearly on `latent.columns(factors, ["look"])`, and compare the R²
#    with the squared correlations above. Then correlate `single` with the mean brightness of each
#    picture.
# 2. Damage the test pictures: add noise, or paint a bar across the nose. Reconstruct them with
#    `networks.shipped("code_64")`, `networks.shipped("code_16")` and PCA. Does a larger code repair
#    a picture better?
#
# **Next:** [02 · Many faces](02_many_faces.ipynb) asks what the numbers encode in a network trained
# on 1,300 people.
#
# **Sources.** G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural
# networks", *Science* 313, 2006. P. Baldi and K. Hornik, "Neural networks and principal component
# analysis: learning from examples without local minima", *Neural Networks* 2, 1989. N. Giansiracusa,
# "The simple, elegant idea behind face swap deepfakes", ODSC, 2021, adapted from his book *How
# Algorithms Create and Prevent Fake News*, Apress, 2021. The faces and the shoe were rendered from
# MakeHuman's CC0 assets; the picture of the cat comes from scikit-image (public domain).
