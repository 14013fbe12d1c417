# %% [markdown]
# # 01 · Autoencoder
#
# *Force a network to describe a face with a handful of numbers, and it has to learn what faces are.*
#
# **You will learn**
#
# - how to build an encoder and a decoder, and what a code and a reconstruction are;
# - what the numbers in a code look like, and how changing one of them changes the face;
# - how the error falls as the code grows, both for a network and for principal component analysis
#   (PCA), a linear method;
# - how many bytes a code takes, compared with a JPEG or WebP file of the same quality;
# - how a network trained on one person reconstructs damaged and unfamiliar pictures, and whether
#   its error can serve as an alarm.
#
# **Before you start, you need:** some Python and NumPy, and a rough idea of neural networks. Terms
# are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 4 minutes to run on a CPU, or 3 on a GPU, plus about three hours to read, experiment and
# do the exercises, with a good place for a break in the middle. Each section states how long it
# takes.

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

    from swaplib.exercises import lesson_01 as check
    from swaplib.notebook import Live, charts, code_charts, show
    from swaplib.notebook.budget import announce, pick

keras.utils.set_random_seed(1)
announce(cpu=4, gpu=3)

# %% [markdown]
# ## The result first
#
# *5 minutes.* The first row below shows six computer-rendered pictures of one man, person B. The
# second row shows each picture reconstructed from a few numbers, and the third shows what was thrown
# away: the difference between the two, doubled (grey means no difference). Each position of the
# slider uses a different network, trained beforehand on other pictures of B.
#
# Run the cells up to and including the next one, then move the slider. How many numbers does it
# take before you can tell which way B is facing, or what his mouth is doing? What is still thrown
# away with 128 numbers?

# %%
with muted():
    from ipywidgets import SelectionSlider

    from swaplib import networks
    from swaplib.crops import dataset
    from swaplib.networks import autoencoder

SIZE = 48  # pixels
unseen = dataset.load("test_b", SIZE).images  # pictures that no network here is trained on
six = unseen[[0, 3, 8, 14, 21, 30]]
ready = {k: networks.shipped(f"code_{k}").predict_on_batch(six) for k in autoencoder.CODE_SIZES}


def squeeze(numbers):
    lost = np.clip(0.5 + 2 * (six - ready[numbers]), 0, 1)  # grey where nothing was thrown away
    return show.grid({"picture": six, "reconstruction": ready[numbers], "thrown away": lost}, size=104)


Live(squeeze, {"numbers": SelectionSlider(options=list(ready), value=8, description="numbers")},
     alt="Six faces; below each, its reconstruction from a few numbers and what was thrown away.")

# %% [markdown]
# A network trained to reproduce its input through a narrow middle layer is called an
# **autoencoder** (made popular by Hinton and Salakhutdinov in 2006). This course tests the claims
# of an article on face swaps by N. Giansiracusa, [The simple, elegant idea behind face swap
# deepfakes](https://odsc.com/blog/the-simple-elegant-idea-behind-face-swap-deepfakes/) (ODSC,
# 2021). Its first claim is that *a narrow middle forces the network to compress: it rebuilds its
# input from a few numbers.*
#
# ## The data
#
# *5 minutes.* A batch of faces is an array of shape `(n, height, width, 3)` with red, green and
# blue values from 0 to 1. The networks are trained on the training set, `train`, and evaluated on
# the test set, `unseen`.

# %% tags=["nbval-check-output"]
train = dataset.load("person_b", SIZE).images
print("training", train.shape, train.dtype)
print("testing ", unseen.shape)
print("numbers in one picture:", train[0].size)

# %%
show.picture(show.grid([train[:10], train[10:20]]),
             "Twenty training pictures of one man with short dark hair, in a grey T-shirt: he turns "
             "his head, frowns, smiles and opens his mouth, in different light and in front of "
             "different walls.")

# %% [markdown]
# ## Encoder
#
# *15 minutes, with exercise 1.* The **encoder** turns a picture into a **code**, a short list of
# numbers. It is built from **convolutions**. Each convolution slides a small window of weights,
# here 5 × 5 pixels, over the picture and computes the same weighted sum at every position. Each
# *channel* of the output shows where one pattern, such as an edge, was found. With a **stride** of
# 2, the window moves two pixels at a time, so the output is half as wide and half as high. Three
# convolutions reduce 48 pixels to 6. Finally, a **dense** layer, whose outputs are weighted sums of
# all inputs, produces the code.
#
# Each convolution is followed by an **activation**, a simple nonlinear function. `leaky_relu`
# leaves positive numbers unchanged and scales negative ones down. Without activations, a stack of
# layers could compute no more than a single layer.

# %% tags=["nbval-check-output"]
from keras import layers

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
# By what factor does the encoder reduce the number of values in a picture? (For grey pictures of
# 20 × 20 pixels and a code of 10 numbers, the answer would be 40.)

# %% tags=["exercise"]
### BEGIN SOLUTION
times_smaller = SIZE * SIZE * 3 / CODE
### END SOLUTION
check.times_smaller(times_smaller)

# %% [markdown]
# ## Decoder
#
# *20 minutes, with exercise 2.* The **decoder**, to the right of the code in the diagram below, turns
# the code back into a picture.

# %%
shapes = {"picture": (48, 48, 3), "": (24, 24, 8), " ": (12, 12, 16), "  ": (6, 6, 32), "code": (64,),
          "   ": (6, 6, 32), "    ": (12, 12, 32), "     ": (24, 24, 16), "      ": (48, 48, 8),
          "reconstruction": (48, 48, 3)}
show.picture(show.network(shapes, {"encoder": (0, 4), "decoder": (4, 9)}),
             "Boxes that get smaller, from the picture of 48 by 48 pixels down to a bar of 64 numbers "
             "in the middle: the encoder. Then they get larger again, up to a picture of the same "
             "size: the decoder.")

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
    """A model that maps codes (n, code_size) to pictures (n, 48, 48, 3), from 0 to 1."""
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
# If the check printed *Right*, the lesson now uses your decoder; otherwise, it uses the course's
# own. The same applies to all later exercises.

