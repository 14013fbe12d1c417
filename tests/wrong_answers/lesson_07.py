"""Answers to the exercises of lesson 07: wrong ones with a piece of their hint, and right ones."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, log

import numpy as np


def bayes(found, accused, fakes):
    return found * fakes / (found * fakes + accused * (1 - fakes))


def of_a_million(found, accused, fakes):
    swaps = 1e6 * fakes
    alarms = found * swaps + accused * (1e6 - swaps)
    return [found * swaps / alarms]


def in_decimals(found, accused, fakes):
    found, accused, fakes = (Decimal(str(x)) for x in (found, accused, fakes))
    return found * fakes / (found * fakes + accused * (1 - fakes))


def in_fractions(found, accused, fakes):
    return bayes(*(Fraction(str(x)) for x in (found, accused, fakes)))


def by_sorting(real, share):
    return np.sort(real)[::-1][round(share * len(real)) - 1]


def between(real, share):
    ordered, k = sorted(real, reverse=True), round(share * len(real))
    return (ordered[k - 1] + ordered[k]) / 2


def in_place(real, share):
    real.sort()
    return real[-round(share * len(real))]


def by_trying(rate):
    n = 1
    while (1 - rate) ** n > 0.05:
        n += 1
    return n


WRONG = [
    ("precision", (lambda found, accused, fakes: found,), "share of alarms that are swaps"),
    ("precision", (lambda found, accused, fakes: found / (found + accused),), "half of the videos"),
    ("precision", (lambda found, accused, fakes: found * fakes,), "Divide by all alarms"),
    ("precision", (lambda found, accused, fakes: 1 - bayes(found, accused, fakes),), "share of true ones"),
    ("precision", (lambda found, accused, fakes: 0.5,), "Among a million"),
    ("precision", (lambda found, accused, fakes: bayes(0.9, 0.05, 0.001),), "one case only"),
    ("precision", (lambda a, b, c: a * c / (a * c + b),), "1 - fakes"),
    ("precision", (lambda a, b, c: 100 * bayes(a, b, c),), "not a percentage"),
    ("precision", (lambda a, b, c: a * c + b * (1 - c),), "all the alarms"),
    ("precision", (lambda a, b, c: a * c / (b * (1 - c)),), "Divide by the sum of both"),
    ("precision", (lambda a, b, c: f"{bayes(a, b, c):.1%}",), "Give a number"),
    ("precision", (lambda a, b, c: (a * c, b * (1 - c)),), "One number is expected"),
    ("precision", (lambda a, b, c: bayes(b, a, c),), "Among a million"),
    ("precision", (lambda a, b, c: round(bayes(a, b, c), 3),), "rounded"),
    ("threshold", (lambda real, share: np.quantile(real, share),), "The wrong end"),
    ("threshold", (lambda real, share: share,), "That is a share"),
    ("threshold", (lambda real, share: 0.5,), "the same threshold"),
    ("threshold", (lambda real, share: np.percentile(real, 1 - share),), "expects a number from 0 to 100"),
    ("threshold", (lambda real, share: np.sort(real)[::-1][round(share * len(real))],), "one too many"),
    ("threshold", (lambda real, share: np.sort(real)[::-1][round(share * len(real)) - 2],), "one fewer"),
    ("threshold", (lambda real, share: real.max() + 1,), "flags no pictures"),
    ("threshold", (lambda real, share: real.mean(),), "pictures, not 5"),
    ("threshold", (lambda real, share: real > np.quantile(real, 1 - share),), "Give a number"),
    ("threshold", (lambda real, share: print(end=""),), "is there a `return`?"),
    ("people_needed", (lambda rate: log(0.05) / log(1 - rate),), "round it up"),
    ("people_needed", (lambda rate: int(log(0.05) / log(1 - rate)),), "still above 5%"),
    ("people_needed", (lambda rate: round(1 / rate),), "still about 37%"),
    ("people_needed", (lambda rate: 0.95 / rate,), "isn't a proportion"),
    ("people_needed", (lambda rate: 59,), "the same number for all rates"),
    ("people_needed", (lambda rate: (1 - rate) ** 59,), "(1 - rate) ** n"),
    ("people_needed", (lambda rate: 7 / rate,), "Try n = 1"),
    ("people_needed", (lambda rate: print(end=""),), "is there a `return`?"),
]

RIGHT = [
    ("precision", (bayes,)),
    ("precision", (of_a_million,)),
    ("precision", (lambda a, b, c: 1 / (1 + b * (1 - c) / (a * c)),)),
    ("precision", (lambda a, b, c: np.array([bayes(a, b, c)]),)),
    ("precision", (lambda a, b, c: np.float32(bayes(a, b, c)),)),
    ("precision", (lambda a, b, c: round(bayes(a, b, c), 6),)),
    ("precision", (in_decimals,)),
    ("precision", (in_fractions,)),
    ("threshold", (lambda real, share: np.quantile(real, 1 - share),)),
    ("threshold", (lambda real, share: np.percentile(real, 100 * (1 - share)),)),
    ("threshold", (by_sorting,)),
    ("threshold", (between,)),
    ("threshold", (in_place,)),
    ("people_needed", (by_trying,)),
    ("people_needed", (lambda rate: ceil(log(0.05) / log(1 - rate)),)),
    ("people_needed", (lambda rate: np.ceil(3 / rate),)),
]
