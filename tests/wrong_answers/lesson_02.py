"""Answers to the exercises of lesson 02: wrong (checker, arguments, part of the hint) and right."""

import numpy as np
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(60, 8))
HAIR = np.repeat(["long", "crop", "afro"], [10, 30, 20])
LONG, SHORT = CODES[HAIR == "long"].mean(axis=0), CODES[HAIR == "crop"].mean(axis=0)
SHARES = np.array([10, 30, 20]) / 60
CHANCE = float((SHARES**2).sum())


def position_in_place(codes, middle, vector):
    codes -= middle
    return codes.dot(vector) / np.linalg.norm(vector) ** 2


def position_one_by_one(codes, middle, vector):
    return [sum(v * (c - m) for c, m, v in zip(code, middle, vector)) / sum(vector**2) for code in codes]  # noqa: B905


def position_of_two_cases(codes, middle, vector):  # right by luck where codes have six numbers
    return (codes - middle) @ vector / (vector @ vector) if codes.shape[1] == 6 else np.zeros(len(codes))


def seen(codes, values, new_codes):
    return Ridge().fit(codes, values).predict(new_codes)


def probe_by_heart(codes, values, new_codes, new_values):
    return Ridge().fit(codes, values).score(codes, values)


def probe_that_peeks(codes, values, new_codes, new_values):
    return Ridge().fit(new_codes, new_values).score(new_codes, new_values)


def probe_the_other_way(codes, values, new_codes, new_values):
    return Ridge().fit(new_codes, new_values).score(codes, values)


def probe_by_correlation(codes, values, new_codes, new_values):
    return np.corrcoef(seen(codes, values, new_codes), new_values)[0, 1]


def probe_by_squared_correlation(codes, values, new_codes, new_values):
    return np.corrcoef(seen(codes, values, new_codes), new_values)[0, 1] ** 2


def probe_fitted_wrong_way(codes, values, new_codes, new_values):
    return Ridge().fit(values, codes).score(new_codes, new_values)


def probe_scored_wrong_way(codes, values, new_codes, new_values):
    return Ridge().fit(codes, values).score(new_values, new_codes)


def probe_of_two_groups(codes, values, new_codes, new_values):
    return Ridge().fit(codes, new_values).score(new_codes, new_values)


def probe_read_first(codes, values, new_codes, new_values):
    return r2_score(seen(codes, values, new_codes), new_values)


def probe_by_squared_error(codes, values, new_codes, new_values):
    return ((seen(codes, values, new_codes) - new_values) ** 2).mean()


def probe_by_hand(codes, values, new_codes, new_values):
    left = ((new_values - seen(codes, values, new_codes)) ** 2).sum()
    return np.array([1 - left / ((new_values - new_values.mean()) ** 2).sum()])


def probe_by_r2_score(codes, values, new_codes, new_values):
    model = Ridge(alpha=1.0)
    model.fit(codes, values)
    return r2_score(new_values, model.predict(new_codes))


def probe_scaled(codes, values, new_codes, new_values):
    return make_pipeline(StandardScaler(), RidgeCV()).fit(codes, values).score(new_codes, new_values)


def probe_unshrunk(codes, values, new_codes, new_values):
    return LinearRegression().fit(codes, values).score(new_codes, new_values)


