"""Wrong answers to the exercises of lesson 05, and what they must be told."""

from types import SimpleNamespace

import numpy as np

REPORT = SimpleNamespace(
    frames=10,
    swapped=6,
    without_face=[3, 4, 5, 8],
    reasons={3: "no face found", 4: "no face found", 5: "no face found", 8: "the face is covered"},
)


def forward(point, matrix):
    return matrix[:, :2] @ point + matrix[:, 2]


def shift_last(point, matrix):
    return np.linalg.inv(matrix[:, :2]) @ point - matrix[:, 2]


def transposed(point, matrix):
    return matrix[:, :2].T @ (point - matrix[:, 2])


def other_way_round(frame, face, mask):
    return frame * mask[..., None] + face * (1 - mask[..., None])


def without_axis(frame, face, mask):
    return frame * (1 - mask) + face * mask


def hard(frame, face, mask):
    return np.where(mask[..., None] > 0.5, face, frame)


def shining_through(frame, face, mask):
    return frame + face * mask[..., None]


WRONG = [
    ("to_frame", (forward,), "from the frame to the crop"),
    ("to_frame", (shift_last,), "taken away first"),
    ("to_frame", (transposed,), "use the inverse"),
    ("to_frame", (lambda point, matrix: 7.0,), "a point has two"),
    ("blend", (other_way_round,), "other way round"),
    ("blend", (without_axis,), "a third axis"),
    ("blend", (hard,), "hard cut"),
    ("blend", (shining_through,), "shines through"),
    ("lag", (lambda keep: 1.5,), "the same for every"),
    ("lag", (lambda keep: 1 / (1 - keep),), "One less"),
    ("lag", (lambda keep: (1 - keep) / keep,), "Upside down"),
    ("lag", (lambda keep: keep,), "lag = keep * (lag + 1)"),
    ("nobody", (4, REPORT), "all unchanged frames"),
    ("nobody", (6, REPORT), "the swapped ones"),
    ("nobody", (2, REPORT), "different reasons"),
]
