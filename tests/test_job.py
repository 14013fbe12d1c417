"""The whole job and its command line: output files, resuming, and one-line errors."""

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import count
from types import SimpleNamespace

import av
import keras
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from swaplib import SwaplibError, __main__, networks
from swaplib.crops import dataset
from swaplib.files import _unmarked, provenance, stretch, video
from swaplib.job import dry, folder, inputs, options, report, run, source, surroundings, train
from swaplib.job.folder import HIDDEN, Folder
from swaplib.movie.paste import BLENDS, COLOURS
from swaplib.movie.people import Person
from swaplib.networks import swap
from swaplib.training import batches, callbacks, device


@pytest.fixture(scope="module")
def short_movie(tmp_path_factory):
    """The first second and a half of B's movie."""
    path = tmp_path_factory.mktemp("movie") / "short.mp4"
    frames = (f for k, f in enumerate(video.read_frames(dataset.movie("b"))) if k < 36)
    _unmarked.write_movie(path, frames, 25, sound_from=dataset.movie("b"))
    return path


@pytest.fixture(scope="module")
def done(short_movie, tmp_path_factory):
    """The job on the shipped people with a few seconds of training, and a short movie."""
    out = tmp_path_factory.mktemp("job")
    said = []
    scores = run.run(options.Job(movie=short_movie, minutes=0.1, code=32, out=out), said.append)
    return out, scores, "\n".join(map(str, said))


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
        HIDDEN,
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
    out, scores, _ = done
    monkeypatch.setattr(report, "FEWEST", 10**6)  # the classifier takes long to train
    again = run.run(options.Job(movie=short_movie, model=out / "model.npz", out=tmp_path), lambda _: None)
    assert again["test"]["swap"]["ssim_face"] == pytest.approx(scores["test"]["swap"]["ssim_face"], abs=0.01)
    assert not (tmp_path / "curve.png").exists()  # nothing was trained
    assert "is_a" not in again["test"]["swap"] and "too few" in again["identity_problem"]


# What follows is about what happens around the training, which a network of one layer has as well.


def one_layer(size=64, code_size=128, **_):
    """In place of `swap.build_swap`: the parts have the same names, and take a moment to compile."""
    pictures = [keras.Input((size, size, 3), name=who) for who in "ab"]
    made = []
    for who, picture in zip("ab", pictures, strict=True):
        inner = keras.Input((size, size, 3))
        encode = keras.Model(inner, keras.layers.Conv2D(code_size, 1)(inner), name=f"encoder_{who}")
        code = keras.Input((size, size, code_size))
        decode = keras.Model(code, keras.layers.Conv2D(3, 1)(code), name=f"decoder_{who}")
        made.append(decode(encode(picture)))
    model = keras.Model(pictures, made)
    model.compile(keras.optimizers.SGD(1e-3, momentum=0.9), loss=["mae", "mae"], run_eagerly=True)
    return networks.weights.built_by(swap.build_swap, model, size=size, code_size=code_size)


@pytest.fixture(scope="module")
def few():
    return tuple(dataset.load(f"test_{who}", 64)[:16] for who in "ab")


@pytest.fixture
def quick(monkeypatch, few):
    """Jobs of a few steps, by a clock that ticks a tenth of a second a look; nothing is swapped or scored."""
    ticks, black = count(), np.zeros((32, 32, 3), np.uint8)
    clock = SimpleNamespace(perf_counter=lambda: next(ticks) / 10, monotonic=time.monotonic)
    monkeypatch.setattr(callbacks, "time", clock)
    monkeypatch.setattr(batches, "Pairs", partial(batches.Pairs, batch=2, steps=2))
    monkeypatch.setitem(device.STEPS_AT_ONCE, "cpu", 1)
    monkeypatch.setattr(train, "swap_preview", lambda *_: lambda: black)
    monkeypatch.setattr(train.show, "training_curve", lambda *_: black)
    monkeypatch.setattr(swap, "build_swap", one_layer)
    monkeypatch.setitem(networks.BUILDERS, "build_swap", one_layer)
    one_layer.__name__ = "build_swap"
    monkeypatch.setattr(run, "people", lambda *_: (few, few))
    monkeypatch.setattr(run, "_used", lambda job, folder, *_: {"trained": Folder(job.out).seconds()})


