"""Codes of faces put together by person: where a face becomes another one, who is alike, who is nearest.

A code is what `networks.embedding` says of a picture of a face: a unit vector. Alike is their cosine, and of
several pictures that of the means: what one picture can't tell, forty can.
"""

import numpy as np

# Measured on people whom the network never saw (benchmarks/who.py).
SAME = 0.6  # faces as alike as this are one person's
MAYBE, MARGIN = 0.4, 0.15  # these too, if nobody else is nearly as alike
CHANGED = 0.5  # a face less alike than this to what it was a moment ago became another one
WINDOW = 25  # pictures before and after that are compared for it


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., k) with a length of 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def split(codes: np.ndarray, least: int) -> list[slice]:
    """Pieces of a path of faces (n, k) in which it is one face, each at least so long."""
    n = len(codes)
    if n < 2 * least:
        return [slice(0, n)]
    total = np.concatenate([np.zeros_like(codes[:1]), np.cumsum(codes, axis=0)])
    at = np.arange(least, n - least + 1)
    before, after = total[at] - total[np.maximum(at - WINDOW, 0)], total[np.minimum(at + WINDOW, n)] - total[at]
    alike = (unit(before) * unit(after)).sum(axis=1)
    if alike.min() >= CHANGED:
        return [slice(0, n)]
    cut = int(at[alike.argmin()])
    return split(codes[:cut], least) + [
        slice(cut + p.start, cut + p.stop) for p in split(codes[cut:], least)
    ]


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


def nearest(code: np.ndarray, people: np.ndarray, possible: np.ndarray | None = None) -> int | None:
    """The number of the one of the people (m, k) whose face it is; None if it can't be told.

    code (k,). possible: bool (m,), False for those it can't be; they still count as others who are as alike.
    """
    if not len(people):
        return None
    alike = unit(people) @ unit(code)
    order = np.argsort(-(alike if possible is None else np.where(possible, alike, -1)))
    best, others = order[0], alike[order[1:]]
    if alike[best] < MAYBE or not (possible is None or possible[best]):
        return None
    if possible is not None:
        others = others[possible[order[1:]]]
    clearly = alike[best] - others.max(initial=-1) >= MARGIN
    return int(best) if clearly else None
