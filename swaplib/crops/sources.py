"""The user's own material: turn photos, movies, folders and patterns into a sequence of named pictures."""

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
UNKNOWN = 60.0  # seconds assumed for a movie of unknown length
SLACK = 1e-6  # seconds


@dataclass(frozen=True)
class File:
    """A photo or movie. name: its name in a `Capture`, printable and unique."""

    path: Path
    name: str

    @property
    def is_movie(self) -> bool:
        return is_movie(self.path)


@dataclass(frozen=True)
class Picture:
    """A photo, or a frame of a movie.

    name: unique. source: the name of the `File`. second: time of the frame, NaN for a photo.
    image: uint8 (h, w, 3), or the SwaplibError raised in its place.
    """

    name: str
    source: str
    second: float
    image: np.ndarray | SwaplibError


def is_movie(path: Path) -> bool:
    """Return whether a file counts as a movie: any ending that isn't a photo's."""
    return path.suffix.lower() not in PHOTOS + CONVERT


def printable(path: str | os.PathLike) -> str:
    """Return a file's name on one line; unprintable characters are replaced, also bytes that aren't UTF-8."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in os.fspath(path))


def files(sources: Sequence[str | Path], left_out: Collection[Path] = ()) -> list[File]:
    """List the photos and movies in `sources` (files, folders with subfolders, patterns), each once.

    left_out: files and folders to exclude. Within folders, hidden files, links to folders and files with
    other endings are skipped. Raises SwaplibError if a source is missing or yields nothing.
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
        raise SwaplibError(f"Nothing is left in {_listed(sources)}: all its files were left out.")
    return list(found.values())


def matching(source: str | Path) -> list[Path]:
    """Return the path itself if it exists, otherwise the paths that match it as a pattern, sorted."""
    if os.path.lexists(source):
        return [Path(source)]
    return [Path(p) for p in sorted(glob.glob(str(source), recursive=True))]


def _files_of(source, several):
    """Return (path, name) of each file that a source names."""
    path = Path(source)
    if not os.path.lexists(path):
        matches = matching(source)
        if not matches:
            raise SwaplibError(f"{source} doesn't exist, and no file matches it as a pattern.")
        return [pair for match in matches for pair in _files_of(match, several or len(matches) > 1)]
    if not path.is_dir():
        if not os.path.isfile(path):  # opening a pipe blocks for ever, and a device has no end
            raise SwaplibError(f"{source} is neither a file nor a folder: give a photo or a movie.")
        return [(path, path.name)]
    inside = sorted(p for p in _walk(path) if p.suffix.lower() in PHOTOS + MOVIES + CONVERT)
    if not inside:
        raise SwaplibError(f"{source} contains no photos or movies ({', '.join(PHOTOS + MOVIES)}).")
    return [(p, (Path(path.resolve().name) if several else Path()) / p.relative_to(path)) for p in inside]


def _walk(folder):
    """Yield the regular files of a folder and its subfolders, except hidden ones."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place) / name
            if not name.startswith(".") and os.path.isfile(path):
                yield path


def _unique(name, names):
    """Make a name unique among `names`, and add it to them."""
    new, k = name, 2
    while new in names:
        new, k = f"{name} ({k})", k + 1
    names.add(new)
    return new


def _listed(sources):
    return ", ".join(printable(s) for s in sources)


def shares(lengths: Sequence[float], most: int) -> list[int]:
    """Return the number of frames to take from each movie, in proportion to its length, `most` in total."""
    until = np.cumsum(lengths) / max(np.sum(lengths), SLACK)
    return np.diff(np.floor(most * until + SLACK).astype(int), prepend=0).tolist()


def pictures(found: Sequence[File], most: int, in_folder: bool) -> tuple[Iterator[Picture], int]:
    """Read the pictures of `files` one at a time; also returns the most there can be.

    most: frames from all movies together, evenly spaced in time. in_folder: whether the files were found in a
    folder rather than named; then a file that is unreadable or was made by this program yields an error in
    place of its picture. A movie named directly raises SwaplibError instead.
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
    """Return a placeholder for a file that yields no picture."""
    return Picture(file.name, file.name, np.nan, SwaplibError(str(reason)))


def _photo(path):
    """Read a photo; returns a SwaplibError if anything is wrong with it."""
    ending = path.suffix.lower()
    advice = f"; if it is an intact {ending[1:].upper()}, convert it to JPEG" if ending == ".avif" else ""
    if ending in CONVERT:
        return SwaplibError(f"{ending[1:].upper()} isn't supported: convert it to JPEG")
    try:
        return read_photo(path)
    except SwaplibError as error:
        return SwaplibError(printable(str(error)) + advice)
    except Exception as error:  # damaged files can raise anything, and must not end the folder
        return SwaplibError(f"can't be read ({printable(str(error))}). Is the file complete?{advice}")


def _opened(file, in_folder):
    try:
        return Reader(file.path)
    except Exception as error:
        if not in_folder:
            raise
        return error if isinstance(error, SwaplibError) else SwaplibError(printable(str(error)))


def _length(reader):
    """Return the length in seconds that a movie declares; 0 if it can't be read."""
    if isinstance(reader, SwaplibError):
        return 0.0
    return float(reader.count / reader.fps) if reader.count > 0 else UNKNOWN


def _frames(file, reader, share, in_folder, alone):
    """Yield at most `share` frames of a movie, evenly spaced in time, and finally any problem."""
    if not share:
        yield _in_place(file, "too short to take a frame from it")
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
            file,
            f"claims to be {seconds:.0f} s long but runs to {last:.0f} s: the rest is unused",
        )


def _read_through(reader):
    """Decode a movie of undeclared length once to measure it, in seconds."""
    last = 0.0
    for _, second in reader:
        last = second
    return last + float(1 / reader.fps)
