"""Folders of photos and movies become crops; unusable material is named."""

import os
import struct
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab
from skimage.data import astronaut, coins

from swaplib import SwaplibError
from swaplib.crops import Crops, capture, coverage, dataset, readings, selection, sheet, sources
from swaplib.face import align, mask
from swaplib.face.mask import hull_mask
from swaplib.files import _unmarked, picture
from swaplib.files.picture import as_bytes
from swaplib.files.provenance import save_picture
from swaplib.movie import people


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
    assert "empty" in captured.skipped["empty.jpg"] and "complete" in captured.skipped["cut.jpg"]
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


def test_what_lies_outside_the_picture_is_marked(tmp_path):
    Image.fromarray(astronaut()[:, 190:]).save(tmp_path / "edge.png")
    found = capture.capture(tmp_path / "edge.png", 64, progress=False).faces
    assert (
        found.inside.shape == (1, 64, 64) and not found.inside[0, :, 0].any() and found.inside[0, :, 40].all()
    )


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
    _unmarked.write_movie(tmp_path / "a.mp4", frames, 25)
    found = capture.capture(tmp_path / "a.mp4", 64, most=4, progress=False)
    assert list(found.faces.factors["name"]) == ["frame 0", "frame 3", "frame 6", "frame 9"]


def test_what_cannot_be_used_says_so(tmp_path, folder):
    with pytest.raises(SwaplibError, match="no file matches"):
        capture.capture(tmp_path / "missing")
    with pytest.raises(SwaplibError, match="contains no photos or movies"):
        capture.capture(tmp_path)
    (tmp_path / "coins").mkdir()
    Image.fromarray(coins()).save(tmp_path / "coins" / "coins.png")
    with pytest.raises(SwaplibError, match="No face was found in .*coins"):
        capture.capture(tmp_path / "coins", progress=False)
    with pytest.raises(SwaplibError, match="empty.jpg.*empty or not a readable picture"):
        picture.read_photo(folder / "empty.jpg")
    (tmp_path / "movie.mp4").write_bytes(b"no movie")
    with pytest.raises(SwaplibError, match="movie.mp4"):
        capture.capture(tmp_path / "movie.mp4", progress=False)


def test_material_may_be_mixed_named_twice_and_odd(tmp_path, folder):
    place = tmp_path / "mixed"
    place.mkdir()
    photo = Image.fromarray(astronaut())
    for name in ("a.JPE", "b.jfif", "c.gif", ".hidden.jpg"):
        photo.save(place / name, "GIF" if name.endswith("gif") else "JPEG")
    (place / "phone.heic").write_bytes(b"x")
    os.mkfifo(place / "pipe.jpg")
    (place / "cut.mp4").write_bytes(b"no movie")
    odd = os.fsencode(place) + b"/\xff.jpg"
    photo.save(os.fsdecode(odd), "JPEG")
    save_picture(place / "swapped.jpg", astronaut())
    _unmarked.write_movie(place / "z.mp4", [astronaut()[:256, 96:352]] * 4, 25)
    found = capture.capture(
        [place, str(folder / "up*.jpg"), place / "a.JPE"],
        64,
        most=2,
        progress=False,
        leave_out={"mixed/c.gif"},
    )
    names = list(found.faces.factors["name"])
    assert names == [
        *("mixed/a.JPE", "mixed/b.jfif", "mixed/z.mp4 frame 0", "mixed/z.mp4 frame 2"),
        *("mixed/\ufffd.jpg", "upright.jpg"),
    ]
    assert np.isfinite(found.faces.factors["second"]).tolist() == ["frame" in name for name in names]
    assert found.skipped["mixed/phone.heic"] == "HEIC isn't supported: convert it to JPEG"
    assert found.skipped["mixed/swapped.jpg"] == "made by this program"
    assert found.skipped["mixed/c.gif"] == "left out by you"
    assert "cut.mp4" in found.skipped["mixed/cut.mp4"]
    str(found).encode()
    assert not np.isnan([found.faces.factors[name] for name in ("yaw", "jaw_open", "sharpness")]).any()


def test_one_photo_that_breaks_its_decoder_does_not_end_the_folder(tmp_path, monkeypatch):
    Image.fromarray(astronaut()).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())

    def read(path, right=sources.read_photo):
        if path.name == "a.png":
            raise struct.error("odd")
        return right(path)

    monkeypatch.setattr(sources, "read_photo", read)
    found = capture.capture(tmp_path, 64, progress=False)
    assert list(found.faces.factors["name"]) == ["b.png"] and "odd" in found.skipped["a.png"]


class Movie:
    """Stands in for a `Reader`: 50 frames in 2 seconds, whatever it promises."""

    problem, fps = None, 25

    def __init__(self, path, count=50):
        self.count = count

    def __iter__(self):
        yield from ((np.zeros((2, 2, 3), np.uint8), k / 25) for k in range(50))


