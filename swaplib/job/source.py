"""The movie of a job: the stretch of it that is wanted, who is in it, and who is meant."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from swaplib import SwaplibError
from swaplib.files import stretch
from swaplib.files.picture import read_photo
from swaplib.files.video import read_frames
from swaplib.job.options import Job
from swaplib.movie import people


@contextmanager
def stretch_of(job: Job) -> Iterator[Path]:
    """The path of the job's movie, or of a file with the stretch of it that is wanted."""
    if job.whole:
        yield job.movie
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{job.movie.stem}.mkv"
        stretch.cut(job.movie, path, job.start, job.end)
        yield path


def meant(job: Job, say=print) -> int | None:
    """The number of the person whom `job.who` means; None where nobody is named.

    Raises SwaplibError where nobody in the movie is like that, before anything is trained.
    """
    if job.who is None:
        return None
    if not job.movie:
        raise SwaplibError("There is no movie in which --who could be: name it with --movie.")
    who = read_photo(job.who) if isinstance(job.who, Path) else job.who
    with stretch_of(job) as path:
        there = people.people_in(path)
    number = people.choose(there, who)
    if number is None:
        raise SwaplibError(f"No face was found in {job.movie}.")
    say(f"In {job.movie}, this is swapped: {there[number - 1]}")
    return number


def numbered(job: Job) -> tuple[np.ndarray, list[str]] | None:
    """(a picture of the people in the job's movie with their numbers, who they are in words), or None."""
    with stretch_of(job) as path:
        there = people.people_in(path)
        if not there:
            return None
        frame = next(islice(read_frames(path), int(there[0].frames[0]), None))
    return people.numbered(frame, there), [str(person) for person in there]
