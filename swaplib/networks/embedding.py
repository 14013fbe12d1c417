"""Face embeddings: a network that maps pictures of the same person to similar vectors.

It was trained to predict the attributes that set the 1,300 people of "many" apart (shape, age, skin, hair).
Each person has one picture, which a warp and a simulated lamp turn into many poses and lights
(`data_scripts/train_weights.py --only embedder`).
"""

import keras
import numpy as np
from keras import layers

from swaplib.networks.weights import built_by

SIZE = 64  # px of the input crops
BATCH = 32  # crops per batch


def build_embedder(width: int = 16, code: int = 88) -> keras.Model:
    """Build the network: crops from `prepared` (n, 64, 64, 3) -> unit vectors (n, code)."""

    def convolved(x, filters, strides):
        x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        return layers.LeakyReLU(0.1)(layers.BatchNormalization()(x))

    picture = keras.Input((SIZE, SIZE, 3))
    x = convolved(picture, width, 2)
    for times in (2, 3, 4):
        x = convolved(convolved(x, times * width, 2), times * width, 1)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    x = layers.BatchNormalization()(layers.Dense(code, use_bias=False)(x))
    return built_by(
        build_embedder, keras.Model(picture, layers.UnitNormalization()(x)), width=width, code=code
    )


def prepared(crops: np.ndarray) -> np.ndarray:
    """Preprocess crops uint8 (n, 64, 64, 3): float32, an oval around the face, normalised to contrast 1.

    Neither the background nor the brightness then identifies the person.
    """
    pictures = np.asarray(crops, np.float32) / 255
    weight = OVAL / OVAL.sum()
    mean = (pictures * weight).sum(axis=(1, 2), keepdims=True)
    spread = np.sqrt(
        ((pictures - mean) ** 2 * weight).sum(axis=(1, 2), keepdims=True).mean(axis=3, keepdims=True)
    )
    tint = 4 * (mean - mean.mean(axis=3, keepdims=True))
    return ((pictures - mean) / (2 * spread + 0.04) + tint) * OVAL


def _oval():
    """Return 1 in the face, 0 around it, with a soft edge: float32 (64, 64, 1)."""
    y, x = (np.mgrid[:SIZE, :SIZE].astype(np.float32) + 0.5) / SIZE
    inside = ((x - 0.5) / 0.36) ** 2 + ((y - 0.52) / 0.44) ** 2
    return np.clip((1.15 - inside) / 0.15, 0, 1)[..., None]


OVAL = _oval()


class Embedder:
    """Embeds faces: crops uint8 (n, 64, 64, 3) -> unit vectors float32 (n, code).

    model: a network from `build_embedder`, such as `networks.shipped("embedder")`.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.code = model.output_shape[1]

    def __call__(self, crops: np.ndarray) -> np.ndarray:
        out = np.empty((len(crops), self.code), np.float32)
        for first in range(0, len(crops), BATCH):
            some = np.zeros((BATCH, SIZE, SIZE, 3), np.float32)  # a fixed size: one shape is compiled
            part = crops[first : first + BATCH]
            some[: len(part)] = prepared(part)
            out[first : first + BATCH] = self.model.predict_on_batch(some)[: len(part)]
        return out
