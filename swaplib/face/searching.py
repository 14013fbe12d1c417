"""Where else to look for faces that were not found at first, and what of it lies where."""

from dataclasses import replace
from typing import Any

import numpy as np

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.files.picture import as_bytes


def as_picture(image: np.ndarray) -> np.ndarray:
    """A picture as uint8 (h, w, 3), from grey or with an alpha channel too, or from floats in [0, 1].

    Raises SwaplibError for what is no picture, such as one of no pixels.
    """
    image = np.asarray(image)
    if image.ndim == 2:
        image = np.dstack([image] * 3)
    if image.ndim != 3 or image.shape[2] not in (3, 4) or not image.size:
        raise SwaplibError(f"an array of shape {image.shape} is no picture: give (height, width, 3), RGB")
    return np.ascontiguousarray(as_bytes(image[..., :3]))


def centred(face: Any, shape: tuple[int, ...]) -> bool:
    """Whether the middle of a face lies in a picture of shape (height, width)."""
    return align.inside(face.points.mean(axis=0)[None], shape) == 1


def corners(shape: tuple[int, ...], side: int) -> list[tuple[int, int]]:
    """(top, left) of squares that cover a picture and overlap by half at least."""
    steps = [
        np.linspace(0, length - side, int(np.ceil((length - side) / (side / 2))) + 1).astype(int)
        for length in shape[:2]
    ]
    return [(int(top), int(left)) for top in steps[0] for left in steps[1]]


def each_once(faces: list) -> list:
    """The faces, but for those that are almost in the place of a larger one."""
    kept = []
    for face in sorted(faces, key=lambda face: -face.area):
        middle, high = face.points.mean(axis=0), np.ptp(face.points[:, 1])
        if all(np.linalg.norm(middle - other.points.mean(axis=0)) > high / 2 for other in kept):
            kept.append(face)
    return kept


def turned_back(face: Any, quarters: int, shape: tuple[int, ...]) -> Any:
    """The face of a picture of `shape` that was turned left by so many quarters, as it was before."""
    x, y = face.points.T
    for _ in range(quarters):
        x, y, shape = shape[0] - 1 - y, x, (shape[1], shape[0])
    roll = (face.roll + 90 * quarters + 180) % 360 - 180
    return replace(face, points=np.stack([x, y], axis=1), roll=roll)
