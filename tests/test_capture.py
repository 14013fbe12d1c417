"""A folder of photos or a movie becomes crops; what can't be used is named."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coins

from swaplib import SwaplibError
from swaplib.crops import capture
from swaplib.face import align, mask
from swaplib.face.mask import hull_mask
from swaplib.files import picture, video


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Photos as people have them: upright, turned by a phone, a face cut off, and bad files."""
    out = tmp_path_factory.mktemp("photos")
    photo = Image.fromarray(astronaut())
    photo.save(out / "upright.jpg", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees clockwise to see it
    photo.rotate(90, expand=True).save(out / "phone.jpg", exif=exif, quality=95)
    (out / "more").mkdir()
    rgba = photo.convert("RGBA")
    rgba.save(out / "more" / "transparent.png")
    photo.crop((225, 0, 512, 512)).save(out / "half.png")
    Image.fromarray(coins()).save(out / "coins.png")
    (out / "empty.jpg").touch()
    (out / "cut.jpg").write_bytes((out / "upright.jpg").read_bytes()[:4000])
    (out / "notes.txt").write_text("not a photo")
    return out


@pytest.fixture(scope="module")
def captured(folder):
    return capture.capture(folder, 64, progress=False)


def test_photos_with_a_face_are_cut_and_the_others_named(captured):
    assert list(captured.faces.factors["name"]) == ["more/transparent.png", "phone.jpg", "upright.jpg"]
    assert set(captured.skipped) == {"coins.png", "cut.jpg", "empty.jpg", "half.png"}
    assert captured.skipped["coins.png"] == "no face found"
    assert captured.skipped["half.png"] in ("partly outside the picture", "no face found")
    assert "empty" in captured.skipped["empty.jpg"] and "whole" in captured.skipped["cut.jpg"]
    assert "3 faces, 4 pictures without one" in str(captured)


def test_a_face_half_outside_is_not_cut(astronaut_points):
    for shift, cuts in ((0, True), (30, True), (100, False)):
        face = SimpleNamespace(points=astronaut_points - (225 - 50 + shift - 20, 0))
        found, reason = capture.cut(astronaut(), lambda picture, face=face: [face], 64)
        assert (found is not None) == cuts, shift
        assert cuts or reason == "partly outside the picture"


def test_a_turned_phone_photo_gives_the_same_crop(captured):
    by_name = dict(zip(captured.faces.factors["name"], captured.faces.images, strict=True))
    assert np.abs(by_name["phone.jpg"] - by_name["upright.jpg"]).mean() < 0.01


def test_crops_are_cut_as_everywhere_else(captured, astronaut_points):
    matrix = align.crop_matrix(astronaut_points, 64)
    wanted = align.crop(astronaut(), matrix, 64) / 255
    assert np.abs(captured.faces.images[0] - wanted).mean() < 0.01
    wanted = hull_mask(align.transform(astronaut_points, matrix), 64)
    assert np.abs(captured.faces.masks()[0] - wanted).mean() < 0.01


def test_a_hull_keeps_forty_corners():
    few = np.array([[0, 0], [1, 0], [0, 1.0]])
    assert mask.pad_hull(few).shape == (40, 2)
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = 32 + 20 * np.stack([np.cos(angle), np.sin(angle)], 1)
    less = hull_mask(circle, 64).sum() - hull_mask(mask.pad_hull(circle), 64).sum()
    assert mask.pad_hull(circle).shape == (40, 2) and 0 <= less < 20


def test_a_movie_gives_evenly_spaced_frames(tmp_path):
    picture = astronaut()[:256, 96:352]
    frames = (np.roll(picture, k, axis=1) for k in range(12))
    video.write_movie(tmp_path / "a.mp4", frames, 25, marked=False)
    found = capture.capture(tmp_path / "a.mp4", 64, most=4, progress=False)
    assert list(found.faces.factors["name"]) == ["frame 0", "frame 3", "frame 6", "frame 9"]


def test_what_cannot_be_used_says_so(tmp_path, folder):
    with pytest.raises(SwaplibError, match="no folder or movie"):
        capture.capture(tmp_path / "missing")
    with pytest.raises(SwaplibError, match="no photos in it"):
        capture.capture(tmp_path)
    (tmp_path / "coins").mkdir()
    Image.fromarray(coins()).save(tmp_path / "coins" / "coins.png")
    with pytest.raises(SwaplibError, match="No face was found in .*coins"):
        capture.capture(tmp_path / "coins", progress=False)
    with pytest.raises(SwaplibError, match="empty.jpg.*empty or not a picture"):
        picture.read_photo(folder / "empty.jpg")
    (tmp_path / "movie.mp4").write_bytes(b"no movie")
    with pytest.raises(SwaplibError, match="movie.mp4"):
        capture.capture(tmp_path / "movie.mp4", progress=False)
