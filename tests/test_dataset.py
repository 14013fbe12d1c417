"""The shipped sets are complete, paired where documented, and load at any size."""

import cv2
import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import capture, dataset
from swaplib.face import landmarks
from swaplib.files import video


@pytest.mark.parametrize(
    "name, least", [("person_a", 800), ("person_b", 800), ("test_a", 100), ("test_b", 100), ("many", 1500)]
)
def test_sets_have_what_the_data_card_says(name, least):
    found = dataset.load(name, 32)
    assert found.images.shape == (len(found), 32, 32, 3) and len(found) >= 0.98 * least
    assert found.images.dtype == np.float32
    assert 0 <= found.images.min() < 0.1 and 0.9 < found.images.max() <= 1
    assert all(len(column) == len(found) for column in found.factors.values())
    assert {"yaw", "smile", "gaze_yaw", "look", "light_azimuth"} <= set(found.factors)
    share = found.masks().mean(axis=(1, 2))
    assert 0.15 < share.min() and share.max() < 0.7
    # every tenth crop is another picture: none is empty, none is there twice
    assert len(np.unique(found.images[::10].mean(axis=(1, 2)), axis=0)) == len(found.images[::10])


@pytest.mark.slow
def test_every_set_has_several_looks():
    for name in ("person_a", "person_b", "test_a", "many"):
        names, counts = np.unique(dataset.load(name, 8).factors["look"], return_counts=True)
        assert len(names) >= 5 and counts.min() > 0.05 * counts.sum()


def test_the_test_sets_are_paired_and_the_training_sets_are_not():
    a, b = (dataset.load(f"test_{k}", 8).factors for k in "ab")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    a, b = (dataset.load(f"person_{k}", 8).factors for k in "ab")
    assert abs(np.corrcoef(a["yaw"], b["yaw"])[0, 1]) < 0.15
    train = {tuple(row) for row in np.round(np.stack([a["yaw"], a["pitch"]], 1), 4)}
    test = dataset.load("test_a", 8).factors
    assert not train & {tuple(r) for r in np.round(np.stack([test["yaw"], test["pitch"]], 1), 4)}


def test_sizes_show_the_same_picture():
    large, small = dataset.load("test_a", 128), dataset.load("test_a", 48)
    shrunk = np.stack([cv2.resize(x, (48, 48), interpolation=cv2.INTER_AREA) for x in large.images[:20]])
    assert np.abs(shrunk - small.images[:20]).mean() < 0.005


def test_crops_were_cut_by_our_own_alignment(find):
    """Cut again, a crop stays where it is."""
    for image in dataset.load("test_b", 128).images[::30]:
        again = capture.cut(np.uint8(255 * image), find, 128)[0][0] / 255
        assert np.abs(again - image).mean() < 0.05


def test_many_keeps_who_it_is():
    factors = dataset.load("many", 8).factors
    assert np.allclose(factors["african"] + factors["asian"] + factors["caucasian"], 1, atol=1e-3)
    assert np.abs(factors["yaw"]).max() < np.abs(dataset.load("person_a", 8).factors["yaw"]).max()
    assert len(set(factors["skin"])) > 10 and len(set(factors["hair"])) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("scene, count", [("movie", 250), ("light", 100)])
def test_the_movies_show_the_same_poses(scene, count):
    factors = dataset.movie_factors(scene)
    counts = []
    with landmarks.Landmarker() as find:
        yaws = {}
        for who in "ab":
            reader = video.Reader(dataset.movie(who, scene))
            assert reader.fps == 25
            frames = [frame for frame, _ in reader]
            counts.append(len(frames))
            assert frames[0].shape == (384, 512, 3)
            yaws[who] = np.array([found[0].yaw if (found := find(f)) else np.nan for f in frames[::5]])
    assert counts == [count, count] and len(factors["yaw"]) == count
    both = ~np.isnan(yaws["a"] + yaws["b"])
    assert 0.7 < both.mean() and both.all() == (scene == "light")  # else the face leaves for a while
    assert np.median(np.abs(yaws["a"] - yaws["b"])[both]) < 4
    assert np.corrcoef(yaws["a"][both], factors["yaw"][::5][both])[0, 1] > 0.95


@pytest.mark.parametrize("scene, seconds", [("movie", 10), ("light", 4)])
def test_the_movies_have_the_same_sound(scene, seconds):
    import av

    sounds = []
    for who in "ab":
        with av.open(str(dataset.movie(who, scene))) as file:
            sounds.append(np.concatenate([f.to_ndarray()[0] for f in file.decode(audio=0)]))
    assert np.array_equal(*sounds) and np.abs(sounds[0]).max() > 0.1
    assert len(sounds[0]) / 44100 == pytest.approx(seconds, abs=0.1)


def test_a_and_b_are_near_in_skin():
    """A face pasted on a head of plainly another tone is shown nowhere."""
    tones = {}
    for who in "ab":
        some = dataset.load(f"test_{who}", 64)
        lab = np.stack([cv2.cvtColor(x, cv2.COLOR_RGB2LAB) for x in some.images])
        tones[who] = (lab * some.masks()[..., None]).sum((1, 2)) / some.masks().sum((1, 2))[:, None]
    assert np.linalg.norm(tones["a"] - tones["b"], axis=1).mean() < 8


def test_what_is_not_there_is_refused(tmp_path, monkeypatch):
    with pytest.raises(SwaplibError, match="person_c.*person_a"):
        dataset.load("person_c")
    with pytest.raises(SwaplibError, match="size 256"):
        dataset.load("person_a", 256)
    with pytest.raises(SwaplibError, match="choose a or b"):
        dataset.movie("c")
    with pytest.raises(SwaplibError, match="choose one of movie, light"):
        dataset.movie_factors("dark")
    monkeypatch.setattr(dataset, "DATA", tmp_path)
    with pytest.raises(SwaplibError, match="missing or empty"):
        dataset.load("person_a")
    (tmp_path / "person_a").mkdir()
    (tmp_path / "person_a" / "factors.csv").write_text("yaw\n1\n")
    with pytest.raises(SwaplibError, match="has 0 sheets for 1 rows"):
        dataset.load("person_a")


def test_a_split_parts_what_there_is():
    some = dataset.load("test_a", 16)[:23]
    train, test = some.split()
    assert (len(train), len(test)) == (21, 2)
    assert np.array_equal(test.images, some.images[[9, 19]])
    assert np.array_equal(train.factors["yaw"], np.delete(some.factors["yaw"], [9, 19]))
    assert [len(part) for part in some[:4].split()] == [3, 1]  # at least one of each
    assert [len(part) for part in some[:1].split()] == [1, 1]  # and of one face, that face
