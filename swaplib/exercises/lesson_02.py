"""Checkers of lesson 02, Many faces."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("Most people lie between -2 and 2, on every direction.")
def position(function):
    rng = np.random.default_rng(0)
    codes, middle = rng.normal(size=(9, 6)), rng.normal(size=6)
    vector = 2 * rng.normal(size=6)
    given = np.asarray(called(function, codes, middle, vector))
    if given.shape != (9,):
        return f"For 9 codes it returns the shape {given.shape}; one number for each is wanted."
    right = (codes - middle) @ vector / (vector @ vector)
    if np.allclose(given, right, atol=1e-4):
        return None
    if np.allclose(given, codes @ vector / (vector @ vector), atol=1e-4):
        return "Count from the middle: take `middle` away first."
    if np.allclose(given, right * (vector @ vector), atol=1e-3):
        return "Moving by one `vector` must change the answer by 1: divide by `vector @ vector`."
    if np.allclose(given, right * np.sqrt(vector @ vector), atol=1e-3):
        return "That is a length. In steps of `vector` it is: divide by its length once more."
    return "The dot product of (code - middle) with `vector`, divided by that of `vector` with itself."


@exercise("A probe that is fitted to some people and judged on others.")
def probe(function):
    from sklearn.linear_model import Ridge
    from sklearn.metrics import r2_score

    rng = np.random.default_rng(0)
    codes = rng.normal(size=(160, 24))
    values = codes @ rng.normal(size=24) + 3 * rng.normal(size=160) + 5
    old, new = slice(None, 60), slice(60, None)
    given = float(called(function, codes[old], values[old], codes[new], values[new]))

    def near(fit, test):
        read = Ridge(1.0).fit(codes[fit], values[fit]).predict(codes[test])
        return abs(given - r2_score(values[test], read)) < 0.02, read

    good, read = near(old, new)
    if good:
        return None
    if near(old, old)[0]:
        return "It is judged on the people it was fitted to, and knows them by heart."
    if near(new, new)[0]:
        return "It was fitted to the people it is judged on. Fit it to the first two arguments."
    if abs(given - np.corrcoef(read, values[new])[0, 1]) < 0.02:
        return "That is a correlation. R2 is what `r2_score` or the model's own `score` gives."
    if abs(given - r2_score(read, values[new])) < 0.02:
        return "`r2_score` wants the true values first, then what was read."
    return "`Ridge().fit(codes, values)`, then its `score(new_codes, new_values)`."


@exercise("Subtracting two averages cancels what both groups share.")
def longer(answer, codes, hair):
    answer = np.asarray(answer)
    if answer.shape != codes.shape[1:]:
        return f"The shape is {answer.shape}; a direction has the shape {codes.shape[1:]} of one code."
    long, short = codes[hair == "long01"].mean(axis=0), codes[hair == "short01"].mean(axis=0)
    if np.allclose(answer, long - short, atol=1e-3):
        return None
    if np.allclose(answer, short - long, atol=1e-3):
        return "That way hair gets shorter: turn it round."
    if np.allclose(answer, long, atol=1e-3):
        return "That is the average of those with long hair: a face. Take away the other average."
    if np.allclose(answer, long - codes.mean(axis=0), atol=1e-3):
        return "Take away the average of those with `short01`, not of all."
    return "The mean code of `long01` minus the mean code of `short01`."


@exercise("Two people drawn at random share a style about that often.")
def by_chance(answer, hair):
    counts = np.unique(hair, return_counts=True)[1]
    share = counts / len(hair)
    if np.isclose(answer, np.sum(share**2), atol=0.01):
        return None
    if np.isclose(answer, 1 / len(counts), atol=0.003):
        return "So it would be if all styles were equally common. Some are rarer."
    if np.isclose(answer, share.max(), atol=0.003):
        return "That is guessing the most common. Here both people are drawn at random."
    return "For each style: the chance that one has it, times that the other has it. Then the sum."


quiz = quiz(
    ("c", "It is an R2 of zero: no better than guessing the average for everybody."),
    ("b", "The code has to draw the picture, and light changes nearly every pixel."),
    ("a", "A probe is a straight line. What lies bent in the code escapes it."),
)
