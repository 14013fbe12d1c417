"""Checkers for lesson 03, One face."""

import numpy as np

from swaplib.exercises import (  # noqa: F401
    accepted,
    called,
    exercise,
    number,
    numbers,
    predicted,
    quiz,
)


def our_directions(codes, values):
    """Return the right `directions`, used by the lesson if the exercise is blank."""
    ones = np.ones((len(values), 1))
    return np.linalg.lstsq(np.hstack([values, ones]), codes, rcond=None)[0][:-1]


def our_with_factor(codes, own, wanted, vector):
    """Return the right `with_factor`."""
    return codes + (wanted - own)[:, None] * vector


def our_companion(factors, name):
    """Return the right `companion`."""
    strength = {
        other: abs(np.corrcoef(column, factors[name])[0, 1])
        for other, column in factors.items()
        if other != name
    }
    return max(strength, key=strength.get)


def our_with_squares(values):
    """Return the right `with_squares`."""
    return np.hstack([values, values**2])


def our_spill(row, wanted):
    """Return the right `spill`."""
    row = np.abs(row)
    return np.delete(row, wanted).max() / row[wanted]


def _named(given, slips, tolerance=1e-4):
    """Return the hint of the first slip {hint: its result} that matches the given result, or None."""
    return next(
        (
            hint
            for hint, slip in slips.items()
            if np.shape(given) == np.shape(slip) and np.allclose(given, slip, atol=tolerance)
        ),
        None,
    )


@exercise("Each direction captures the effect of its own factor, even if factors are correlated in the data.")
def directions(function):
    for factors, size in ((3, 8), (2, 5)):
        if hint := _directions(function, np.random.default_rng(size), factors, size):
            return hint


def _directions(function, rng, factors, size):
    values = rng.normal(size=(200, factors)) + [4, -2, 3][:factors]
    values[:, 1] += 0.8 * values[:, 0]
    truth = rng.normal(size=(factors, size))
    codes = values @ truth + 5 + 0.01 * rng.normal(size=(200, size))
    given = called(function, codes, values)
    if isinstance(given, tuple) and len(given) == 4:
        return "`lstsq` returns four things, and the first is the solution: use `[0]`."
    centred, ones = values - values.mean(axis=0), np.ones((200, 1))
    ahead = np.linalg.lstsq(np.hstack([ones, values]), codes, rcond=None)[0]
    turned = np.linalg.lstsq(np.hstack([codes, ones]), values, rcond=None)[0]
    slips = {
        "Transpose it (`.T`): there must be one row per factor.": truth.T,
        "Without a column of ones, the fit is forced through zero. Add one.": np.linalg.lstsq(
            values, codes, rcond=None
        )[0],
        "The row for the column of ones isn't a direction: leave it out.": np.vstack([truth, ahead[:1]]),
        "The row for the column of ones isn't a direction: leave the first one out.": ahead,
        "Your ones come first, so the first row is the base: leave that one out, not the last.": ahead[:-1],
        "Your ones come last, so the last row is the base: leave that one out, not the first.": np.vstack(
            [truth[1:], ahead[:1]]
        ),
        "That fits one factor at a time. Fit all of them at once.": centred.T
        @ codes
        / (centred**2).sum(axis=0)[:, None],
    }
    if np.shape(given) == truth.shape and np.allclose(given, truth, atol=0.05):
        return None
    if hint := _named(given, slips, 0.05):
        return hint
    backwards = (turned, turned[:-1], turned.T, turned[:-1].T, np.linalg.lstsq(codes, values, rcond=None)[0])
    if any(np.shape(given) == np.shape(slip) and np.allclose(given, slip, atol=0.01) for slip in backwards):
        return "That predicts the values from the codes. Predict the codes from the values instead."
    numbers(given, truth.shape)  # raises its own hint
    return "Use `np.linalg.lstsq(a, codes)[0]`, where `a` has the columns of `values` and a column of ones."


@exercise("All the faces now have the same smile, whatever smile they had before.")
def with_factor(function):
    for wanted, size in ((0.3, 8), (-0.5, 6)):
        if hint := _with_factor(function, np.random.default_rng(size), wanted, size):
            return hint


def _with_factor(function, rng, wanted, size):
    codes, own, vector = rng.normal(size=(5, size)), np.linspace(-1, 1.2, 5), rng.normal(size=size)
    given = numbers(called(function, codes, own, wanted, vector), codes.shape)
    step = np.outer(wanted - own, vector)
    slips = {
        "That goes the wrong way. It should go from `own` to `wanted`.": codes - step,
        "That moves all codes by the same step. How far is each from `wanted`?": codes + wanted * vector,
        "That is the change. Add it to the codes.": step,
        "`wanted` may be less than `own`: keep the sign of the difference.": codes
        + np.outer(np.abs(wanted - own), vector),
        "If `wanted` is less than `own`, the code must move back.": codes
        + np.outer(np.maximum(wanted - own, 0), vector),
        "The codes are unchanged.": codes,
        "Each code has its own distance to cover. You used the mean of all.": codes
        + (wanted - own.mean()) * vector,
    }
    if np.allclose(given, codes + step, atol=1e-4):
        return None
    return _named(given, slips) or "Add (wanted - own) times `vector`, with an `own` for each code."


