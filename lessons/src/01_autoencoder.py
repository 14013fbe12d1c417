# %% [markdown]
# # 01 · Autoencoder
#
# *Force a network to describe a face with a handful of numbers, and it has to learn what faces are.*
#
# **You will learn**
#
# - how to build an encoder and a decoder, and what a code and a reconstruction are;
# - what the numbers in a code look like, and how the face changes when you change one of them;
# - how the error falls as the code grows, and how that compares with principal component analysis
#   (PCA), a linear method;
# - how many bytes a code takes next to a JPEG or WebP file of the same quality;
# - what a network trained on one person does with other pictures, and whether its error can serve as
#   an alarm.
#
# **You need first:** some Python and NumPy, and a rough idea of neural networks. Terms are explained
# where they first appear and collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/main/docs/glossary.md).
#
# **Time:** 4 minutes on a CPU, 3 minutes on a GPU to run; allow about two hours to read, answer and
# experiment.

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
# The upper row below shows six pictures of one man, called B in the later lessons. He was rendered
# by computer; nobody was photographed. The lower row, *drawn again*, shows each picture
# reconstructed from a few numbers. Each position of the slider uses a different network, trained
# beforehand on other pictures of B.
#
# Run all cells down to the next one, and a slider appears below the pictures. Move it. How many
# numbers does it take before you can tell which way B is facing? How many before you can tell what
# his mouth is doing?

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
# A network that is trained to reproduce its input through a narrow middle layer is called an
# **autoencoder**. Hinton and Salakhutdinov made autoencoders popular in 2006. An autoencoder is half
# of a face swap; N. Giansiracusa explains the other half in an article, [The simple, elegant idea
# behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/) (ODSC, 2021).
# The article makes its claims in words, and this course tests them. The first claim is that *a
# narrow middle forces the network to compress: it rebuilds its input from a few numbers.*
#
# ## The data
#
# A batch of faces is an array of shape `(n, height, width, 3)` with red, green and blue values from
# 0 to 1. The networks are trained on the training set, `train`, and judged on a test set, `unseen`,
# which takes no part in the training.

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
# **convolutions**. A convolution slides a small window of weights over the picture, here 5 × 5
# pixels, and computes the same weighted sum at every position, so it detects the same pattern
# everywhere: an edge, say, or a dark spot. Each *channel* of its output is a map of where one such
# pattern was found. With a **stride** of 2, the window moves two pixels at a time, so the output is
# half as wide and half as high. Three convolutions reduce 48 pixels to 6. Finally, a **dense**
# layer, in which every output is a weighted sum of all inputs, produces the numbers of the code.
#
# Each convolution is followed by an **activation**, a simple nonlinear function. `leaky_relu` leaves
# positive numbers unchanged and scales negative ones down. Without activations, several layers could
# do no more than a single one.

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
# The **decoder** turns the code back into a picture. In the diagram, the encoder is to the left of
# the code and the decoder to the right.

# %%
shapes = {"picture": (48, 48, 3), "": (24, 24, 8), " ": (12, 12, 16), "  ": (6, 6, 32), "code": (64,),
          "   ": (6, 6, 32), "    ": (12, 12, 32), "     ": (24, 24, 16), "      ": (48, 48, 8),
          "drawn again": (48, 48, 3)}
show.picture(show.network(shapes), "Boxes that get smaller, from the picture of 48 by 48 pixels down to "
             "a bar of 64 numbers in the middle, and then larger again up to a picture of the same size.")

