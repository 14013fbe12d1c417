"""What can be read from codes: linear probes, and how much of the codes follows from what is known."""

from collections.abc import Sequence

import numpy as np


def is_numbers(column: np.ndarray) -> bool:
    """Whether a factor (n,) holds numbers, whole ones among them; text and bool are names.

    Numbers that stand for names, such as 0 and 1 for two people, have to be made text: `astype(str)`.
    """
    return np.asarray(column).dtype.kind in "iuf"


def probe(codes: np.ndarray, values: np.ndarray, folds: int = 5, seed: int = 0) -> float:
    """How much of a factor a linear model reads from codes that it hasn't seen: R2, at most 1.

    values: (n,) numbers, or names (see `is_numbers`), for which it is the share of names told right
    beyond guessing the most common, from 0 to 1. Cross-validated: every code is read by a model that was
    fitted without it. G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier
    probes", 2016.
    """
    from sklearn.model_selection import KFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    split = KFold(folds, shuffle=True, random_state=seed)
    with threadpool_limits(1):  # on matrices this small, threads only wait for each other
        return _score(cross_val_predict(_reader(values), codes, np.asarray(values), cv=split), values)


def probe_on(codes: np.ndarray, values: np.ndarray, new_codes: np.ndarray, new_values: np.ndarray) -> float:
    """`probe` fitted to codes (n, code_size) and values (n,), and scored on new ones (m, ...)."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _score(_reader(values).fit(codes, values).predict(new_codes), new_values)


def probe_interval(
    codes: np.ndarray,
    values: np.ndarray,
    new_codes: np.ndarray,
    new_values: np.ndarray,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float, float]:
    """`probe_on`, and how far it may be chance of the test pictures: (score, low, high).

    A bootstrap: the new pictures are drawn anew, with replacement, `draws` times; `level` of the scores
    lie from low to high. The fit itself stays. B. Efron, "Bootstrap methods: another look at the
    jackknife", Annals of Statistics 7(1), 1979.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        read = _reader(values).fit(codes, values).predict(new_codes)
    new_values, rng = np.asarray(new_values), np.random.default_rng(seed)
    picked = rng.integers(len(read), size=(draws, len(read)))
    scores = [_score(read[k], new_values[k]) for k in picked if len(np.unique(new_values[k])) > 1]
    low, high = np.percentile(scores, [50 - 50 * level, 50 + 50 * level])
    return _score(read, new_values), float(low), float(high)


def columns(
    factors: dict[str, np.ndarray], names: Sequence[str], known: dict[str, np.ndarray] | None = None
) -> np.ndarray:
    """Factors as numbers, float64 (n, k); one of names becomes a column of 0 and 1 for each of its values.

    factors: columns, as `Crops` has them; `is_numbers` says which are numbers. known: other factors, whose
    values get the columns instead.
    """
    known = factors if known is None else known
    return np.concatenate(
        [
            factors[name][:, None]
            if is_numbers(factors[name])
            else factors[name][:, None] == np.unique(known[name])
            for name in names
        ],
        axis=1,
    ).astype(float)


def r2(x: np.ndarray, y: np.ndarray, new_x: np.ndarray, new_y: np.ndarray) -> float:
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

    linear = RidgeCV(np.logspace(-2, 4, 13)) if is_numbers(values) else LogisticRegression(max_iter=500)
    return make_pipeline(StandardScaler(), linear)


def _score(read, values):
    """R2 of read numbers, or the share of names told right beyond guessing the most common."""
    from sklearn.metrics import r2_score

    values = np.asarray(values)
    if is_numbers(values):
        return float(r2_score(values, read))
    common = np.unique(values, return_counts=True)[1].max() / len(values)
    return float(((read == values).mean() - common) / (1 - common))
