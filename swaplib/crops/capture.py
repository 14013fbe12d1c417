"""Crops of your own material: photos and movies become a set of aligned faces of one person.

Everyone in it must have said yes: `python -m swaplib` asks for that and records it.
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

MOST = 1500  # frames of all movies together: more of one person add little
LEFT_OUT = "left out by you"
SMALLEST = 8  # px


@dataclass(frozen=True)
class Capture:
    """What was found.

    faces: the crops. `faces.factors` has for each its "name", the file it comes from ("source"), the
    "second" within a movie (NaN for a photo) and the `readings`. skipped: {name: why it gave no crop}, in
    words; the name of a movie stands for frames that are missing.
    """

    faces: Crops
    skipped: dict[str, str]

    def __str__(self) -> str:
        left_out = sum(why == LEFT_OUT for why in self.skipped.values())
        text = f"{len(self.faces)} faces, {len(self.skipped) - left_out} pictures without one"
        lines = [text + f", {left_out} left out" * bool(left_out)]
        for reason in dict.fromkeys(self.skipped.values()):
            names = [name for name, why in self.skipped.items() if why == reason]
            lines.append(f"  {reason}: {first_few(names)}")
        return "\n".join(lines)


def capture(
    sources: str | Path | Sequence[str | Path],
    size: int = CROP,
    most: int = MOST,
    progress: bool = True,
    leave_out: Collection[str | Path] = frozenset(),
) -> Capture:
    """Aligned crops of one person from photos, movies, folders of both and patterns: a `Capture`.

    sources: one path or several; a folder counts with all folders in it, a pattern is "holiday/*.jpg".
    size: pixels of a crop's side. most: frames taken of all movies together, evenly spaced in time.
    leave_out: names as the `Capture` has them (str), and files or folders (Path).

    Of several faces in a picture the largest counts; `selection.keep_one` sorts them by person. A picture
    without a face, one in which less than 60 % of it is inside, a file that can't be read and one that this
    program made are skipped and named. Raises SwaplibError when a source is missing, a movie that was named
    can't be read, no face is found, or a number makes no sense.
    """
    if not size >= SMALLEST or not most >= 1:
        raise SwaplibError(f"size must be {SMALLEST} or more and most 1 or more, not {size} and {most}.")
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
        f"({len(skipped)} pictures looked at: {reasons}). "
        "Faces should be at least 40 pixels high and look towards the camera."
    )


def cut(
    picture: np.ndarray | SwaplibError, find: Landmarker, size: int
) -> tuple[tuple[np.ndarray, np.ndarray] | None, str | None]:
    """The largest face of a picture: ((crop uint8 (size, size, 3), hull (40, 2)), None).

    picture: uint8 (h, w, 3), or a SwaplibError that stands in its place. find: a `Landmarker`.
    Where there is no face to cut: (None, the reason in words).
    """
    face, reason = whole_face(picture, find)
    return (None, reason) if face is None else (cut_along(picture, face.points, size), None)


def whole_face(picture: np.ndarray | SwaplibError, find: Landmarker) -> tuple[Face | None, str | None]:
    """The largest face of a picture, or the reason in words why it isn't used; see `cut`."""
    if isinstance(picture, SwaplibError):
        return None, str(picture)
    found = find(picture)
    if not found:
        return None, "no face found"
    if inside(found[0].points, picture.shape) < INSIDE:
        return None, "partly outside the picture"
    return found[0], None


def cut_along(picture: np.ndarray, points: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The face at landmarks (478, 2): (crop uint8 (size, size, 3), hull (40, 2)).

    A swapped picture is cut along the landmarks of its source where both are to be compared.
    """
    matrix = crop_matrix(points, size)
    corners = (transform(hull(points), matrix) + 0.5) / size
    return crop(picture, matrix, size), pad_hull(corners)
