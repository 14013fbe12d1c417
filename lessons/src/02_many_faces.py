# %% [markdown]
# # 02 · Many faces
#
# *Trained on 1,300 people, what do the numbers of a code stand for?*
#
# **You will learn**
#
# - how to find the directions in which codes differ most, and to move a face along them;
# - how much a code tells of skin, hair, age and shape, measured on people it never saw;
# - what lies halfway between two people, and in the middle of all;
# - who is near whom in the code, and how that differs from being near in pixels.
#
# **You need first:** [01 · Autoencoder](01_autoencoder.ipynb): encoder, code, decoder, PCA.
#
# **Time:** 3 minutes on a CPU, 2 minutes on a GPU, and half an hour to read and play.

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
    from sklearn.linear_model import Ridge

    from swaplib import autoencoder, explore, faces, latent, metrics, show
    from swaplib.budget import announce, pick
    from swaplib.exercises import lesson_02 as check

keras.utils.set_random_seed(1)
announce(cpu=3, gpu=2)

# %% [markdown]
# ## The result first
#
# A network trained on 1,300 people has turned each of their pictures into a code of 64 numbers. The
# sliders move a code along the eight directions in which those codes differ most. Nobody told the
# network what to put there. Move one at a time, see what it changes, and **write your own name for
# it** into the box.

# %%
SIZE, CODE = 64, 64  # pixels, numbers
TRAIN = faces.MANY_TRAIN  # the first 1,300 people are for training, the rest for testing
people = faces.load("many", SIZE)
train, unseen = people.images[:TRAIN], people.images[TRAIN:]

ready = autoencoder.shipped("many")
encoder, decoder = ready.get_layer("encoder"), ready.get_layer("decoder")
codes = encoder.predict(train, verbose=0)
unseen_codes = encoder.predict(unseen, verbose=0)
middle = codes.mean(axis=0)
directions = latent.principal(codes, 8)

starts = {"the average": middle, **{f"person {k}": unseen_codes[k] for k in (2, 5, 10, 33)}}
explore.Explorer(explore.decoder(decoder), directions, starts, names=True,
                 alt="The average face of the many, and eight sliders. The first goes from dark to "
                     "light, the second from light to dark skin, the third turns the head.")

# %% [markdown]
# Their ranges come from the data: each holds 98 % of the training people. "Start from" a person to
# move somebody instead of the average. "Surprise me" draws somebody who doesn't exist, and "keep"
# spares a slider from it.
#
# ## The people
#
# One picture each of 1,500 rendered people. The first 1,300 are for training. The other 200 are
# kept apart, so what is measured on them is measured on *people* that the network has never seen.

# %% tags=["nbval-check-output"]
factors = people.factors
names = list(factors)
doing, light, who = names[:16], names[16:22], names[22:]
print("training", train.shape, " testing", unseen.shape)
print("what a face does:", *doing)
print("the light:       ", *light)
print("who it is:       ", *who)

# %%
show.picture(show.grid([unseen[k : k + 10] for k in (0, 10, 20)], 72),
             "Thirty rendered people: women and men, dark and fair, young and old, with short, curly or "
             "long hair, in coloured light, talking, smiling, blinking, before different walls.")

# %% [markdown]
# Everything about a picture is known, since the renderer was told: the columns above. `african`,
# `asian` and `caucasian` are the names that the modelling program MakeHuman gives to three of its
# shapes. They steer shape and skin together. They are knobs of a program, and say nothing about
# people.
#
# ## Training
#
# The network of lesson 1, a little larger. The loss is again the absolute difference, plus a term
# for edges (SSIM, see `autoencoder.picture_loss`). It takes minutes to get good, so here you see it
# get started, and below it is compared with the one that was trained for 120 epochs.

# %%
EPOCHS = pick(ci=2, cpu=25, gpu=80)
BATCH = 16
six = unseen[[0, 2, 5, 8, 13, 33]]
preview = show.changing(show.row(six), "Six people, before the training.")


