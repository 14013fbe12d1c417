"""Checkers of lesson 06, Spot the swap."""

from collections.abc import Iterable, Mapping

import numpy as np

from swaplib.exercises import called, exercise, number, predicted, quiz, yours  # noqa: F401

ROUNDED = "The value is rounded: return all the digits."


@exercise("One person in both is enough: a network may recognise the face and learn nothing about swaps.")
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
    if isinstance(found, Mapping):
        return "That is a dictionary. Return the names alone, as a list or a set."
    if isinstance(found, str) or not isinstance(found, Iterable):
        return "It should return names: a list or a set of them."
    found = [str(name) for name in found]
    if set(found) == train & test:
        return (
            None
            if len(found) == len(set(found))
            else "These are the right names, but with duplicates: a set removes them."
        )
    if set(found) == train | test:
        return "Those are all the people. Return only the ones in both lists: use &, not |."
    if set(found) in (train - test, test - train):
        return "Those are in one list only. Return the names in both."
    if set(found) == train ^ test:
        return "Those are in just one of the lists. Return the names in both."
    if len(train & test) and set(found) < train & test:
        return "A name that is in both lists is missing. Compare names, not positions in the lists."
    if not train & test:
        return "If the lists have no name in common, return an empty list or set."
    return "Return the names that are in both `train` and `test`, and no others."


@exercise("A network that outputs 0 for every picture has a loss of 2 ln 2, about 1.39.")
def pair_loss(function):
    cases = (
        (np.array([-1.0, 0.5, 2.0]), np.array([3.0, -0.5, 1.0])),
        (np.array([0.2, -4.0]), np.array([1.5, 0.4])),
    )
    found = [number(called(function, real, fake)) for real, fake in cases]
    for value, case in zip(found, cases, strict=True):
        hint = _pair_loss_hint(value, *case, constant=found[0] == found[1])
        if hint:
            return hint


def _pair_loss_hint(found, real, fake, constant):
    def soft(x):
        return np.logaddexp(0, x)

    def near(value):
        return abs(found - value) < 1e-5

    each, pair = (soft(real).mean() + soft(-fake).mean()) / 2, soft(real - fake).mean()
    if near(each + pair):
        return None
    if constant:
        return "It returns the same value for all logits: use `real` and `fake`."
    if near(round(each + pair, 2)) or near(round(each + pair, 3)):
        return ROUNDED
    if near(each):
        return "That is the cross-entropy alone. Add the pair term, the mean of softplus(real - fake)."
    if near(pair):
        return "That is the pair term alone. Add the mean cross-entropy of the logits."
    if near(2 * each + pair):
        return "The cross-entropy is the mean over all 2n pictures: halve the sum of the two means."
    if near(each + soft(fake - real).mean()):
        return "The pair term has the wrong sign: the loss should fall when fake exceeds real."
    if near((soft(-real).mean() + soft(fake).mean()) / 2 + pair):
        return "The cross-entropy has the wrong signs: a fake should have a high logit."
    if near(each + soft(real[:, None] - fake).mean()):
        return "That compares each real picture with every fake. Compare it with its own fake only."
    n = len(real)
    if near((each * 2 + pair) * n) or near(each + pair * n) or near(each * 2 * n + pair):
        return "Take means, not sums: otherwise a larger batch has a larger loss."
    if near((soft(real).mean() + soft(fake).mean()) / 2 + pair):
        return "A fake's logit needs a minus sign: softplus(-fake)."
    return "Write softplus(x) as np.logaddexp(0, x), and compare your terms with the equation one by one."


@exercise("Tossing a coin therefore gives an AUC of 0.5, whatever the share of swaps.")
def auc(function):
    scores = (
        (np.array([0.1, 0.2, 0.35, 0.8]), np.array([0.9, 0.25, 0.45])),
        (np.array([-3.0, 2.0, 0.5]), np.array([4.0, 1.0, -1.0, 0.0, 2.5])),  # logits, any real numbers
        (np.arange(7.0), np.array([0.5, 3.5, 9.0])),  # 12 of 21: has no last digit
    )
    found = [number(called(function, real, fake)) for real, fake in scores]
    for value, (real, fake) in zip(found, scores, strict=True):
        hint = _auc_hint(value, real, fake, constant=len(set(found)) == 1)
        if hint:
            return hint
    if number(called(function, np.array([0.5]), np.array([0.5]))) not in (0.0, 0.5):
        return "Count two equal scores as half a pair, or not at all."


def _auc_hint(found, real, fake, constant):
    pairs = fake[:, None] > real
    if abs(found - pairs.mean()) < 1e-6:
        return None
    if constant:
        return "It returns the same value for all scores: use `real` and `fake`."
    if any(abs(found - round(pairs.mean(), digits)) < 1e-9 for digits in (2, 3, 4)):
        return ROUNDED
    if abs(found - (1 - pairs.mean())) < 1e-6:
        return "The other way round: count the pairs in which the swap has the higher score."
    if abs(found - pairs.sum()) < 1e-6:
        return "That is a number of pairs. Return their share: divide by the number of all pairs."
    short = min(len(real), len(fake))
    if abs(found - np.mean(fake[:short] > real[:short])) < 1e-6:
        return "Compare each swap with each real picture, not only with the one at the same position."
    if abs(found - np.mean(fake > np.median(real))) < 1e-6:
        return "That compares with the median of the real pictures. Compare with every one of them."
    if abs(found - (fake.mean() > real.mean())) < 1e-6:
        return "That compares the two means. Compare every swap with every real picture."
    if any(abs(found - pairs.sum() / n) < 1e-6 for n in (len(real), len(fake), len(real) + len(fake))):
        return "Divide by the number of pairs: that is len(real) * len(fake)."
    if abs(found - np.mean(fake > 0.5)) < 1e-6:
        return "That uses a threshold. The AUC has none: compare the scores with each other."
    return "In what share of all pairs of a real picture and a swap does the swap have the higher score?"


quiz = quiz(
    (
        "c",
        "Person, light and camera are the same in both pictures, so they cancel out in the difference.",
    ),
    (
        "c",
        "Along the rim of a blended copy, two pictures meet that don't quite match, as in a swap.",
    ),
    ("a", "None of these pictures was changed, so a detector that distinguishes them judges the person."),
    (
        "b",
        "Every pixel of such a picture comes from a camera, whichever of the two people it shows.",
    ),
)
