"""The movie of a job: the chosen stretch, the people in it, and the person to swap."""

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
from swaplib.movie import people, sightings

PICTURES = 50  # crops of B used to recognise them among several people in the movie


@contextmanager
def stretch_of(job: Job) -> Iterator[Path]:
    """Yield the path of the job's movie, or of a file with the chosen stretch of it."""
    if job.whole:
        yield job.movie
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{job.movie.stem}.mkv"
        stretch.cut(job.movie, path, job.start, job.end)
        yield path


def meant(
    job: Job, b: np.ndarray | None = None, say: Say = print
) -> tuple[int | None, sightings.Sightings | None]:
    """Return the number of the person to swap in the movie: `job.who`, or else the one who looks like B.

    b: crops of B, (n, s, s, 3), uint8 or float in [0, 1], from the user's own material. Without them the
    number is None, the largest face at the start. Also returns all faces in the movie if it was searched, so
    that `swap_movie` needn't search it again. Raises SwaplibError, before any training, if nobody in the
    movie matches, or if it is unclear who does.
    """
    if job.who is not None and not job.movie:
        raise SwaplibError("--who needs a movie: give it with --movie.")
    if not job.movie or (job.who is None and b is None):
        return None, None
    with stretch_of(job) as path:
        seen = sightings.look_for_faces(path)
    there = people.sort_out(seen)[0]
    if job.who is None and len(there) < 2:
        return None, seen
    who = read_photo(job.who) if isinstance(job.who, Path) else job.who
    number = people.choose(there, b[:: -(-len(b) // PICTURES)] if who is None else who)
    if number is None:
        raise SwaplibError(f"No face was found in {job.movie}.")
    why = f", the most like B's pictures of {len(there)} people" if who is None else ""
    say(f"Swapping this person in {job.movie}{why}: {there[number - 1]}")
    return number, seen


def numbered(job: Job) -> tuple[np.ndarray, list[str]] | None:
    """Return (a picture of the people in the job's movie with their numbers, descriptions), or None."""
    with stretch_of(job) as path:
        there = people.people_in(path)
        if not there:
            return None
        frame = next(islice(read_frames(path), int(there[0].frames[0]), None))
    return people.numbered(frame, there), [str(person) for person in there]
