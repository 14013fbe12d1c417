"""A detector's scores are correct, and a missing class is refused."""

import tracemalloc

import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.scoring import evaluation

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])
SCORES = np.array([0.1, 0.2, 0.3, 0.8, 0.4, 0.6, 0.7, 0.9])


def test_auc_is_the_share_of_pairs_in_order():
    pairs = [f > r for f in SCORES[LABELS == 1] for r in SCORES[LABELS == 0]]
    assert evaluation.auc(LABELS, SCORES) == pytest.approx(np.mean(pairs))
    assert evaluation.auc(LABELS, -SCORES) == pytest.approx(1 - np.mean(pairs))


def test_a_video_is_the_mean_of_its_frames():
    means, names = evaluation.by_video([1, 2, 3, 10], np.array(["b", "a", "b", "a"]))
    assert list(names) == ["a", "b"] and list(means) == [6, 2]


def test_the_bootstrap_over_frames_is_too_sure():
    """Forty videos of 20 frames that all say the same: only the videos are news."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(40) % 2, 20)
    scores = np.repeat(rng.normal(size=40), 20) + labels + 0.05 * rng.normal(size=800)
    width = {
        name: np.subtract(*evaluation.interval(labels, scores, groups, draws=300)[::-1])
        for name, groups in {"videos": np.repeat(np.arange(40), 20), "frames": np.arange(800)}.items()
    }
    assert width["videos"] > 2.5 * width["frames"]


def test_the_bootstrap_is_that_of_the_plain_way_and_bears_a_database():
    """Drawn pairs are counted, which scikit-learn does from scratch; and never all of them at once."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(5)
    groups = rng.integers(0, 12, 60)
    labels = groups % 2
    scores = np.round(labels + rng.normal(size=60), 1)  # with ties
    drawn, rng = [], np.random.default_rng(0)
    for _ in range(200):
        times = np.bincount(rng.integers(12, size=12), minlength=12)[groups]
        if times[labels == 1].any() and times[labels == 0].any():
            drawn.append(roc_auc_score(labels, scores, sample_weight=times))
    low, high = evaluation.interval(labels, scores, groups, draws=len(drawn))
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=1e-9)

    many = np.tile(np.arange(2), 10_000)
    tracemalloc.start()
    evaluation.interval(many, rng.normal(many), np.arange(20_000) // 20, draws=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # bytes; 10,000 x 10,000 pairs would take 800e6


def test_nineteen_of_twenty_intervals_hold_the_truth():
    """Normal scores one standard deviation apart have an AUC of 0.760."""
    rng, hits = np.random.default_rng(1), 0
    labels = np.arange(80) % 2
    for k in range(60):
        low, high = evaluation.interval(labels, rng.normal(size=80) + labels, np.arange(80), 200, seed=k)
        hits += low < 0.760 < high
    assert 50 <= hits <= 60


def test_the_threshold_keeps_its_promise():
    rng = np.random.default_rng(2)
    labels, scores = np.repeat([0, 1], [100, 50]), np.r_[rng.normal(size=100), rng.normal(2, 1, 50)]
    for allowed in (0, 0.05, 0.2):
        threshold = evaluation.threshold_for(labels, scores, allowed)
        found, accused = evaluation.tpr_fpr(labels, scores, threshold)
        assert accused == pytest.approx(allowed)
        assert found == (scores[labels == 1] >= threshold).mean()


def test_a_threshold_is_exact_with_ties_and_at_either_end():
    """At every lower threshold, too many would be called swaps."""
    rng = np.random.default_rng(7)
    for dtype in (float, np.float32, int):
        scores = rng.integers(0, 5, 24).astype(dtype)  # ties
        labels = np.arange(24) % 2
        real = scores[labels == 0]
        for allowed in np.arange(13) / 12:
            threshold = evaluation.threshold_for(labels, scores, allowed)
            assert (real >= threshold).mean() <= allowed
            assert all((real >= lower).mean() > allowed for lower in real[real < threshold])
    assert evaluation.threshold_for(LABELS, SCORES, 1.0) == -np.inf
    assert evaluation.tpr_fpr(LABELS, SCORES, -np.inf) == (1, 1)
    assert evaluation.tpr_fpr(LABELS, SCORES, evaluation.threshold_for(LABELS, SCORES, 0.99)) == (1, 0.75)
    for share in (-0.1, 1.1, np.nan):
        with pytest.raises(SwaplibError, match="from 0 to 1"):
            evaluation.threshold_for(LABELS, SCORES, share)


def test_a_score_that_is_no_number_is_refused():
    broken = np.where(SCORES > 0.8, np.nan, SCORES)
    for ask in (
        evaluation.auc,
        evaluation.calibration,
        lambda *both: evaluation.tpr_fpr(*both, 0.5),
        lambda *both: evaluation.threshold_for(*both, 0.5),
        lambda *both: evaluation.interval(*both, LABELS),
    ):
        with pytest.raises(SwaplibError, match="1 of the 8 scores are NaN"):
            ask(LABELS, broken)


def test_rare_fakes_drown_in_false_alarms():
    assert evaluation.precision(0.95, 0.05, 0.5) == pytest.approx(0.95)
    assert evaluation.precision(0.95, 0.05, 0.001) == pytest.approx(0.95 / (0.95 + 0.05 * 999), rel=1e-9)
    assert np.isnan(evaluation.precision(0, 0, 0.5))


def test_calibration_tells_an_overconfident_score():
    rng = np.random.default_rng(3)
    honest = rng.random(4000)
    labels = (rng.random(4000) < honest).astype(int)
    mean, share = evaluation.calibration(labels, honest)
    assert np.abs(mean - share).max() < 0.05
    boastful = np.clip(0.5 + 2 * (honest - 0.5), 0, 1)
    mean, share = evaluation.calibration(labels, boastful)
    assert (mean - share)[0] < -0.1 and (mean - share)[-1] > 0.1


@pytest.mark.parametrize("labels, missing", [([0, 0], "swaps"), ([1, 1], "real pictures"), ([], "real")])
def test_a_missing_class_is_named(labels, missing):
    for ask in (
        lambda: evaluation.auc(labels, labels),
        lambda: evaluation.tpr_fpr(labels, labels, 0.5),
        lambda: evaluation.threshold_for(labels, labels, 0.1),
        lambda: evaluation.interval(labels, labels, labels),
    ):
        with pytest.raises(SwaplibError, match=missing):
            ask()
