"""The reader against the machine: faces to judge by eye, and how well they were judged."""

from collections.abc import Sequence

import numpy as np

from swaplib import SwaplibError
from swaplib.crops.pairs import Pairs
from swaplib.movie.composing import SWAPS, compose
from swaplib.scoring import spotting

REAL = "real"


def draw(people: Pairs, kinds: Sequence[str], count: int = 24, seed: int = 0, first: int = 1) -> Pairs:
    """Faces drawn from `people`, half of them real and the rest, in equal numbers, swaps of the kinds.

    kinds: names in `composing.SWAPS`. first: every fourth frame counts from this one, so that no two faces
    are nearly the same picture. Returns `Pairs` with the composed pictures, of which each is its own partner,
    and with a factor "kind". Raises SwaplibError where there are fewer frames than faces.
    """
    rng, half = np.random.default_rng(seed), count // 2
    names = np.array([REAL] * half + [kinds[k % len(kinds)] for k in range(count - half)])
    names = names[rng.permutation(count)]
    apart = np.flatnonzero(people.factors["frame"] % 4 == first)
    if len(apart) < count:
        raise SwaplibError(f"{count} faces are asked for, and there are {len(apart)}: take more people")
    rows = rng.choice(apart, count, replace=False)
    images = np.empty((count, *people.images.shape[1:]), np.uint8)
    for kind in np.unique(names):
        of_kind = np.flatnonzero(names == kind)
        keep = np.zeros(len(people), bool)
        keep[rows[of_kind]] = keep[people.partner[rows[of_kind]]] = True
        made = compose(people.some(keep), SWAPS.get(kind))
        images[of_kind] = made[(np.cumsum(keep) - 1)[rows[of_kind]]]
    factors = {name: column[rows] for name, column in people.factors.items()}
    return Pairs(images, people.points[rows], np.arange(count), factors | {"kind": names})


def areas(faces: Pairs, scores: np.ndarray | None) -> dict[str, float]:
    """The AUC of scores (n,) of faces that were drawn: {"all": AUC, kind: AUC of the real ones against it}.

    Verdicts of 0 and 1 are scores like any others: their AUC is the mean of the shares of real pictures and
    of swaps that are right. None, for somebody who didn't judge, gives {}.
    """
    if scores is None:
        return {}
    kind, scores = faces.factors["kind"], np.asarray(scores, float)
    real = scores[kind == REAL]
    others = [name for name in SWAPS if name in kind]
    by_kind = {name: spotting.auc(real, scores[kind == name]) for name in others}
    return {"all": spotting.auc(real, scores[kind != REAL]), **by_kind}
