"""Group faces by person from their codes: split paths, merge similar pieces, find the nearest person.

A code is the unit vector that `networks.embedding` computes for a picture of a face. Similarity is the cosine
of two codes, or of the means of several, since forty pictures show what one cannot.
"""

import numpy as np

# Measured on people the network has never seen (benchmarks/who.py).
SAME = 0.6  # faces at least this similar are the same person
MAYBE, MARGIN = 0.4, 0.15  # so are these, if nobody else is nearly as similar
LIKELY = 0.2  # and these, if they continue that person's path
CHANGED = 0.5  # below this similarity to the frames just before, the face has become another
WINDOWS = 8, 25  # pictures compared before and after: few detect a cut, many a fade
LEAST = 5  # pictures in a piece


def unit(vectors: np.ndarray) -> np.ndarray:
    """Normalise vectors (..., k) to length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def split(codes: np.ndarray) -> list[slice]:
    """Split a path of faces (n, k) into pieces that each show one face throughout.

    A face that changes gradually and then returns has only turned away and back; one that changes abruptly
    was cut.
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
    """Return whether the face changes gradually around a position."""
    near = codes[max(at - LEAST, 0) : at + LEAST]
    return (unit(near[1:]) * unit(near[:-1])).sum(axis=1).min() >= SAME


def _split(codes):
    """Split where the faces before and after differ."""
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
    """Return the similarity of the pictures before and after each position; total: their running sum."""
    before = total[at] - total[np.maximum(at - window, 0)]
    after = total[np.minimum(at + window, len(total) - 1)] - total[at]
    return (unit(before) * unit(after)).sum(axis=1)


def group(sums: np.ndarray, apart: np.ndarray) -> list[list[int]]:
    """Group rows by person: lists of row indices.

    sums (n, k): the sum of the codes of each row's pictures. apart: bool (n, n), True for two rows that can't
    be the same person. The two most similar groups, by their means, are merged as long as they are similar
    enough.
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
    """Return the index of the person in people (m, k) whose face it is, or None if unclear.

    code (k,). possible: bool (m,), False for people it can't be. expected: the person whose path the face
    continues; then it is enough that nobody else is more similar.
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
