"""Detect a covered face by comparing each frame with the face's usual look."""

import cv2
import numpy as np

from swaplib.face import align
from swaplib.face.mask import hull_mask
from swaplib.movie.path import Track, height

LOOK = 24  # px: side of the thumbnail of the face that is kept to detect covers
# Levels, in any of the three colours, by which a covered pixel differs from the face's usual look in the
# whole run, and from its look in the surrounding frames, where turning and talking change less.
STRONGLY, SUDDENLY = 45, 25
AROUND = 12  # frames before and after
# Share of the face that differs strongly from its usual look: above the first the face is covered; above
# the second it also is if it is about to be covered or lost.
COVERED, PARTLY = 0.3, 0.12
MOST = 1000  # evenly spaced frames of a run that define the face's usual look


def small(frame: np.ndarray, points: np.ndarray, size: int) -> np.ndarray:
    """Return the aligned face at landmarks (478, 2) of a frame: uint8 (size, size, 3).

    Only the face and its surroundings are processed, and shrunk first, so it is fast for large frames.
    """
    times = max(1, int(height(points) / (2 * size)))
    middle, reach = points.mean(axis=0), 2 * height(points)
    left, top = np.clip((middle - reach) // times * times, 0, None).astype(int)
    right, bottom = np.clip(middle + reach, 1, None).astype(int)
    part = frame[top:bottom, left:right]
    if not part.size:
        return np.zeros((size, size, 3), np.uint8)
    shrunk = cv2.resize(part, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA)
    matrix = align.crop_matrix((points - (left, top) + 0.5) / times - 0.5, size)
    return align.crop(shrunk, matrix, size)


def looks_like_those_around(track: Track, found: np.ndarray, piece: slice) -> bool:
    """Return whether a short run shows the face of the surrounding frames, moving fast, and nothing else.

    found (k,): the indices of all frames with a face. A run that differs strongly over much of the face is
    another face, or none; one of another size is a false positive, such as a face in a blurred background.
    """
    beside = found[slice(*np.searchsorted(found, (piece.start - AROUND, piece.stop + AROUND)))]
    own = (beside >= piece.start) & (beside < piece.stop)
    own, beside = beside[own], beside[~own]
    if not len(beside):
        return False
    usual = np.median(track.looks[beside].astype(np.float32), axis=0)
    tall = np.median([height(track.points[k]) for k in beside])
    return all(
        _differs(track.looks[k] - usual, _look_mask(track.points[k]), STRONGLY) <= PARTLY
        and 1 / 1.4 < height(track.points[k]) / tall < 1.4
        for k in own
    )


def covered(track: Track, piece: slice) -> np.ndarray:
    """Return, for each frame of a run, whether something covers the face: bool.

    MediaPipe guesses the landmarks of a face half hidden by a hand. The face is therefore compared with its
    usual (median) look in the run and in the surrounding frames: it is covered where much of it differs, and
    by more than turning and talking cause in this run. There are two thresholds, as in Canny's edge
    detector (IEEE PAMI 1986): a lower one applies next to covered frames and where the run ends.
    """
    from scipy.ndimage import binary_propagation

    have = piece.start + np.flatnonzero(~np.isnan(track.points[piece, 0, 0]))
    usual = np.median(track.looks[have[:: -(-len(have) // MOST)]].astype(np.float32), axis=0)
    share = np.ones(piece.stop - piece.start)
    for k in have:
        around = have[slice(*np.searchsorted(have, (k - AROUND, k + AROUND + 1)))]
        lately = np.median(track.looks[around], axis=0)
        mask, look = _look_mask(track.points[k]), track.looks[k].astype(np.float32)
        share[k - piece.start] = max(
            _differs(look - usual, mask, STRONGLY), _differs(look - lately, mask, SUDDENLY)
        )
    common = np.quantile(share[have - piece.start], 0.8)
    surely, partly = share > max(COVERED, 3 * common), share > max(PARTLY, 1.5 * common)
    surely[0] |= piece.start > 0 and not track.cuts[piece.start]
    surely[-1] |= piece.stop < len(track.cuts) and not track.cuts[piece.stop]
    return binary_propagation(surely & partly, mask=partly)


def _look_mask(points):
    """Return which pixels of a thumbnail belong to the face: bool (LOOK, LOOK)."""
    return hull_mask(align.transform(points, align.crop_matrix(points, LOOK)), LOOK) > 0.5


def _differs(change, mask, levels):
    """Return the share of the face that differs by more than `levels`, ignoring overall brightness."""
    change = change[mask] - np.median(change[mask], axis=0)  # a lamp, not a hand
    return (np.abs(change).max(axis=1) > levels).mean()
