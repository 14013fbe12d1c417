"""Checkers of lesson 06, Spot the swap."""

from collections.abc import Iterable

import numpy as np

from swaplib.exercises import called, exercise, number, predicted, quiz, yours  # noqa: F401


@exercise("One of them in both parts is enough: a network then knows the face, and need not know a swap.")
def leaked(function):
    for train, test in (
        (["eve", "bo", "bo", "ida", "al"], ["al", "kim", "ida", "ida"]),
        (["kim", "kim", "jo"], ["bo", "kim"]),
        (["eve", "bo"], ["ida", "al"]),
    ):
        hint = _leaked_hint(called(function, train, test), set(train), set(test))
        if hint:
            return hint


def _leaked_hint(found, train, test):
    if isinstance(found, str) or not isinstance(found, Iterable):
        return "It should return names: a list or a set of them."
    found = [str(name) for name in found]
    if set(found) == train & test:
        return None if len(found) == len(set(found)) else "Right names, but each only once: a set does that."
    if set(found) == train | test:
        return "Those are all the people. Wanted are the ones that are in both: &, not |."
    if set(found) in (train - test, test - train):
        return "Those are in one part only. Wanted are the ones in both."
    if set(found) == train ^ test:
        return "Those are in just one of the parts. Wanted are the ones in both."
    if len(train & test) and set(found) < train & test:
        return "Somebody who is in both is left out. Compare names, not places in the lists."
    if not train & test:
        return "Two lists that share nobody: then nobody leaks, and nothing should come back."
    return "Return the names that are in `train` and in `test`, and no others."


@exercise("And so 0.5 is what a coin gets, whatever the share of swaps is.")
def auc(function):
    scores = (
        (np.array([0.1, 0.2, 0.35, 0.8]), np.array([0.9, 0.3, 0.7])),
        (np.array([-3.0, 2.0, 0.5]), np.array([4.0, 1.0, -1.0, 0.0, 2.5])),  # logits, any real numbers
    )
    found = [number(called(function, real, fake)) for real, fake in scores]
    for value, (real, fake) in zip(found, scores, strict=True):
        hint = _auc_hint(value, real, fake, constant=found[0] == found[1])
        if hint:
            return hint
    if number(called(function, np.array([0.5]), np.array([0.5]))) not in (0.0, 0.5):
        return "Two equal scores aren't in order: count them half, or not."


def _auc_hint(found, real, fake, constant):
    pairs = fake[:, None] > real
    if abs(found - pairs.mean()) < 1e-6:
        return None
    if constant:
        return "It returns the same whatever the scores are: use the scores."
    if abs(found - (1 - pairs.mean())) < 1e-6:
        return "The other way round: count the pairs in which the swap has the higher score."
    if abs(found - pairs.sum()) < 1e-6:
        return "That is the number of pairs. Wanted is their share: divide by how many pairs there are."
    short = min(len(real), len(fake))
    if abs(found - np.mean(fake[:short] > real[:short])) < 1e-6:
        return "Compare each swap with each real picture, not only with the one at the same place."
    if abs(found - (fake.mean() > real.mean())) < 1e-6:
        return "That compares the two means. Compare every swap with every real picture."
    if any(abs(found - pairs.sum() / n) < 1e-6 for n in (len(real), len(fake), len(real) + len(fake))):
        return "Divide by the number of pairs: that is len(real) * len(fake)."
    if abs(found - np.mean(fake > 0.5)) < 1e-6:
        return "That has a threshold in it. AUC has none: compare the scores with each other."
    return "Of all pairs of a real picture and a swap, in what share has the swap the higher score?"


@exercise("That is Bayes's rule. Of more than fifty alarms, one is right.")
def precision(function):
    cases = ((0.9, 0.05, 0.001), (0.8, 0.1, 0.5), (0.6, 0.2, 0.3))
    given = [number(called(function, *case)) for case in cases]
    hints = [_precision_hint(value, *case) for value, case in zip(given, cases, strict=True)]
    if hints[0] is None and any(hints):
        return "Right for one case only: use all three numbers."
    return next((hint for hint in hints if hint), None)


def _precision_hint(given, found, accused, fakes):
    hits, slips = found * fakes, accused * (1 - fakes)

    def near(value):
        return abs(given - value) < 1e-4 * abs(value)

    if near(hits / (hits + slips)):
        return None
    if near(hits / (hits + accused)):
        return "Only the real ones can be accused: their share is 1 - fakes."
    if near(100 * hits / (hits + slips)):
        return "A share is wanted, from 0 to 1, not per cent."
    if near(found):
        return "That is how many of the swaps are found. Asked is how many of the alarms are swaps."
    if near(found / (found + accused)):
        return "That would hold if every second video were a swap. Weigh both by how many there are."
    if near(hits):
        return "Those are the true alarms, as a share of all videos. Divide by all alarms."
    if near(hits + slips):
        return "Those are all the alarms. Which share of them is true?"
    if near(slips / (hits + slips)):
        return "That is the share of false alarms. Asked is the other one."
    if near(hits / slips):
        return "True alarms over false ones: divide by both together."
    return "Of a million videos, how many alarms are true, how many false?"


quiz = quiz(
    ("b", "Only a person, a movie and a way of swapping that it has never met say what it has learnt."),
    ("c", "An edge between two pictures that don't quite fit is in every swap, whoever made it."),
    ("a", "Frames of a movie are nearly the same picture: they are one opinion, repeated."),
    ("b", "It says how the picture compares with those of the training. Who is accused has a right to more."),
)
