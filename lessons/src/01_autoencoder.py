# %% [markdown]
# # 01 · Autoencoder
#
# *Make a network describe a face in a few numbers, and it has to find out what faces are.*
#
# **You will learn**
#
# - what an encoder, a code, a decoder and a reconstruction are, by building them;
# - what the numbers of a code look like, and what happens to the face when you change one;
# - how the error falls as the code grows, and what a linear method, principal component analysis
#   (PCA), makes of the same number of numbers;
# - how a code compares with a JPEG and a WebP, bit for bit;
# - what a network that has only seen one person does with a shoe, and why that makes a poor alarm.
#
# **You need first:** some Python and NumPy. You have heard that a neural network is a stack of layers
# whose weights are fitted to examples. Other terms are explained when they first appear, and listed
# in the [glossary](https://github.com/two-decoders/two-decoders/blob/main/docs/glossary.md).
#
# **Time:** 4 minutes on a CPU, 3 minutes on a GPU, and an hour to read and play.

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
# Here are six pictures of one man. Below them is what is left when each is squeezed through a few
# numbers and drawn again. He is rendered; nobody was photographed. Behind the slider are eight
# networks, one for each position. They were trained beforehand on other pictures of him.
#
# Run the cells from the top down to the next one, and a slider appears under the pictures. Move it. With
# how many numbers can you first tell which way he is looking? When do you first see what his mouth is
# doing?

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
# A network that returns its own input through a narrow middle is called an **autoencoder** (Hinton and
# Salakhutdinov made it popular in 2006), and it is half of a face swap. N. Giansiracusa explains the
# other half in an article, [The simple, elegant idea behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/) (ODSC, 2021).
# It makes its claims in words; in this course you test them. Here is the first: *a narrow middle
# forces the network to compress. It returns what it was fed, from a few numbers.*
#
# ## The data
#
# A batch of faces is an array of shape `(n, height, width, 3)`: red, green and blue, from 0 to 1.
# The networks learn from the training pictures and are judged on the others, which they never see
# while they learn.

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
# The **encoder** turns a picture into a **code**: a short list of numbers. It is made of
# **convolutions**. A convolution slides a small window over the picture, 5 × 5 pixels here, and looks
# for the same thing everywhere: an edge, a dark spot. Each *channel* of its output is a map of where
# one such thing was found. With a **stride** of 2 the window skips every other pixel, so the output is
# half as wide and half as high. Three convolutions take 48 pixels to 6. Then one **dense** layer, in
# which every output is a weighted sum of all inputs, leaves as many numbers as the code has.
#
# After each convolution comes an **activation**, a simple bent function: `leaky_relu` keeps positive
# numbers and shrinks negative ones. Without it, three layers could do no more than one.

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
# ### Exercise 1: how narrow is it?
#
# How many numbers of the picture are there for each number of the code?

# %% tags=["exercise"]
### BEGIN SOLUTION
times_smaller = SIZE * SIZE * 3 / CODE
### END SOLUTION
check.times_smaller(times_smaller)

# %% [markdown]
# ## Decoder
#
# The **decoder** goes the other way, from the code to a picture. This is the shape of the whole:

# %%
shapes = {"picture": (48, 48, 3), "": (24, 24, 8), " ": (12, 12, 16), "  ": (6, 6, 32), "code": (64,),
          "   ": (6, 6, 32), "    ": (12, 12, 32), "     ": (24, 24, 16), "      ": (48, 48, 8),
          "drawn again": (48, 48, 3)}
show.picture(show.network(shapes), "Boxes that get smaller, from the picture of 48 by 48 pixels down to "
             "a bar of 64 numbers in the middle, and then larger again up to a picture of the same size.")