@pytest.mark.parametrize(("most", "count"), [(7, 50), (20, 0), (20, 10), (50, 50), (1, 50)])
def test_most_holds_and_frames_are_spread_evenly(monkeypatch, most, count):
    monkeypatch.setattr(sources, "Reader", lambda path: Movie(path, count))
    file = sources.File(Path("m.mp4"), "m.mp4")
    found, _ = sources.pictures([file], most, in_folder=False)
    seconds = [p.second for p in found if not isinstance(p.image, SwaplibError)]
    assert len(seconds) == min(most, 50) if count != 10 else len(seconds) <= most
    if count != 10 and most > 1:  # one that lies about its length is capped only
        assert seconds[0] == 0 and seconds[-1] >= 2 - 2 / most - 0.04
        assert np.ptp(np.diff(seconds)) < 0.041


def test_what_a_movie_lacks_is_said(monkeypatch):
    monkeypatch.setattr(sources, "Reader", Movie)
    monkeypatch.setattr(Movie, "problem", "ends early")
    *_, last = sources.pictures([sources.File(Path("m.mp4"), "m.mp4")], 5, in_folder=False)[0]
    assert str(last.image) == "ends early" and last.name == "m.mp4"


def test_movies_share_the_frames_by_their_length():
    assert sources.shares([10, 30, 60], 100) == [10, 30, 60]
    assert sum(sources.shares([1, 1, 1], 2)) == 2 and sources.shares([0], 5) == [0]


def test_numbers_that_make_no_sense_are_refused(folder):
    for wrong in ({"most": 0}, {"size": -4}, {"size": 0}):
        with pytest.raises(SwaplibError, match="size must be at least 8 and most at least 1"):
            capture.capture(folder, **wrong)


def crops(images, **factors):
    names = np.array([f"c{k}" for k in range(len(images))])
    return Crops(
        images, {"name": names, **factors}, np.tile([[0.3, 0.3], [0.7, 0.3], [0.5, 0.8]], (len(images), 1, 1))
    )


def test_one_person_is_kept_and_the_others_are_named():
    found = capture.Capture(crops(np.zeros((6, 8, 8, 3), np.float32)), {"x": "no face found"})
    kept = selection.keep_one(found, lambda images: np.array([1, 0, 1, -1, 1, 0]))
    assert list(kept.faces.factors["name"]) == ["c0", "c2", "c4"]
    assert kept.skipped["c1"] == "shows somebody else" and kept.skipped["c3"] == "may show somebody else"
    assert kept.skipped["x"] == "no face found"
    like = selection.keep_one(found, lambda images: np.array([1, 0, 1, -1, 1, 0, 0]), astronaut())
    assert list(like.faces.factors["name"]) == ["c1", "c5"]
    with pytest.raises(SwaplibError, match="Nobody in the material"):
        selection.keep_one(found, lambda images: np.array([1, 0, 1, -1, 1, 0, 2]), astronaut())


def test_a_stranger_among_few_pictures_is_left_out():
    a, b, many = (dataset.load(name, 64).images[10::20][:6] for name in ("test_a", "test_b", "many"))
    for strangers in (b[:1], many[:1], many[1:3]):
        images = np.concatenate([a, strangers])
        kept = selection.keep_one(capture.Capture(crops(images), {}), people.sort_crops)
        assert list(kept.faces.factors["name"]) == [f"c{k}" for k in range(6)]
        others = [f"c{k}" for k in range(6, len(images))]
        assert kept.skipped == dict.fromkeys(others, "may show somebody else") and not kept.doubtful


@pytest.mark.parametrize(
    ("labels", "doubtful"),
    [([0, 0, 0, -1, -1, -1], "c3, c4, c5"), ([0, 1, 2], "c1, c2"), ([0, 0, -1], "c2"), ([-1, -1], "c0, c1")],
)
def test_where_nobody_can_be_told_apart_all_are_kept_and_the_doubtful_named(labels, doubtful):
    found = capture.Capture(crops(np.zeros((len(labels), 8, 8, 3), np.float32)), {})
    kept = selection.keep_one(found, lambda images: np.array(labels))
    assert len(kept.faces) == len(labels) and not kept.skipped
    assert f"may show somebody else: {doubtful}" in str(kept)


def test_blurred_and_odd_crops_come_last_on_the_sheet():
    face = dataset.load("test_b", 32)[:12]
    images = face.images[:1].repeat(12, 0) + 0.01 * face.images
    images[3] = cv2.GaussianBlur(images[3], (0, 0), 3)
    images[7] = images[7][::-1]
    sharp = np.array(
        [readings.of_crop(as_bytes(x), h)["sharpness"] for x, h in zip(images, face.hulls, strict=True)]
    )
    some = crops(images, sharpness=sharp)
    assert set(selection.best_first(some)[-2:]) == {3, 7}
    assert sheet.sheet(some, "B").dtype == np.uint8 and sharp[3] < coverage.BLURRED


