"""Answers to the exercises of lesson 03: wrong (checker, arguments, part of the hint) and right."""

import numpy as np
from sklearn.linear_model import LinearRegression


def through_zero(codes, values):
    return np.linalg.lstsq(values, codes, rcond=None)[0]


def with_ones(codes, values):
    return np.linalg.lstsq(np.c_[values, np.ones(len(values))], codes, rcond=None)[0]


def ones_first(codes, values):
    return np.linalg.lstsq(np.c_[np.ones(len(values)), values], codes, rcond=None)[0]


def one_at_a_time(codes, values):
    centred = values - values.mean(axis=0)
    return centred.T @ codes / (centred**2).sum(axis=0)[:, None]


def centred_first(codes, values):
    values -= values.mean(axis=0)
    codes -= codes.mean(axis=0)
    return np.linalg.lstsq(values, codes, rcond=None)[0]


def by_normal_equations(codes, values):
    a = np.c_[values, np.ones(len(values))]
    return np.linalg.solve(a.T @ a, a.T @ codes)[:-1].tolist()


def moved_in_place(codes, own, wanted, vector):
    codes += (wanted - own)[:, None] * vector
    return codes


def moved_one_by_one(codes, own, wanted, vector):
    return [code + (wanted - o) * vector for code, o in zip(codes, own)]  # noqa: B905


def correlations(factors, name):
    return {other: np.corrcoef(x, factors[name])[0, 1] for other, x in factors.items() if other != name}


def by_covariance(factors, name):
    return max(factors.keys() - {name}, key=lambda k: abs(np.cov(factors[k], factors[name])[0, 1]))


def companion_by_loop(factors, name):
    best, found = -1, None
    for other in factors:
        r = np.corrcoef(factors[other], factors[name])[0, 1] ** 2
        if other != name and r > best:
            best, found = r, other
    return found


def companion_by_matrix(factors, name):
    names = np.array(list(factors))
    r = np.abs(np.corrcoef(list(factors.values())))[list(factors).index(name)]
    return names[np.argsort(r)[-2]]


def companion_popped(factors, name):
    own = factors.pop(name)
    return max(factors, key=lambda other: abs(np.corrcoef(factors[other], own)[0, 1]))


def squares_in_place(values):
    first = values.copy()
    values *= values
    return np.concatenate([first, values], axis=1)


def spill_in_place(row, wanted):
    own = abs(row[wanted])
    row[wanted] = 0
    return np.abs(row).max() / own


def spill_by_loop(row, wanted):
    return np.array([max(abs(x) for k, x in enumerate(row) if k != wanted) / abs(row[wanted])])


