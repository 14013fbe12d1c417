# %% [markdown]
# # 01 · Autoencoder
#
# *Make a network say a face in a few numbers, and it has to find out what faces are.*
#
# **You will learn**
#
# - what an encoder, a code, a decoder and a reconstruction are, by building them;
# - how the error falls as the code grows, and what a single number can say;
# - that a linear autoencoder finds what principal component analysis (PCA) finds;
# - how a code compares with a JPEG of the same quality;
# - what a network that has only seen faces does with a shoe.
#
# **You need first:** some Python and NumPy; that a neural network is layers of sums and bends
# whose weights are fitted to examples.
#
# **Time:** 6 minutes on a CPU, 3 minutes on a GPU, and half an hour to read and play.

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
    from ipywidgets import SelectionSlider
    from keras import layers

    from swaplib import autoencoder, faces, show
    from swaplib.budget import announce, pick
    from swaplib.exercises import lesson_01 as check
    from swaplib.explore import Live
    from swaplib.files.picture import read_photo, resized

keras.utils.set_random_seed(1)
announce(cpu=6, gpu=3)

# %% [markdown]
# ## The result first
#
# Here are six pictures of one person, and below them what is left when each is squeezed through
# a few numbers and drawn again. The eight networks behind the slider were trained beforehand on
# 800 other pictures of her, one network for each number of numbers. She is rendered; nobody was
# photographed. Move the slider.

# %%
SIZE = 48  # pixels
unseen = faces.load("test_b", SIZE).images  # 120 pictures that no network here is trained on
six = unseen[[0, 3, 8, 14, 21, 30]]
ready = {k: autoencoder.shipped(f"code_{k}").predict_on_batch(six) for k in autoencoder.CODE_SIZES}


def squeeze(numbers):
    return show.grid([six, ready[numbers]], size=128)


Live(squeeze, {"numbers": SelectionSlider(options=list(ready), value=8, description="numbers")},
     alt="Six faces, and below each the same face drawn again from a few numbers; with 8 numbers "
         "pose and light are right, and eyes and mouth are blurred.")

# %% [markdown]
# With one number there is one dimension of faces: from dark to light, or from left to right.
# With 128 she looks and speaks as she did. Everything in between is this lesson.
#
# ## The data
#
# A batch of faces is an array of shape `(n, height, width, 3)`: red, green and blue, from 0 to 1.
# 800 pictures are for training. The 120 above are for testing: no network sees them while it
# learns.

# %% tags=["nbval-check-output"]
train = faces.load("person_b", SIZE).images
print("training", train.shape, train.dtype)
print("testing ", unseen.shape)
print("numbers in one picture:", train[0].size)

# %%
show.picture(show.grid([train[:10], train[10:20]]),
             "Twenty training pictures of one young woman with fair skin and brown hair in a tail: "
             "she turns her head, smiles, opens her mouth, closes her eyes, in different light.")

# %% [markdown]
# ## Encoder and decoder
#
# The **encoder** turns a picture into a **code**: a short list of numbers. Each convolution looks
# at small patches and halves the width and height. At the end one dense layer is left with as many
# outputs as the code has numbers.
#
# The **decoder** is its mirror. It goes from the code back to a picture, doubling width and height.
#
# Trained together, one after the other, they are an **autoencoder**: what goes in is also what
# shall come out. The code in the middle is narrow, so copying is impossible. The idea is older than
# its pictures of faces; the paper that made it known is Hinton and Salakhutdinov, *Science* 313,
# 2006.

# %%
CODE = 64


def build_encoder(code_size):
    return keras.Sequential([
        keras.Input((SIZE, SIZE, 3)),
        layers.Conv2D(8, 5, strides=2, padding="same", activation="leaky_relu"),   # 24 x 24
        layers.Conv2D(16, 5, strides=2, padding="same", activation="leaky_relu"),  # 12 x 12
        layers.Conv2D(32, 5, strides=2, padding="same", activation="leaky_relu"),  # 6 x 6
        layers.Flatten(),
        layers.Dense(code_size),
    ], name="encoder")


def build_decoder(code_size):
    return keras.Sequential([
        keras.Input((code_size,)),
        layers.Dense(6 * 6 * 32, activation="leaky_relu"),
        layers.Reshape((6, 6, 32)),
        layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2D(3, 3, padding="same", activation="sigmoid"),  # colours, from 0 to 1
    ], name="decoder")


def build_autoencoder(code_size):
    picture = keras.Input((SIZE, SIZE, 3))
    code = build_encoder(code_size)(picture)
    return keras.Model(picture, build_decoder(code_size)(code))


model = build_autoencoder(CODE)
for part in model.layers[1:]:
    print(f"{part.name}: {part.input_shape[1:]} -> {part.output_shape[1:]}, "
          f"{part.count_params():,} weights")

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
# ## Training
#
# The picture is the input and the wanted output: `fit(train, train)`. The loss is the mean absolute
# difference of the two. One **epoch** goes once through all 800 pictures.

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
            preview(show.grid([six, again]),
                    f"Six faces and their reconstructions after {epoch + 1} epochs.")


