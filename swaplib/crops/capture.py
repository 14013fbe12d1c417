"""Crops of your own material: turn photos and movies into a set of aligned faces of one person.

Everyone shown must have given consent: `python -m swaplib` asks for it and records the answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError, first_few
from swaplib.crops import Crops, readings
from swaplib.crops.dataset import CROP
from swaplib.crops.sources import files, pictures, printable
from swaplib.face.align import INSIDE, coverage, crop, crop_matrix, inside, transform
from swaplib.face.landmarks import Face, Landmarker
from swaplib.face.mask import hull, pad_hull
from swaplib.files.picture import as_floats

MOST = 1500  # frames from all movies together: more of the same person add little
LEFT_OUT = "left out by you"
SMALLEST = 8  # px


@dataclass(frozen=True)
class Capture:
    """The faces found, and the pictures skipped.

    faces: the crops. `faces.factors` holds each crop's "name", the file it comes from ("source"), the
    "second" within a movie (NaN for a photo) and the `readings`. skipped: {name: reason for having no
    crop}; the name of a movie stands for its missing frames. doubtful: names of crops that are kept although
    they may show somebody else; see `selection.keep_one`.
    """

    faces: Crops
    skipped: dict[str, str]
    doubtful: tuple[str, ...] = ()

    def __str__(self) -> str:
        left_out = sum(why == LEFT_OUT for why in self.skipped.values())
        text = f"{len(self.faces)} faces, {len(self.skipped) - left_out} pictures without one"
        lines = [text + f", {left_out} left out" * bool(left_out)]
        for reason in dict.fromkeys(self.skipped.values()):
            names = [name for name, why in self.skipped.items() if why == reason]
            lines.append(f"  {reason}: {first_few(names)}")
        if self.doubtful:
            lines.append(f"  kept, but may show somebody else: {first_few(self.doubtful)}")
        return "\n".join(lines)


def capture(
    sources: str | Path | Sequence[str | Path],
    size: int = CROP,
    most: int = MOST,
    progress: bool = True,
    leave_out: Collection[str | Path] = frozenset(),
) -> Capture:
    """Cut aligned crops of one person from photos, movies, folders of both and patterns: a `Capture`.

    sources: one path or several; folders are searched recursively, and a pattern looks like "holiday/*.jpg".
    size: side of a crop, in pixels. most: frames taken from all movies together, evenly spaced in time.
    leave_out: names as listed in the `Capture` (str), and files or folders (Path).

    If a picture shows several faces, the largest is used; `selection.keep_one` sorts them by person. Pictures
    without a face, faces with less than 60% inside the picture, unreadable files and files made by this
    program are skipped and named. Raises SwaplibError if a source is missing, a movie named directly can't
    be read, no face is found, or a number is out of range.
    """
    if not size >= SMALLEST or not most >= 1:
        raise SwaplibError(f"size must be at least {SMALLEST} and most at least 1, not {size} and {most}.")
    named = [sources] if isinstance(sources, (str, Path)) else list(sources)
    found = files(named, [p for p in leave_out if isinstance(p, Path)])
    names = {n for n in leave_out if isinstance(n, str)}
    looked_at, count = pictures(found, most, in_folder=len(found) > 1 or Path(named[0]).is_dir())
    rows, skipped = [], {}
    with Landmarker(max_faces=4) as find:
        for p in tqdm(looked_at, "faces", count, unit="picture", disable=not progress):
            face, reason = (None, LEFT_OUT) if p.name in names else whole_face(p.image, find)
            if face is None:
                skipped[p.name] = reason
                continue
            cut_out, corners = cut_along(p.image, face.points, size)
            columns = {"name": p.name, "source": p.source, "second": p.second}
            columns |= readings.of_crop(cut_out, corners) | readings.of_face(face)
            there = coverage(crop_matrix(face.points, size), size, p.image.shape[:2])
            rows.append((cut_out, corners, np.uint8(there), columns))
    if not rows:
        raise _nothing(named, skipped)
    crops, hulls, there, columns = zip(*rows, strict=True)
    factors = {name: np.array([row[name] for row in columns]) for name in columns[0]}
    return Capture(Crops(as_floats(np.stack(crops)), factors, np.stack(hulls), np.stack(there)), skipped)


def _nothing(named, skipped):
    reasons = "; ".join(dict.fromkeys(list(skipped.values())[:3]))
    return SwaplibError(
        f"No face was found in {first_few([printable(n) for n in named])} "
        f"({len(skipped)} pictures searched: {reasons}). "
        "Faces should be at least 40 pixels high and turned towards the camera."
    )


def cut(
    picture: np.ndarray | SwaplibError, find: Landmarker, size: int
) -> tuple[tuple[np.ndarray, np.ndarray] | None, str | None]:
    """Cut out the largest face of a picture: ((crop uint8 (size, size, 3), hull (40, 2)), None).

    picture: uint8 (h, w, 3), or the SwaplibError raised in its place. find: a `Landmarker`.
    Returns (None, reason) if there is no usable face.
    """
    face, reason = whole_face(picture, find)
    return (None, reason) if face is None else (cut_along(picture, face.points, size), None)


def whole_face(picture: np.ndarray | SwaplibError, find: Landmarker) -> tuple[Face | None, str | None]:
    """Return the largest face of a picture, or the reason why it can't be used; see `cut`."""
    if isinstance(picture, SwaplibError):
        return None, str(picture)
    found = find(picture)
    if not found:
        return None, "no face found"
    if inside(found[0].points, picture.shape) < INSIDE:
        return None, "partly outside the picture"
    return found[0], None


def cut_along(picture: np.ndarray, points: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut out the face at landmarks (478, 2): (crop uint8 (size, size, 3), hull (40, 2)).

    To compare a swapped picture with its source, cut both by the source's landmarks.
    """
    matrix = crop_matrix(points, size)
    corners = (transform(hull(points), matrix) + 0.5) / size
    return crop(picture, matrix, size), pad_hull(corners)
