"""Wrong answers to the exercises of lesson 06, and what they must be told."""

import numpy as np


def in_order(real, fake):
    return (fake[:, None] > real).mean()


WRONG = [
    ("leaked", (lambda train, test: set(train) | set(test),), "all the people"),
    ("leaked", (lambda train, test: set(train) - set(test),), "in one part only"),
    ("leaked", (lambda train, test: set(train) ^ set(test),), "just one of the parts"),
    ("leaked", (lambda train, test: [n for n in test if n in train],), "each only once"),
    ("leaked", (lambda train, test: [a for a, b in zip(train, test, strict=False) if a == b],), "not places"),
    ("leaked", (lambda train, test: 2,), "should return names"),
    ("auc", (lambda real, fake: 1 - in_order(real, fake),), "other way round"),
    ("auc", (lambda real, fake: (fake[:, None] > real).sum(),), "their share"),
    ("auc", (lambda real, fake: np.mean(fake > real[:3]),), "at the same place"),
    ("auc", (lambda real, fake: fake.mean() - real.mean(),), "of the 12 pairs"),
    ("precision", (lambda found, accused, fakes: found,), "of the alarms are swaps"),
    ("precision", (lambda found, accused, fakes: found / (found + accused),), "every second video"),
    ("precision", (lambda found, accused, fakes: found * fakes,), "Divide by all alarms"),
    (
        "precision",
        (lambda found, accused, fakes: accused * (1 - fakes) / (found * fakes + accused * (1 - fakes)),),
        "the other one",
    ),
    ("precision", (lambda found, accused, fakes: 0.5,), "Of a million"),
    (
        "precision",
        (lambda found, accused, fakes: 0.9 * 0.001 / (0.9 * 0.001 + 0.05 * 0.999),),
        "one case only",
    ),
]
