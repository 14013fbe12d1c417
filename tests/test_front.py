"""Occluders stay in front of the face, and nothing else is taken for one."""

import numpy as np
import occluders
import pytest

from swaplib import networks
from swaplib.crops import dataset
from swaplib.files.video import read_frames
from swaplib.movie import front, swap_frames
from swaplib.networks.swap import reconstructed, swapper

BOTH = slice(0, 120, 6)


@pytest.fixture(scope="module")
def network():
    return networks.shipped("swap_64")


@pytest.fixture(scope="module")
def shot(find):
    """Three frames of the shipped movie and their landmarks."""
    frames = [f for k, f in enumerate(read_frames(dataset.movie("b"))) if k in (5, 53, 101)]
    return frames, np.stack([find(f)[0].points for f in frames])


@pytest.mark.parametrize("kind", occluders.KINDS)
def test_what_covers_the_face_stays_in_front_or_the_frame_is_left_alone(network, shot, kind):
    frames, points = shot
    made = [occluders.KINDS[kind](f, p) for f, p in zip(frames, points, strict=True)]
    reasons = {}
    to_a = swapper(network, again=True).predict_on_batch
    out = swap_frames([f for f, _ in made], points, to_a, 64, reasons=reasons)
    for k, ((frame, cover), swapped) in enumerate(zip(made, out, strict=True)):
        change = np.abs(swapped.astype(float) - frame).max(axis=2)
        assert (change[cover == 1] > 12).mean() < 0.12, k
        assert (change > 4).sum() > 300 or reasons[k] == "the face is covered"
    assert len(reasons) < 3


def test_a_frame_of_which_it_cannot_be_told_stays_as_it_is(shot, monkeypatch):
    frames, points = shot
    nothing = np.zeros((3, 64, 64), np.float32), np.array([True, False, True])
    monkeypatch.setattr(front, "covers", lambda *_: nothing)
    reasons = {}
    out = swap_frames(frames, points, lambda x: (1 - x, x), 64, reasons=reasons)
    assert reasons == {1: "the face is covered"}
    assert [np.array_equal(*pair) for pair in zip(frames, out, strict=True)] == [False, True, False]


def test_nothing_covers_the_shipped_faces(network, find):
    b = dataset.load("test_b", 64)[BOTH]
    points = [find(np.uint8(255 * image)) for image in b.images]
    seen = [k for k, some in enumerate(points) if some]
    assert len(seen) > 15
    covers, reliable = front.covers(
        b.images[seen],
        np.stack([points[k][0].points for k in seen]),
        reconstructed(network, b.images[seen], "b"),
    )
    assert not covers.any() and reliable.all()


def test_what_the_decoder_draws_as_it_is_covers_nothing():
    face = np.ones((64, 64), bool)
    cover = np.zeros((64, 64), bool)
    cover[10:20, 10:20] = cover[40:50, 40:50] = True
    change = np.full((64, 64, 3), 0.02, np.float32)
    change[::2] *= -1
    change[40:50, 40:50] = 0.3
    kept = front._unlike(cover, change, face)
    assert kept[40:50, 40:50].all() and kept.sum() == 100


def test_a_face_that_is_mostly_covered_is_not_reliable():
    points = np.float32([[0, 0], [63, 0], [63, 63], [0, 63]])
    likely, change = np.zeros((64, 64), np.float32), np.zeros((64, 64, 3), np.float32)
    for share, known in ((0.4, True), (0.6, False)):
        rows = int(64 * share)
        likely[:rows], change[:rows] = 1, 0.5
        cover, reliable = front._tidied(likely, change, points, 128)
        assert reliable == known and cover.shape == (128, 128)
        assert cover[: 2 * rows].min() > 0.9 and cover[2 * rows + 6 :].max() < 0.05
