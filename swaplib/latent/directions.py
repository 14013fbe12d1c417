"""Straight directions in the latent space: principal components, named factors, single code numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swaplib import SwaplibError

ROUNDING = 1e-5  # of the largest spread: anything smaller is float32 rounding


@dataclass(frozen=True)
class Directions:
    """Directions in the latent space, each with a range.

    names: what each one changes, or "1", "2" ... vectors: float32 (k, code_size), the change of the
    code per step. low, high: float (k,), the range of the data in steps. unit: the meaning of a step,
    in words.
    """

    names: list
    vectors: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unit: str

    def __len__(self) -> int:
        return len(self.names)

    def move(self, code: np.ndarray, steps: np.ndarray | Sequence[float]) -> np.ndarray:
        """Move a code (code_size,) by a number of steps (k,) along each direction."""
        return (code + np.asarray(steps, np.float32) @ self.vectors).astype(np.float32)


def principal(codes: np.ndarray, count: int = 8) -> Directions:
    """Return the directions in which the codes vary most: `Directions` in standard deviations.

    They are the principal components of the codes, largest first; their ranges cover 98% of the codes. If
    the codes vary in fewer than `count` directions, fewer are returned. Raises SwaplibError if all codes are
    equal.
    """
    from sklearn.decomposition import PCA

    if not np.ptp(codes, axis=0).any():
        raise SwaplibError(f"the {len(codes)} codes are all equal: they have no directions")
    pca = PCA(min(count, *codes.shape), svd_solver="full").fit(codes)
    spread = np.sqrt(pca.explained_variance_)
    spread = spread[spread > ROUNDING * spread[0]]
    along = pca.transform(codes)[:, : len(spread)] / spread
    low, high = np.percentile(along, [1, 99], axis=0)
    names = [f"{k + 1}" for k in range(len(spread))]
    vectors = (pca.components_[: len(spread)] * spread[:, None]).astype(np.float32)
    return Directions(names, vectors, low, high, "standard deviations")


def named(codes: np.ndarray, factors: dict[str, np.ndarray], names: Sequence[str]) -> Directions:
    """Return how the code changes with each factor while the others stay fixed: `Directions` in factor units.

    A linear regression of the codes on all factors at once. factors: columns, as in `Crops`.
    """
    from sklearn.linear_model import LinearRegression

    values = np.stack([factors[name] for name in names], axis=1)
    vectors = LinearRegression().fit(values, codes).coef_.T.astype(np.float32)
    middle = np.median(values, axis=0)
    low, high = np.percentile(values, [2, 98], axis=0) - middle
    return Directions(list(names), vectors, low, high, "units of the factor, from its middle")


def raw(codes: np.ndarray, count: int = 8) -> Directions:
    """Return the numbers of the code that vary most, each by itself: `Directions`, largest first.

    A step changes the number by 1; ranges cover 98% of the codes, relative to their mean.
    """
    chosen = np.argsort(-codes.std(axis=0))[:count]
    vectors = np.eye(codes.shape[1], dtype=np.float32)[chosen]
    low, high = np.percentile(codes - codes.mean(axis=0), [1, 99], axis=0)[:, chosen]
    return Directions([f"number {k}" for k in chosen], vectors, low, high, "units of the number")


def entanglement(directions: Directions) -> np.ndarray:
    """Return the cosines between directions: float (k, k), 1 on the diagonal, 0 if independent.

    A direction that changes nothing, such as that of a constant factor, is independent of all others.
    """
    length = np.linalg.norm(directions.vectors, axis=1, keepdims=True)
    unit = directions.vectors / np.where(length > 0, length, 1)
    return unit @ unit.T


def between(one: np.ndarray, other: np.ndarray, count: int = 7) -> np.ndarray:
    """Interpolate linearly from one code (code_size,) to another, both included: (count, ...)."""
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return (1 - share) * one + share * other


def nearest(codes: np.ndarray, query: np.ndarray, count: int = 5) -> np.ndarray:
    """Return the indices of the codes nearest to a code (code_size,), the nearest first: int (count,)."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=count).fit(codes).kneighbors(query[None])[1][0]
