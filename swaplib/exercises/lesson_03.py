"""Checkers of lesson 03, One face."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("Each factor gets what is its own, though they go together in the data.")
def directions(function):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 3)) + [4, -2, 3]
    values[:, 1] += 0.8 * values[:, 0]
    truth = rng.normal(size=(3, 8))
    codes = values @ truth + 5 + 0.01 * rng.normal(size=(200, 8))
    given = np.asarray(called(function, codes, values))
    if given.shape == (8, 3):
        return "Turn it round (`.T`): a row for each factor is wanted."
    if given.shape == (4, 8):
        return "The row that belongs to the column of ones is no direction: leave it out."
    if given.shape != truth.shape:
        return f"The shape is {given.shape}; for 3 factors and codes of 8 numbers it should be (3, 8)."
    if np.allclose(given, truth, atol=0.05):
        return None
    if np.allclose(given, np.linalg.lstsq(values, codes, rcond=None)[0], atol=0.05):
        return "Without a column of ones the fit has to go through zero. Add one."
    centred = values - values.mean(axis=0)
    alone = centred.T @ codes / (centred**2).sum(axis=0)[:, None]
    if np.allclose(given, alone, atol=0.05):
        return "That takes one factor at a time. Fit all of them at once."
    return "`np.linalg.lstsq(a, codes)[0]`, where `a` has the columns of `values` and one of ones."


@exercise("Whatever each face did before, it now does the same.")
def with_factor(function):
    rng = np.random.default_rng(0)
    codes, own, vector = rng.normal(size=(5, 8)), rng.normal(size=5), rng.normal(size=8)
    given = np.asarray(called(function, codes, own, 2.0, vector))
    if given.shape != codes.shape:
        return f"For codes of the shape {codes.shape} it returns {given.shape}."
    step = np.outer(2.0 - own, vector)
    if np.allclose(given, codes + step, atol=1e-4):
        return None
    if np.allclose(given, codes - step, atol=1e-4):
        return "It goes the wrong way: from `own` to `wanted`."
    if np.allclose(given, codes + 2.0 * vector, atol=1e-4):
        return "It moves all codes by the same step. How far is each from `wanted`?"
    if np.allclose(given, step, atol=1e-4):
        return "That is the change. Add it to the codes."
    return "Add (wanted - own) times `vector`, with an `own` for each code."


@exercise("0 would be a direction that does one thing only.")
def spill(function):
    rows = np.array([[0.1, -2.0, 0.5], [1.0, 0.3, -0.8]])
    wanted = (1, 0)
    given = np.array([float(called(function, row, k)) for row, k in zip(rows, wanted, strict=True)])
    if np.allclose(given, [0.25, 0.8]):
        return None
    if np.allclose(given, [0.5, 0.8]):
        return "Divide by the size of the wanted change."
    if np.allclose(np.abs(given), [0.25, 0.3]):
        return "A change downwards is a change too: use absolute values."
    if np.allclose(given, 1):
        return "The wanted change itself doesn't count as a side effect: leave it out (`np.delete`)."
    if np.allclose(np.abs(given), [0.25, 0.8]):
        return "The size of the wanted change counts, not its sign."
    return "The largest of the other changes, over the wanted one, all as absolute values."


quiz = quiz(
    ("b", "All pictures of A share it, so nothing would be gained by storing it."),
    ("c", "The cosine is between straight lines in the code; the decoder bends."),
    ("a", "Much of it is in any code, so the score alone shows no learning."),
)
