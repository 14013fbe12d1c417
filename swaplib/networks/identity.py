"""A classifier that tells A from B, to score swaps."""

import cv2
import keras
import numpy as np

from swaplib.crops import Crops
from swaplib.training import batches

BATCH = 32


class IdentityClassifier:
    """A small classifier that tells A from B by the inside of the face.

    a, b: training `Crops` of any size, at least one each. Everything outside the hull is grey, so that
    neither background nor hair decides, and brightness, sharpness and contrast are augmented, so that a
    blurred A is still A. test_a, test_b: test faces; by default every fifth face is held out.
    `accuracy` is the share of the test faces classified correctly.
    """

    SIZE = 48  # px

    def __init__(
        self,
        a: Crops,
        b: Crops,
        test_a: Crops | None = None,
        test_b: Crops | None = None,
        epochs: int = 6,
        seed: int = 0,
    ) -> None:
        if test_a is None or test_b is None:
            (a, test_a), (b, test_b) = a.split(every=5), b.split(every=5)
        with batches.seeded(seed):
            self.model = keras.Sequential(
                [
                    keras.Input((self.SIZE, self.SIZE, 3)),
                    keras.layers.RandomFlip("horizontal"),
                    keras.layers.RandomContrast(0.3, value_range=(0, 1)),
                    keras.layers.RandomBrightness(0.15, value_range=(0, 1)),
                    *(
                        keras.layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")
                        for filters in (16, 32, 64)
                    ),
                    keras.layers.Flatten(),
                    keras.layers.Dropout(0.3),
                    keras.layers.Dense(1, activation="sigmoid"),
                ]
            )
        self.model.compile("adam", "binary_crossentropy")
        learnt = [
            np.concatenate([self._inside(f.images, f.masks(), blur) for blur in (0, 2)]) for f in (a, b)
        ]
        steps = (len(learnt[0]) + len(learnt[1])) // BATCH + 1
        self.model.fit(_Known(learnt, steps, seed), epochs=epochs, shuffle=False, verbose=0)
        right = [self(test_a.images, test_a.masks()) > 0.5, self(test_b.images, test_b.masks()) <= 0.5]
        self.accuracy = float(np.mean([r.mean() for r in right]))

    def __call__(self, images: np.ndarray, masks: np.ndarray) -> np.ndarray:
        """Return the probability that each picture shows A, float32 (n,)."""
        return self.model.predict(self._inside(images, masks), verbose=0)[:, 0]

    def _inside(self, images, masks, blur=0.0):
        out = np.empty((len(images), self.SIZE, self.SIZE, 3), np.float32)
        for k, (image, mask) in enumerate(zip(images, masks, strict=True)):
            face = 0.5 + (np.asarray(image, np.float32) - 0.5) * mask[..., None]
            face = cv2.resize(face, (self.SIZE, self.SIZE), interpolation=cv2.INTER_AREA)
            out[k] = cv2.GaussianBlur(face, (0, 0), blur) if blur else face
        return out


class _Known(batches.SeededBatches):
    """Batches with as many pictures of A as of B: (pictures, 1 for A)."""

    def __init__(self, people, steps, seed):
        super().__init__(steps, seed)
        self.people = people

    def draw(self, rng):
        half = [images[rng.integers(len(images), size=BATCH // 2)] for images in self.people]
        return np.concatenate(half), np.repeat(np.array([[1], [0]], np.float32), BATCH // 2, axis=0)
