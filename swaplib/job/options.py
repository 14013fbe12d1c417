"""What a job is asked to do: its options, their defaults, and which of them can't be."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.crops.sources import is_movie, matching
from swaplib.files.provenance import job_number
from swaplib.movie.paste import BLEND, COLOUR, check_paste
from swaplib.networks import swap, weights

SIZE, CODE, MINUTES = 64, 128, 2.5  # unless said otherwise
LARGEST_CODE = 4096
LARGEST_SEED = 2**32 - 1


Say = Callable[[object], object]  # `print`, or the like
Ask = Callable[[list[str]], str] | None  # names of files -> who agreed, in words


@dataclass
class Job:
    """What is to be done. Raises SwaplibError for options that can't be, or not together.

    a, b: the material of each person, one path or several: photos, movies, folders, patterns such as
    `photos/*.jpg`; None for the shipped people. movie: the movie in which B becomes A; by default B's,
    where B's material has one; None for none. who: which person in it, a number from the largest face
    down or a photo; by default the one most like B's own material. start, end: the seconds of it to swap.

    model: a trained model to use. It is trained further only when `minutes` are given. size, code: of
    the crops and the code, by default the model's, or 64 px and 128. minutes: of training, in total for
    the model of the folder `out`. anew: whether a training with other settings in `out` may be set
    aside. leave_out: a text file with the names of pictures that aren't used. blend, colour: how the
    faces are put back; see `movie.paste`.
    """

    a: str | Path | Iterable | None = None
    b: str | Path | Iterable | None = None
    movie: Path | None = None
    size: int | None = None
    code: int | None = None
    minutes: float | None = None
    out: Path = Path("build/swap")
    model: Path | None = None
    seed: int = 0
    blend: str = BLEND
    colour: str = COLOUR
    who: str | int | Path | None = None
    start: float = 0.0
    end: float | None = None
    leave_out: Path | None = None
    anew: bool = False

    def __post_init__(self):
        self.a, self.b = paths(self.a), paths(self.b)
        self.out = Path(self.out)
        self.movie, self.model, self.leave_out = (
            Path(p) if p else None for p in (self.movie, self.model, self.leave_out)
        )
        if bool(self.a) != bool(self.b):
            missing, name = ("B", "--b") if self.a else ("A", "--a")
            raise SwaplibError(f"The pictures of {missing} are missing: name them with {name}.")
        self._check_numbers()
        check_paste(self.blend, self.colour)
        self._take_size()
        if self.minutes is None and self.model is None:
            self.minutes = MINUTES
        if self.movie is None:
            self.movie = dataset.movie("b") if self.shipped else _only_movie(self.b)
        if isinstance(self.who, str) and self.who.isascii() and self.who.isdigit():
            self.who = int(self.who)
        if self.who is not None and not isinstance(self.who, int):
            self.who = Path(self.who)
        elif self.who is not None and self.who < 1:
            raise SwaplibError("who: people are counted from 1, the largest face first.")

    def _check_numbers(self):
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise SwaplibError(f"minutes must be a number above 0, not {self.minutes:g}.")
        if self.code is not None and not 0 < self.code <= LARGEST_CODE:
            raise SwaplibError(f"code must be between 1 and {LARGEST_CODE}, not {self.code}.")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise SwaplibError(f"seed must be between 0 and {LARGEST_SEED}, not {self.seed}.")
        if not 0 <= self.start < math.inf or (self.end is not None and not self.start < self.end < math.inf):
            raise SwaplibError("from and to must be seconds of the movie, and from before to.")

    def _take_size(self):
        """Size and code as the model has them, which wins over the defaults but not over other wishes."""
        if self.model is None:
            self.size = swap.check_size(SIZE if self.size is None else self.size)
            self.code = CODE if self.code is None else self.code
            return
        built, options, _ = weights.read(self.model)
        if built != swap.build_swap.__name__:
            raise SwaplibError(f"{self.model} holds another network, by `{built}`: name the file of a swap.")
        for name, key in (("size", "size"), ("code", "code_size")):
            asked, has = getattr(self, name), options.get(key)
            if asked not in (None, has):
                raise SwaplibError(f"{self.model} is for --{name} {has}, not {asked}: leave --{name} away.")
            setattr(self, name, has)
        swap.check_size(self.size)

    @property
    def shipped(self) -> bool:
        """Whether A and B are the shipped people, whose true swap is known."""
        return not self.a

    @property
    def whole(self) -> bool:
        """Whether all of the movie is swapped."""
        return not self.start and self.end is None

    @property
    def name(self) -> str:
        """What is done, in a line, of which the marks hold a hash: material, movie and seed."""
        files = [*self.a, *self.b, self.movie]
        return " ".join([*(p.name for p in files if p), f"size {self.size}", f"seed {self.seed}"])

    @property
    def number(self) -> str:
        """The hash of its name that `python -m swaplib read` shows."""
        return job_number(self.name)

    @property
    def own(self) -> list[str]:
        """The reader's own files, whose people must have agreed."""
        shipped = dataset.movie("b"), dataset.movie("a")
        files = [*self.a, *self.b, self.movie]
        return [str(p) for p in dict.fromkeys(files) if p and p not in shipped]


def paths(sources: str | Path | Iterable | None) -> tuple[Path, ...]:
    """Sources as paths, patterns replaced by what they match.

    Raises SwaplibError for a path that isn't there and a pattern that matches nothing.
    """
    if sources is None:
        return ()
    if isinstance(sources, (str, Path)):
        sources = [sources]
    found = []
    for source in map(str, sources):
        matches = matching(source)
        if not matches:
            raise SwaplibError(f"There is no photo, movie or folder {source}.")
        found += matches
    return tuple(dict.fromkeys(found))


def _only_movie(sources):
    """The one movie among sources, or None."""
    movies = [p for p in sources if p.is_file() and is_movie(p)]
    return movies[0] if len(movies) == 1 else None
