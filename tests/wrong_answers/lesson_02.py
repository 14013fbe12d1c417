"""Wrong answers to the exercises of lesson 02: (checker, arguments, a piece of the hint)."""

import numpy as np
from sklearn.linear_model import Ridge

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(60, 8))
HAIR = np.repeat(["long01", "short01", "afro01"], [10, 30, 20])
LONG, SHORT = CODES[HAIR == "long01"].mean(axis=0), CODES[HAIR == "short01"].mean(axis=0)


def probe_by_heart(codes, values, new_codes, new_values):
    return Ridge().fit(codes, values).score(codes, values)


def probe_that_peeks(codes, values, new_codes, new_values):
    return Ridge().fit(new_codes, new_values).score(new_codes, new_values)


def probe_by_correlation(codes, values, new_codes, new_values):
    return np.corrcoef(Ridge().fit(codes, values).predict(new_codes), new_values)[0, 1]


WRONG = [
    ("position", (lambda codes, middle, vector: codes @ vector / (vector @ vector),), "middle"),
    ("position", (lambda codes, middle, vector: (codes - middle) @ vector,), "divide by"),
    ("position", (lambda codes, middle, vector: codes - middle,), "one number for each"),
    ("probe", (probe_by_heart,), "by heart"),
    ("probe", (probe_that_peeks,), "judged on"),
    ("probe", (probe_by_correlation,), "correlation"),
    ("longer", (SHORT - LONG, CODES, HAIR), "turn it round"),
    ("longer", (LONG, CODES, HAIR), "Take away"),
    ("longer", (LONG.mean(), CODES, HAIR), "shape"),
    ("by_chance", (1 / 3, HAIR), "equally common"),
    ("by_chance", (0.5, HAIR), "most common"),
    ("by_chance", (0.9, HAIR), "the sum"),
]
