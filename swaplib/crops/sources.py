"""The reader's own material: photos, movies, folders and patterns become a row of named pictures."""

import glob
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.files.picture import CONVERT, read_photo
from swaplib.files.provenance import made_here
from swaplib.files.video import Reader

PHOTOS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif")
MOVIES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".flv", ".mts", ".3gp")
UNKNOWN = 60.0  # seconds that a movie counts for which doesn't say how long it is
SLACK = 1e-6  # seconds


@dataclass(frozen=True)
class File:
    """A photo or movie. name: what it is called in a `Capture`, printable and unique."""

    path: Path
    name: str

    @property
    def is_movie(self) -> bool:
        return is_movie(self.path)


@dataclass(frozen=True)
class Picture:
    """A photo, or a frame of a movie.

    name: unique. source: the name of the `File`. second: when the frame is shown, NaN for a photo.
    image: uint8 (h, w, 3), or a SwaplibError that stands in its place.
    """

    name: str
    source: str
    second: float
    image: np.ndarray | SwaplibError


def is_movie(path: Path) -> bool:
    """Whether a file is taken for a movie: its ending isn't that of a photo."""
    return path.suffix.lower() not in PHOTOS + CONVERT


def printable(path: str | os.PathLike) -> str:
    """A file's name on one line; a mark replaces what can't be shown, such as bytes that aren't UTF-8."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in os.fspath(path))


def files(sources: Sequence[str | Path], left_out: Collection[Path] = ()) -> list[File]:
    """All photos and movies that `sources` name, each once: files, folders (with all in them) and patterns.

    left_out: files and folders that don't count. In a folder, hidden files, links to folders and files that
    are neither photo nor movie by their ending don't count either. Raises SwaplibError for a source that is
    missing or has nothing in it.
    """
    several = len(sources) > 1
    left_out = [Path(p).resolve() for p in left_out]
    found, names = {}, set()
    for source in sources:
        for path, name in _files_of(source, several):
            real = path.resolve()
            if real in found or any(real.is_relative_to(p) for p in left_out):
                continue
            found[real] = File(path, _unique(printable(name), names))
    if not found:
        raise SwaplibError(f"Nothing is left of {_listed(sources)}: all its files are left out.")
    return list(found.values())


def matching(source: str | Path) -> list[Path]:
    """The path itself, if it is there, or else the paths that fit it as a pattern, in order."""
    if os.path.lexists(source):
        return [Path(source)]
    return [Path(p) for p in sorted(glob.glob(str(source), recursive=True))]


def _files_of(source, several):
    """(path, name) of each file that a source names."""
    path = Path(source)
    if not os.path.lexists(path):
        matches = matching(source)
        if not matches:
            raise SwaplibError(f"There is no folder or movie {source}, nor a photo or pattern that fits.")
        return [pair for match in matches for pair in _files_of(match, several or len(matches) > 1)]
    if not path.is_dir():
        if not os.path.isfile(path):  # opening a pipe waits for ever, and a device has no end
            raise SwaplibError(f"{source} is neither a file nor a folder: name a photo or a movie.")
        return [(path, path.name)]
    inside = sorted(p for p in _walk(path) if p.suffix.lower() in PHOTOS + MOVIES + CONVERT)
    if not inside:
        raise SwaplibError(f"{source} has no photos in it, nor movies ({', '.join(PHOTOS + MOVIES)}).")
    return [(p, (Path(path.resolve().name) if several else Path()) / p.relative_to(path)) for p in inside]


def _walk(folder):
    """The regular files of a folder and of those in it; hidden ones don't count."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place) / name
            if not name.startswith(".") and os.path.isfile(path):
                yield path


def _unique(name, names):
    """A name that isn't among `names`, to which it is added."""
    new, k = name, 2
    while new in names:
        new, k = f"{name} ({k})", k + 1
    names.add(new)
    return new


def _listed(sources):
    return ", ".join(printable(s) for s in sources)


