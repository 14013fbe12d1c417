"""Write a file completely or not at all, and fail early if it can't be written."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swaplib import SwaplibError

MOVIE_ENDINGS = (".mp4", ".m4v", ".mov")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file completely or not at all: yields a new file beside it, renamed to `path` at the end.

    The new file is hidden and has a unique name with the same ending. If the block raises, it is removed
    and any earlier file at `path` is left untouched. Raises SwaplibError if nothing can be written there.

    >>> import tempfile
    >>> with replacing(Path(tempfile.mkdtemp()) / "note.txt") as part:
    ...     _ = part.write_text("whole")
    """
    path = Path(path)
    _refuse_folder(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _new_beside(path)
    except (OSError, ValueError) as error:
        raise _cannot(path, error, "Choose another place for the output.") from error
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        of = os.path.abspath(os.fsdecode(error.filename or part).removeprefix("file:"))  # FFmpeg's form
        if part.exists() and of not in (os.path.abspath(part), os.path.abspath(path)):
            raise  # the error concerns another file, such as a source
        raise _cannot(path, error, "Make room for it, or choose another place.") from error
    finally:
        part.unlink(missing_ok=True)


def check_output(path: str | Path, *sources: str | Path) -> None:
    """Raise SwaplibError now rather than after the work if `path` can't become a movie."""
    path = Path(path)
    if path.suffix.lower() not in MOVIE_ENDINGS:
        raise SwaplibError(f"Can't write {path}: the name must end in {', '.join(MOVIE_ENDINGS)}.")
    check_writable(path, *sources)


def check_writable(path: str | Path, *sources: str | Path) -> None:
    """Raise SwaplibError if a file can't be written at `path`, or if `path` is one of the sources.

    Leaves neither a file nor a folder behind.
    """
    path = Path(path)
    try:
        for source in sources:
            if path.exists() and Path(source).exists() and path.samefile(source):
                raise SwaplibError(f"{path} is the source itself. Choose another name for the output.")
        _refuse_folder(path)
        existing = next(folder for folder in path.absolute().parents if folder.exists())
        _new_beside(existing / path.name).unlink()
    except (OSError, ValueError) as error:
        raise _cannot(path, error, "Choose another place.") from error


def _refuse_folder(path):
    try:
        folder = path.is_dir()
    except (OSError, ValueError) as error:  # such as a name with a NUL, or of 300 characters
        raise _cannot(path, error, "Choose another name.") from error
    if folder or not path.name:
        raise SwaplibError(f"Can't write {path}: it is a folder. Give the name of a file to write.")


def _new_beside(path):
    """Create an empty file in the same folder, with a unique name and the usual permissions."""
    if "\0" in str(path):
        raise ValueError("a name can't contain a NUL")
    longest = os.pathconf(path.parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    if len(os.fsencode(path.name)) > longest:
        raise OSError(36, "File name too long")
    part = path.with_name(f".swaplib-{secrets.token_hex(8)}{path.suffix[-12:]}")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return part


def _cannot(path, error, advice):
    reason = getattr(error, "strerror", None) or str(error)
    return SwaplibError(f"Can't write {path}: {reason}. {advice}")
