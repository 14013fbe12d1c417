"""Write a file whole or not at all, and say beforehand when that can't be."""

import errno
import os
from contextlib import contextmanager
from pathlib import Path

from swaplib import SwaplibError

MOVIE_ENDINGS = (".mp4", ".m4v", ".mov")


@contextmanager
def replacing(path):
    """Write a file whole or not at all: gives `name.part.ext`, renamed to `path` at the end.

    If the block raises, the part is removed and what stood under `path` before is untouched.
    Raises SwaplibError where nothing can be written there.
    """
    path = Path(path)
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    if path.is_dir():
        raise SwaplibError(f"{path} is a folder: give the name of a file to write.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.open("wb").close()
    except OSError as error:
        raise SwaplibError(
            f"Can't write {path}: {error.strerror}. Choose another place for the output."
        ) from error
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise SwaplibError(f"Can't write {path}: {error.strerror}. Make room for it.") from error
    finally:
        part.unlink(missing_ok=True)


def check_output(path, *sources):
    """Raise SwaplibError now rather than after the work, if `path` can't become a movie."""
    path = Path(path)
    if path.suffix.lower() not in MOVIE_ENDINGS:
        raise SwaplibError(f"Can't write {path}: choose an ending of {', '.join(MOVIE_ENDINGS)}.")
    for source in sources:
        if path.exists() and Path(source).exists() and path.samefile(source):
            raise SwaplibError(f"{path} is the source itself. Choose another name for the output.")
    if path.is_dir():
        raise SwaplibError(f"{path} is a folder: give the name of a file to write.")
    existing = next(folder for folder in path.absolute().parents if folder.exists())
    probe = existing / f"{path.stem}.part{path.suffix}"
    try:
        probe.open("ab").close()
        probe.unlink()
    except OSError as error:
        raise SwaplibError(f"Can't write {path}: {error.strerror}. Choose another.") from error
