"""Codes of faces put together by person: where a face becomes another one, who is alike, who is nearest.

A code is what `networks.embedding` says of a picture of a face: a unit vector. Alike is their cosine, and of
several pictures that of the means: what one picture can't tell, forty can.
"""

import numpy as np

# Measured on people whom the network never saw (benchmarks/who.py).
SAME = 0.6  # faces as alike as this are one person's
MAYBE, MARGIN = 0.4, 0.15  # these too, if nobody else is nearly as alike
LIKELY = 0.2  # and these, if they go on from that person's face
CHANGED = 0.5  # a face less alike than this to what it was a moment ago became another one
WINDOWS = 8, 25  # pictures before and after that are compared for it: a cut is seen by few, a fade by many
LEAST = 5  # pictures of a piece


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., k) with a length of 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def split(codes: np.ndarray) -> list[slice]:
    """Pieces of a path of faces (n, k) in which it is one face: nowhere did it become another.

    A face that changes little by little, and then becomes the first one again, has only turned away and back;
    one that changes at once was cut.
    """
    pieces, k = _split(codes), 0
    sums = [unit(codes[p].sum(axis=0)) for p in pieces]
    while k + 2 < len(pieces):
        back = sums[k] @ sums[k + 2] >= SAME and sums[k] @ sums[k + 1] >= LIKELY
        if back and all(_slowly(codes, pieces[m].start) for m in (k + 1, k + 2)):
            pieces[k : k + 3] = [slice(pieces[k].start, pieces[k + 2].stop)]
            sums[k : k + 3] = [unit(codes[pieces[k]].sum(axis=0))]
            k = max(k - 2, 0)
        else:
            k += 1
    return pieces


def _slowly(codes, at):
    """Whether the face changes little from each picture to the next around a place."""
    near = codes[max(at - LEAST, 0) : at + LEAST]
    return (unit(near[1:]) * unit(near[:-1])).sum(axis=1).min() >= SAME


def _split(codes):
    """Pieces between which the faces before and after differ."""
    n = len(codes)
    if n < 2 * LEAST:
        return [slice(0, n)]
    total = np.concatenate([np.zeros_like(codes[:1]), np.cumsum(codes, axis=0)])
    at = np.arange(LEAST, n - LEAST + 1)
    alike = np.min([_across(total, at, window) for window in WINDOWS], axis=0)
    if alike.min() >= CHANGED:
        return [slice(0, n)]
    cut = int(at[alike.argmin()])
    return _split(codes[:cut]) + [slice(cut + p.start, cut + p.stop) for p in _split(codes[cut:])]


def _across(total, at, window):
    """How alike the pictures before and after each place are, on both sides; total: their running sum."""
    before = total[at] - total[np.maximum(at - window, 0)]
    after = total[np.minimum(at + window, len(total) - 1)] - total[at]
    return (unit(before) * unit(after)).sum(axis=1)


def group(sums: np.ndarray, apart: np.ndarray) -> list[list[int]]:
    """Rows put together by person: lists of their numbers.

    sums (n, k): the sum of the codes of each row's pictures. apart: bool (n, n), True for two that can't be
    one person. The two most alike are joined, by their mean, as long as there are such as are alike enough.
    """
    sums, apart, groups = sums.copy(), apart.copy(), [[k] for k in range(len(sums))]
    np.fill_diagonal(apart, True)
    alike = np.where(apart, -1, unit(sums) @ unit(sums).T)
    while len(sums) > 1:
        a, b = np.unravel_index(alike.argmax(), alike.shape)
        if alike[a, b] < SAME:
            break
        groups[a], groups[b] = groups[a] + groups[b], []
        sums[a] += sums[b]
        apart[a] |= apart[b]
        apart[:, a] = apart[a]
        apart[b] = apart[:, b] = True
        alike[b] = alike[:, b] = -1
        alike[a] = alike[:, a] = np.where(apart[a], -1, unit(sums) @ unit(sums[a]))
    return [sorted(g) for g in groups if g]


def nearest(
    code: np.ndarray, people: np.ndarray, possible: np.ndarray | None = None, expected: int | None = None
) -> int | None:
    """The number of the one of the people (m, k) whose face it is; None if it can't be told.

    code (k,). possible: bool (m,), False for those it can't be. expected: who it would be if looks were not
    asked, as the face goes on from that person's; then nobody else may be more alike, and that is all.
    """
    alike = unit(people) @ unit(code) if len(people) else np.zeros(0)
    if possible is not None:
        alike = np.where(possible, alike, -1)
    best, *others = np.argsort(-alike)[:2].tolist() or [None]
    if best is None:
        return None
    margin = alike[best] - (alike[others[0]] if others else -1)
    if best == expected:
        return best if alike[best] >= LIKELY else None
    return best if alike[best] >= MAYBE and margin >= MARGIN else None
