"""Each degradation is monotonic in its strength and leaves the picture in place."""

import os

import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.scoring import likeness
from swaplib.training import degradation

WAYS = {
    "jpeg": (degradation.jpeg, (95, 60, 20)),
    "h264": (degradation.h264, (10, 28, 40)),
    "shrunk": (degradation.shrunk, (1.2, 2, 4)),
    "blurred": (degradation.blurred, (0.5, 1, 3)),
}


@pytest.fixture(scope="module")
def images():
    return dataset.load("test_a", 64).images[:4]


@pytest.mark.parametrize("name", WAYS)
def test_more_is_worse(images, name):
    way, amounts = WAYS[name]
    made = [way(images, amount) for amount in amounts]
    assert all(m.shape == images.shape and m.dtype == np.float32 for m in made)
    assert all(0 <= m.min() and m.max() <= 1 for m in made)
    alike = [likeness.ssim(m, images).mean() for m in made]
    assert alike[0] > 0.9 and (np.diff(alike) < -0.005).all()
    # nothing moves, and no colour is lost
    assert np.abs(made[1].mean(axis=(1, 2)) - images.mean(axis=(1, 2))).max() < 0.02
    for shift in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        moved = np.roll(images, shift, axis=(1, 2))
        assert np.abs(made[0] - images).mean() < np.abs(made[0] - moved).mean()


def test_a_movie_keeps_the_order_of_its_frames(images):
    back = degradation.h264(images, 10)
    apart = np.abs(back[:, None] - images[None]).mean(axis=(2, 3, 4))
    assert (apart.argmin(axis=1) == np.arange(len(images))).all()


def test_h264_without_loss_is_neither_darker_nor_moved(images):
    for size in (64, 63):  # an odd size is padded, and cut back
        cut = images[:, :size, : size - 2]
        back = degradation.h264(cut, 0)
        assert back.shape == cut.shape
        assert np.abs((back - cut).mean(axis=(0, 1, 2))).max() * 255 < 0.2
        assert np.abs(back - cut).mean() * 255 < 2


def shown_again():
    """Frames of one clip, of which the encoder weighs what is shown again later."""
    frames = np.repeat(dataset.load("test_a", 160).images[:3], 8, axis=0)
    frames += np.random.default_rng(0).normal(0, 0.02, frames.shape).astype(np.float32)
    return np.clip(frames, 0, 1)


def test_the_same_frames_make_the_same_movie():
    frames = shown_again()
    made = [degradation.h264(frames, 23) for _ in range(3)]
    assert np.array_equal(made[0], made[1]) and np.array_equal(made[0], made[2])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system can't keep a process on a core")
def test_a_machine_with_more_cores_makes_the_same_movie():
    cores, frames = os.sched_getaffinity(0), shown_again()
    with_all = degradation.h264(frames, 23)
    try:
        os.sched_setaffinity(0, {min(cores)})
        with_one = degradation.h264(frames, 23)
    finally:
        os.sched_setaffinity(0, cores)
    assert np.array_equal(with_one, with_all)


@pytest.mark.parametrize(
    "crf, shape", [(-1, (2, 8, 8, 3)), (52, (2, 8, 8, 3)), (23, (8, 8, 3)), (23, (0, 8, 8, 3))]
)
def test_h264_says_what_it_cannot_take(crf, shape):
    with pytest.raises(SwaplibError, match="H.264"):
        degradation.h264(np.zeros(shape, np.float32), crf)


def test_no_blur_is_no_change(images):
    assert np.array_equal(degradation.blurred(images, 0), images)
