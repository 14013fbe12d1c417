"""Evaluate detectors on the pairs of lesson 6: scores by clip, with confidence intervals over people.

A detector is a function from (pairs, pictures uint8 (n, size, size, 3)) to scores (n,), higher for suspected
swaps. Real pictures and fakes have the same rows, so that each fake corresponds to the picture it was made
from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from swaplib.crops import Crops
from swaplib.crops.pairs import Pairs
from swaplib.files.picture import BytesAsFloats
from swaplib.movie.prepared import hulls_of
from swaplib.networks import detector
from swaplib.scoring import evaluation, traces

Detector = Callable[[Pairs, np.ndarray], np.ndarray]


def as_crops(pairs: Pairs, images: np.ndarray) -> Crops:
    """Pictures of `pairs` as `Crops`, with the hulls of their landmarks."""
    return Crops(BytesAsFloats(images), pairs.factors, hulls_of(pairs))


def by_network(model: keras.Model) -> Detector:
    """The scores that a network gives."""
    return lambda pairs, images: detector.logits(model, as_crops(pairs, images))


def by_features(crops: Crops, fake: np.ndarray) -> Detector:
    """A logistic regression on the features of `traces`, fitted to crops and their labels (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    model.fit(traces.features(crops), fake)
    return lambda pairs, images: model.decision_function(traces.features(as_crops(pairs, images)))


@dataclass(frozen=True)
class Verdict:
    """How well real pictures and fakes are told apart.

    auc: by clip, over the means of its frames; low, high: its 95% interval over people. found: share of
    the fake clips that is found where at most 5% of the real ones are flagged. by_frame, found_by_frame:
    the same of single frames.
    """

    auc: float
    low: float
    high: float
    found: float
    by_frame: float
    found_by_frame: float


def judge(pairs: Pairs, real: np.ndarray, fake: np.ndarray, false_alarms: float = 0.05) -> Verdict:
    """Judge the scores (n,) of real pictures and of fakes of the same rows."""
    labels = np.repeat((0, 1), len(pairs))
    scores = np.concatenate([real, fake])
    clips, people = _clips(pairs)
    by_clip, of = [], []
    for part in (real, fake):
        means, names = evaluation.by_video(part, clips)
        by_clip.append(means)
        of += [people[name] for name in names]
    truth = np.repeat((0, 1), len(by_clip[0]))
    by_clip = np.concatenate(by_clip)
    return Verdict(
        evaluation.auc(truth, by_clip),
        *evaluation.interval(truth, by_clip, np.array(of)),
        _found(truth, by_clip, false_alarms),
        evaluation.auc(labels, scores),
        _found(labels, scores, false_alarms),
    )


def _found(labels, scores, false_alarms):
    """The share of fakes that is found where so many of the real ones are flagged, at most."""
    threshold = evaluation.threshold_for(labels, scores, false_alarms)
    return evaluation.tpr_fpr(labels, scores, threshold)[0]


def _clips(pairs):
    """(name of each row's clip and person, {that name: the person})."""
    names = np.char.add(np.char.add(pairs.clips(), " "), pairs.factors["who"])
    return names, dict(zip(names, pairs.factors["who"], strict=True))


def threshold(real: Sequence[np.ndarray], false_alarms: float = 0.05) -> float:
    """The lowest threshold at which at most this share of real pictures is flagged, of each set as often.

    real: scores (n,) of real pictures, a set each, such as people in many clips and strangers in one picture.
    """
    scores = np.concatenate(real)
    weights = np.concatenate([np.full(len(some), 1 / len(some) / len(real)) for some in real])
    order = np.argsort(-scores, kind="stable")
    allowed = int(np.searchsorted(np.cumsum(weights[order]), false_alarms + 1e-9, "right"))
    return float(np.nextafter(scores[order][allowed], np.inf)) if allowed < len(scores) else -np.inf


def difference(
    pairs: Pairs,
    first: tuple[np.ndarray, list],
    second: tuple[np.ndarray, list],
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, float, float]:
    """How much better the first detector is than the second: (mean difference of AUC, low, high).

    first, second: (scores of the real ones (n,), a list of scores of fakes (n,), one a kind); the AUC by
    frame is averaged over the kinds. The 95% interval is that of the bootstrap over people, who are drawn
    alike for both: what makes a person easy for one detector makes it easy for the other.
    """
    who, place = np.unique(pairs.factors["who"], return_inverse=True)
    rng, found = np.random.default_rng(seed), []
    for k in range(draws + 1):
        drawn = np.arange(len(who)) if k == 0 else rng.integers(len(who), size=len(who))
        rows = np.concatenate([np.flatnonzero(place == person) for person in drawn])
        means = [np.mean([auc(real[rows], fake[rows]) for fake in fakes]) for real, fakes in (first, second)]
        found.append(means[0] - means[1])
    low, high = np.quantile(found[1:], [0.025, 0.975])
    return float(found[0]), float(low), float(high)


def auc(real: np.ndarray, fake: np.ndarray) -> float:
    """The area under the ROC curve of the scores of real pictures and of fakes, from their ranks."""
    order = np.searchsorted(np.sort(real), fake, "left") + np.searchsorted(np.sort(real), fake, "right")
    return float(order.mean() / 2 / len(real))