# %%
build_decoder = check.accepted(check.decoder, build_decoder, check.our_decoder)


def build_autoencoder(code_size):
    picture = keras.Input((SIZE, SIZE, 3))
    code = build_encoder(code_size)(picture)
    return keras.Model(picture, build_decoder(code_size)(code))


keras.utils.set_random_seed(1)
model = build_autoencoder(CODE)
encoder, decoder = model.layers[1:]
for part in (encoder, decoder):
    print(f"{part.name}: {part.count_params():,} weights")

# %% [markdown]
# ## Training
#
# *10 minutes.* Each picture serves as both the input and the target: `fit(train, train)`. The
# **loss** measures how far the output is from the target; here it is the **mean absolute error**
# over all $N$ values of a picture $x$ and its reconstruction $\hat{x}$:
#
# $$L = \frac{1}{N} \sum_{i=1}^{N} \left| x_i - \hat{x}_i \right|$$
#
# Each step takes a **batch** of 16 pictures and changes all weights slightly so that the loss
# falls. The optimiser **Adam** adapts the step size for each weight, and **cosine decay** reduces
# all step sizes to 0 by the end. One **epoch** is one pass through the training set. A **callback**
# is code that `fit` runs during training; the one below updates a preview.

# %%
EPOCHS = pick(ci=8, cpu=30, gpu=80)


def fit(model, epochs=EPOCHS, **options):
    """Fit an autoencoder to the training pictures and return the loss after each epoch."""
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * len(train) // 16)
    model.compile(keras.optimizers.Adam(rate), loss="mean_absolute_error")
    done = model.fit(train, train, batch_size=16, epochs=epochs, verbose=0, **options)
    return done.history["loss"]


