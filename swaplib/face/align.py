"""From landmarks to a crop and back: the geometry of aligned faces.

Landmarks are (478, 2) points (x, y) in pixels of a picture, in MediaPipe's order; the centre of the
first pixel is (0, 0), as in OpenCV. A matrix (2, 3) maps points of the frame to points of the crop.
Every crop in the project, shipped or yours, is cut here.
"""

import cv2
import numpy as np

from swaplib import SwaplibError

# Where the left eye (in the picture), the right eye and the mouth go, as fractions of the crop.
ANCHORS = np.array([[0.36, 0.42], [0.64, 0.42], [0.50, 0.70]])
# MediaPipe's indices of the corners. The eye corners stay put when an eye closes or looks aside, and the
# corners of the mouth move less than its middle when it opens.
EYES, MOUTH = ((33, 133), (362, 263)), (61, 291)
INSIDE = 0.6  # share of the landmarks that must lie in the picture for a face to be used


def anchors(points):
    """Return the centres of the left eye, the right eye (both in the picture) and the mouth, in px.

    points: landmarks (478, 2), or of many pictures (..., 478, 2); returns (..., 3, 2).
    """
    return np.stack([points[..., list(pair), :].mean(axis=-2) for pair in (*EYES, MOUTH)], axis=-2)


def similarity(source, target):
    """Fit the rotation, scale and shift that map source (n, 2) closest to target (n, 2).

    Least squares, without reflection; returns a matrix (2, 3). Raises ValueError if all source points
    coincide. S. Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13(4), 1991.
    """
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    s, t = source - middle, target - goal
    spread = (s**2).sum()
    if not spread > 1e-12:
        raise ValueError("the points to align all coincide")
    u, strength, v = np.linalg.svd(t.T @ s)
    proper = np.array([1.0, np.sign(np.linalg.det(u @ v))])
    linear = (u * proper) @ v * (strength * proper).sum() / spread
    return np.column_stack([linear, goal - linear @ middle])


def crop_matrix(points, size):
    """Return the matrix (2, 3) from the frame to a crop of size x size pixels, given landmarks (478, 2)."""
    return similarity(anchors(np.asarray(points, np.float64)), ANCHORS * size - 0.5)


def transform(points, matrix):
    """Apply a matrix (2, 3) to points (n, 2)."""
    return np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]


def invert(matrix):
    """Invert a matrix (2, 3): the result maps the crop to the frame."""
    return cv2.invertAffineTransform(np.asarray(matrix, np.float64))


def crop(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Cut the face out of image (h, w, 3): (size, size, 3) of the same type.

    Areas outside the frame are filled by reflection; `coverage` says where. If the face is larger than
    the crop, the picture is first blurred in proportion, so that fine detail doesn't alias. Only the part
    of the picture that is needed is processed. Raises SwaplibError if the matrix isn't finite or the crop
    lies entirely outside the picture.
    """
    matrix = np.array(matrix, np.float64)
    shrink = 1 / np.sqrt(max(abs(np.linalg.det(matrix[:, :2])), 1e-12))
    sigma = 0.4 * np.sqrt(shrink**2 - 1) if shrink > 1.5 else 0
    part, (left, top) = _needed(image, matrix, size, int(np.ceil(4 * sigma)) + 2)
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    if sigma:
        part = cv2.GaussianBlur(part, (0, 0), sigma)
    return cv2.warpAffine(
        part, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )


def _needed(image, matrix, size, margin):
    """Return the part of the image that a crop needs, reflected at the edges: (part, its corner (x, y))."""
    if not np.isfinite(matrix).all():
        raise SwaplibError("the face's landmarks are not finite numbers: nothing can be cut out")
    rim = transform(np.array([[0, 0], [size, 0], [size, size], [0, size]]) - 0.5, invert(matrix))
    slices = []
    for axis, length in ((1, image.shape[0]), (0, image.shape[1])):
        low, high = rim[:, axis].min(), rim[:, axis].max()
        if not (high >= 0 and low <= length - 1):
            raise SwaplibError("the face lies outside the picture: nothing can be cut out")
        low, high = int(max(low, -length)) - margin, int(min(high, 2 * length)) + 1 + margin
        if low < 0:  # the picture is reflected as far as the crop reaches beyond it
            high = max(high, 1 - low)
        if high > length:
            low = min(low, 2 * length - 1 - high)
        slices.append(slice(max(low, 0), min(high, length)))
    down, across = slices
    return image[down, across], (across.start, down.start)


def coverage(matrix: np.ndarray, size: int, shape: tuple) -> np.ndarray:
    """Return 1 where a crop shows the picture and 0 where `crop` reflected it: float32 (size, size).

    matrix: the one used for the crop; shape: (height, width) of the picture.
    """
    y, x = np.mgrid[:size, :size]
    x, y = np.moveaxis(transform(np.stack([x, y], axis=-1), invert(matrix)), -1, 0)
    there = (x >= -0.5) & (y >= -0.5) & (x <= shape[1] - 0.5) & (y <= shape[0] - 0.5)
    return there.astype(np.float32)


def uncrop(image, matrix, shape):
    """Paste a crop back: (its picture in a frame of `shape`, coverage float32 (h, w) in [0, 1]).

    image: (size, size, channels); matrix: the one used for the crop; shape: (height, width).
    Outside the crop, the picture repeats its edge pixels and the coverage is 0.
    """
    height, width = shape[:2]
    back = invert(matrix)
    picture = cv2.warpAffine(
        image, back, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    whole = np.ones(image.shape[:2], np.float32)
    return picture, cv2.warpAffine(whole, back, (width, height), flags=cv2.INTER_LINEAR)


def inside(points, shape):
    """Return the share, 0 to 1, of points (n, 2) that lie in a frame of shape (height, width)."""
    x, y = np.asarray(points).T
    return float(((x >= -0.5) & (y >= -0.5) & (x < shape[1] - 0.5) & (y < shape[0] - 0.5)).mean())
