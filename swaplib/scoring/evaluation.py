"""Evaluate a detector: ROC curve, confidence intervals, false alarms, and their meaning when fakes are rare.

Labels are 1 for a swap and 0 for a real picture; scores are higher for suspected swaps; both are (n,). AUC is
the area under the ROC curve: the probability that a swap scores higher than a real picture.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from swaplib import SwaplibError, first_few


def check_classes(labels: np.ndarray, scores: np.ndarray | tuple = ()) -> None:
    """Raise SwaplibError unless there are both real pictures and swaps, and no scores are NaN."""
    labels = np.asarray(labels)
    if wrong := int(np.isnan(np.asarray(scores, float)).sum()):
        raise SwaplibError(f"{wrong} of the {len(labels)} scores are NaN: check the detector's input")
    if not len(labels) or labels.min() == labels.max():
        missing = "swaps" if len(labels) and not labels.max() else "real pictures"
        raise SwaplibError(f"there are no {missing} among the {len(labels)}: scoring a detector takes both")


def check_apart(
    train: str | Iterable[str | Path], test: str | Iterable[str | Path], what: str = "people"
) -> None:
    """Raise SwaplibError if train and test share a name, or if one of them is empty.

    train, test: iterables of names or of paths. what: the kind of thing named, for the message. A detector
    that has seen the person, or even the same video, may recognise it instead of the fake.

    >>> check_apart(["ann", "bo"], ["cy", "bo"])
    Traceback (most recent call last):
    swaplib.SwaplibError: ...bo...
    """
    train, test = ({names} if isinstance(names, str) else set(map(str, names)) for names in (train, test))
    for part, names in (("train", train), ("test", test)):
        if not names:
            raise SwaplibError(f"There are no {what} to {part} on: was the right split chosen?")
    both = sorted(train & test)
    if both:
        raise SwaplibError(
            f"Train and test share {what}: {first_few(both)}. "
            "A detector must be tested on people and videos that it was not trained on: remove them from one."
        )


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve, 0.5 for guessing, 1 for perfect. Raises SwaplibError if a
    class is missing."""
    from sklearn.metrics import roc_auc_score

    check_classes(labels, scores)
    return float(roc_auc_score(labels, scores))


def by_video(values: np.ndarray, videos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average the values (n,) over each video's frames: (means (m,), names (m,) in order)."""
    names, place = np.unique(videos, return_inverse=True)
    return np.bincount(place, np.asarray(values, float)) / np.bincount(place), names


def interval(
    labels: np.ndarray,
    scores: np.ndarray,
    groups: np.ndarray,
    draws: int = 1000,
    share: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Return a confidence interval of the AUC, (low, high), by the bootstrap over groups.

    groups: (n,) names of the independent units, such as the movie or the person. Frames of a movie are
    alike: resampling frames treats 192 nearly identical pictures as 192 independent ones, and the interval
    gets far too narrow. B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993.
    Samples that lack a class are redrawn.
    """
    labels, scores = np.asarray(labels) == 1, np.asarray(scores)
    check_classes(labels, scores)
    names, group = np.unique(groups, return_inverse=True)
    # The AUC is the share of correctly ordered pairs, and a sample only changes how often each score counts.
    # With sorted scores, cumulative sums count the real ones below each swap, without any n x m array.
    _, rank = np.unique(scores, return_inverse=True)
    rng, found = np.random.default_rng(seed), []
    while len(found) < draws:
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[group]
        fake, real = (np.bincount(rank[one], times[one], rank.max() + 1) for one in (labels, ~labels))
        pairs = fake.sum() * real.sum()
        if pairs:
            found.append(fake @ (np.cumsum(real) - real / 2) / pairs)
    low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def threshold_for(labels: np.ndarray, scores: np.ndarray, false_alarms: float) -> float:
    """Return the lowest threshold at which at most this share of the real pictures is called a swap.

    false_alarms: from 0 to 1; at 1 the threshold is minus infinity. Real pictures with equal scores are
    called swaps together or not at all. Choose the threshold on data used neither for training nor for
    testing. Raises SwaplibError for a share outside 0 to 1, and if a class is missing.
    """
    if not 0 <= false_alarms <= 1:
        raise SwaplibError(f"false_alarms is {false_alarms}: it must be a share from 0 to 1, such as 0.05")
    check_classes(labels, scores)
    real = np.sort(np.asarray(scores)[np.asarray(labels) == 0])[::-1]
    allowed = int(np.floor(false_alarms * len(real) + 1e-9))
    # Just above the highest score that must not raise an alarm.
    return float(np.nextafter(real[allowed], np.inf)) if allowed < len(real) else -np.inf


def tpr_fpr(labels: np.ndarray, scores: np.ndarray, threshold: float) -> tuple[float, float]:
    """Return the true and false positive rate at a threshold: (share of the swaps detected, share of the real
    pictures called swaps)."""
    check_classes(labels, scores)
    alarm, labels = np.asarray(scores) >= threshold, np.asarray(labels) == 1
    return float(alarm[labels].mean()), float(alarm[~labels].mean())


def precision(found: float, accused: float, fakes: float) -> float:
    """Return the share of real swaps among all pictures called swaps: Bayes's rule.

    found, accused: as returned by `tpr_fpr`. fakes: the share of swaps among all pictures examined.

    >>> precision(found=0.95, accused=0.05, fakes=0.001)  # 98 of 100 alarms are false
    0.0186...
    """
    hits, slips = found * fakes, accused * (1 - fakes)
    return hits / (hits + slips) if hits + slips else float("nan")


def calibration(labels: np.ndarray, scores: np.ndarray, bins: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Return a calibration curve: (mean score, share of swaps) of each non-empty bin."""
    from sklearn.calibration import calibration_curve

    check_classes(labels, scores)
    share, mean = calibration_curve(labels, np.clip(scores, 0, 1), n_bins=bins)
    return mean, share