@exercise("Factors that are correlated in the data must be fitted together.")
def companion(function):
    rng = np.random.default_rng(0)
    one, two, three, four = rng.normal(size=(4, 300))
    # The strongest is negative in the first case, and comes first or last. Means and spreads differ.
    factors = {
        "height": 2 * one + 9,
        "age": two,
        "weight": 0.5 * one + 0.87 * two,
        "stairs": -0.8 * one + 0.6 * three,
        "income": 90 * (0.3 * one + 0.95 * four) + 400,
    }
    for name in ("height", "weight", "stairs"):
        given, right = called(function, factors, name), our_companion(factors, name)
        if isinstance(given, str) and given == right:
            continue
        if isinstance(given, np.ndarray | list | tuple) and np.size(given) == 1:
            given = np.ravel(given)[0]
        if not isinstance(given, str):
            return "Return the name of the factor (a string), not its number or its correlation."
        if given == right:
            continue
        if given not in factors:
            return f"There is no factor {given!r}: return one of the names in `factors`."
        if given == name:
            return "Every factor correlates perfectly with itself. Look at the others only."
        strength = {
            other: np.corrcoef(column, factors[name])[0, 1]
            for other, column in factors.items()
            if other != name
        }
        if given == max(strength, key=strength.get):
            return "A strong negative correlation counts too: compare absolute values."
        if given == "income":
            return "Large values aren't a correlation: remove means and spreads, as `np.corrcoef` does."
        if given == min(strength, key=lambda other: abs(strength[other])):
            return "That factor has the weakest correlation."
        return "Correlate it with every other factor. Which `np.corrcoef(x, y)[0, 1]` is furthest from 0?"


@exercise("A regression that is linear in its columns can follow a curve.")
def with_squares(function):
    for shape in ((5, 3), (7, 2)):
        if hint := _with_squares(function, np.random.default_rng(shape[0]).normal(size=shape)):
            return hint


def _with_squares(function, values):
    given = np.asarray(called(function, values))
    right = our_with_squares(values)
    slips = {
        "Keep the values too: first the values, then their squares.": values**2,
        "First the values, then their squares.": np.hstack([values**2, values]),
        "First all the values, then all their squares.": np.stack([values, values**2], axis=2).reshape(
            len(values), -1
        ),
        "The squares are below the values. They should be new columns: use `np.hstack`.": np.vstack(
            [values, values**2]
        ),
        "Those are sums. The squares should be columns of their own: use `np.hstack`.": values + values**2,
        "Square them: `**2`, not `* 2`.": np.hstack([values, 2 * values]),
        "The values are unchanged.": values,
        "No column of ones is needed: `directions` adds it.": np.hstack([right, np.ones((len(values), 1))]),
    }
    if np.shape(given) == right.shape and np.allclose(given, right):
        return None
    if hint := _named(given, slips):
        return hint
    numbers(given, right.shape)
    return "Put the columns of `values**2` to the right of those of `values`."


@exercise("A spill of 0 would mean that a slider does one thing only.")
def spill(function):
    # The wanted change is not always the largest, so the spill can exceed 1.
    cases = [([0.1, -2.0, 0.5], 1), ([1.0, 0.3, -0.8], 0), ([2.0, 0.3, -0.5, 0.1], 2)]
    given = [number(called(function, np.array(row), wanted)) for row, wanted in cases]
    rows = [np.abs(row) for row, _ in cases]
    others = [np.delete(row, wanted) for row, (_, wanted) in zip(rows, cases, strict=True)]
    largest, size = [max(o) for o in others], [row[k] for row, (_, k) in zip(rows, cases, strict=True)]
    right = np.divide(largest, size)
    signed = [max(np.delete(row, k)) for row, k in cases]
    slips = {
        "Divide by the size of the wanted change.": largest,
        "The largest change needn't be the wanted one: use `wanted`.": [
            np.sort(row)[-2] / row.max() for row in rows
        ],
        "The wanted change itself doesn't count as a side effect: leave it out (`np.delete`).": [
            row.max() / s for row, s in zip(rows, size, strict=True)
        ],
        "A decrease is a change too: use absolute values.": np.divide(signed, [r[k] for r, k in cases]),
        "Take absolute values first, then the largest.": np.abs(np.divide(signed, size)),
        "The size of the wanted change counts, not its sign.": np.divide(largest, [r[k] for r, k in cases]),
        "Only the largest of the others counts, not their sum.": [
            sum(o) / s for o, s in zip(others, size, strict=True)
        ],
        "Only the largest of the others counts, not their mean.": [
            np.mean(o) / s for o, s in zip(others, size, strict=True)
        ],
        "It is the other way round: divide the side effect by the wanted change.": 1 / right,
    }
    if np.allclose(given, right):
        return None
    return (
        _named(given, slips)
        or "Divide the largest of the other changes by the wanted one, all as absolute values."
    )


quiz = quiz(
    ("b", "All pictures of A share it, so the code would gain nothing by storing it."),
    ("c", "The cosine compares straight lines in the code, but the decoder isn't linear."),
    ("b", "A direction only changes if it also carried the effect of the new factor."),
)