def test_a_movie_is_tested_on_a_stretch_and_bursts_stay_together():
    rng = np.random.default_rng(0)
    images = cv2.GaussianBlur(rng.random((8, 8, 120, 1)).reshape(64, 120), (9, 1), 3)
    images = np.float32(images.T.reshape(120, 8, 8, 1).repeat(3, 3))
    where = {"second": np.arange(120) / 25, "source": np.full(120, "m.mp4")}
    train, test = crops(images, **where).split()
    seconds = test.factors["second"]
    assert len(test) == 12 and np.allclose(np.diff(seconds), 0.04)
    assert np.abs(train.factors["second"][:, None] - seconds).min() > 0.2
    photos = rng.random((40, 16, 16, 3)).astype(np.float32).repeat(2, 0)
    where = {"second": np.full(80, np.nan), "source": np.array([str(k) for k in range(80)])}
    train, test = crops(photos, **where).split()
    assert len(test) == 8 and not {x.tobytes() for x in test.images} & {x.tobytes() for x in train.images}


def readings_of(n, **changed):
    """Readings that cover everything, but for what is changed."""
    rng = np.random.default_rng(1)
    low_high = {
        **{"yaw": (-30, 30), "pitch": (-15, 8), "roll": (-3, 3), "jaw_open": (0, 0.6), "blink": (0, 0.7)},
        **{"smile": (0, 0.7), "pucker": (0, 0.8), "brow_inner": (0, 0), "sharpness": (0.7, 1.3)},
        **{"brightness": (0.4, 0.6), "light_side": (-0.3, 0.3)},
    }
    return crops(
        np.zeros((n, 4, 4, 3), np.float32), **{k: rng.uniform(*v, n) for k, v in (low_high | changed).items()}
    )


def test_what_a_person_lacks_is_said_and_nothing_else(monkeypatch):
    whole = readings_of(400)
    (one,), picture = coverage.compare(readings_of(400, jaw_open=(0, 0.3)), whole)
    assert one.startswith("A never opens the mouth wide (0 of 400 with jaw open above 0.4), while B does in ")
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    monkeypatch.setattr(coverage, "draw", lambda *_: picture)  # once is enough
    assert coverage.compare(whole, whole)[0] == []
    lines = coverage.compare(readings_of(400, smile=(0.5, 0.7)), whole)[0]
    assert len(lines) == 1 and lines[0].startswith("A is never without a smile")
    lines = coverage.compare(readings_of(400, yaw=(-5, 5)), readings_of(400, yaw=(-5, 5)))[0]
    assert len(lines) == 2 and all(line.startswith("A and B never turn to the picture's") for line in lines)
    (line,) = coverage.compare(whole, readings_of(400, sharpness=(0.2, 0.5)))[0]
    assert "400 of 400 pictures of B are blurred" in line
    (line,) = coverage.compare(readings_of(1), readings_of(100))[0]
    assert "A has only 1 picture and B has only 100 pictures" in line


@pytest.mark.slow
def test_another_skin_tone_is_said():
    def lit(colour):
        readings = readings_of(400).factors
        hull = np.float32([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]])
        return Crops(np.full((400, 8, 8, 3), colour, np.float32), readings, np.stack([hull] * 400))

    fair, dark = lit((0.8, 0.6, 0.5)), lit((0.4, 0.28, 0.2))
    np.testing.assert_allclose(coverage.skin(fair), rgb2lab((0.8, 0.6, 0.5)), atol=0.5)
    (line,) = coverage.compare(fair, dark)[0]
    assert "The skin colours of A and B are 3" in line and "another skin tone" in line
    assert coverage.compare(fair, lit((0.7, 0.53, 0.45)))[0] == []


def test_two_pictures_are_too_few_however_small_the_set():
    some = coverage.Coverage(100, 100, 0, 1.0, {"smile": 2, "blink": 3}, {})
    large = coverage.Coverage(400, 400, 0, 1.0, {"smile": 3, "blink": 4}, {})
    assert [c.lacks(label) for c in (some, large) for label in c.counts] == [True, False, True, False]


def test_shares_are_of_the_crops_that_were_looked_at():
    assert coverage.Coverage(400, 200, 0, 1.0, {"smile": 50}, {}).share("smile") == 0.25


def test_the_movie_says_what_is_needed():
    dark = readings_of(400, brightness=(0.1, 0.2))
    lines = coverage.compare(readings_of(400), readings_of(400), dark)[0]
    assert (
        len(lines) == 1
        and "the movie is in 400 of 400" in lines[0]
        and "A and B are never in dim light" in lines[0]
    )


@pytest.mark.slow
def test_the_shipped_people_cover_what_is_asked_for():
    a, b = (dataset.load(f"test_{who}", 64)[::3] for who in "ab")
    lines = coverage.compare(a, b)[0]
    assert not any("blurred" in line or "mouth" in line or "turn" in line for line in lines), lines
