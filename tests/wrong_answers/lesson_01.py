"""Answers to the exercises of lesson 01: wrong ones with a piece of their hint, and right ones."""

from functools import cache

import keras
import numpy as np
from keras import layers

from swaplib import networks
from swaplib.crops import dataset
from swaplib.exercises import lesson_01

TRAIN, UNSEEN = (dataset.load(name, 48).images for name in ("person_b", "test_b"))


def upscaled(code_size, steps=3, channels=3, activation="sigmoid", drawn=True):
    """A small decoder that is right, or has a slip in it."""
    code = keras.Input((code_size,))
    x = layers.Reshape((6, 6, 2))(layers.Dense(72)(code if drawn else 0 * code))
    for _ in range(steps):
        x = layers.Conv2DTranspose(4, 4, strides=2, padding="same", activation="relu")(x)
    return keras.Model(code, layers.Conv2D(channels, 3, padding="same", activation=activation)(x))


def dense(code_size, flat=False):
    return keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(48 * 48 * 3, activation="sigmoid"),
            *([] if flat else [layers.Reshape((48, 48, 3))]),
        ]
    )


def enlarged(code_size):
    return keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(12 * 12 * 3),
            layers.Reshape((12, 12, 3)),
            layers.UpSampling2D(4),
            layers.Activation("sigmoid"),
        ]
    )


def clipped_at_the_end(code_size):
    code = keras.Input((code_size,))
    x = layers.Reshape((48, 48, 3))(layers.Dense(48 * 48 * 3)(code))
    return keras.Model(code, keras.ops.clip(x, 0, 1))


def softmax(code_size):
    return keras.Sequential([keras.Input((code_size,)), *dense(code_size).layers, layers.Softmax()])


def by_the_first_number(code_size):
    code = keras.Input((code_size,))
    return keras.Model(code, dense(1)(code[:, :1]))


def without_strides(code_size):
    return keras.Sequential(
        [
            layers.Dense(6 * 6 * 4),
            layers.Reshape((6, 6, 4)),
            layers.Conv2DTranspose(4, 4, padding="same"),
            layers.Conv2D(3, 3, padding="same", activation="sigmoid"),
        ]
    )


def without_input(code_size):
    return keras.Sequential([layers.Dense(48 * 48 * 3, activation="sigmoid"), layers.Reshape((48, 48, 3))])


class Subclass(keras.Model):
    def __init__(self, code_size):
        super().__init__()
        self.numbers, self.shaped = layers.Dense(48 * 48 * 3, "sigmoid"), layers.Reshape((48, 48, 3))

    def call(self, code):
        return self.shaped(self.numbers(code))


def unreturned(code_size):
    upscaled(code_size)


@cache
@cache
def fitted(k, unseen=False):
    from sklearn.decomposition import PCA

    some = UNSEEN if unseen else TRAIN
    return PCA(k, random_state=0).fit(some.reshape(len(some), -1))


def pca(k, of=UNSEEN, unseen=False):
    flat = of.reshape(len(of), -1)
    return fitted(k, unseen).inverse_transform(fitted(k, unseen).transform(flat)).reshape(of.shape)


def pca_of_all(k):
    from sklearn.decomposition import PCA

    flat = UNSEEN.reshape(len(UNSEEN), -1)
    everybody = PCA(k, random_state=0).fit(np.concatenate([TRAIN.reshape(len(TRAIN), -1), flat]))
    return everybody.inverse_transform(everybody.transform(flat)).reshape(UNSEEN.shape)


def by_hand(k):
    mean, flat = TRAIN.mean(axis=0).ravel(), UNSEEN.reshape(len(UNSEEN), -1)
    parts = fitted(k).components_
    return ((flat - mean) @ parts.T @ parts + mean).reshape(UNSEEN.shape)


def one_by_one(k):
    return [pca(k, one[None])[0] for one in UNSEEN]


