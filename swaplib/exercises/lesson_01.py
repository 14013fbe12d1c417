"""Checkers for lesson 01, Autoencoder, and substitute answers for skipped exercises."""

from functools import cache

import numpy as np

from swaplib.exercises import (  # noqa: F401
    accepted,
    called,
    exercise,
    number,
    numbers,
    pictures,
    predicted,
    quiz,
)

SIZE = 48  # pixels of the lesson's pictures
HIS = 0.04  # mean absolute difference below which a picture counts as one of B's


@exercise("Each number in the code stands for 108 numbers in the picture.")
def times_smaller(answer):
    answer = number(answer)
    slips = {
        SIZE * SIZE / 64: "Each pixel has three colours.",
        64 / (SIZE * SIZE * 3): "That is the inverse: the size of the code as a fraction of the picture's.",
        SIZE * 3 / 64: "A picture has 48 × 48 pixels, not 48.",
        SIZE * SIZE * 3 - 64: "That is the difference. How many times smaller is the code?",
        800 * SIZE * SIZE * 3 / 64: "Count the numbers in one picture, not in all pictures.",
    }
    for slip, hint in slips.items():
        if np.isclose(answer, slip):
            return hint
    if not np.isclose(answer, 108):
        return "Divide the numbers in a picture (height times width times 3) by the numbers in the code."


@exercise("Its shapes match those of the encoder, and its colours lie between 0 and 1.")
def decoder(function):
    if hasattr(function, "output_shape"):
        return "That is a decoder. Give the function that builds one, without calling it."
    for code_size in (64, 5):
        model = called(function, code_size)
        if not callable(model) or not hasattr(model, "predict_on_batch"):
            return "Return a model: keras.Sequential([...]), or keras.Model(code, picture)."
        if hint := _decoder_hint(model, code_size):
            return hint


def _decoder_hint(model, code_size):
    rng = np.random.default_rng(0)
    taken = getattr(model, "input_shape", None) if model.built else None
    if taken not in (None, (None, code_size)):
        return f"With {code_size} numbers, the input shape should be {(None, code_size)}, not {taken}."
    wide, zero = 100 * rng.normal(size=(6, code_size)), np.zeros((1, code_size))
    codes = np.concatenate([wide, np.eye(code_size), zero])
    made = np.asarray(model(codes.astype(np.float32), training=False))
    if hint := _shape_hint((None, *made.shape[1:])):
        return hint
    wide, ones, zero = made[:6], made[6:-1], made[-1]
    if made.min() < -1e-6 or made.max() > 1 + 1e-6:
        return "Colours must lie between 0 and 1: which activation of the last layer ensures that?"
    if np.abs(made.sum(axis=-1) - 1).max() < 1e-3:
        return "The three colours of each pixel add up to 1, so nothing can be white: use another activation."
    if np.ptp(wide, axis=0).max() < 1e-3:
        return "It draws the same picture for every code: connect the code to the output."
    if np.abs(ones - zero).max(axis=(1, 2, 3)).min() == 0:
        return "Some numbers of the code change nothing in the picture: connect all of them."


def _shape_hint(given):
    wanted = "a picture has the shape (None, 48, 48, 3)"
    if given == (None, SIZE, SIZE, 3):
        return None
    if len(given) != 4:
        return f"The output has the shape {given}, but {wanted}. Reshape the numbers."
    if given[1] != given[2] or given[1] != SIZE:
        doublings = np.log2(SIZE / given[1])
        way = "small: use one more doubling" if doublings > 0 else "large: use one doubling fewer"
        if doublings > 1 and doublings % 1 == 0:
            way = f"small: use {doublings:.0f} more doublings, each a layer with `strides=2`"
        return f"The output has the shape {given}, but {wanted}. It is too {way}."
    return f"The output has the shape {given}: the last layer needs three channels, red, green and blue."


def our_decoder(code_size):
    """The decoder for readers who haven't written one."""
    from swaplib.networks.autoencoder import build_decoder

    return build_decoder(SIZE, code_size, width=8)


