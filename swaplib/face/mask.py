"""What of a crop is face: the convex hull of its landmarks, and the soft mask along which it is pasted."""

import cv2
import numpy as np

HULL = 40  # corners kept of each hull


def hull(points):
    """Corners (k, 2) float32 of the convex hull of points (n, 2)."""
    return cv2.convexHull(np.asarray(points, np.float32))[:, 0]


def hull_mask(points, shape, feather=0.0):
    """1 inside the convex hull of points (n, 2), 0 outside: float32 (h, w).

    shape: (height, width), or one number for a square. feather: standard deviation, in pixels, by
    which the edge is blurred.
    """
    height, width = (shape, shape) if np.isscalar(shape) else shape[:2]
    mask = np.zeros((height, width), np.uint8)
    eighths = np.round(hull(points) * 8).astype(np.int32)
    cv2.fillConvexPoly(mask, eighths, 1, shift=3)
    mask = mask.astype(np.float32)
    return cv2.GaussianBlur(mask, (0, 0), feather) if feather else mask


def pad_hull(corners):
    """Corners (k, 2) of a hull as (40, 2): the last is repeated; of more, evenly many are kept."""
    if len(corners) > HULL:
        corners = corners[np.linspace(0, len(corners) - 1, HULL).round().astype(int)]
    return np.pad(corners, ((0, HULL - len(corners)), (0, 0)), mode="edge").astype(np.float32)


def masks(hulls, size):
    """Masks float32 (n, size, size) of hulls (n, k, 2) given in fractions of the crop."""
    return np.stack([hull_mask(hull * size - 0.5, size) for hull in hulls])


def face_mask(points, size, feather=0.015):
    """Where the decoded face shows: float32 (size, size) in [0, 1], soft at its rim.

    points: landmarks in the crop, px. The mask is their convex hull, blurred by `feather` (a
    share of the crop's side) and drawn in first, so that next to nothing of the decoded face's
    surroundings shows outside the hull; and it ends within the crop.
    """
    mask = np.zeros((size, size), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(hull(points)).astype(np.int32), 255)
    sigma = feather * size
    reach = 2 * int(np.ceil(1.5 * sigma)) + 1  # px, the diameter of what erodes
    mask = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    rim = int(np.ceil(2 * sigma)) + 1
    mask[:rim] = mask[-rim:] = mask[:, :rim] = mask[:, -rim:] = 0
    soft = mask.astype(np.float32) / 255
    return cv2.GaussianBlur(soft, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