def ours(codes, low, high, bits):
    return lesson_01.our_quantised(codes, low, high, bits)


def nearest_value(codes, low, high, bits):
    values = np.linspace(low, high, 2**bits)  # (2**bits, k)
    which = np.abs(codes[None] - values[:, None]).argmin(axis=0)
    return np.take_along_axis(values, which, axis=0)


def in_place(codes, low, high, bits):
    codes -= low
    codes /= (high - low) / (2**bits - 1)
    np.clip(np.round(codes, out=codes), 0, 2**bits - 1, out=codes)
    codes *= (high - low) / (2**bits - 1)
    codes += low
    return codes


def clipped_first(codes, low, high, bits):
    width = (high - low) / (2**bits - 1)
    return low + width * np.round((np.minimum(np.maximum(codes, low), high) - low) / width)


def in_loops(codes, low, high, bits):
    return [[float(ours(x, a, b, bits)) for x, a, b in zip(row, low, high, strict=True)] for row in codes]


def shared(codes, low, high):
    return np.clip((codes - low) / (high - low), 0, 1)


def between(share, low, high):
    return low + share * (high - low)


@cache
def network():
    return networks.shipped("code_64")


def drawn(model, what):
    """What a model makes of a batch. `predict` would compile it first, which takes longer."""
    return np.asarray(model(what, training=False))


def errors(images):
    return np.abs(drawn(network(), images) - images).mean(axis=(1, 2, 3))


def random_face(seed=0, size=1.0):
    """A face drawn from a random code, whose numbers are `size` times as large as usual."""
    codes = drawn(network().get_layer("encoder"), TRAIN)
    code = np.random.default_rng(seed).normal(codes.mean(axis=0), size * codes.std(axis=0))
    return drawn(network().get_layer("decoder"), code[None].astype(np.float32))[0]


THRESHOLD = float(np.quantile(errors(UNSEEN), 0.95))
FLAT = np.full((48, 48, 3), UNSEEN.mean(axis=(0, 1, 2)))
MEAN = TRAIN.mean(axis=0)
MANY, WOMAN = (dataset.load(name, 48).images for name in ("many", "person_a"))
LIKE_HIM = WOMAN[errors(WOMAN).argmin()]  # passes the alarm, but is somebody
DARK = np.float32(0.85) * UNSEEN
DARK = DARK[errors(DARK).argmin()]  # passes it too
ALARM = (network(), THRESHOLD)

