"""A crop changed at random, so that a network learns the face and not its place, side or light."""

import cv2
import numpy as np


class Augment:
    """Changes a crop at random: (image, weight) -> (picture in, picture wanted, weight).

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

    def __call__(
        self, rng: np.random.Generator, image: np.ndarray, weight: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        size = len(image)
        middle = (size - 1) / 2
        matrix = cv2.getRotationMatrix2D(
            (middle, middle), self.turn * rng.normal(), np.exp(self.zoom * rng.normal())
        )
        matrix[:, 2] += self.shift * size * rng.normal(size=2)
        if self.flip and rng.random() < 0.5:
            matrix = matrix @ np.array([[-1, 0, size - 1], [0, 1, 0], [0, 0, 1.0]])
        both = cv2.warpAffine(
            np.dstack([image, weight]), matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101
        )
        gain = np.exp(self.light * (rng.normal() + 0.5 * rng.normal(size=3))).astype(np.float32)
        wanted, weight = np.clip(both[..., :3] * gain, 0, 1), both[..., 3]
        return self._bend(rng, wanted), wanted, weight

    def _bend(self, rng, image):
        if not self.warp:
            return image
        size = len(image)
        coarse = rng.normal(0, self.warp * size, (5, 5, 2)).astype(np.float32)
        field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[:size, :size].astype(np.float32)
        return cv2.remap(
            image, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )


# For about a hundred crops, where it helps (`benchmarks/ablation.py`); several hundred train better without.
GENTLE = Augment(flip=True, light=0.05, turn=2, zoom=0.02, shift=0.01)