# %% [markdown]
# ### Exercise 2: write the decoder
#
# It needs four kinds of layers:
#
# - `layers.Dense(6 * 6 * 32, activation="leaky_relu")` makes enough numbers from the code;
# - `layers.Reshape((6, 6, 32))` arranges them as a small picture with 32 channels;
# - `layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="leaky_relu")` is a
#   **transposed convolution**: each input pixel paints a 4 × 4 window into the output, and with a
#   stride of 2 width and height double;
# - `layers.Conv2D(3, 3, padding="same", activation="sigmoid")` makes the three colours. The `sigmoid`
#   squeezes any number to between 0 and 1.
#
# How many transposed convolutions take 6 pixels back to 48?

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
# From here on the lesson uses the decoder that you wrote, and its own if you wrote none.

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
# The picture is both the input and the wanted output: `fit(train, train)`. The **loss** says how far
# apart the two are; here it is the mean absolute difference. Training looks at 16 pictures at a time
# and changes all weights a little, so that the loss gets smaller. How large these steps are is up to
# the method: **Adam** gives each weight its own step size, and **cosine decay** lets all of them
# shrink to 0 towards the end. One **epoch** goes once through all training pictures. A **callback** is
# a piece of code that `fit` calls as it goes; this one shows how far it has got.

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
# What comes out is the **reconstruction**. It is judged on the unseen pictures, beside a rival that
# knows nothing about the picture: the mean of all training pictures.

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
# ## The code itself
#
# Here is what passes through the middle. Only these numbers reach the decoder. Everything it draws,
# it draws from them.

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
# **Predict before you run.** Take one code and change a *single* one of its numbers, by as much as it
# usually varies. In what share of the pixels do you see a change (more than 1 % of the range)? If the
# number stood for the eyes alone, it would be a few per cent.
#
# Put your prediction in place of the dots, and run both cells. What the second one prints is folded to a
# grey line until you run it, here and wherever you are asked to predict.

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
# That was the median of all 64. Now edit the code yourself: choose a number and move it. On the right
# is what changed, four times as strong; grey means no change. Can you find a number that does one
# thing only?

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
# ### The smallest code
#
# At its first position, the slider at the top shows a network that describes a face with a *single*
# number. If you had only one, what would you say about a face?
#
# **Predict:** which of the things that vary follows this number most closely? They are called
# `"yaw"` (turning left or right), `"pitch"` (up or down), `"mouth_open"`, `"smile"`, `"blink"`,
# `"light_azimuth"` (where the light comes from), `"light_key"` (how strong it is), `"light_warmth"`.

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
# A network that has to get the most pixels right with one number spends it on whatever changes the
# most pixels.
#
# ## How many numbers does a face need?
#
# **Predict before you run.** Double the code again and again: 1, 2, 4 … 128. At which size does the
# error fall below *half* of what the mean face has?

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
# ### Exercise 3: PCA, the rival without a network
#
# **Principal component analysis** (PCA) describes a picture as the mean face plus a weighted sum of
# `k` fixed pictures. The `k` weights are the code. It chooses the fixed pictures so that the squared
# error on the training pictures is as small as it can be for any *linear* method. scikit-learn has it.
# Write the function that fits PCA to the training pictures and returns what it makes of the `unseen`
# ones. (`PCA(k).fit(x)`, then `transform` gives codes and `inverse_transform` goes back. PCA wants
# rows: `x.reshape(len(x), -1)`.)

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
# The chart has your PCA, your networks, and the shipped ones of the first picture: the same network,
# trained in the same way for four times as many epochs.

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
# Look at both ends of the curves. With few numbers the networks that were trained longer are well
# ahead, and there is a reason. As a head turns, the nose moves across the picture. A weighted sum of a
# few fixed pictures can't move anything; it can only fade one picture out and another in. A network
# bends, and can.
#
# With the most numbers, 128, PCA is ahead. From enough fixed pictures a nose can be put together in any
# place. See how both do where it should be hardest for PCA, with turned heads alone:

# %% tags=["answer"]
turned = np.abs(dataset.load("test_b", SIZE).factors["yaw"]) > 20  # degrees
turned_errors = {k: (error(linear_again[k][turned], unseen[turned]),
                     error(longer_again[k][turned], unseen[turned])) for k in (4, 128)}
for k, (linear_error, network_error) in turned_errors.items():
    print(f"{k:3} numbers, {turned.sum()} turned heads: PCA {linear_error:.3f}, network {network_error:.3f}")