def job_of(out, **changes):
    return options.Job(**{"out": out, "code": 16, "minutes": 0.005, **changes})


def done_quickly(out, **changes):
    """Run a job; returns what it said."""
    said = []
    run.run(job_of(out, **changes), said.append)
    return "\n".join(map(str, said))


def stop_at(monkeypatch, where, name, error=KeyboardInterrupt):
    """Let the next call of a function be the last one."""
    whole = getattr(where, name)

    def stopped(*_, **__):
        monkeypatch.setattr(where, name, whole)
        raise error

    monkeypatch.setattr(where, name, stopped)


def files_of(out):
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


PLACES = {
    "before the training": (train, "_fit"),
    "in the training": (callbacks.Preview, "on_epoch_end"),
    "at its end": (callbacks.Preview, "on_train_end"),
    "before the model is kept": (Folder, "keep"),
    "while the model is saved": (networks.weights, "_kept"),
    "before the model gets its name": (Folder, "set_aside"),
    "before the state goes": (callbacks, "forget"),
    "while the curve is drawn": (train, "_draw_curve"),
    "while the movie is swapped": (run, "_used"),
}


IN_QUICK = {"in the training", "before the model is kept", "while the movie is swapped"}


@pytest.mark.parametrize(
    "place", [p if p in IN_QUICK else pytest.param(p, marks=pytest.mark.slow) for p in PLACES]
)
def test_broken_off_anywhere_the_same_command_goes_on(quick, tmp_path, monkeypatch, place):
    strangers = {"training/a.jpg": b"1", "my.part.png": b"2", "log.csv": b"3", ".swaplib-training/mine": b"4"}
    (tmp_path / HIDDEN).mkdir()
    unfinished = ".swaplib-0123456789abcdef.mp4", f"{HIDDEN}/.swaplib-0123456789abcdef"  # by a kill
    for name, data in {**strangers, **dict.fromkeys(unfinished, b"")}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    stop_at(monkeypatch, *PLACES[place])
    with pytest.raises(run.Stopped) as stop:
        done_quickly(tmp_path)
    kept = "is kept in" if (tmp_path / "model.npz").exists() else "so far is kept"
    assert (kept if place != "before the training" else "Nothing was trained") in str(stop.value)
    before = Folder(tmp_path).seconds()
    said = done_quickly(tmp_path)
    assert Folder(tmp_path).seconds() >= 0.3 and (before is None or Folder(tmp_path).seconds() >= before)
    words = {
        "before the training": "Training 0.005",
        "in the training": "Continuing",
        "while the movie is swapped": "Using",
    }
    assert words.get(place, "") in said
    left = files_of(tmp_path)
    assert {name: left.pop(name, None) for name in strangers} == strangers
    ours = {
        "model.npz",
        "preview.jpg",
        "curve.png",
        *(f"{HIDDEN}/{n}" for n in ("lock", "job.json", "job.json.bkp")),
    }
    assert set(left) == ours


@pytest.mark.slow
def test_a_model_without_its_state_is_never_an_untrained_one(quick, tmp_path, monkeypatch):
    """The state says that the time is up, and is gone: what is delivered has been trained."""
    done_quickly(tmp_path)
    (tmp_path / "model.npz").unlink()
    assert "Training 0.005 minutes" in done_quickly(tmp_path)
    assert Folder(tmp_path).seconds() >= 0.3


def test_more_minutes_train_on_and_the_same_take_the_model(quick, tmp_path, monkeypatch):
    done_quickly(tmp_path)
    first = Folder(tmp_path).seconds()
    model = (tmp_path / "model.npz").read_bytes()
    assert "Using" in done_quickly(tmp_path) and (tmp_path / "model.npz").read_bytes() == model
    begun, fit = [], train._fit
    monkeypatch.setattr(
        train, "_fit", lambda model, *rest: [begun.append(model.get_weights()), fit(model, *rest)]
    )
    said = done_quickly(tmp_path, minutes=0.01)
    (tmp_path / "before.npz").write_bytes(model)
    for was, goes_on in zip(networks.load(tmp_path / "before.npz").get_weights(), *begun, strict=True):
        np.testing.assert_array_equal(was, goes_on)
    assert "Continuing: 0.00" in said and Folder(tmp_path).seconds() >= 0.6 > first
    assert len(Folder(tmp_path).history()) > 1 and Folder(tmp_path).history()[0]["seconds"] <= first
    assert "Using" in done_quickly(tmp_path)  # fewer minutes again
    said = done_quickly(tmp_path, minutes=0.015, model=tmp_path / "model.npz", code=None)
    assert "Continuing: 0.01" in said and "Using" in done_quickly(tmp_path)


