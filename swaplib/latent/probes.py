"""Linear probes: what can be predicted from codes, and how much of the codes known factors explain."""

from collections.abc import Sequence

import numpy as np


def is_numbers(column: np.ndarray) -> bool:
    """Return whether a factor (n,) is numeric, integers included; text and bool are categories.

    Convert integers that stand for categories, such as 0 and 1 for two people, to text with `astype(str)`.
    """
    return np.asarray(column).dtype.kind in "iuf"


def probe(codes: np.ndarray, values: np.ndarray, folds: int = 5, seed: int = 0) -> float:
    """Return how well a linear model predicts a factor from codes it hasn't seen: R2, at most 1.

    values: (n,) numbers, or categories (see `is_numbers`), for which the score is the accuracy rescaled so
    that 0 is always guessing the most common one and 1 is perfect. Cross-validated: each code is predicted by
    a model fitted without it. G. Alain and Y. Bengio, "Understanding intermediate layers using linear
    classifier probes", 2016.
    """
    from sklearn.model_selection import KFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    split = KFold(folds, shuffle=True, random_state=seed)
    with threadpool_limits(1):  # with matrices this small, threads only wait for one another
        return _score(cross_val_predict(_reader(values), codes, np.asarray(values), cv=split), values)


def probe_on(codes: np.ndarray, values: np.ndarray, new_codes: np.ndarray, new_values: np.ndarray) -> float:
    """Fit a `probe` to codes (n, code_size) and values (n,), and score it on new ones (m, ...)."""
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
    """Return `probe_on` with a confidence interval for the choice of test pictures: (score, low, high).

    A bootstrap: the test pictures are resampled with replacement `draws` times, and `level` of the scores
    lie between low and high. The fit itself is not repeated. B. Efron, "Bootstrap methods: another look at
    the jackknife", Annals of Statistics 7(1), 1979.
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
    """Convert factors to numbers, float64 (n, k); a categorical factor is one-hot encoded.

    factors: columns, as in `Crops`; `is_numbers` decides which are numeric. known: other factors that
    define the categories instead.
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
    """Return the share of the variance of y (n, m) that x (n, k) explains by linear regression: R2, up to 1.

    Fitted to x and y and scored on new ones; 0 is no better than the mean of y.
    """
    from sklearn.linear_model import LinearRegression

    left = new_y - LinearRegression().fit(x, y).predict(new_x)
    return float(1 - np.sum(left**2) / np.sum((new_y - y.mean(axis=0)) ** 2))


def _reader(values):
    """Create an unfitted linear model that predicts such values, numbers or categories, from codes."""
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    linear = RidgeCV(np.logspace(-2, 4, 13)) if is_numbers(values) else LogisticRegression(max_iter=500)
    return make_pipeline(StandardScaler(), linear)


def _score(read, values):
    """Return R2 for numbers, or for categories the accuracy beyond guessing the most common one."""
    from sklearn.metrics import r2_score

    values = np.asarray(values)
    if is_numbers(values):
        return float(r2_score(values, read))
    common = np.unique(values, return_counts=True)[1].max() / len(values)
    return float(((read == values).mean() - common) / (1 - common))
