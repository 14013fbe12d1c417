"""Two Decoders: one encoder, two decoders, and what the numbers in the middle mean."""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__version__ = "0.2.0"
DATA = Path(__file__).parent / "data"  # the shipped people and networks

# TensorFlow and MediaPipe greet with a dozen lines. Only what is fatal may be shown: TensorFlow calls
# it an error that there is no GPU. What really goes wrong it raises as an exception.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GLOG_minloglevel", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)


class SwaplibError(Exception):
    """Bad input. The message says what was wrong with which file, and what to do."""

    def __str__(self):
        """The message; letters of a file's name that can't be printed are written as numbers."""
        return super().__str__().encode("utf-8", "backslashreplace").decode()


def first_few(names: Sequence[str], most: int = 3) -> str:
    """The first names of a list and how many more there are, in words.

    >>> first_few(["ann", "bo", "cy", "di"])
    'ann, bo, cy and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


@contextmanager
def muted() -> Iterator[None]:
    """Within the block nothing is shown that is written to the standard error; exceptions are.

    Settings alone don't do: the libraries write their greetings before they read them. Of several threads
    the last to leave a block, or the first to leave one by an exception, switches the standard error on.

    >>> with muted():
    ...     import keras
    """
    _Muting.begin()
    try:
        yield
    except BaseException:
        _Muting.end(at_once=True)
        raise
    _Muting.end()


class _Muting:
    """How many `muted` blocks are entered, and where the standard error goes when all are left."""

    lock, blocks, shown = threading.Lock(), 0, None

    @classmethod
    def begin(cls):
        with cls.lock:
            cls.blocks += 1
            if cls.shown is None and _flushed():
                cls.shown = os.dup(2)
                with open(os.devnull, "wb") as nowhere:
                    os.dup2(nowhere.fileno(), 2)

    @classmethod
    def end(cls, at_once=False):
        with cls.lock:
            cls.blocks -= 1
            if cls.shown is not None and (at_once or not cls.blocks):
                _flushed()
                os.dup2(cls.shown, 2)
                os.close(cls.shown)
                cls.shown = None
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # in a notebook its import lowers it


def _flushed():
    """Whether there is a standard error: it may have been closed, and its number be another file's."""
    try:
        sys.stderr.flush()
        os.fstat(2)
    except (AttributeError, OSError, ValueError):
        return False
    return True
