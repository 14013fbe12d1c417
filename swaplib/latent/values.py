"""Sliders that stand for values: the code of a face that does this or that, along the bend of the codes."""

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
PLACES = 7  # at which a factor is put in to calibrate it
STEPS = 50  # in which the way from rest to either end is looked at
FINER = 10  # further places, each in the middle of the largest step seen so far
FAR = 1.6  # times as far from the nearest picture's code as pictures are from each other: falls to pieces
HAIR = 0.05  # of a range: less is no change
HELD = 5  # places of a range at which others are held
SLIGHT = 0.15  # of its usual spread: less of a change of another isn't seen
FLAT = 0.25  # beyond the data, put in no more where a smaller share of it is seen


@dataclass(frozen=True)
class Values:
    """Where the code of a face lies that does this or that: sliders that stand for values.

    names: the factors that are offered. low, high: float (k,), where data is, in the factor's unit.
    known: all m factors that the codes were fitted to; middle, scale: float (m,), their medians and
    standard deviations; weights: float32 (terms, code_size) of the fit. What `calibrated` found: maps,
    {name: (asked, put in)}, rising; aside, {name: {other: (asked, put in of the other)}}, what holds
    others where they are; left_out, {name: why it isn't offered}.
    """

    names: list
    low: np.ndarray
    high: np.ndarray
    known: list
    middle: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    maps: dict = field(default_factory=dict)
    aside: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)

    def move(self, codes: np.ndarray, start: dict, asked: dict) -> np.ndarray:
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
        for values, wanted in ((here, start), (there, {**start, **asked})):
            for name in wanted:
                if name in self.known:
                    values[:, self.known.index(name)] = self._put_in(name, wanted[name])
            for name in wanted.keys() & self.aside.keys():
                for other, (places, put_in) in self.aside[name].items():
                    values[:, self.known.index(other)] += np.interp(wanted[name], places, put_in)
        step = _terms((there - self.middle) / self.scale) - _terms((here - self.middle) / self.scale)
        return (codes + (step @ self.weights).reshape(codes.shape)).astype(np.float32)

    def reach(self, name: str) -> tuple[float, float]:
        """(lowest, highest) value of a factor that makes a difference: beyond them the map is flat."""
        return tuple(self.maps[name][0][[0, -1]]) if name in self.maps else (-np.inf, np.inf)

    def _put_in(self, name, value):
        return np.interp(value, *self.maps[name]) if name in self.maps else value


def bend(codes: np.ndarray, factors: dict[str, np.ndarray], names: Sequence[str] = OFFERED) -> Values:
    """`Values` for the factors `names`, not yet `calibrated`: their way through the codes may bend.

    A ridge regression of the codes on all the factors at once, their squares and products; a factor
    that holds names, such as the look of the light, counts with a column for each. factors: columns, as
    `Crops` has them. Codes of a turning head lie on a bend; the straight line of `named` cuts across.
    """
    from sklearn.linear_model import RidgeCV

    known = [n for n, column in factors.items() if is_numbers(column) and column.std() > 0]
    if missing := [name for name in names if name not in known]:
        raise SwaplibError(f"nothing is known of {', '.join(missing)}: no such factor, or it never changes")
    values = np.stack([factors[name] for name in known], axis=1)
    middle, scale = np.median(values, axis=0), values.std(axis=0)
    terms = _terms((values - middle) / scale)
    categories = [name for name, column in factors.items() if not is_numbers(column)]
    # They are the same before and after a move: their columns are fitted, and forgotten.
    x = np.concatenate([terms, columns(factors, categories)], axis=1) if categories else terms
    weights = RidgeCV(np.logspace(0, 4, 9)).fit(x, codes).coef_.T[: terms.shape[1]].astype(np.float32)
    low, high = np.percentile([factors[name] for name in names], [2, 98], axis=1)
    return Values(list(names), low, high, known, middle, scale, weights)


def _terms(z):
    """z (n, m), its squares and its products: (n, m + m (m + 1) / 2)."""
    one, other = np.triu_indices(z.shape[1])
    return np.concatenate([z, z[:, one] * z[:, other]], axis=1)


