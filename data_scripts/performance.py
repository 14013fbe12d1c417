"""The performances in the movies: two scenes, second by second."""

import numpy as np
from people import FACTORS

FPS = 25
SECONDS = {"movie": 10, "light": 4}

# The performance in the movie: (second, value), joined by smooth steps.
SCORE = {
    "yaw": [
        (0, 0),
        (0.8, 6),
        (1.6, -10),
        (2.4, 4),
        (3.2, 30),
        (3.8, 33),
        (4.5, -8),
        (5.1, -34),
        (5.6, -30),
        (6.3, 0),
        (8.2, 12),
        (8.8, 0),
        (10, 0),
    ],
    "pitch": [
        (0, 0),
        (1.0, 4),
        (2.0, -5),
        (2.8, 6),
        (3.6, 0),
        (4.4, -9),
        (5.2, 4),
        (6.2, 8),
        (7.0, -3),
        (8.5, 3),
        (9.4, -4),
        (10, 0),
    ],
    "roll": [(0, 0), (1.4, -5), (2.6, 4), (4.0, 9), (5.0, -6), (6.5, 3), (8.0, -8), (9.2, 2), (10, 0)],
    "gaze_yaw": [
        (0, 0),
        (1.1, 0),
        (1.2, -14),
        (1.9, -14),
        (2.0, 0),
        (3.0, 12),
        (3.9, -6),
        (4.6, 0),
        (5.0, -12),
        (5.8, 8),
        (6.4, 0),
        (8.6, 0),
        (8.7, 16),
        (9.3, 16),
        (9.4, 0),
        (10, 0),
    ],
    "gaze_pitch": [(0, 0), (2.2, 0), (2.3, 8), (2.7, 8), (2.8, 0), (8.7, -6), (9.4, 0), (10, 0)],
    "smile": [
        (0, 0.1),
        (2.1, 0.1),
        (2.6, 0.9),
        (3.2, 0.8),
        (3.7, 0),
        (5.6, 0),
        (6.0, 1),
        (6.7, 0.9),
        (7.2, 0.2),
        (8.9, 0.2),
        (9.4, 0.7),
        (10, 0.5),
    ],
    "brow_inner": [(0, 0), (0.5, 0.7), (1.1, 0), (4.2, 0), (4.7, 0.8), (5.3, 0), (10, 0)],
    "brow_outer": [(0, 0), (0.5, 0.6), (1.1, 0), (6.0, 0), (6.3, 0.6), (6.8, 0), (10, 0)],
    "brow_down": [(0, 0), (3.6, 0), (4.0, 0.8), (4.3, 0), (8.6, 0), (9.0, 0.7), (9.4, 0), (10, 0)],
    "squint": [(0, 0), (2.4, 0), (2.7, 0.5), (3.2, 0), (5.9, 0), (6.2, 0.6), (6.8, 0), (10, 0)],
    "wide": [(0, 0), (0.4, 0.8), (0.9, 0), (4.5, 0), (4.8, 0.8), (5.2, 0), (10, 0)],
    "across": [
        (0, 0),
        (1.5, 0.15),
        (3.5, -0.2),
        (5.5, 0.2),
        (6.9, 0),
        (7.25, 5.2),
        (7.6, 5.2),
        (8.0, 0),
        (10, 0),
    ],
    "up": [(0, 0.55), (2.0, 0.63), (4.0, 0.47), (6.0, 0.6), (10, 0.55)],
    "card": [(0, -6.0), (8.7, -6.0), (9.4, 6.0), (10, 6.0)],
}
BLINKS = (1.15, 3.05, 4.55, 6.35, 8.25, 9.75)  # seconds
# Syllables: (start, length, mouth shape); the soundtrack follows the same list.
SYLLABLES = [
    (0.30, 0.22, "ah"),
    (0.55, 0.18, "ee"),
    (0.76, 0.22, "oo"),
    (1.00, 0.20, "ah"),
    (1.35, 0.20, "oo"),
    (1.58, 0.18, "ah"),
    (1.80, 0.24, "ee"),
    (3.30, 0.20, "ah"),
    (3.52, 0.22, "oo"),
    (3.78, 0.18, "ee"),
    (4.00, 0.25, "ah"),
    (4.40, 0.20, "ah"),
    (4.64, 0.24, "oo"),
    (4.92, 0.18, "ah"),
    (5.14, 0.26, "ee"),
    (6.75, 0.22, "ah"),
    (8.05, 0.20, "ee"),
    (8.28, 0.22, "ah"),
    (8.55, 0.24, "oo"),
]
SHAPES = {
    "ah": {"mouth_open": 0.75},
    "ee": {"mouth_open": 0.25, "retraction": 0.8},
    "oo": {"mouth_open": 0.2, "pucker": 0.9},
}


