"""Training batches: random, reproducible by their seed, and the `fit` that uses them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.crops import Crops
from swaplib.face.align import ANCHORS
from swaplib.face.mask import hull_mask
from swaplib.files import provenance
from swaplib.files.picture import as_bytes, as_floats
from swaplib.training import camera, device
from swaplib.training.augmentation import Augment

OUTSIDE = 0.1  # weight of a pixel outside the face: only a narrow rim of these is pasted
FOCUS = 4.0  # extra weight of eyes and mouth: small, but they carry the expression
BATCH = 8  # crops of each person in a step
STEPS = 25  # steps per epoch
FOREVER = 10**6  # epochs


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make the initial weights of networks built within the block reproducible by a seed.

    Keras takes the seeds of layers from Python's random numbers. Their state is restored afterwards, and the
    user's other generators aren't touched, while `keras.utils.set_random_seed` would restart them all.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


class SeededBatches(keras.utils.PyDataset):
    """Batches for `fit`, reproducible by their seed even if a training is resumed midway.

    steps: steps per epoch. A subclass defines the batches in `draw`. `epoch` is the one that is being
    trained, from 0; -1 before the first, whose batches are looked at beforehand for their shapes.
    """

    def __init__(self, steps: int, seed: int) -> None:
        super().__init__()
        self.steps, self.seed, self.epoch = steps, seed, -1

    def __len__(self) -> int:
        return self.steps

    def on_epoch_begin(self) -> None:
        self.epoch += 1

    def __getitem__(self, step: int) -> tuple:
        return self.draw(np.random.default_rng([self.seed, max(self.epoch, 0), step]))

    def trainer(self, model: keras.Model) -> keras.Model:
        """What Keras's `fit` trains on these batches so that `model` learns: by default the model itself."""
        return model

    def draw(self, rng: np.random.Generator) -> tuple:
        """Draw one batch, in the form `fit` takes. rng: a NumPy Generator."""
        raise NotImplementedError


def fit(
    model: keras.Model,
    batches: SeededBatches,
    epochs: int | None = None,
    rate: float | None = None,
    resume: Any = None,
    warmup: int = 0,
    steps_at_once: int | None = None,
    **options,
) -> keras.callbacks.History:
    """Keras's `fit` on `SeededBatches`, whose order is left alone; returns Keras's History.

    epochs: how many; the learning rate of Adam falls from `rate` to 0 meanwhile, along a cosine. None
    trains at the same rate until a callback such as `callbacks.Deadline` ends it. rate: by default the one
    that the model was compiled with. warmup: steps in which the rate rises from 0 to that. resume: a
    `callbacks.Resume`, which continues the training that was broken off. steps_at_once: how many are
    executed between two looks of the callbacks, where the pictures lie on the device; by default
    `device.STEPS_AT_ONCE`. options: further ones of Keras's `fit`. Raises SwaplibError for less than one
    epoch.

    Keras's shuffling adds nothing to batches that are random already, and knows nothing of a break:
    with it, a training that is taken up again would see other batches (see `callbacks.Resume`).
    """
    if epochs is not None and epochs < 1:
        raise SwaplibError(
            f"epochs={epochs}: train for at least one, or pass None and a callback that ends training"
        )
    how = {"jit_compile": model.jit_compile, "run_eagerly": model.run_eagerly}
    if epochs or rate:
        rate = rate or float(model.optimizer.learning_rate)
        if epochs:
            begin, target = (0.0, rate) if warmup else (rate, None)
            rate = keras.optimizers.schedules.CosineDecay(
                begin, epochs * len(batches) - warmup, warmup_target=target, warmup_steps=warmup
            )
        model.compile(keras.optimizers.Adam(rate), loss=model.loss, **how)
    if resume:
        options["callbacks"] = [resume, *options.get("callbacks", [])]  # first: another may fail
    done = resume.restore(model) if resume else 0
    trainer = batches.trainer(model)
    if trainer is not model:
        at_once = steps_at_once or device.STEPS_AT_ONCE[device.kind()]
        trainer.compile(model.optimizer, model.loss, steps_per_execution=min(at_once, len(batches)), **how)
    batches.epoch = done - 1  # Keras says when each begins
    options = {"epochs": FOREVER if epochs is None else epochs, "verbose": 0, **options}
    history = trainer.fit(batches, shuffle=False, initial_epoch=done, **options)
    if resume:
        resume.finished()
    return history


class Pairs(SeededBatches):
    """Batches for a swap's `fit`: crops of A and of B, drawn apart.

    a, b: `Crops` of the same size; their pairing doesn't matter, nor their number. A batch is only the
    crops' numbers, (n, 2), and how each is to be changed: pictures and weights lie on the device, see
    `device.OnDevice`. augment: None leaves crops as they are, which is best for hundreds of varied ones; else
    an `augmentation.Augment`. outside: weight of a pixel outside the face; one outside its picture has none.
    times: see `focus`. Raises SwaplibError for a person without crops, and for crops of two sizes.

    people: of each, images, uint8 (n, size, size, 3), and the weight of each pixel, float16 (n, size, size).
    """

    def __init__(
        self,
        a: Crops,
        b: Crops,
        batch: int = BATCH,
        steps: int = STEPS,
        augment: Augment | None = None,
        outside: float = OUTSIDE,
        times: float = FOCUS,
        seed: int = 0,
    ) -> None:
        super().__init__(steps, seed)
        for name, faces in (("A", a), ("B", b)):
            if not len(faces):
                raise SwaplibError(f"there are no faces of {name}")
        if a.images.shape[1:] != b.images.shape[1:]:
            raise SwaplibError(f"A's crops are {a.images.shape[1]} px, B's {b.images.shape[1]} px")
        counts = focus(a.images.shape[1], times)
        self.people = [
            (as_bytes(f.images), (_weights(f, outside) * counts).astype(np.float16)) for f in (a, b)
        ]
        self.batch, self.augment = batch, augment

    def trainer(self, model: keras.Model) -> keras.Model:
        return device.OnDevice(model, self.people, self.augment)

    def draw(self, rng: np.random.Generator) -> tuple:
        drawn = [self._draw(rng, images) for images, _ in self.people]
        return (tuple(np.stack(both, axis=1) for both in zip(*drawn, strict=True)),)

    def _draw(self, rng, images):
        numbers = rng.choice(len(images), self.batch, replace=len(images) < self.batch).astype(np.int32)
        changes = self.augment.draw(rng, self.batch, images.shape[1]) if self.augment else ()
        return numbers, *changes


