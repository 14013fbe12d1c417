"""Crops of your own material: a folder of photos or a movie becomes a set of aligned faces.

Everyone in it must have said yes: `python -m swaplib` asks for that and records it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError, first_few
from swaplib.crops import Crops
from swaplib.crops.dataset import CROP
from swaplib.face.align import INSIDE, crop, crop_matrix, inside, transform
from swaplib.face.landmarks import Landmarker
from swaplib.face.mask import hull, pad_hull
from swaplib.files.picture import as_floats, read_photo
from swaplib.files.video import Reader

PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
MOVIES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
MOST = 1500  # crops of a movie: more of one person add little


@dataclass(frozen=True)
class Capture:
    """What was found. faces: the crops, `faces.factors["name"]` says where each comes from.
    skipped: {name: why it gave no crop}, in words."""

    faces: Crops
    skipped: dict

    def __str__(self):
        lines = [f"{len(self.faces)} faces, {len(self.skipped)} pictures without one"]
        for reason in dict.fromkeys(self.skipped.values()):
            names = [name for name, why in self.skipped.items() if why == reason]
            lines.append(f"  {reason}: {first_few(names)}")
        return "\n".join(lines)


def capture(source, size=CROP, most=MOST, progress=True):
    """Aligned crops of one person from a folder of photos or from a movie: a `Capture`.

    Of several faces in a picture the largest counts. A picture without a face, one in which less
    than 60 % of it is inside, and a photo that can't be read are skipped and named. Of a long movie
    every so-manieth frame is taken, `most` at most. Raises SwaplibError when the source is missing,
    can't be read or has no face at all.
    """
    source = Path(source)
    if not source.exists():
        raise SwaplibError(f"There is no folder or movie {source}.")
    pictures, count = _photos(source) if source.is_dir() else _frames(source, most)
    crops, hulls, names, skipped = [], [], [], {}
    with Landmarker(max_faces=4) as find:
        for name, picture in tqdm(pictures, source.name, count, unit="picture", disable=not progress):
            found, reason = cut(picture, find, size)
            if found is None:
                skipped[name] = reason
                continue
            names.append(name)
            crops.append(found[0])
            hulls.append(found[1])
    if not crops:
        raise SwaplibError(
            f"No face was found in {source} ({len(skipped)} pictures looked at). "
            "Crops should be at least 40 pixels high and look towards the camera."
        )
    return Capture(Crops(as_floats(np.stack(crops)), {"name": np.array(names)}, np.stack(hulls)), skipped)


def cut(picture, find, size):
    """The largest face of a picture: ((crop uint8 (size, size, 3), hull (40, 2)), None).

    picture: uint8 (h, w, 3), or a SwaplibError that stands in its place. find: a `Landmarker`.
    Where there is no face to cut: (None, the reason in words).
    """
    if isinstance(picture, SwaplibError):
        return None, str(picture)
    found = find(picture)
    if not found:
        return None, "no face found"
    points = found[0].points
    if inside(points, picture.shape) < INSIDE:
        return None, "partly outside the picture"
    return cut_along(picture, points, size), None


def cut_along(picture, points, size):
    """The face at landmarks (478, 2): (crop uint8 (size, size, 3), hull (40, 2)).

    A swapped picture is cut along the landmarks of its source where both are to be compared.
    """
    matrix = crop_matrix(points, size)
    corners = (transform(hull(points), matrix) + 0.5) / size
    return crop(picture, matrix, size), pad_hull(corners)


def _photos(folder):
    """The photos of a folder and of those in it, by name: (iterator of (name, picture), count)."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PHOTOS and not p.name.startswith("."))
    if not paths:
        raise SwaplibError(f"{folder} has no photos in it ({', '.join(PHOTOS)}).")
    return ((str(p.relative_to(folder)), _photo_or_error(p)) for p in paths), len(paths)


def _photo_or_error(path):
    try:
        return read_photo(path)
    except SwaplibError as error:
        return error


def _frames(path, most):
    """Frames of a movie, evenly spaced: (iterator of (name, frame), how many)."""
    reader = Reader(path)
    step = max(1, -(-reader.count // most))
    frames = ((f"frame {k}", frame) for k, (frame, _) in enumerate(reader) if k % step == 0)
    return frames, -(-reader.count // step) or None