preview = show.changing(show.row(six), "Six faces before training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 5 == 4:
            again = self.model.predict_on_batch(six)
            preview(show.grid({"picture": six, "reconstruction": again}),
                    f"Six faces and their reconstructions after {epoch + 1} epochs.")


history = fit(model, callbacks=[Preview()])
print(f"loss: {history[0]:.3f} after the first epoch, {history[-1]:.3f} after the last")

# %% [markdown]
# We evaluate the output of the autoencoder, the **reconstruction**, on the test set and compare it
# with a **baseline** that ignores its input: the mean of all training pictures.

# %%
def error(made, truth=unseen):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


mean_face = train.mean(axis=0)
again = model.predict(unseen, verbose=0)
print(f"reconstruction: {error(again):.3f}     mean face: {error(mean_face):.3f}")
show.picture(show.grid({"picture": unseen[:8], "reconstruction": again[:8],
                        "mean face": np.repeat(mean_face[None], 8, 0)}, 80),
             "Eight unseen faces; below each, its reconstruction, a little blurred; at the bottom, the "
             "mean face, repeated eight times: a ghostly face looking straight ahead.")

# %% [markdown]
# ## The code
#
# *15 minutes.* The bars show the codes of three pictures. The decoder sees nothing else, so all
# differences between the reconstructions must come from these 64 numbers.

# %%
codes = encoder.predict(train, verbose=0)
shown = encoder.predict_on_batch(six[:3])
show.picture(code_charts.code_bars(six[:3], shown),
             "Three faces, each above 64 bars, some pointing up and some down, in a different pattern "
             "for each face. Nothing shows what any single bar stands for.")

# %% [markdown]
# **Predict before you run.** Suppose you change a *single* number in a code by one standard
# deviation. In what percentage of the pixels does at least one colour channel change by more than 1%
# of its range (2.5 of 255 levels)? For comparison, the two eyes together cover a few per cent of the
# picture.
#
# Replace the dots with your prediction and run both cells. For this prediction and all later ones,
# the output of the second cell stays hidden behind a grey line until you run that cell.

# %%
prediction_pixels = ...  # per cent, for example 5

# %% tags=["answer"]
spread = codes.std(axis=0)               # how much each number varies
one_changed = shown[0] + np.diag(spread)  # row k: the code with number k changed
before = decoder.predict_on_batch(shown[:1])
after = decoder.predict_on_batch(one_changed)
change = np.abs(after - before).max(axis=-1)  # (64, 48, 48), the largest of the three channels
pixels, plain = ((change > size).mean(axis=(1, 2)) for size in (0.01, 0.03))
check.predicted(prediction_pixels, round(100 * float(np.median(pixels))), "per cent")
print(f"changed by more than 3%: {100 * np.median(plain):.0f} per cent of the pixels")

# %% [markdown]
# Both figures are medians over all 64 numbers, for one face. They depend on the threshold: a
# threshold of 1% includes changes too faint to see, whereas far fewer pixels change by more than 3%,
# about 8 levels.
#
# Now choose a number and move it with the second slider, which is scaled in standard deviations.
# The picture on the right shows the change, amplified four times; grey means no change. Can you
# find a number that changes only one feature of the face?

# %%
def edited(number, by):
    """The first face before and after one number of its code moves by `by` standard deviations."""
    changed = shown[0].copy()
    changed[number - 1] += by * spread[number - 1]
    before, after = decoder.predict_on_batch(np.stack([shown[0], changed]))
    return show.side_by_side({"before": before, "after": after,
                              "change": np.clip(0.5 + 4 * (after - before), 0, 1)}, height=220)


with muted():
    from ipywidgets import FloatSlider, IntSlider

Live(edited, {"number": IntSlider(1, min=1, max=CODE, description="number"),
              "by": FloatSlider(2, min=-4, max=4, step=0.1, description="change")},
     alt="A face, the same face after one number of its code was changed, and the difference.")

# %% [markdown]
# ### A code of one number
#
# The smallest network behind the slider at the top describes a face with a *single* number.
#
# **Predict:** which factor explains most of that number's variance? The candidates are `"yaw"`
# (turning left or right), `"pitch"` (tilting up or down), `"mouth_open"`, `"smile"`, `"blink"`,
# `"light_azimuth"` (the direction of the light), `"light_key"` (its strength), `"light_warmth"`
# (its colour) and `"look"` (one of six rooms, each with its own wall and lamp).

# %%
prediction_one = ...  # for example "smile"

# %% tags=["answer"]
from swaplib import latent

one = networks.shipped("code_1")
b, test_b = dataset.load("person_b", SIZE), dataset.load("test_b", SIZE)
single, single_unseen = (one.get_layer("encoder").predict(x, verbose=0) for x in (train, unseen))
steps = np.quantile(single, np.linspace(0.02, 0.98, 9))[:, None]
strip = one.get_layer("decoder").predict_on_batch(steps)
names = ("yaw", "pitch", "mouth_open", "smile", "blink",
         "light_azimuth", "light_key", "light_warmth", "look")
follows = {name: latent.r2(latent.columns(b.factors, [name]), single,
                           latent.columns(test_b.factors, [name]), single_unseen) for name in names}
brightness = float(np.corrcoef(single_unseen[:, 0], unseen.mean(axis=(1, 2, 3)))[0, 1])
check.predicted(prediction_one, max(follows, key=follows.get))
charts.table({"share explained": follows})
print(f"correlation with the mean brightness of the picture: {abs(brightness):.2f}")
show.picture(show.row(strip, 72), "Nine faces, decoded from one number that rises from left to right.")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# The room explains the largest share of the variance on unseen pictures, 0.78, while the warmth of
# the light, the best of the other candidates, explains 0.26. Without `look` in the list, warmth
# would have come first, although it matters largely because each room has its own lamp. And the
# room itself may stand for something simpler, since the number has a correlation of 0.89 with the
# mean brightness of the picture. An error averaged over all pixels favours a number that encodes
# whatever changes the most pixels.
#
# </details>

# %% [markdown]
# ## How many numbers does a face need?
#
# *20 minutes, with exercise 3.* **Predict before you run.** Suppose that we repeatedly double the
# size of the code, from 1 to 128. At first, each doubling lowers the error a lot. At which size does
# doubling first lower the error by less than a tenth? We use the networks behind the slider at the
# top, and train some ourselves to see whether a shorter training run gives the same curve.

# %%
prediction = ...  # for example 64

# %% tags=["answer"]
def error_of(code_size):
    """The error of a network with a code of another size, trained in the same way."""
    keras.utils.set_random_seed(1)
    network = build_autoencoder(code_size)
    fit(network)
    return error(network.predict(unseen, verbose=0))


errors = {k: error(again) if k == CODE else error_of(k)
          for k in pick(ci=(2, 64), cpu=autoencoder.CODE_SIZES)}
longer_again = {k: networks.shipped(f"code_{k}").predict(unseen, verbose=0)
                for k in autoencoder.CODE_SIZES}
longer = {k: error(made) for k, made in longer_again.items()}
bend = next(k for k in longer if 2 * k in longer and longer[2 * k] > 0.9 * longer[k])
check.predicted(prediction, bend, "numbers")

# %% [markdown]
# ### Exercise 3: PCA, a linear baseline
#
# **Principal component analysis** (PCA) describes a picture as the mean face $\bar{x}$ plus a
# weighted sum of $k$ fixed pictures $u_1, \ldots, u_k$, the **components**. The weights $z_j$ are
# the code:
#
# $$\hat{x} = \bar{x} + \sum_{j=1}^{k} z_j u_j \qquad \text{with} \qquad z_j = u_j \cdot (x - \bar{x})$$
#
# The components have unit length and are orthogonal to each other. Among all *linear* methods with
# $k$ numbers, PCA has the smallest squared error on the training set. Write a function that fits
# scikit-learn's `PCA` to the training pictures and returns its reconstructions of the `unseen`
# pictures. `PCA(k).fit(x)` finds the components, `transform` computes codes, and
# `inverse_transform` turns codes back into pictures. PCA expects one picture per row:
# `x.reshape(len(x), -1)`. Here is how five reconstructions should look for `k = 16`.

# %%
show.picture(show.grid({"unseen": unseen[:5], "16 components": check.our_pca(16)[:5]}),
             "Five unseen pictures and, below each, its reconstruction from 16 components.")

# %% tags=["exercise"]
from sklearn.decomposition import PCA


### BEGIN SOLUTION
def pca_again(k):
    """Reconstructions of the unseen pictures by PCA with k components: (n, 48, 48, 3)."""
    pca = PCA(k, random_state=0).fit(train.reshape(len(train), -1))
    codes = pca.transform(unseen.reshape(len(unseen), -1))
    return pca.inverse_transform(codes).reshape(unseen.shape)
### END SOLUTION
check.pca_again(pca_again)

# %% [markdown]
# The chart compares your PCA, the networks trained here and the **shipped** networks, which are
# supplied with the course and are behind the slider at the top. They have the same architecture but
# were trained for 120 epochs.

# %% tags=["answer"]
pca_again = check.accepted(check.pca_again, pca_again, check.our_pca)
linear_again = {k: pca_again(k) for k in autoencoder.CODE_SIZES}
pca_errors = {k: error(made) for k, made in linear_again.items()}
lines = {"PCA (linear)": pca_errors, "autoencoder": errors, "autoencoder, trained longer": longer}
show.picture(code_charts.curves({name: (e.keys(), e.values()) for name, e in lines.items()},
                                "numbers in the code", "error on unseen pictures", autoencoder.CODE_SIZES,
                                level=("mean face", error(mean_face))),
             "The error against the size of the code. " + ". ".join(
                 f"{name}: {code_charts.told(dict(zip(map(str, e), e.values(), strict=True)), 3)}"
                 for name, e in lines.items()))
inside = test_b.masks() > 0.5  # pixels of the face, without hair, neck and wall
where = {f"code size {k}": {"inside the face": error(longer_again[k][inside], unseen[inside]),
                          "outside": error(longer_again[k][~inside], unseen[~inside])}
         for k in autoencoder.CODE_SIZES}
charts.table(where, "trained longer", digits=3)

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# The curve for the networks trained longer bends at about 16 numbers: the error is 0.030 with 8
# numbers, 0.025 with 16, 0.022 with 32, and 0.021 with 64 and 128. Beyond 32 numbers, there is
# little to gain. The smallest number of values needed to describe a data set is its **intrinsic
# dimension**. The renderer varied 22 factors (not all independent) and the pattern on the wall, so
# the curve bends at roughly the number of factors. This does not prove that the dimension is about
# 20: the decoder and the training also limit the error, and PCA's curve, the control, doesn't bend
# there but keeps falling. The table compares the face with the rest of the picture: with 4 numbers,
# the error is 0.035 inside the face and 0.046 outside; with 64 numbers, it is 0.021 for both.
#
# </details>

# %% [markdown]
# With a small code, the networks trained for longer are far ahead of PCA. One possible reason is
# movement. As a head turns, the nose moves across the picture, but a weighted sum of fixed
# pictures, unlike a nonlinear network, can only fade one picture out and another in. With 128
# numbers, however, PCA is ahead, so with enough components it can apparently imitate movement, too.
#
# If movement is the reason, turned heads should be the hardest for PCA. The next cell tests this.

# %% tags=["answer"]
turned = np.abs(dataset.load("test_b", SIZE).factors["yaw"]) > 20  # degrees
turned_errors = {k: (error(linear_again[k][turned], unseen[turned]),
                     error(longer_again[k][turned], unseen[turned])) for k in (4, 128)}
for k, (linear_error, network_error) in turned_errors.items():
    print(f"{k:3} numbers, {turned.sum()} turned heads: "
          f"PCA {linear_error:.3f}, network {network_error:.3f}")

# %% [markdown]
# With 4 numbers, the errors on turned heads are 0.061 for PCA and 0.039 for the network, compared
# with about 0.062 and 0.042 on all pictures. So turned heads are no harder for PCA than other
# pictures, which doesn't support the explanation. With 128 numbers, PCA reconstructs even the
# turned heads better than the network, although it needs no iterative training. **A linear method
# can be a strong baseline.**
#
# *This is a good place for a break. Save the notebook; when you come back, run all the cells above
# again.*
#
# ## Linear autoencoders and PCA
#
# *10 minutes.* PCA is closely related to a *linear* autoencoder, with one dense layer for the
# encoder, one for the decoder and no activations. With the squared error as its loss, the best such
# network spans the same space as the first `k` principal components (Baldi and Hornik, 1989). We
# test this on small grey pictures.

# %%
K = 5
grey = dataset.load("person_b", 16).images.mean(axis=-1).reshape(800, -1)
grey -= grey.mean(axis=0)
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.Input((256,)), layers.Dense(K, use_bias=False),
                           layers.Dense(256, use_bias=False)])
