"""Checkers of lesson 05, Swap a movie."""

import inspect
from itertools import permutations

import numpy as np

from swaplib.exercises import (  # noqa: F401
    Hint,
    called,
    exercise,
    number,
    numbers,
    predicted,
    quiz,
    yours,
)


@exercise("The same way is used to put every pixel of the new face back.")
def to_frame(function):
    for matrix, wanted in (
        ([[0.6, -0.2, 40.0], [0.2, 0.6, -30.0]], [150.3, 90.7]),  # as of a face turned by 18 degrees
        ([[1.3, 0.4, -75.0], [-0.4, 1.3, 12.5]], [64.4, 210.9]),
    ):
        hint = _to_frame_hint(function, np.array(matrix), np.array(wanted))
        if hint:
            return hint


def _to_frame_hint(function, matrix, wanted):
    linear, shift = matrix[:, :2], matrix[:, 2]
    point = linear @ wanted + shift
    found = called(function, point, matrix)
    if np.size(found) == 3:
        return "A point has two numbers, x and y: drop the last 1."
    if np.size(found) != 2:
        return f"It returns {np.size(found)} number{'s' * (np.size(found) != 1)}; a point has two, x and y."
    found, back = numbers(found, (2,)), np.linalg.inv(linear)
    if np.allclose(found, wanted, atol=1e-3):
        return None
    slips = {
        "Don't round: a point may lie between two pixels.": np.round(wanted),
        "Rounding down loses up to a pixel: a point may lie between two.": np.floor(wanted),
        "First x, then y.": wanted[::-1],
        "That goes from the frame to the crop. The way back undoes it.": linear @ point + shift,
        "The shift was added last, so it has to be taken away first.": back @ point - shift,
        "The shift has to be taken away, and before anything else.": back @ point + shift,
        "Take the shift away, don't add it.": back @ (point + shift),
        "The shift is missing: take it away first.": back @ point,
        "Turned back, but not to the right size: use the inverse, not the transpose.": linear.T
        @ (point - shift),
    }
    for hint, slip in slips.items():
        if np.allclose(found, slip, atol=1e-3):
            return hint
    return "Take the shift away, then undo the 2 x 2 part: np.linalg.solve(linear, ...) does that."


@exercise("Where the mask is 1/2, half of each is seen: that makes the rim soft.")
def blend(function):
    rng = np.random.default_rng(0)
    for h, w in ((5, 7), (6, 4)):
        frame, face = rng.random((2, h, w, 3))
        mask = rng.permutation(np.linspace(0, 1, h * w)).reshape(h, w)
        hint = _blend_hint(function, frame, face, mask)
        if hint:
            return hint


def _blend_hint(function, frame, face, mask):
    soft = mask[..., None]
    wanted = frame * (1 - soft) + face * soft
    order = "The arguments come in this order: frame, face, mask."
    try:
        made = numbers(called(function, frame, face, mask), wanted.shape)
    except (ValueError, Hint) as error:
        if _in_another_order(function, (frame, face, mask), wanted):
            return order
        if "broadcast" not in str(error):
            raise
        return "The mask is (h, w), a picture (h, w, 3): give the mask a third axis, mask[..., None]."
    if np.allclose(made, wanted, atol=1e-4):
        return None
    if np.allclose(made, frame * soft + face * (1 - soft), atol=1e-4):
        names = [*inspect.signature(function).parameters]
        return order if names[:1] == ["face"] else "The other way round: where the mask is 1, the face shows."
    if np.allclose(made, np.where(soft > 0.5, face, frame)) or np.allclose(
        made, np.where(soft > 0, face, frame)
    ):
        return "That is a hard cut. Where the mask is 0.3, three tenths of the face show."
    if np.allclose(made, frame + face * soft):
        return "The frame still shines through: take away from it what the face covers."
    if np.allclose(made, face * soft):
        return "That is the face alone, on black: add what the mask leaves of the frame."
    if np.allclose(made, (frame + face) / 2):
        return "That is half of each everywhere: let the mask decide."
    if _in_another_order(function, (frame, face, mask), wanted):
        return order
    return "The share `mask` comes from the face, and the share `1 - mask` from the frame."


def _in_another_order(function, arguments, wanted):
    """Whether a function of three arguments is right if it gets them in another order."""
    for other in list(permutations(arguments))[1:]:
        try:
            if np.allclose(called(function, *other), wanted, atol=1e-4):
                return True
        except Exception:  # whatever the reader's function says to a mask for a picture
            continue
    return False


@exercise("The smoother, the later: nothing that only looks back is both smooth and prompt.")
def lag(function):
    keep = np.array([0.5, 0.6, 0.9])
    found = np.array([number(called(function, float(k))) for k in keep])
    if np.allclose(found, keep / (1 - keep), rtol=0.01):
        return None
    if np.allclose(found, -keep / (1 - keep), rtol=0.01):
        return "How many frames is it *behind*? Give a number above 0."
    if np.allclose(found, 1 / (1 - keep), rtol=0.01):
        return "One less: when nothing is kept (keep = 0), there is no lag."
    if np.allclose(found, (1 - keep) / keep, rtol=0.01):
        return "Upside down: it grows as more is kept."
    if np.allclose(found, keep / (1 + keep), rtol=0.01):
        return "A sign: from lag = keep * lag + keep follows lag - keep * lag = keep."
    if np.allclose(found, np.round(keep / (1 - keep))):
        return "Don't round: a lag may be one and a half frames."
    if np.allclose(found, found[0]):
        return "That is the same for every `keep`. Use `keep` in the formula."
    return "Solve lag = keep * (lag + 1) for lag: bring both terms with lag to one side."


@exercise("The rest was found, and not trusted.")
def nobody(answer, report):
    answer = number(answer)
    wanted = sum(reason == "no face found" for reason in report.reasons.values())
    if answer == wanted:
        return None
    if answer == len(report.without_face):
        return "That counts all unchanged frames, also those where a face was found and dropped."
    if answer == report.swapped:
        return "That counts the swapped ones."
    if answer == len(set(report.reasons.values())):
        return "That counts the different reasons. Count the frames that have this one."
    return 'Count the values of report.reasons that are "no face found".'


quiz = quiz(
    ("b", "It looks as far ahead as back, which only a movie that is on file allows."),
    ("a", "Mean and spread of the source's colours are mostly those of her skin."),
    ("c", "A decoder draws the person it was trained on, and has never seen a card."),
)