@exercise("In squared error, no linear code of k numbers does better on the training pictures.")
def pca_again(function):
    unseen = _images("test_b")
    made = []
    for k in (4, 9):
        given = called(function, k)
        hint = _pca_shape_hint(np.shape(given), unseen.shape, k)
        if hint:
            return hint
        made.append(pictures(given, unseen.shape))
        if np.abs(made[-1] - _drawn(unseen, k, "person_b")).max() < 0.01:
            continue
        if np.abs(made[-1] - _drawn(unseen, k, "test_b")).max() < 0.01:
            return "PCA was fitted to the unseen pictures. Fit it to `train`."
        if np.abs(made[-1] - _drawn(unseen, k, "person_b", "test_b")).max() < 0.01:
            return "PCA was fitted to all pictures, including those it is tested on. Fit it to `train` only."
        if len(made) == 2 and np.abs(made[0] - made[1]).max() < 1e-6:
            return "The result is the same for 4 numbers and for 9: use `k`."
        return "Fit PCA to `train`, transform `unseen`, and convert the codes back with `inverse_transform`."


def _pca_shape_hint(shape, wanted, k):
    if shape == wanted:
        return None
    if shape == (wanted[0], k):
        return "Those are the codes. `inverse_transform` turns them back into pictures."
    if shape == (wanted[0], SIZE * SIZE * 3):
        return "Those are rows: turn them back into pictures with `.reshape(unseen.shape)`."
    if shape[:1] == (800,):
        return "Those are the training pictures. Transform `unseen`."
    return f"The result has the shape {shape}; the pictures have the shape {wanted}."


def our_pca(k):
    """Reconstruct the unseen pictures by PCA with k numbers, fitted to the training pictures."""
    return _drawn(_images("test_b"), k, "person_b")


def _drawn(images, k, *fitted_to):
    mean, components = _components(*fitted_to)
    flat = images.reshape(len(images), -1) - mean
    again = flat @ components[:k].T @ components[:k] + mean
    return np.clip(again, 0, 1).reshape(images.shape)