rounds = pick(ci=300, cpu=1500)  # each a single step: all 800 pictures form one batch
rate = keras.optimizers.schedules.CosineDecay(5e-3, rounds)
linear.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
linear.fit(grey, grey, batch_size=800, epochs=rounds, verbose=0)

pca = PCA(K, random_state=0).fit(grey)
best = float(np.mean((pca.inverse_transform(pca.transform(grey)) - grey) ** 2))
reached = float(linear.evaluate(grey, grey, verbose=0))
q, _ = np.linalg.qr(linear.layers[1].get_weights()[0].T)     # the directions the decoder uses
cosines = np.linalg.svd(pca.components_ @ q, compute_uv=False)  # of the angles between the two spaces
print(f"squared error: PCA {best:.6f}, linear autoencoder {reached:.6f}")
print("cosines of the angles between the two spaces:", np.round(cosines, 3))

# %% [markdown]
# A cosine of 1 means that the two spaces share a direction. All five cosines round to 1, so the
# spaces are the same, but the numbers in the two codes are not. PCA orders its components by variance
# and keeps their weights uncorrelated, while the network may settle on any mixture of the components
# that gives the same output. **Nothing in the training favours particular axes of the code**, which
# will matter in lessons 2 and 3.
#
# ## Codes against JPEG and WebP
#
# *20 minutes, with exercises 4 and 5.* A code is a compressed picture. To compare it fairly with
# JPEG and WebP, we count only the bits that each number needs, which are fewer than the 32 bits
# used to store it. From here on, we use the shipped network with 64 numbers, so that everyone gets
# the same figures.
#
# ### Exercise 4: quantise the code
#
# With `bits` bits, a number can take `2**bits` values. Space these values evenly from `low` to
# `high`, including both ends, and round each number of the code to the nearest of them. Clip numbers
# outside the range to the nearer end. With a range from 0 to 1 and 1 bit, for example, the numbers
# 0.2, 0.7 and 1.4 become 0, 1 and 1.

# %% tags=["exercise"]
### BEGIN SOLUTION
def quantised(codes, low, high, bits):
    """Codes (n, k), each number rounded to one of 2**bits values from low (k,) to high (k,)."""
    steps = 2**bits - 1
    share = np.clip((codes - low) / (high - low), 0, 1)  # 0 at low, 1 at high
    return low + np.round(share * steps) / steps * (high - low)
### END SOLUTION
check.quantised(quantised)

# %% [markdown]
# **Predict:** which takes the fewest bytes at the same error: `"JPEG"`, `"WebP"` or `"code"`?

# %%
prediction_bytes = ...  # for example "JPEG"

# %% [markdown]
# For JPEG and WebP, we count whole files, headers included, because every byte has to be sent. The
# JPEG files also contain tables optimised for each picture. The curve *picture data alone* omits
# headers and tables, as if both sides had agreed on them beforehand; likewise, the curve for the
# code assumes that the receiver has the decoder.

# %%
import cv2

some = unseen[:40]
JPEG = (cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_QUALITY)
WEBP = (cv2.IMWRITE_WEBP_QUALITY,)


def picture_data(file):
    """Bytes of a JPEG without headers and tables: those after the start of the scan (FF DA)."""
    scan = bytes(file).index(b"\xff\xda") + 2
    return len(file) - scan - int.from_bytes(bytes(file)[scan:scan + 2])


