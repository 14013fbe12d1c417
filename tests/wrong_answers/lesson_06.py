"""Answers to the exercises of lesson 06: wrong ones with a piece of their hint, and right ones."""

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score


def in_order(real, fake):
    return (fake[:, None] > real).mean()


def half_ties(real, fake):
    return in_order(real, fake) + 0.5 * (fake[:, None] == real).mean()


def in_loops(real, fake):
    return sum(f > r for f in fake for r in real) / (len(real) * len(fake))


def by_ranks(real, fake):
    ranks = rankdata(np.r_[real, fake])[len(real) :]
    return (ranks.sum() - len(fake) * (len(fake) + 1) / 2) / (len(real) * len(fake))


def by_sklearn(real, fake):
    return roc_auc_score([0] * len(real) + [1] * len(fake), [*real, *fake])


def sorts_in_place(real, fake):
    real.sort()
    return np.searchsorted(real, fake).sum() / (len(real) * len(fake))


def forgets(real, fake):
    in_order(real, fake)


def bayes(found, accused, fakes):
    return found * fakes / (found * fakes + accused * (1 - fakes))


def of_a_million(found, accused, fakes):
    swaps = 1e6 * fakes
    alarms = found * swaps + accused * (1e6 - swaps)
    return [found * swaps / alarms]


def removes(train, test):
    """Works on the lists themselves."""
    train.sort()
    for name in list(test):
        if name not in train:
            test.remove(name)
    return set(test)


def keys(train, test):
    return {name: True for name in train if name in test}.keys()


WRONG = [
    ("leaked", (lambda train, test: set(train) | set(test),), "all the people"),
    ("leaked", (lambda train, test: set(train) - set(test),), "in one part only"),
    ("leaked", (lambda train, test: set(test) - set(train),), "in one part only"),
    ("leaked", (lambda train, test: set(train) ^ set(test),), "just one of the parts"),
    ("leaked", (lambda train, test: [n for n in test if n in train],), "each only once"),
    ("leaked", (lambda train, test: [a for a, b in zip(train, test, strict=False) if a == b],), "not places"),
    ("leaked", (lambda train, test: 2,), "should return names"),
    ("leaked", (lambda train, test: {"al", "ida"},), "Return the names that are in"),
    ("leaked", (lambda train, test: "al, ida",), "should return names"),
    ("leaked", (lambda train, test: len(set(train) & set(test)) > 0,), "should return names"),
    ("leaked", (lambda train, test: sorted(set(train) & set(test))[:1],), "left out"),
    ("leaked", (lambda train, test: set(train) & set(test) or {"nobody"},), "nothing should come back"),
    ("leaked", (lambda train, test: print(end=""),), "is there a `return`?"),
    ("auc", (lambda real, fake: 1 - in_order(real, fake),), "other way round"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum(),), "their share"),
    ("auc", (lambda real, fake: np.mean(fake[:3] > real[:3]),), "at the same place"),
    ("auc", (lambda real, fake: fake.mean() - real.mean(),), "in what share"),
    ("auc", (lambda real, fake: 0.75,), "use the scores"),
    ("auc", (lambda real, fake: float(fake.mean() > real.mean()),), "use the scores"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum() / len(fake),), "len(real) * len(fake)"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum() / len(real),), "len(real) * len(fake)"),
    ("auc", (lambda real, fake: (fake > 0.5).mean(),), "has a threshold"),
    ("auc", (lambda real, fake: (fake[:, None] >= real).mean(),), "aren't in order"),
    ("auc", (forgets,), "is there a `return`?"),
    ("auc", (lambda real, fake: fake[:, None] > real,), "Give a number"),
    ("precision", (lambda found, accused, fakes: found,), "of the alarms are swaps"),
    ("precision", (lambda found, accused, fakes: found / (found + accused),), "every second video"),
    ("precision", (lambda found, accused, fakes: found * fakes,), "Divide by all alarms"),
    ("precision", (lambda found, accused, fakes: 1 - bayes(found, accused, fakes),), "the other one"),
    ("precision", (lambda found, accused, fakes: 0.5,), "Of a million"),
    ("precision", (lambda found, accused, fakes: bayes(0.9, 0.05, 0.001),), "one case only"),
    ("precision", (lambda a, b, c: a * c / (a * c + b),), "1 - fakes"),
    ("precision", (lambda a, b, c: 100 * bayes(a, b, c),), "not per cent"),
    ("precision", (lambda a, b, c: a * c + b * (1 - c),), "all the alarms"),
    ("precision", (lambda a, b, c: a * c / (b * (1 - c)),), "divide by both together"),
    ("precision", (lambda a, b, c: f"{bayes(a, b, c):.1%}",), "Give a number"),
    ("precision", (lambda a, b, c: (a * c, b * (1 - c)),), "One number is wanted"),
    ("precision", (lambda a, b, c: bayes(b, a, c),), "Of a million"),
]

RIGHT = [
    ("leaked", (lambda train, test: set(train) & set(test),)),
    ("leaked", (lambda train, test: list(set(train).intersection(test)),)),
    ("leaked", (lambda train, test: np.intersect1d(train, test),)),
    ("leaked", (lambda train, test: sorted({n for n in train if n in test}),)),
    ("leaked", (removes,)),
    ("leaked", (keys,)),
    ("auc", (in_order,)),
    ("auc", (half_ties,)),
    ("auc", (in_loops,)),
    ("auc", (by_ranks,)),
    ("auc", (by_sklearn,)),
    ("auc", (sorts_in_place,)),
    ("auc", (lambda real, fake: np.array([[in_order(real, fake)]]),)),
    ("auc", (lambda real, fake: np.mean(real[:, None] < fake),)),
    ("precision", (bayes,)),
    ("precision", (of_a_million,)),
    ("precision", (lambda a, b, c: 1 / (1 + b * (1 - c) / (a * c)),)),
    ("precision", (lambda a, b, c: np.array([bayes(a, b, c)]),)),
    ("precision", (lambda a, b, c: np.float32(bayes(a, b, c)),)),
    ("precision", (lambda a, b, c: round(bayes(a, b, c), 6),)),
]
