"""Segment anything in front of a face: a small U-Net.

O. Ronneberger, P. Fischer and T. Brox, "U-Net: convolutional networks for biomedical image
segmentation", MICCAI 2015. It is trained on faces with random occluders; see `training.occlusion`. Although
the network is narrow, a dense layer at its bottom sees the whole face, so it recognises a skin-coloured
hand by the missing mouth.
"""

import keras
from keras import layers

from swaplib.networks import weights


def build_cover(size: int = 64, width: int = 12, code_size: int = 96) -> keras.Model:
    """Build a U-Net: picture (n, size, size, 3) in [0, 1] -> probability (n, size, size, 1) of a cover."""
    picture = keras.Input((size, size, 3), name="picture")
    x, kept = picture - 0.5, []
    for k in range(4):
        x = _conv(x, width * min(2**k, 4), 2 if k else 1)
        x = _conv(x, width * min(2**k, 4))
        kept.append(x)
    small, deep = size // 8, 4 * width
    code = _conv(x, deep // 2, 2)
    code = layers.Dense(code_size, activation="leaky_relu")(layers.Flatten()(code))
    code = layers.Dense(small * small * 16, activation="leaky_relu")(code)
    x = layers.Concatenate()([x, layers.Reshape((small, small, 16))(code)])
    for skip in reversed(kept[:-1]):
        x = layers.Concatenate()([layers.UpSampling2D(2)(x), skip])
        x = _conv(x, skip.shape[-1])
    out = layers.Conv2D(1, 1, activation="sigmoid", name="cover")(x)
    return weights.built_by(
        build_cover, keras.Model(picture, out, name="cover"), size=size, width=width, code_size=code_size
    )


def _conv(x, filters, strides=1):
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    return layers.LeakyReLU(0.1)(layers.BatchNormalization(momentum=0.9)(x))
