"""Checkers for lesson 05, Swap a movie."""

import inspect
from itertools import permutations

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.exercises import (  # noqa: F401
    Hint,
    accepted,
    called,
    exercise,
    number,
    numbers,
    predicted,
    quiz,
)
from swaplib.exercises.alt import alt_texts

CROP = 128  # pixels: crops in which `perfect` is checked
ANGLES = ("yaw", "pitch", "roll")
ALT = alt_texts("05")


def our_to_frame(point, matrix):
    """The course's own answer to the first exercise."""
    return np.linalg.solve(matrix[:, :2], np.asarray(point) - matrix[:, 2])


def our_blend(frame, face, mask):
    """The course's own answer to the second exercise."""
    return frame * (1 - mask[..., None]) + face * mask[..., None]


def our_pose_error(made, target):
    """The course's own answer to the fifth exercise."""
    return float(np.nanmean([np.abs(made[name] - target[name]) for name in ANGLES]))


@exercise("Every pixel of the new face is mapped back this way.")
def to_frame(function):
    for matrix, wanted in (
        ([[0.6, -0.2, 40.0], [0.2, 0.6, -30.0]], [150.3, 90.7]),  # a face rotated by 18 degrees
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
        "Rounding down loses up to a pixel: a point may lie between two pixels.": np.floor(wanted),
        "First x, then y.": wanted[::-1],
        "That maps the frame to the crop. Apply the inverse.": linear @ point + shift,
        "The shift was added last, so it must be subtracted first.": back @ point - shift,
        "Subtract the shift, don't add it, and do so before anything else.": back @ point + shift,
        "Subtract the shift, don't add it.": back @ (point + shift),
        "The shift is missing: subtract it first.": back @ point,
        "The rotation is right but the size is wrong: use the inverse, not the transpose.": linear.T
        @ (point - shift),
    }
    for hint, slip in slips.items():
        if np.allclose(found, slip, atol=1e-3):
            return hint
    return "Subtract the shift, then undo the 2 x 2 part: np.linalg.solve(linear, ...) does that."


@exercise("Where the mask is 1/2, the two are mixed equally, which makes the edge soft.")
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
        made = called(function, frame, face, mask)
        atol = 2e-3 if getattr(made, "dtype", None) == np.float16 else 1e-4
        made = numbers(made, wanted.shape)
    except (ValueError, Hint) as error:
        if _in_another_order(function, (frame, face, mask), wanted):
            return order
        if "broadcast" not in str(error):
            raise
        return "The mask has shape (h, w), a picture (h, w, 3): give the mask a third axis, mask[..., None]."
    if np.allclose(made, wanted, atol=atol):
        return None
    if np.allclose(made, frame * soft + face * (1 - soft), atol=1e-4):
        names = [*inspect.signature(function).parameters]
        return order if names[:1] == ["face"] else "Swap the two: where the mask is 1, the face shows."
    if np.allclose(made, np.where(soft > 0.5, face, frame)) or np.allclose(
        made, np.where(soft > 0, face, frame)
    ):
        return "That is a hard cut. Where the mask is 0.3, the face contributes three tenths."
    if np.allclose(made, frame + face * soft):
        return "The frame still shows through: remove the part that the face covers, frame * (1 - mask)."
    if np.allclose(made, face * soft):
        return "That is the face alone, on black: add the part of the frame outside the mask."
    if np.allclose(made, (frame + face) / 2):
        return "That is half of each everywhere: use the mask."
    if _in_another_order(function, (frame, face, mask), wanted):
        return order
    return "Take the share `mask` from the face, and the share `1 - mask` from the frame."


def _in_another_order(function, arguments, wanted):
    """Return whether a function of three arguments is right if it gets them in another order."""
    for other in list(permutations(arguments))[1:]:
        try:
            if np.allclose(called(function, *other), wanted, atol=1e-4):
                return True
        except Exception:  # the reader's function may raise anything if a mask is passed as a picture
            continue
    return False


