"""Several people in the material: one is kept, and the others' pictures are named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.crops import Crops
from swaplib.crops.capture import Capture, cut
from swaplib.crops.stretches import distances
from swaplib.face.landmarks import Landmarker
from swaplib.files.picture import as_floats, read_photo

UNSURE_SHARE = 0.1  # of the crops
OTHER, UNSURE = "shows somebody else", "may show somebody else"


def keep_one(
    captured: Capture, sort: Callable[[np.ndarray], np.ndarray], like: str | Path | np.ndarray | None = None
) -> Capture:
    """One person's crops: of whoever has most, or of the one in a photo. The others are named as skipped.

    sort: says whose each crop is: float32 (n, size, size, 3) -> int (n,), one number a person, -1 where it
    can't be told, such as `movie.people.sort_crops`. Crops of which it can't be told are left out too, unless
    there is one person only and they are more than a tenth: then it's the sorting that fails. like: a photo,
    uint8 (h, w, 3) or its path. Raises SwaplibError where the photo has no face, or nobody is like it.
    """
    faces = captured.faces
    images = np.asarray(faces.images)
    if like is not None:
        images = np.concatenate([images, _face_of(like, images.shape[1])])
    labels = np.asarray(sort(images))
    known, counts = np.unique(labels[: len(faces)][labels[: len(faces)] >= 0], return_counts=True)
    unsure = len(faces) - counts.sum()
    if like is None and (len(known) == 0 or (len(known) == 1 and unsure > UNSURE_SHARE * len(faces))):
        return captured
    if like is None:
        wanted = known[counts.argmax()]
    else:
        wanted = labels[-1]
        if wanted < 0 or wanted not in known:
            raise SwaplibError(
                "Nobody in the material is clearly like the photo: give a larger and sharper one that looks "
                "towards the camera."
            )
    mine = labels[: len(faces)] == wanted
    skipped = dict(captured.skipped)
    for name, label in zip(faces.factors["name"][~mine], labels[: len(faces)][~mine], strict=True):
        skipped[str(name)] = UNSURE if label < 0 else OTHER
    return Capture(faces[mine], skipped)


def _face_of(like, size):
    """The crop of the largest face in a photo: float32 (1, size, size, 3)."""
    photo = like if isinstance(like, np.ndarray) else read_photo(like)
    with Landmarker() as find:
        found, reason = cut(photo, find, size)
    if found is None:
        raise SwaplibError(f"The photo of the person to keep can't be used: {reason}.")
    return as_floats(found[0])[None]


def best_first(faces: Crops) -> np.ndarray:
    """The order of crops, the best first: numbers (n,). Blurred crops and those unlike the rest come last.

    A crop's rank is the mean of its ranks by sharpness, and by likeness to the set's nearest tenth of crops.
    """
    n = len(faces)
    near = np.sort(distances(faces.images), axis=1)[:, 1 : 2 + n // 10]
    alike = -near.mean(axis=1) if near.size else np.zeros(n)
    odd = np.argsort(np.argsort(-alike, kind="stable")) / max(n - 1, 1)
    blurred = np.argsort(np.argsort(-faces.factors["sharpness"], kind="stable")) / max(n - 1, 1)
    worst = np.maximum(odd, blurred)  # either is reason enough to look at it
    return np.lexsort((odd + blurred, worst))
