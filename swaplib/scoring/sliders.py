"""Do sliders do what they say? Compare the requested change with MediaPipe's reading of the decoded pictures.

MediaPipe has its own units: it may give a full smile a "smile" of 0.8. The measured change is therefore
divided by the change it measures in true pictures for the same change of the factor. 1 is a slider that does
exactly what it says. Means are compared with means, because MediaPipe's pucker and blink jump at a threshold:
the median of half-puckered true pictures has hardly moved yet. The control is true pictures themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swaplib.latent import Values
from swaplib.scoring import likeness, pose

READ_AS = {"mouth_open": "jaw_open"}  # MediaPipe's word; the others have the factor's name
SHARES = {"quarter": 0.25, "half": 0.5, "whole": 1.0}  # of the way from a slider's low end to its high one
LITTLE = 0.15  # of the whole change: below that a ratio says nothing
NEAR = 0.1  # of a slider's range: true pictures that stand as near count as being there
UNREAD = {"gaze_yaw", "brow_inner"}  # MediaPipe has no word, or one that doesn't follow true pictures
ENOUGH = 0.9  # share of what a slider says
LEARNT, COUNT = 800, 48  # pictures of each person: by which true changes are known, to start from
REST = 0.1  # an amount, 0 to 1, below which a face is at rest


@dataclass(frozen=True)
class Response:
    """How a reader responds to true pictures. curves: {factor: (values, readings)}, monotonic. spread:
    {factor: standard deviation of its reading} over unselected pictures. side_effects: {factor: {other:
    (slope, bend)}}, how a factor affects the reading of another one at rest, even in true pictures: nodding,
    for example, seems to raise the brows."""

    curves: dict
    spread: dict
    side_effects: dict

    def change(self, name: str, low: float, high: float) -> float:
        """Return how much the reading of a factor changes in true pictures between two of its values."""
        return float(np.diff(np.interp([low, high], *self.curves[name]))[0])

    def side_effect(self, name: str, other: str, low: float, high: float) -> float:
        """Return how much the reading of another factor changes meanwhile, also in true pictures."""
        slope, bend = self.side_effects[name][other]
        return float(slope * (high - low) + bend * (high**2 - low**2))


def response(factors: dict[str, np.ndarray], seen: dict[str, np.ndarray], names: Sequence[str]) -> Response:
    """Fit the `Response` of a reader. factors: columns of true pictures; seen: its readings, {name: (n,)}.

    A factor that the reader can't measure, such as gaze for MediaPipe, gets no curve.
    """
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LinearRegression

    curves, spread, side_effects = {}, {}, {name: {} for name in names}
    values = np.stack([factors[name] for name in names], axis=1)
    squares = np.concatenate([values, values**2], axis=1)
    for name in names:
        word = _word(name)
        if word in seen:
            have = ~np.isnan(seen[word])
            line = IsotonicRegression(increasing="auto").fit(factors[name][have], seen[word][have])
            curves[name] = line.X_thresholds_, line.y_thresholds_
            spread[name] = float(np.std(seen[word][have]))
            have &= at_rest(factors[name])
            slopes = LinearRegression().fit(squares[have], seen[word][have]).coef_.reshape(2, -1)
            for cause, pair in zip(names, slopes.T, strict=True):
                side_effects[cause][name] = tuple(pair)
    return Response(curves, spread, side_effects)


def at_rest(column: np.ndarray) -> np.ndarray:
    """Return which pictures don't show an amount, such as a smile: bool (n,). For an angle, all count.

    Opposites exclude each other: a smile ends a pucker. That isn't spill, so the effect of one factor on
    another is measured only where the other is absent to begin with.
    """
    return (np.abs(column) < REST) | (column.min() < -REST)


def score(
    values: Values,
    decode: Callable[[np.ndarray], np.ndarray],
    codes: np.ndarray,
    stands: dict[str, np.ndarray],
    read: Callable[[np.ndarray], dict[str, np.ndarray]],
    true: Response,
    sharpness: Callable[[np.ndarray], np.ndarray] | None = None,
) -> dict[str, dict]:
    """Score how well each slider does what it says: {factor: {figure: number}}, None if undefined.

    values: `latent.Values`. decode: codes (n, code_size) -> pictures (n, size, size, 3), one decoder's.
    codes: the starting pictures' codes; stands, {factor: (n,)}: their values. read: pictures -> {name:
    (n,)}, such as `pose.readings`. true: the `Response` of the same reader.

    Each slider is moved to its low end, and from there by a quarter, half and all of its range: "quarter",
    "half" and "whole" are the ratios of measured to true change, averaged over the pictures. "spill": the
    largest change of another factor at rest beyond that in true pictures, divided by that factor's standard
    deviation; "into": which factor; "spill_median": the median factor's. "sharpness": that of all moved
    decodes divided by the unmoved, if a function pictures -> (n,) is given, such as `likeness.fine_detail`.
    """
    out, still = {}, decode(codes)
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        if name not in true.curves:
            continue
        ends = _ends(low, high)
        made = [decode(values.move(codes, stands, {name: end})) for end in ends]
        seen = [read(images) for images in made]
        out[name] = {"low": float(low), "high": float(high), **_ratios(name, ends, seen, true)}
        spill = {
            other: abs(
                _change(other, seen[0], seen[-1], at_rest(stands[other]))
                - true.side_effect(name, other, low, high)
            )
            / true.spread[other]
            for other in true.curves
            if other != name
        }
        if spill:
            out[name]["into"] = max(spill, key=lambda other: spill[other])
            out[name]["spill"], out[name]["spill_median"] = max(spill.values()), _median(spill.values())
        if sharpness is not None:
            moved = np.concatenate([sharpness(images) / sharpness(still) for images in (made[0], made[-1])])
            out[name]["sharpness"] = float(np.median(moved))
    return out


def control(
    values: Values, factors: dict[str, np.ndarray], seen: dict[str, np.ndarray], true: Response
) -> dict[str, dict]:
    """Score true pictures with the values that each slider goes to: {factor: {"quarter", "half", "whole"}}.

    factors: columns of true pictures that `true` was not fitted to; seen: their readings. Pictures count if
    they are within a tenth of the slider's range of its target; NaN if none is, None where `score` has none.
    Any deviation from 1 is the error of the measure itself.
    """
    out = {}
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        if name in true.curves:
            ends, word = _ends(low, high), _word(name)
            there = [np.abs(factors[name] - end) < NEAR * (high - low) for end in ends]
            out[name] = _ratios(name, ends, [{word: seen[word][which]} for which in there], true)
    return out


def _ends(low, high):
    """Return where a slider is read: its low end, and the `SHARES` of its range."""
    return [low, *(low + share * (high - low) for share in SHARES.values())]


def _ratios(name, ends, seen, true):
    """Return {"quarter", "half", "whole"}: `_ratio` from the low end. seen: readings at each of the ends."""
    return {
        label: _ratio(name, (ends[0], end, ends[-1]), seen[0], there, true)
        for label, end, there in zip(SHARES, ends[1:], seen[1:], strict=True)
    }


def _ratio(name, ends, before, after, true):
    """Return measured / true change from ends[0] to ends[1]; None if that is a small part of the whole."""
    low, end, high = ends
    expected, whole = true.change(name, low, end), true.change(name, low, high)
    if abs(expected) < LITTLE * abs(whole) or not whole:
        return None
    return _change(name, before, after) / expected


def _change(name, before, after, where=slice(None)):
    word = _word(name)
    return float(np.nanmean(after[word][where]) - np.nanmean(before[word][where]))


def _word(name):
    return READ_AS.get(name, name)


def _median(numbers):
    return float(np.median(list(numbers)))


def rescaled(values: Values, ratios: dict[str, float]) -> Values:
    """`Values` whose sliders say what they do. ratios: {name: share of what it says that is seen}.

    A second reader may see less than the judge that calibrated a slider. The input stays, as it is as
    much as the codes bear; the slider says less, and its range shrinks with the share.
    """
    share = {name: ratios.get(name, 1) for name in values.names}
    maps = {name: (np.multiply(asked, share[name]), put_in) for name, (asked, put_in) in values.maps.items()}
    compensation = {
        name: {other: (np.multiply(asked, share[name]), put_in) for other, (asked, put_in) in held.items()}
        for name, held in values.compensation.items()
    }
    found = replace(values, maps=maps, compensation=compensation)
    first, last = np.array([found.reach(name) for name in values.names]).T
    return replace(found, low=np.maximum(values.low, first), high=np.minimum(values.high, last))


def by_mediapipe(values: Values, decoders: Sequence, codes: Sequence, faces: Sequence) -> dict[str, float]:
    """{slider: share of what it says that MediaPipe sees}, of sliders that fall short of `ENOUGH` of it.

    decoders: keras.Model of each person; codes (n, code_size) and faces (`Crops`): their training pictures,
    by which it is measured. The mean of the decoders counts, to three decimals.
    """
    rows = []
    for decoder, own, people in zip(decoders, codes, faces, strict=True):
        known = people[:LEARNT]
        true = response(known.factors, pose.readings(known.images), values.names)
        some = np.random.default_rng(0).permutation(len(own))[:COUNT]
        stands = {name: people.factors[name][some] for name in values.known}
        found = score(
            values, lambda c, d=decoder: d.predict(c, verbose=0), own[some], stands, pose.readings, true
        )
        rows.append({name: row["whole"] for name, row in found.items()})
    means = {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}
    return {name: share for name, share in means.items() if share < ENOUGH and name not in UNREAD}


def score_shipped(size: int = 128, count: int = 48, learn: int = 400) -> dict[str, dict]:
    """Score the shipped sliders with both decoders: {"A": `score`, "B": ..., "left out": {factor: why}}.

    size: 64 or 128 px. count: starting pictures from each person's test set. learn: training pictures of
    each person used to fit MediaPipe's response; the others are the `control`, under "true_quarter",
    "true_half" and "true_whole". Gaze and the inner brows are read by the judge, which also calibrated them,
    so the scores show that they move but not that they move correctly. MediaPipe doesn't measure gaze, and
    its brow readings don't follow those of true pictures.
    """
    from swaplib import latent, networks
    from swaplib.crops import dataset
    from swaplib.networks import judge

    model, values, look = (
        networks.shipped(f"swap_{size}"),
        latent.shipped(f"swap_{size}"),
        judge.reader(networks.shipped("judge")),
    )

    def read(images):
        judged = look(images)
        return {**pose.readings(images), **{name: judged[name] for name in ("gaze_yaw", "brow_inner")}}

    out = {}
    for who in "ab":
        known, start = dataset.load(f"person_{who}", size), dataset.load(f"test_{who}", size)[:count]
        masks, decoder = start.masks(), model.get_layer(f"decoder_{who}")
        fitted, held_out = known[:learn], known[learn:]
        true = response(fitted.factors, read(fitted.images), values.names)
        out[who.upper()] = score(
            values,
            lambda codes, decoder=decoder: decoder.predict(codes, verbose=0),
            model.get_layer(f"encoder_{who}").predict(start.images, verbose=0),
            {name: start.factors[name] for name in values.known},
            read,
            true,
            lambda images, masks=masks: likeness.fine_detail(images, masks),
        )
        for name, row in control(values, held_out.factors, read(held_out.images), true).items():
            out[who.upper()][name] |= {f"true_{label}": ratio for label, ratio in row.items()}
    out["left out"] = values.left_out
    return out
