"""Checkers of lesson 06, Spot the swap."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("One of them in both parts is enough: a network then knows the face, and need not know a swap.")
def leaked(function):
    train, test = ["eve", "bo", "bo", "ida", "al"], ["al", "kim", "ida", "ida"]
    found = called(function, list(train), list(test))
    if isinstance(found, str) or not hasattr(found, "__iter__"):
        return "It should return names: a list or a set of them."
    found = [str(name) for name in found]
    if set(found) == {"al", "ida"}:
        return None if len(found) == 2 else "Right names, but each only once: a set does that."
    if set(found) == set(train) | set(test):
        return "Those are all the people. Wanted are the ones that are in both: &, not |."
    if set(found) in ({"eve", "bo"}, {"kim"}):
        return "Those are in one part only. Wanted are the ones in both."
    if set(found) == {"eve", "bo", "kim"}:
        return "Those are in just one of the parts. Wanted are the ones in both."
    if set(found) < {"al", "ida"}:
        return "al and ida are in both. Compare names, not places in the lists."
    return f"It returns {sorted(set(found))}, and wanted are al and ida."


@exercise("And so 0.5 is what a coin gets, whatever the share of swaps is.")
def auc(function):
    real, fake = np.array([0.1, 0.2, 0.35, 0.8]), np.array([0.9, 0.3, 0.7])
    found = float(called(function, real.copy(), fake.copy()))
    wanted = float((fake[:, None] > real).mean())
    if abs(found - wanted) < 1e-6:
        tied = float(called(function, np.array([0.5]), np.array([0.5])))
        return None if tied in (0.0, 0.5) else "Two equal scores aren't in order: count them half, or not."
    if abs(found - (1 - wanted)) < 1e-6:
        return "The other way round: count the pairs in which the swap has the higher score."
    if abs(found - wanted * 12) < 1e-6:
        return "That is the number of pairs. Wanted is their share: divide by how many pairs there are."
    if abs(found - np.mean(fake > real[:3])) < 1e-6:
        return "Compare each swap with each real picture, not only with the one at the same place."
    return f"It returns {found:.3f}; of the 12 pairs here {wanted:.3f} are in order."


@exercise("That is Bayes's rule. Of more than fifty alarms, one is right.")
def precision(function):
    found = float(called(function, 0.9, 0.05, 0.001))
    wanted = 0.9 * 0.001 / (0.9 * 0.001 + 0.05 * 0.999)
    if abs(found - wanted) < 1e-6:
        fair = float(called(function, 0.8, 0.1, 0.5))
        return None if abs(fair - 8 / 9) < 1e-6 else "Right for one case only: use all three numbers."
    if abs(found - 0.9) < 1e-6:
        return "That is how many of the swaps are found. Asked is how many of the alarms are swaps."
    if abs(found - 0.9 / 0.95) < 1e-6:
        return "That would hold if every second video were a swap. Weigh both by how many there are."
    if abs(found - 0.9 * 0.001) < 1e-6:
        return "Those are the true alarms, as a share of all videos. Divide by all alarms."
    if abs(found - 0.05 * 0.999 / (0.9 * 0.001 + 0.05 * 0.999)) < 1e-6:
        return "That is the share of false alarms. Asked is the other one."
    return f"It returns {found:.4f}. Of a million videos, how many alarms are true, how many false?"


quiz = quiz(
    ("b", "Only a person, a movie and a way of swapping that it has never met say what it has learnt."),
    ("c", "An edge between two pictures that don't quite fit is in every swap, whoever made it."),
    ("a", "Frames of a movie are nearly the same picture: they are one opinion, repeated."),
    ("b", "It says how the picture compares with those of the training. Who is accused has a right to more."),
)
