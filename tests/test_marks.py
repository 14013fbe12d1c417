"""Every export carries all marks, which survive common damage and are read correctly."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import swaplib
from swaplib import SwaplibError, __main__, latent, movie, notebook
from swaplib.crops import dataset
from swaplib.files import _unmarked, badge, bits, credentials, marks, provenance, video
from swaplib.scoring import tables
from swaplib.scoring.damage import DAMAGES

ROOT = Path(swaplib.__file__).parents[1]
PAYLOAD = bytes([bits.VERSION, 0xAB, 0x40, 0xEF])


@pytest.fixture(scope="module")
def frame():
    return next(iter(video.read_frames(dataset.movie("b"))))


@pytest.fixture(scope="module")
def marked(frame):
    return bits.embed(frame, PAYLOAD)


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_bits_of_one_frame_hold(marked, damage):
    found = bits.read(DAMAGES[damage]([marked]))
    assert found.sure and found.payload == PAYLOAD


def test_the_bits_of_the_smallest_picture_that_is_said_to_hold_them_do(frame):
    small = cv2.resize(frame[:, 64:448], (bits.SMALLEST, bits.SMALLEST), interpolation=cv2.INTER_AREA)
    found = bits.read(DAMAGES["H.264, crf 33"]([bits.embed(small, PAYLOAD)]))
    assert found.sure and found.payload == PAYLOAD


def test_many_frames_hold_where_one_does_not(marked, frame):
    rng = np.random.default_rng(0)
    noisy = [np.clip(marked + rng.normal(0, 60, marked.shape), 0, 255).astype(np.uint8) for _ in range(16)]
    assert not bits.read(noisy[0]).sure
    assert bits.read(noisy).sure and bits.read(noisy).payload == PAYLOAD


def test_every_other_frame_of_a_movie_is_inverted_so_that_the_eye_sees_no_pattern(tmp_path, frame):
    wall = np.full_like(frame, 130)
    video.write_movie(tmp_path / "a.mp4", [wall] * 8, 25)
    frames = np.float32(list(video.read_frames(tmp_path / "a.mp4")))
    pattern = np.float32(provenance.mark(wall))[:300] - 130

    def contrast(picture):
        return abs(np.mean((picture[:300] - picture[:300].mean()) * pattern) / np.mean(pattern**2))

    assert contrast(frames[4]) > 0.7 and contrast(frames[4:6].mean(0)) < 0.05
    for k in (4, 5):
        assert bits.read(frames[k].astype(np.uint8)).sure
    assert bits.read(list(frames.astype(np.uint8))).sure  # even where their sum has no pattern


def test_pictures_without_bits_have_none(frame):
    rng = np.random.default_rng(0)
    rasters = np.kron(rng.integers(0, 256, (32, 32)), np.ones((8, 8))).astype(np.uint8)
    blank, noise = np.full((96, 128, 3), 200, np.uint8), rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
    others = [bits.embed(frame, bytes([7, 1, 2, 3])), np.dstack([rasters] * 3)]  # of no version that there is
    for picture in (frame, blank, noise, np.zeros((1, 1, 3), np.uint8), *others):
        assert not bits.read(picture).sure


@pytest.mark.parametrize("kind", ["frame", "noise", "wall"])
def test_bits_stay_below_what_the_eye_sees(frame, kind):
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    picture = {"frame": frame, "noise": noise, "wall": np.full((200, 200, 3), 140, np.uint8)}[kind]
    change = bits.embed(picture, PAYLOAD).astype(float) - picture
    assert 10 * np.log10(255**2 / (change**2).mean()) >= 42
    if kind == "wall":
        assert np.abs(change).max() <= 3 and np.sqrt((change**2).mean()) < 1


def save(path, picture):
    provenance.save_picture(path, picture)


def write(path, picture):
    video.write_movie(path, [picture] * 3, 25)


def write_frames(path, picture):
    with video.Writer(path, 25) as writer:
        writer.write(picture)


def unmarked(path, picture):
    _unmarked.write_movie(path.with_name("source.mp4"), [picture] * 3, 25)
    return path.with_name("source.mp4")


def swap(path, picture):
    movie.swap_movie(unmarked(path, picture), path, lambda x: x, 64, progress=False)


def paste_truth(path, picture):
    source = unmarked(path, picture)
    tables.paste_truth(source, source, path, 64)


def encode(path, picture):
    path.write_bytes(provenance.marked_jpeg(picture))


def animate(path, picture):
    provenance.save_animation(path, [picture, picture[::-1]], 12)


def explore(path, picture):
    face = cv2.resize(picture, (128, 128)) / np.float32(255)
    way = latent.Directions(["way"], np.ones((1, 2), np.float32), np.array([-1.0]), np.array([1.0]), "steps")
    explorer = notebook.Explorer(lambda code: {"": face}, way, {"": np.zeros(2, np.float32)}, "a face")
    path.write_bytes(explorer.image.value)


EXPORTS = [(save, "a.png"), (save, "a.jpg"), (save, "a.webp"), (write, "a.mp4"), (write, "a.mov")]
EXPORTS += [(write_frames, "b.mp4"), (swap, "c.mp4"), (paste_truth, "d.mp4")]
EXPORTS += [(animate, "b.webp"), (encode, "b.jpg"), (explore, "c.jpg")]


@pytest.mark.parametrize("export, name", EXPORTS)
def test_no_public_call_leaves_a_mark_off(tmp_path, frame, export, name):
    export(tmp_path / name, frame)
    found = marks.read_marks(tmp_path / name)
    assert found.badge and "synthetic" in found.label and found.bits
    assert found.credentials.state == "trusted" and found.credentials.job == found.bits
    assert found.credentials.source_type == provenance.SOURCE_TYPE


def test_no_argument_leaves_a_mark_off(tmp_path, frame):
    writers = (
        provenance.save_picture,
        provenance.save_animation,
        provenance.marked_jpeg,
        video.write_movie,
        video.Writer,
        movie.swap_movie,
    )
    for call in writers:
        arguments = inspect.signature(call).parameters
        assert not {"marked", "mark", "marks", "badge", "label", "sign", "bits", "key"} & set(arguments), call
    for text in ("", " ", None, "\n"):
        for export in (
            lambda text: provenance.save_picture(tmp_path / "a.png", frame, text=text),
            lambda text: video.write_movie(tmp_path / "a.mp4", [frame], 25, text=text),
            lambda text: provenance.save_animation(tmp_path / "a.webp", [frame], 12, text=text),
            lambda text: provenance.marked_jpeg(frame, text),
        ):
            with pytest.raises(SwaplibError, match="label can't be empty"):
                export(text)
    assert not list(tmp_path.iterdir())


def test_only_what_swaps_nothing_is_written_without_marks():
    allowed = {"provenance", "video", "stretch", "dry", "train", "tables"}  # see the docstring of _unmarked
    users = {p.stem for p in Path(swaplib.__file__).parent.rglob("*.py") if "_unmarked" in p.read_text()}
    assert users - {"_unmarked", "marks"} == allowed


def test_no_other_module_encodes_pictures():
    allowed = {
        *("_unmarked", "provenance", "picture"),  # what all others call
        *("sound", "extras", "stretch"),  # tracks beside the picture, and the user's own movie
        *("degradation", "damage", "claims"),  # in memory, to be read again or weighed
        *("show", "live", "panels", "verdicts"),  # in a cell of a notebook
        "packing",  # what the page's own code decodes
    }
    encoders = re.compile(
        r"im(write|encode|save)|savefig|add_stream|VideoWriter|image.*\.save\(|import.*\bjpeg"
    )
    found = {p.stem for p in Path(swaplib.__file__).parent.rglob("*.py") if encoders.search(p.read_text())}
    assert found == allowed


@pytest.mark.parametrize("name", ["swap.jpg", "moving.webp"])
def test_the_pictures_of_the_readme_are_marked(name):
    found = marks.read_marks(ROOT / "docs" / name)
    assert found.badge and found.label and found.bits == found.credentials.job
    assert found.credentials.state in ("valid", "trusted")


def test_read_says_that_a_picture_is_too_small_for_the_bits(tmp_path, frame):
    for size in (bits.SMALLEST - 1, bits.SMALLEST):
        _unmarked.save_picture(tmp_path / "a.png", frame[:size, :400])
        said = str(marks.read_marks(tmp_path / "a.png"))
        assert (f"400 x {size} px is too small" in said) == (size < bits.SMALLEST)


def test_a_signature_is_trusted_valid_changed_or_missing(tmp_path, frame, monkeypatch):
    path, changed, other = (tmp_path / name for name in ("a.jpg", "changed.jpg", "missing.jpg"))
    provenance.save_picture(path, frame)
    assert credentials.read(path).state == "trusted"
    data = bytearray(path.read_bytes())
    data[-2000] ^= 1
    changed.write_bytes(data)
    assert credentials.read(changed).state == "changed" and credentials.read(changed).problems
    Image.open(path).save(other)  # most programs drop it
    assert credentials.read(other) == credentials.Credentials("missing")
    own = credentials.certificates() / "root.pem"
    monkeypatch.setenv(credentials.FOLDER, str(tmp_path / "another"))
    assert credentials.read(path).state == "valid"
    assert credentials.read(path, own).state == "trusted"


def test_a_folder_of_certificates_that_is_not_whole_is_refused(tmp_path, frame, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "key.pem").write_text("a real key")
    monkeypatch.setenv(credentials.FOLDER, str(tmp_path / "mine"))
    with pytest.raises(SwaplibError, match="lacks chain.pem"):
        provenance.save_picture(tmp_path / "a.png", frame)
    (tmp_path / "mine" / "chain.pem").write_text("a real chain")
    with pytest.raises(SwaplibError, match="Signing failed.*chain.pem"):
        provenance.save_picture(tmp_path / "a.png", frame)
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine" / "key.pem").read_text() == "a real key"


def test_without_the_extra_a_word_says_so_once(tmp_path, frame, monkeypatch, capsys):
    monkeypatch.setattr(credentials, "_c2pa", lambda: None)
    credentials._say_once.cache_clear()
    for name in ("a.png", "b.png"):
        provenance.save_picture(tmp_path / name, frame)
    assert capsys.readouterr().err.count("swaplib[credentials]") == 1
    found = marks.read_marks(tmp_path / "a.png")
    assert found.credentials.state == "unread" and found.bits and "not read: pip install" in str(found)


def test_read_says_what_each_mark_says(tmp_path, frame, capsys):
    provenance.save_picture(tmp_path / "a.png", frame, job="A and B, seed 0")
    Image.open(tmp_path / "a.png").save(tmp_path / "again.png")
    _unmarked.save_picture(tmp_path / "none.png", frame)
    number = provenance.job_number("A and B, seed 0")
    __main__.main(["read", str(tmp_path / "a.png")])
    said = capsys.readouterr().out
    assert (
        f"bits         found: job {number}, as the credentials say" in said and "badge        found" in said
    )
    assert "credentials  valid, signed by swaplib signer (self-signed)" in said
    __main__.main(["read", "--json", *(str(tmp_path / f"{n}.png") for n in ("again", "none", "gone"))])
    again, none, gone = json.loads(capsys.readouterr().out)
    assert (again["bits"], again["label"], again["credentials"]["state"]) == (number, None, "missing")
    assert again["synthetic"] and not none["synthetic"] and not none["badge"] and none["bits"] is None
    assert "gone.png" in gone["error"]


def test_read_ends_with_a_word_for_what_is_no_picture(tmp_path):
    (tmp_path / "a.txt").write_text("hello " * 100)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 50)
    for name in ("a.txt", "a.png", "a.mp4", "missing.png", "."):
        with pytest.raises(SystemExit, match="swaplib: "):
            __main__.main(["read", str(tmp_path / name)])


def test_a_badge_is_seen_when_it_is_there(frame):
    stamped = badge.stamp(frame)
    assert not badge.found(frame)
    for damage in ("JPEG, quality 50", "half size", "screenshot of a player"):
        assert badge.found(*DAMAGES[damage]([stamped])), damage
        assert not badge.found(*DAMAGES[damage]([frame])), damage
    assert not badge.found(*DAMAGES["cropped to two thirds"]([stamped]))  # it can be cut off


def test_reading_starts_no_network():
    code = "import sys; from swaplib.files import marks; print('keras' in sys.modules, 'c2pa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
