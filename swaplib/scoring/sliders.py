"""Do sliders do what they say? What is asked against what MediaPipe sees in the decoded pictures.

MediaPipe has its own units: its "smile" of a full smile may be 0.8. So what is seen is divided by what
it sees in true pictures for the same change of the factor. 1 is a slider that does what it says. Means
are compared with means: MediaPipe's pucker and blink jump where a threshold is crossed, and the median
of true pictures that are half puckered has hardly moved yet. The control are true pictures themselves.
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
    """What true pictures teach of a reader. curves: {factor: (values, readings)}, monotone. spread:
    {factor: standard deviation of its reading} over pictures as they come. aside: {factor: {other:
    (slope, bend)}}, how a factor changes the reading of another that is at rest, in true pictures too:
    who nods seems to lift the brows."""

    curves: dict
    spread: dict
    aside: dict

    def change(self, name: str, low: float, high: float) -> float:
        """How much the reading of a factor changes in true pictures between two of its values."""
        return float(np.diff(np.interp([low, high], *self.curves[name]))[0])

    def change_aside(self, name: str, other: str, low: float, high: float) -> float:
        """How much the reading of another factor changes then, in true pictures too."""
        slope, bend = self.aside[name][other]
        return float(slope * (high - low) + bend * (high**2 - low**2))


def response(factors: dict[str, np.ndarray], seen: dict[str, np.ndarray], names: Sequence[str]) -> Response:
    """The `Response` of a reader. factors: of true pictures, columns; seen: its readings, {name: (n,)}.

    A factor that the reader has no word for, such as MediaPipe for gaze, gets no curve.
    """
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LinearRegression

    curves, spread, aside = {}, {}, {name: {} for name in names}
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
                aside[cause][name] = tuple(pair)
    return Response(curves, spread, aside)


def at_rest(column: np.ndarray) -> np.ndarray:
    """Which pictures don't show an amount, such as a smile: bool (n,). Of an angle, all count.

    Opposites don't meet: who smiles has stopped puckering. That is no spill, so what one factor does to
    another is read where the other isn't there to begin with.
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
    """How well each slider does what it says: {factor: {figure: number}}, None where it can't be said.

    values: `latent.Values`. decode: codes (n, code_size) -> pictures (n, size, size, 3), one decoder's.
    codes: the starting pictures', and stands, {factor: (n,)}, what they do. read: pictures -> {name:
    (n,)}, such as `pose.readings`. true: the `Response` of the same reader.

    Each slider goes to its low end, and from there a quarter, half and the whole of its way: "quarter",
    "half", "whole" are the ratios of seen to true change, in the mean of the pictures. "spill": the largest
    change of another factor that is at rest, beyond what true pictures show, over that one's usual spread;
    "into": which; "spill_median": the median one's. "sharpness": of all moved decodes over the unmoved, if a
    function pictures -> (n,) is given, such as `likeness.fine_detail`.
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
                - true.change_aside(name, other, low, high)
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
    """What true pictures score that stand where each slider goes: {factor: {"quarter", "half", "whole"}}.

    factors: columns of true pictures from which `true` was not learnt; seen: the reader's readings of
    them. Pictures count that stand within a tenth of the slider's range of where it goes; NaN where
    none does, None where `score` has none. What isn't 1 here is the measure's own error.
    """
    out = {}
    for name, low, high in zip(values.names, values.low, values.high, strict=True):
        if name in true.curves:
            ends, word = _ends(low, high), _word(name)
            there = [np.abs(factors[name] - end) < NEAR * (high - low) for end in ends]
            out[name] = _ratios(name, ends, [{word: seen[word][which]} for which in there], true)
    return out


def _ends(low, high):
    """Where a slider is read: its low end, and the `SHARES` of the way."""
    return [low, *(low + share * (high - low) for share in SHARES.values())]


def _ratios(name, ends, seen, true):
    """{"quarter", "half", "whole"}: `_ratio` from the low end. seen: what is read at each of the ends."""
    return {
        label: _ratio(name, (ends[0], end, ends[-1]), seen[0], there, true)
        for label, end, there in zip(SHARES, ends[1:], seen[1:], strict=True)
    }


def _ratio(name, ends, before, after, true):
    """Seen over true change from ends[0] to ends[1]; None if that is a small part of all."""
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

    A second reader may see less than the judge that calibrated a slider. What is put in stays, as it is as
    much as the codes bear; the slider says less, and its range shrinks with the share.
    """
    share = {name: ratios.get(name, 1) for name in values.names}
    maps = {name: (np.multiply(asked, share[name]), put_in) for name, (asked, put_in) in values.maps.items()}
    aside = {
        name: {other: (np.multiply(asked, share[name]), put_in) for other, (asked, put_in) in held.items()}
        for name, held in values.aside.items()
    }
    found = replace(values, maps=maps, aside=aside)
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
    """The shipped sliders, both decoders: {"A": `score`, "B": ..., "left out": {factor: why}}.

    size: 64 or 128 px. count: starting pictures of each person's test set. learn: training pictures of
    each from which MediaPipe's response is learnt; the others are the `control`, under "true_quarter",
    "true_half" and "true_whole". Gaze and the inner brows are read by the judge, which calibrated them:
    that they move is shown, not that they move rightly. MediaPipe has no word for where the eyes look, and
    its brows don't follow those of true pictures.
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
        learnt, aside = known[:learn], known[learn:]
        true = response(learnt.factors, read(learnt.images), values.names)
        out[who.upper()] = score(
            values,
            lambda codes, decoder=decoder: decoder.predict(codes, verbose=0),
            model.get_layer(f"encoder_{who}").predict(start.images, verbose=0),
            {name: start.factors[name] for name in values.known},
            read,
            true,
            lambda images, masks=masks: likeness.fine_detail(images, masks),
        )
        for name, row in control(values, aside.factors, read(aside.images), true).items():
            out[who.upper()][name] |= {f"true_{label}": ratio for label, ratio in row.items()}
    out["left out"] = values.left_out
    return out
