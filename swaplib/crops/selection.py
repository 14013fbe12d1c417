"""Material with several people: keep one, and name the pictures of the others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.crops import Crops
from swaplib.crops.capture import Capture, cut
from swaplib.crops.stretches import distances
from swaplib.face.landmarks import Landmarker
from swaplib.files.picture import as_floats, read_photo

UNSURE_SHARE, FEW_UNSURE = 0.1, 2  # the share of a set, and the number of at most a quarter of a small one
OTHER, UNSURE = "shows somebody else", "may show somebody else"


def keep_one(
    captured: Capture, sort: Callable[[np.ndarray], np.ndarray], like: str | Path | np.ndarray | None = None
) -> Capture:
    """Keep one person's crops: the most frequent person, or the one in a photo. The others count as skipped.

    sort: identifies the person in each crop: float32 (n, size, size, 3) -> int (n,), one number per person,
    -1 if unsure, such as `movie.people.sort_crops`. Unsure crops are left out too, unless the sorting itself
    is unreliable: nobody is seen twice, or there is one person only and many crops are unsure. Then
    all are kept, and `Capture.doubtful` names them. like: a photo, uint8 (h, w, 3) or its path.
    Raises SwaplibError if the photo has no face or resembles nobody.
    """
    faces, names = captured.faces, captured.faces.factors["name"]
    images = np.asarray(faces.images)
    if like is not None:
        images = np.concatenate([images, _face_of(like, images.shape[1])])
    labels = np.asarray(sort(images))
    known, counts = np.unique(labels[: len(faces)][labels[: len(faces)] >= 0], return_counts=True)
    if like is None:
        wanted = known[counts.argmax()] if len(known) else None
        if _unreliable(counts, len(faces)):
            return Capture(faces, captured.skipped, tuple(map(str, names[labels != wanted])))
    else:
        wanted = labels[-1]
        if wanted < 0 or wanted not in known:
            raise SwaplibError(
                "Nobody in the material clearly resembles the photo: use a larger and sharper one that "
                "faces the camera."
            )
    mine = labels[: len(faces)] == wanted
    skipped = dict(captured.skipped)
    for name, label in zip(names[~mine], labels[: len(faces)][~mine], strict=True):
        skipped[str(name)] = UNSURE if label < 0 else OTHER
    return Capture(faces[mine], skipped)


def _unreliable(counts, n):
    """Return whether a sorting of n crops can't be trusted; counts: how many show each known person."""
    few = max(UNSURE_SHARE * n, min(FEW_UNSURE, n // 4))
    return counts.max(initial=0) < 2 or (len(counts) == 1 and n - counts.sum() > few)


def _face_of(like, size):
    """Cut out the largest face in a photo: float32 (1, size, size, 3)."""
    photo = like if isinstance(like, np.ndarray) else read_photo(like)
    with Landmarker() as find:
        found, reason = cut(photo, find, size)
    if found is None:
        raise SwaplibError(f"The photo of the person to keep can't be used: {reason}.")
    return as_floats(found[0])[None]


def best_first(faces: Crops) -> np.ndarray:
    """Rank crops, the best first: indices (n,). Blurred crops and those unlike the rest come last.

    A crop's rank is the worse of its ranks by sharpness and by similarity to the nearest tenth of the set.
    """
    n = len(faces)
    near = np.sort(distances(faces.images), axis=1)[:, 1 : 2 + n // 10]
    alike = -near.mean(axis=1) if near.size else np.zeros(n)
    odd = np.argsort(np.argsort(-alike, kind="stable")) / max(n - 1, 1)
    blurred = np.argsort(np.argsort(-faces.factors["sharpness"], kind="stable")) / max(n - 1, 1)
    worst = np.maximum(odd, blurred)  # either is reason enough to check the crop
    return np.lexsort((odd + blurred, worst))
