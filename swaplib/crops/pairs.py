"""The pairs of lesson 6: two people do exactly the same, in the same clips, before the same camera.

A pixel of the one belongs to the same pixel of the other, so the true face of the one can be put into the
picture of the other without being resampled. Each part (train, tune, test) is a folder of sheets
PAIR_CLIP.webp, the frames of the one above those of the other, with `factors.csv`, `landmarks.npz` and
`people.csv`; `data_scripts/pack_pairs.py` writes it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from swaplib import DATA, SwaplibError
from swaplib.crops.dataset import check_seal, read_factors
from swaplib.files.arrays import read_arrays

PARTS = ("train", "tune", "test")
FRAMES, FINE = 8, 32  # frames of a clip; steps a pixel of the landmarks as they are packed
SIZE = 192  # px, of 256


@dataclass(frozen=True)
class Pairs:
    """Pictures of people in pairs, a row a frame and person.

    images: uint8 (n, size, size, 3), RGB, cut from the frames along whole pixels, at the same place for
    both of a pair and for all frames of a clip. points: float32 (n, 478, 2), landmarks in px of the
    picture. partner: (n,), the row in which the other one does the same. factors: a column a name, (n,)
    each, among them "who", "pair", "clip" and "frame".
    """

    images: np.ndarray
    points: np.ndarray
    partner: np.ndarray
    factors: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.images)

    def clips(self) -> np.ndarray:
        """The name of each row's clip, which both of a pair have in common: str (n,)."""
        return np.array(
            [f"{p:02.0f} {c:.0f}" for p, c in zip(self.factors["pair"], self.factors["clip"], strict=True)]
        )

    def some(self, keep: np.ndarray) -> "Pairs":
        """The rows where keep, bool (n,), is true; raises SwaplibError if it parts two partners."""
        if not np.array_equal(keep, keep[self.partner]):
            raise SwaplibError("of each pair keep both rows or none: choose by pair, clip or frame")
        place = np.cumsum(keep) - 1
        return Pairs(
            self.images[keep],
            self.points[keep],
            place[self.partner[keep]],
            {name: column[keep] for name, column in self.factors.items()},
        )


def load(part: str, size: int = SIZE) -> Pairs:
    """The pairs of a part, "train", "tune" or "test": nobody is in two of them.

    size: pixels cut out of the 256 of a frame, 192 to 256. Raises SwaplibError for another part or size, or a
    damaged set.
    """
    if part not in PARTS:
        raise SwaplibError(f"there is no part {part!r} of the pairs: choose one of {', '.join(PARTS)}")
    return read(DATA / "pairs" / part, size)


def people(part: str) -> dict[str, np.ndarray]:
    """Who they are and how near in skin to their partner: a column a name, a row a person."""
    return read_factors(DATA / "pairs" / part / "people.csv")


def read(folder: Path, size: int = SIZE) -> Pairs:
    """The pairs of a folder as `pack_pairs.py` writes it; raises SwaplibError as `load` does."""
    if not (folder / "factors.csv").exists():
        raise SwaplibError(f"{folder} is missing or empty: install the package again")
    check_seal(folder)
    factors = read_factors(folder / "factors.csv")
    n = len(factors["who"])
    points = read_arrays(folder / "landmarks.npz", "set of landmarks").get("landmarks", np.empty(0))
    if points.shape != (n, 478, 2):
        raise SwaplibError(f"{folder} has landmarks {points.shape} for {n} rows: install the package again")
    points = points.astype(np.float32) / FINE
    images = np.empty((n, size, size, 3), np.uint8)
    for pair, clip in sorted({*zip(factors["pair"], factors["clip"], strict=True)}):
        rows = np.flatnonzero((factors["pair"] == pair) & (factors["clip"] == clip))
        frames = _frames(folder / f"{pair:02.0f}_{clip:.0f}.webp")
        if not SIZE <= size <= frames.shape[2]:
            raise SwaplibError(f"size {size} is not offered: choose {SIZE} to {frames.shape[2]} pixels")
        corner = _corner(points[rows], size, frames.shape[2])
        left, top = corner
        points[rows] -= corner
        for row in rows:
            one = frames["ab".index(factors["who"][row][-1]), int(factors["frame"][row])]
            images[row] = one[top : top + size, left : left + size]
    return Pairs(images, points, _partners(folder, factors), factors)


def _frames(path):
    """The frames of a sheet: uint8 (2, FRAMES, h, w, 3), RGB."""
    sheet = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.exists() else None
    if sheet is None or len(sheet) % 2 or len(sheet) // 2 * FRAMES != sheet.shape[1]:
        raise SwaplibError(f"{path} can't be read as two rows of {FRAMES} frames: install the package again")
    size = len(sheet) // 2
    return sheet[..., ::-1].reshape(2, size, FRAMES, size, 3).swapaxes(1, 2)


def _corner(points, size, whole):
    """Where a picture of `size` px is cut so that the faces are in its middle: whole pixels (x, y)."""
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    return np.clip(np.rint((low + high - size) / 2), 0, whole - size).astype(int)


def _partners(folder, factors):
    """The row of each row's partner: int (n,)."""
    keys = [factors[name] for name in ("who", "clip", "frame")]
    row_of = {key: row for row, key in enumerate(zip(*keys, strict=True))}
    theirs = zip(factors["partner"], *keys[1:], strict=True)
    try:
        return np.array([row_of[key] for key in theirs])
    except KeyError as error:
        raise SwaplibError(f"{folder} lacks a partner of {error}: install the package again") from error
