"""Checkers of lesson 05, Swap a movie."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("The same way is used to put every pixel of the new face back.")
def to_frame(function):
    matrix = np.array([[0.6, -0.2, 40.0], [0.2, 0.6, -30.0]])  # as of a face turned by 18 degrees
    linear, shift = matrix[:, :2], matrix[:, 2]
    wanted = np.array([150.0, 90.0])
    point = linear @ wanted + shift
    found = np.asarray(called(function, point.copy(), matrix.copy()), float).ravel()
    if found.shape != (2,):
        return f"It returns {found.size} numbers; a point has two, x and y."
    if np.allclose(found, wanted, atol=1e-3):
        return None
    back = np.linalg.inv(linear)
    if np.allclose(found, linear @ point + shift, atol=1e-3):
        return "That goes from the frame to the crop. The way back undoes it."
    if np.allclose(found, back @ point - shift, atol=1e-3):
        return "The shift was added last, so it has to be taken away first."
    if np.allclose(found, back @ point + shift, atol=1e-3):
        return "The shift has to be taken away, and before anything else."
    if np.allclose(found, linear.T @ (point - shift), atol=1e-3):
        return "Turned back, but not to the right size: use the inverse, not the transpose."
    return "Take the shift away, then undo the 2 x 2 part: np.linalg.solve(linear, ...) does that."


@exercise("Where the mask is 1/2, half of each is seen: that makes the rim soft.")
def blend(function):
    rng = np.random.default_rng(0)
    frame, face = rng.random((2, 5, 7, 3))
    mask = np.linspace(0, 1, 35).reshape(5, 7)
    try:
        made = np.asarray(called(function, frame.copy(), face.copy(), mask.copy()), float)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        return "The mask is (h, w), a picture (h, w, 3): give the mask a third axis, mask[..., None]."
    if made.shape != frame.shape:
        return f"It returns the shape {made.shape}; the frame has {frame.shape}."
    soft = mask[..., None]
    if np.allclose(made, frame * soft + face * (1 - soft)):
        return "The other way round: where the mask is 1, the face shows."
    if np.allclose(made, np.where(soft > 0.5, face, frame)):
        return "That is a hard cut. Where the mask is 0.3, three tenths of the face show."
    if np.allclose(made, frame + face * soft):
        return "The frame still shines through: take away from it what the face covers."
    if not np.allclose(made, frame * (1 - soft) + face * soft):
        return "The share `mask` comes from the face, and the share `1 - mask` from the frame."


@exercise("The smoother, the later: nothing that only looks back is both smooth and prompt.")
def lag(function):
    keep = np.array([0.5, 0.6, 0.9])
    found = np.array([float(called(function, k)) for k in keep])
    if np.allclose(found, keep / (1 - keep), rtol=0.01):
        return None
    if np.allclose(found, -keep / (1 - keep), rtol=0.01):
        return "How many frames is it *behind*? Give a number above 0."
    if np.allclose(found, 1 / (1 - keep), rtol=0.01):
        return "One less: when nothing is kept (keep = 0), there is no lag."
    if np.allclose(found, (1 - keep) / keep, rtol=0.01):
        return "Upside down: it grows as more is kept."
    if np.allclose(found, found[0]):
        return "That is the same for every `keep`. Use `keep` in the formula."
    return "Solve lag = keep * (lag + 1) for lag: bring both terms with lag to one side."


@exercise("The rest was found, and not trusted.")
def nobody(answer, report):
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
