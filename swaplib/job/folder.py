"""The folder of a job: who works in it, which files are ours, and what is known of its training.

Everything that is not meant to be looked at lies in `.swaplib-training`: the lock, the state of the
training while it isn't finished, and a record of what was trained with which settings.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from swaplib import SwaplibError, __version__
from swaplib.files.provenance import made_here, read_consent
from swaplib.files.writing import replacing
from swaplib.networks import weights
from swaplib.training import callbacks

HIDDEN = ".swaplib-training"
CONSENT, MODEL, MOVIE = "consent.json", "model.npz", "swapped.mp4"
PREVIEW, CURVE, SHEET, SCORES = "preview.jpg", "curve.png", "sheet.jpg", "scores.json"
CAPTURED, COVERAGE, PEOPLE = ("captured_a.jpg", "captured_b.jpg"), "coverage.png", "people.jpg"
CAPTURED_NAMES = ("captured_a.txt", "captured_b.txt")
WRITTEN = (MOVIE, PREVIEW, CURVE, SHEET, SCORES, *CAPTURED, *CAPTURED_NAMES, COVERAGE, PEOPLE)
NAMES = (*WRITTEN, MODEL, CONSENT)
UNFINISHED = re.compile(r"\.swaplib-[0-9a-f]{16}(\..*)?")  # what `replacing` writes to


class Folder:
    """A folder that a job writes to. Only what `NAMES` lists, and what lies in `HIDDEN`, is ours."""

    def __init__(self, out: Path) -> None:
        self.out, self.hidden = Path(out), Path(out) / HIDDEN
        self.model, self.checkpoint = self.out / MODEL, self.hidden / "state.npz"
        self._record = self.hidden / "job.json"

    def __truediv__(self, name: str) -> Path:
        return self.out / name

    @contextmanager
    def locked(self) -> Iterator["Folder"]:
        """Work in the folder alone. Raises SwaplibError while another job does, or where it can't be made.

        The system takes the lock off when a process ends, however it ends.
        """
        try:
            self.hidden.mkdir(parents=True, exist_ok=True)
            file = open(self.hidden / "lock", "a+b")
        except OSError as error:
            raise SwaplibError(
                f"Can't write to {self.out}: {error.strerror}. Choose another --out."
            ) from error
        with file:
            if not _lock(file):
                raise SwaplibError(
                    f"Another job is writing to {self.out}: wait until it has ended, or choose another --out."
                )
            yield self

    def record(self) -> dict:
        """What is known of the folder: "settings" of its training, "models", "files"; {} where nothing is.

        models: {SHA-256 of a model file: {"seconds", "history"}}. files: names that a job has written.
        """
        for path in callbacks.both(self._record):
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
                return {
                    "settings": dict(record["settings"]) if record["settings"] else None,
                    "models": {key: dict(value) for key, value in record["models"].items()},
                    "files": list(record["files"]),
                }
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
        return {"settings": None, "models": {}, "files": []}

    def note(self, **changes) -> None:
        """Change the record."""
        text = json.dumps({**self.record(), **changes, "swaplib": __version__}, indent=1)
        for path in callbacks.both(self._record):
            with replacing(path) as part:
                part.write_text(text, encoding="utf-8")

    def check_names(self) -> None:
        """Raise SwaplibError where somebody else's file has one of our names; nothing is written."""
        known = set(self.record()["files"])
        before = not known and _readable(self.model)  # by a version that kept no record
        for name in WRITTEN:
            if (self / name).exists() and name not in known and not before and not made_here(self / name):
                raise SwaplibError(
                    f"{self / name} is there and is not from a job: move it away, or choose another --out."
                )
        read_consent(self / CONSENT)

    def claim(self) -> None:
        """Take the names in `WRITTEN` before one is written, and tidy up after a job that was killed."""
        self.check_names()
        for path in (*self.out.iterdir(), *self.hidden.iterdir()):
            if UNFINISHED.fullmatch(path.name):  # of a job that was killed
                path.unlink()
        if set(self.record()["files"]) != set(WRITTEN):
            self.note(files=list(WRITTEN))

    def seconds(self) -> float | None:
        """How long model.npz was trained; None where there is none of this folder's own training."""
        known = self.record()["models"].get(digest(self.model))
        return known["seconds"] if known and _readable(self.model) else None

    def history(self) -> list[dict]:
        """The losses of the training of model.npz, a dict an epoch; empty where they aren't known."""
        return self.record()["models"].get(digest(self.model), {}).get("history", [])

    def set_aside(self, path: Path) -> Path | None:
        """Give a file another name, if it is there, so that nothing is lost; returns that name."""
        if not path.exists():
            return None
        k = 1
        while (new := path.with_name(f"{path.stem}-{k}{path.suffix}")).exists():
            k += 1
        path.rename(new)
        return new

    def keep(self, save: Callable[[Path], object], seconds: float, history: list[dict]) -> Path | None:
        """Put a trained model in its place. save: writes it to a path.

        Its record is written first, so that whichever model lies there is known at each moment. A model
        that is not of this folder's training is set aside; its new name is returned, or None.
        """
        new = self.hidden / MODEL
        save(new)
        models, old = self.record()["models"], digest(self.model)
        self.note(
            models={k: v for k, v in models.items() if k == old}
            | {digest(new): {"seconds": seconds, "history": history}}
        )
        moved = None if old in models else self.set_aside(self.model)
        os.replace(new, self.model)
        return moved

    def own(self, sources: Iterable[Path]) -> list[Path]:
        """What a capture of these sources must leave out: all that jobs have written here."""
        inside = [s for s in sources if s.resolve().is_relative_to(self.out.resolve())]
        return [self / name for name in (*NAMES, HIDDEN)] if inside else [self.out]

    def kept(self) -> str:
        """What there is of a training, and what the same command will do with it, in words."""
        begun, seconds = callbacks.read_note(self.checkpoint) is not None, self.seconds()
        if seconds is None:
            if begun:
                return "The training so far is kept: the same command continues it."
            return "Nothing was trained yet: the same command begins again."
        model = f"The model, trained for {minutes(seconds)}, is kept in {self.model}"
        if begun:
            return f"{model}: --model takes it as it is, the same command trains the rest of the time."
        return f"{model}: the same command takes it and goes on."

    def listing(self) -> str:
        """The names of the files that are ours, as words."""
        return ", ".join(sorted(name for name in NAMES if (self / name).exists()))


def minutes(seconds: float) -> str:
    """Seconds as minutes, in words."""
    return f"{seconds / 60:.3g} minutes"


def digest(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _readable(path):
    """Whether a file is a whole model."""
    try:
        weights.read(path)
    except SwaplibError:
        return False
    return True


def _lock(file):
    """Lock an open file for this process; False where another has it. Where files can't be locked: True."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # some network drives
        pass
    return True