def files(kind, quality, *options):
    """(mean bytes, mean bytes without tables, error) of the pictures in one format at one quality."""
    plain = np.uint8(255 * some[..., ::-1] + 0.5)  # blue first, as OpenCV expects
    made = [cv2.imencode(kind, x, [*options, quality])[1] for x in plain]
    back = np.stack([cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1] for file in made])
    back = back / np.float32(255)
    bare = np.mean([picture_data(file) for file in made]) if kind == ".jpg" else 0
    return np.mean([len(file) for file in made]), bare, error(back, some)


# %% [markdown]
# We compare these files with two kinds of codes: those of the network with 64 numbers and, as a
# control, those of PCA with 128 components.

# %%
quantised = check.accepted(check.quantised, quantised, check.our_quantised)
trained = networks.shipped("code_64")
squeezer, drawer = trained.get_layer("encoder"), trained.get_layer("decoder")
components = PCA(128, random_state=0).fit(train.reshape(len(train), -1))


def by_pca(pictures):
    return components.transform(pictures.reshape(len(pictures), -1))


def from_pca(codes):
    return components.inverse_transform(codes).reshape(-1, SIZE, SIZE, 3)


def coded(bits, encode=squeezer.predict_on_batch, decode=drawer.predict_on_batch):
    """(bytes, error) of codes with this many bits per number."""
    low, high = np.quantile(encode(train), (0.01, 0.99), axis=0)
    codes = quantised(encode(some), low, high, bits)
    return codes.shape[1] * bits / 8, error(decode(np.asarray(codes, np.float32)), some)


# %% tags=["answer"]
QUALITIES = (1, 3, 5, 8, 12, 18, 25, 35, 50, 65, 80)
jpegs = np.array([files(".jpg", q, *JPEG) for q in QUALITIES])
webps = np.array([files(".webp", q, *WEBP) for q in QUALITIES])
coarse = np.array([coded(bits) for bits in (1, 2, 3, 4, 5, 6, 8, 16)])
coarse_pca = np.array([coded(bits, by_pca, from_pca) for bits in (2, 3, 4, 5, 6, 8, 16)])
figure = code_charts.curves({"JPEG, whole file": jpegs[:, [0, 2]].T,
                             "JPEG, picture data alone": jpegs[:, 1:].T,
                             "WebP, whole file": webps[:, [0, 2]].T, "code of 64 numbers": coarse.T,
                             "PCA, 128 numbers": coarse_pca.T},
                            "bytes per picture", "error", [8, 16, 32, 64, 128, 256, 512, 1024], top=0.14)
show.picture(figure, "Error against bytes per picture, for five ways of storing a picture.")
wanted = coarse[3, 1]  # the error of codes with 4 bits a number
needed = {"JPEG": np.interp(wanted, jpegs[::-1, 2], jpegs[::-1, 0]),
          "WebP": np.interp(wanted, webps[::-1, 2], webps[::-1, 0]), "code": coarse[3, 0]}
check.predicted(prediction_bytes, min(needed, key=needed.get))
print(f"for an error of {wanted:.3f}: " + ", ".join(f"{k} {n:.0f} bytes" for k, n in needed.items())
      + f"; JPEG without its tables {np.interp(wanted, jpegs[::-1, 2], jpegs[::-1, 1]):.0f}")
print(f"PCA, 128 numbers of 6 bits each: {coarse_pca[4, 0]:.0f} bytes, error {coarse_pca[4, 1]:.4f}; "
      f"the network at best {coarse[:, 1].min():.4f}")
print(f"size of the decoder, 2 bytes per weight: network {2 * drawer.count_params():,} bytes, "
      f"PCA {2 * (components.components_.size + components.mean_.size):,} bytes")

# %% [markdown]
# <details><summary><b>What the chart shows</b> (open it after your prediction)</summary>
#
# For an error of 0.022, the code takes 32 bytes, a WebP file 285 and a JPEG file 618, of which
# about half are tables and headers. But the code's curve is flat from 32 bytes on, because the
# remaining error comes from the network, not from the rounding, whereas JPEG and WebP, given enough
# bytes, can reach any quality for any picture. The code works for one person only: the decoder's
# weights store what all pictures of B have in common, and the code only the differences.
#
# PCA is the control. With 128 numbers of 6 bits it takes 96 bytes and has an error of 0.0187, lower
# than the network reaches with any number of bits (0.0210). But its decoder, which consists of the
# components, takes 1.8 MB, compared with 204 kB for the network's decoder. So a code made for one
# person is smaller than a file in a general-purpose format, and which code is best depends on what
# you count: with the decoder included, the network's is smaller, while PCA's has the lower error.
#
# </details>

# %% [markdown]
# ### Exercise 5: when does the code pay off?
#
# The decoder has to be sent as well, but only once. How many pictures does it take before the codes
# and the decoder together need fewer bytes than WebP files? Use the rounded figures in the cell, so
# that all readers get the same answer.

# %% tags=["exercise"]
webp_bytes, decoder_bytes, code_bytes = 280, 200_000, 32
### BEGIN SOLUTION
pictures_needed = decoder_bytes / (webp_bytes - code_bytes)
### END SOLUTION
check.pictures_needed(pictures_needed)

# %% [markdown]
# ## Unfamiliar pictures
#
# *10 minutes.* Now we feed the same network unfamiliar pictures.
#
# **Predict:** which of these has the smallest error: `"upside down"` (B's face), `"somebody else"`,
# `"cat"`, `"shoe"` or `"noise"`? And what will the shoe look like?

# %%
prediction_best = ...  # for example "cat"

# %%
from skimage.data import chelsea  # a cat; public domain, comes with scikit-image

from swaplib import DATA
from swaplib.files.picture import read_photo, resized

stranger = dataset.load("test_a", SIZE).images[0]
cat, shoe = (resized(photo, SIZE) / np.float32(255)
             for photo in (chelsea()[:, 75:375], read_photo(DATA / "shoe.jpg")))
