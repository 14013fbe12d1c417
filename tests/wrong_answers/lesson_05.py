"""Answers to the exercises of lesson 05: wrong ones with a piece of their hint, and right ones."""

from types import SimpleNamespace

import cv2
import numpy as np

REPORT = SimpleNamespace(
    frames=10,
    swapped=6,
    without_face=[3, 4, 5, 8],
    reasons={3: "no face found", 4: "no face found", 5: "no face found", 8: "the face is covered"},
)


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


WRONG = [
    ("to_frame", (forward,), "from the frame to the crop"),
    ("to_frame", (shift_last,), "taken away first"),
    ("to_frame", (transposed,), "use the inverse"),
    ("to_frame", (lambda point, matrix: 7.0,), "a point has two"),
    ("to_frame", (homogeneous,), "drop the last 1"),
    ("to_frame", (lambda point, matrix: np.round(solved(point, matrix)),), "Don't round"),
    ("to_frame", (lambda point, matrix: solved(point, matrix).astype(int),), "Rounding down"),
    ("to_frame", (lambda point, matrix: np.array([150.3, 90.7]),), "Take the shift away"),
    ("to_frame", (lambda point, matrix: solved(point, matrix)[::-1],), "First x, then y"),
    ("to_frame", (lambda point, matrix: np.linalg.solve(matrix[:, :2], point),), "shift is missing"),
    ("to_frame", (lambda point, matrix: solved(point + 2 * matrix[:, 2], matrix),), "don't add it"),
    ("to_frame", (lambda point, matrix: (point - matrix[:, 2]) / matrix[0, 0],), "np.linalg.solve"),
    ("to_frame", (lambda point, matrix: "here",), "a point has two"),
    ("to_frame", (lambda point, matrix: np.linalg.inv(matrix) @ point,), "LinAlgError"),
    ("blend", (other_way_round,), "other way round"),
    ("blend", (without_axis,), "a third axis"),
    ("blend", (hard,), "hard cut"),
    ("blend", (shining_through,), "shines through"),
    ("blend", (face_first,), "this order: frame, face, mask"),
    ("blend", (mask_first,), "this order: frame, face, mask"),
    ("blend", (lambda frame, face, mask: face * mask[..., None],), "on black"),
    ("blend", (lambda frame, face, mask: (frame + face) / 2,), "let the mask decide"),
    ("blend", (lambda frame, face, mask: np.where(mask[..., None] > 0, face, frame),), "hard cut"),
    ("blend", (without_return,), "is there a `return`?"),
    ("blend", (lambda frame, face, mask: mixed(frame, face, mask).mean(axis=-1),), "The shape is"),
    ("blend", (lambda frame, face, mask: face,), "The share `mask`"),
    ("blend", (lambda frame, face, mask: mixed(frame, face, mask**2),), "The share `mask`"),
    ("lag", (lambda keep: 1.5,), "the same for every"),
    ("lag", (lambda keep: 1 / (1 - keep),), "One less"),
    ("lag", (lambda keep: (1 - keep) / keep,), "Upside down"),
    ("lag", (lambda keep: keep,), "lag = keep * (lag + 1)"),
    ("lag", (lambda keep: -keep / (1 - keep),), "above 0"),
    ("lag", (lambda keep: round(keep / (1 - keep)),), "Don't round"),
    ("lag", (lambda keep: keep / (1 + keep),), "A sign"),
    ("lag", (lambda keep: f"{keep / (1 - keep)} frames",), "Give a number"),
    ("lag", (lambda keep: 1.5 if keep == 0.6 else 1.0,), "lag = keep * (lag + 1)"),
    ("nobody", (4, REPORT), "all unchanged frames"),
    ("nobody", (6, REPORT), "the swapped ones"),
    ("nobody", (2, REPORT), "different reasons"),
    ("nobody", (10, REPORT), "Count the values"),
    ("nobody", ([3, 4, 5], REPORT), "One number is wanted"),
    ("nobody", ("3", REPORT), "Give a number"),
    ("nobody", (REPORT.reasons, REPORT), "Give a number"),
    ("nobody", (0, REPORT), "Count the values"),
]

RIGHT = [
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
    ("nobody", (3, REPORT)),
    ("nobody", (3.0, REPORT)),
    ("nobody", (np.int64(3), REPORT)),
    ("nobody", (np.array([3]), REPORT)),
    ("nobody", ([*REPORT.reasons.values()].count("no face found"), REPORT)),
]
