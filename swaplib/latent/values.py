"""Sliders labelled by value: edit a code to a requested factor value, along a curved path of codes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from swaplib import DATA, SwaplibError
from swaplib.files.arrays import read_arrays
from swaplib.files.writing import replacing
from swaplib.latent.probes import columns, is_numbers

OFFERED = ("yaw", "pitch", "mouth_open", "smile", "pucker", "blink", "gaze_yaw", "brow_inner")
SHIPPED = ("one", "swap_64", "swap_128")
PLACES = 7  # inputs of a factor at which it is calibrated
STEPS = 50  # checked between rest and either end
FINER = 10  # further inputs, each in the middle of the largest step measured so far
FAR = 1.6  # limit, in mean distances between neighbouring pictures' codes: beyond it, faces deteriorate
HAIR = 0.05  # of a range: a smaller change counts as none
HELD = 5  # values of an angle at which the other factors are held
SLIGHT = 0.15  # of a factor's standard deviation: smaller side effects are ignored
FLAT = 0.25  # beyond the data, stop where less than this share of the input is measured


@dataclass(frozen=True)
class Values:
    """Maps factor values to changes of a code: sliders labelled by value.

    names: the factors offered. low, high: float (k,), the range of the data, in the factor's unit.
    known: all m factors that the codes were fitted to; middle, scale: float (m,), their medians and
    standard deviations; weights: float32 (terms, code_size) of the fit. The results of `calibrated` are maps,
    {name: (requested, input)}, increasing; compensation, {name: {other: (requested, input of the
    other)}}, which keeps other factors fixed; left_out, {name: why it isn't offered}.
    """

    names: list
    low: np.ndarray
    high: np.ndarray
    known: list
    middle: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    maps: dict = field(default_factory=dict)
    compensation: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)

    def move(self, codes: np.ndarray, start: dict, asked: dict) -> np.ndarray:
        """Move codes (n, code_size), or one (code_size,), from the values `start` to those asked for.

        start: {name: number or (n,)}, the current values of the pictures; the default is the median of the
        data. asked: the same, for the values to change. The code moves by f(asked) - f(start), where f is
        the fit, so everything that the factors don't explain is preserved. Raises SwaplibError for a name
        that isn't in the fit.
        """
        for name in asked:
            if name not in self.known:
                raise SwaplibError(f"there is no value {name!r}: choose from {', '.join(self.known)}")
        codes = np.asarray(codes, np.float32)
        count = len(np.atleast_2d(codes))
        here = np.tile(self.middle, (count, 1))
        there = here.copy()
        for values, wanted in ((here, start), (there, {**start, **asked})):
            for name in wanted:
                if name in self.known:
                    values[:, self.known.index(name)] = self._put_in(name, wanted[name])
            for name in wanted.keys() & self.compensation.keys():
                for other, (places, put_in) in self.compensation[name].items():
                    values[:, self.known.index(other)] += np.interp(wanted[name], places, put_in)
        step = quadratic((there - self.middle) / self.scale) - quadratic((here - self.middle) / self.scale)
        return (codes + (step @ self.weights).reshape(codes.shape)).astype(np.float32)

    def reach(self, name: str) -> tuple[float, float]:
        """Return the (lowest, highest) value of a factor that has an effect: beyond them the map is flat."""
        return tuple(self.maps[name][0][[0, -1]]) if name in self.maps else (-np.inf, np.inf)

    def _put_in(self, name, value):
        return np.interp(value, *self.maps[name]) if name in self.maps else value


def bend(codes: np.ndarray, factors: dict[str, np.ndarray], names: Sequence[str] = OFFERED) -> Values:
    """Fit `Values` for the factors `names`, not yet `calibrated`, whose paths through the codes may curve.

    A ridge regression of the codes on all factors at once, their squares and products; a categorical
    factor, such as the look of the light, gets one column per category. factors: columns, as in `Crops`.
    The codes of a turning head lie on a curve, which the straight line of `named` cuts across.
    """
    from sklearn.linear_model import RidgeCV

    known = [n for n, column in factors.items() if is_numbers(column) and column.std() > 0]
    if missing := [name for name in names if name not in known]:
        raise SwaplibError(f"can't fit {', '.join(missing)}: no such numeric factor, or it is constant")
    values = np.stack([factors[name] for name in known], axis=1)
    middle, scale = np.median(values, axis=0), values.std(axis=0)
    terms = quadratic((values - middle) / scale)
    categories = [name for name, column in factors.items() if not is_numbers(column)]
    # Categories don't change in a move, so their columns are fitted and then dropped.
    x = np.concatenate([terms, columns(factors, categories)], axis=1) if categories else terms
    weights = RidgeCV(np.logspace(0, 4, 9)).fit(x, codes).coef_.T[: terms.shape[1]].astype(np.float32)
    low, high = np.percentile([factors[name] for name in names], [2, 98], axis=1)
    return Values(list(names), low, high, known, middle, scale, weights)


def quadratic(z: np.ndarray) -> np.ndarray:
    """Return z (n, m), its squares and its products: (n, m + m (m + 1) / 2)."""
    one, other = np.triu_indices(z.shape[1])
    return np.concatenate([z, z[:, one] * z[:, other]], axis=1)


def calibrated(
    values: Values,
    codes: np.ndarray,
    factors: dict[str, np.ndarray],
    judge: Callable[[np.ndarray], dict[str, np.ndarray]],
    count: int = 48,
    reach: float = 0.5,
    far: float = FAR,
    least: float = 0.6,
    seed: int = 0,
) -> Values:
    """Calibrate `Values`: scale the input of each factor so that a judge measures the requested value.

    codes, factors: pictures to calibrate on. judge: codes -> {name: (n,)}, readings of the decoded
    pictures, from one decoder or averaged over both. For each factor, `count` pictures are edited; for an
    amount such as a smile, those that have least of it. The input takes eight values, from below the data's
    range to above it by at most the share `reach`, as long as the codes stay near those of pictures, and ten
    more where the response is steepest, because a lid closes all at once. The mean response, made monotonic
    by isotonic regression, gives the map. A range ends where the response stops, beyond the data where it is
    weak, and before the faces deteriorate: where the nearest picture's code is `far` times as far away as
    pictures' codes are from one another. A factor whose response is below the share `least` is dropped and
    listed in `left_out`.

    Finally, amounts that change along with an angle are held fixed: looking up must not raise the brows.
    """
    near, plain = _near(codes, far), replace(values, maps={}, compensation={})
    order = np.random.default_rng(seed).permutation(len(codes))
    maps, ranges, left_out = {}, {}, dict(values.left_out)
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        chosen = order
        if low >= 0:
            chosen = order[np.argsort(factors[name][order], kind="stable")]
        chosen = chosen[:count]
        some, start = codes[chosen], {known: factors[known][chosen] for known in values.known}
        rest = np.clip(0, low, high)  # straight ahead, or none of it

        def move(value, some=some, start=start, name=name):
            return plain.move(some, start, {name: value})

        below, above = (
            next((value for value in np.linspace(rest, end, STEPS)[1:] if not near(move(value))), end)
            for end in (low - reach * (high - low), high + reach * (high - low))
        )
        put_in, made = _response(move, lambda c, name=name: judge(c)[name], some, below, above, rest)
        share = (made[-1] - made[0]) / (high - low)
        if share < least:
            left_out[name] = f"from {low:.2g} to {high:.2g}, only {share:.0%} of it appears in the picture"
            continue
        kept = _useful(put_in, made, low, high, rest)
        maps[name], hair = (made[kept], put_in[kept]), HAIR * (high - low) / 2
        first, last = maps[name][0][[0, -1]]
        ranges[name] = low if first < low + hair else first, high if last > high - hair else last
    low, high = np.array(list(ranges.values())).reshape(-1, 2).T
    found = replace(plain, names=list(maps), low=low, high=high, maps=maps, left_out=left_out)
    chosen = order[:count]
    start = {known: factors[known][chosen] for known in values.known}
    return replace(found, compensation=_held(found, codes[chosen], start, factors, judge))


def _near(codes, far):
    """Return a function codes (n, code_size) -> bool: whether they are near those of pictures."""
    from sklearn.neighbors import NearestNeighbors

    pictures = NearestNeighbors(n_neighbors=2).fit(codes)
    limit = far * pictures.kneighbors(codes)[0][:, 1].mean()  # the nearest other one
    return lambda moved: pictures.kneighbors(moved, 1)[0].mean() < limit


def _response(move, judge, codes, below, above, rest):
    """Return (inputs of a factor, measured values), two increasing arrays.

    move: value -> codes; judge: codes -> (n,).
    """
    from sklearn.isotonic import IsotonicRegression

    before = judge(codes)

    def change(values):
        return (judge(np.concatenate([move(v) for v in values])).reshape(len(values), -1) - before).mean(
            axis=1
        )

    put_in = np.unique([*np.linspace(below, above, PLACES), rest])
    made = change(put_in)
    for _ in range(FINER):
        k = np.argmax(np.diff(made)) + 1
        middle = put_in[k - 1 : k + 1].mean()
        put_in, made = np.insert(put_in, k, middle), np.insert(made, k, change([middle]))
    made = IsotonicRegression().fit_transform(put_in, made)
    # Only known up to a constant, so rest maps to itself. A slight slope keeps the map invertible.
    made += rest - np.interp(rest, put_in, made) + 1e-6 * (put_in - rest)
    return put_in, made


def _useful(put_in, made, low, high, rest):
    """Return the slice of inputs that have an effect, including rest."""
    hair, at_rest = HAIR * (high - low), np.searchsorted(put_in, rest)
    first = min(np.searchsorted(made, made[0] + hair) - 1, at_rest)
    last = max(np.searchsorted(made, made[-1] - hair), at_rest)
    # Also drop inputs beyond the data with hardly any effect: they only harm the picture.
    flat = np.diff(made) < FLAT * np.diff(put_in)
    while flat[first] and put_in[first + 1] <= low:
        first += 1
    while flat[last - 1] and put_in[last - 1] >= high:
        last -= 1
    return slice(first, last + 1)


def _held(values, codes, start, factors, judge):
    """Return the inputs that hold amounts fixed while the head turns: {name: {other: (requested, input)}}.

    If a judge measures a change in an amount, starting from faces without it, the amount's map gives the
    input that cancels the change; changes below zero are mirrored. Changes below the share `SLIGHT` of the
    standard deviation are ignored. Amounts aren't held against one another, since many share muscles.
    """
    amounts = [name for name, low in zip(values.names, values.low, strict=True) if low >= 0]
    held = {}
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        if low >= 0:
            continue
        asked = np.linspace(low, high, HELD)
        rest = np.clip(0, low, high)
        at = [judge(values.move(codes, start, {name: value})) for value in (rest, *asked)]
        for other in amounts:
            none = start[other] < SLIGHT
            change = np.array([(there[other] - at[0][other])[none].mean() for there in at[1:]])
            if np.abs(change).max() > SLIGHT * factors[other].std():
                against = np.interp(np.abs(change), *values.maps[other])
                held.setdefault(name, {})[other] = asked, -np.sign(change) * against
    return held


def save(values: Values, path: str | Path) -> None:
    """Write `Values` to a file (.npz) of numbers and strings only."""
    compensation = {
        name: {other: [np.asarray(column).tolist() for column in pair] for other, pair in held.items()}
        for name, held in values.compensation.items()
    }
    lists = {"names": values.names, "known": values.known, "left_out": values.left_out, "aside": compensation}
    arrays = {name: getattr(values, name) for name in ("low", "high", "middle", "scale")}
    maps = {f"map_{name}": np.stack(pair) for name, pair in values.maps.items()}
    with replacing(path) as part, open(part, "wb") as file:
        weights = values.weights.astype(np.float16)  # like the network's
        np.savez_compressed(file, words=json.dumps(lists), weights=weights, **arrays, **maps)


def load(path: str | Path) -> Values:
    """Load `Values` that `save` wrote. Raises SwaplibError if the file is missing or invalid."""
    arrays = read_arrays(path, "set of sliders")
    try:
        words = json.loads(str(arrays["words"]))
        found = {name: arrays[name].astype(float) for name in ("low", "high", "middle", "scale")}
        maps = {name: tuple(arrays[f"map_{name}"]) for name in words["names"] if f"map_{name}" in arrays}
        words["compensation"] = words.pop("aside")  # the files' older name
        values = Values(**words, **found, weights=arrays["weights"].astype(np.float32), maps=maps)
        _check(values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SwaplibError(f"{path} is damaged or holds no swaplib sliders: create it again") from error
    return values


def _check(values):
    """Raise ValueError if names, numbers and shapes don't match."""
    k, m = len(values.names), len(values.known)
    curves = [*values.maps.values(), *(c for held in values.compensation.values() for c in held.values())]
    fits = (
        values.low.shape == values.high.shape == (k,)
        and values.middle.shape == values.scale.shape == (m,)
        and values.weights.ndim == 2
        and len(values.weights) == m + m * (m + 1) // 2
        and set(values.names) <= set(values.known)
        and all(len(asked) == len(put_in) > 0 for asked, put_in in curves)
    )
    numbers = [values.low, values.high, values.middle, values.scale, values.weights, *map(np.asarray, curves)]
    if not fits or not all(np.isfinite(n).all() for n in numbers) or not (values.scale > 0).all():
        raise ValueError


def shipped(name: str) -> Values:
    """Load the calibrated `Values` of a shipped model: "one", "swap_64" or "swap_128".

    `data_scripts/train_weights.py` made them, with the judge of `networks.judge`; those of a swap serve
    both decoders. Raises SwaplibError for any other name.
    """
    if name not in SHIPPED:
        raise SwaplibError(f"there are no values for {name!r}: choose one of {', '.join(SHIPPED)}")
    return load(DATA / "weights" / f"values_{name}.npz")