noise = np.random.default_rng(0).random((SIZE, SIZE, 3), dtype=np.float32)
things = {"B": unseen[0], "upside down": unseen[0][::-1], "somebody else": stranger, "cat": cat,
          "shoe": shoe, "noise": noise}
inputs = np.stack(list(things.values())).astype(np.float32)

# %% tags=["answer"]
outputs = trained.predict_on_batch(inputs)
thing_errors = {name: error(y, x) for name, x, y in zip(things, inputs, outputs, strict=True)}
check.predicted(prediction_best, min([*things][1:], key=thing_errors.get))
show.picture(show.contact_sheet({name: np.stack(pair) for name, *pair in
                                 zip(things, inputs, outputs, strict=True)}, zoom=100 / SIZE),
             f"Six pictures; below each, its reconstruction. Errors: {code_charts.told(thing_errors, 3)}.")
print(code_charts.told(thing_errors, 3))

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
# ## Damaged pictures
#
# *10 minutes.* Since the network can only draw faces like B's, it should repair a damaged picture
# of him. We damage the test pictures in two ways: with noise, and with a grey bar across the nose.
# We measure the error against the undamaged pictures; for the bar, we count only the covered
# pixels.
#
# **Predict:** which repairs the covered nose better, the network with 64 numbers or the one with
# 16? The other sizes and PCA are the controls.

# %%
prediction_repair = ...  # 16 or 64

# %%
BAR = (slice(None), slice(22, 30), slice(12, 36))  # all pictures, eight rows, half the width
covered = unseen.copy()
covered[BAR] = 0.5
noisy = np.random.default_rng(0).normal(unseen, 0.15).clip(0, 1).astype(np.float32)


def pca_of(pictures, k):
    """Reconstructions of pictures from the first k components."""
    return from_pca(by_pca(pictures) * (np.arange(128) < k))


repairs = {"damaged": lambda x: x, "PCA 16": lambda x: pca_of(x, 16), "PCA 64": lambda x: pca_of(x, 64)}
repairs |= {f"code of {k}": networks.shipped(f"code_{k}").predict_on_batch
            for k in (4, 8, 16, 32, 64, 128)}

# %% tags=["answer"]
repaired = {name: {"noise": error(draw(noisy)), "bar": error(draw(covered)[BAR], unseen[BAR]),
                   "undamaged": error(draw(unseen))} for name, draw in repairs.items()}
better = min((16, 64), key=lambda k: repaired[f"code of {k}"]["bar"])
check.predicted(prediction_repair, better, "numbers")
charts.table(repaired, "error", digits=4)
show.picture(show.grid({name: repairs[name](covered[:7]) for name in
                        ("damaged", "PCA 64", "code of 16", "code of 64", "code of 128")}, 84),
             "Seven pictures with a bar across the nose, and four rows of reconstructions.")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# All of the methods repair the damage. Noise causes an error of 0.117. The network with 64 numbers
# reduces it to 0.030, but PCA, which needs no iterative training, does even better (0.026), because
# the linear method averages the noise away. In the covered pixels, where PCA reaches 0.033, the
# network with 16 numbers (0.029) beats the one with 64 (0.037).
#
# It is tempting to conclude that **the narrower code repairs better**, because it has no room for a
# bar. The controls don't bear this out. The network with 128 numbers repairs as well as the one with
# 16 (0.028), so 64 is the exception, not the rule. And when we trained both networks again with
# another random seed, the one with 64 numbers repaired as well as the one with 16 (0.027 and 0.026).
# The difference is an accident of one training run, not an effect of the size of the code.
#
# </details>
#
# ## Reconstruction error as an alarm
#
# *25 minutes, with exercise 6.* A large error seems to indicate that a picture doesn't show B. We
# therefore build an alarm that goes off if the error exceeds a threshold. We set the threshold so
# that 5% of the errors in one half of the test set exceed it, and test the alarm on the other half.
# As a control, we repeat this with 200 random splits.

# %%
def error_of_each(pictures):
    """The error of each picture when the shipped network reconstructs it."""
    return np.abs(trained.predict(pictures, verbose=0) - pictures).mean(axis=(1, 2, 3))


def false_alarms(errors):
    """The share of the second half above the threshold of the first."""
    first, second = np.split(errors, 2)
    return float((second > np.quantile(first, 0.95)).mean())


his = error_of_each(unseen)
threshold = float(np.quantile(his[::2], 0.95))
print(f"threshold {threshold:.3f}, false alarms on the other half {(his[1::2] > threshold).mean():.0%}")
rng = np.random.default_rng(0)
rates = [false_alarms(rng.permutation(his)) for _ in range(200)]
print(f"with 200 random splits: {min(rates):.0%} to {max(rates):.0%}, "
      f"median {np.median(rates):.0%}")
alarms = [name for name in things if thing_errors[name] > threshold]
print("alarms for the pictures above:", ", ".join(alarms))

# %% [markdown]
# With only 60 pictures in each half, we know the false-alarm rate only very roughly: depending on the
# split, it ranges from 0% to 23%, with a median of 7%. Keep this in mind for every percentage below.
#
# Telling a shoe from B is easy. We therefore try the alarm on 1,500 other people and on 800
# pictures of one woman, person A. Her skin tone is close to B's, and her poses, expressions and
# lighting cover the same range.
#
# **Predict:** what percentage of her pictures raise *no* alarm?

# %%
prediction_woman = ...  # per cent, for example 30

# %% tags=["answer"]
from swaplib.scoring.spotting import auc

woman, people = (dataset.load(name, SIZE).images for name in ("person_a", "many"))
hers, theirs = error_of_each(woman), error_of_each(people)
check.predicted(prediction_woman, round(100 * float((hers <= threshold).mean())), "per cent")
print(f"{(theirs <= threshold).sum()} of {len(people):,} other people raise no alarm")
print(f"AUC, B against A: {auc(his, hers):.3f}")
show.picture(code_charts.histograms({"B, the other half": his[1::2], "A": hers, "1,500 others": theirs},
                                    threshold, "error of a picture", end=0.16),
             "Three histograms of errors, one below the other, with the threshold as a line. Medians: "
             + code_charts.told({"B": np.median(his), "A": np.median(hers), "others": np.median(theirs)}, 3))

