"""The judge reads pictures of any size in the factors' units, and codes through a decoder."""

import cv2
import keras
import numpy as np
import pytest

from swaplib import SwaplibError, networks
from swaplib.crops import Crops
from swaplib.networks import judge


def drawn_faces(count, seed=0):
    """Pictures of 64 px whose only factor is yaw: a bright spot, to the right when the head turns there."""
    rng = np.random.default_rng(seed)
    factors = {name: np.zeros(count) for name in judge.FACTORS}
    factors["yaw"] = rng.uniform(-30, 30, count)
    images = np.full((count, 64, 64, 3), 0.2, np.float32)
    for image, yaw in zip(images, factors["yaw"], strict=True):
        cv2.circle(image, (round(32 + 0.7 * yaw), 32), 6, (0.9, 0.9, 0.9), -1)
    return Crops(images, factors, np.full((count, 40, 2), 0.5, np.float32))


@pytest.fixture(scope="module")
def small():
    """A judge that was shown a few hundred spots, and not for long: it isn't sure of itself."""
    return judge.train([drawn_faces(300)], epochs=1, steps=25)


@pytest.mark.slow
def test_readings_rise_as_the_truth_does(small):
    faces = drawn_faces(80, seed=5)
    read = judge.reader(small)(faces.images)
    slope, offset = np.polyfit(faces.factors["yaw"], read["yaw"], 1)
    assert set(read) == set(judge.FACTORS) and read["yaw"].shape == (80,)
    assert np.corrcoef(faces.factors["yaw"], read["yaw"])[0, 1] > 0.9
    assert slope == pytest.approx(1, abs=0.1) and abs(offset) < 3
    error, of_the_median = judge.errors(small, [faces])["yaw"]
    assert error < of_the_median / 2


def test_a_picture_is_read_at_any_size(small):
    faces = drawn_faces(6, seed=7)
    larger = np.stack([cv2.resize(image, (128, 128)) for image in faces.images])
    read = judge.reader(small)
    assert read(larger)["yaw"] == pytest.approx(read(faces.images)["yaw"], abs=4)


def test_a_mirrored_head_looks_the_other_way():
    faces = drawn_faces(100)
    batches = judge.JudgeBatches([faces], batch=64)
    images, wanted = batches[0]
    brightest = images[..., 0].mean(axis=1).argmax(axis=1)
    assert np.corrcoef(brightest, wanted[:, 0])[0, 1] > 0.95
    assert abs(wanted[:, 0].std() - 1) < 0.3 and not wanted[:, 5].any()
    again = judge.JudgeBatches([faces], batch=64)[0]
    assert np.array_equal(again[0], images)


def test_what_is_seen_of_codes_is_the_mean_of_the_decoders(small):
    code = keras.Input((1,))

    def decoder(right):  # 1 shows a spot at the right or at the left
        picture = drawn_faces(1).images[0] * 0 + 0.2
        cv2.circle(picture, (32 + right, 32), 6, (0.9, 0.9, 0.9), -1)
        flat = keras.layers.Dense(64 * 64 * 3, use_bias=False)
        model = keras.Model(code, keras.layers.Reshape((64, 64, 3))(flat(code)))
        flat.set_weights([picture.reshape(1, -1)])
        return model

    one, other = decoder(14), decoder(-7)
    codes = np.ones((3, 1), np.float32)
    each = [judge.decoded([d], small)(codes)["yaw"] for d in (one, other)]
    assert each[0][0] > 10 and each[1][0] < 0
    assert judge.decoded([one, other], small)(codes)["yaw"] == pytest.approx(np.mean(each, axis=0))


def test_a_judge_that_is_missing_says_how_it_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(networks, "DATA", tmp_path)
    with pytest.raises(SwaplibError, match="--only judge"):
        networks.shipped("judge")
