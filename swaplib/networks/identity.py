"""Who is it? A classifier that takes a picture for A or for B, to ask it about swaps."""

import cv2
import keras
import numpy as np


class IdentityClassifier:
    """A small classifier that tells A from B by the inside of the face.

    a, b: `faces.Faces` to learn from, any size. Everything outside the hull is grey, so that
    neither wall nor hair decides, and brightness, sharpness and contrast are changed at random, so
    that a blurred A is still A. test_a, test_b: faces to test it on; without them every fifth face
    is kept for that. `accuracy` is the share it gets right on those.
    """

    SIZE = 48  # px

    def __init__(self, a, b, test_a=None, test_b=None, epochs=6, seed=0):
        if test_a is None or test_b is None:
            (a, test_a), (b, test_b) = a.split(every=5), b.split(every=5)
        keras.utils.set_random_seed(seed)
        self.model = keras.Sequential(
            [
                keras.Input((self.SIZE, self.SIZE, 3)),
                keras.layers.RandomFlip("horizontal", seed=seed),
                keras.layers.RandomContrast(0.3, value_range=(0, 1), seed=seed),
                keras.layers.RandomBrightness(0.15, value_range=(0, 1), seed=seed),
                *(
                    keras.layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")
                    for filters in (16, 32, 64)
                ),
                keras.layers.Flatten(),
                keras.layers.Dropout(0.3, seed=seed),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        self.model.compile("adam", "binary_crossentropy")
        sharp = np.concatenate([self._inside(f.images, f.masks()) for f in (a, b)])
        blurred = np.concatenate([self._inside(f.images, f.masks(), blur=2) for f in (a, b)])
        is_a = np.repeat([1.0, 0.0], [len(a), len(b)])
        weight = np.tile(np.repeat([1 / len(a), 1 / len(b)], [len(a), len(b)]) * len(is_a) / 2, 2)
        self.model.fit(
            np.concatenate([sharp, blurred]),
            np.tile(is_a, 2),
            sample_weight=weight,
            epochs=epochs,
            batch_size=32,
            verbose=0,
        )
        right = [self(test_a.images, test_a.masks()) > 0.5, self(test_b.images, test_b.masks()) <= 0.5]
        self.accuracy = float(np.mean([r.mean() for r in right]))

    def __call__(self, images, masks):
        """Probability that each picture shows A, float32 (n,)."""
        return self.model.predict(self._inside(images, masks), verbose=0)[:, 0]

    def _inside(self, images, masks, blur=0.0):
        out = np.empty((len(images), self.SIZE, self.SIZE, 3), np.float32)
        for k, (image, mask) in enumerate(zip(images, masks, strict=True)):
            face = 0.5 + (np.asarray(image, np.float32) - 0.5) * mask[..., None]
            face = cv2.resize(face, (self.SIZE, self.SIZE), interpolation=cv2.INTER_AREA)
            out[k] = cv2.GaussianBlur(face, (0, 0), blur) if blur else face
        return out
