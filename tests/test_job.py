"""The whole job and its command line: what is left behind, and what is refused with one clear line."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from swaplib import SwaplibError, __main__, job
from swaplib.crops import dataset
from swaplib.files import provenance, video
from swaplib.movie.paste import BLENDS, COLOURS
from swaplib.training import callbacks


@pytest.fixture(scope="module")
def short_movie(tmp_path_factory):
    """The first second and a half of B's movie."""
    path = tmp_path_factory.mktemp("movie") / "short.mp4"
    frames = (f for k, f in enumerate(video.read_frames(dataset.movie("b"))) if k < 36)
    video.write_movie(path, frames, 25, sound_from=dataset.movie("b"), marked=False)
    return path


@pytest.fixture(scope="module")
def done(short_movie, tmp_path_factory):
    """The job on the shipped people with a few seconds of training, and a short movie."""
    out = tmp_path_factory.mktemp("job")
    said = []
    scores = job.run(job.Job(movie=short_movie, minutes=0.1, code=32, out=out), said.append)
    return out, scores, "\n".join(said)


@pytest.mark.slow
def test_it_leaves_everything_in_one_folder(done):
    out, scores, said = done
    assert {p.name for p in out.iterdir()} == {
        "swapped.mp4",
        "sheet.jpg",
        "curve.png",
        "model.npz",
        "preview.jpg",
        "scores.json",
    }
    text = (out / "scores.json").read_text()
    assert "NaN" not in text and json.loads(text) == json.loads(json.dumps(scores))
    assert "ssim_face" in said and "B as it is" in said and "frames a second" in said


@pytest.mark.slow
def test_what_it_writes_is_labelled(done):
    out, _, _ = done
    for name in ("swapped.mp4", "sheet.jpg", "preview.jpg"):
        assert "synthetic" in provenance.read_provenance(out / name), name


@pytest.mark.slow
def test_the_table_has_the_swap_and_its_baselines(done):
    rows = done[1]["test"]
    assert set(rows) == {"swap", "B as it is", "mean picture of A", "nearest picture of A", "A, the truth"}
    assert rows.pop("A, the truth")["ssim_face"] == pytest.approx(1)
    assert all(0 < row["ssim_face"] < 1 for row in rows.values())
    assert rows["B as it is"]["is_a"] < 0.05 and rows["nearest picture of A"]["is_a"] > 0.95
    assert done[1]["identity_accuracy"] > 0.98


@pytest.mark.slow
def test_the_model_can_be_used_again(done, short_movie, tmp_path, monkeypatch):
    class Anybody:
        """Stands in for the classifier, which takes long to train."""

        accuracy = 1.0

        def __init__(self, *faces):
            pass

        def __call__(self, images, masks):
            return np.ones(len(images))

    monkeypatch.setattr(job, "IdentityClassifier", Anybody)
    out, scores, _ = done
    again = job.run(job.Job(movie=short_movie, model=out / "model.npz", out=tmp_path), lambda _: None)
    assert again["test"]["swap"]["ssim_face"] == pytest.approx(scores["test"]["swap"]["ssim_face"], abs=0.01)
    assert not (tmp_path / "curve.png").exists()  # nothing was trained


