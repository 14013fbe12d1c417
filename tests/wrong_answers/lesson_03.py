"""Wrong answers to the exercises of lesson 03: (checker, arguments, a piece of the hint)."""

import numpy as np


def through_zero(codes, values):
    return np.linalg.lstsq(values, codes, rcond=None)[0]


def with_ones(codes, values):
    return np.linalg.lstsq(np.c_[values, np.ones(len(values))], codes, rcond=None)[0]


def one_at_a_time(codes, values):
    centred = values - values.mean(axis=0)
    return centred.T @ codes / (centred**2).sum(axis=0)[:, None]


WRONG = [
    ("directions", (through_zero,), "column of ones"),
    ("directions", (with_ones,), "leave it out"),
    ("directions", (lambda codes, values: with_ones(codes, values)[:-1].T,), "Turn it round"),
    ("directions", (one_at_a_time,), "at once"),
    ("with_factor", (lambda codes, own, wanted, vector: codes + wanted * vector,), "same step"),
    (
        "with_factor",
        (lambda codes, own, wanted, vector: codes + np.outer(own - wanted, vector),),
        "wrong way",
    ),
    ("with_factor", (lambda codes, own, wanted, vector: np.outer(wanted - own, vector),), "Add it"),
    ("spill", (lambda row, wanted: np.abs(row).max() / abs(row[wanted]),), "leave it out"),
    ("spill", (lambda row, wanted: np.delete(row, wanted).max() / row[wanted],), "absolute"),
    ("spill", (lambda row, wanted: np.abs(np.delete(row, wanted)).max(),), "Divide"),
]