keras.utils.set_random_seed(1)
history = fit(model, callbacks=[Preview()])
print(f"loss: {history[0]:.3f} after the first epoch, {history[-1]:.3f} after the last")

# %% [markdown]
# What comes out is the **reconstruction**. It is judged on the pictures that were kept apart, beside
# a rival that knows nothing about the picture: the mean of all training pictures.

# %%
def error(made, truth=unseen):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


mean_face = train.mean(axis=0)
again = model.predict(unseen, verbose=0)
print(f"reconstruction: {error(again):.3f}     mean face: {error(mean_face):.3f}")
show.picture(show.grid([unseen[:8], again[:8], np.repeat(mean_face[None], 8, 0)]),
             "Eight unseen faces; below each its reconstruction, a little blurred, and at the bottom "
             "eight times the mean face, a ghost that looks straight ahead.")

# %% [markdown]
# ## How many numbers does a face need?
#
# **Predict before you run.** Double the code again and again: 1, 2, 4 … 128. At which size does
# the error fall below *half* of what the mean face has? Write your guess.

# %%
prediction = ...  # for example 16

# %%
def error_of(code_size):
    """The error of a network with another code, trained in the same way."""
    keras.utils.set_random_seed(1)
    network = build_autoencoder(code_size)
    fit(network)
    return error(network.predict(unseen, verbose=0))


errors = {k: error(again) if k == CODE else error_of(k)
          for k in pick(ci=(2, 64), cpu=autoencoder.CODE_SIZES)}
half = next((k for k in errors if errors[k] < error(mean_face) / 2), None)
check.predicted(prediction, half, "numbers")

# %% [markdown]
# ### Exercise 2: PCA, the rival without a network
#
# Principal component analysis is the best that can be done with *linear* means: mean face plus a
# weighted sum of `k` fixed pictures. scikit-learn has it. Write the function that fits PCA to the
# training pictures and returns what it makes of the `unseen` ones.
# (`PCA(k).fit(x)`, then `transform` gives codes and `inverse_transform` goes back. PCA wants rows:
# `x.reshape(len(x), -1)`.)

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

# %%
def pca_error(k):
    pca = PCA(k, random_state=0).fit(train.reshape(len(train), -1))
    return error(pca.inverse_transform(pca.transform(unseen.reshape(len(unseen), -1)))
                 .reshape(unseen.shape))


pca_errors = {k: pca_error(k) for k in autoencoder.CODE_SIZES}
longer = {k: error(autoencoder.shipped(f"code_{k}").predict(unseen, verbose=0))
          for k in autoencoder.CODE_SIZES}
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
show.picture(figure, "Error on unseen pictures against the size of the code, for autoencoders and for "
                     "PCA. All fall; trained longer, the autoencoder is lower than PCA up to 16 numbers "
                     "and higher from 32 on.")

# %% [markdown]
# Look at both ends of the curves. With few numbers the networks of the first picture, which were
# trained longer, are well ahead, since they may bend: as a head turns, a nose moves across the
# picture, and no weighted sum of fixed pictures moves a thing. From 32 numbers on PCA is ahead. It
# finds its best answer exactly, in a second, while a network has to search for it. **A linear method
# is a serious rival**, and a chart without it says little.
#
# ## A linear autoencoder is PCA
#
# That is no accident. Take the bends away: one dense layer in, one dense layer out, squared error.
# The best such network spans the same space as the first `k` principal components (Baldi and
# Hornik, *Neural Networks* 2, 1989). Let us see, on small grey pictures, so that it trains in
# seconds.

# %%
K = 8
grey = faces.load("person_b", 16).images.mean(axis=-1).reshape(800, -1)
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
# A cosine of 1 means that a direction lies in both. The spaces agree; the single numbers don't: PCA
# orders them by size and keeps them independent, the network takes any mixture that draws the same.
# Keep that in mind for lessons 2 and 3: **nobody tells a code to have tidy axes.**
#
# ## A code and a JPEG
#
# A code of 64 numbers, two bytes each, is 128 bytes. How large is a JPEG that is as near to the
# picture?

# %%
import cv2


def jpeg_at(image, wanted):
    """The smallest JPEG of an image with at most this error: its bytes, and its picture."""
    bgr = np.uint8(255 * image[..., ::-1])
    for quality in range(1, 101):
        data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        back = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1] / np.float32(255)
        if error(back, image) <= wanted:
            break
    return len(data), back