@exercise("More smoothing means more lag: no filter that only looks back is both smooth and responsive.")
def lag(function):
    keep = np.array([0.5, 0.6, 0.9, 0.25, 0.8])  # the last two aren't named in the lesson
    found = np.array([number(called(function, float(k))) for k in keep])
    if np.allclose(found, keep / (1 - keep), rtol=0.01):
        return None
    if np.allclose(found, -keep / (1 - keep), rtol=0.01):
        return "How many frames is it *behind*? Give a positive number."
    if np.allclose(found, 1 / (1 - keep), rtol=0.01):
        return "That is one too many: when nothing is kept (keep = 0), there is no lag."
    if np.allclose(found, (1 - keep) / keep, rtol=0.01):
        return "That is the reciprocal: the lag grows with `keep`."
    if np.allclose(found, keep / (1 + keep), rtol=0.01):
        return "A sign is wrong: lag = keep * lag + keep gives lag - keep * lag = keep."
    if np.allclose(found, np.round(keep / (1 - keep))):
        return "Don't round: a lag may be one and a half frames."
    if np.allclose(found, found[0]):
        return "The result is the same for every `keep`. Use `keep` in the formula."
    return "Solve lag = keep * (lag + 1) for lag: move both terms with lag to one side."


@exercise("Any flaw in this picture comes from pasting, and no decoder can fix it.")
def perfect(function, frame, points, true_frame, true_points):
    for right, down in (
        (0, 0),
        (9, 6),
    ):  # the second time, everything is cropped a little at the left and top
        hint = _perfect_hint(
            function,
            frame[down:, right:],
            points - (right, down),
            true_frame[right:, down:],
            true_points - (down, right),
        )
        if hint and right:
            return "It is right for this frame only: use the arguments, not the notebook's variables."
        if hint:
            return hint


def _perfect_hint(function, frame, points, true_frame, true_points):
    """Check where every mask is 1, and where every mask is 0; the edge may be anything."""
    from swaplib.face import align
    from swaplib.face.mask import face_mask, hull_mask
    from swaplib.movie import paste

    try:
        made = called(function, frame, points, true_frame, true_points)
    except SwaplibError as error:
        if "floats from 0 to 1" not in str(error):
            raise
        return "A crop of a frame has values from 0 to 255, but `paste` expects 0 to 1: divide by 255."
    made = numbers(made, (None, None, 3))
    if made.shape != frame.shape:
        return f"Return the whole frame, {frame.shape}, not {made.shape}."
    if made.max() <= 1:
        return "Return a frame with integers from 0 to 255, as `paste.paste` does."
    matrix, true_matrix = (align.crop_matrix(p, CROP) for p in (points, true_points))
    own, true = (
        align.crop(f, m, CROP) / np.float32(255) for f, m in ((frame, matrix), (true_frame, true_matrix))
    )
    there = align.transform(points, matrix)
    inner = paste.paste(np.zeros_like(frame), np.ones_like(own), matrix, face_mask(there, CROP) > 0.99) > 250
    mask = face_mask(there, CROP, pictures=(own, true))
    widest = np.maximum(hull_mask(there, CROP), mask)
    outer = (
        paste.paste(np.zeros_like(frame), np.ones_like(own), matrix, cv2.dilate(widest, np.ones((9, 9)))) < 1
    )

    def inside(face):
        everywhere = paste.paste(frame, face, matrix, np.ones((CROP, CROP), np.float32))
        return np.abs(made - everywhere)[inner].mean()

    def blended(way):
        wrong = np.abs(made - paste.paste(frame, true, matrix, mask, way)).mean()
        return wrong < 0.1 * np.abs(made - frame).mean()

    if _by_her_mask(made, frame, matrix, (own, true), there, align.transform(true_points, true_matrix)):
        return "The mask is made from A's landmarks: use B's, `points`, where the face is pasted."
    # "bands" mixes coarse colours across a wide edge, and so affects pixels both inside and outside.
    if blended("bands"):
        return None
    if inside(true) < 2 and np.abs(made - frame)[outer].mean() < 1:
        return None
    if np.abs(made - frame).mean() < 0.05:
        return "That is the unchanged frame: did you paste the face?"
    if inside(true) < 2:
        return "Outside the face the frame must stay as it is: paste with a mask."
    hers = face_mask(align.transform(true_points, true_matrix), CROP)
    if np.abs(made - paste.paste(frame, true, true_matrix, hers)).mean() < 0.25 * np.abs(made - frame).mean():
        return "A's face is where it was in her own movie: paste with B's matrix, from `points`."
    if blended("gradients"):
        return 'The blend "gradients" gives her face his colours: use "bands", as the movie does.'
    if np.abs(made - frame)[inner].mean() < 4:
        return "The face is still B's: cut the crop from `true_frame`, using `true_points`."
    if inside(align.crop(true_frame, matrix, CROP) / np.float32(255)) < 4:
        return "A's crop was cut using B's landmarks: compute its matrix from `true_points`."
    return "Cut out A's face using her landmarks, and paste it into B's frame using his."