# %% tags=["answer"]
closest = [images[np.argsort(e)[:4]] for images, e in ((woman, hers), (people, theirs))]
closest = np.concatenate(closest)
show.picture(show.grid({"picture": closest, "reconstruction": trained.predict_on_batch(closest)}, 80),
             "The four pictures of A and the four of other people with the smallest errors, and their "
             "reconstructions.")

# %% [markdown]
# <details><summary><b>What the histograms show</b> (open it after your prediction)</summary>
#
# Only one of the 1,500 other people passes, and only 5% of A's pictures do. The **AUC**, the
# probability that a random picture of A has a larger error than a random one of B, is 0.987; unlike
# the percentages, it doesn't depend on the threshold. The grid shows the pictures with the smallest
# errors, four of A and four of other people; every reconstruction shows B.
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
# halves, `squeezer` (the encoder) and `drawer` (the decoder). What kind of picture does this
# network reconstruct well?

# %% tags=["exercise"]
### BEGIN SOLUTION
impostor = train.mean(axis=0)  # nobody has this face
### END SOLUTION
check.impostor(impostor, trained, threshold)

# %% [markdown]
# Here are some more pictures of nobody:
#
# - *plain colour*: the mean colour of B's pictures;
# - *mean face*: the mean of the training pictures;
# - *random code*: decoded from random numbers with the means and standard deviations of the training
#   codes;
# - *half and half*: the average of a picture of A and the mean face;
# - *reconstruction*: the network's own reconstruction of a picture of A.
#
# Three controls test whether blurred pictures are simply easy to reconstruct: the mean of A's
# pictures, the mean of the 1,500 people, and blurred pictures of B (with a Gaussian blur of 2
# pixels). For each kind, the next cell shows the picture with the median error.

# %%
impostor = check.accepted(check.impostor, impostor, mean_face)
some_codes = squeezer.predict(train, verbose=0)
center, spreads = some_codes.mean(axis=0), some_codes.std(axis=0)
random_codes = np.random.default_rng(0).normal(center, spreads, (200, CODE))
nobody = {
    "exercise 6": np.asarray(impostor, np.float32).reshape(1, SIZE, SIZE, 3),
    "plain colour": np.full((1, SIZE, SIZE, 3), unseen.mean(axis=(0, 1, 2))),
    "mean face": mean_face[None],
    "random code": drawer.predict(random_codes.astype(np.float32), verbose=0),
    "half and half": (woman + mean_face) / 2,
    "reconstruction": trained.predict(woman, verbose=0),
    "mean of A": woman.mean(axis=0)[None],
    "mean of many": people.mean(axis=0)[None],
    "B, blurred": np.stack([cv2.GaussianBlur(x, (0, 0), 2) for x in unseen]),
}

