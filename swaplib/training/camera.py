"""A simulated camera for real pictures and fakes: a lens, sensor noise, sharpening, and then a codec.

Rendered pictures have none of this, and a detector trained on them would rely on traces that photos don't
have. All random settings are the same for a picture and its fakes, so that they give nothing away.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from swaplib.training import degradation

GRAIN = 0.5  # px, standard deviation: neighbours share noise, as a sensor's colours are interpolated
CODECS = ("jpeg", "h264")
POSTED = 1 / 3  # of what is drawn wide is compressed as a website does


@dataclass(frozen=True)
class Camera:
    """blur: of the lens, px (standard deviation). noise: standard deviation at mid grey, before sharpening.

    sharpen: how much of the finest detail is added once more.
    """

    blur: float = 0.5
    noise: float = 0.01
    sharpen: float = 0.3

    def shoot(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What the camera makes of pictures: float32 (n, h, w, 3) in [0, 1], as they came. rng draws the
        noise.

        A fifth of the noise's variance is the sensor's own; the rest grows with the light, as photons do.
        """
        images = np.asarray(images, np.float32)
        if self.blur:
            images = degradation.blurred(images, self.blur)
        if self.noise:
            grain = degradation.blurred(rng.standard_normal(images.shape, np.float32), GRAIN)
            images = images + grain * (self.noise / grain.std() * np.sqrt(0.2 + 1.6 * images))
        if self.sharpen:
            images = images + self.sharpen * (images - degradation.blurred(images, 1))
        return np.clip(images, 0, 1, dtype=np.float32)


def drawn(rng: np.random.Generator, wide: bool = False) -> Camera:
    """A camera at random, from a good one in daylight to a telephone indoors.

    wide: also softer, noisier and sharper ones, and in a fifth none at all, so that a detector that trains
    on them meets more than it is tested with.
    """
    low, high = ((0, 0, 0), (1.2, 0.02, 0.8)) if wide else ((0.3, 0.004, 0), (0.8, 0.016, 0.6))
    values = [float(v) for v in rng.uniform(low, high)]
    return Camera(0, 0, 0) if wide and rng.random() < 0.2 else Camera(*values)


def delivered(images: np.ndarray, rng: np.random.Generator, wide: bool = False) -> np.ndarray:
    """Through one file: each picture a JPEG, or all of them, as frames in order, an H.264 movie.

    images: float32 (n, h, w, 3) in [0, 1]. rng draws which of the two and how good, as a camera stores it;
    wide: in some as a website does (`POSTED`).
    """
    jpeg = CODECS[rng.integers(2)] == "jpeg"
    share = rng.random()
    posted = wide and rng.random() < POSTED
    if jpeg:
        return degradation.jpeg(images, round((60 if posted else 88) + share * (25 if posted else 10)))
    return degradation.h264(images, round((22 if posted else 10) + share * (8 if posted else 9)))


def refocused(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One picture (h, w, 3), softer or sharper as a whole."""
    amount = rng.uniform(-0.5, 1)
    if amount > 0.2:
        return cv2.GaussianBlur(image, (0, 0), amount)
    if amount < 0:
        return np.clip(image - amount * (image - cv2.GaussianBlur(image, (0, 0), 1)), 0, 1)
    return image


def softened(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One picture (h, w, 3), softer or sharper as a whole, in some cases compressed once more: what a
    detector must not go by."""
    image = refocused(image, rng)
    return degradation.jpeg(image[None], rng.integers(70, 99))[0] if rng.random() < 0.3 else image
