"""Traces of a swap in a picture: hand-made features, and occlusion maps of a detector."""

from collections.abc import Callable
from itertools import product

import cv2
import numpy as np

from swaplib.crops import Crops

RINGS = 16  # rings of the spectrum
RIM = 0.03  # width of the rim around the hull's edge, as a share of the crop's side


def spectrum(images: np.ndarray, rings: int = RINGS) -> np.ndarray:
    """Return how much coarse and fine detail each picture has: float64 (n, rings), log10 of the power.

    The middle half of each crop, in grey, in `rings` rings of equal width from the lowest to the highest
    frequency. A decoder draws little fine detail, and upsampling its output adds none.
    R. Durall et al., "Watch your up-convolution", CVPR 2020, detect fakes by this alone.
    """
    size = images.shape[1]
    middle = slice(size // 4, size - size // 4)
    grey = np.asarray(images)[:, middle, middle].mean(axis=-1)
    n = grey.shape[1]
    window = np.hanning(n)
    power = (
        np.abs(np.fft.rfft2((grey - grey.mean(axis=(1, 2), keepdims=True)) * window * window[:, None])) ** 2
    )
    fy, fx = np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)
    ring = np.minimum((np.hypot(fy, fx) / 0.5 * rings).astype(int), rings)  # the corners count as beyond
    sums = np.stack([power[:, ring == k].mean(axis=1) for k in range(rings)], axis=1)
    return np.log10(sums + 1e-6)


def rim(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return features of the face's edge: float64 (n, 5).

    masks: float32 (n, size, size), 1 inside the hull. In order: the colour difference across the edge in
    lightness, green-red and blue-yellow (Lab); the gradient at the edge compared with inside (log); the
    fine grain inside the face compared with outside (log). A pasted face has an edge and different grain.
    """
    size = images.shape[1]
    reach = max(1, round(RIM * size))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    rows = []
    for image, mask in zip(np.asarray(images, np.float32), masks, strict=True):
        inner, outer = cv2.erode(mask, disc) > 0.5, cv2.dilate(mask, disc) > 0.5
        core, beyond = cv2.erode(mask, disc, iterations=3) > 0.5, cv2.dilate(mask, disc, iterations=3) > 0.5
        inside = mask > 0.5
        lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
        jump = np.abs(lab[inner & ~core].mean(axis=0) - lab[beyond & ~outer].mean(axis=0))
        grey = image.mean(axis=-1)
        steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        grain = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1))
        rows.append([*jump, _ratio(steep[outer & ~inner], steep[core]), _ratio(grain[inside], grain[~outer])])
    return np.array(rows, dtype=np.float64)


def _ratio(a, b):
    return np.log10((a.mean() + 1e-4) / (b.mean() + 1e-4))


def features(faces: Crops, at_once: int = 500) -> np.ndarray:
    """Compute the 21 features of `spectrum` and `rim` for `Crops`: float64 (n, 21).

    at_once: crops per chunk, because a database doesn't fit into memory as a whole.
    """
    parts = (faces[k : k + at_once] for k in range(0, len(faces), at_once))
    return np.vstack([np.hstack([spectrum(f.images), rim(f.images, f.masks())]) for f in parts])


def occlusion(
    score: Callable[[np.ndarray], np.ndarray], image: np.ndarray, patch: int = 24, step: int = 8
) -> np.ndarray:
    """Compute an occlusion map: float64 (size, size), how much hiding each place lowers the score.

    score: crops (n, size, size, 3) -> (n,). image: (size, size, 3). A grey square of `patch` pixels
    is placed on the picture every `step` pixels, and at its far edges; each pixel gets the mean over the
    squares that covered it. Positive values mean that the hidden area was evidence of a swap. M. Zeiler and
    R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.
    """
    size = len(image)
    patch = min(patch, size)
    places = [*range(0, size - patch, min(step, patch)), size - patch]
    corners = list(product(places, places))
    hidden = np.repeat(np.asarray(image, np.float32)[None], len(corners) + 1, axis=0)
    for picture, (y, x) in zip(hidden[1:], corners, strict=True):
        picture[y : y + patch, x : x + patch] = 0.5
    scores = np.asarray(score(hidden), np.float64)
    total, count = np.zeros((size, size)), np.zeros((size, size))
    for (y, x), change in zip(corners, scores[0] - scores[1:], strict=True):
        total[y : y + patch, x : x + patch] += change
        count[y : y + patch, x : x + patch] += 1
    return total / count