class Preview(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        again = self.model.predict_on_batch(six)
        preview(show.grid([six, again]),
                f"Six people and their reconstructions after {epoch + 1} epochs.")


keras.utils.set_random_seed(1)
model = autoencoder.build_autoencoder(SIZE, CODE, width=12)
rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * -(-len(train) // BATCH))
model.compile(keras.optimizers.Adam(rate), loss=autoencoder.picture_loss)
model.fit(train, train, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[Preview()])
print(f"{EPOCHS} epochs done")

# %%
def error(made, truth):
    """Mean absolute difference, as a share of the whole range from black to white."""
    return float(np.abs(made - truth).mean())


mean_picture = train.mean(axis=0)
drawn = ready.predict(unseen, verbose=0)
errors = {
    "mean picture": error(mean_picture, unseen),
    f"yours, {EPOCHS} epochs": error(model.predict(unseen, verbose=0), unseen),
    "shipped, 120 epochs": error(drawn, unseen),
    "shipped, on people it has seen": error(ready.predict(train, verbose=0), train),
}
for name, value in errors.items():
    print(f"{name:31} {value:.3f}")
show.picture(show.grid([unseen[:10], drawn[:10]], 88),
             "Ten unseen people, and below what the shipped network makes of them: skin, hair and pose "
             "are right, the features are softer and often somebody else's.")

# %% [markdown]
# From here on the shipped network is used, so that your numbers are those of the text. It is far
# better than the mean picture, and clearly better on people it has seen (0.024) than on new ones
# (0.041): 1,300 people are few, and part of what it learnt is them by heart. With 25 epochs you get
# to 0.041 on new people as well. The other 95 went into those it knows.
#
# ## Eight directions
#
# They are found by PCA, now of the codes: the direction in which the cloud of codes is longest,
# then the longest at right angles to it, and so on.
#
# **Predict before you run.** What does the very first direction speak of most: `skin`, `hair`,
# `shape`, `age`, `doing` (pose and expression), or `light`?

# %%
prediction = ...  # one of these words, in quotes

# %%
sheet = {}
for k in range(8):
    steps = np.zeros((5, 8))
    steps[:, k] = np.linspace(directions.low[k], directions.high[k], 5)
    moved = np.stack([directions.move(middle, s) for s in steps])
    sheet[f"direction {k + 1}"] = decoder.predict_on_batch(moved)
show.picture(show.contact_sheet(sheet, zoom=1.4),
             "Eight columns of five faces, a column a direction, the average face in the middle. 1: "
             "from dark to bright. 2: from fair to dark skin. 3: turning the head. 4: from grey hair "
             "and wrinkles to black hair. 6: from short to long hair. The others mix.")

# %% [markdown]
# To say it in numbers, turn the question round: how much of where people lie on a direction follows
# from the known factors? A linear regression from factors to positions, fitted to the 1,300, judged
# on the 200. The share it explains is called R²: 1 is all of it, 0 is no better than the average
# (and what comes out below is shown as 0).

# %%
groups = {
    "skin": ["skin", "skin_tint", "african", "asian", "caucasian"],
    "hair": ["hair", "hair_colour"],
    "shape": who[who.index("weight"):who.index("skin")],
    "age": ["age", "gender"],
    "doing": doing,
    "light": light,
}


def explained(group, y):
    """R2 of y (1500, k), read from a group of factors, on the people not fitted to."""
    x = latent.columns(factors, group)
    return max(0.0, latent.r2(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:]))


all_codes = np.concatenate([codes, unseen_codes])
along = (all_codes - middle) @ np.linalg.pinv(directions.vectors)  # (1500, 8), in steps
shares = {f"direction {k + 1}": {g: explained(n, along[:, k : k + 1]) for g, n in groups.items()}
          for k in range(8)}
shares["the whole code"] = {g: explained(n, all_codes) for g, n in groups.items()}
print(metrics.table(shares))
check.predicted(prediction, max(shares["direction 1"], key=shares["direction 1"].get))

# %% [markdown]
# The article behind this course says that, trained on many faces, the numbers describe *who it is*.
# Look at the table. The longest direction of all is **the light**, and skin comes after it. To
# pixels, dark skin and dim light are much alike, so the first two directions mix them: along the
# first, skin and light brighten together, along the second one darkens while the other brightens.
# The third turns the head. Only the fourth belongs to the person alone: hair, and age with it,
# since the old have grey hair here. The finer shape of the face is in none of them. The code's job
# is to draw the *picture*, and it spends its numbers where many pixels change.
#
# About half of the whole code follows from none of these factors in a straight line: walls and
# clothes, which no column records, and whatever is bent.
#
# ### Exercise 1: where does a person stand?
#
# A slider moves by `steps * vector`. Go the other way: for codes `(n, 64)`, the `middle`, and the
# `vector` of one step, how many steps is each code along that direction? (A dot product, and a
# division. The line with `pinv` above does it for eight directions at once.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def position(codes, middle, vector):
    """How many steps of `vector` each code lies from the middle: (n,)."""
    return (codes - middle) @ vector / (vector @ vector)
### END SOLUTION
check.position(position)

# %% [markdown]
# ## Who is it? Ask the code
#
# A **probe** is a linear model that tries to read a known factor out of the code (Alain and Bengio,
# 2016). If it succeeds on people that it wasn't fitted to, the factor is there, in plain sight.
#
# ### Exercise 2: a probe
#
# Fit scikit-learn's `Ridge` (linear regression that keeps its weights small) to the first two
# arguments, and return the R² it reaches on the last two.

# %% tags=["exercise"]
### BEGIN SOLUTION
def probe(codes, values, new_codes, new_values):
    """R2 of a ridge regression from codes to values, on new ones."""
    return Ridge().fit(codes, values).score(new_codes, new_values)
### END SOLUTION
check.probe(probe)

# %% [markdown]
# `latent.probe_on` is the same, and takes names too: there the score is the share told right,
# beyond guessing the most common, so 0 again means "nothing".
#
# **Predict:** there are 35 factors of identity. From how many does the code tell anything worth
# speaking of, a score above 0.2?

# %%
prediction = ...  # a number

# %%
told = {name: latent.probe_on(codes, factors[name][:TRAIN], unseen_codes, factors[name][TRAIN:])
        for name in who}
told = dict(sorted(told.items(), key=lambda item: item[1]))
figure, axes = plt.subplots(figsize=(6, 7))
axes.barh(list(told), list(told.values()))
axes.axvline(0, color="black", lw=0.8)
axes.set(xlabel="read from the code of an unseen person: 1 is all, 0 is nothing", xlim=(-0.15, 1))
axes.tick_params(axis="y", labelsize=8)
axes.margins(y=0.01)
plt.close(figure)
show.picture(figure, "How much a linear probe reads of each identity factor. Hair leads with 0.78, "
                     "then skin, african, asian, gender, face width, hair colour, age, face height and "
                     "chin height. Nose, mouth, eyes and cheeks are at zero.")
check.predicted(prediction, sum(value > 0.2 for value in told.values()), "of 35")

# %% [markdown]
# So the claim is half true. Hair, skin, the outline of the face, something of age and gender: yes.
# But nose, mouth, eyes, brows and cheeks, by which you would know a friend: **next to nothing**, as
# far as a straight line can see. A longer nose moves a pixel or two at this size, and the loss
# hardly notices.
#
# Mind what a probe can't say. A failure means "not in a straight line": it may be there, bent. And
# a success doesn't mean that the training put it there. Lesson 3 returns to that.
#
# ## Adding long hair
#
# If a factor lies along a line, one can walk along it. The plainest direction is a difference of
# two averages: the people who have it, minus those who don't.
#
# ### Exercise 3: from short to long
#
# `hair` names the style of each training person. Take the mean code of those with `"long01"` minus
# the mean code of those with `"short01"`.

# %% tags=["exercise"]
hair = factors["hair"][:TRAIN]
### BEGIN SOLUTION
longer = codes[hair == "long01"].mean(axis=0) - codes[hair == "short01"].mean(axis=0)
### END SOLUTION
check.longer(longer, codes, hair)

# %%
short = np.flatnonzero(np.isin(factors["hair"][TRAIN:], ["short01", "short02", "short04"]))[:10]
step = codes[hair == "long01"].mean(axis=0) - codes[hair == "short01"].mean(axis=0)
show.picture(show.grid([unseen[short], drawn[short],
                        decoder.predict_on_batch(unseen_codes[short] + step)], 88),
             "Ten unseen people with short hair; their reconstructions; and the same with the hair "
             "direction added: most have hair down to the neck now, some faces change with it, one or "
             "two hardly change at all.")

# %% [markdown]
# It works, and it brings things along: in these data only women have long hair, so the face changes
# with it. The direction holds what *goes with* long hair in these data, whatever that is.
# Directions learnt from people carry the habits of the data in just this way.
#
# ## Halfway between two people
#
# Mix two pictures half and half, and you get a double exposure. Mix their *codes*, and decode.

# %%
ways = []
for one, other in ((0, 2), (5, 10)):
    way = decoder.predict_on_batch(latent.between(unseen_codes[one], unseen_codes[other], 7))
    share = np.linspace(0, 1, 7)[:, None, None, None]
    ways += [way, (1 - share) * way[0] + share * way[-1]]
show.picture(show.grid(ways, 112),
             "Two pairs of people. Upper row of each: the way through the codes, where head, hair "
             "and outline turn into the other's. Lower row: the pictures faded into each other, with "
             "two outlines and two hairlines in the middle.")

# %% [markdown]
# On the way through the codes there is one head at nearly each step, on the fade there are two. A
# test in numbers: in lesson 1 the error of a reconstruction told faces from other things. Halfway
# pictures that are faces should be as easy to redraw as the ends. (The judge is the network that
# drew them, so it is a friendly one.)

# %%
first, second = unseen_codes[:100], unseen_codes[100:]
halfway = decoder.predict((first + second) / 2, verbose=0)
fade = (drawn[:100] + drawn[100:]) / 2
redrawn = {name: error(ready.predict(x, verbose=0), x)
           for name, x in (("ends", drawn), ("halfway in code", halfway), ("halfway in pixels", fade))}
for name, value in redrawn.items():
    print(f"{name:18} redrawn with an error of {value:.3f}")

# %% [markdown]
# ## The average face
#
# There are two: the mean of all pictures, and the picture of the mean code.

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
for name, value in sharpness.items():
    print(f"{name:25} sharpness {value:.3f}")
print(f"distance from the mean code: nearest person {distance.min():.1f}, "
      f"typical person {np.median(distance):.1f}")
show.picture(show.row(np.stack([mean_picture, average, train[nearest]]), 160),
             "The mean of all training pictures, a dim ghost; the decoded mean code, a face with brown "
             "hair and open mouth; and the person whose code is nearest to the mean.")

# %% [markdown]
# The decoded mean is a face, the mean picture a fog. Yet the average person doesn't exist: even the
# nearest of 1,300 is far from the middle. In 64 dimensions nearly everybody lives out in a shell, a
# bit unusual in *something*, and the middle is empty. So decoding it is a guess about a place where
# nobody lives.
#
# ## Neighbours
#
# Who is near whom? For each unseen person we look up the nearest training person, once by code and
# once by pixels.

# %%
from sklearn.neighbors import NearestNeighbors


def neighbours(known, asked):
    """For each row asked, the number of the nearest known row: (n,)."""
    return NearestNeighbors(n_neighbors=1).fit(known).kneighbors(asked)[1][:, 0]


by_code = neighbours(codes, unseen_codes)
by_pixels = neighbours(train.reshape(TRAIN, -1), unseen.reshape(200, -1))
chosen = [2, 5, 8, 13, 17, 26, 33, 37, 43, 53]
show.picture(show.grid([unseen[chosen], train[by_code[chosen]], train[by_pixels[chosen]]], 88),
             "Ten unseen people; below each the training person with the nearest code, and at the "
             "bottom the one with the nearest pixels. Both are alike in skin, light and wall; by code "
             "the hair style and the open mouth fit more often.")

# %% [markdown]
# ### Exercise 4: what would chance give?
#
# To judge "the neighbour has the same hair style" one must know how often two people drawn at
# random share it. There are six styles, not equally common. Work it out from the column `hair`.

# %% tags=["exercise"]
### BEGIN SOLUTION
by_chance = float(np.sum((np.unique(hair, return_counts=True)[1] / len(hair)) ** 2))
### END SOLUTION
check.by_chance(by_chance, hair)

# %%
random = np.random.default_rng(0).integers(0, TRAIN, (50, 200))  # fifty random people for each


def alike(name, found):
    """The share of unseen people whose found person has the same value of a factor."""
    return float(np.mean(factors[name][:TRAIN][found] == factors[name][TRAIN:]))


shared = {label: {name: alike(name, found) for name in ("hair", "hair_colour", "skin", "look")}
          for label, found in (("nearest code", by_code), ("nearest pixels", by_pixels),
                               ("chance", random))}
print(metrics.table(shared))

# %% [markdown]
# `look` is one of six kinds of light. Both neighbours share light and hair far more often than
# chance. The code leans to hair, the pixels to light: so the code is a *little* more about the
# person than the picture is. It isn't a measure of who somebody is. Networks that recognise people
# are trained otherwise, with many pictures of each person and the order to tell them apart.
#
# ## Quiz
#
# 1. A probe reads the length of the nose with an R² of 0. What follows? (a) All noses are equally
#    long. (b) The probe is always right. (c) It does no better than saying "average" for everybody.
# 2. Why is light in the first direction, though nobody asked for it? (a) By chance. (b) It changes
#    many pixels, and pixels are what the loss counts. (c) The encoder is too small.
# 3. A linear probe finds nothing. Can the factor be in the code? (a) Yes, if it is bent. (b) No.
#    (c) Only if the code has more numbers.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "c"
q2 = "b"
q3 = "a"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3)

