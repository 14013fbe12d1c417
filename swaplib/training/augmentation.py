"""A crop changed at random, so that a network learns the face and not its place, side or light.

What is changed, and by how much, is drawn with NumPy; the pictures are changed with `keras.ops`, where the
network is trained.
"""

from typing import Any

import cv2
import numpy as np
from keras import ops

Tensor = Any  # of Keras's backend
COARSE = 5  # points of a warp's field, across and down


class Augment:
    """Changes crops at random: (images, weights, changes) -> (pictures in, pictures wanted, weights).

    flip: mirror half of the crops. turn (degrees), zoom and shift (shares of the crop's side): standard
    deviations of a similarity transform. light: standard deviation of the logarithm of brightness and,
    half as large, of each colour. warp: share of the crop's side by which a coarse random field distorts the
    input but not the target, so that the encoder can't rely on the outline (as in the first face swap of
    2017). All default to 0.

        pairs = batches.Pairs(a, b, augment=Augment(flip=True, light=0.1))
    """

    def __init__(
        self,
        flip: bool = False,
        turn: float = 0.0,
        zoom: float = 0.0,
        shift: float = 0.0,
        light: float = 0.0,
        warp: float = 0.0,
    ) -> None:
        self.flip, self.turn, self.zoom, self.shift = flip, turn, zoom, shift
        self.light, self.warp = light, warp

    def draw(self, rng: np.random.Generator, n: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Changes for n crops, float32: (places, gains, bends), as a call takes them.

        places: (n, 2, 3), where a pixel's content comes from: x and y, of its own x, y and 1. gains: of each
        colour, (n, 3). bends: a coarse field of px, x and y, (n, 5, 5, 2). rng: a numpy Generator.
        """
        angle = np.deg2rad(self.turn * rng.normal(size=n))
        scale = np.exp(-self.zoom * rng.normal(size=n))
        shift = self.shift * size * rng.normal(size=(n, 2))
        mirror = np.where(rng.random(n) < 0.5, -1, 1) if self.flip else np.ones(n)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        turned = np.array([[cos * mirror, -sin * mirror], [sin, cos]]).transpose(2, 0, 1)
        middle = np.full(2, (size - 1) / 2)
        moved = middle - np.einsum("nij,nj->ni", turned, middle + shift)
        gains = np.exp(self.light * (rng.normal(size=(n, 1)) + 0.5 * rng.normal(size=(n, 3))))
        bends = rng.normal(size=(n, COARSE, COARSE, 2)) * self.warp * size
        places = np.concatenate([turned, moved[..., None]], axis=2)
        return places.astype(np.float32), gains.astype(np.float32), bends.astype(np.float32)

    def __call__(
        self, images: Tensor, weights: Tensor, places: Tensor, gains: Tensor, bends: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """images: float32 (n, size, size, 3) in [0, 1]. weights: (n, size, size), move along. The others are
        what `draw` has drawn."""
        size = images.shape[1]
        y, x = np.mgrid[:size, :size].astype(np.float32)
        across, down = (  # no product of matrices: a GPU may round it
            row[:, :1, None] * x + row[:, 1:2, None] * y + row[:, 2:, None]
            for row in (places[:, 0], places[:, 1])
        )
        both = sampled(ops.concatenate([images, weights[..., None]], axis=-1), across, down)
        wanted = ops.clip(both[..., :3] * gains[:, None, None], 0, 1)
        if not self.warp:
            return wanted, wanted, both[..., 3]
        finer = cv2.resize(np.eye(COARSE, dtype=np.float32), (COARSE, size), interpolation=cv2.INTER_CUBIC)
        across, down = (ops.matmul(ops.matmul(finer, bends[..., k]), finer.T) for k in (0, 1))
        return sampled(wanted, x + across, y + down), wanted, both[..., 3]

    def on_host(
        self, rng: np.random.Generator, image: np.ndarray, weight: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """One crop (size, size, 3) and its weight (size, size), changed by OpenCV: (picture wanted, weight).

        For batches that are changed further on the host, such as by a JPEG file. Nothing is bent.
        """
        (place,), (gain,), _ = self.draw(rng, 1, len(image))
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        both = cv2.warpAffine(
            np.dstack([image, weight]), place, weight.shape, flags=how, borderMode=cv2.BORDER_REFLECT_101
        )
        return np.clip(both[..., :3] * gain, 0, 1), both[..., 3]


def sampled(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Images (n, h, w, c) at other places, x and y (n, h, w) px: between pixels as the nearest four have it,
    outside as in a mirror."""
    h, w, channels = images.shape[1:]
    x, right = _cell(x, w - 1)
    y, below = _cell(y, h - 1)
    first = (ops.arange(ops.shape(images)[0], dtype="int32")[:, None, None] * h + y) * w + x
    flat = ops.reshape(images, (-1, channels))
    upper, lower = (
        (1 - right) * ops.take(flat, first + line, axis=0) + right * ops.take(flat, first + line + 1, axis=0)
        for line in (0, w)
    )
    return (1 - below) * upper + below * lower


def _cell(place, last):
    """Places in px, mirrored into 0 to `last`: (the pixel before, the way on to the next one (..., 1))."""
    place = ops.abs(last - ops.abs(last - ops.abs(place)))
    before = ops.minimum(ops.floor(place), last - 1)
    return ops.cast(before, "int32"), (place - before)[..., None]


# For about a hundred crops, where it helps (`benchmarks/ablation.py`); several hundred train better without.
GENTLE = Augment(flip=True, light=0.05, turn=2, zoom=0.02, shift=0.01)
