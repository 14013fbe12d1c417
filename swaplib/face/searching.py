"""Where to look again for faces that weren't found at first, and geometry for the results."""

from dataclasses import replace
from typing import Any

import numpy as np

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.files.picture import as_bytes


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
