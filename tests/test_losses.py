"""The losses: 0 for equal pictures, per pixel, and higher for the softness that they penalise."""

import cv2
import keras
import numpy as np
import pytest
from scipy import ndimage

from swaplib.scoring import likeness
from swaplib.training import losses

LOSSES = (losses.picture_loss, losses.edges, losses.detail, losses.sharp_loss)


@pytest.fixture(scope="module")
def pictures(people):
    return people[0].images[:8]


def mean(loss, truth, made):
    return float(np.mean(loss(truth, made)))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_alike_is_nothing_and_each_pixel_has_its_own(loss, pictures):
    assert np.allclose(loss(pictures, pictures), 0, atol=1e-3)  # float32
    made = pictures.copy()
    made[:, 40, 20] = made[:, 40, 20].mean(axis=-1, keepdims=True) < 0.5  # black or white
    each = np.asarray(loss(pictures, made))
    assert each.shape == pictures.shape[:3]
    assert each[:, 38:43, 18:23].max(axis=(1, 2)).min() > 0.05 and each[:, :25, 35:].max() < 1e-3


def test_the_loss_compares_structure_as_the_metric_does(people):
    a, b = (f.images[:8] for f in people)
    grey = [np.repeat(x.mean(axis=-1, keepdims=True), 3, axis=-1) for x in (a, b)]
    ours = np.asarray(losses.grey_ssim(*grey))[:, 8:-8, 8:-8].mean(axis=(1, 2))
    inner = np.zeros(a.shape[:3])
    inner[:, 8:-8, 8:-8] = 1
    assert ours == pytest.approx(likeness.ssim(*grey, inner), abs=0.01)


def test_the_sharp_loss_is_the_weighted_sum_of_its_parts():
    rng = np.random.default_rng(0)
    truth, made = (rng.random((2, 16, 16, 3)).astype(np.float32) for _ in range(2))
    parts = [np.asarray(part(truth, made)) for part in (losses.picture_loss, losses.edges, losses.detail)]
    assert np.asarray(losses.sharp_loss(truth, made)) == pytest.approx(
        parts[0] + 3 * parts[1] + 3 * parts[2], rel=1e-5
    )
    assert np.asarray(losses.sharp_loss(truth, made, 0.5, 2)) == pytest.approx(
        parts[0] + 0.5 * parts[1] + 2 * parts[2], rel=1e-5
    )


def test_edges_are_gradients_across_and_down():
    """A ramp of 0.01 a pixel that isn't in the truth, and a lighter picture, which has the same edges."""
    truth = np.full((1, 16, 16, 3), 0.5, np.float32)
    ramp = truth + 0.01 * np.arange(16, dtype=np.float32)[:, None]
    for made, last in ((ramp, np.s_[:, :, -1]), (ramp.swapaxes(1, 2), np.s_[:, -1])):
        each = np.asarray(losses.edges(truth, made))
        assert np.allclose(each[:, :-1, :-1], 0.01, atol=1e-6) and np.allclose(each[last], 0, atol=1e-6)
    assert mean(losses.edges, truth, truth + 0.2) == 0
    both = truth + 0.01 * np.add.outer(np.arange(16), np.arange(16)).astype(np.float32)[..., None]
    assert np.allclose(losses.edges(truth, both)[:, :-1, :-1], 0.02, atol=1e-6)


def test_detail_is_the_amplitude_of_what_a_blur_takes_away(pictures):
    rng = np.random.default_rng(0)
    truth = np.full((4, 64, 64, 3), 0.5, np.float32)
    noise = rng.normal(0, 0.1, (4, 64, 64, 1)).astype(np.float32)
    fine = noise[..., 0] - ndimage.gaussian_filter(noise[..., 0], (0, 1.5, 1.5))
    inner = np.s_[:, 8:-8, 8:-8]
    assert np.mean(losses.detail(truth, truth + noise)[inner]) == pytest.approx(fine[inner].std(), rel=0.05)
    # other noise of the same strength is as much fine detail; a shade from dark to light is none
    other = truth + noise[..., ::-1, :]
    assert mean(losses.detail, truth + noise, other) < 0.25 * mean(losses.detail, truth, other)
    slope = 0.3 * np.linspace(0, 1, 64, dtype=np.float32)[:, None]
    assert np.max(losses.detail(truth, truth + slope)[inner]) < 0.001


def test_a_soft_picture_costs_more_than_it_did(pictures):
    """Blurred a little or light a little changed: today's loss finds both about as bad."""
    soft = np.stack([cv2.GaussianBlur(x, (0, 0), 0.8) for x in pictures])
    lighter = np.clip(pictures + 0.05, 0, 1)
    share = [mean(f, pictures, soft) / mean(f, pictures, lighter) for f in LOSSES]
    plain, edges, detail, sharp = share
    assert edges > 3 * plain and detail > 3 * plain and sharp > 1.5 * plain


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_training_begins_at_a_black_picture_and_weights_count(loss):
    """It has no fine detail at all, and yet the gradient is a number."""
    black = np.zeros((2, 32, 32, 3), np.float32)
    noise = np.random.default_rng(0).random(black.shape, np.float32)
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(0.1), loss)
    for truth in (black, noise):
        model.fit(black, truth, batch_size=2, verbose=0)
        assert all(np.isfinite(w).all() for w in model.get_weights())
    nothing = np.zeros((2, 32, 32), np.float32)
    assert model.evaluate(black, noise, sample_weight=nothing, verbose=0) == 0


def test_a_loss_is_known_by_name_to_keras():
    config = keras.saving.serialize_keras_object(losses.sharp_loss)
    assert keras.saving.deserialize_keras_object(config) is losses.sharp_loss
