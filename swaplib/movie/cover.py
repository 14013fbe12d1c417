"""Whether something is in front of a face: each frame is compared with how the face mostly looks."""

import cv2
import numpy as np

from swaplib.face import align
from swaplib.face.mask import hull_mask
from swaplib.movie.path import Track, height

LOOK = 24  # px: side of the small picture of the face that is kept to see when it is covered
# Levels, in any of the three colours, by which a covered pixel differs from the face's usual look:
# that of the whole run, and that of the frames around, to which turning and talking add less.
STRONGLY, SUDDENLY = 45, 25
AROUND = 12  # frames before and after
# Share of the face that may differ strongly from how it mostly looks: above the first it is
# covered; above the second too, if it is just about to be, or the face is just about to be lost.
COVERED, PARTLY = 0.3, 0.12
MOST = 1000  # frames of a run, evenly spaced, that tell how the face mostly looks


def small(frame: np.ndarray, points: np.ndarray, size: int) -> np.ndarray:
    """The face at landmarks (478, 2) of a frame, aligned: uint8 (size, size, 3).

    Only the face and its surroundings are touched, and shrunk first: quick in large frames.
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
    """Whether a short run shows the face of the frames around it, which dashed, and nothing else.

    found (k,): the numbers of all frames with a face. What differs strongly over much of the face is
    another face, or none; one of another size is a false find, such as a face in a blurred background.
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
    """bool for each frame of a run: something is in front of the face.

    MediaPipe guesses the landmarks of a face that is half behind a hand. So the face is compared
    with how it mostly (median) looks in its run, and in the frames around: where much of it differs,
    and more than turning and talking make it differ in this run, it is covered. Two thresholds, as
    Canny (IEEE PAMI 1986) has for edges: a lower one counts next to covered frames and where the run
    is lost.
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
    """Which pixels of a look are face: bool (LOOK, LOOK)."""
    return hull_mask(align.transform(points, align.crop_matrix(points, LOOK)), LOOK) > 0.5


def _differs(change, mask, levels):
    """Share of the face that differs by more than so many levels; brighter all over doesn't count."""
    change = change[mask] - np.median(change[mask], axis=0)  # a lamp, not a hand
    return (np.abs(change).max(axis=1) > levels).mean()
