"""Where to look again for faces that weren't found at first, and geometry for the results."""

import functools
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.files.picture import as_bytes

# Landmarks around the eyes and brows, which are darker than the skin. (Lips are not when they show teeth.)
DARK = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
SMALL, FINE = 24, 4  # px: side of the crop that is compared; pixels in which one of its pixels is drawn
DOUBTFUL = 0.5  # 98% of the faces found the wrong way up are below, a fifth of the others
CLEARLY, LEAST = 0.1, 0.3  # how much better the face must be the other way up, and how good at least
_FAR = ((np.arange(SMALL) - (SMALL - 1) / 2) / 7.5) ** 4
_WINDOW = np.exp(-_FAR[:, None] - _FAR)  # hair and background don't count


def as_picture(image: np.ndarray) -> np.ndarray:
    """Convert a picture to uint8 (h, w, 3), from grey, with an alpha channel, or from floats in [0, 1].

    Raises SwaplibError if the array isn't a picture, for example if it has no pixels.
    """
    image = np.asarray(image)
    if image.ndim == 2:
        image = np.dstack([image] * 3)
    if image.ndim != 3 or image.shape[2] not in (3, 4) or not image.size:
        raise SwaplibError(
            f"an array of shape {image.shape} is not a picture: expected (height, width, 3), RGB"
        )
    return np.ascontiguousarray(as_bytes(image[..., :3]))


def centred(face: Any, shape: tuple[int, ...]) -> bool:
    """Return whether the centre of a face lies in a picture of shape (height, width)."""
    return align.inside(face.points.mean(axis=0)[None], shape) == 1


def corners(shape: tuple[int, ...], side: int) -> list[tuple[int, int]]:
    """Return (top, left) of squares that cover a picture and overlap by at least half."""
    steps = [
        np.linspace(0, length - side, int(np.ceil((length - side) / (side / 2))) + 1).astype(int)
        for length in shape[:2]
    ]
    return [(int(top), int(left)) for top in steps[0] for left in steps[1]]


def each_once(faces: list) -> list:
    """Return the faces without those that almost coincide with a larger one."""
    kept = []
    for face in sorted(faces, key=lambda face: -face.area):
        middle, high = face.points.mean(axis=0), np.ptp(face.points[:, 1])
        if all(np.linalg.norm(middle - other.points.mean(axis=0)) > high / 2 for other in kept):
            kept.append(face)
    return kept


def turned_back(face: Any, quarters: int, shape: tuple[int, ...]) -> Any:
    """Map a face found in a picture of `shape` rotated left by quarter turns back to the original picture."""
    x, y = face.points.T
    for _ in range(quarters):
        x, y, shape = shape[0] - 1 - y, x, (shape[1], shape[0])
    roll = (face.roll + 90 * quarters + 180) % 360 - 180
    return replace(face, points=np.stack([x, y], axis=1), roll=roll)


def agreement(image: np.ndarray, points: np.ndarray) -> float:
    """Return how well eyes and brows lie where landmarks (478, 2) say: a correlation, low if upside down."""
    size = SMALL * FINE
    matrix, drawn = align.crop_matrix(points, size), np.full((size, size), 255, np.uint8)
    corners = np.rint(align.transform(points, matrix)).astype(np.int32)
    for part in DARK:
        cv2.fillPoly(drawn, [corners[list(part)]], 0)
    there = cv2.warpAffine(image, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    looks = cv2.cvtColor(there, cv2.COLOR_RGB2GRAY), drawn
    crop, drawn = (np.float32(cv2.resize(x, (SMALL, SMALL), interpolation=cv2.INTER_AREA)) for x in looks)
    drawn = _smooth(0.7) @ drawn @ _smooth(0.7).T
    crop, drawn = (_WINDOW * (look - _smooth(2) @ look @ _smooth(2).T) for look in (crop, drawn))
    crop, drawn = crop - crop.mean(), drawn - drawn.mean()
    return float((crop * drawn).sum() / max(np.linalg.norm(crop) * np.linalg.norm(drawn), 1e-6))


@functools.cache
def _smooth(sigma):
    """Return the matrix of a Gaussian blur along one side of a small crop; its rows add up to 1."""
    apart = np.subtract.outer(np.arange(SMALL), np.arange(SMALL))
    weights = np.exp(-0.5 * (apart / sigma) ** 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def the_right_way_up(image: np.ndarray, faces: list, search: Any) -> list:
    """Replace the faces found upside down: on nearly half of those MediaPipe sees upright landmarks.

    search: finds the faces in a picture. It is asked again only if a face is unlike its landmarks.
    """
    sure = [agreement(image, face.points) for face in faces]
    if min(sure, default=1) >= DOUBTFUL:
        return faces
    turned = np.ascontiguousarray(image[::-1, ::-1])
    others = [turned_back(face, 2, turned.shape) for face in search(turned)]
    for other in others:
        alike = agreement(image, other.points)
        middle, near = other.points.mean(axis=0), np.ptp(other.points, axis=0).max() / 2
        for k, face in enumerate(faces):
            here = np.linalg.norm(face.points.mean(axis=0) - middle) < near
            if here and sure[k] < min(alike - CLEARLY, DOUBTFUL) and alike > LEAST:
                faces[k], sure[k] = other, alike
    return faces
