"""Pictures for a detector to train on, each real one beside its own fake: swaps, self-blends, or both.

They are made once, with camera and codec, since that takes longer than a training step. `batches.InPairs`
draws from them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.crops import Crops, dataset
from swaplib.crops.pairs import SIZE, Pairs, load
from swaplib.face.mask import hull, pad_hull
from swaplib.files.picture import BytesAsFloats, as_bytes, as_floats, resized
from swaplib.movie.composing import SWAPS, compose
from swaplib.training import batches, camera, self_blending

KNOWN = ("paste alone", "sharp, soft", "sharp, hard")  # swaps to train with; other kinds are tested on
DRAWS = 3  # cameras and codecs that a picture is seen with, of each kind of swap
HALF, STEPS, RATE = 10, 2400, 4e-3  # to train with: pictures of each kind in a step, steps, learning rate
PART = 144  # px of the squares that a network sees of them if it takes any size
MARKED = 1 / 4  # of what it trains on
MANY = 800  # people of "many" who are blended with themselves


@dataclass(frozen=True)
class Prepared:
    """real, fake: uint8 (n, size, size, 3), fake[k] made of real[k]. hulls: float32 (n, 40, 2), of the
    faces."""

    real: np.ndarray
    fake: np.ndarray
    hulls: np.ndarray

    def crops(self, every: int = 1) -> tuple[Crops, np.ndarray]:
        """Every so many of them as crops, the real ones first, and 1 for each fake: (`Crops`, (n,))."""
        images = np.concatenate([self.real[::every], self.fake[::every]])
        hulls = np.concatenate([self.hulls[::every]] * 2)
        return Crops(BytesAsFloats(images), {}, hulls), np.repeat((0, 1), len(images) // 2)


def hulls_of(pairs: Pairs) -> np.ndarray:
    """The hulls of the faces of `pairs`, in fractions of the picture: float32 (n, 40, 2)."""
    size = pairs.images.shape[1]
    return np.stack([pad_hull((hull(points) + 0.5) / size) for points in pairs.points])


def swaps(pairs: Pairs | None = None, kinds: Iterable[str] = KNOWN, draws: int = DRAWS) -> Prepared:
    """Swaps of some kinds, each picture by several cameras. pairs: by default those of the part "train"."""
    pairs, kinds = load("train") if pairs is None else pairs, list(kinds)
    real, fake = [], []
    for draw in range(draws):
        for k, kind in enumerate(kinds):
            seed = 100 + draw * len(kinds) + k  # none that a test is made with
            real.append(compose(pairs, seed=seed, wide=True))
            fake.append(compose(pairs, SWAPS[kind], seed=seed, wide=True))
    hulls = np.tile(hulls_of(pairs), (len(real), 1, 1))
    return Prepared(np.concatenate(real), np.concatenate(fake), hulls)


def blends(pairs: Pairs | None = None, many: int = MANY) -> Prepared:
    """Self-blends of the real pictures of `pairs` and of some of "many": no swap is among them."""
    pairs = load("train") if pairs is None else pairs
    crowd = dataset.load("many")[:many]
    images = np.stack([resized(image, SIZE) for image in crowd.images])
    images = np.concatenate([images, as_floats(pairs.images)])
    hulls = np.concatenate([crowd.hulls, hulls_of(pairs)])
    masks = Crops(images, {}, hulls).masks()
    return Prepared(*self_blending.pairs_of_blends(images, masks, wide=True), hulls)


def strangers(first: int = MANY, last: int = dataset.MANY_TRAIN, seed: int = 0, wide: bool = False) -> Pairs:
    """Real pictures of people of "many" whom no detector has seen, by a camera and a codec each, to choose a
    threshold by: the more people, the fewer surprises. They are as `Pairs`, but each is alone."""
    crowd, images = dataset.load("many")[first:last], []
    for k, image in enumerate(crowd.images):
        rng = np.random.default_rng([seed, 1, k])
        shot = camera.drawn(rng, wide).shoot([resized(image, SIZE)], rng)
        images.append(as_bytes(camera.delivered(shot, rng, wide))[0])
    rows = np.arange(len(images))
    factors = {"who": np.char.mod("many %d", first + rows), "pair": rows, "clip": 0 * rows, "frame": 0 * rows}
    return Pairs(np.stack(images), crowd.hulls * SIZE - 0.5, rows, factors)


def together(first: Prepared, second: Prepared) -> Prepared:
    """Both, the shorter one as often as it takes to be about as many as the longer."""
    first, second = sorted((first, second), key=lambda one: len(one.real))
    again = np.arange(len(second.real)) % len(first.real)
    parts = ((getattr(first, name)[again], getattr(second, name)) for name in ("real", "fake", "hulls"))
    return Prepared(*map(np.concatenate, parts))


SETS: dict[str, Callable[[], Prepared]] = {
    "swaps": swaps,
    "blends": blends,
    "both": lambda: together(swaps(), blends()),
}


def prepared(what: str) -> Prepared:
    """A set to train on, "swaps", "blends" or "both"; takes a minute. Raises SwaplibError for another
    name."""
    if what not in SETS:
        raise SwaplibError(f"there is no set {what!r} to train on: choose one of {', '.join(SETS)}")
    return SETS[what]()


def train(
    model: keras.Model,
    some: Prepared,
    steps: int = STEPS,
    rate: float = RATE,
    paired: bool = True,
    seed: int = 0,
    **options,
) -> keras.callbacks.History:
    """Train a detector, or train it on, with the pictures of a set; returns Keras's History.

    steps: how many, each with `HALF` real pictures and as many fakes. The rate rises in the first sixth and
    then falls to 0. paired: see `batches.InPairs`. options: further ones of `model.fit`.
    """
    each = min(batches.STEPS, steps)
    hulls = some.hulls if len(model.inputs) > 1 else None
    part = PART if model.inputs[0].shape[1] is None else None
    drawn = batches.InPairs(some.real, some.fake, HALF, each, paired, part, seed, hulls, MARKED)
    return batches.fit(model, drawn, steps // each, rate, warmup=steps // 6, **options)
