"""The folder of a job: its lock, the files that belong to it, and the record of its training.

Internal files are in `.swaplib-training`: the lock, the state of an unfinished training, and a record of what
was trained with which settings.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from swaplib import SwaplibError, __version__
from swaplib.files.provenance import made_here, read_consent
from swaplib.files.writing import replacing
from swaplib.networks import weights
from swaplib.training import callbacks

msvcrt: Any = None
try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

HIDDEN = ".swaplib-training"
CONSENT, MODEL, MOVIE = "consent.json", "model.npz", "swapped.mp4"
PREVIEW, CURVE, SHEET, SCORES = "preview.jpg", "curve.png", "sheet.jpg", "scores.json"
CAPTURED, COVERAGE, PEOPLE = ("captured_a.jpg", "captured_b.jpg"), "coverage.png", "people.jpg"
CAPTURED_NAMES = ("captured_a.txt", "captured_b.txt")
WRITTEN = (MOVIE, PREVIEW, CURVE, SHEET, SCORES, *CAPTURED, *CAPTURED_NAMES, COVERAGE, PEOPLE)
NAMES = (*WRITTEN, MODEL, CONSENT)
UNFINISHED = re.compile(r"\.swaplib-[0-9a-f]{16}(\..*)?")  # temporary files of `replacing`


class Folder:
    """A job's output folder. Only the files listed in `NAMES`, and those in `HIDDEN`, belong to swaplib."""

    def __init__(self, out: Path) -> None:
        self.out, self.hidden = Path(out), Path(out) / HIDDEN
        self.model, self.checkpoint = self.out / MODEL, self.hidden / "state.npz"
        self._record = self.hidden / "job.json"

    def __truediv__(self, name: str) -> Path:
        return self.out / name

    @contextmanager
    def locked(self) -> Iterator["Folder"]:
        """Lock the folder for this job. Raises SwaplibError if another job has it, or it can't be created.

        The system releases the lock when the process ends, for whatever reason; Windows may take a moment.
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
                    f"Another job is writing to {self.out}: wait until it ends, or choose another --out."
                )
            try:
                yield self
            finally:
                _unlock(file)

    def record(self) -> dict:
        """Return the folder's record: "settings" of its training, "models", "files"; {} if there is none.

        models: {SHA-256 of a model file: {"seconds", "history"}}. files: names that jobs have written.
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
        """Update the record."""
        text = json.dumps({**self.record(), **changes, "swaplib": __version__}, indent=1)
        for path in callbacks.both(self._record):
            with replacing(path) as part:
                part.write_text(text, encoding="utf-8")

    def check_names(self) -> None:
        """Raise SwaplibError if a foreign file has one of our names; writes nothing."""
        known = set(self.record()["files"])
        before = not known and _readable(self.model)  # from a version without a record
        for name in WRITTEN:
            if (self / name).exists() and name not in known and not before and not made_here(self / name):
                raise SwaplibError(
                    f"{self / name} exists and is not from a job: move it away, or choose another --out."
                )
        read_consent(self / CONSENT)

    def claim(self) -> None:
        """Reserve the names in `WRITTEN` before writing any, and clean up after a killed job."""
        self.check_names()
        for path in (*self.out.iterdir(), *self.hidden.iterdir()):
            if UNFINISHED.fullmatch(path.name):  # left by a killed job
                path.unlink()
        if set(self.record()["files"]) != set(WRITTEN):
            self.note(files=list(WRITTEN))

    def seconds(self) -> float | None:
        """Return how long model.npz was trained; None if there is none from this folder's own training."""
        known = self.record()["models"].get(digest(self.model))
        return known["seconds"] if known and _readable(self.model) else None

    def history(self) -> list[dict]:
        """Return the losses of model.npz's training, one dict per epoch; empty if unknown."""
        return self.record()["models"].get(digest(self.model), {}).get("history", [])

    def set_aside(self, path: Path) -> Path | None:
        """Rename an existing file, so that nothing is lost; returns the new name."""
        if not path.exists():
            return None
        k = 1
        while (new := path.with_name(f"{path.stem}-{k}{path.suffix}")).exists():
            k += 1
        path.rename(new)
        return new

    def keep(self, save: Callable[[Path], object], seconds: float, history: list[dict]) -> Path | None:
        """Store a trained model. save: writes it to a path.

        The record is written first, so that whichever model is there is known at any moment. A model that
        isn't from this folder's training is set aside; returns its new name, or None.
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
        """Return what a capture of these sources must leave out: everything that jobs have written here."""
        inside = [s for s in sources if s.resolve().is_relative_to(self.out.resolve())]
        return [self / name for name in (*NAMES, HIDDEN)] if inside else [self.out]

    def kept(self) -> str:
        """Say what is kept of a training, and what the same command will do with it."""
        begun, seconds = callbacks.read_note(self.checkpoint) is not None, self.seconds()
        if seconds is None:
            if begun:
                return "The training so far is kept: the same command continues it."
            return "Nothing was trained yet: the same command starts again."
        model = f"The model, trained for {minutes(seconds)}, is kept in {self.model}"
        if begun:
            return f"{model}: --model uses it as it is, and the same command continues its training."
        return f"{model}: the same command continues with it."

    def listing(self) -> str:
        """Return the names of our files as text."""
        return ", ".join(sorted(name for name in NAMES if (self / name).exists()))


def minutes(seconds: float) -> str:
    """Format seconds as minutes."""
    return f"{seconds / 60:.3g} minutes"


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _readable(path):
    """Return whether a file is an intact model."""
    try:
        weights.read(path)
    except SwaplibError:
        return False
    return True


def _lock(file):
    """Lock an open file for this process; False if another has it. Where locks don't work: True."""
    try:
        if msvcrt:  # it locks the byte at the file's position, even in an empty file
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # some network drives
        pass
    return True


def _unlock(file):
    """Release the lock. Windows would do it only some time after the file is closed."""
    if msvcrt:
        with suppress(OSError):  # where locks don't work
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
