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


def removes(train, test):
    """Works on the lists themselves."""
    train.sort()
    for name in list(test):
        if name not in train:
            test.remove(name)
    return set(test)


def soft(x):
    return np.logaddexp(0, x)


def loss(real, fake):
    return (soft(real).mean() + soft(-fake).mean()) / 2 + soft(real - fake).mean()


def by_sigmoid(real, fake):
    p, q, r = (1 / (1 + np.exp(-x)) for x in (real, fake, fake - real))
    return float(-0.5 * np.mean(np.log(1 - p)) - 0.5 * np.mean(np.log(q)) - np.mean(np.log(r)))


def in_a_loop(real, fake):
    total = 0
    for a, b in zip(real, fake, strict=True):
        total += np.log(1 + np.exp(a)) / 2 + np.log(1 + np.exp(-b)) / 2 + np.log(1 + np.exp(a - b))
    return total / len(real)


def at_once(real, fake):
    logits, signs = np.concatenate([real, fake]), np.repeat((1, -1), len(real))
    return np.array([np.log1p(np.exp(signs * logits)).mean() + np.log1p(np.exp(real - fake)).mean()])


def keys(train, test):
    return {name: True for name in train if name in test}.keys()


WRONG = [
    ("leaked", (lambda train, test: set(train) | set(test),), "all the people"),
    ("leaked", (lambda train, test: set(train) - set(test),), "in one list only"),
    ("leaked", (lambda train, test: set(test) - set(train),), "in one list only"),
    ("leaked", (lambda train, test: set(train) ^ set(test),), "just one of the lists"),
    ("leaked", (lambda train, test: [n for n in test if n in train],), "with duplicates"),
    (
        "leaked",
        (lambda train, test: [a for a, b in zip(train, test, strict=False) if a == b],),
        "not positions",
    ),
    ("leaked", (lambda train, test: 2,), "should return names"),
    ("leaked", (lambda train, test: {"al", "ida"},), "Return the names that are in"),
    ("leaked", (lambda train, test: "al, ida",), "should return names"),
    ("leaked", (lambda train, test: len(set(train) & set(test)) > 0,), "should return names"),
    ("leaked", (lambda train, test: sorted(set(train) & set(test))[:1],), "is missing"),
    ("leaked", (lambda train, test: set(train) & set(test) or {"nobody"},), "return an empty list"),
    ("leaked", (lambda train, test: print(end=""),), "is there a `return`?"),
    ("auc", (lambda real, fake: 1 - in_order(real, fake),), "other way round"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum(),), "their share"),
    ("auc", (lambda real, fake: np.mean(fake[:3] > real[:3]),), "at the same position"),
    ("auc", (lambda real, fake: fake.mean() - real.mean(),), "In what share"),
    ("auc", (lambda real, fake: 0.75,), "use `real` and `fake`"),
    ("auc", (lambda real, fake: float(fake.mean() > real.mean()),), "use `real` and `fake`"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum() / len(fake),), "len(real) * len(fake)"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum() / len(real),), "len(real) * len(fake)"),
    ("auc", (lambda real, fake: (fake > 0.5).mean(),), "uses a threshold"),
    ("auc", (lambda real, fake: (fake[:, None] >= real).mean(),), "two equal scores"),
    ("auc", (forgets,), "is there a `return`?"),
    ("auc", (lambda real, fake: fake[:, None] > real,), "Give a number"),
    ("leaked", (lambda train, test: {n: 1 for n in train if n in test},), "a dictionary"),
    ("auc", (lambda real, fake: round(in_order(real, fake), 2),), "rounded"),
    ("auc", (lambda real, fake: (fake > np.median(real)).mean(),), "the median"),
    ("pair_loss", (lambda real, fake: loss(real, fake) - soft(real - fake).mean(),), "Add the pair term"),
    ("pair_loss", (lambda real, fake: soft(real - fake).mean(),), "Add the mean cross-entropy"),
    (
        "pair_loss",
        (lambda real, fake: soft(real).mean() + soft(-fake).mean() + soft(real - fake).mean(),),
        "halve",
    ),
    (
        "pair_loss",
        (lambda real, fake: loss(real, fake) + (fake - real).mean(),),
        "pair term has the wrong sign",
    ),
    (
        "pair_loss",
        (lambda real, fake: loss(-real, -fake) + (real - fake).mean(),),
        "cross-entropy has the wrong signs",
    ),
    (
        "pair_loss",
        (lambda real, fake: len(real) * (2 * loss(real, fake) - soft(real - fake).mean()),),
        "not sums",
    ),
    (
        "pair_loss",
        (lambda r, f: (soft(r).mean() + soft(-f).mean()) / 2 + soft(r[:, None] - f).mean(),),
        "its own fake only",
    ),
    (
        "pair_loss",
        (lambda r, f: (soft(r).mean() + soft(f).mean()) / 2 + soft(r - f).mean(),),
        "needs a minus sign",
    ),
    ("pair_loss", (lambda real, fake: 1.39,), "the same value for all logits"),
    ("pair_loss", (lambda real, fake: round(loss(real, fake), 2),), "rounded"),
    ("pair_loss", (lambda real, fake: soft(real - fake),), "One number is expected"),
    ("pair_loss", (lambda real, fake: (fake - real).mean(),), "compare your terms"),
    ("pair_loss", (lambda real, fake: print(end=""),), "is there a `return`?"),
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
    ("pair_loss", (loss,)),
    ("pair_loss", (by_sigmoid,)),
    ("pair_loss", (in_a_loop,)),
    ("pair_loss", (at_once,)),
]
