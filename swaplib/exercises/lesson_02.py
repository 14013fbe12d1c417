"""Checkers for lesson 02, Many faces."""

import numpy as np

from swaplib.exercises import (  # noqa: F401
    Hint,
    accepted,
    called,
    exercise,
    number,
    numbers,
    predicted,
    quiz,
)

LONG, SHORT = "long", "crop"  # the hair styles of exercise 3


def our_position(codes, middle, vector):
    """Return the right `position`, used by the lesson if the exercise is blank."""
    return (codes - middle) @ vector / (vector @ vector)


def our_longer(codes, hair):
    """Return the right `longer`."""
    return codes[hair == LONG].mean(axis=0) - codes[hair == SHORT].mean(axis=0)


def our_by_chance(hair):
    """Return the right `by_chance`."""
    return float(np.sum((np.unique(hair, return_counts=True)[1] / len(hair)) ** 2))


@exercise("Along any one direction, most people lie between -2 and 2.")
def position(function):
    hints = [_position(function, np.random.default_rng(seed), size) for seed, size in ((0, 6), (1, 4))]
    return next(filter(None, hints), None)


def _position(function, rng, size):
    codes, middle = rng.normal(size=(9, size)), rng.normal(size=size)
    vector = (1 + size / 4) * rng.normal(size=size)
    given = numbers(called(function, codes, middle, vector), (9,))
    right, squared = our_position(codes, middle, vector), vector @ vector
    slips = {
        "Measure from the middle: subtract `middle` first.": codes @ vector / squared,
        "Adding one `vector` must change the answer by 1: divide by `vector @ vector`.": right * squared,
        "That is a distance. To count steps of `vector`, divide by its length once more.": right
        * np.sqrt(squared),
        "The sign is wrong: it should be code - middle.": -right,
        "A code can lie on either side of the middle: keep the sign.": np.abs(right),
        "That is each code's total distance. How far is it along `vector`?": np.linalg.norm(
            codes - middle, axis=1
        ),
    }
    if np.allclose(given, right, atol=1e-4):
        return None
    return next(
        (hint for hint, slip in slips.items() if np.allclose(given, slip, atol=1e-4)),
        "Take the dot product of (code - middle) with `vector`, and divide by that of `vector` with itself.",
    )


@exercise("It is fitted to some people and scored on others.")
def probe(function):
    cases = ((0, 2.0), (1, 0.0), (2, 9.0))
    hints = [_probe(function, np.random.default_rng(seed), shift) for seed, shift in cases]
    return next(filter(None, hints), None)


def _probe(function, rng, shift):
    """shift: offset of the new people's values from what their codes say, which makes the probe biased."""
    from sklearn.linear_model import Ridge
    from sklearn.metrics import r2_score

    codes = rng.normal(size=(260, 24))
    values = codes @ rng.normal(size=24) + 3 * rng.normal(size=260) + 5
    old, new = slice(None, 200), slice(200, None)
    values[new] += shift
    try:
        given = number(called(function, codes[old], values[old], codes[new], values[new]))
    except ValueError as error:
        if "2D array" in str(error) or "inconsistent numbers of samples" in str(error):
            return "`fit` and `score` take the codes first, then the values, both for the same people."
        raise

    def near(wanted, by=0.003):
        return abs(given - wanted) < by

    def read(fit):
        return Ridge().fit(codes[fit], values[fit])

    seen = read(old).predict(codes[new])
    correlation = np.corrcoef(seen, values[new])[0, 1]
    if near(r2_score(values[new], seen), by=0.02):  # other scaling or regularisation is right too
        return None
    if r2_score(values[new], seen) < 0 and given == 0:
        return "R2 is negative if predicting the mean would do better. Return it as it is."
    if near(read(old).score(codes[old], values[old])):
        return "It is scored on the people it was fitted to. Score it on the new ones."
    if near(read(new).score(codes[new], values[new])):
        return "It was fitted to the people it is scored on. Fit it to the first two arguments."
    if near(read(new).score(codes[old], values[old])):
        return "It was fitted to the new people and scored on the old ones. Swap them."
    if near(correlation):
        return "That is a correlation. Use `r2_score` or the model's own `score` for R2."
    if near(correlation**2):
        return "A squared correlation misses predictions that are all too high or too low. Use `score`."
    if near(r2_score(seen, values[new])):
        return "`r2_score` takes the true values first, then the predictions."
    if near(np.mean((values[new] - seen) ** 2)):
        return "That is the squared error. R2 compares it with the variance of the values: use `score`."
    return "Use `Ridge().fit(codes, values)`, then its `score(new_codes, new_values)`."


@exercise("Subtracting two averages cancels what both groups share.")
def longer(answer, codes, hair):
    if callable(answer):
        return "Give a direction, an array as long as a code, not a function."
    answer = numbers(answer, codes.shape[1:])
    long, short = codes[hair == LONG], codes[hair == SHORT]
    difference = our_longer(codes, hair)
    slips = {
        "That makes hair shorter: reverse the sign.": -difference,
        "That is the average of people with long hair: a face. Subtract the other average.": long.mean(
            axis=0
        ),
        "Subtract the average of people with `SHORT` hair, not of all people.": long.mean(axis=0)
        - codes.mean(axis=0),
        "Subtract the average of people with `SHORT` hair, not of all the others.": long.mean(axis=0)
        - codes[hair != LONG].mean(axis=0),
        "Those are sums, and the groups differ in size: take the means.": long.sum(axis=0)
        - short.sum(axis=0),
        "Average over the people, `mean(axis=0)`, not over the numbers in a code.": np.full_like(
            difference, long.mean() - short.mean()
        ),
    }
    if np.allclose(answer, difference, atol=1e-3):
        return None
    return next(
        (hint for hint, slip in slips.items() if np.allclose(answer, slip, atol=1e-3)),
        "Subtract the mean code of people with `SHORT` hair from that of people with `LONG` hair.",
    )


@exercise("That is how often two random people share a hair style.")
def by_chance(answer, hair):
    answer = number(answer)
    counts = np.unique(hair, return_counts=True)[1]
    share = counts / len(hair)
    right = our_by_chance(hair)
    if abs(answer - right) < 0.005:
        return None
    if abs(answer - 100 * right) < 0.5:
        return "Give a share from 0 to 1, not a percentage."
    if np.isclose(answer, 1 / len(counts), atol=0.003):
        return "That would be right if all styles were equally common. Some are rarer."
    if np.isclose(answer, share.max(), atol=0.003):
        return "That is how often guessing the most common style is right. Here, both people are random."
    if np.isclose(answer, 1 - right, atol=0.003):
        return "That is how often they have different styles."
    if np.isclose(answer, share.mean() ** 2 * len(counts) ** 2, atol=0.003):
        return "That adds up all shares. Two people must have the same style: square the shares."
    return "For each style, multiply the probabilities that each of the two has it. Then add up the products."


quiz = quiz(
    ("c", "With an R² of 0, it does no better than guessing the average for everybody."),
    ("a", "Only a lead over the untrained encoder is due to training."),
    ("a", "A linear probe only finds what lies along a straight line in the code."),
)