WRONG = [
    ("directions", (through_zero,), "column of ones"),
    ("directions", (with_ones,), "leave it out"),
    ("directions", (ones_first,), "leave the first one out"),
    ("directions", (lambda codes, values: ones_first(codes, values)[:-1],), "Your ones come first"),
    ("directions", (lambda codes, values: with_ones(codes, values)[1:],), "Your ones come last"),
    ("directions", (lambda codes, values: with_ones(codes, values)[:-1].T,), "Transpose it"),
    ("directions", (one_at_a_time,), "at once"),
    (
        "directions",
        (lambda codes, values: with_ones(values, codes)[:-1],),
        "predicts the values from the codes",
    ),
    ("directions", (lambda codes, values: with_ones(values, codes)[:-1].T,), "predicts the values"),
    ("directions", (lambda codes, values: through_zero(values, codes),), "predicts the values"),
    ("directions", (lambda codes, values: np.linalg.lstsq(values, codes, rcond=None),), "use `[0]`"),
    ("directions", (lambda codes, values: values.T @ codes,), "np.linalg.lstsq"),
    ("directions", (lambda codes, values: codes,), "should be (3, 8)"),
    ("directions", (lambda codes, values: print(end=""),), "is there a `return`?"),
    ("with_factor", (lambda codes, own, wanted, vector: codes + wanted * vector,), "same step"),
    (
        "with_factor",
        (lambda codes, own, wanted, vector: codes + np.outer(own - wanted, vector),),
        "wrong way",
    ),
    ("with_factor", (lambda codes, own, wanted, vector: np.outer(wanted - own, vector),), "Add it"),
    ("with_factor", (lambda c, own, wanted, v: c + np.outer(np.maximum(wanted - own, 0), v),), "move back"),
    ("with_factor", (lambda c, own, wanted, v: c + np.outer(abs(wanted - own), v),), "keep the sign"),
    ("with_factor", (lambda c, own, wanted, v: c + (wanted - own.mean()) * v,), "mean of all"),
    ("with_factor", (lambda codes, own, wanted, vector: codes,), "unchanged"),
    ("with_factor", (lambda codes, own, wanted, vector: codes + (wanted - own) * vector,), "ValueError"),
    (
        "companion",
        (
            lambda factors, name: max(
                factors, key=lambda k: abs(np.corrcoef(factors[k], factors[name])[0, 1])
            ),
        ),
        "others only",
    ),
    ("companion", (lambda f, name: max(correlations(f, name), key=correlations(f, name).get),), "negative"),
    (
        "companion",
        (lambda f, name: min(correlations(f, name), key=lambda k: abs(correlations(f, name)[k])),),
        "weakest",
    ),
    ("companion", (lambda f, name: max(map(abs, correlations(f, name).values())),), "Return the name"),
    ("companion", (correlations,), "Return the name"),
    ("companion", (by_covariance,), "Large values"),
    ("companion", (lambda f, n: max(f.keys() - {n}, key=lambda k: abs(f[k] @ f[n])),), "Large values"),
    ("companion", (lambda factors, name: "light_warmth",), "no factor 'light_warmth'"),
    ("companion", (lambda factors, name: "stairs",), "furthest from 0"),
    ("with_squares", (lambda values: values**2,), "Keep the values"),
    ("with_squares", (lambda values: np.hstack([values**2, values]),), "First the values"),
    ("with_squares", (lambda values: np.vstack([values, values**2]),), "new columns"),
    ("with_squares", (lambda values: values + values**2,), "Those are sums"),
    ("with_squares", (lambda values: np.hstack([values, values * 2]),), "not `* 2`"),
    ("with_squares", (lambda values: values,), "unchanged"),
    ("with_squares", (lambda v: np.c_[v, v**2, np.ones(len(v))],), "No column of ones"),
    ("with_squares", (lambda v: np.stack([v, v**2], axis=2).reshape(len(v), -1),), "all their squares"),
    ("with_squares", (lambda values: np.hstack([values, values**3]),), "values**2"),
    ("with_squares", (lambda values: [values, values**2],), "should be (5, 6)"),
    ("spill", (lambda row, wanted: np.abs(row).max() / abs(row[wanted]),), "leave it out"),
    ("spill", (lambda row, wanted: np.delete(row, wanted).max() / row[wanted],), "absolute"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted).max() / row[wanted]),), "first, then"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).max(),), "Divide"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).max() / row[wanted],), "not its sign"),
    ("spill", (lambda row, wanted: np.sort(np.abs(row))[-2] / np.abs(row).max(),), "use `wanted`"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).sum() / abs(row[wanted]),), "their sum"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).mean() / abs(row[wanted]),), "their mean"),
    ("spill", (lambda row, wanted: abs(row[wanted]) / np.abs(np.delete(row, wanted)).max(),), "other way"),
    (
        "spill",
        (lambda row, wanted: np.abs(np.delete(row, wanted)) / abs(row[wanted]),),
        "One number is expected",
    ),
]

RIGHT = [
    ("directions", (lambda codes, values: with_ones(codes, values)[:-1],)),
    ("directions", (lambda codes, values: ones_first(codes, values)[1:],)),
    ("directions", (lambda codes, values: LinearRegression().fit(values, codes).coef_.T,)),
    ("directions", (centred_first,)),
    ("directions", (by_normal_equations,)),
    ("directions", (lambda c, v: (np.linalg.pinv(np.c_[v, np.ones(len(v))]) @ c)[: v.shape[1]],)),
    ("with_factor", (lambda c, own, wanted, v: c + (wanted - own)[:, None] * v,)),
    ("with_factor", (lambda c, own, wanted, v: c + np.outer(wanted - own, v),)),
    ("with_factor", (lambda c, own, wanted, v: (c + (wanted - own.reshape(-1, 1)) * v).astype(np.float32),)),
    ("with_factor", (moved_in_place,)),
    ("with_factor", (moved_one_by_one,)),
    ("companion", (companion_by_loop,)),
    ("companion", (companion_by_matrix,)),
    ("companion", (companion_popped,)),
    (
        "companion",
        (lambda f, name: [max(correlations(f, name), key=lambda k: abs(correlations(f, name)[k]))],),
    ),
    ("companion", (lambda f, name: sorted(correlations(f, name).items(), key=lambda i: -(i[1] ** 2))[0][0],)),
    ("with_squares", (lambda values: np.hstack([values, values**2]),)),
    ("with_squares", (lambda values: np.c_[values, np.square(values)],)),
    ("with_squares", (squares_in_place,)),
    ("with_squares", (lambda values: [[*row, *(x * x for x in row)] for row in values],)),
    ("with_squares", (lambda values: np.concatenate([values, values * values], axis=-1),)),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).max() / abs(row[wanted]),)),
    ("spill", (lambda row, wanted: max(abs(np.delete(row, wanted) / row[wanted])),)),
    ("spill", (lambda row, wanted: np.sort(abs(np.delete(row, [wanted])))[-1] / abs(row[wanted]),)),
    ("spill", (spill_in_place,)),
    ("spill", (spill_by_loop,)),
]