@pytest.mark.slow
def test_other_settings_are_refused_or_set_aside(quick, tmp_path):
    done_quickly(tmp_path)
    before = files_of(tmp_path)
    with pytest.raises(
        SwaplibError, match="other settings .code 16 there, 17 now; seed 0 there, 1 now.*--restart"
    ):
        done_quickly(tmp_path, code=17, seed=1)
    assert files_of(tmp_path) == before
    said = done_quickly(tmp_path, code=17, restart=True)
    assert "kept as model-1.npz" in said
    assert (tmp_path / "model-1.npz").read_bytes() == before["model.npz"]
    assert "Using" in done_quickly(tmp_path, code=17, restart=True)  # the same command again
    assert "Using" in done_quickly(tmp_path, code=17, blend="soft", colour="frame")


@pytest.mark.slow
def test_a_model_from_elsewhere_is_trained_further_when_minutes_are_given(quick, tmp_path):
    done_quickly(tmp_path / "one")
    start = tmp_path / "one" / "model.npz"
    assert options.Job(model=start).minutes is None
    done_quickly(tmp_path / "two", model=start, code=None)
    assert Folder(tmp_path / "two").seconds() >= 0.3
    assert "Using" in done_quickly(tmp_path / "two", model=start, code=None)
    (tmp_path / "three").mkdir()
    shutil.copy(start, tmp_path / "three")  # a model without a record is somebody's
    said = done_quickly(tmp_path / "three")
    assert "kept as model-1.npz" in said
    assert (tmp_path / "three" / "model-1.npz").read_bytes() == start.read_bytes()


def test_on_windows_a_byte_of_the_lock_is_locked_and_released(tmp_path, monkeypatch):
    held = set()

    def locking(number, how, length):
        place = os.fstat(number).st_ino, os.lseek(number, 0, os.SEEK_CUR), length
        if how == "lock" and place in held:
            raise PermissionError(13, "Permission denied")
        (held.add if how == "lock" else held.remove)(place)

    monkeypatch.setattr(
        folder, "msvcrt", SimpleNamespace(LK_NBLCK="lock", LK_UNLCK="unlock", locking=locking)
    )
    with Folder(tmp_path).locked():
        with pytest.raises(SwaplibError, match="Another job is writing"):
            with Folder(tmp_path).locked():
                pass
    assert not held
    with Folder(tmp_path).locked():
        assert {(place, length) for _, place, length in held} == {(0, 1)}


@pytest.mark.parametrize("content", [b"", b"\0" * 500, b"[1, 2]", b'{"settings": 3}', b'{"settings": null}'])
def test_of_a_damaged_record_the_one_before_is_read_or_nothing(tmp_path, content):
    with Folder(tmp_path).locked() as folder:
        folder.note(settings={"seed": 1}, files=["sheet.jpg"])
        known = folder.record()
        assert known == {"settings": {"seed": 1}, "models": {}, "files": ["sheet.jpg"]}
        record = tmp_path / HIDDEN / "job.json"
        record.write_bytes(content)
        assert folder.record() == known
        callbacks.both(record)[1].write_bytes(content)
        assert folder.record() == {"settings": None, "models": {}, "files": []}


@pytest.mark.slow
def test_whatever_the_record_holds_the_same_command_goes_on(quick, tmp_path, monkeypatch):
    stop_at(monkeypatch, callbacks.Preview, "on_epoch_end")
    with pytest.raises(run.Stopped):
        done_quickly(tmp_path)
    record, content = tmp_path / HIDDEN / "job.json", b"\0" * 500
    record.write_bytes(content)
    assert "Continuing" in done_quickly(tmp_path)
    for path in callbacks.both(record):
        path.write_bytes(content)
    model = (tmp_path / "model.npz").read_bytes()
    said = done_quickly(tmp_path)
    assert "kept as model-1.npz" in said and (tmp_path / "model-1.npz").read_bytes() == model


