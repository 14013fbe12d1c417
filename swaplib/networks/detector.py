"""Detect swapped faces: the networks, their loss, their scores and their gradient maps.

A detector is a model that maps crops, float32 (n, size, size, 3) in [0, 1], to numbers (n, 1) that are higher
for suspected swaps: logits, or, for an older Meso-4, probabilities. Probabilities near 1 round to 1 in
float32, which loses their order; logits keep it. `scoring.evaluation` scores detectors, and
`training.degradation` makes their task harder.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from swaplib import SwaplibError
from swaplib.crops import Crops
from swaplib.networks import weights

SIZE = 128  # pixels
BATCH = 32
Tensor = Any  # of Keras's backend


@keras.saving.register_keras_serializable("swaplib")
def pair_loss(labels: Tensor, logits: Tensor) -> Tensor:
    """Return the loss of a batch: real pictures in its first half, their fakes in the second, in order.

    The sum of each logit's cross-entropy and that of the difference between each fake and its real picture,
    in which everything they share, such as the person and the light, cancels out.
    """
    half = ops.shape(logits)[0] // 2
    each = ops.mean(ops.softplus(ops.where(labels > 0.5, -logits, logits)))
    return each + ops.mean(ops.softplus(logits[:half] - logits[half:]))


def build_meso4(size: int = SIZE, logits: bool = False) -> keras.Model:
    """Build and compile Meso-4: crop (n, size, size, 3) in [0, 1] -> probability or logit of a swap (n, 1).

    Four convolutions and 27,977 parameters: it uses structures between pixel noise, which compression
    removes, and the meaning of the face. D. Afchar et al., "MesoNet: a compact facial video forgery detection
    network", WIFS 2018. The original takes 256 pixels; at 128 the last pooling covers two pixels instead of
    four, which leaves the number of parameters unchanged.

    Raises SwaplibError if the size isn't a multiple of 16.
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
    last = layers.Dense(1, activation=None if logits else "sigmoid", name="fake")
    model = keras.Model(picture, last(x), name="meso4")
    model.compile(keras.optimizers.Adam(1e-3), pair_loss if logits else "binary_crossentropy")
    return weights.built_by(build_meso4, model, size=size, logits=logits)


def build_highpass(width: int = 24) -> keras.Model:
    """A small network of today, compiled: crop (n, h, w, 3) in [0, 1] of any size and face (n, h, w, 1), 1
    inside it -> logit of a swap (n, 1).

    Beside the picture it sees what a blur takes away from it, sixteen times as strong: grain and the finest
    detail. The last layer is given only how the face and its rim differ from the picture's surroundings,
    on the mean and where they are largest. What the whole picture has in common, its camera, its codec and
    its softness, cancels out.
    """
    picture, face = keras.Input((None, None, 3), name="picture"), keras.Input((None, None, 1), name="face")
    blurred = layers.AveragePooling2D(3, strides=1, padding="same")(picture)
    fine = layers.Rescaling(16.0)(layers.Subtract()([picture, blurred]))
    x = layers.Concatenate()([layers.Rescaling(4.0, offset=-2.0)(picture), fine])
    for k, strides in ((3, 2), (4, 2), (8, 2), (8, 1)):
        x = layers.Conv2D(k * width // 3, 3, strides=strides, padding="same")(x)
        x = layers.Activation("relu")(layers.GroupNormalization(8)(x))
    inside = layers.AveragePooling2D(8, padding="same")(face)
    wide = layers.MaxPooling2D(5, strides=1, padding="same")(inside)  # as far as a mask may reach
    around = 1 - wide
    steps = [_mean(x, some) - _mean(x, around) for some in (inside, wide - inside)]
    steps.append(ops.max(x * wide, axis=(1, 2)) - ops.max(x * around, axis=(1, 2)))
    logit = layers.Dense(1, name="fake")(layers.Concatenate()(steps))
    model = keras.Model([picture, face], logit, name="highpass")
    model.compile(keras.optimizers.Adam(1e-3), pair_loss, jit_compile=False)  # a fifth quicker on CPUs
    return weights.built_by(build_highpass, model, width=width)


def _mean(features, where):
    """Mean of features (n, h, w, c) over places (n, h, w, 1): (n, c)."""
    return ops.sum(features * where, axis=(1, 2)) / (ops.sum(where, axis=(1, 2)) + 1e-3)


def logits(model: keras.Model, faces: Crops, batch: int = BATCH) -> np.ndarray:
    """What a detector says of crops: float32 (n,). One that takes the face's place gets that of the hulls."""
    out = []
    for k in range(0, len(faces), batch):
        some = faces[k : k + batch]
        given = some.images if len(model.inputs) == 1 else [some.images, some.masks()[..., None]]
        out.append(np.asarray(model(given, training=False))[:, 0])
    return np.concatenate(out)


def scorer(model: keras.Model, hull: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """`logits` of versions of one picture, as `scoring.traces.occlusion` asks for them. hull: float32 (k, 2),
    of its face, in fractions of the picture."""
    return lambda images: logits(model, Crops(images, {}, np.repeat(hull[None], len(images), axis=0)))


def gradient(model: keras.Model, faces: Crops) -> np.ndarray:
    """Where a detector looks: float32 (n, size, size), how much the logit changes with each pixel, over all
    its colours. K. Simonyan et al., "Deep inside convolutional networks", 2013."""
    import tensorflow as tf

    pictures, places = (tf.convert_to_tensor(x) for x in (faces.images[:], faces.masks()[..., None]))
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        logit = model(pictures if len(model.inputs) == 1 else [pictures, places])
    return np.abs(tape.gradient(logit, pictures)).sum(axis=-1)