@pytest.mark.slow
def test_an_interrupted_job_goes_on(tmp_path, monkeypatch):
    todo = job.Job(minutes=0.1, code=16, out=tmp_path)
    train = [dataset.load(f"test_{k}", 64) for k in "ab"]
    whole = callbacks.Preview.on_epoch_end

    def interrupt(self, epoch, logs=None):
        if epoch == 0:  # the first, as a busy machine may not get to another
            raise KeyboardInterrupt

    monkeypatch.setattr(callbacks.Preview, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        job.trained(todo, train, tmp_path, lambda _: None)
    spent = json.loads((tmp_path / "training" / "deadline.json").read_text())["seconds"]
    monkeypatch.setattr(callbacks.Preview, "on_epoch_end", whole)
    said = []
    job.trained(todo, train, tmp_path, said.append)
    assert "Going on" in said[0] and spent > 0
    assert (tmp_path / "model.npz").exists() and not (tmp_path / "training").exists()


def test_other_settings_begin_anew(tmp_path):
    assert not job._same_settings(job.Job(code=8, out=tmp_path), tmp_path / "training")
    (tmp_path / "training" / "state").mkdir()
    assert job._same_settings(job.Job(code=8, out=tmp_path), tmp_path / "training")
    assert job._same_settings(job.Job(code=8, blend="bands", out=tmp_path), tmp_path / "training")
    assert not job._same_settings(job.Job(code=9, out=tmp_path), tmp_path / "training")
    assert not (tmp_path / "training" / "state").exists()


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two folders of photos: one real person, and synthetic B."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    picture = Image.fromarray(astronaut()[:256, 96:352])
    for k in range(12):
        picture.rotate(3 * k - 18, resample=Image.Resampling.BICUBIC).save(folder / "a" / f"{k}.jpg")
    for k, image in enumerate(dataset.load("test_b", 128).images[:12]):
        Image.fromarray(np.uint8(255 * image)).resize((256, 256)).save(folder / "b" / f"{k}.jpg")
    return folder


@pytest.mark.slow
def test_own_material(photos, short_movie, tmp_path, capsys):
    __main__.main(
        [
            "--a",
            str(photos / "a"),
            "--b",
            str(photos / "b"),
            "--movie",
            str(short_movie),
            "--minutes",
            "0.05",
            "--code",
            "16",
            "--out",
            str(tmp_path),
            "--consent",
            "the astronaut and I, today",
        ]
    )
    assert "synthetic" in provenance.read_provenance(tmp_path / "swapped.mp4")
    note = json.loads((tmp_path / "consent.json").read_text())
    assert note["statement"] == "the astronaut and I, today" and len(note["material"]) == 3
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert set(scores["test"]) == {"swap", "A again", "B again"}
    assert "12 faces, 0 pictures without one" in capsys.readouterr().out


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        __main__.main([str(a) for a in arguments])
    capsys.readouterr()
    return str(stop.value)


def test_what_cannot_work_is_refused(photos, tmp_path, capsys, monkeypatch):
    a, b, out = photos / "a", photos / "b", tmp_path / "out"
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.mp4").write_bytes(b"nothing")
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    (tmp_path / "file").touch()
    yes = ("--consent", "all")
    assert "size 80" in refused(capsys, "--size", 80, "--out", out)
    assert "pictures of B are missing" in refused(capsys, "--a", a, "--out", out, *yes)
    assert "pictures of A are missing" in refused(capsys, "--b", b, "--out", out, *yes)
    assert "no photos" in refused(capsys, "--a", tmp_path / "empty", "--b", b, "--out", out, *yes)
    assert "bad.mp4" in refused(capsys, "--a", tmp_path / "bad.mp4", "--b", b, "--out", out, *yes)
    assert "no movie" in refused(capsys, "--movie", tmp_path / "none.mp4", "--out", out, *yes)
    assert "bad.npz" in refused(capsys, "--model", tmp_path / "bad.npz", "--out", out)
    assert "Can't write" in refused(capsys, "--out", tmp_path / "file" / "out")
    assert "choose one of soft, bands, gradients" in refused(capsys, "--blend", "hard", "--out", out)
    assert "choose one of none, light, frame" in refused(capsys, "--colour", "red", "--out", out)
    assert "minutes" in refused(capsys, "--minutes", 0, "--out", out)
    assert "Without consent" in refused(capsys, "--a", a, "--b", b, "--out", out, "--consent", " ")
    monkeypatch.setattr("sys.stdin", open("/dev/null"))
    assert "--consent" in refused(capsys, "--a", a, "--b", b, "--out", out)
    assert not list(out.rglob("*.part.*")) and not (out / "swapped.mp4").exists()


def test_help_is_quick_and_says_what_to_do():
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "swaplib", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for word in (
        *BLENDS,
        *COLOURS,
        "Good against a seam",
        "--a",
        "--consent",
        "scores.json",
        "Ctrl-C",
        "default",
    ):
        assert word in run.stdout
    assert "tensorflow" not in run.stderr


def test_a_movie_as_material_is_swapped_itself(short_movie, tmp_path):
    other = tmp_path / "a.mp4"
    shutil.copy(short_movie, other)
    todo = job.Job(a=other, b=short_movie)
    assert todo.movie == short_movie and not todo.shipped
    with pytest.raises(SwaplibError, match="pictures of B"):
        job.Job(a=other)
