"""Check everything a job needs before it starts."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from swaplib import SwaplibError
from swaplib.crops.sources import files, is_movie
from swaplib.files.picture import read_photo
from swaplib.files.video import Reader, check_movie
from swaplib.files.writing import check_output
from swaplib.job.folder import MOVIE, NAMES, Folder
from swaplib.job.options import Job


def check(job: Job) -> list[str]:
    """Check all inputs and outputs of a job, writing nothing. Returns remarks for the user.

    Raises SwaplibError for the first problem: a source without a readable picture, an unreadable movie,
    a missing photo or list of names, a folder that isn't writable, or an output that would overwrite an
    input.
    """
    words = []
    folder = Folder(job.out)
    for name, sources in (("A", job.a), ("B", job.b)):
        left_out = folder.own(sources)
        for source in sources:
            check_source(source, left_out, name)
    if job.movie:
        words += check_movie(job.movie)
        check_stretch(job)
    else:
        words.append("There is no movie to swap: give one with --movie.")
    if isinstance(job.who, Path):
        read_photo(job.who)
    left_out_names(job)
    check_outputs(job)
    return words


def check_source(source: Path, left_out: Iterable[Path] = (), name: str = "A") -> None:
    """Raise SwaplibError if no picture can be decoded from a photo, movie or folder of person `name`."""
    try:
        found = files([source], list(left_out))
    except SwaplibError as error:
        raise SwaplibError(f"{error} Check --{name.lower()}.") from error
    problem = None
    for file in found:
        try:
            return _decode(file.path)
        except SwaplibError as error:
            problem = problem or error
    if len(found) == 1:
        raise problem
    raise SwaplibError(f"None of the {len(found)} pictures in {source} can be read: {problem}")


def _decode(path):
    """Decode a photo, or the first frame of a movie."""
    if is_movie(path):
        next(iter(Reader(path)))
    else:
        read_photo(path)


def check_stretch(job: Job) -> None:
    """Raise SwaplibError if the movie ends before the stretch to swap begins."""
    if not job.start:
        return
    reader = Reader(job.movie)
    seconds = reader.count / float(reader.fps)
    if reader.count and job.start >= seconds:
        raise SwaplibError(
            f"{job.movie} is {seconds:.1f} s long: there is nothing after --from {job.start:g}."
        )


def left_out_names(job: Job) -> list[str]:
    """Return the names in the file `job.leave_out`, one per line; raises SwaplibError if it is unreadable."""
    if job.leave_out is None:
        return []
    try:
        text = job.leave_out.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't plain text"
        raise SwaplibError(
            f"{job.leave_out} can't be read: {reason}. Give a text file with one name per line."
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def check_outputs(job: Job) -> None:
    """Raise SwaplibError if an output can't be written, or would overwrite an input."""
    check_output(job.out / MOVIE, *([job.movie] if job.movie else []))
    inputs = [p for p in (*job.a, *job.b, job.movie, job.leave_out, job.who) if isinstance(p, Path)]
    for name in NAMES:
        path = job.out / name
        if path.is_dir():
            raise SwaplibError(f"{path} is a folder, but a file must be written there: choose another --out.")
        if any(path.exists() and source.is_file() and path.samefile(source) for source in inputs):
            raise SwaplibError(f"{path} is an input and would be overwritten: choose another --out.")
    existing = next(f for f in (job.out.absolute(), *job.out.absolute().parents) if f.exists())
    try:
        if not existing.is_dir():
            raise NotADirectoryError(0, "a file has this name")
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise SwaplibError(f"Can't write to {job.out}: {error.strerror}. Choose another --out.") from error