WRONG = [
    ("times_smaller", (36,), "three colours"),
    ("times_smaller", (64 / 6912,), "That is the inverse"),
    ("times_smaller", (6912,), "Divide"),
    ("times_smaller", ("108",), "Give a number"),
    ("times_smaller", (None,), "Give a number"),
    ("times_smaller", (6848,), "How many times smaller"),
    ("times_smaller", (86400,), "not in all pictures"),
    ("times_smaller", (2.25,), "48 × 48 pixels"),
    ("times_smaller", ((48, 48, 3),), "One number is expected"),
    ("decoder", (lambda code_size: upscaled(code_size, steps=2),), "one more doubling"),
    ("decoder", (lambda code_size: upscaled(code_size, steps=4),), "one doubling fewer"),
    ("decoder", (lambda code_size: upscaled(code_size, channels=1),), "three channels"),
    ("decoder", (lambda code_size: upscaled(code_size, activation=None),), "between 0 and 1"),
    ("decoder", (lambda code_size: upscaled(code_size, activation="tanh"),), "between 0 and 1"),
    ("decoder", (lambda code_size: upscaled(code_size, drawn=False),), "for every code"),
    ("decoder", (lambda code_size: upscaled(64),), "With 5 numbers"),
    ("decoder", (softmax,), "add up to 1"),
    ("decoder", (by_the_first_number,), "Some numbers of the code"),
    ("decoder", (without_strides,), "`strides=2`"),
    ("decoder", (lambda code_size: dense(code_size, flat=True),), "Reshape"),
    ("decoder", (lambda code_size: [layers.Dense(4)],), "Return a model"),
    ("decoder", (lambda code_size: layers.Conv2D(3, 3),), "Return a model"),
    ("decoder", (unreturned,), "is there a `return`?"),
    ("decoder", (upscaled(64),), "the function that builds one"),
    ("pca_again", (lambda k: pca(k, unseen=True),), "Fit it to `train`"),
    ("pca_again", (lambda k: pca_of_all(k),), "fitted to all pictures"),
    ("pca_again", (lambda k: np.zeros((120, 48, 48, 3)),), "inverse_transform"),
    ("pca_again", (lambda k: pca(k).reshape(120, -1),), "Those are rows"),
    ("pca_again", (lambda k: 1 / 0,), "ZeroDivisionError"),
    ("pca_again", (lambda k: pca(4),), "use `k`"),
    ("pca_again", (lambda k: fitted(k).transform(UNSEEN.reshape(120, -1)),), "Those are the codes"),
    ("pca_again", (lambda k: pca(k, TRAIN),), "Transform `unseen`"),
    ("pca_again", (lambda k: UNSEEN,), "inverse_transform"),
    ("pca_again", (lambda k: pca(k + 1),), "inverse_transform"),
    ("pca_again", (lambda k: by_hand(k) - TRAIN.mean(axis=0),), "inverse_transform"),
    ("pca_again", (lambda k: np.uint8(255 * np.clip(pca(k), 0, 1)),), "from 0 to 1"),
    (
        "quantised",
        (lambda c, low, high, bits: np.round(shared(c, low, high) * (2**bits - 1)),),
        "Convert them back",
    ),
    ("quantised", (lambda c, low, high, bits: in_place(c, low, high, 2),), "use `bits`"),
    (
        "quantised",
        (lambda c, low, high, bits: between(np.round(shared(c, low, high) * 2**bits) / 2**bits, low, high),),
        "count both ends",
    ),
    (
        "quantised",
        (
            lambda c, low, high, bits: between(
                np.floor(shared(c, low, high) * (2**bits - 1)) / (2**bits - 1), low, high
            ),
        ),
        "not the one below",
    ),
    (
        "quantised",
        (
            lambda c, low, high, bits: between(
                np.round((c - low) / (high - low) * (2**bits - 1)) / (2**bits - 1), low, high
            ),
        ),
        "np.clip",
    ),
    ("quantised", (lambda c, low, high, bits: np.clip(c, low, high),), "Nothing is rounded"),
    ("quantised", (lambda c, low, high, bits: np.round(np.clip(c, low, high), bits),), "too many for"),
    (
        "quantised",
        (lambda c, low, high, bits: between(np.round(shared(c, low, high) * bits) / bits, low, high),),
        "not `bits` values",
    ),
    ("quantised", (lambda c, low, high, bits: ours(c, low, high, bits)[0],), "The shape is"),
    ("pictures_needed", (900,), "by the bytes that each picture saves"),
    ("pictures_needed", (203_558 / (285 - 32),), "Use the rounded figures"),
    ("pictures_needed", (403.2,), "by the bytes that each picture saves"),
    ("pictures_needed", (714.3,), "codes must be sent too"),
    ("pictures_needed", (6250,), "Compare the code"),
    ("pictures_needed", (641.03,), "instead of a WebP"),
    ("pictures_needed", (806,), "Round up"),
    ("pictures_needed", (805.6,), "Round up"),
    ("pictures_needed", (248 / 200_000,), "That is the inverse"),
    ("pictures_needed", ("807",), "Give a number"),
    ("impostor", (UNSEEN[3], *ALARM), "a picture of B"),
    ("impostor", (TRAIN[7], *ALARM), "a picture of B"),
    ("impostor", (UNSEEN[3][:, ::-1], *ALARM), "a picture of B"),
    ("impostor", (drawn(network(), UNSEEN[:1])[0], *ALARM), "a picture of B"),
    ("impostor", (np.clip(UNSEEN[3] + 0.01, 0, 1), *ALARM), "a picture of B"),
    ("impostor", ((TRAIN[7] + MEAN) / 2 + (TRAIN[7] - MEAN) / 4, *ALARM), "a picture of B"),
    ("impostor", (DARK, *ALARM), "only darker"),
    ("impostor", (LIKE_HIM, *ALARM), "in the data"),
    ("impostor", (np.clip(LIKE_HIM + 0.006, 0, 1), *ALARM), "in the data"),
    ("impostor", (MANY[5], *ALARM), "in the data"),
    ("impostor", (np.random.default_rng(0).random((48, 48, 3)), *ALARM), "good at drawing"),
    ("impostor", (UNSEEN[3][::-1], *ALARM), "good at drawing"),
    ("impostor", (MEAN[::-1], *ALARM), "good at drawing"),
    ("impostor", (random_face(size=3), *ALARM), "good at drawing"),
    ("impostor", (MANY.mean(axis=0), *ALARM), "good at drawing"),
    ("impostor", (FLAT, *ALARM), "such a plain picture"),
    ("impostor", (np.ones((48, 48, 3)), *ALARM), "such a plain picture"),
    ("impostor", (np.zeros((48, 48, 3)), *ALARM), "such a plain picture"),
    ("impostor", (np.full((48, 48, 3), 128, np.uint8), *ALARM), "from 0 to 1"),
    ("impostor", (FLAT[..., 0], *ALARM), "The shape is"),
    ("impostor", ("many", *ALARM), "Give numbers"),
]