# %% [markdown]
# ### Exercise 2: write the decoder
#
# Start with `keras.Input((code_size,))`, then use these four kinds of layers:
#
# - `layers.Dense(6 * 6 * 32, activation="leaky_relu")` expands the code to the required number of
#   values;
# - `layers.Reshape((6, 6, 32))` arranges them as a 6 × 6 picture with 32 channels;
# - `layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="leaky_relu")` is a
#   **transposed convolution**: each input pixel adds a weighted 4 × 4 window to the output, and a
#   stride of 2 doubles the width and the height;
# - `layers.Conv2D(3, 3, padding="same", activation="sigmoid")` produces the three colour channels.
#   The `sigmoid` maps any number to the range from 0 to 1.
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
# If you left the exercise blank, the lesson uses its own decoder. Otherwise it uses yours, so go on
# only when the check says *Right*: a decoder that doesn't fit would break later cells.

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
# how far the output is from the target. Here it is the **mean absolute error** over all $N$ values
# of a picture $x$ and its reconstruction $\hat{x}$:
#
# $$L = \frac{1}{N} \sum_{i=1}^{N} \left| x_i - \hat{x}_i \right|$$
#
# Each training step takes a **batch** of 16 pictures and changes all weights slightly so that the
# loss falls. The optimiser **Adam** adapts the step size for each weight, and **cosine decay**
# reduces all step sizes to 0 by the end of the training. One **epoch** is one pass through the
# training set. A **callback** is code that `fit` runs during training; the one below updates a
# preview every five epochs.

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
# The output of an autoencoder is called the **reconstruction**. We judge it on the test set, next to
# a **baseline** that ignores its input: the mean of all training pictures.

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
# The bars show the codes of three pictures. The decoder sees nothing else, so every difference
# between its three drawings must come from these 64 numbers.

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
# **Predict before you run.** Suppose you change a *single* number of a code by one standard
# deviation. In what percentage of the pixels does at least one colour channel change by more than
# 1 % of its range (2.5 of 255 levels)? For comparison, the two eyes together cover a few per cent of
# the picture.
#
# Replace the dots with your prediction and run both cells. Here and in later predictions, the output
# of the second cell stays folded behind a grey line until you run it.

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
# The result is the median over all 64 numbers, for one face. It includes changes too faint to see,
# so a higher threshold would give a smaller percentage. Now edit the code yourself: choose a number
# and move it with the second slider, which is scaled in standard deviations. The picture on the
# right shows the change, amplified four times; grey means no change. Can you find a number that
# changes only one feature of the face?

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
# At its first position, the slider at the top shows a network that describes a face with a *single*
# number. If you had only one number, what would you use it for?
#
# **Predict:** which of these factors correlates most strongly with that number? The candidates are
# `"yaw"` (turning left or right), `"pitch"` (tilting up or down), `"mouth_open"`, `"smile"`,
# `"blink"`, `"light_azimuth"` (the direction of the light), `"light_key"` (its strength) and
# `"light_warmth"` (its colour).

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
# Among these eight factors, the warmth of the light has the strongest correlation, 0.55. But the
# list leaves out an important candidate: `look`, which names the room and so largely determines the
# wall, the lamp and the colour of the light. In the strip of faces, wall and light change together,
# so the warmth may merely reflect the room; the first task under *Go further* asks you to find out.
# In either case, an error averaged over all pixels rewards a single number for encoding whatever
# changes the most pixels.
#
# </details>

# %% [markdown]
# ## How many numbers does a face need?
#
# **Predict before you run.** Double the size of the code repeatedly: 1, 2, 4 and so on up to 128. At
# which size does the error on the test set first fall below *half* the error of the mean face?

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
# weighted sum of $k$ fixed pictures $u_1, \dots, u_k$, the **components**. The weights $z_j$ are the
# code:
#
# $$\hat{x} = \bar{x} + \sum_{j=1}^{k} z_j u_j \qquad \text{with} \qquad z_j = u_j \cdot (x - \bar{x})$$
#
# The components have unit length and are orthogonal to each other. PCA chooses them so that the
# squared error on the training set is as small as it can be for any *linear* method with $k$
# numbers. Write a function that fits scikit-learn's `PCA` to the training pictures and returns its
# reconstructions of the `unseen` pictures. `PCA(k).fit(x)` finds the components, `transform`
# computes codes, and `inverse_transform` turns codes back into pictures. PCA expects one picture per
# row: `x.reshape(len(x), -1)`.

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
# The chart compares your PCA, the networks trained in this lesson and the shipped networks behind
# the slider at the top, which have the same architecture and were trained for 120 epochs.

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
# The networks need 4 numbers to halve the error of the mean face, but half is an arbitrary target.
# More telling is where the curve flattens: beyond 16 or 32 numbers, a larger code hardly helps the
# network. The smallest number of values needed to describe a data set is called its **intrinsic
# dimension**. The renderer varied 22 factors (not all of them independent) and the pattern on the
# wall. But the curve alone doesn't prove that the dimension is about 20, since the decoder and the
# training limit the error, too.
#
# </details>

# %% [markdown]
# With a small code, the networks that were trained longer are far ahead of PCA. One possible reason
# is movement. As a head turns, the nose moves across the picture, but a weighted sum of fixed
# pictures can't move anything: it can only fade one picture out and another in. A nonlinear network
# has no such limit. With 128 numbers, however, PCA is ahead, so enough fixed pictures can apparently
# put a nose anywhere.
#
# If movement is the reason, PCA should have the most trouble with turned heads. Let us test this on
# turned heads alone:

