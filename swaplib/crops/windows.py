"""Windows of a movie around its face, cut along whole pixels: a detector sees the movie's own pixels."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.crops.pairs import Pairs
from swaplib.face.landmarks import Landmarker
from swaplib.files.video import Reader

SIZE = 192  # px of a window, as of the pairs
FACE = 0.85  # of a window: a face that is larger is shrunk first


def cut(
    frames: Iterable[np.ndarray], points: Iterable[np.ndarray], size: int = SIZE, who: str = "b"
) -> Pairs:
    """Windows of `size` px around a face in frames, uint8 (h, w, 3), with its landmarks (478, 2) in px.

    Frames without landmarks (NaN) are left out. A frame is shrunk where the face is larger than `FACE` of a
    window; else no pixel changes. who: the person's name. Returns `Pairs`, of which each is its own partner.
    Raises SwaplibError where no frame has a face, or frames are smaller than a window.
    """
    images, places, numbers = [], [], []
    for k, (frame, where) in enumerate(zip(frames, points, strict=True)):
        if np.isnan(where).any():
            continue
        where = np.asarray(where, np.float32)
        low, high = where.min(axis=0), where.max(axis=0)
        zoom = min(1.0, FACE * size / float((high - low).max()))
        if zoom < 1:
            frame = cv2.resize(frame, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
            where, low, high = where * zoom, low * zoom, high * zoom
        if min(frame.shape[:2]) < size:
            raise SwaplibError(
                f"frames of {frame.shape[1]} x {frame.shape[0]} px are smaller than a window of {size} px"
            )
        corner = np.rint((low + high - size) / 2)
        x, y = np.clip(corner, 0, np.array(frame.shape[1::-1]) - size).astype(int)
        images.append(frame[y : y + size, x : x + size])
        places.append(where - (x, y))
        numbers.append(k)
    if not images:
        raise SwaplibError("no frame has a face: choose a movie in which one can be seen from the front")
    n = len(images)
    factors = {"frame": np.array(numbers), "pair": np.zeros(n), "clip": np.zeros(n), "who": np.full(n, who)}
    return Pairs(np.stack(images), np.float32(places), np.arange(n), factors)


def of_movie(path: str | Path, most: int = 40) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """At most so many frames of a movie, evenly spaced, and the landmarks of the face in each, NaN where
    there is none: (list of uint8 (h, w, 3), list of float32 (478, 2)). Nothing of it is stored.

    Raises SwaplibError for a file that can't be read as a movie.
    """
    reader = Reader(path)
    count = reader.count or sum(1 for _ in reader)
    step, frames, points = max(1, -(-count // most)), [], []
    with Landmarker(max_faces=1, thorough=False) as find:
        for k, (frame, _) in enumerate(reader):
            if k % step == 0:
                found = find(frame)
                frames.append(frame)
                points.append(found[0].points if found else np.full((478, 2), np.nan, np.float32))
    return frames, points
