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
from swaplib.job.options import Job, Say
from swaplib.movie import people

PICTURES = 50  # of B, by which one of several people in the movie is known


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


def meant(job: Job, b: np.ndarray | None = None, say: Say = print) -> int | None:
    """The number of the person in the movie who is swapped: whom `job.who` means, else who looks like B.

    b: crops of B, (n, s, s, 3), uint8 or float in [0, 1], from the reader's own material. None without any,
    and where nobody is found, for the largest face at first. Raises SwaplibError where nobody in the movie is
    like that, or it can't be told, before anything is trained.
    """
    if job.who is not None and not job.movie:
        raise SwaplibError("There is no movie in which --who could be: name it with --movie.")
    if not job.movie or (job.who is None and b is None):
        return None
    with stretch_of(job) as path:
        there = people.people_in(path)
    if job.who is None and len(there) < 2:
        return None
    who = read_photo(job.who) if isinstance(job.who, Path) else job.who
    number = people.choose(there, b[:: -(-len(b) // PICTURES)] if who is None else who)
    if number is None:
        raise SwaplibError(f"No face was found in {job.movie}.")
    why = f", of {len(there)} the most like B's pictures" if who is None else ""
    say(f"In {job.movie}, this is swapped{why}: {there[number - 1]}")
    return number


def numbered(job: Job) -> tuple[np.ndarray, list[str]] | None:
    """(a picture of the people in the job's movie with their numbers, who they are in words), or None."""
    with stretch_of(job) as path:
        there = people.people_in(path)
        if not there:
            return None
        frame = next(islice(read_frames(path), int(there[0].frames[0]), None))
    return people.numbered(frame, there), [str(person) for person in there]