# %% tags=["answer"]
turned = np.abs(dataset.load("test_b", SIZE).factors["yaw"]) > 20  # degrees
turned_errors = {k: (error(linear_again[k][turned], unseen[turned]),
                     error(longer_again[k][turned], unseen[turned])) for k in (4, 128)}
for k, (linear_error, network_error) in turned_errors.items():
    print(f"{k:3} numbers, {turned.sum()} turned heads: PCA {linear_error:.3f}, network {network_error:.3f}")

# %% [markdown]
# With 4 numbers, the errors on turned heads are 0.061 for PCA and 0.039 for the network. In the
# chart, the errors on all pictures are about 0.062 and 0.042. So turned heads are no harder for PCA
# than other pictures, and this test doesn't support the explanation. With 128 numbers, PCA
# reconstructs even the turned heads better than the network, and it computes its solution directly.
# **A linear method is a serious baseline.**
#
# ## Linear autoencoders and PCA
#
# PCA and autoencoders are closely related. Remove the activations, leave one dense layer for the
# encoder and one for the decoder, and train with the squared error: the best such network spans the
# same space as the first `k` principal components (Baldi and Hornik, 1989). We test this on small
# grey pictures, which train in seconds.

# %%
K = 5
grey = dataset.load("person_b", 16).images.mean(axis=-1).reshape(800, -1)
grey -= grey.mean(axis=0)
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.Input((256,)), layers.Dense(K, use_bias=False),
                           layers.Dense(256, use_bias=False)])
rate = keras.optimizers.schedules.CosineDecay(5e-3, 1500)
linear.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
linear.fit(grey, grey, batch_size=800, epochs=1500, verbose=0)

pca = PCA(K, random_state=0).fit(grey)
best = float(np.mean((pca.inverse_transform(pca.transform(grey)) - grey) ** 2))
reached = float(linear.evaluate(grey, grey, verbose=0))
q, _ = np.linalg.qr(linear.layers[1].get_weights()[0].T)     # the directions the decoder draws with
cosines = np.linalg.svd(pca.components_ @ q, compute_uv=False)  # of the angles between both spaces
print(f"squared error: PCA {best:.6f}, linear autoencoder {reached:.6f}")
print("cosines of the angles between the two spaces:", np.round(cosines, 3))

# %% [markdown]
# A cosine of 1 means that the two spaces have a direction in common. All five cosines round to 1, so
# the two spaces are the same, although the individual numbers of the two codes are not. PCA orders
# its components by variance and keeps their weights uncorrelated, while the network may settle on
# any mixture that gives the same output. Remember this in lessons 2 and 3: **nothing in the training
# gives a code tidy axes.**
#
# ## Codes against JPEG and WebP
#
# A code is a compressed picture. How does it compare with JPEG and WebP? A fair comparison counts
# bits, and a number in a code doesn't need the 32 bits in which it is stored.
#
# From here on, we use the shipped network with a code of 64 numbers, so that everyone gets the same
# figures.
#
# ### Exercise 4: quantise the code
#
# With `bits` bits, a number can take `2**bits` values. Space these values evenly from `low` to
# `high`, including both ends, and round each number of the code to the nearest of them. Numbers
# outside the range go to the nearer end.

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
# JPEG and WebP count as whole files, headers included, because every byte has to be sent. The JPEG
# files have tables optimised for each picture; the dotted curve leaves out these tables and the
# headers, as if both sides had agreed on them in advance. Likewise, the curve for the code assumes
# that the receiver already has the decoder.

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
# half are tables and headers. But the curve of the code is flat from 32 bytes on, because the
# remaining error comes from the network and not from the rounding. JPEG and WebP, given enough
# bytes, can reach any quality for any picture. The code works for one person only: the decoder's
# weights store what all pictures of B have in common, and the code stores only the differences.
#
# The chart lacks one baseline. The weights of PCA can be rounded in the same way, and with 128
# numbers PCA had a lower error than the networks. Its decoder is larger: 64 components of 6,912
# values with 2 bytes each take 885 kB, compared with 204 kB for the network's decoder. So the chart
# shows that a code made for one person is smaller than a file in a general-purpose format. It
# doesn't show that a network produces the best code.
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
# Now we give the same network an upside-down face, another person, a cat, a shoe and noise.
#
# **Predict:** which of these has the smallest error: `"upside down"`, `"somebody else"`, `"cat"`,
# `"shoe"` or `"noise"`? And what will the shoe look like?

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
# Whatever its input, the network draws B, or fragments of him, because its decoder has learnt
# nothing else. Face swaps rely on exactly that: **a decoder draws the person it was trained on.** If
# B's decoder receives another person's code, and the code means the same for both people, B takes on
# that person's pose and expression. Lesson 4 shows how to achieve this.
#
# ## Reconstruction error as an alarm
#
# A large error seems to indicate that a picture doesn't show B. We can turn this into an alarm that
# goes off when a picture has a larger error than nearly all of B's own pictures. The threshold is
# chosen on one half of the test set, where 5 % of the pictures exceed it, and the alarm is tested on
# the other half.

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
# Each half has only 60 pictures, so a false alarm rate of 2 % corresponds to a single picture, and
# another split would give a different threshold and a different rate.
#
# Telling a shoe from B is also an easy test. People are harder, so we try the alarm on 1,500 other
# people and on 800 pictures of one woman, called A in the later lessons. Her skin tone is close to
# B's, and her pictures cover the same range of poses, expressions and light.
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
# None of the 1,500 other people passes, and only 5 % of A's pictures do. The eight pictures, four of
# A and four of the others, have the smallest errors; every reconstruction shows B.
#
# </details>

