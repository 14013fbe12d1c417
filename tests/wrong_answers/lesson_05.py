"""Answers to the exercises of lesson 05: wrong ones with a piece of their hint, and right ones."""

from fractions import Fraction

import cv2
import numpy as np

from swaplib.face import align
from swaplib.face.mask import ABOVE_BROWS, TOP, face_mask, hull_mask
from swaplib.movie import paste

SIZE = 128


def seen(seed, middle, wide, angle):
    """A frame (240, 320, 3) of soft colours, and landmarks (478, 2) where a face might be in it."""
    rng = np.random.default_rng(seed)
    frame = cv2.resize(rng.integers(40, 200, (6, 8, 3), dtype=np.uint8), (320, 240))
    turn = 2 * np.pi * rng.random(478)
    points = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (0.36, 0.5)
    places = align.ANCHORS - (0.5, 0.55)
    for (left, right), place in zip((*align.EYES, align.MOUTH), places, strict=True):
        points[left], points[right] = place - (0.08, 0), place + (0.08, 0)
    for row, high, reach in ((ABOVE_BROWS, -0.25, 0.26), (TOP, -0.4, 0.3)):
        points[list(row)] = np.stack([np.linspace(-reach, reach, len(row)), np.full(len(row), high)], axis=1)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return frame, wide * points @ rotation.T + middle


B, A = seen(0, (170, 110), 120, 0.2), seen(1, (120, 130), 100, -0.1)


def cut(frame, points):
    return align.crop(frame, align.crop_matrix(points, SIZE), SIZE) / np.float32(255)


def put(frame, points, face, mask=None, blend="soft"):
    matrix = align.crop_matrix(points, SIZE)
    mask = face_mask(align.transform(points, matrix), SIZE) if mask is None else mask
    return paste.paste(frame, face, matrix, mask, blend)


def to_the_hairline(frame, points, true_frame, true_points, blend="soft"):
    matrix, crop = align.crop_matrix(points, SIZE), cut(true_frame, true_points)
    pictures = cut(frame, points), crop
    mask = face_mask(align.transform(points, matrix), SIZE, pictures=pictures)
    return put(frame, points, crop, mask, blend)


def in_bands(frame, points, true_frame, true_points):
    return to_the_hairline(frame, points, true_frame, true_points, "bands")


def by_gradients(frame, points, true_frame, true_points):
    return to_the_hairline(frame, points, true_frame, true_points, "gradients")


def by_a_hard_hull(frame, points, true_frame, true_points):
    matrix = align.crop_matrix(points, SIZE)
    return put(frame, points, cut(true_frame, true_points), hull_mask(align.transform(points, matrix), SIZE))


def in_float(frame, points, true_frame, true_points):
    """By hand, through the two matrices at once, and never rounded."""
    matrix, true = align.crop_matrix(points, SIZE), align.crop_matrix(true_points, SIZE)
    both = np.vstack([align.invert(matrix), [0, 0, 1]]) @ np.vstack([true, [0, 0, 1]])
    moved = cv2.warpAffine(np.float32(true_frame), both[:2], frame.shape[1::-1])
    mask = hull_mask(points, frame.shape, feather=1)[..., None]
    return frame * (1 - mask) + moved * mask


def whole_square(frame, points, true_frame, true_points):
    return put(frame, points, cut(true_frame, true_points), np.ones((SIZE, SIZE), np.float32))


def not_divided(frame, points, true_frame, true_points):
    return put(frame, points, 255 * cut(true_frame, true_points))


def where_she_stood(frame, points, true_frame, true_points):
    return put(frame, true_points, cut(true_frame, true_points))


def this_frame_only(frame, points, true_frame, true_points):
    return put(frame, B[1], cut(A[0], A[1]))


def solved(point, matrix):
    return np.linalg.solve(matrix[:, :2], point - matrix[:, 2])


def forward(point, matrix):
    return matrix[:, :2] @ point + matrix[:, 2]


def shift_last(point, matrix):
    return np.linalg.inv(matrix[:, :2]) @ point - matrix[:, 2]


def transposed(point, matrix):
    return matrix[:, :2].T @ (point - matrix[:, 2])


def homogeneous(point, matrix):
    return np.linalg.inv(np.vstack([matrix, [0, 0, 1]])) @ [*point, 1]


def in_place(point, matrix):
    point -= matrix[:, 2]
    return np.linalg.inv(matrix[:, :2]) @ point


def by_opencv(point, matrix):
    return cv2.transform(point[None, None], cv2.invertAffineTransform(matrix))


def by_hand(point, matrix):
    (a, b, x), (c, d, y) = matrix
    u, v = point[0] - x, point[1] - y
    return (d * u - b * v) / (a * d - b * c), (a * v - c * u) / (a * d - b * c)


def mixed(frame, face, mask):
    return frame * (1 - mask[..., None]) + face * mask[..., None]