# %% tags=["answer"]
nobody_errors = {name: error_of_each(images.astype(np.float32)) for name, images in nobody.items()}
usual = {name: images[[np.argsort(nobody_errors[name])[len(images) // 2]]]  # the median of each kind
         for name, images in nobody.items()}
show.picture(show.contact_sheet({name: np.concatenate([image, trained.predict_on_batch(image)])
                                 for name, image in usual.items()}, zoom=88 / SIZE),
             "Pictures of nobody and, below each, its reconstruction.")
charts.table({"B, unseen pictures": {"median error": f"{np.median(his):.3f}", "no alarm": ""}} | {
    name: {"median error": f"{np.median(e):.3f}", "no alarm": f"{(e <= threshold).sum()} of {len(e)}"}
    for name, e in nobody_errors.items()}, "picture")

# %% [markdown]
# The error tells us how well *this network* can reconstruct a picture, not whom the picture shows.
# Even a plain colour raises the alarm, because the network has never learnt to draw one. The mean
# face passes, and so do 186 of the 200 random codes (72% of such codes when the network was trained a
# second time) and all 800 reconstructions of A. These reconstructions have a median error of 0.011,
# compared with 0.020 for B's own pictures. By this measure, a reconstruction of A by B's decoder is
# more like B than B himself is.
#
# Does the mean face pass because it is blurred? No: the means of A and of the many people are just
# as blurred, yet they raise the alarm. And of B's own 120 pictures, 116 pass as they are, but only
# 70 when they are blurred. So blur alone doesn't help, and it even hurts a picture that shows B.
#
# A swapped face *is* the output of such a decoder, so this alarm is likely to miss it. Lesson 6
# examines other detectors.
#
# ## Is an autoencoder a generator?
#
# *10 minutes.* Since most random codes get past the alarm, do they decode to new pictures of B? Look
# at ten of them. In the first row, each number is drawn independently, with its usual mean and
# standard deviation; in the second, the numbers are drawn jointly, so that their usual correlations
# are preserved as well. As a control, the third row shows reconstructions of unseen pictures.

# %%
together = np.random.default_rng(0).multivariate_normal(center, np.cov(some_codes.T), 200)
sampled = {"drawn independently": nobody["random code"],
           "drawn jointly": drawer.predict(together.astype(np.float32), verbose=0),
           "reconstructed": trained.predict(unseen, verbose=0)}
show.picture(show.grid({name: images[:10] for name, images in sampled.items()}, 76),
             "Three rows of ten faces: two rows decoded from random codes, and one of reconstructions.")


def to_nearest(pictures):
    """The median distance from pictures to the nearest reconstruction of a training picture."""
    return float(np.median([np.abs(known - x).mean(axis=(1, 2, 3)).min() for x in pictures[:60]]))


known = trained.predict(train, verbose=0)
distances = {name: to_nearest(images) for name, images in sampled.items()}
print("distance to the nearest training picture:", code_charts.told(distances, 3))

# %% [markdown]
# Most random faces are paler and less distinct than the reconstructions, some have a double outline,
# and hardly any of them look to the side. They lie about twice as far from the nearest training
# picture (0.063) as the reconstructions of unseen pictures do (0.036), and drawing the numbers
# jointly doesn't help. So **a plain autoencoder is not a generator**: its training requires only the
# codes of the training pictures, not *every* code, to decode to a face. Yet most of these faces
# raised no alarm above, which again tells us more about the alarm than about the faces.
#
# Generators such as the *variational autoencoder* are trained so that their codes follow a given
# distribution, from which new codes can then be drawn.
#
# ## Quiz
#
# *5 minutes.*
#
# 1. A picture has 6,912 values and its code has 64. Why can no network with such a code copy *every
#    possible* picture exactly? (a) The loss forbids it. (b) The code has too few numbers. (c) The
#    network is trained too briefly.
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
# The next cells check each claim, along with its control if it has one, against your own figures. The
# claims about the alarm, the repairs, the bits and PCA also held when we trained the networks with
# 16, 64 and 128 numbers again with another random seed. The others rest on a single training run
# each, so small differences prove nothing. Any claim that did not hold has been dropped: see *Damaged
# pictures*.

# %%
claims = {
    "a code of 64 beats a code of 2": errors[64] < 0.85 * errors[2],
    "a code of 64 more than halves the error of the mean face": errors[64] < 0.5 * error(mean_face),
    "one number of the code changes a larger area than the two eyes cover":
        float(np.median(pixels)) > 0.06,
    "the room explains a code of one number better than the warmth of the light does":
        follows["look"] > 1.5 * follows["light_warmth"],
    "with 4 numbers a network trained long enough beats PCA": longer[4] < 0.85 * pca_errors[4],
    "with 128 numbers PCA beats the network": pca_errors[128] < 0.95 * longer[128],
    "beyond 32 numbers the network gains little, while PCA, the control, keeps improving":
        longer[128] > 0.8 * longer[32] and pca_errors[128] < 0.7 * pca_errors[32],
    "with 128 numbers PCA reconstructs even turned heads better than the network":
        turned_errors[128][0] < 0.95 * turned_errors[128][1],
    "a linear autoencoder spans the same space as PCA": bool(cosines.min() > 0.98 and reached < 1.03 * best),
    "4 bits per number give nearly as small an error as 16": coarse[3, 1] < 1.1 * coarse[-1, 1],
    "at that error, the code is smaller than a WebP file, which is smaller than a JPEG file":
        needed["code"] < 0.7 * needed["WebP"] and needed["WebP"] < 0.7 * needed["JPEG"],
    "a PCA code of 96 bytes, the control, beats the network at any number of bits":
        coarse_pca[4, 1] < 0.95 * coarse[:, 1].min(),
}

# %% tags=["nbval-check-output"]
passes = {name: float((e <= threshold).mean()) for name, e in nobody_errors.items()}
claims |= {
    "codes of 16, 64 and 128 numbers all repair a covered nose":
        max(repaired[f"code of {k}"]["bar"] for k in (16, 64, 128)) < 0.4 * repaired["damaged"]["bar"],
    "a narrower code is no better at this: a code of 128, the control, repairs it as well as one of 16":
        repaired["code of 128"]["bar"] < 1.15 * repaired["code of 16"]["bar"],
    "at removing noise, PCA, the control, beats the network":
        repaired["PCA 64"]["noise"] < 0.95 * repaired["code of 64"]["noise"],
    "a shoe and a plain colour raise the alarm":
        min(thing_errors["shoe"], nobody_errors["plain colour"][0]) > 1.5 * threshold,
    "fewer than 2% of 1,500 other people pass as B": float((theirs <= threshold).mean()) < 0.02,
    "a few per cent of the pictures of A, whose skin tone is close to B's, pass as B":
        0.01 < float((hers <= threshold).mean()) < 0.2,
    "the mean face passes, although it shows nobody": nobody_errors["mean face"][0] < 0.95 * threshold,
    "blur is not the reason: other mean faces don't pass":
        passes["mean of A"] == passes["mean of many"] == 0,
    "most faces from random codes pass, too": passes["random code"] > 0.5,
    "faces from random codes are far from all known ones; reconstructions, the control, aren't":
        distances["drawn independently"] > 1.4 * distances["reconstructed"],
    "the network's reconstructions of A's pictures have smaller errors than B's own pictures":
        float(np.median(nobody_errors["reconstruction"])) < 0.7 * float(np.median(his)),
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# ## Summary
#
# - With a code of 64 numbers, the autoencoder's error on the test set was 0.028, compared with
#   0.111 for the mean face.
# - A single number of the code affects a large part of the picture (a median of 23% of the pixels).
# - With a small code, the network has a lower error than PCA; with 128 numbers, PCA has the lower
#   error.
# - For the same error, a code takes 32 bytes and a WebP file 285, but the code needs a decoder and
#   works for one person only.
# - The decoder draws B whatever its input, and a small error doesn't prove that a picture shows B.
#
# ## Go further
#
# 1. Teach the network to repair: fit a copy of the model to damaged pictures as inputs and
#    undamaged ones as targets (a *denoising autoencoder*). Does the narrower code now repair a
#    covered nose better?
# 2. Train with the squared error instead of the absolute one. What changes in the reconstructions,
#    and which network has the lower error by *each* of the two measures?
#
# **Next:** [02 · Many faces](02_many_faces.ipynb) asks what the numbers encode in a network trained
# on 1,300 people.
#
# **Sources.** G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural
# networks", *Science* 313, 2006. P. Baldi and K. Hornik, "Neural networks and principal component
# analysis: learning from examples without local minima", *Neural Networks* 2, 1989. N.
# Giansiracusa, "The simple, elegant idea behind face swap deepfakes", ODSC, 2021, adapted from his
# book *How Algorithms Create and Prevent Fake News*, Apress, 2021. The faces and the shoe were
# rendered from MakeHuman's CC0 assets; the picture of the cat comes from scikit-image (public
# domain).