# %% [markdown]
# So the network's error appears to tell B from other people. But does a small error mean that a
# picture shows B?
#
# ### Exercise 6: get past the alarm
#
# Make a picture of *nobody* that raises *no* alarm. Any array of shape `(48, 48, 3)` with values
# from 0 to 1 will do, as long as it shows neither B nor anyone else in the data. Use NumPy, or
# `trained` and its two halves, `squeezer` and `drawer`. What kind of picture does this network
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
# - *random code*: decoded from 64 random numbers, each drawn with its usual mean and standard
#   deviation;
# - *half and half*: the average of a picture of A and the mean face;
# - *drawn before*: the network's own reconstruction of a picture of A, used as its input.
#
# Where there are several pictures of a kind, the one with the median error is shown.

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
# The error doesn't tell us whether a picture shows B. It tells us how well *this network* can
# reconstruct the picture. The plain colour raises the alarm, although nothing could be simpler,
# because the network has never learnt to draw one. The mean face passes, and so do 186 of the 200
# random codes and all 800 reconstructions of A. These reconstructions have a median error of 0.011,
# compared with 0.020 for B's own pictures. Once B's decoder has drawn her, A is more like B by this
# measure than B himself is.
#
# The mean face doesn't pass just because it lacks fine detail: the plain colour has none either, and
# fails. Two controls are missing here: the mean of the other people, which is also blurred, and
# blurred pictures of B.
#
# A swapped face *is* the output of such a decoder, so this alarm is likely to miss it. Lesson 6
# builds other detectors and examines how far they can be trusted.
#
# ## Quiz
#
# 1. A picture has 6,912 values and its code has 64. Why can't any such network copy *every possible*
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
# The next cell checks the claims of this lesson against your own figures. Each network was trained
# only once, with a single random seed, so small differences between two networks prove nothing.

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
# - An autoencoder compresses a picture to a code and reconstructs the picture from it. With 64
#   numbers, its error on the test set was 0.028, compared with 0.111 for the mean face.
# - A single number of the code affects a large part of the picture (median: 23 % of the pixels).
# - With a small code, the network has a lower error than PCA; with 128 numbers, PCA has the lower
#   error.
# - For the same error, a code takes 32 bytes and a WebP file 285, but the code needs a decoder and
#   works for one person only.
# - The decoder draws B whatever its input is, and a small error doesn't prove that a picture shows
#   B.
#
# ## Go further
#
# 1. Which is it, the warmth of the light or the room? Import `latent` from `swaplib`, fit a linear
#    regression of `single` on `latent.columns(factors, ["look"])`, and compare its R² with the
#    squared correlations above. Then correlate `single` with the mean brightness of each picture.
# 2. Damage the test pictures: add noise, or paint a bar across the nose. Reconstruct them with
#    `networks.shipped("code_64")`, with `networks.shipped("code_16")` and with PCA. Does a larger
#    code repair a picture better?
#
# **Next:** [02 · Many faces](02_many_faces.ipynb) examines the code of a network that was trained on
# 1,300 people. What do its numbers encode?
#
# **Sources.** G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural
# networks", *Science* 313, 2006. P. Baldi and K. Hornik, "Neural networks and principal component
# analysis: learning from examples without local minima", *Neural Networks* 2, 1989. N. Giansiracusa,
# "The simple, elegant idea behind face swap deepfakes", ODSC, 2021, adapted from his book *How
# Algorithms Create and Prevent Fake News*, Apress, 2021. The faces and the shoe were rendered from
# MakeHuman's CC0 assets; the picture of the cat comes from scikit-image (public domain).