def face_first(face, frame, mask):
    return mixed(frame, face, mask)


def mask_first(mask, frame, face):
    return mixed(frame, face, mask)


def other_way_round(frame, face, mask):
    return frame * mask[..., None] + face * (1 - mask[..., None])


def without_axis(frame, face, mask):
    return frame * (1 - mask) + face * mask


def hard(frame, face, mask):
    return np.where(mask[..., None] > 0.5, face, frame)


def shining_through(frame, face, mask):
    return frame + face * mask[..., None]


def frame_in_place(frame, face, mask):
    frame += (face - frame) * mask[..., None]
    return frame


def by_channel(frame, face, mask):
    return np.stack([frame[..., c] * (1 - mask) + face[..., c] * mask for c in range(3)], axis=-1)


def in_loops(frame, face, mask):
    return [
        [(1 - mask[i][j]) * frame[i][j] + mask[i][j] * face[i][j] for j in range(len(mask[0]))]
        for i in range(len(mask))
    ]


def without_return(frame, face, mask):
    frame += (face - frame) * mask[..., None]


def waited(keep):
    """The lag found by waiting until it has settled."""
    lag = 0.0
    for _ in range(1000):
        lag = keep * (lag + 1)
    return lag


ANGLES = ("yaw", "pitch", "roll")


def apart(made, target, names=ANGLES):
    return np.array([made[name] - target[name] for name in names])


def looped(made, target):
    """One picture and one angle at a time, NaN left out by hand."""
    found = [
        abs(x - y)
        for name in ANGLES
        for x, y in zip(made[name], target[name], strict=True)
        if not (np.isnan(x) or np.isnan(y))
    ]
    return sum(found) / len(found)


def her_mask(frame, points, true_frame, true_points):
    there = align.transform(true_points, align.crop_matrix(true_points, SIZE))
    return put(frame, points, cut(true_frame, true_points), face_mask(there, SIZE), "bands")


WIDER = A[0], A[1].mean(axis=0) + (A[1] - A[1].mean(axis=0)) * (1.25, 1)  # a face of another shape

POSE_ERRORS = [
    (lambda a, b: np.abs(apart(a, b)).mean(), "np.nanmean"),
    (lambda a, b: np.nanmean(apart(a, b)), "absolute values"),
    (lambda a, b: np.nansum(np.abs(apart(a, b))), "the sum: divide"),
    (lambda a, b: np.nanmean(apart(a, b) ** 2), "mean of the squares"),
    (lambda a, b: np.sqrt(np.nanmean(apart(a, b) ** 2)), "root mean square"),
    (lambda a, b: np.nanmean(np.linalg.norm(apart(a, b), axis=0)), "length"),
    (lambda a, b: np.nanmedian(np.abs(apart(a, b))), "median"),
    (lambda a, b: np.nanmean(np.abs(apart(a, b, ["yaw"]))), "yaw alone"),
    (lambda a, b: np.nanmean(np.abs(apart(a, b)), axis=1), "One number is expected"),
    (lambda a, b: "small", "number"),
]