# %% [markdown]
# So a linear method can draw a turned head; it only takes many pictures to do so. And PCA finds its
# answer directly, in a second, where a network searches step by step. **A linear method is a serious
# rival.** A chart that leaves it out says little.
#
# ## A linear autoencoder is PCA
#
# The two are related. Take the activations away: one dense layer in, one dense layer out, squared
# error. The best such network spans the same space as the first `k` principal components (Baldi and
# Hornik, *Neural Networks* 2, 1989). Try it on small grey pictures, where it trains in seconds.

# %%
K = 5
grey = dataset.load("person_b", 16).images.mean(axis=-1).reshape(800, -1)
grey -= grey.mean(axis=0)
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.Input((256,)), layers.Dense(K, use_bias=False),
                           layers.Dense(256, use_bias=False)])
steps = pick(ci=400, cpu=1500)
rate = keras.optimizers.schedules.CosineDecay(5e-3, steps)
linear.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
linear.fit(grey, grey, batch_size=800, epochs=steps, verbose=0)

pca = PCA(K, random_state=0).fit(grey)
best = float(np.mean((pca.inverse_transform(pca.transform(grey)) - grey) ** 2))
reached = float(linear.evaluate(grey, grey, verbose=0))
q, _ = np.linalg.qr(linear.layers[1].get_weights()[0].T)     # the directions the decoder draws with
cosines = np.linalg.svd(pca.components_ @ q, compute_uv=False)  # of the angles between both spaces
print(f"squared error: PCA {best:.6f}, linear autoencoder {reached:.6f}")
print("cosines of the angles between the two spaces:", np.round(cosines, 3))

# %% [markdown]
# A cosine of 1 means that a direction lies in both spaces. So the spaces agree. The single numbers
# don't: PCA orders them by size and keeps them uncorrelated, while the network takes any mixture that
# draws the same. Keep that in mind for lessons 2 and 3: **nobody tells a code to have tidy axes.**
#
# ## Bit for bit
#
# A code is a compressed picture. How does it compare with the formats that everybody uses, JPEG and
# WebP? For a fair answer, count bits. A number of the code doesn't need 32 of them.
#
# From here on we use the shipped network with a code of 64, so that everybody has the same figures.
#
# ### Exercise 4: a coarser code
#
# With `bits` bits a number can take `2**bits` values. Spread them evenly from `low` to `high`, with
# both ends included, and move each number of the code to the nearest. A number outside the range goes
# to the nearer end.

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
# **Predict:** at the same error, which takes the fewest bytes: `"JPEG"`, `"WebP"` or `"code"`?

# %%
prediction_bytes = ...  # for example "JPEG"

# %% [markdown]
# JPEG files are written with tables that are optimised for each picture, and whole files are counted,
# headers and all, since that is what you would have to send. The dotted curve leaves the JPEG's tables
# and headers out, as if both sides had agreed on them beforehand. The code's curve has only the code:
# both sides have agreed on the decoder.

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
# Read the chart from left to right. The code is small, and rounding hardly hurts it. But it soon
# stops getting better: whatever its decoder can't draw, no number of bits brings back. JPEG and WebP
# go on to any quality, for any picture. They know nothing about faces. The code knows one face and
# nothing else: what all pictures of him share lies in the decoder's weights, and the code only says
# what differs. (About half of a JPEG of this size is tables and headers. Without them, it would need
# hardly more bytes than a WebP.)
#
# ### Exercise 5: when does it pay?
#
# The decoder has to be sent too, once. From how many pictures on do codes and decoder together take
# fewer bytes than WebP files?

# %% tags=["exercise"]
webp_bytes, decoder_bytes, code_bytes = 280, 200_000, 32  # rounded, so that all get one answer
### BEGIN SOLUTION
pictures_needed = decoder_bytes / (webp_bytes - code_bytes)
### END SOLUTION
check.pictures_needed(pictures_needed)

