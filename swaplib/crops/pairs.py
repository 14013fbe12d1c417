"""The pairs of lesson 6: two people give exactly the same performance, in the same clips, on the same camera.

Each pixel of one person corresponds to the same pixel of the other, so one person's true face can be pasted
into the other's picture without resampling. Each split (train, tune, test) is a folder of sheets
PAIR_CLIP.webp, with one person's frames above the other's, and `factors.csv`, `landmarks.npz` and
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
FRAMES, FINE = 8, 32  # frames in a clip; steps per pixel of the packed landmarks
SIZE = 192  # px, of 256


@dataclass(frozen=True)
class Pairs:
    """Pictures of paired people, one row per frame and person.

    images: uint8 (n, size, size, 3), RGB, cut from the frames at whole pixels, at the same place for both
    people of a pair and for all frames of a clip. points: float32 (n, 478, 2), landmarks in px of the
    picture. partner: (n,), the row in which the other person does the same. factors: one array (n,) per
    name, among them "who", "pair", "clip" and "frame".
    """

    images: np.ndarray
    points: np.ndarray
    partner: np.ndarray
    factors: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.images)

    def clips(self) -> np.ndarray:
        """Return the name of each row's clip, shared by both people of a pair: str (n,)."""
        return np.array(
            [f"{p:02.0f} {c:.0f}" for p, c in zip(self.factors["pair"], self.factors["clip"], strict=True)]
        )

    def some(self, keep: np.ndarray) -> "Pairs":
        """Select the rows where keep, bool (n,), is true; raises SwaplibError if that separates partners."""
        if not np.array_equal(keep, keep[self.partner]):
            raise SwaplibError("keep both rows of each pair or neither: select by pair, clip or frame")
        place = np.cumsum(keep) - 1
        return Pairs(
            self.images[keep],
            self.points[keep],
            place[self.partner[keep]],
            {name: column[keep] for name, column in self.factors.items()},
        )


def load(part: str, size: int = SIZE) -> Pairs:
    """Load the pairs of a split, "train", "tune" or "test"; no person is in more than one.

    size: pixels cut out of the 256 of a frame, 192 to 256. Raises SwaplibError for an unknown split, an
    invalid size or a damaged set.
    """
    if part not in PARTS:
        raise SwaplibError(f"there is no split {part!r} of the pairs: choose one of {', '.join(PARTS)}")
    return read(DATA / "pairs" / part, size)


def people(part: str) -> dict[str, np.ndarray]:
    """Return who the people are and how similar their skin is to their partner's: {name: array (people,)}."""
    return read_factors(DATA / "pairs" / part / "people.csv")


def read(folder: Path, size: int = SIZE) -> Pairs:
    """Read the pairs of a folder that `pack_pairs.py` wrote; raises SwaplibError as `load` does."""
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
            raise SwaplibError(f"size must be {SIZE} to {frames.shape[2]} pixels, not {size}")
        corner = _corner(points[rows], size, frames.shape[2])
        left, top = corner
        points[rows] -= corner
        for row in rows:
            one = frames["ab".index(factors["who"][row][-1]), int(factors["frame"][row])]
            images[row] = one[top : top + size, left : left + size]
    return Pairs(images, points, _partners(folder, factors), factors)


def _frames(path):
    """Read the frames of a sheet: uint8 (2, FRAMES, h, w, 3), RGB."""
    sheet = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.exists() else None
    if sheet is None or len(sheet) % 2 or len(sheet) // 2 * FRAMES != sheet.shape[1]:
        raise SwaplibError(f"{path} can't be read as two rows of {FRAMES} frames: install the package again")
    size = len(sheet) // 2
    return sheet[..., ::-1].reshape(2, size, FRAMES, size, 3).swapaxes(1, 2)


def _corner(points, size, whole):
    """Return where to cut a picture of `size` px so that the faces are centred: whole pixels (x, y)."""
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    return np.clip(np.rint((low + high - size) / 2), 0, whole - size).astype(int)


def _partners(folder, factors):
    """Return the row of each row's partner: int (n,)."""
    keys = [factors[name] for name in ("who", "clip", "frame")]
    row_of = {key: row for row, key in enumerate(zip(*keys, strict=True))}
    theirs = zip(factors["partner"], *keys[1:], strict=True)
    try:
        return np.array([row_of[key] for key in theirs])
    except KeyError as error:
        raise SwaplibError(f"{folder} lacks the partner of {error}: install the package again") from error