WRONG = [
    ("perfect", (her_mask, *B, *WIDER), "use B's"),
    ("lag", ({0.5: 1, 0.6: 1.5, 0.9: 9}.get,), "returns None"),
    *(("pose_error", (function,), hint) for function, hint in POSE_ERRORS),
    ("to_frame", (forward,), "the frame to the crop"),
    ("to_frame", (shift_last,), "subtracted first"),
    ("to_frame", (transposed,), "use the inverse"),
    ("to_frame", (lambda point, matrix: 7.0,), "a point has two"),
    ("to_frame", (homogeneous,), "drop the last 1"),
    ("to_frame", (lambda point, matrix: np.round(solved(point, matrix)),), "Don't round"),
    ("to_frame", (lambda point, matrix: solved(point, matrix).astype(int),), "Rounding down"),
    ("to_frame", (lambda point, matrix: np.array([150.3, 90.7]),), "Subtract the shift"),
    ("to_frame", (lambda point, matrix: solved(point, matrix)[::-1],), "First x, then y"),
    ("to_frame", (lambda point, matrix: np.linalg.solve(matrix[:, :2], point),), "shift is missing"),
    ("to_frame", (lambda point, matrix: solved(point + 2 * matrix[:, 2], matrix),), "don't add it"),
    ("to_frame", (lambda point, matrix: (point - matrix[:, 2]) / matrix[0, 0],), "np.linalg.solve"),
    ("to_frame", (lambda point, matrix: "here",), "a point has two"),
    ("to_frame", (lambda point, matrix: np.linalg.inv(matrix) @ point,), "LinAlgError"),
    ("blend", (other_way_round,), "Swap the two"),
    ("blend", (without_axis,), "a third axis"),
    ("blend", (hard,), "hard cut"),
    ("blend", (shining_through,), "shows through"),
    ("blend", (face_first,), "this order: frame, face, mask"),
    ("blend", (mask_first,), "this order: frame, face, mask"),
    ("blend", (lambda frame, face, mask: face * mask[..., None],), "on black"),
    ("blend", (lambda frame, face, mask: (frame + face) / 2,), "use the mask"),
    ("blend", (lambda frame, face, mask: np.where(mask[..., None] > 0, face, frame),), "hard cut"),
    ("blend", (without_return,), "is there a `return`?"),
    ("blend", (lambda frame, face, mask: mixed(frame, face, mask).mean(axis=-1),), "The shape is"),
    ("blend", (lambda frame, face, mask: face,), "the share `mask`"),
    ("blend", (lambda frame, face, mask: mixed(frame, face, mask**2),), "the share `mask`"),
    ("lag", (lambda keep: 1.5,), "the same for every"),
    ("lag", (lambda keep: 1 / (1 - keep),), "one too many"),
    ("lag", (lambda keep: (1 - keep) / keep,), "That is the reciprocal"),
    ("lag", (lambda keep: keep,), "lag = keep * (lag + 1)"),
    ("lag", (lambda keep: -keep / (1 - keep),), "a positive number"),
    ("lag", (lambda keep: round(keep / (1 - keep)),), "Don't round"),
    ("lag", (lambda keep: keep / (1 + keep),), "A sign"),
    ("lag", (lambda keep: f"{keep / (1 - keep)} frames",), "Give a number"),
    ("lag", (lambda keep: 1.5 if keep == 0.6 else 1.0,), "lag = keep * (lag + 1)"),
    ("perfect", (lambda b, at_b, a, at_a: b, *B, *A), "did you paste the face"),
    ("perfect", (lambda b, at_b, a, at_a: cut(a, at_a), *B, *A), "the whole frame"),
    ("perfect", (lambda b, at_b, a, at_a: put(b, at_b, cut(a, at_a)) / 255, *B, *A), "0 to 255"),
    ("perfect", (lambda b, at_b, a, at_a: put(b, at_b, cut(b, at_b)), *B, *A), "did you paste the face"),
    ("perfect", (lambda b, at_b, a, at_a: put(b, at_b, cut(a, at_b)), *B, *A), "cut using B's landmarks"),
    ("perfect", (lambda b, at_b, a, at_a: put(a, at_a, cut(b, at_b)), *B, *A), "into B's frame"),
    ("perfect", (not_divided, *B, *A), "`paste` expects 0 to 1"),
    ("perfect", (whole_square, *B, *A), "paste with a mask"),
    ("perfect", (where_she_stood, *B, *A), "in her own movie"),
    ("perfect", (by_gradients, *B, *A), "gradients"),
    ("perfect", (this_frame_only, *B, *A), "use the arguments"),
]

RIGHT = [
    ("perfect", (in_bands, *B, *WIDER)),
    ("lag", (lambda keep: Fraction(keep) / (1 - Fraction(keep)),)),
    ("blend", (lambda frame, face, mask: mixed(frame, face, mask).astype(np.float16),)),
    ("pose_error", (lambda a, b: np.nanmean(np.abs(apart(a, b))),)),
    ("pose_error", (looped,)),
    ("pose_error", (lambda a, b: np.float32(np.nanmean(abs(apart(a, b)))),)),
    ("to_frame", (solved,)),
    ("to_frame", (in_place,)),
    ("to_frame", (by_hand,)),
    ("to_frame", (by_opencv,)),
    ("to_frame", (lambda point, matrix: list(solved(point, matrix)),)),
    ("to_frame", (lambda point, matrix: homogeneous(point, matrix)[:2],)),
    ("to_frame", (lambda point, matrix: solved(point, matrix).astype(np.float32)[:, None],)),
    ("blend", (mixed,)),
    ("blend", (frame_in_place,)),
    ("blend", (by_channel,)),
    ("blend", (in_loops,)),
    ("blend", (lambda frame, face, mask: np.clip(mixed(frame, face, mask), 0, 1),)),
    ("blend", (lambda a, b, c: mixed(a, b, np.float32(c)),)),
    ("lag", (lambda keep: keep / (1 - keep),)),
    ("lag", (lambda keep: np.array([keep / (1 - keep)]),)),
    ("lag", (lambda keep: 1 / (1 / keep - 1),)),
    ("lag", (lambda keep: round(keep / (1 - keep), 3),)),
    ("lag", (waited,)),
    ("perfect", (to_the_hairline, *B, *A)),
    ("perfect", (by_a_hard_hull, *B, *A)),
    ("perfect", (in_float, *B, *A)),
    ("perfect", (in_bands, *B, *A)),
    ("perfect", (lambda b, at_b, a, at_a: put(b.copy(), at_b, cut(a, at_a)).astype(int), *B, *A)),
]
