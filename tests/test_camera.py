"""The simulated camera: its noise, its blur, and codecs with equal chances."""

import cv2
import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.face import mask
from swaplib.training import batches, camera, self_blending
from swaplib.training.camera import Camera


def flat(value, n=4):
    return np.full((n, 64, 64, 3), value, np.float32)


def test_noise_grows_with_the_light_and_is_as_strong_as_asked():
    spread = {}
    for value in (0.05, 0.5, 0.9):
        shot = Camera(0, 0.02, 0).shoot(flat(value), np.random.default_rng(0))
        assert shot.dtype == np.float32 and shot.mean() == pytest.approx(value, abs=1e-3)
        spread[value] = float(shot.std())
    assert spread[0.5] == pytest.approx(0.02, rel=0.02)
    assert spread[0.05] == pytest.approx(0.02 * np.sqrt(0.28), rel=0.03)
    assert spread[0.9] == pytest.approx(0.02 * np.sqrt(1.64), rel=0.03)


def test_neighbours_share_noise_and_no_two_shots_do():
    rng = np.random.default_rng(0)
    one, two = (Camera(0, 0.02, 0).shoot(flat(0.5), rng) - 0.5 for _ in range(2))
    right = np.corrcoef(one[:, :, 1:].ravel(), one[:, :, :-1].ravel())[0, 1]
    assert 0.2 < right < 0.7 and abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.02


def test_a_lens_blurs_sharpening_sharpens_and_nothing_is_nothing():
    image = dataset.load("test_a", 64).images[:4]
    still = np.random.default_rng(0)
    assert np.array_equal(Camera(0, 0, 0).shoot(image, still), image)
    steps = [
        np.abs(np.diff(Camera(*how).shoot(image, still), axis=2)).mean()
        for how in ((0.8, 0, 0), (0, 0, 0), (0, 0, 0.6))
    ]
    assert steps == sorted(steps) and steps[2] > 1.1 * steps[1] > 1.2 * steps[0]


def test_a_wide_draw_has_softer_and_noisier_cameras_and_now_and_then_none():
    one, wide = ([camera.drawn(np.random.default_rng(k), how) for k in range(200)] for how in (False, True))
    none = [c == Camera(0, 0, 0) for c in wide]
    assert 20 < sum(none) < 60 and Camera(0, 0, 0) not in one
    for name in ("blur", "noise", "sharpen"):
        few, many = ([getattr(c, name) for c in some] for some in (one, wide))
        assert max(many) > max(few) and sorted(many)[sum(none)] < max(min(few), 0.05), name
    image = dataset.load("test_a", 64).images[:3]
    lost = [
        max(np.abs(camera.delivered(image, np.random.default_rng(k), how) - image).mean() for k in range(30))
        for how in (False, True)
    ]
    assert lost[1] > 1.2 * lost[0]


