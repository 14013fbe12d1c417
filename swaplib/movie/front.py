"""Keep occluders, such as a hand or a card, in front of a swapped face."""

import functools

import cv2
import numpy as np

from swaplib import networks
from swaplib.face import align
from swaplib.face.mask import hull_mask
from swaplib.files.picture import resized

BATCH = 16  # pictures per batch of the network
SURE, MAYBE = 0.5, 0.2  # probabilities: a likely pixel counts if it is connected to a sure one
LEAST = 0.015  # share of the face: a smaller cover is a false positive
MOST = 0.5  # share of the face: if more is covered, even the landmarks are guesses
UNLIKE, TIMES = 0.04, 1.2  # smallest reconstruction error in a cover, absolute and relative to elsewhere
DOUBT = 0.25  # maximum share of the face that is neither clearly covered nor clearly free


def covers(crops: np.ndarray, points: np.ndarray, again: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segment occluders of faces in crops: (float32 (n, size, size) in [0, 1], reliable bool (n,)).

    crops: float32 (n, size, size, 3) in [0, 1]. points: landmarks (n, 478, 2), px in the crops. again: the
    crops as reconstructed by the source's own decoder. The network was trained on synthetic people and may
    take a bright forehead for a hand, so only areas that this decoder, which knows the person, reconstructs
    wrongly count. A mask isn't reliable if more than half of the face is covered, or a quarter is in doubt.
    Without an occluder the mask is 0 throughout.
    """
    side = _network().input_shape[1]
    small, again = (np.stack([resized(some, side) for some in pictures]) for pictures in (crops, again))
    likely = np.concatenate([_likely(small[k : k + BATCH]) for k in range(0, len(small), BATCH)])
    found = [
        _tidied(some, change, align.transform(at, _zoom(side / crops.shape[1])), crops.shape[1])
        for some, change, at in zip(likely, small - again, points, strict=True)
    ]
    return np.stack([cover for cover, _ in found]), np.array([reliable for _, reliable in found])


@functools.cache
def _network():
    return networks.shipped("cover")


def _likely(pictures):
    """Return the network's output for up to BATCH pictures, at a fixed batch size: one shape is compiled."""
    batch = np.zeros((BATCH, *pictures.shape[1:]), np.float32)
    batch[: len(pictures)] = pictures
    return _network().predict_on_batch(batch)[: len(pictures), ..., 0]


def _zoom(times):
    """Return the matrix from a crop's pixels to those of a crop `times` as large."""
    return np.float64([[times, 0, (times - 1) / 2], [0, times, (times - 1) / 2]])


def _unlike(cover, change, face):
    """Return the pieces of a cover, bool (side, side), that the decoder reconstructs wrongly."""
    from scipy.ndimage import label, mean

    free = face & ~cover
    if not free.any():
        return cover
    change = np.abs(change - np.median(change[free], axis=0)).mean(axis=2)
    pieces, count = label(cover)
    with np.errstate(invalid="ignore"):  # a piece outside the face
        there = mean(change, np.where(face, pieces, 0), np.arange(1, count + 1))
    away = np.nan_to_num(there) > max(UNLIKE, TIMES * change[free].mean())
    return np.append(False, away)[pieces]


def _tidied(likely, change, points, size):
    """Return (cover (size, size), whether it is reliable) from the network's probability (side, side).

    change: crop minus reconstruction (side, side, 3).
    """
    from scipy.ndimage import binary_fill_holes, binary_propagation

    face = hull_mask(points, likely.shape) > 0.5
    sure, maybe = likely > SURE, likely > MAYBE
    whole = max(face.sum(), 1)
    if (sure & face).sum() < LEAST * whole:
        return np.zeros((size, size), np.float32), True
    cover = binary_propagation(sure, mask=maybe)
    cover = cv2.morphologyEx(np.uint8(cover), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    cover = _unlike(binary_fill_holes(cover), change, face)
    if (cover & face).sum() < LEAST * whole:
        return np.zeros((size, size), np.float32), True
    doubtful = cover & (likely > MAYBE) & (likely < 1 - MAYBE) & face
    reliable = (cover & face).sum() <= MOST * whole and doubtful.sum() <= DOUBT * whole
    # A pixel wider, because its edge mixes both.
    soft = cv2.GaussianBlur(cv2.dilate(np.float32(cover), np.ones((3, 3))), (0, 0), 0.7)
    return np.clip(cv2.resize(soft, (size, size), interpolation=cv2.INTER_LINEAR), 0, 1), bool(reliable)
