"""What the numbers in the middle mean: principal directions, probes, and directions with a name.

Codes are float32 (n, code_size), as an encoder's `predict` gives them. Nothing here is trained for
long: every figure is a linear fit by scikit-learn.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Directions:
    """Ways to go in the space of codes, with a range for each.

    names: what each changes, or "1", "2" ... vectors: float32 (k, code_size), the change of the
    code for one step. low, high: float (k,), how far data goes each way, in steps. unit: what a step
    is, in words.
    """

    names: list
    vectors: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unit: str

    def __len__(self):
        return len(self.names)

    def move(self, code, steps):
        """The code (code_size,) moved by so many steps (k,) along each direction."""
        return (code + np.asarray(steps, np.float32) @ self.vectors).astype(np.float32)


def principal(codes, count=8):
    """The directions in which the codes differ most: `Directions` in standard deviations.

    They are the principal components of the cloud of codes, largest first; ranges hold 98 % of it.
    """
    from sklearn.decomposition import PCA

    pca = PCA(min(count, *codes.shape), svd_solver="full").fit(codes)
    spread = np.sqrt(pca.explained_variance_)
    along = pca.transform(codes) / spread
    low, high = np.percentile(along, [1, 99], axis=0)
    names = [f"{k + 1}" for k in range(len(spread))]
    vectors = (pca.components_ * spread[:, None]).astype(np.float32)
    return Directions(names, vectors, low, high, "standard deviations")


def named(codes, factors, names):
    """How the code changes with each factor while the others stay: `Directions` in factor units.

    A linear regression of the codes on all the factors at once. factors: columns, as `Faces` has
    them.
    """
    from sklearn.linear_model import LinearRegression

    values = np.stack([factors[name] for name in names], axis=1)
    vectors = LinearRegression().fit(values, codes).coef_.T.astype(np.float32)
    middle = np.median(values, axis=0)
    low, high = np.percentile(values, [2, 98], axis=0) - middle
    return Directions(list(names), vectors, low, high, "units of the factor, from its middle")


def raw(codes, count=8):
    """The numbers of the code that vary most, each by itself: `Directions`, largest first.

    A step is 1 of the number; ranges hold 98 % of the codes, counted from their mean.
    """
    chosen = np.argsort(-codes.std(axis=0))[:count]
    vectors = np.eye(codes.shape[1], dtype=np.float32)[chosen]
    low, high = np.percentile(codes - codes.mean(axis=0), [1, 99], axis=0)[:, chosen]
    return Directions([f"number {k}" for k in chosen], vectors, low, high, "units of the number")


def probe(codes, values, folds=5, seed=0):
    """How much of a factor a linear model reads from codes that it hasn't seen: R2, at most 1.

    values: (n,) numbers, or names, for which it is the share of names told right beyond guessing the
    most common, from 0 to 1. Cross-validated: every code is read by a model that was fitted without
    it. G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes",
    2016.
    """
    from sklearn.model_selection import KFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    split = KFold(folds, shuffle=True, random_state=seed)
    with threadpool_limits(1):  # on matrices this small, threads only wait for each other
        return _score(cross_val_predict(_reader(values), codes, values, cv=split), values)


def probe_on(codes, values, new_codes, new_values):
    """`probe` fitted to codes (n, code_size) and values (n,), and scored on new ones (m, ...)."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _score(_reader(values).fit(codes, values).predict(new_codes), new_values)


def columns(factors, names, known=None):
    """Factors as numbers, float64 (n, k); a name becomes a column of 0 and 1 for each of its values.

    factors: columns, as `Faces` has them. known: other factors, whose values get the columns instead.
    """
    known = factors if known is None else known
    return np.concatenate(
        [
            factors[name][:, None]
            if factors[name].dtype.kind == "f"
            else factors[name][:, None] == np.unique(known[name])
            for name in names
        ],
        axis=1,
    ).astype(float)


def r2(x, y, new_x, new_y):
    """Share of the spread of y (n, m) that follows from x (n, k) by a linear regression: R2, at most 1.

    Fitted to x and y, judged on new ones; 0 is no better than the mean of y.
    """
    from sklearn.linear_model import LinearRegression

    left = new_y - LinearRegression().fit(x, y).predict(new_x)
    return float(1 - np.sum(left**2) / np.sum((new_y - y.mean(axis=0)) ** 2))


def _reader(values):
    """An unfitted linear model that reads such values, numbers or names, from codes."""
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    numbers = np.asarray(values).dtype.kind == "f"
    return make_pipeline(
        StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)) if numbers else LogisticRegression(max_iter=500)
    )


def _score(read, values):
    """R2 of read numbers, or the share of names told right beyond guessing the most common."""
    from sklearn.metrics import r2_score

    values = np.asarray(values)
    if values.dtype.kind == "f":
        return float(r2_score(values, read))
    common = np.unique(values, return_counts=True)[1].max() / len(values)
    return float(((read == values).mean() - common) / (1 - common))


def entanglement(directions):
    """Cosines between directions: float (k, k), 1 on the diagonal, 0 where they are independent."""
    unit = directions.vectors / np.linalg.norm(directions.vectors, axis=1, keepdims=True)
    return unit @ unit.T


def between(one, other, count=7):
    """Codes on the straight way from one (code_size,) to another, both included: (count, ...)."""
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return (1 - share) * one + share * other


def nearest(codes, query, count=5):
    """Numbers of the codes nearest to a code (code_size,), the nearest first: int (count,)."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=count).fit(codes).kneighbors(query[None])[1][0]