def calibrated(
    values: Values,
    codes: np.ndarray,
    factors: dict[str, np.ndarray],
    seen: Callable[[np.ndarray], dict[str, np.ndarray]],
    count: int = 48,
    reach: float = 0.5,
    far: float = FAR,
    least: float = 0.6,
    seed: int = 0,
) -> Values:
    """`Values` that do what is asked: each factor put in as much as makes a judge see what is asked.

    codes, factors: pictures to try it on. seen: codes -> {name: (n,)}, what a judge reads in the decoded
    pictures; one decoder's, or the mean of both. From `count` pictures, in which there is none of it if it
    is an amount such as a smile, each factor is put in at eight places: from below its range to above by
    at most the share `reach` of it, as long as the codes stay near those of pictures; and at ten more where
    most happens from one place to the next, for a lid closes all at once. What is seen at each in the
    mean, made rising (isotonic regression), gives the map. A range ends where no more is seen, beyond the
    data where little more is, and before the pictures fall to pieces, as they do where the nearest
    picture's code is `far` times as far as pictures' codes are from each other. A factor of which not even
    the share `least` is seen is left out, and `left_out` says so.

    Last, amounts that go along with an angle are held: who looks up shall not raise her brows.
    """
    near, plain = _near(codes, far), replace(values, maps={}, aside={})
    order = np.random.default_rng(seed).permutation(len(codes))
    maps, ranges, left_out = {}, {}, dict(values.left_out)
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        chosen = order
        if low >= 0:
            chosen = order[np.argsort(factors[name][order], kind="stable")]
        chosen = chosen[:count]
        some, start = codes[chosen], {known: factors[known][chosen] for known in values.known}
        rest = np.clip(0, low, high)  # straight ahead, nothing of it

        def move(value, some=some, start=start, name=name):
            return plain.move(some, start, {name: value})

        below, above = (
            next((value for value in np.linspace(rest, end, STEPS)[1:] if not near(move(value))), end)
            for end in (low - reach * (high - low), high + reach * (high - low))
        )
        put_in, made = _response(move, lambda c, name=name: seen(c)[name], some, below, above, rest)
        share = (made[-1] - made[0]) / (high - low)
        if share < least:
            left_out[name] = f"from {low:.2g} to {high:.2g}, only {share:.0%} of it is seen"
            continue
        kept = _useful(put_in, made, low, high, rest)
        maps[name], hair = (made[kept], put_in[kept]), HAIR * (high - low) / 2
        first, last = maps[name][0][[0, -1]]
        ranges[name] = low if first < low + hair else first, high if last > high - hair else last
    low, high = np.array(list(ranges.values())).reshape(-1, 2).T
    found = replace(values, names=list(maps), low=low, high=high, maps=maps, aside={}, left_out=left_out)
    chosen = order[:count]
    start = {known: factors[known][chosen] for known in values.known}
    return replace(found, aside=_held(found, codes[chosen], start, factors, seen))


def _near(codes, far):
    """Whether codes are near those of pictures: a function codes (n, code_size) -> bool."""
    from sklearn.neighbors import NearestNeighbors

    pictures = NearestNeighbors(n_neighbors=2).fit(codes)
    limit = far * pictures.kneighbors(codes)[0][:, 1].mean()  # the nearest but itself
    return lambda moved: pictures.kneighbors(moved, 1)[0].mean() < limit


def _response(move, seen, codes, below, above, rest):
    """(places at which a factor is put in, what is seen of it there): two arrays, rising.

    move: value -> codes; seen: codes -> (n,).
    """
    from sklearn.isotonic import IsotonicRegression

    before = seen(codes)

    def change(values):
        return (seen(np.concatenate([move(v) for v in values])).reshape(len(values), -1) - before).mean(
            axis=1
        )

    put_in = np.unique([*np.linspace(below, above, PLACES), rest])
    made = change(put_in)
    for _ in range(FINER):
        k = np.argmax(np.diff(made)) + 1
        middle = put_in[k - 1 : k + 1].mean()
        put_in, made = np.insert(put_in, k, middle), np.insert(made, k, change([middle]))
    made = IsotonicRegression().fit_transform(put_in, made)
    # Known but for a constant: rest is put in as it is. And nowhere it stands quite still.
    made += rest - np.interp(rest, put_in, made) + 1e-6 * (put_in - rest)
    return put_in, made


