"""Tell a swapped face from a real one: the network, what it is trained on, simple features, and
where it looks.

A detector is a model from crops, float32 (n, size, size, 3) in [0, 1], to the probability that
each is a swap, (n, 1). `scoring.evaluation` measures how good it is; `training.degradation` makes its
task harder.
"""

import keras
from keras import layers

from swaplib import SwaplibError
from swaplib.networks import weights

SIZE = 128  # pixels


def build_meso4(size: int = SIZE) -> keras.Model:
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
