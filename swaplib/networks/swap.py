"""The face swap: one encoder, two decoders.

Both people's faces go through the same encoder, and each person has a decoder. The code must therefore
describe what both have in common (pose, expression, light), while everything specific to one person is
stored in that person's decoder. Decoding B's code with A's decoder shows A doing what B does. The idea was
published in 2017 by the Reddit user "deepfakes"; this version is small enough for two CPU cores.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from swaplib import SwaplibError
from swaplib.networks import weights
from swaplib.networks.autoencoder import build_decoder, build_encoder, build_stem
from swaplib.training.losses import sharp_loss

SIZES = (64, 96, 128)  # pixels
CRITIC = 0.01  # weight of the critic's loss
LEARNING_RATE = 2e-3


def build_swap(
    size: int = 64,
    code_size: int = 128,
    width: int = 16,
    shared: Sequence[str] = ("encoder", "stem"),
    own_scale: bool = True,
    critic: float = CRITIC,
    noise: float = 0.0,
    loss: Callable = sharp_loss,
) -> keras.Model:
    """Build one encoder and two decoders: a compiled model with two inputs and two outputs.

    Inputs and outputs: pictures of A and of B, (n, size, size, 3) in [0, 1]. Its layers
    "encoder_a", "encoder_b" (picture -> code) and "decoder_a", "decoder_b" (code -> picture) are
    models themselves.

    B's code must mean the same to A's decoder. Three mechanisms ensure it; `benchmarks/ablation.py`
    measures the effect of each:

    shared: the layers that both people share. "encoder": the layers from picture to code. "stem": the first
    doublings of the decoders, whose last layers are always separate. () shares nothing, as a baseline: two
    autoencoders.
    own_scale: before and after the shared encoder, each person's values are normalised to mean 0 and
    variance 1 by that person's own statistics, without learnt parameters; otherwise a dark face and a fair
    face would get different codes. W.-G. Chang et al., "Domain-specific batch normalization", CVPR 2019.
    critic: weight of the `Critic` of the codes in the loss; 0 for none. It requires own_scale: if the scale
    of the codes isn't fixed, the encoder evades the critic by ever larger codes and learns nothing else.

    noise: standard deviation of the noise added to the codes in training, in units of their own scale.
    loss: the loss for each person's pictures; one of `training.losses`, or any function (truth, made) ->
    (n, h, w). It is used in training only and isn't saved.

    Raises SwaplibError for a size not in `SIZES`, and for a critic without own_scale.

        model = build_swap(64)
        batches.fit(model, batches.Pairs(a, b), epochs=40, rate=LEARNING_RATE)
        fake = swapper(model).predict(b.images)      # A, doing what B does
    """
    sizes = check_size(size), code_size, width
    if critic and not own_scale:
        raise SwaplibError(
            "critic without own_scale: the encoder would evade the critic with ever larger codes and learn "
            "nothing else. Give critic=0 as well, or leave own_scale on"
        )
    encoder, stem, pictures, codes, decoders = None, None, [], [], []
    for who in "ab":
        encoder = encoder if encoder and "encoder" in shared else build_encoder(*sizes)
        stem = stem if stem and "stem" in shared else build_stem(*sizes)
        pictures.append(keras.Input((size, size, 3), name=who))
        codes.append(_own_encoder(encoder, own_scale, f"encoder_{who}")(pictures[-1]))
        decoders.append(build_decoder(*sizes, name=f"decoder_{who}", stem=stem))
    codes = Critic(critic)(codes) if critic else codes
    codes = [keras.layers.GaussianNoise(noise)(code) for code in codes] if noise else codes
    made = [decode(code) for decode, code in zip(decoders, codes, strict=True)]
    model = keras.Model(pictures, made)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss=[loss, loss])
    return weights.built_by(
        build_swap,
        model,
        size=size,
        code_size=code_size,
        width=width,
        shared=list(shared),
        own_scale=own_scale,
        critic=critic,
        noise=noise,
    )


class Critic(keras.layers.Layer):
    """Predicts from a code whose face it is, while the encoder learns to make that impossible.

    Takes and returns [codes of A (n, k), codes of B (n, k)], unchanged. The critic is a small network whose
    cross-entropy is added to the model's loss, `weight` times; its gradient is reversed on the way back
    to the encoder, so that the encoder hides what the critic looks for. Only what both faces have in common
    is left in the code. Y. Ganin et al., "Domain-adversarial training of neural networks", JMLR 17, 2016.
    """

    only_for_training = True  # its weights aren't saved with the swap

    def __init__(self, weight: float, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})  # a loss in half precision gets lost
        self.weight = weight
        self.discriminator = keras.Sequential(
            [
                keras.layers.Dense(64, activation="leaky_relu", dtype="float32"),
                keras.layers.Dense(64, activation="leaky_relu", dtype="float32"),
                keras.layers.Dense(1, dtype="float32"),
            ]
        )

    def build(self, shapes: list) -> None:
        self.discriminator.build(shapes[0])

    def call(self, codes: list) -> list:
        a, b = (self.discriminator(reverse_gradient(x)) for x in codes)
        wrong = ops.mean(ops.softplus(-a)) + ops.mean(ops.softplus(b))
        self.add_loss(self.weight * wrong)
        return list(codes)


def reverse_gradient(x: Any) -> Any:
    """Return x unchanged, but reverse its gradient.

    2x without a gradient, minus x: the value is x, the gradient -1.
    """
    return 2 * ops.stop_gradient(x) - x


def _own_encoder(encoder, own_scale, name):
    """Build an encoder with one person's normalisation before and after it: picture -> code."""
    picture = keras.Input(encoder.input_shape[1:], name="picture")
    if not own_scale:
        return keras.Model(picture, encoder(picture), name=name)
    scale_picture, scale_code = (
        keras.layers.BatchNormalization(center=False, scale=False, momentum=0.98, dtype="float32")
        for _ in range(2)
    )
    return keras.Model(picture, scale_code(encoder(scale_picture(picture))), name=name)