def test_ctrl_c_that_a_library_swallows_stops_the_job_all_the_same(quick, tmp_path, monkeypatch, few):
    def swallows(*_):
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return few, few

    monkeypatch.setattr(run, "people", swallows)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what runs in the background ignores it
    try:
        with pytest.raises(run.Stopped, match="Nothing was trained"):
            done_quickly(tmp_path)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert not (tmp_path / "model.npz").exists()


def test_what_is_set_aside_overwrites_nothing(tmp_path):
    for k in range(3):
        (tmp_path / "model.npz").write_bytes(b"%d" % k)
        assert Folder(tmp_path).set_aside(tmp_path / "model.npz") == tmp_path / f"model-{k + 1}.npz"
    assert files_of(tmp_path) == {f"model-{k + 1}.npz": b"%d" % k for k in range(3)}


@pytest.mark.slow
def test_a_damaged_model_is_told_and_kept(quick, tmp_path):
    done_quickly(tmp_path)
    (tmp_path / "model.npz").write_bytes(b"half a mo")
    said = done_quickly(tmp_path)
    assert "damaged or not from this training" in said and "Training 0.005" in said
    assert (tmp_path / "model-1.npz").read_bytes() == b"half a mo" and Folder(tmp_path).seconds()


def test_a_full_disk_loses_nothing(quick, tmp_path, monkeypatch):
    full = SwaplibError("Can't write preview.jpg: No space left on device. Make room for it.")
    for where, name in ((callbacks.Preview, "on_epoch_end"), (Folder, "keep")):
        stop_at(monkeypatch, where, name, full)
        with pytest.raises(SwaplibError, match="No space"):
            done_quickly(tmp_path)
    assert "Training" not in done_quickly(tmp_path) and Folder(tmp_path).seconds() >= 0.3


def test_ctrl_c_keeps_the_model_and_the_same_command_trains_the_rest(quick, tmp_path, monkeypatch):
    whole = callbacks.Preview.on_epoch_end

    def press(self, epoch, logs=None):
        monkeypatch.setattr(callbacks.Preview, "on_epoch_end", whole)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(callbacks.Preview, "on_epoch_end", press)
    said = done_quickly(tmp_path, minutes=0.01)
    seconds = Folder(tmp_path).seconds()
    assert "Ctrl-C: training ends here" in said and "command continues it" in said and seconds < 0.6
    assert "--model uses it as it is, and the same command continues" in Folder(tmp_path).kept()
    assert "Continuing" in done_quickly(tmp_path, minutes=0.01) and Folder(tmp_path).seconds() >= 0.6


