"""Tell a swapped face from a real one: the network, what it is trained on, simple features, and
where it looks.

A detector is a model from crops, float32 (n, size, size, 3) in [0, 1], to the probability that
each is a swap, (n, 1). How good it is, `evaluation` says; what spoils it, `degrade` makes.
"""

import cv2
import keras
import numpy as np
from keras import layers

from swaplib import SwaplibError
from swaplib.detection import degradation
from swaplib.detection.self_blending import self_blended
from swaplib.faces import DATA
from swaplib.files import weights
from swaplib.training.batches import SeededBatches

SIZE = 128  # pixels
RINGS = 16  # of the spectrum
RIM = 0.03  # how far around the hull's edge the rim reaches: a share of the crop's side
SHIPPED = ("swaps", "self_blended")


def build_meso4(size=SIZE):
    """Meso-4: crop (n, size, size, 3) in [0, 1] -> probability of a swap (n, 1), compiled.

    Four convolutions and 27,977 parameters: it looks at structures between pixel noise, which
    compression removes, and the meaning of the face. D. Afchar et al., "MesoNet: a compact facial
    video forgery detection network", WIFS 2018. Theirs sees 256 pixels; at 128 the last pooling
    takes two pixels instead of four, and as many parameters remain.

    Raises SwaplibError for a size that is no multiple of 16.
    """
    if size % 16 or size < 32:
        raise SwaplibError(f"size {size} is not offered: Meso-4 takes a multiple of 16, such as 128")
    last = 4 if size >= 256 else 2
    picture = x = keras.Input((size, size, 3), name="picture")
    for filters, kernel, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, last)):
        x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(pool, padding="same")(layers.BatchNormalization()(x))
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    x = layers.Dropout(0.5)(layers.LeakyReLU(0.1)(layers.Dense(16)(x)))
    model = keras.Model(picture, layers.Dense(1, activation="sigmoid", name="fake")(x), name="meso4")
    model.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return weights.built_by(build_meso4, model, size=size)


def save(model, path):
    """Write a Meso-4's weights and its size to a file (.npz); see `weights.save`."""
    weights.save(model, path)


def load(path):
    """The Meso-4 that `save` wrote. Raises SwaplibError for a file that isn't one."""
    return weights.load(path, build_meso4)


def shipped(name):
    """A Meso-4 trained beforehand: "swaps" on real and swapped clips, "self_blended" on real
    pictures and blends of them with themselves. `data_scripts/train_weights.py` made them. Raises
    SwaplibError for another name.
    """
    if name not in SHIPPED:
        raise SwaplibError(f"there is no detector {name!r}: choose one of {', '.join(SHIPPED)}")
    return load(DATA / "weights" / f"detector_{name}.npz")


class Batches(SeededBatches):
    """Batches for `fit`, half of them real: (pictures (2 * half, size, size, 3), 1 for each fake).

    real: `faces.Faces`. fake: `faces.Faces` of swaps; without it the fakes are `self_blended` of
    the batch's own real ones. Both halves are changed alike at random (`alike`), so that only what
    makes a fake can tell. Raises SwaplibError where there is nothing to draw from.

        model = build_meso4()
        fit(model, Batches(real, swaps), epochs=20, rate=1e-3)     # a network that knows swaps
        fit(model, Batches(real), epochs=20, rate=1e-3)            # one that has seen none
    """

    def __init__(self, real, fake=None, half=16, steps=25, seed=0):
        super().__init__(steps, seed)
        for name, faces in (("real pictures", real), ("swaps", fake)):
            if faces is not None and not len(faces):
                raise SwaplibError(f"there are no {name} to train on")
        self.real, self.fake, self.half = real, fake and fake.images, half

    def draw(self, rng):
        real, fake = [], []
        for k in rng.integers(len(self.real), size=self.half):
            one = self.real[k : k + 1]
            if self.fake is None:
                made = self_blended(rng, one.images[0], one.masks()[0])[0]
            else:
                made = self.fake[rng.integers(len(self.fake))]
            pair = alike(rng, np.stack([one.images[0], made]))
            real.append(pair[0])
            fake.append(pair[1])
        return np.stack(real + fake), np.repeat(np.float32([[0], [1]]), self.half, axis=0)