wanted = [error(made, truth) for made, truth in zip(again, unseen, strict=True)]
sizes, pictures = zip(*(jpeg_at(x, e) for x, e in zip(unseen[:40], wanted, strict=False)), strict=True)
header = len(cv2.imencode(".jpg", np.zeros((SIZE, SIZE, 3), np.uint8))[1])
print(f"JPEG of the same error: {np.median(sizes):.0f} bytes, of which {header} are there in a black one too")
print(f"code: {CODE * 2} bytes, and the decoder that everyone must have: "
      f"{2 * model.layers[2].count_params():,} bytes")
show.picture(show.grid([unseen[:8], again[:8], np.stack(pictures[:8])]),
             "Eight faces, their reconstructions from 64 numbers, and JPEGs of the same error: the "
             "reconstructions are soft, the JPEGs have blocks.")

# %% [markdown]
# ### Exercise 3: when does it pay?
#
# The decoder has to be sent too, once. From how many pictures on do codes and decoder together take
# fewer bytes than whole JPEG files? Use `median_jpeg`, `decoder_bytes` and `code_bytes`.

# %% tags=["exercise"]
median_jpeg, decoder_bytes, code_bytes = 760, 200_000, 128  # rounded, so that all get one answer
### BEGIN SOLUTION
pictures_needed = decoder_bytes / (median_jpeg - code_bytes)
### END SOLUTION
check.pictures_needed(pictures_needed)

# %% [markdown]
# Be fair to JPEG: most of so small a file is tables that are the same in all of them. If both sides
# agree on those beforehand, as they must on the decoder, some hundred bytes are left, fewer than
# the code has. What the code wins is how it looks: at the same error blocks are worse than blur.
#
# A JPEG serves any picture. The code serves only what the decoder knows, and that is all its secret:
# what is the same in all faces lies in the weights, and the code only says what differs.
#
# ## What it has never seen
#
# Now the same network gets an upside-down face, another person, a cat, a shoe and noise.
#
# **Predict:** which one comes out best?

# %%
stranger = faces.load("test_a", SIZE).images[0]
shoe = resized(read_photo(faces.DATA / "shoe.jpg"), SIZE) / np.float32(255)


def cat():
    from skimage.data import chelsea  # public domain, comes with scikit-image

    return resized(chelsea()[:, 75:375], SIZE) / np.float32(255)


noise = np.random.default_rng(0).random((SIZE, SIZE, 3), dtype=np.float32)
things = {"her": unseen[0], "upside down": unseen[0][::-1], "somebody else": stranger, "cat": cat(),
          "shoe": shoe, "noise": noise}
inputs = np.stack(list(things.values())).astype(np.float32)
outputs = model.predict_on_batch(inputs)
for (name, x), y in zip(things.items(), outputs, strict=True):
    print(f"{name:14} error {error(y, x):.3f}")
show.picture(show.grid([inputs, outputs], 128),
             "Her face, the same upside down, a man, a cat, a shoe and noise; below what the network "
             "makes of them: she is right, all the others turn into blurred pictures of her.")

# %% [markdown]
# It draws her, whatever it is shown. Its decoder knows nothing else. That is no defect. It is what
# the whole course stands on: **a decoder draws the person it was trained on.** Give it somebody
# else's code, if the code means the same, and she will do what they do. Lesson 4 does just that.
#
# ### Exercise 4: a face alarm
#
# The error tells whether a picture is like those the network knows. Choose a threshold between
# "her" and "not her": at least 95 % of the 120 unseen pictures must lie below it, and everything
# else in `outsiders` above.

# %% tags=["exercise"]
own = np.array(wanted)  # the errors of the 120 unseen pictures
outsiders = np.array([error(y, x) for x, y in zip(inputs[1:], outputs[1:], strict=True)])
### BEGIN SOLUTION
threshold = (np.quantile(own, 0.95) + outsiders.min()) / 2
### END SOLUTION
check.threshold(threshold, own, outsiders)

# %% [markdown]
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
    "a code of 64 halves the error of the mean face, nearly or wholly": errors[64] < 0.6 * error(mean_face),
    "with 4 numbers a network trained long enough beats PCA": longer[4] < 0.85 * pca_errors[4],
    "with 128 numbers PCA beats the network": pca_errors[128] < 0.85 * longer[128],
    "a linear autoencoder spans the space of PCA": bool(cosines.min() > 0.98 and reached < 1.03 * best),
    "a shoe comes out worse than any unseen face of hers": error(outputs[4], shoe) > max(wanted),
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# **Next:** [02 · Many faces](02_many_faces.ipynb) opens the code: trained on 1,500 people, what do
# its numbers stand for?
#
# **Sources.** G. Hinton and R. Salakhutdinov, "Reducing the dimensionality of data with neural
# networks", *Science* 313, 2006. P. Baldi and K. Hornik, "Neural networks and principal component
# analysis: learning from examples without local minima", *Neural Networks* 2, 1989. The faces and
# the shoe are rendered from MakeHuman's CC0 assets; the cat is from scikit-image (public domain).
