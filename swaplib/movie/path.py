"""One face's position in each frame of a movie, and its continuous runs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Track:
    """One face's position in each of a movie's n frames.

    points: float32 (n, 478, 2), px in the upright frame; NaN in frames that are left unchanged
    cuts: bool (n,), True where a new shot begins
    looks: uint8 (n, 24, 24, 3), aligned thumbnails of the face; 0 without a face
    shape: (height, width) of the frames
    reasons: {frame: why it has no face}, in words
    bridged: frames whose face was interpolated from their neighbours
    problem: None, or a sentence on what is wrong with the file
    people: the `Person`s of the movie; chosen: the number of the one tracked, None for nobody
    """

    points: np.ndarray
    cuts: np.ndarray
    looks: np.ndarray
    shape: tuple
    reasons: dict = field(default_factory=dict)
    bridged: list = field(default_factory=list)
    problem: str | None = None
    people: list = field(default_factory=list)
    chosen: int | None = None

    @property
    def found(self) -> np.ndarray:
        """The frames with a face: bool (n,)."""
        return ~np.isnan(self.points[:, 0, 0])


def height(points: np.ndarray) -> float:
    """Return the longer side of the landmarks' bounding box, px; landmarks (478, 2)."""
    return np.ptp(points, axis=0).max()


def moved(a: np.ndarray, b: np.ndarray) -> float:
    """Return how far a face moved from landmarks a to b, in face heights."""
    return float(np.linalg.norm(b.mean(axis=0) - a.mean(axis=0)) / height(a))


def goes_on(a: np.ndarray, b: np.ndarray, frames: int) -> bool:
    """Return whether landmarks b, `frames` frames later, can continue the face at a: near and similar."""
    return moved(a, b) < 0.5 * frames and 1 / 1.4 < height(b) / height(a) < 1.4


def runs(track: Track, gap: int = 0) -> list[slice]:
    """Return slices of frames in which the face moves without a jump or a cut.

    gap: a gap of up to this many frames without a face doesn't end a run.
    """
    out: list = []
    last: Any = None
    for i in np.flatnonzero(track.found):
        near = last is not None and i - last <= gap + 1 and not track.cuts[last + 1 : i + 1].any()
        if not near or not goes_on(track.points[last], track.points[i], i - last):
            out.append([i, i])
        out[-1][1] = i + 1
        last = i
    return [slice(int(start), int(stop)) for start, stop in out]