@pytest.mark.slow
def test_a_terminated_job_says_what_is_kept(quick, tmp_path, monkeypatch, capsys):
    whole = callbacks.Preview.on_epoch_end

    def end(self, epoch, logs=None):
        monkeypatch.setattr(callbacks.Preview, "on_epoch_end", whole)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(callbacks.Preview, "on_epoch_end", end)
    arguments = ["--minutes", "0.005", "--code", "16", "--out", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        __main__.main(arguments)
    assert stop.value.code == 130 and "stopped. The training so far is kept" in capsys.readouterr().err
    __main__.main(arguments)
    assert "Continuing" in capsys.readouterr().out and Folder(tmp_path).seconds() >= 0.3


def in_the_movie(people, monkeypatch):
    monkeypatch.setattr(source.people, "people_in", lambda path: people)
    monkeypatch.setattr(source.people, "sort_out", lambda seen: (people, None))
    monkeypatch.setattr(source.sightings, "look_for_faces", lambda path: "seen")


def test_who_is_meant_is_known_before_the_training(quick, tmp_path, monkeypatch):
    there = [Person(k, np.arange(3), (9, 9, 30, 40), np.zeros((96, 96, 3), np.uint8), None) for k in (1, 2)]
    in_the_movie(there, monkeypatch)
    said = []
    meant = partial(source.meant, say=said.append)
    assert meant(job_of(tmp_path, who="2")) == (2, "seen") and "person 2 (in 3 frames" in said[0]
    assert meant(job_of(tmp_path)) == (None, None)  # of the shipped people nobody is asked for
    picture, words = source.numbered(job_of(tmp_path))
    assert picture.shape[0] > 96 and len(words) == 2
    with pytest.raises(SwaplibError, match="no person 3"):
        done_quickly(tmp_path, who=3)
    assert not (tmp_path / "model.npz").exists() and Folder(tmp_path).kept().startswith("Nothing was trained")


def test_of_several_people_in_the_movie_the_one_like_b_is_swapped(tmp_path, monkeypatch):
    people = [dataset.load(f"test_{who}", 64).images[:9] for who in "ab"]
    face = np.zeros((96, 96, 3), np.uint8)
    there = [
        Person(k + 1, np.arange(3), (9, 9, 30, 40), face, source.people.code_of(crops[:3]))
        for k, crops in enumerate(people)
    ]
    in_the_movie(there, monkeypatch)
    said = []
    assert [source.meant(job_of(tmp_path), crops[3:], said.append)[0] for crops in people] == [1, 2]
    assert "the most like B's pictures of 2 people: person 2" in said[1]
    there[1].code[:] = there[0].code
    with pytest.raises(SwaplibError, match="unclear which of the 2 people"):
        source.meant(job_of(tmp_path), people[0][3:])
    del there[1]
    assert source.meant(job_of(tmp_path), people[1]) == (None, "seen")  # alone, whoever it is


def test_a_failed_movie_names_the_model(quick, tmp_path, monkeypatch):
    stop_at(monkeypatch, run, "_used", SwaplibError("b.mp4 is broken."))
    with pytest.raises(SwaplibError, match="b.mp4 is broken.\\n.*safe in .*model.npz: --model .*model.npz"):
        done_quickly(tmp_path)


def test_a_folder_belongs_to_one_job(quick, tmp_path):
    with Folder(tmp_path).locked():
        with pytest.raises(SwaplibError, match="Another job is writing"):
            done_quickly(tmp_path)
    hold = (
        "import fcntl, sys; file = open(sys.argv[1], 'a+b'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print(1, flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, tmp_path / HIDDEN / "lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout.readline() == b"1\n"
    with pytest.raises(SwaplibError, match="Another job is writing"):
        done_quickly(tmp_path)
    other.kill()
    other.wait()
    done_quickly(tmp_path)  # its lock went with it


def test_what_is_not_ours_is_neither_overwritten_nor_captured(quick, tmp_path):
    save = Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save
    save(tmp_path / "sheet.jpg")
    before = files_of(tmp_path)
    with pytest.raises(SwaplibError, match="sheet.jpg exists and is not from a job"):
        done_quickly(tmp_path)
    assert files_of(tmp_path) == before
    provenance.save_picture(tmp_path / "sheet.jpg", np.zeros((64, 64, 3), np.uint8))
    done_quickly(tmp_path)  # by an earlier version
    here = Folder(tmp_path / "photos" / "out")
    assert here.own([tmp_path / "photos"]) == [here.out]
    inside = here.own([here.out / "training"])
    assert here.out not in inside and {here / "sheet.jpg", here / HIDDEN, here / "preview.jpg"} <= set(inside)


def test_a_classifier_that_can_not_tell_scores_nothing(people, monkeypatch):
    a, b = people
    monkeypatch.setattr(report, "IdentityClassifier", lambda *_: SimpleNamespace(accuracy=0.55))
    who, facts = report.identity((a[:20], b[:20]), (a[:3], b[:9]))
    assert who is None and "3 of A and 9 of B, are too few" in facts["identity_problem"]
    who, facts = report.identity(people, (a[:20], b[:20]))
    assert who is None and "only 55.0% of them, with chance at 50%" in facts["identity_problem"]
    assert facts["identity_accuracy"] == 0.55
    assert "chance at 50%" in report.written({"test": {"swap": {"yaw_error": 1.0}}, **facts})


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two folders of photos: one real person, and synthetic B."""
    where = tmp_path_factory.mktemp("own")
    (where / "a").mkdir()
    (where / "b").mkdir()
    picture = Image.fromarray(astronaut()[:256, 96:352])
    for k in range(12):
        picture.rotate(3 * k - 18, resample=Image.Resampling.BICUBIC).save(where / "a" / f"{k}.jpg")
    for k, image in enumerate(dataset.load("test_b", 128).images[:12]):
        Image.fromarray(np.uint8(255 * image)).resize((256, 256)).save(where / "b" / f"{k}.jpg")
    return where


@pytest.mark.slow
def test_own_material(photos, short_movie, tmp_path, capsys):
    material = ["--a", photos / "a", "--b", photos / "b", "--movie", short_movie, "--out", tmp_path]
    consent = ["--consent", "the astronaut and I, today"]
    __main__.main([str(a) for a in (*material, *consent, "--minutes", 0.05, "--code", 16)])
    assert "synthetic" in provenance.read_provenance(tmp_path / "swapped.mp4")
    (note,) = provenance.read_consent(tmp_path / "consent.json")
    assert note["statement"] == "the astronaut and I, today" and len(note["material"]) == 3
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert (
        set(scores["test"]) == {"swap", "A, reconstructed", "B, reconstructed"}
        and "is_a" not in scores["test"]["swap"]
    )
    said = capsys.readouterr().out
    assert "12 faces, 0 pictures without one" in said and "A has only 12 pictures" in said


@pytest.mark.slow
def test_a_dry_run_shows_the_material(photos, tmp_path, capsys):
    __main__.main(
        [
            "--a",
            str(photos / "a"),
            "--b",
            str(photos / "b"),
            "--out",
            str(tmp_path),
            "--consent",
            "me",
            "--dry-run",
        ]
    )
    said = capsys.readouterr().out
    assert "A has only 12 pictures" in said and "captured_a.jpg" in said
    assert {p.name for p in tmp_path.iterdir()} == {
        *("captured_a.jpg", "captured_b.jpg", "captured_a.txt", "captured_b.txt"),
        *("coverage.png", "consent.json", HIDDEN),
    }
    assert sorted((tmp_path / "captured_b.txt").read_text().splitlines()) == sorted(
        p.name for p in (photos / "b").iterdir()
    )
    high, wide, _ = dry.shipped_sheet(dataset.load("test_a", 64)[:41]).shape
    assert high == 3 * 100 - 4 and wide > 20 * 100 - 4


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        __main__.main([str(a) for a in arguments])
    capsys.readouterr()
    return str(stop.value)


def test_what_cannot_work_is_refused_before_anything_is_written(
    photos, short_movie, tmp_path, capsys, monkeypatch
):
    a, b, out, yes = photos / "a", photos / "b", tmp_path / "out", ("--consent", "all")
    (tmp_path / "empty").mkdir()
    (tmp_path / "unreadable").mkdir()
    for name in ("bad.mp4", "bad.npz", "unreadable/1.jpg", "unreadable/2.png"):
        (tmp_path / name).write_bytes(b"nothing")
    (tmp_path / "notes.mp4").write_text("a text that FFmpeg would play\n" * 100)
    (tmp_path / "file").touch()
    judge = networks.DATA / "weights" / "judge.npz"
    own = ("--a", a, "--b", b)
    for words, *arguments in (
        ("size 80", "--size", 80),
        ("pictures of B are missing", "--a", a, *yes),
        ("pictures of A are missing", "--b", b, *yes),
        ("no photos", "--a", tmp_path / "empty", "--b", b, *yes),
        ("There is no photo, movie or folder", "--a", tmp_path / "nope*.jpg", "--b", b, *yes),
        ("None of the 2 pictures", "--a", a, "--b", tmp_path / "unreadable", *yes),
        ("bad.mp4", "--a", tmp_path / "bad.mp4", "--b", b, *yes),
        ("no movie", "--movie", tmp_path / "none.mp4", *yes),
        ("notes.mp4", *own, "--movie", tmp_path / "notes.mp4", *yes),
        ("1.4 s long: there is nothing after", "--movie", short_movie, "--from", "1:10", *yes),
        ("from before to", "--movie", short_movie, "--from", 2, "--to", 1, *yes),
        ("There is no photo", *own, "--who", tmp_path / "who.jpg", *yes),
        ("numbered from 1", *own, "--who", 0, *yes),
        ("names.txt can't be read", *own, "--leave-out", tmp_path / "names.txt", *yes),
        ("bad.npz", "--model", tmp_path / "bad.npz"),
        ("another network", "--model", judge),
        ("has --size 64, not 128", "--model", networks.DATA / "weights" / "swap_64.npz", "--size", 128),
        ("has --code 128, not 16", "--model", networks.DATA / "weights" / "swap_64.npz", "--code", 16),
        ("choose one of soft, bands, gradients", "--blend", "hard"),
        ("choose one of none, light, frame", "--colour", "red"),
        ("minutes", "--minutes", 0),
        ("minutes", "--minutes", "inf"),
        ("minutes", "--minutes", "nan"),
        ("seed", "--seed", -1),
        ("code", "--code", 0),
        ("without consent", *own, "--consent", " "),
    ):
        said = refused(capsys, *arguments, "--out", out)
        assert words in said and "\n" not in said, said
    assert "Can't write" in refused(capsys, "--out", tmp_path / "file" / "out")
    monkeypatch.setattr("sys.stdin", open("/dev/null"))
    assert "--consent" in refused(capsys, *own, "--out", out)
    assert not out.exists()
    for name in ("sheet.jpg", "scores.json", "swapped.mp4", "model.npz"):
        (tmp_path / name / name).mkdir(parents=True)
        assert "is a folder" in refused(capsys, "--out", tmp_path / name)
    shutil.copytree(a, tmp_path / "photos")
    (tmp_path / "photos" / "0.jpg").rename(tmp_path / "photos" / "sheet.jpg")
    said = refused(
        capsys, "--a", tmp_path / "photos" / "sheet.jpg", "--b", b, "--out", tmp_path / "photos", *yes
    )
    assert "all its files were left out" in said  # it is what an earlier job wrote
    (tmp_path / "photos" / "captured_a.txt").write_text("1.jpg")
    listed = ("--leave-out", tmp_path / "photos" / "captured_a.txt")
    assert "captured_a.txt is an input" in refused(capsys, *own, *listed, *yes, "--out", tmp_path / "photos")


def test_ctrl_d_at_the_consent_is_no_consent(photos, tmp_path, capsys, monkeypatch):
    class Terminal:
        def isatty(self):
            return True

        def readline(self):
            return ""

    monkeypatch.setattr("sys.stdin", Terminal())
    assert "without consent" in refused(
        capsys, "--a", photos / "a", "--b", photos / "b", "--out", tmp_path / "out"
    )
    assert not (tmp_path / "out").exists()


def test_material_has_many_forms(photos, short_movie, tmp_path):
    shutil.copytree(photos / "a", tmp_path / "out" / "training")  # a name of former versions, and of anybody
    todo = options.Job(
        a=[str(tmp_path / "out" / "training" / "[0-3].jpg"), photos / "a" / "5.jpg"],
        b=short_movie,
        out=tmp_path / "out",
    )
    assert len(todo.a) == 5 and todo.movie == short_movie and len(todo.own) == 6
    without = options.Job(a=photos / "a", b=photos / "b", out=tmp_path / "none")
    assert without.movie is None and "no movie to swap" in inputs.check(without)[0]
    assert options.Job(a=short_movie, b=[photos / "b", short_movie]).movie == short_movie
    assert options.Job(a=photos / "a", b=photos / "b" / "1.jpg").movie is None
    for who, meant in (("2", 2), (3, 3), ("2.jpg", "2.jpg")):
        assert str(options.Job(who=who).who) == str(meant)
    (tmp_path / "names.txt").write_text("\ufeff1.jpg\n# a comment\n\nü.jpg\n", encoding="utf-8")
    assert inputs.left_out_names(options.Job(leave_out=tmp_path / "names.txt")) == ["1.jpg", "ü.jpg"]


def test_a_stretch_of_the_movie_is_cut_with_its_sound(short_movie, tmp_path):
    stretch.cut(short_movie, tmp_path / "part.mkv", 0.4, 1.0)
    whole, part = ([(f, s) for f, s in video.Reader(p)] for p in (short_movie, tmp_path / "part.mkv"))
    assert video.Reader(tmp_path / "part.mkv").fps == 25
    assert len(part) == 15 and [s for _, s in part] == pytest.approx(np.arange(15) / 25, abs=0.005)
    for (frame, _), (other, _) in zip(whole[10:25], part, strict=True):
        assert np.abs(frame.astype(int) - other).mean() < 2
    assert np.abs(whole[0][0].astype(int) - part[0][0]).mean() > 2
    loud = [sound(p) for p in (short_movie, tmp_path / "part.mkv")]
    assert loud[1] == pytest.approx(0.6, abs=0.05) and loud[0] > 1.3
    with pytest.raises(SwaplibError, match="no frame between 7 s and 8 s"):
        stretch.cut(short_movie, tmp_path / "none.mkv", 7, 8)
    assert not (tmp_path / "none.mkv").exists()


def sound(path):
    """Seconds of sound in a movie."""
    with av.open(str(path)) as container:
        return sum(f.samples / f.rate for f in container.decode(audio=0))


def test_times_are_seconds_or_minutes():
    assert [__main__.seconds(t) for t in ("7", "1:15", "1:01:15.5")] == [7, 75, 3675.5]
    for wrong in ("", "-1", "1:2:3:4", "nan", "inf", "x"):
        with pytest.raises(__main__.argparse.ArgumentTypeError):
            __main__.seconds(wrong)


def test_help_is_quick_and_says_what_to_do():
    script = [sys.executable, "-X", "importtime", "-m", "swaplib", "--help"]
    shown = subprocess.run(script, capture_output=True, text=True, check=True)
    words = (*BLENDS, *COLOURS, "avoids a seam", "--a", "--consent", "scores.json", "Ctrl-C", "default")
    for word in (*words, "--restart", "--dry-run"):
        assert word in shown.stdout
    assert "tensorflow" not in shown.stderr


def swaplib(*arguments, options=(), shell="", cwd=None, **environment):
    """The command line in a process of its own, with other surroundings; returns (exit code, output)."""
    words = " ".join(f"'{a}'" for a in (sys.executable, *options, "-m", "swaplib", *arguments))
    settings = {"PYTHONPATH": os.getcwd(), **environment}
    ended = subprocess.run(
        ["sh", "-c", f"{words} {shell}"], cwd=cwd, env=os.environ | settings, capture_output=True, text=True
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_help_works_everywhere(tmp_path):
    for name in ("keras.py", "numpy.py", "argparse.py"):
        (tmp_path / name).write_text("raise RuntimeError('not this one')")
    for options_, shell in ((["-OO"], ""), ([], "2>&-"), ([], "<&- 2>&-")):
        code, said = swaplib("--help", options=options_, shell=shell, cwd=tmp_path)
        assert code == 0 and "Ctrl-C" in said, said


def test_another_courses_keras_is_kept_out(monkeypatch):
    keras.config.set_floatx("float16")
    importlib.reload(networks.autoencoder)
    assert keras.config.floatx() == "float32"
    for backend, words in (("nonsense", "choose one of"), ("jax", "isn't installed")):
        monkeypatch.setenv("KERAS_BACKEND", backend)
        monkeypatch.setattr(surroundings.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(SwaplibError, match=words):
            surroundings.choose_keras()


@pytest.mark.slow
def test_it_runs_in_bad_surroundings(tmp_path):
    """Settings of another course, a keras.py, no Unicode, closed streams: one clear line all the same."""
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(
        '{"floatx": "float16", "backend": "torch", "epsilon": "x"}'
    )
    (tmp_path / "keras.py").write_text("raise RuntimeError('not this one')")
    environment = {"HOME": str(tmp_path), "PYTHONIOENCODING": "ascii", "KERAS_BACKEND": ""}
    code, said = swaplib("--model", "ü.npz", shell="<&-", cwd=tmp_path, **environment)
    assert code == 1 and said == "swaplib: There is no model at \\xfc.npz.\n"