def build_separate(size: int = 64, code_size: int = 128, width: int = 16) -> keras.Model:
    """Build two autoencoders that share nothing, as a baseline."""
    return build_swap(size, code_size, width, shared=(), critic=0)


def check_size(size: int) -> int:
    """Return size; raises SwaplibError if it is not one of `SIZES`."""
    if size not in SIZES:
        raise SwaplibError(f"size {size} is not offered: choose one of {', '.join(map(str, SIZES))}")
    return size


def check_swap(model: keras.Model, path: str | Path) -> keras.Model:
    """Return the model loaded from path; raises SwaplibError if it is another kind of model."""
    names = {layer.name for layer in model.layers}
    if not names >= {f"{part}_{who}" for part in ("encoder", "decoder") for who in "ab"}:
        raise SwaplibError(f"{path} holds another network, {model.name!r}: give the file of a swap")
    return model


def swapper(model: keras.Model, to: str = "a", again: bool = False) -> keras.Model:
    """Build the model that swaps: pictures of the other person -> `to` doing the same.

    again: also output the reconstruction, as `movie` requires: two pictures.
    """
    other = "b" if to == "a" else "a"
    picture = keras.Input(model.input_shape[0][1:], name="picture")
    code = model.get_layer(f"encoder_{other}")(picture)
    made = [model.get_layer(f"decoder_{who}")(code) for who in (to, other)]
    return keras.Model(picture, made if again else made[0], name=f"to_{to}")


def reconstructed(model: keras.Model, images: np.ndarray, who: str = "a") -> np.ndarray:
    """Reconstruct pictures of A, or of B with who="b": float32 (n, size, size, 3)."""
    code = model.get_layer(f"encoder_{who}").predict(images, verbose=0)
    return model.get_layer(f"decoder_{who}").predict(code, verbose=0)