def _useful(put_in, made, low, high, rest):
    """The slice of the places between which something happens, rest among them."""
    hair, at_rest = HAIR * (high - low), np.searchsorted(put_in, rest)
    first = min(np.searchsorted(made, made[0] + hair) - 1, at_rest)
    last = max(np.searchsorted(made, made[-1] - hair), at_rest)
    # Nor where hardly anything changes beyond the data: what is put in there only harms the picture.
    flat = np.diff(made) < FLAT * np.diff(put_in)
    while flat[first] and put_in[first + 1] <= low:
        first += 1
    while flat[last - 1] and put_in[last - 1] >= high:
        last -= 1
    return slice(first, last + 1)


def _held(values, codes, start, factors, seen):
    """What is put in of amounts to hold them while the head turns: {name: {other: (asked, put in)}}.

    Where a judge sees an amount change, from a face without it, its map tells how much to put in against
    it; below nothing, as much as above. Changes below the share `SLIGHT` of its usual spread don't count.
    Amounts do not hold each other, for a smile and a pucker share their muscles.
    """
    amounts = [name for name, low in zip(values.names, values.low, strict=True) if low >= 0]
    held = {}
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        if low >= 0:
            continue
        asked = np.linspace(low, high, HELD)
        rest = np.clip(0, low, high)
        at = [seen(values.move(codes, start, {name: value})) for value in (rest, *asked)]
        for other in amounts:
            none = start[other] < SLIGHT
            change = np.array([(there[other] - at[0][other])[none].mean() for there in at[1:]])
            if np.abs(change).max() > SLIGHT * factors[other].std():
                against = np.interp(np.abs(change), *values.maps[other])
                held.setdefault(name, {})[other] = asked, -np.sign(change) * against
    return held


def save(values: Values, path: str | Path) -> None:
    """Write `Values` to a file (.npz); numbers and words only."""
    aside = {
        name: {other: [np.asarray(column).tolist() for column in pair] for other, pair in held.items()}
        for name, held in values.aside.items()
    }
    lists = {"names": values.names, "known": values.known, "left_out": values.left_out, "aside": aside}
    arrays = {name: getattr(values, name) for name in ("low", "high", "middle", "scale")}
    maps = {f"map_{name}": np.stack(pair) for name, pair in values.maps.items()}
    with replacing(path) as part, open(part, "wb") as file:
        weights = values.weights.astype(np.float16)  # as the network's own
        np.savez_compressed(file, words=json.dumps(lists), weights=weights, **arrays, **maps)


def load(path: str | Path) -> Values:
    """The `Values` that `save` wrote. Raises SwaplibError for a file that is missing, or isn't one."""
    arrays = read_arrays(path, "set of sliders")
    try:
        words = json.loads(str(arrays["words"]))
        found = {name: arrays[name].astype(float) for name in ("low", "high", "middle", "scale")}
        maps = {name: tuple(arrays[f"map_{name}"]) for name in words["names"] if f"map_{name}" in arrays}
        values = Values(**words, **found, weights=arrays["weights"].astype(np.float32), maps=maps)
        _check(values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SwaplibError(f"{path} holds no sliders of swaplib, or is damaged: make it again") from error
    return values


def _check(values):
    """Raise ValueError where names, numbers and shapes don't fit each other."""
    k, m = len(values.names), len(values.known)
    curves = [*values.maps.values(), *(c for held in values.aside.values() for c in held.values())]
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
    """`Values` calibrated beforehand for a shipped model: "one", "swap_64" or "swap_128".

    `data_scripts/train_weights.py` made them, with the judge of `networks.judge`. Those of a swap are for
    both decoders. Raises SwaplibError for another name.
    """
    if name not in SHIPPED:
        raise SwaplibError(f"there are no values for {name!r}: choose one of {', '.join(SHIPPED)}")
    return load(DATA / "weights" / f"values_{name}.npz")