# %% [markdown]
# ## What we claimed, what we measured

# %% tags=["nbval-check-output"]
first_direction = shares["direction 1"]
live, shipped, mean = (errors[k] for k in (f"yours, {EPOCHS} epochs", "shipped, 120 epochs",
                                           "mean picture"))
claims = {
    "a network trained just now beats the mean picture on unseen people": live < 0.7 * mean,
    "the shipped one beats it by far": shipped < 0.35 * mean,
    "the code tells the hair style of an unseen person": told["hair"] > 0.6,
    "it tells something of skin, gender and face width":
        min(told[k] for k in ("skin", "gender", "face_width")) > 0.25,
    "'who it is' is too neat: it tells nothing of the nose's length": told["nose_length"] < 0.1,
    "and the first direction is more about light than about skin":
        first_direction["light"] > first_direction["skin"] + 0.05,
    "halfway between two codes is a face, halfway between two pictures is less of one":
        1.3 * redrawn["halfway in code"] < redrawn["halfway in pixels"],
    "neighbours in code share the hair style, far beyond chance":
        shared["nearest code"]["hair"] > 2 * shared["chance"]["hair"],
}
for claim, holds in claims.items():
    print("holds" if holds else "FAILS", "·", claim)

# %% [markdown]
# **Next:** [03 · One face](03_one_face.ipynb): the same network on a single person. There nothing
# about *who* is left to say.
#
# **Sources.** G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier
# probes", arXiv 1610.01644, 2016. The loss: H. Zhao et al., "Loss functions for image restoration
# with neural networks", *IEEE TCI* 3(1), 2017. That averages of groups make directions one can walk
# along was shown for faces by A. Radford, L. Metz and S. Chintala, "Unsupervised representation
# learning with deep convolutional generative adversarial networks", ICLR 2016. The article that the
# course tests: N. Giansiracusa on face swaps as a use of autoencoders. All people are rendered from
# MakeHuman's CC0 assets.