@cache
def _components(*names):
    """Return (mean, principal components, one per row, the largest first) of sets of pictures."""
    flat = np.concatenate([_images(name) for name in names])
    flat = flat.reshape(len(flat), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    flat -= mean
    values, vectors = np.linalg.eigh(flat @ flat.T)  # a matrix over pictures, not over pixels
    vectors = vectors[:, ::-1][:, :128] / np.sqrt(values[::-1][:128])
    return mean, vectors.T @ flat


@exercise("Each number now takes `bits` bits; nothing else has changed.")
def quantised(function):
    rng = np.random.default_rng(0)
    low, high = -1 - rng.random(6), 2 + rng.random(6)
    codes = low + (high - low) * rng.uniform(-0.3, 1.3, (40, 6))
    first = None
    for bits in (2, 1, 5):
        made = numbers(called(function, codes, low, high, bits), codes.shape)
        hint = _quantised_hint(made, codes, low, high, bits)
        if hint:
            return (
                "The result is the same for 1, 2 and 5 bits: use `bits`."
                if np.array_equal(made, first)
                else hint
            )
        first = made


def _quantised_hint(made, codes, low, high, bits):
    share, steps = (codes - low) / (high - low), 2**bits - 1
    inside = np.clip(share, 0, 1)

    def like(shares, atol=1e-4):
        return np.allclose(made, low + shares * (high - low), atol=atol)

    if like(np.round(inside * steps) / steps):
        return None
    if np.allclose(made, np.round(inside * steps), atol=1e-4):
        return "Those are the step numbers. Convert them back to values between `low` and `high`."
    if like(np.round(share * steps) / steps):
        return "Values below `low` or above `high` must become `low` or `high`: use np.clip."
    if like(np.round(inside * 2**bits) / 2**bits):
        return f"With {bits} bits there are {2**bits} values, but you use {2**bits + 1}: count both ends."
    if like(np.floor(inside * steps) / steps):
        return "Use the nearest value, not the one below: np.round."
    if like(inside):
        return "Nothing is rounded yet."
    if like(np.round(inside * bits) / bits) or like(np.round(inside * max(bits - 1, 1)) / max(bits - 1, 1)):
        return "With `bits` bits there are 2**bits values, not `bits` values."
    if len(np.unique(np.round((made - low) / (high - low), 4))) > 2**bits:
        return f"Each number still takes more than {2**bits} values, too many for {bits} bits."
    return "Scale from `low`..`high` to 0..1, round to one of 2**bits values, and scale back."


def our_quantised(codes, low, high, bits):
    """Round each number of codes (n, k) to the nearest of 2**bits values from low (k,) to high (k,)."""
    steps = 2**bits - 1
    share = np.clip((codes - low) / (high - low), 0, 1)
    return low + np.round(share * steps) / steps * (high - low)


@exercise("From then on every further picture saves 248 bytes.")
def pictures_needed(answer):
    answer = number(answer)
    if np.isclose(answer, 200_000 / 248) or answer == 807:
        return None
    slips = {
        200_000 / 280: "The codes must be sent too: how much does each picture save?",
        200_000 / 32: "Compare the code with the WebP file: how much does each picture save?",
        200_000 / (280 + 32): "A code is sent instead of a WebP file: how much does each picture save?",
        (280 - 32)
        / 200_000: "That is the inverse: divide the decoder's size by the bytes that a picture saves.",
        806: "With 806 pictures, the decoder and the codes still take slightly more. Round up.",
    }
    for slip, hint in slips.items():
        if abs(answer - slip) <= 0.51 if slip > 1 else np.isclose(answer, slip):
            return hint
    if 780 < answer < 830:
        return "The method is right. Use the rounded figures in this cell, not the printed ones."
    return "Divide the decoder's size by the bytes that each picture saves."


@exercise("Nobody has this face, yet it raises no alarm: being easy to draw doesn't mean being familiar.")
def impostor(picture, model, threshold):
    picture = pictures(picture, (SIZE, SIZE, 3))
    if min(_nearest(picture, name) for name in ("many", "person_a", "test_a")) < 0.012:
        return "That person is in the data. Make a picture of nobody."
    if (
        min(_nearest(way, name) for name in ("person_b", "test_b") for way in (picture, picture[:, ::-1]))
        < HIS
    ):
        return "That is a picture of B, or nearly one. Make a picture of nobody."
    if max(_alike(picture, name) for name in ("person_b", "test_b")) > 0.98:
        return "That is a picture of B, only darker, brighter or softer. Make a picture of nobody."
    again = model.predict_on_batch(picture[None].astype(np.float32))[0]
    if np.abs(again - picture).mean() > threshold:
        if np.ptp(picture, axis=(0, 1)).max() < 0.2:
            return "It raises the alarm: this network never learnt to draw such a plain picture."
        return "It raises the alarm. What is this network good at drawing?"


@cache
def _images(name):
    from swaplib.crops import dataset

    images = dataset.load(name, SIZE).images
    images.flags.writeable = False  # shared by all calls
    return images


def _nearest(picture, name):
    """Return the mean absolute difference between a picture and the nearest one in a set."""
    return np.abs(_images(name) - picture.astype(np.float32)).mean(axis=(1, 2, 3)).min()


def _alike(picture, name):
    """Return the largest correlation of a picture with one of a set, both grey and without fine detail."""
    one, some = _soft(picture[None]), _soft(_images(name))
    return (some @ one[0]).max()


def _soft(pictures):
    grey = pictures.mean(axis=-1).reshape(-1, 16, 3, 16, 3).mean(axis=(2, 4)).reshape(-1, 256)
    grey = grey - grey.mean(axis=1, keepdims=True)
    return grey / np.maximum(np.linalg.norm(grey, axis=1, keepdims=True), 1e-6)


quiz = quiz(
    ("b", "64 numbers can't hold thousands of numbers."),
    ("c", "It spans that space, with axes of its own choosing."),
    ("a", "The decoder draws what it was trained on."),
)