def shares(lengths: Sequence[float], most: int) -> list[int]:
    """How many frames to take of each movie, in proportion to its length, `most` of all together."""
    until = np.cumsum(lengths) / max(np.sum(lengths), SLACK)
    return np.diff(np.floor(most * until + SLACK).astype(int), prepend=0).tolist()


def pictures(found: Sequence[File], most: int, in_folder: bool) -> tuple[Iterator[Picture], int]:
    """All pictures of `files`, read one at a time, and how many there will be at most.

    most: frames of all movies together, evenly spaced in time. in_folder: whether the files were found
    rather than named; then one that can't be read, or that this program made, is passed on as an error
    in place of its picture. A movie that was named raises SwaplibError.
    """
    movies = [f for f in found if f.is_movie]
    readers = {f: _opened(f, in_folder) for f in movies}
    lengths = [_length(readers[f]) for f in movies]
    share = dict(zip(movies, shares(lengths, most), strict=True))
    count = len(found) - len(movies) + sum(share.values())
    alone = len(found) == 1

    def read():
        for file in found:
            if in_folder and made_here(file.path):
                yield _in_place(file, "made by this program")
            elif not file.is_movie:
                yield Picture(file.name, file.name, np.nan, _photo(file.path))
            elif isinstance(readers[file], SwaplibError):
                yield _in_place(file, readers[file])
            else:
                yield from _frames(file, readers[file], share[file], in_folder, alone)

    return read(), count


def _in_place(file, reason):
    """What stands for a file that gives no picture."""
    return Picture(file.name, file.name, np.nan, SwaplibError(str(reason)))


def _photo(path):
    """A photo, or a SwaplibError whatever is wrong with it."""
    ending = path.suffix.lower()
    advice = f"; if it is a whole {ending[1:].upper()}, convert it to JPEG" if ending == ".avif" else ""
    if ending in CONVERT:
        return SwaplibError(f"{ending[1:].upper()} isn't read here: convert it to JPEG")
    try:
        return read_photo(path)
    except SwaplibError as error:
        return SwaplibError(printable(str(error)) + advice)
    except Exception as error:  # a decoder raises anything on a damaged file; it must not end the folder
        return SwaplibError(f"can't be read ({printable(str(error))}). Is the file whole?{advice}")


def _opened(file, in_folder):
    try:
        return Reader(file.path)
    except Exception as error:
        if not in_folder:
            raise
        return error if isinstance(error, SwaplibError) else SwaplibError(printable(str(error)))


def _length(reader):
    """Seconds that a movie promises; 0 for one that can't be read."""
    if isinstance(reader, SwaplibError):
        return 0.0
    return float(reader.count / reader.fps) if reader.count > 0 else UNKNOWN


def _frames(file, reader, share, in_folder, alone):
    """Frames of a movie, `share` at most, evenly spaced in time; last a problem, if there is one."""
    if not share:
        yield _in_place(file, "too short for a frame of it to be taken")
        return
    try:
        seconds = _length(reader) if reader.count > 0 else _read_through(reader)
        taken, last = 0, 0.0
        for number, (frame, second) in enumerate(reader):
            last = second
            if taken < share and second >= taken * seconds / share - SLACK:
                taken += 1
                name = f"frame {number}" if alone else f"{file.name} frame {number}"
                yield Picture(name, file.name, second, frame)
    except SwaplibError as error:
        if not in_folder:
            raise
        yield _in_place(file, printable(str(error)))
        return
    if reader.problem:
        yield _in_place(file, printable(reader.problem))
    elif last > 1.2 * seconds + 1:
        yield _in_place(
            file, f"says it is {seconds:.0f} s long, and goes on to {last:.0f} s: all frames are from before"
        )


def _read_through(reader):
    """The length in seconds of a movie that doesn't say it: it is decoded once for that."""
    last = 0.0
    for _, second in reader:
        last = second
    return last + float(1 / reader.fps)