def bump(t, start, length):
    """Return a smooth rise and fall: 0 outside, 1 in the middle."""
    return np.where((t > start) & (t < start + length), np.sin(np.pi * (t - start) / length) ** 2, 0)


def eased(points, t):
    """Return the value at time t in seconds on a line of (second, value), eased between its points."""
    times, values = np.array(points).T
    k = int(np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2))
    u = np.clip((t - times[k]) / (times[k + 1] - times[k]), 0, 1)
    return float(values[k] + (values[k + 1] - values[k]) * u * u * (3 - 2 * u))


def factors_at(t, score, syllables, blinks):
    """Return the factors at time t in seconds: {factor: value}."""
    f = dict.fromkeys(FACTORS, 0.0)
    f.update({name: eased(score[name], t) for name in score if name in FACTORS})
    f["blink"] = float(max(bump(t, b - 0.1, 0.24) for b in blinks))
    for start, length, sound in syllables:
        for name, amount in SHAPES[sound].items():
            f[name] = max(f[name], float(amount * bump(t, start, length)))
    f["smile"] *= 1 - 0.8 * f["pucker"]
    return f


# The second scene: the lamp is carried around the head, from cold to warm, and the room dims.
LIGHT = {
    "yaw": [(0, -8), (1.2, 10), (2.4, -14), (3.4, 8), (4, 0)],
    "pitch": [(0, 0), (0.9, 5), (2.0, -4), (3.0, 3), (4, 0)],
    "roll": [(0, 0), (1.5, 4), (2.8, -4), (4, 0)],
    "gaze_yaw": [(0, 8), (1.0, -8), (2.2, 12), (3.3, -6), (4, 0)],
    "smile": [(0, 0), (1.7, 0), (2.3, 0.8), (3.0, 0.7), (3.6, 0.1), (4, 0.1)],
    "brow_inner": [(0, 0), (0.5, 0.5), (1.1, 0), (4, 0)],
    "brow_outer": [(0, 0), (2.1, 0), (2.5, 0.6), (3.1, 0), (4, 0)],
    "across": [(0, 0), (2, 0.15), (4, -0.1)],
    "up": [(0, 0.55), (2, 0.62), (4, 0.55)],
    "azimuth": [(0, -65), (4, 65)],
    "elevation": [(0, 20), (2, 45), (4, 20)],
    "key": [(0, 1.0), (1.5, 1.25), (3, 0.9), (4, 1.1)],
    "fill": [(0, 0.55), (2, 0.34), (4, 0.42)],
    "warmth": [(0, -0.5), (2, 0.1), (4, 0.8)],
}
LIGHT_BLINKS = (0.7, 2.05, 3.6)
LIGHT_SYLLABLES = [
    (0.35, 0.22, "ah"),
    (0.60, 0.20, "oo"),
    (0.85, 0.22, "ee"),
    (1.20, 0.24, "ah"),
    (3.10, 0.20, "oo"),
    (3.34, 0.22, "ah"),
]