def _weights(faces, outside):
    """Return the weight of each pixel of crops: 1 in the face, `outside` around it, 0 beyond the picture."""
    weights = outside + (1 - outside) * faces.masks()
    return weights if faces.inside is None else weights * faces.inside


def focus(size: int, times: float = FOCUS) -> np.ndarray:
    """Return the weight of each pixel of a crop: float32 (size, size), 1 to 1 + times at eyes and mouth.

    Eyes and mouth are a twentieth of the face; without this a closed eye hardly affects the loss.
    """
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    left, right, mouth = ANCHORS

    def spot(middle, wide, high):
        return np.exp(-0.5 * (((x - middle[0]) / wide) ** 2 + ((y - middle[1]) / high) ** 2))

    spots = spot(left, 0.09, 0.06), spot(right, 0.09, 0.06), spot(mouth, 0.12, 0.07)
    return (1 + times * np.max(spots, axis=0)).astype(np.float32)


class InPairs(SeededBatches):
    """Batches for a detector's `fit` from pictures at hand: (pictures (2 * half, ...), 1 for each fake).

    hulls: float32 (n, 40, 2), of the faces, for a network that takes their places too; the batches are then
    ((pictures, faces (2 * half, ..., 1)), labels).

    real, fake: uint8 (n, size, size, 3), fake[k] made of real[k]. paired: whether a batch has each real
    picture's own fake, so that people, light and camera tell nothing, or any fakes. part: px of the square
    that is cut out at random, by default all; a network that takes any size learns as much from less. Both
    of a pair are cut, mirrored and lightened alike, but each is blurred or sharpened by itself: in the
    difference of two that are equally blurred, blur cancels out, and may raise the score of every picture.
    marked: share of the pictures, fake or real, that are marked as synthetic (`provenance.mark`), so that a
    detector neither reads the mark nor is disturbed by it. Raises SwaplibError where the two don't fit each
    other.
    """

    def __init__(
        self,
        real: np.ndarray,
        fake: np.ndarray,
        half: int = 8,
        steps: int = STEPS,
        paired: bool = True,
        part: int | None = None,
        seed: int = 0,
        hulls: np.ndarray | None = None,
        marked: float = 0,
    ) -> None:
        super().__init__(steps, seed)
        self.part = part or real.shape[1]
        if real.shape != fake.shape or not len(real) or real.dtype != np.uint8:
            raise SwaplibError(
                f"give as many fakes as real pictures, as bytes, not {real.shape}, {fake.shape}"
            )
        self.real, self.fake, self.hulls = real, fake, hulls
        self.half, self.paired, self.marked = half, paired, marked

    def draw(self, rng: np.random.Generator) -> tuple:
        reals = rng.integers(len(self.real), size=self.half)
        fakes = reals if self.paired else rng.integers(len(self.real), size=self.half)
        seeds = rng.integers(2**31, size=(2, self.half))
        drawn = [
            (some, k, np.random.default_rng(own))
            for some, chosen, row in ((self.real, reals, 0), (self.fake, fakes, 0 if self.paired else 1))
            for k, own in zip(chosen, seeds[row], strict=True)
        ]
        made, faces = [], []
        for some, k, of_pair in drawn:
            place = (*of_pair.integers(0, some.shape[1] - self.part + 1, 2), of_pair.random() < 0.5)
            picture = camera.softened(_lightened(_cut(some[k], self.part, *place), of_pair), rng)
            if self.marked and rng.random() < self.marked:
                picture = as_floats(provenance.mark(as_bytes(picture)))
            made.append(picture)
            if self.hulls is not None:
                face = hull_mask(self.hulls[k] * some.shape[1] - 0.5, some.shape[1])
                faces.append(_cut(face[..., None], self.part, *place))
        labels = np.repeat(np.array([[0], [1]], np.float32), self.half, axis=0)
        return (np.stack(made) if self.hulls is None else (np.stack(made), np.stack(faces))), labels


def _cut(picture, size, y, x, mirrored):
    """Cut a square of `size` px out of a picture."""
    part = picture[y : y + size, x : x + size]
    return part[:, ::-1] if mirrored else part


def _lightened(picture, rng):
    """Make a picture brighter or darker: float32."""
    gain = rng.lognormal(0, 0.15)
    table = np.clip(np.arange(256) / 255 * gain, 0, 1).astype(np.float32)
    return cv2.LUT(np.ascontiguousarray(picture), table)
