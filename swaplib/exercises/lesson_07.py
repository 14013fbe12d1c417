"""Checkers of lesson 07, How far to trust a verdict."""

import numpy as np

from swaplib.exercises import called, exercise, number, predicted, quiz, yours  # noqa: F401


@exercise("The promise holds for these pictures; the lesson measures whether it holds for others.")
def threshold(function):
    rng = np.random.default_rng(1)
    cases = [(rng.normal(size=n) * 3 - 2, share) for n, share in ((100, 0.05), (40, 0.1), (60, 0.25))]
    limits = [number(called(function, real, share)) for real, share in cases]
    for limit, (real, share) in zip(limits, cases, strict=True):
        hint = _threshold_hint(limit, real, share, constant=len(set(limits)) == 1)
        if hint:
            return hint


def _threshold_hint(limit, real, share, constant):
    n, flagged = len(real), int((real >= limit).sum())
    allowed = round(share * n)
    if flagged == allowed:
        return None
    if constant:
        return "It returns the same threshold for all scores: use `real` and `share`."
    if abs(limit - share) < 1e-9 or abs(limit - (1 - share)) < 1e-9:
        return "That is a share. Return a score, such as a quantile of `real`."
    if flagged == n - allowed or flagged == n - allowed + 1:
        return "The wrong end: nearly all are flagged. High scores are suspicious, so take 1 - share."
    if (
        abs(limit - np.quantile(real, (1 - share) / 100)) < 1e-9
        or abs(limit - np.quantile(real, share / 100)) < 1e-9
    ):
        return "np.percentile expects a number from 0 to 100: give it 100 * (1 - share), or use np.quantile."
    if flagged == allowed + 1:
        return f"It flags {flagged} of {n}, one too many: `>=` also flags a score equal to the threshold."
    if flagged == allowed - 1:
        return f"It flags {flagged} of {n}, one fewer than allowed: the threshold can be lower."
    if flagged == 0:
        return "It flags no pictures. Lower the threshold until it flags the given share of them."
    return f"It flags {flagged} of {n} pictures, not {allowed}: sort the scores, or use np.quantile."


@exercise("That is Bayes's rule. With shares of 0.9, 0.05 and 0.001, fewer than one alarm in fifty is true.")
def precision(function):
    cases = ((0.9, 0.05, 0.001), (0.8, 0.1, 0.5), (0.6, 0.2, 0.3))
    given = [number(called(function, *case)) for case in cases]
    hints = [_precision_hint(value, *case) for value, case in zip(given, cases, strict=True)]
    if hints[0] is None and any(hints):
        return "That works for one case only: use all three numbers."
    return next((hint for hint in hints if hint), None)


def _precision_hint(given, found, accused, fakes):
    hits, slips = found * fakes, accused * (1 - fakes)

    def near(value):
        return abs(given - value) < 1e-4 * abs(value)

    if near(hits / (hits + slips)):
        return None
    if any(given == round(hits / (hits + slips), digits) for digits in (2, 3)):
        return "The value is rounded: return all the digits."
    if near(hits / (hits + accused)):
        return "Only real videos can be flagged by mistake: their share is 1 - fakes."
    if near(100 * hits / (hits + slips)):
        return "Return a share from 0 to 1, not a percentage."
    if near(found):
        return "That is the share of swaps that are found. Return the share of alarms that are swaps."
    if near(found / (found + accused)):
        return "That would hold if half of the videos were swaps. Weight both rates by their class's share."
    if near(hits):
        return "Those are the true alarms, as a share of all videos. Divide by all alarms."
    if near(hits + slips):
        return "Those are all the alarms. What share of them is true?"
    if near(slips / (hits + slips)):
        return "That is the share of false alarms. Return the share of true ones."
    if near(hits / slips):
        return "That is true alarms divided by false ones. Divide by the sum of both."
    return "Among a million videos, how many alarms are true, and how many are false?"


@exercise("About 3 / rate: this is the rule of three. And it counts people, not frames.")
def people_needed(function):
    rates = (0.05, 0.2, 0.01)
    given = [number(called(function, rate)) for rate in rates]
    for count, rate in zip(given, rates, strict=True):
        hint = _people_hint(count, rate, constant=len(set(given)) == 1)
        if hint:
            return hint


def _people_hint(count, rate, constant):
    exact = np.log(0.05) / np.log(1 - rate)
    if any(abs(count - n) < 1e-6 for n in (np.ceil(exact), np.ceil(3 / rate - 1e-9))):
        return None
    if constant:
        return "It returns the same number for all rates: use `rate`."
    if abs(count - exact) < 1e-6 or abs(count - np.log(0.05) / -rate) < 1e-6:
        return "Nearly: people come in whole numbers, so round it up."
    if abs(count - np.floor(exact)) < 1e-6:
        return "With that many people, the chance is still above 5%: round up."
    if any(abs(count - share / rate) < 1e-6 for share in (0.95, 0.05)):
        return "This isn't a proportion: each person multiplies the chance of no alarm by 1 - rate."
    if abs(count - 1 / rate) < 1.01:
        return "With 1 / rate people, one false alarm is expected, but the chance of none is still about 37%."
    if count < 2:
        return "The chance that none of n people is flagged is (1 - rate) ** n. It should be 5% at most."
    return "Try n = 1, 2, 3 and so on, until (1 - rate) ** n is 0.05 or less."


quiz = quiz(
    ("b", "Only new people, movies and kinds of swap show what a detector has learnt."),
    ("a", "Frames of a clip are nearly identical, so they amount to little more than one observation."),
    ("c", "The threshold fits the people it was chosen on, and other people's scores differ."),
    ("b", "It also depends on how rare swaps are and on whether the video resembles those in the test set."),
)