def test_one_codec_for_all_pictures_of_a_file_and_the_same_for_the_same_seed():
    image = dataset.load("test_a", 64).images[:3]
    sizes = set()
    for seed in range(8):
        made, again = (camera.delivered(image, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(made, again) and 0 < np.abs(made - image).mean() < 0.02
        sizes.add(round(float(np.abs(made - image).mean()), 5))
    assert len(sizes) > 4


def test_refocused_is_anything_from_softer_to_sharper_and_does_not_move():
    image = dataset.load("test_a", 64).images[0]
    made = np.stack([camera.refocused(image, np.random.default_rng(k)) for k in range(60)])
    assert made.dtype == np.float32 and 0 <= made.min() and made.max() <= 1
    rough = np.abs(np.diff(made, axis=2)).mean(axis=(1, 2, 3)) / np.abs(np.diff(image, axis=1)).mean()
    assert rough.min() < 0.85 and rough.max() > 1.1 and 0.3 < np.mean(rough < 0.99) < 0.8
    assert np.abs(made - image).mean() < 0.02


@pytest.mark.slow
def test_blends_in_pairs_have_the_traces_that_were_asked_for():
    many = dataset.load("many")[:6]
    masks = many.masks()
    real, fake = self_blending.pairs_of_blends(many.images, masks)
    assert real.shape == fake.shape == many.images.shape and real.dtype == np.uint8
    apart = np.abs(real.astype(int) - fake).mean(axis=-1)
    assert (apart.mean(axis=(1, 2)) > 0.1).all()
    corners = apart[:, :8, :8].mean()  # far from any face
    assert corners < 0.5 * apart[masks > 0.5].mean()
    sharp = {}
    for trace in ("recoloured", "regrained"):
        _, made = self_blending.pairs_of_blends(many.images, masks, [trace])
        sharp[trace] = np.abs(np.diff(made.astype(int), axis=2))[masks[:, :, 1:] > 0.5].mean()
    assert sharp["regrained"] < 0.97 * sharp["recoloured"]
    spread = []
    for wide in (False, True):
        made = self_blending.pairs_of_blends(many.images, np.zeros_like(masks), wide=wide)
        rough = [np.abs(np.diff(some.astype(int), axis=2)).mean(axis=(1, 2, 3)) for some in made]
        spread.append(np.std(np.log(rough[0] / rough[1])))  # nothing was blended in
    assert spread[0] < 1e-6 and spread[1] > 0.05  # each is softer or sharper by itself
    with pytest.raises(SwaplibError, match="trace 'bent' is not offered"):
        self_blending.pairs_of_blends(many.images, masks, ["bent"])


def test_moved_by_whole_pixels_is_not_resampled():
    image = np.random.default_rng(0).random((32, 32, 3), np.float32)
    for right, down in ((3, 0), (-2, 1), (0, 0)):
        moved = self_blending._moved(image, right, down)
        inner = slice(4, 28)
        there = image[4 - down : 28 - down, 4 - right : 28 - right]
        assert moved.shape == image.shape and np.array_equal(moved[inner, inner], there)


def test_pairs_stay_together_in_a_batch_and_loose_ones_do_not():
    rng = np.random.default_rng(0)
    coarse = rng.integers(60, 200, (40, 3, 3, 3), dtype=np.uint8)
    real = np.stack([cv2.resize(one, (32, 32), interpolation=cv2.INTER_CUBIC) for one in coarse])
    fake = np.clip(real.astype(int) + 20, 0, 255).astype(np.uint8)
    images, labels = batches.InPairs(real, fake, half=6, steps=2)[0]
    assert labels[:, 0].tolist() == [0] * 6 + [1] * 6 and images.dtype == np.float32
    alike = [np.corrcoef(images[k].ravel(), images[k + 6].ravel())[0, 1] for k in range(6)]
    assert min(alike) > 0.98
    steps = np.abs(np.diff(images, n=2, axis=2)).mean(axis=(1, 2, 3))
    assert np.std(np.log(steps[:6] / steps[6:])) > 0.02  # each is refocused by itself
    loose, _ = batches.InPairs(real, fake, half=6, steps=2, paired=False)[0]
    assert max(np.corrcoef(loose[k].ravel(), loose[k + 6].ravel())[0, 1] for k in range(6)) < 0.9
    part, _ = batches.InPairs(real, fake, half=6, part=16)[0]
    assert part.shape == (12, 16, 16, 3)
    with pytest.raises(SwaplibError, match="as many fakes as real"):
        batches.InPairs(real, fake[:3])


def test_real_pictures_bear_the_mark_as_often_as_fakes():
    grey = np.full((9, 160, 160, 3), 128, np.uint8)
    drawn = batches.InPairs(grey, grey, half=40, part=144, marked=0.25)
    marked = [np.ptp(drawn[k][0], axis=(1, 2, 3)) > 0.5 for k in range(4)]
    shares = [np.mean([some[side] for some in marked]) for side in (slice(0, 40), slice(40, 80))]
    assert shares == pytest.approx([0.25, 0.25], abs=0.07)
    apart = np.mean([some[:40] != some[40:] for some in marked])
    assert apart == pytest.approx(0.375, abs=0.1)  # each by itself
    never = batches.InPairs(grey, grey, half=40, part=144)[0][0]
    assert np.ptp(never, axis=(1, 2, 3)).max() < 0.1


@pytest.mark.parametrize("paired", [True, False])
def test_faces_are_cut_and_mirrored_with_their_pictures(paired):
    rng = np.random.default_rng(0)
    corners = rng.uniform(0.1, 0.6, (9, 2)).astype(np.float32)
    hulls = np.stack([[c, c + (0.3, 0), c + (0.3, 0.2), c + (0, 0.2)] for c in corners]).astype(np.float32)
    shown = np.uint8(60 + 120 * mask.masks(hulls, 64))[..., None].repeat(3, axis=-1)
    drawn = batches.InPairs(shown, shown, half=6, paired=paired, part=48, hulls=hulls)
    (pictures, faces), labels = drawn[0]
    assert pictures.shape == (12, 48, 48, 3) and faces.shape == (12, 48, 48, 1) and len(labels) == 12
    for picture, face in zip(pictures[..., 0], faces[..., 0], strict=True):
        assert ((picture - picture.min() > np.ptp(picture) / 2) == (face > 0.5)).mean() > 0.97


def test_a_rate_that_warms_up_ends_at_nothing(monkeypatch):
    import keras

    seen = {}
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    monkeypatch.setattr(keras.Model, "fit", lambda self, *a, **k: keras.callbacks.History())

    class Nothing(batches.SeededBatches):
        pass

    batches.fit(model, Nothing(10, 0), 10, 1e-2, warmup=20)
    rate = model.optimizer._learning_rate
    seen = [float(rate(step)) for step in (0, 10, 20, 100)]
    assert seen == pytest.approx([0, 5e-3, 1e-2, 0], abs=1e-5)
