"""How good is a detector, honestly: ROC, intervals, alarms, and what they mean when fakes are rare.

Labels are 1 for a swap and 0 for a real picture, scores grow with the suspicion; both (n,). AUC is
the area under the ROC curve: the chance that a swap gets a higher score than a real picture.
"""

import numpy as np

from swaplib import SwaplibError, first_few


def check_classes(labels):
    """Raises SwaplibError unless there are both real pictures and swaps."""
    labels = np.asarray(labels)
    if not len(labels) or labels.min() == labels.max():
        missing = "swaps" if len(labels) and not labels.max() else "real pictures"
        raise SwaplibError(f"there are no {missing} among the {len(labels)}: a detector is judged by both")


def check_apart(train, test, what="people"):
    """Raise SwaplibError if a name is both in train and in test, or if one of them has none.

    train, test: iterables of names, or of paths. what: what is named, for the message. A detector
    that has seen the person, or the very video, may know it again rather than see the fake.

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
            "A detector is tested on what it has never seen: take them out of one."
        )


def auc(labels, scores):
    """Area under the ROC curve, 0.5 for guessing, 1 for never wrong. Raises SwaplibError when a
    class is missing."""
    from sklearn.metrics import roc_auc_score

    check_classes(labels)
    return float(roc_auc_score(labels, scores))


def by_video(values, videos):
    """Mean of the values (n,) of each video's frames: (means (m,), names (m,) in order)."""
    names, place = np.unique(videos, return_inverse=True)
    return np.bincount(place, np.asarray(values, float)) / np.bincount(place), names


def interval(labels, scores, groups, draws=1000, share=0.95, seed=0):
    """Confidence interval of the AUC: (low, high), by the bootstrap over groups.

    groups: (n,) names of what was drawn independently, such as the movie or the person. Frames of
    a movie are alike: who draws frames takes 192 nearly equal pictures for 192 opinions, and gets
    an interval far too narrow. B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993.
    Draws that miss a class are drawn again.
    """
    labels, scores = np.asarray(labels) == 1, np.asarray(scores)
    check_classes(labels)
    names, group = np.unique(groups, return_inverse=True)
    # The AUC is the share of pairs in order, and a draw only says how often each score counts. In
    # order of the scores, sums tell how many real ones are below each swap: nothing grows as their product.
    _, rank = np.unique(scores, return_inverse=True)
    rng, found = np.random.default_rng(seed), []
    while len(found) < draws:
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[group]
        fake, real = (np.bincount(rank[one], times[one], rank.max() + 1) for one in (labels, ~labels))
        pairs = fake.sum() * real.sum()
        if pairs:
            found.append(fake @ (np.cumsum(real) - real / 2) / pairs)
    return tuple(float(v) for v in np.quantile(found, [(1 - share) / 2, (1 + share) / 2]))


def threshold_for(labels, scores, false_alarms):
    """The lowest threshold at which at most this share of the real ones is called a swap.

    Choose it on data that the detector is neither trained nor tested on.
    """
    check_classes(labels)
    real = np.sort(np.asarray(scores)[np.asarray(labels) == 0])
    allowed = int(np.floor(false_alarms * len(real) + 1e-9))
    return float(np.nextafter(real[len(real) - 1 - allowed], np.inf))


def tpr_fpr(labels, scores, threshold):
    """True and false positive rate at a threshold: (share of the swaps that is found, share of the real
    ones that is accused)."""
    check_classes(labels)
    alarm, labels = np.asarray(scores) >= threshold, np.asarray(labels) == 1
    return float(alarm[labels].mean()), float(alarm[~labels].mean())


def precision(found, accused, fakes):
    """Of those called a swap, the share that is one: Bayes's rule.

    found, accused: as `tpr_fpr` gives them. fakes: the share of swaps among all that is looked at.

    >>> precision(found=0.95, accused=0.05, fakes=0.001)  # 98 of 100 alarms are false
    0.0186...
    """
    hits, slips = found * fakes, accused * (1 - fakes)
    return hits / (hits + slips) if hits + slips else float("nan")


def calibration(labels, scores, bins=5):
    """Is a score of 0.8 right in 80 %? (mean score, share of swaps) of each bin that isn't empty."""
    from sklearn.calibration import calibration_curve

    check_classes(labels)
    share, mean = calibration_curve(labels, np.clip(scores, 0, 1), n_bins=bins)
    return mean, share