RIGHT = [
    ("times_smaller", (108,)),
    ("times_smaller", (108.0,)),
    ("times_smaller", (np.array([108]),)),
    ("times_smaller", ([108],)),
    ("times_smaller", (np.prod((48, 48, 3)) / 64,)),
    ("decoder", (lesson_01.our_decoder,)),
    ("decoder", (upscaled,)),
    ("decoder", (dense,)),
    ("decoder", (without_input,)),
    ("decoder", (Subclass,)),
    ("decoder", (enlarged,)),
    ("decoder", (clipped_at_the_end,)),
    ("decoder", (lambda k: keras.Model((x := keras.Input((k,))), lesson_01.our_decoder(k)(x)),)),
    ("pca_again", (pca,)),
    ("pca_again", (by_hand,)),
    ("pca_again", (one_by_one,)),
    ("pca_again", (lambda k: np.clip(pca(k), 0, 1),)),
    ("pca_again", (lambda k: np.float32(pca(k)),)),
    ("pca_again", (lesson_01.our_pca,)),
    ("quantised", (ours,)),
    ("quantised", (nearest_value,)),
    ("quantised", (in_place,)),
    ("quantised", (clipped_first,)),
    ("quantised", (in_loops,)),
    ("quantised", (lambda c, low, high, bits: np.float32(ours(c, low, high, bits)),)),
    ("pictures_needed", (200_000 / 248,)),
    ("pictures_needed", (807,)),
    ("pictures_needed", (np.ceil(200_000 / 248),)),
    ("pictures_needed", (np.array([200_000 / (280 - 32)]),)),
    ("pictures_needed", ([807.0],)),
    ("impostor", (MEAN, *ALARM)),
    ("impostor", (MEAN.tolist(), *ALARM)),
    ("impostor", (MEAN[None], *ALARM)),
    ("impostor", (np.median(TRAIN, axis=0), *ALARM)),
    ("impostor", (TRAIN[::20].mean(axis=0), *ALARM)),
    ("impostor", ((LIKE_HIM + MEAN) / 2, *ALARM)),
    ("impostor", (random_face(), *ALARM)),
    ("impostor", (drawn(network(), WOMAN[:1])[0], *ALARM)),
]