# %% [markdown]
# ## What it has never seen
#
# Now the same network gets an upside-down face, another person, a cat, a shoe and noise.
#
# **Predict:** which of these comes out with the smallest error? They are called `"upside down"`,
# `"somebody else"`, `"cat"`, `"shoe"` and `"noise"`. And what will the shoe look like?

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
# Whatever it is shown, it draws him, or pieces of him. Its decoder knows nothing else. That is not a
# defect; the whole course stands on it: **a decoder draws the person it was trained on.** Give it the
# code of somebody else, and if the code means the same, he will do what they do. That is lesson 4.
#
# ## An alarm
#
# A large error seems to say that a picture is not of him. So set an alarm, which goes off when a picture
# comes out worse than nearly all of his own. The threshold is chosen on one half of the
# unseen pictures and tried on the other half.

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
# That was an easy test: nobody takes a shoe for him. Try the alarm on people: on 1,500 others, and on
# 800 pictures of one woman, whom you will meet again in lessons 3 and 4. Her skin is much like his, and
# she turns her head, makes faces and stands in all sorts of light as he does.
#
# **Predict:** what share of her pictures raises *no* alarm?

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
# Strangers set off the alarm, and nearly always she does too. The eight pictures, four of her and four
# of others, are those that come closest to passing, or do pass. Whoever goes in, he comes out.
#
# It looks as if the network that draws him had become a detector of him. Has it?
#
# ### Exercise 6: get past the alarm
#
# Make a picture of *nobody* that raises *no* alarm. Anything goes that has the shape `(48, 48, 3)` and
# numbers from 0 to 1, except a picture of him, or of anybody else in the data. Use NumPy, or `trained`
# and its two halves, `squeezer` and `drawer`. What is this network good at drawing?

# %% tags=["exercise"]
### BEGIN SOLUTION
impostor = train.mean(axis=0)  # nobody has this face, and it has no fine detail to get wrong
### END SOLUTION
check.impostor(impostor, trained, threshold)

# %% [markdown]
# Here are more pictures of nobody. *Plain colour* is the mean colour of his pictures. A *random code*
# has 64 random numbers, each about as large as it usually is. *Half and half* is the mean of a picture
# of the woman and the mean face. For *drawn before*, the network first draws a picture of the woman;
# then it is given its own drawing. Where there are many of a kind, the one with the median error is shown.

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
# The error doesn't say whether it is him. It says how easy a picture is to draw *for this network*. A
# plain colour looks easy, but this network has never learnt to draw one. The mean face is easy: it has
# no fine detail to get wrong. Easiest of all is what the network has drawn itself, since that holds
# nothing it can't draw. By this measure the woman, once his decoder has drawn her, is more like him
# than he is.
#
# Keep that in mind for fakes: a swapped face *is* drawn by such a decoder, and this alarm is likely to
# let it pass.
#
# An alarm is as good as the cases it was tried on. Lesson 6 builds detectors, and comes back to that.
#
# ## Quiz
#
# 1. Why can't the network learn to copy its input exactly? (a) The loss forbids it. (b) The code has
#    too few numbers. (c) It is trained too briefly.
# 2. An autoencoder of only dense layers without activations is trained on squared error. What does it
#    find? (a) Clusters. (b) The nearest training picture. (c) The space of the first principal
#    components.
# 3. A network trained on one person gets a picture of a shoe. Where do the eyes in its output come
#    from? (a) From the decoder's weights. (b) From the code. (c) From the shoe.

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
# **Next:** [02 · Many faces](02_many_faces.ipynb) opens the code of a network that was trained on
# 1,300 people. What do its numbers stand for?
#
# **Sources.** G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural
# networks", *Science* 313, 2006. P. Baldi and K. Hornik, "Neural networks and principal component
# analysis: learning from examples without local minima", *Neural Networks* 2, 1989. N. Giansiracusa,
# "The simple, elegant idea behind face swap deepfakes", ODSC, 2021, adapted from his book *How
# Algorithms Create and Prevent Fake News*, Apress, 2021. The faces and the shoe are rendered from
# MakeHuman's CC0 assets; the cat is from scikit-image (public domain).
