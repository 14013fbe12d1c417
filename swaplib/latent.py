"""What the numbers in the middle mean: principal directions, probes, directions and values with a name.

Codes are float32 (n, code_size), as an encoder's `predict` gives them. Nothing here is trained for
long: every figure is a linear fit by scikit-learn.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from swaplib import SwaplibError


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


@dataclass(frozen=True)
class Values:
    """Where the code of a face lies that does this or that: sliders that stand for values.

    names: the factors that are offered. low, high: float (k,), where data is, in the factor's unit.
    known: all m factors that the codes were fitted to; middle, scale: float (m,), their medians and
    standard deviations; weights: float32 (terms, code_size) of the fit. maps: {name: (asked, put in)},
    rising, what `calibrated` found. left_out: {name: why it isn't offered}.
    """

    names: list
    low: np.ndarray
    high: np.ndarray
    known: list
    middle: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    maps: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)

    def __len__(self):
        return len(self.names)

    def move(self, codes, start, asked):
        """Codes (n, code_size), or one (code_size,), brought from the values `start` to those asked.

        start: {name: number or (n,)}, where the pictures stand; the middle of the data counts where
        nothing is said. asked: the same, the values that shall change. The code moves by
        f(asked) - f(start), where f is the fit: what the factors don't explain stays as it is. Raises
        SwaplibError for a name that the fit doesn't know.
        """
        for name in asked:
            if name not in self.known:
                raise SwaplibError(f"there is no value {name!r}: choose from {', '.join(self.known)}")
        codes = np.asarray(codes, np.float32)
        count = len(np.atleast_2d(codes))
        here = np.tile(self.middle, (count, 1))
        there = here.copy()
        for k, name in enumerate(self.known):
            if name in start:
                here[:, k] = there[:, k] = self._put_in(name, start[name])
            if name in asked:
                there[:, k] = self._put_in(name, asked[name])
        step = _terms((there - self.middle) / self.scale) - _terms((here - self.middle) / self.scale)
        return (codes + (step @ self.weights).reshape(codes.shape)).astype(np.float32)

    def _put_in(self, name, value):
        return np.interp(value, *self.maps[name]) if name in self.maps else value


def bend(codes, factors, names):
    """`Values` for the factors `names`, not yet `calibrated`: their way through the codes may bend.

    A ridge regression of the codes on all the factors at once, their squares and products; a factor
    that holds names, such as the room, counts with a column for each. factors: columns, as `Faces` has
    them. Codes of a turning head lie on a bend; the straight line of `named` cuts across.
    """
    from sklearn.linear_model import RidgeCV

    known = [n for n, column in factors.items() if column.dtype.kind == "f" and column.std() > 0]
    if missing := [name for name in names if name not in known]:
        raise SwaplibError(f"nothing is known of {', '.join(missing)}: no such factor, or it never changes")
    values = np.stack([factors[name] for name in known], axis=1)
    middle, scale = np.median(values, axis=0), values.std(axis=0)
    terms = _terms((values - middle) / scale)
    rooms = [name for name, column in factors.items() if column.dtype.kind != "f"]
    # A room is the same before and after a move: its columns are fitted, and forgotten.
    x = np.concatenate([terms, columns(factors, rooms)], axis=1) if rooms else terms
    weights = RidgeCV(np.logspace(0, 4, 9)).fit(x, codes).coef_.T[: terms.shape[1]].astype(np.float32)
    low, high = np.percentile([factors[name] for name in names], [2, 98], axis=1)
    return Values(list(names), low, high, known, middle, scale, weights)


def _terms(z):
    """z (n, m), its squares and its products: (n, m + m (m + 1) / 2)."""
    one, other = np.triu_indices(z.shape[1])
    return np.concatenate([z, z[:, one] * z[:, other]], axis=1)


def calibrated(values, codes, factors, seen, count=24, reach=0.5, least=0.6, seed=0):
    """`Values` that do what is asked: each factor put in as much as makes a judge see what is asked.

    codes, factors: pictures to try it on, of which `count` are taken. seen: codes -> {name: (n,)}, what
    a judge reads in the decoded pictures; one decoder's, or the mean of both. From every picture each
    factor is put in at nine places, from below its range to above by the share `reach` of it. The
    median that is seen at each, made rising (isotonic regression), gives the map; a range ends where no
    more is seen. A factor of which not even the share `least` is seen is left out, and `left_out` says so.
    """
    from sklearn.isotonic import IsotonicRegression

    chosen = np.random.default_rng(seed).permutation(len(codes))[:count]
    codes, start = codes[chosen], {name: factors[name][chosen] for name in values.known}
    before, plain = seen(codes), replace(values, maps={})
    maps, ranges, left_out = {}, {}, dict(values.left_out)
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        put_in = np.linspace(low - reach * (high - low), high + reach * (high - low), 9)
        found = [seen(plain.move(codes, start, {name: value}))[name] for value in put_in]
        made = np.median(start[name] + found - before[name], axis=1)
        made = IsotonicRegression().fit_transform(put_in, made)
        share = (made[-1] - made[0]) / (high - low)
        if share < least:
            left_out[name] = f"from {low:.2g} to {high:.2g}, only {share:.0%} of it is seen"
            continue
        # A hair of a slope, so that a flat piece can be turned round too.
        maps[name] = made + 1e-6 * (put_in - put_in[0]), put_in
        ranges[name] = max(low, made[0]), min(high, made[-1])
    low, high = np.array(list(ranges.values())).reshape(-1, 2).T
    return replace(values, names=list(maps), low=low, high=high, maps=maps, left_out=left_out)


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


def probe_interval(codes, values, new_codes, new_values, draws=1000, level=0.95, seed=0):
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
