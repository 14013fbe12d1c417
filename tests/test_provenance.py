"""All output is marked and labelled, and the label is found again."""

import av
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from swaplib import SwaplibError
from swaplib.files import _unmarked, badge, provenance
from swaplib.files.video import write_movie

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"


def noise(h, w, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (h, w, 3), dtype=np.uint8)


def badge_box(h, w):
    """Top, bottom, left, right of what the badge changes."""
    changed = (badge.stamp(np.zeros((h, w, 3), np.uint8)) > 0).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


@pytest.mark.parametrize("h, w", [(128, 128), (144, 192), (288, 384), (720, 1280), (1920, 1080)])
def test_the_mark_is_big_enough_to_read_and_leaves_the_middle_free(h, w):
    top, bottom, left, right = badge_box(h, w)
    assert bottom - top >= max(9, 0.04 * min(h, w))  # letters and rim
    assert (right - left) / (bottom - top) > 4  # all the words, not only the first
    assert top > 0.85 * h and right < 0.95 * w
    assert h - bottom <= 0.03 * h + 1  # in the corner


@pytest.mark.parametrize("ground", ["black", "grey", "white", "noise"])
def test_the_mark_reads_the_same_on_any_background(ground):
    h, w = 128, 128
    frame = (
        noise(h, w)
        if ground == "noise"
        else np.full((h, w, 3), {"black": 0, "grey": 128, "white": 255}[ground], np.uint8)
    )
    top, bottom, left, right = badge_box(h, w)
    inside = np.s_[top + 1 : bottom - 1, left + 1 : right - 1]
    on_black = badge.stamp(np.zeros((h, w, 3), np.uint8))[inside].astype(float).ravel()
    here = badge.stamp(frame)[inside].astype(float).ravel()
    assert np.corrcoef(on_black, here)[0, 1] > 0.9
    assert np.quantile(here, 0.98) - np.quantile(here, 0.3) > 120


def test_mark_returns_a_copy_and_takes_tiny_pictures():
    frame = noise(16, 20)
    before = frame.copy()
    assert provenance.mark(frame).shape == frame.shape
    np.testing.assert_array_equal(frame, before)
    with pytest.raises(ValueError, match="uint8"):
        provenance.mark(np.zeros((64, 64, 3), np.float32))


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_saved_picture_is_marked_and_labelled(tmp_path, ending):
    path, picture = tmp_path / f"face.{ending}", np.full((96, 128, 3), 0.5, np.float32)
    provenance.save_picture(path, picture)
    assert IPTC in provenance.read_provenance(path) and "synthetic" in provenance.read_provenance(path)
    data = path.read_bytes()
    assert b"<Iptc4xmpExt:DigitalSourceType>" + IPTC.encode() in data  # as other programs look
    written = np.asarray(Image.open(path).convert("RGB"), dtype=int)
    assert np.abs(written[:60] - 128).max() <= 4  # the bits and the compression
    assert written[80:, :100].max() > 200  # the mark's letters
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_an_animation_plays_for_ever_and_each_frame_is_marked(tmp_path):
    path = tmp_path / "turning.webp"
    provenance.save_animation(path, [np.full((96, 128, 3), grey, np.uint8) for grey in (60, 90, 120)], 20)
    with Image.open(path) as movie:
        assert (movie.n_frames, movie.info["loop"]) == (3, 0)
        for k, grey in enumerate((60, 90, 120)):
            movie.seek(k)
            shown = np.asarray(movie.convert("RGB"), dtype=int)
            assert movie.info["duration"] == 50
            assert np.abs(shown[:60] - grey).max() <= 6 and shown[80:, :100].max() > 180
    for name, frames in (("a.gif", [noise(32, 32)]), ("a.png", [noise(32, 32)]), ("b.webp", [])):
        with pytest.raises(SwaplibError, match="Can't write"):
            provenance.save_animation(tmp_path / name, frames, 20)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_jpeg_exif_and_png_text_hold_the_label(tmp_path):
    picture = noise(96, 128)
    provenance.save_picture(tmp_path / "a.jpg", picture)
    with Image.open(tmp_path / "a.jpg") as image:
        exif = image.getexif()
    assert "synthetic" in exif[0x010E] and exif[0x0131].startswith("swaplib")
    provenance.save_picture(tmp_path / "a.png", picture)
    with Image.open(tmp_path / "a.png") as image:
        text = image.text
    assert "synthetic" in text["Description"] and IPTC in text["XML:com.adobe.xmp"]


def test_a_text_of_ones_own_survives_xml_and_ascii(tmp_path):
    provenance.save_picture(tmp_path / "a.jpg", noise(96, 128), text="künstlich <A & B>")
    assert "<A & B>" in provenance.read_provenance(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    assert "künstlich &lt;A &amp; B&gt;".encode() in data


def test_no_label_is_read_where_there_is_none(tmp_path):
    picture = noise(64, 64)
    _unmarked.save_picture(tmp_path / "a.png", picture)
    assert provenance.read_provenance(tmp_path / "a.png") is None
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), picture)
    _unmarked.write_movie(tmp_path / "a.mp4", [picture] * 3, 25)
    assert provenance.read_provenance(tmp_path / "a.mp4") is None


def test_other_makers_labels_count(tmp_path):
    info = PngInfo()
    other = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    info.add_itxt("XML:com.adobe.xmp", f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{other}"/>')
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert provenance.read_provenance(tmp_path / "a.png") == other


def test_a_movie_is_marked_and_labelled(tmp_path):
    write_movie(tmp_path / "a.mp4", [np.full((96, 128, 3), 90, np.uint8)] * 3, 25)
    assert IPTC in provenance.read_provenance(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as movie:
        assert movie.metadata["title"] == provenance.TEXT
        frame = next(movie.decode(video=0)).to_ndarray(format="rgb24")
    assert frame[80:, :100].max() > 180 and np.abs(frame[:60].astype(int) - 90).max() < 6


def test_unwritable_and_unknown_targets_are_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file" / "a.png", tmp_path / "a.bmp", tmp_path):
        with pytest.raises(SwaplibError, match="Can't write"):
            provenance.save_picture(target, noise(32, 32))
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(SwaplibError, match="folder"):
        provenance.save_picture(tmp_path / "folder.png", noise(32, 32))


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"the old one")

    def full_disk(self, part, **options):
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(SwaplibError, match="No space left"):
        provenance.save_picture(path, noise(32, 32))
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_reading_what_is_no_picture(tmp_path):
    (tmp_path / "a.txt").write_text("hello " * 100)
    with pytest.raises(SwaplibError, match="neither a readable picture nor"):
        provenance.read_provenance(tmp_path / "a.txt")
    with pytest.raises(SwaplibError, match="no file"):
        provenance.read_provenance(tmp_path / "missing.png")
    provenance.save_picture(tmp_path / "a.jpg", noise(64, 64))
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-3000])
    with pytest.raises(SwaplibError, match="Is the file complete"):
        provenance.read_provenance(tmp_path / "a.jpg")