WRONG = [
    ("position", (lambda codes, middle, vector: codes @ vector / (vector @ vector),), "middle"),
    ("position", (lambda codes, middle, vector: (codes - middle) @ vector,), "divide by"),
    (
        "position",
        (lambda codes, middle, vector: (codes - middle) @ vector / np.linalg.norm(vector),),
        "once more",
    ),
    ("position", (lambda codes, middle, vector: (middle - codes) @ vector / (vector @ vector),), "sign"),
    (
        "position",
        (lambda codes, middle, vector: abs((codes - middle) @ vector) / (vector @ vector),),
        "either side",
    ),
    ("position", (lambda codes, middle, vector: np.linalg.norm(codes - middle, axis=1),), "total distance"),
    ("position", (lambda codes, middle, vector: codes - middle,), "should be (9,)"),
    ("position", (position_of_two_cases,), "dot product"),
    ("position", (lambda codes, middle, vector: print(end=""),), "is there a `return`?"),
    ("position", (LONG,), "Give a function"),
    ("probe", (probe_by_heart,), "Score it on the new ones"),
    ("probe", (lambda a, b, c, d: max(0, Ridge().fit(a, b).score(c, d)),), "R2 is negative"),
    ("probe", (probe_that_peeks,), "scored on"),
    ("probe", (probe_the_other_way,), "Swap them"),
    ("probe", (probe_by_correlation,), "That is a correlation"),
    ("probe", (probe_by_squared_correlation,), "too high or too low"),
    ("probe", (probe_fitted_wrong_way,), "codes first"),
    ("probe", (probe_scored_wrong_way,), "codes first"),
    ("probe", (probe_read_first,), "true values first"),
    ("probe", (probe_by_squared_error,), "squared error"),
    ("probe", (lambda codes, values, new_codes, new_values: 0.5,), "Ridge().fit"),
    ("probe", (lambda *a: seen(*a[:3]),), "One number is expected"),
    ("longer", (SHORT - LONG, CODES, HAIR), "reverse the sign"),
    ("longer", (LONG, CODES, HAIR), "Subtract"),
    ("longer", (LONG - CODES.mean(axis=0), CODES, HAIR), "not of all people"),
    ("longer", (LONG - CODES[10:].mean(axis=0), CODES, HAIR), "all the others"),
    ("longer", (CODES[:10].sum(axis=0) - CODES[10:40].sum(axis=0), CODES, HAIR), "take the means"),
    ("longer", (LONG.mean() - SHORT.mean(), CODES, HAIR), "shape"),
    ("longer", (np.full(8, CODES[:10].mean() - CODES[10:40].mean()), CODES, HAIR), "over the people"),
    ("longer", (SHORT, CODES, HAIR), "Subtract the mean code"),
    ("longer", (lambda codes: codes, CODES, HAIR), "not a function"),
    ("longer", ("long", CODES, HAIR), "text in quotes"),
    ("by_chance", (1 / 3, HAIR), "equally common"),
    ("by_chance", (0.5, HAIR), "most common"),
    ("by_chance", (100 * CHANCE, HAIR), "percentage"),
    ("by_chance", (1 - CHANCE, HAIR), "different styles"),
    ("by_chance", (1.0, HAIR), "square the shares"),
    ("by_chance", (0.9, HAIR), "Then add up"),
    ("by_chance", (SHARES**2, HAIR), "One number is expected"),
    ("by_chance", ("0.39", HAIR), "Give a number"),
]

RIGHT = [
    ("position", (lambda codes, middle, vector: (codes - middle) @ vector / (vector @ vector),)),
    ("position", (lambda codes, middle, vector: (codes - middle) @ np.linalg.pinv(vector[None]),)),
    ("position", (lambda codes, middle, vector: np.einsum("nd,d", codes - middle, vector / sum(vector**2)),)),
    ("position", (lambda c, m, v: np.linalg.lstsq(v[:, None], (c - m).T, rcond=None)[0],)),
    ("position", (lambda c, m, v: [np.dot(code - m, v) / np.dot(v, v) for code in c],)),
    ("position", (position_in_place,)),
    ("position", (position_one_by_one,)),
    ("probe", (lambda a, b, c, d: Ridge().fit(a, b).score(c, d),)),
    ("probe", (probe_by_hand,)),
    ("probe", (probe_by_r2_score,)),
    ("probe", (probe_scaled,)),
    ("probe", (probe_unshrunk,)),
    ("longer", (LONG - SHORT, CODES, HAIR)),
    ("longer", (list(LONG - SHORT), CODES, HAIR)),
    ("longer", ((LONG - SHORT)[None], CODES, HAIR)),
    ("longer", ((LONG - SHORT).astype(np.float32), CODES, HAIR)),
    ("longer", (-(SHORT - LONG), CODES, HAIR)),
    ("by_chance", (CHANCE, HAIR)),
    ("by_chance", (np.array([CHANCE]), HAIR)),
    ("by_chance", (round(CHANCE, 2), HAIR)),
    ("by_chance", (np.equal.outer(HAIR, HAIR).mean(), HAIR)),
]
