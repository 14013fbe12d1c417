"""Everything a job needs is looked at before its first second of work."""

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
    """Look at all inputs and outputs of a job; nothing is written. Returns what the reader should know.

    Raises SwaplibError for the first that can't be used: a source without one picture that decodes, a
    movie that can't be read, a photo or a list of names that is missing, a folder where nothing can be
    written, an output that would overwrite an input.
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
        words.append("No movie is named, so none is swapped: give one with --movie.")
    if isinstance(job.who, Path):
        read_photo(job.who)
    left_out_names(job)
    check_outputs(job)
    return words


def check_source(source: Path, left_out: Iterable[Path] = (), name: str = "A") -> None:
    """Raise SwaplibError for a photo, movie or folder of `name` from which no picture can be decoded."""
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
    """Raise SwaplibError where the movie ends before the stretch to swap begins."""
    if not job.start:
        return
    reader = Reader(job.movie)
    seconds = reader.count / float(reader.fps)
    if reader.count and job.start >= seconds:
        raise SwaplibError(
            f"{job.movie} is {seconds:.1f} s long: there is nothing after --from {job.start:g}."
        )


def left_out_names(job: Job) -> list[str]:
    """The names in the file `job.leave_out`, a line each; raises SwaplibError if it can't be read."""
    if job.leave_out is None:
        return []
    try:
        text = job.leave_out.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't plain text"
        raise SwaplibError(
            f"{job.leave_out} can't be read: {reason}. Give a text file, a name a line."
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def check_outputs(job: Job) -> None:
    """Raise SwaplibError where an output can't be written, or would overwrite an input."""
    check_output(job.out / MOVIE, *([job.movie] if job.movie else []))
    inputs = [p for p in (*job.a, *job.b, job.movie, job.leave_out, job.who) if isinstance(p, Path)]
    for name in NAMES:
        path = job.out / name
        if path.is_dir():
            raise SwaplibError(
                f"{path} is a folder, and a file of that name is to be written: choose another --out."
            )
        if any(path.exists() and source.is_file() and path.samefile(source) for source in inputs):
            raise SwaplibError(f"{path} is an input, and would be overwritten: choose another --out.")
    existing = next(f for f in (job.out.absolute(), *job.out.absolute().parents) if f.exists())
    try:
        if not existing.is_dir():
            raise NotADirectoryError(0, "a file has the name of the folder")
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise SwaplibError(f"Can't write to {job.out}: {error.strerror}. Choose another --out.") from error
