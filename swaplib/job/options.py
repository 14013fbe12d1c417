"""The options of a job, their defaults, and checks for invalid ones."""

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

SIZE, CODE, MINUTES = 64, 128, 2.5  # defaults
LARGEST_CODE = 4096
LARGEST_SEED = 2**32 - 1


Say = Callable[[object], object]  # `print`, or similar
Ask = Callable[[list[str]], str] | None  # names of files -> who agreed, in words


@dataclass
class Job:
    """The options of a job. Raises SwaplibError for invalid options and combinations.

    a, b: the material of each person, one path or several: photos, movies, folders, patterns such as
    `photos/*.jpg`; None for the shipped people. movie: the movie in which B becomes A; by default the one
    in B's material, if any; None for none. who: the person to swap in it, a number (1 has the largest face)
    or a photo; by default the one most like B's own material. start, end: the stretch to swap, in seconds.

    model: a trained model to use. It is trained further only if `minutes` is given. size, code: of
    the crops and the code, by default the model's, or 64 px and 128. minutes: total training time of the
    model in the folder `out`. restart: whether a training with other settings in `out` may be set
    aside. leave_out: a text file with the names of pictures to exclude. blend, colour: how the
    faces are pasted; see `movie.paste`.
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
    restart: bool = False

    def __post_init__(self):
        self.a, self.b = paths(self.a), paths(self.b)
        self.out = Path(self.out)
        self.movie, self.model, self.leave_out = (
            Path(p) if p else None for p in (self.movie, self.model, self.leave_out)
        )
        if bool(self.a) != bool(self.b):
            missing, name = ("B", "--b") if self.a else ("A", "--a")
            raise SwaplibError(f"The pictures of {missing} are missing: give them with {name}.")
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
            raise SwaplibError("who must be 1 or more: people are numbered from 1, the largest face first.")

    def _check_numbers(self):
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise SwaplibError(f"minutes must be a number above 0, not {self.minutes:g}.")
        if self.code is not None and not 0 < self.code <= LARGEST_CODE:
            raise SwaplibError(f"code must be between 1 and {LARGEST_CODE}, not {self.code}.")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise SwaplibError(f"seed must be between 0 and {LARGEST_SEED}, not {self.seed}.")
        if not 0 <= self.start < math.inf or (self.end is not None and not self.start < self.end < math.inf):
            raise SwaplibError("from and to must be times in the movie, with from before to.")

    def _take_size(self):
        """Take size and code from the model; it overrides the defaults but must agree with given options."""
        if self.model is None:
            self.size = swap.check_size(SIZE if self.size is None else self.size)
            self.code = CODE if self.code is None else self.code
            return
        built, options, _ = weights.read(self.model)
        if built != swap.build_swap.__name__:
            raise SwaplibError(f"{self.model} holds another network, by `{built}`: give the file of a swap.")
        for name, key in (("size", "size"), ("code", "code_size")):
            asked, has = getattr(self, name), options.get(key)
            if asked not in (None, has):
                raise SwaplibError(f"{self.model} has --{name} {has}, not {asked}: leave out --{name}.")
            setattr(self, name, has)
        swap.check_size(self.size)

    @property
    def shipped(self) -> bool:
        """Whether A and B are the shipped people, whose true swap is known."""
        return not self.a

    @property
    def whole(self) -> bool:
        """Whether the whole movie is swapped."""
        return not self.start and self.end is None

    @property
    def name(self) -> str:
        """One line that describes the job, hashed for the marks: material, movie, size and seed."""
        files = [*self.a, *self.b, self.movie]
        return " ".join([*(p.name for p in files if p), f"size {self.size}", f"seed {self.seed}"])

    @property
    def number(self) -> str:
        """The hash of the name, as shown by `python -m swaplib read`."""
        return job_number(self.name)

    @property
    def own(self) -> list[str]:
        """The user's own files, whose people must have given consent."""
        shipped = dataset.movie("b"), dataset.movie("a")
        files = [*self.a, *self.b, self.movie]
        return [str(p) for p in dict.fromkeys(files) if p and p not in shipped]


def paths(sources: str | Path | Iterable | None) -> tuple[Path, ...]:
    """Convert sources to paths, replacing patterns by their matches.

    Raises SwaplibError for a missing path and for a pattern without matches.
    """
    if sources is None:
        return ()
    if isinstance(sources, (str, Path)):
        sources = [sources]
    found = []
    for source in map(str, sources):
        matches = matching(source)
        if not matches:
            raise SwaplibError(f"There is no photo, movie or folder at {source}.")
        found += matches
    return tuple(dict.fromkeys(found))


def _only_movie(sources):
    """Return the one movie among sources, or None."""
    movies = [p for p in sources if p.is_file() and is_movie(p)]
    return movies[0] if len(movies) == 1 else None
