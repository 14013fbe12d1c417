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

    flip: mirror every other one. turn: degrees, zoom and shift: shares of the crop's side, the
    standard deviations of a similarity. light: standard deviation of the logarithm of brightness
    and, half as much, of each colour. warp: share of the crop's side by which a coarse random
    field bends the picture that goes in, and not the wanted one, so that the encoder can't lean on
    the outline (as the first face swap of 2017 did). All are 0 unless given.

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
        y, x = np.mgrid[: images.shape[1], : images.shape[1]].astype(np.float32)
        grid = np.stack([x, y, np.ones_like(x)], axis=-1)
        where = ops.sum(places[:, None, None] * grid[:, :, None], axis=-1)  # no matmul: a GPU may round it
        both = sampled(ops.concatenate([images, weights[..., None]], axis=-1), where)
        wanted = ops.clip(both[..., :3] * gains[:, None, None], 0, 1)
        if not self.warp:
            return wanted, wanted, both[..., 3]
        finer = cv2.resize(np.eye(COARSE, dtype=np.float32), (COARSE, len(x)), interpolation=cv2.INTER_CUBIC)
        field = ops.einsum("yi,xj,nijk->nyxk", finer, finer, bends)
        return sampled(wanted, grid[..., :2] + field), wanted, both[..., 3]


def sampled(images: Tensor, where: Tensor) -> Tensor:
    """Images (n, h, w, c) at other places, (n, h, w, 2) px, x first: between pixels as the nearest four
    have it, outside as in a mirror."""
    h, w, channels = images.shape[1:]
    corners = []
    for most, k in ((w - 1, 0), (h - 1, 1)):
        place = ops.abs(where[..., k])
        place = most - ops.abs(ops.mod(place, 2 * most) - most)
        low = ops.floor(place)
        corners.append((ops.cast(low, "int32"), place - low, most))
    (x, right, last), (y, down, bottom) = corners
    row = ops.arange(ops.shape(images)[0], dtype="int32")[:, None, None] * h
    flat = ops.reshape(images, (-1, channels))

    def line(y):
        first = (row + y) * w
        left = ops.take(flat, first + x, axis=0)
        return left + right[..., None] * (ops.take(flat, first + ops.minimum(x + 1, last), axis=0) - left)

    upper = line(y)
    return upper + down[..., None] * (line(ops.minimum(y + 1, bottom)) - upper)


# For a hundred crops or so, which it helps (`benchmarks/ablation.py`); hundreds are better without.
GENTLE = Augment(flip=True, light=0.05, turn=2, zoom=0.02, shift=0.01)
