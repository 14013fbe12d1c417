"""The face region of a crop: the hull of its landmarks, and a soft mask that reaches up to the hairline."""

from collections.abc import Sequence

import cv2
import numpy as np

HULL = 40  # corners stored for each hull
# MediaPipe's indices, from the picture's left to its right: a row above the brows, and the top of the hull.
ABOVE_BROWS = (71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301)
TOP = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)
RAYS, STEPS = 41, 49
CAP = 2.7  # the longest ray, where 1 is the hull: forehead, nose and chin are about equally high
JUMP = 14  # Lab units from the forehead's colour beyond which it isn't skin
MARGIN = 0.018  # distance kept from the hair, as a share of the crop's side


def hull(points: np.ndarray) -> np.ndarray:
    """Return the corners (k, 2), float32, of the convex hull of points (n, 2)."""
    return cv2.convexHull(np.asarray(points, np.float32))[:, 0]


def hull_mask(points: np.ndarray, shape: int | tuple, feather: float = 0.0) -> np.ndarray:
    """Return 1 inside the convex hull of points (n, 2) and 0 outside: float32 (h, w).

    shape: (height, width), or one number for a square. feather: standard deviation, in pixels, of the
    blur applied to the edge.
    """
    height, width = (shape, shape) if np.isscalar(shape) else shape[:2]
    mask = np.zeros((height, width), np.uint8)
    eighths = np.round(hull(points) * 8).astype(np.int32)
    cv2.fillConvexPoly(mask, eighths, 1, shift=3)
    mask = mask.astype(np.float32)
    return cv2.GaussianBlur(mask, (0, 0), feather) if feather else mask


def pad_hull(corners: np.ndarray) -> np.ndarray:
    """Bring a hull (k, 2) to (40, 2): the last corner is repeated, or surplus corners are dropped evenly."""
    if len(corners) > HULL:
        corners = corners[np.linspace(0, len(corners) - 1, HULL).round().astype(int)]
    return np.pad(corners, ((0, HULL - len(corners)), (0, 0)), mode="edge").astype(np.float32)


def masks(hulls: np.ndarray, size: int) -> np.ndarray:
    """Return masks float32 (n, size, size) of hulls (n, k, 2) given in fractions of the crop."""
    return np.stack([hull_mask(hull * size - 0.5, size) for hull in hulls])


def face_mask(
    points: np.ndarray, size: int, feather: float = 0.015, pictures: Sequence[np.ndarray] = ()
) -> np.ndarray:
    """Return where the decoded face is shown: float32 (size, size) in [0, 1], with a soft edge.

    points: landmarks in the crop, px. The mask is their convex hull, blurred by `feather` (a share of the
    crop's side), and stays within the crop. The landmarks end at mid-forehead. Given pictures, float32
    (size, size, 3) in [0, 1], the crop and the decoded face, the mask extends upwards as far as both show
    skin; see `forehead`.
    """
    mask = hull_mask(points, size)
    if len(pictures):
        cv2.fillPoly(mask, [np.round(forehead(points, pictures) * 8).astype(np.int32)], 1, shift=3)
    sigma = feather * size
    rim = int(np.ceil(2 * sigma)) + 1
    mask[:rim] = mask[-rim:] = mask[:, :rim] = mask[:, -rim:] = 0
    return cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)


def forehead(points: np.ndarray, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Return the corners (k, 2), px, of a polygon that extends the hull up to the hairline.

    points: landmarks in the crop, px. pictures: float32 (size, size, 3) in [0, 1] each. Rays run from
    above the brows through the upper landmarks, up to `CAP` times as far. Each stops where the colour
    departs from the skin at its start: at hair, or at any head covering. With several pictures the
    shortest reach counts, and each ray takes the median of its neighbours.
    """
    start, end = (_between(np.float32(points)[list(row)]) for row in (ABOVE_BROWS, TOP))
    steps = np.linspace(0, CAP, STEPS, dtype=np.float32)
    along = start[:, None] + (end - start)[:, None] * steps[:, None]
    # The forehead is rounded: rays at the temples stop at the hull, while those in the middle may go on.
    free = 1 + (CAP - 1) * np.sin(np.linspace(0, np.pi, len(start)))
    reach = np.min([free, *(_skin_along(along, steps, picture) for picture in pictures)], axis=0)
    size = len(pictures[0])
    length = np.maximum(np.linalg.norm(end - start, axis=1), 1e-6)
    reach = np.maximum(_smoothed(reach) - MARGIN * size / length, 0)
    tips = start + (end - start) * reach[:, None]
    return np.concatenate([tips, start[::-1]])


def _between(row, times=RAYS):
    """Resample points (k, 2) to (times, 2), evenly along their line."""
    places = np.linspace(0, len(row) - 1, times)
    return np.stack([np.interp(places, range(len(row)), row[:, k]) for k in (0, 1)], axis=1)


def _skin_along(along, steps, picture):
    """Return how far each ray stays on skin, as a multiple of the distance to the landmark: (rays,).

    along: (rays, steps, 2) px. Lightness is compared with the start of the same ray, because light
    varies from side to side; hue is compared with the whole forehead.
    """
    colours = cv2.remap(
        np.float32(picture), np.float32(along), None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)
    own = lab[:, steps <= 1]
    away = lab - np.median(own, axis=1, keepdims=True)
    away[..., 1:] = lab[..., 1:] - np.median(own[..., 1:], axis=(0, 1))
    off = np.linalg.norm(away, axis=2) > JUMP
    return np.where(off.any(axis=1), steps[off.argmax(axis=1)], CAP)


def _smoothed(reach):
    """Take the median of every five neighbours, then their mean, to remove gaps and spikes."""
    windows = np.lib.stride_tricks.sliding_window_view
    middle = np.median(windows(np.pad(reach, 2, mode="edge"), 5), axis=1)
    return windows(np.pad(middle, 2, mode="edge"), 5).mean(axis=1)
