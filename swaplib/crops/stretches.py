"""Split the user's own material into training and test crops.

Neighbouring frames of a movie are nearly identical, so a network trained on one frame knows the next.
Each movie is therefore tested on one stretch, with a gap around it, and photos that look nearly the same
stay together.
"""

import cv2
import numpy as np

SIDE = 16  # px: size of the small grey pictures that are compared
SAME = 0.15  # distance below which two photos count as one scene (a burst)
FAR = 0.35  # mean distance from a test picture of the shipped people to the nearest training picture
GAP, GAP_SHARE = 1.0, 0.05  # maximum gap around a stretch: seconds, and share of the movie's length


def training_and_test(
    images: np.ndarray, seconds: np.ndarray, sources: np.ndarray, every: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which crops to train on and which to test on: bool (n,) each; some are in neither.

    images: (n, size, size, 3). seconds: time of each crop in the movie that `sources` names, NaN for photos.
    Each movie is tested on one stretch, 1/every of its crops: the one whose distance to the nearest other
    crops is closest to `FAR` from above. For photos and short clips, one group in `every` is tested.
    """
    n = len(images)
    movies, lone = [], np.ones(n, bool)
    for source in dict.fromkeys(sources[np.isfinite(seconds)]):
        rows = np.flatnonzero((sources == source) & np.isfinite(seconds))
        if len(rows) >= 2 * every:
            movies.append(rows[np.argsort(seconds[rows], kind="stable")])
            lone[rows] = False
    away = distances(images)
    test = np.zeros(n, bool)
    for k, group in enumerate(_groups(np.flatnonzero(lone), away, seconds, sources)):
        test[group] = k % every == every - 1
    train = ~test
    for rows in movies:
        stretch, gap = _stretch(rows, seconds[rows], away, every)
        test[stretch] = True
        train[stretch] = train[gap] = False
    if not test.any():  # few photos
        test[-1], train[-1] = True, False
    return train, test


def distances(images: np.ndarray) -> np.ndarray:
    """Return pairwise distances between crops, ignoring brightness: float32 (n, n), 0 same, 1.4 unrelated."""
    small = np.empty((len(images), SIDE * SIDE), np.float32)
    for k in range(len(images)):
        grey = cv2.cvtColor(np.asarray(images[k], np.float32), cv2.COLOR_RGB2GRAY)
        small[k] = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).ravel()
    small -= small.mean(axis=1, keepdims=True)
    small /= np.maximum(np.linalg.norm(small, axis=1, keepdims=True), 1e-6)
    return np.sqrt(np.maximum(2 - 2 * small @ small.T, 0))


def _groups(rows, away, seconds, sources):
    """Group crops that must stay together: frames of a clip, and photos that look nearly the same."""
    left, groups = list(rows), []
    while left:
        group, new = [], [left.pop(0)]
        while new:
            one = new.pop()
            group.append(one)
            clip = np.isfinite(seconds[one])
            near = [k for k in left if away[one, k] < SAME or (clip and sources[k] == sources[one])]
            new += near
            left = [k for k in left if k not in set(near)]
        groups.append(sorted(group))
    return groups


def _stretch(rows, seconds, away, every):
    """Return the rows of a movie's test stretch and of the gap around it; rows: in order of time."""
    length = max(1, round(len(rows) / every))
    gap = min(GAP, GAP_SHARE * (seconds[-1] - seconds[0]))
    best, found = np.inf, None
    for first in range(0, len(rows) - length + 1, max(1, length // 2)):
        last = first + length - 1
        near = (seconds >= seconds[first] - gap) & (seconds <= seconds[last] + gap)
        near[first : last + 1] = False
        stretch, around = rows[first : last + 1], rows[near]
        others = np.ones(len(away), bool)
        others[stretch] = others[around] = False
        distance = away[stretch][:, others].min(axis=1).mean()
        badness = distance - FAR if distance >= FAR else 10 * (FAR - distance)
        if badness < best:
            best, found = badness, (stretch, around)
    return found