def _by_her_mask(made, frame, matrix, crops, his, hers):
    """Return whether a frame was pasted with a mask from her landmarks rather than from his."""
    from swaplib.face.mask import face_mask
    from swaplib.movie import paste

    def off(points, pictures, blend):
        mask = face_mask(points, CROP, pictures=pictures)
        return np.abs(made - paste.paste(frame, crops[1], matrix, mask, blend)).mean()

    ways = [(pictures, blend) for pictures in (crops, ()) for blend in ("soft", "bands")]
    return any(off(hers, *way) < 0.2 * off(his, *way) for way in ways)


@exercise("This score needs no picture of the true A, which is why papers use it.")
def pose_error(function):
    for seed, without in ((0, 0), (1, 3)):  # the second time without a face in some pictures
        hint = _pose_hint(function, _angles(seed, without), _angles(seed + 10, without))
        if hint:
            return hint


def _angles(seed, without):
    """Return angles of 12 pictures, each of another size, `without` of them NaN in all three."""
    rng = np.random.default_rng(seed)
    gone, wide = rng.permutation(12) < without, dict(zip(ANGLES, (20, 8, 4), strict=True))
    return {name: np.where(gone, np.nan, rng.normal(0, wide[name], 12)) for name in ANGLES}


def _pose_hint(function, made, target):
    found = called(function, made, target)
    if isinstance(found, float | np.floating) and np.isnan(found):
        return "The result is NaN, because one or more pictures had no face: np.nanmean leaves NaN out."
    found, off = number(found), np.array([made[name] - target[name] for name in ANGLES])
    if np.isclose(found, np.nanmean(np.abs(off)), atol=1e-3):
        return None
    slips = {
        "Positive and negative differences cancel out: take their absolute values.": np.nanmean(off),
        "Take the absolute value of each difference, before the mean.": abs(np.nanmean(off)),
        "That is the sum: divide by the number of differences.": np.nansum(np.abs(off)),
        "That is the mean of the squares: take absolute values instead.": np.nanmean(off**2),
        "That is the root mean square: take absolute values instead.": np.sqrt(np.nanmean(off**2)),
        "That is the length of the three differences as a vector: average their absolute values.": np.nanmean(
            np.linalg.norm(off, axis=0)
        ),
        "That is the median: take the mean.": np.nanmedian(np.abs(off)),
        **{
            f"That is {name} alone: use all three angles.": np.nanmean(np.abs(row))
            for name, row in zip(ANGLES, off, strict=True)
        },
    }
    for hint, slip in slips.items():
        if np.isclose(found, slip, atol=1e-3):
            return hint
    return "Average np.abs(made[name] - target[name]) over the three angles and all pictures without NaN."


quiz = quiz(
    ("b", "It looks as far ahead as back, which requires a movie file."),
    ("a", "The mean and spread of his colours come from both the light and his skin."),
    ("b", "No decoder can do better than the true picture."),
    ("c", "A decoder draws the person it was trained on and has never seen a card."),
    ("b", "A signature is about the file and its signer, not about what the picture shows."),
)