def alike(rng, images):
    """The same random change to each picture: mirrored, brighter or darker, through a JPEG file."""
    if rng.random() < 0.5:
        images = images[:, :, ::-1]
    images = np.clip(images * np.exp(rng.normal(0, 0.15)), 0, 1).astype(np.float32)
    return degradation.jpeg(images, rng.integers(40, 100)) if rng.random() < 0.5 else images


def spectrum(images, rings=RINGS):
    """How much of a picture is coarse and how much fine: float64 (n, rings), log10 of the power.

    The middle half of each crop, grey, in `rings` rings of equal width from the slowest to the
    fastest frequency. A decoder draws little that is fine, and what enlarges its picture adds
    nothing. R. Durall et al., "Watch your up-convolution", CVPR 2020, tell fakes by this alone.
    """
    size = images.shape[1]
    middle = slice(size // 4, size - size // 4)
    grey = np.asarray(images)[:, middle, middle].mean(axis=-1)
    n = grey.shape[1]
    window = np.hanning(n)
    power = (
        np.abs(np.fft.rfft2((grey - grey.mean(axis=(1, 2), keepdims=True)) * window * window[:, None])) ** 2
    )
    fy, fx = np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)
    ring = np.minimum((np.hypot(fy, fx) / 0.5 * rings).astype(int), rings)  # the corners count as beyond
    sums = np.stack([power[:, ring == k].mean(axis=1) for k in range(rings)], axis=1)
    return np.log10(sums + 1e-6)


def rim(images, masks):
    """What happens at the edge of the face: float64 (n, 5).

    masks: float32 (n, size, size), 1 inside the hull. In order: how far the colour just within the
    edge is from the colour just without, as lightness, green-red and blue-yellow (Lab); how steep
    the picture is on the edge, compared with within (log); how much fine grain there is within the
    face, compared with without (log). A face that was pasted in has an edge and another grain.
    """
    size = images.shape[1]
    reach = max(1, round(RIM * size))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    rows = []
    for image, mask in zip(np.asarray(images, np.float32), masks, strict=True):
        inner, outer = cv2.erode(mask, disc) > 0.5, cv2.dilate(mask, disc) > 0.5
        core, beyond = cv2.erode(mask, disc, iterations=3) > 0.5, cv2.dilate(mask, disc, iterations=3) > 0.5
        inside = mask > 0.5
        lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
        jump = np.abs(lab[inner & ~core].mean(axis=0) - lab[beyond & ~outer].mean(axis=0))
        grey = image.mean(axis=-1)
        steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        grain = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1))
        rows.append([*jump, _ratio(steep[outer & ~inner], steep[core]), _ratio(grain[inside], grain[~outer])])
    return np.array(rows, dtype=np.float64)


def _ratio(a, b):
    return np.log10((a.mean() + 1e-4) / (b.mean() + 1e-4))


def features(faces, at_once=500):
    """The 21 numbers of `spectrum` and `rim`, of `faces.Faces`: float64 (n, 21).

    at_once: how many are worked on together; a database doesn't fit into memory as a whole.
    """
    parts = (faces[k : k + at_once] for k in range(0, len(faces), at_once))
    return np.vstack([np.hstack([spectrum(f.images), rim(f.images, f.masks())]) for f in parts])


def occlusion(score, image, patch=24, step=8):
    """Where a detector looks: float64 (size, size), how much hiding each place lowers the score.

    score: crops (n, size, size, 3) -> (n,). image: (size, size, 3). A grey square of `patch` pixels
    is put over the picture at each `step`; a pixel gets the mean over the squares that covered it.
    Positive where what is hidden spoke for a swap. M. Zeiler and R. Fergus, "Visualizing and
    understanding convolutional networks", ECCV 2014.
    """
    size = len(image)
    corners = [(y, x) for y in range(0, size - patch + 1, step) for x in range(0, size - patch + 1, step)]
    hidden = np.repeat(np.asarray(image, np.float32)[None], len(corners) + 1, axis=0)
    for picture, (y, x) in zip(hidden[1:], corners, strict=True):
        picture[y : y + patch, x : x + patch] = 0.5
    scores = np.asarray(score(hidden), np.float64)
    total, count = np.zeros((size, size)), np.zeros((size, size))
    for (y, x), change in zip(corners, scores[0] - scores[1:], strict=True):
        total[y : y + patch, x : x + patch] += change
        count[y : y + patch, x : x + patch] += 1
    return total / np.maximum(count, 1)
