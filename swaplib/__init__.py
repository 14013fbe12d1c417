"""Two Decoders: one encoder, two decoders, and the meaning of the code between them."""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__version__ = "0.2.0"
DATA = Path(__file__).parent / "data"  # the shipped people and networks

# TensorFlow and MediaPipe print a dozen lines on import. Only fatal messages may be shown, because
# TensorFlow logs a missing GPU as an error. Real errors are raised as exceptions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GLOG_minloglevel", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)


class SwaplibError(Exception):
    """Bad input. The message says what is wrong with which file, and how to fix it."""

    def __str__(self):
        """Return the message; unprintable characters in file names are written as escapes."""
        return super().__str__().encode("utf-8", "backslashreplace").decode()


def first_few(names: Sequence[str], most: int = 3) -> str:
    """Join the first names of a list, followed by the number left out.

    >>> first_few(["ann", "bo", "cy", "di"])
    'ann, bo, cy and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


@contextmanager
def muted() -> Iterator[None]:
    """Silence the standard error within the block; exceptions still pass.

    Settings alone aren't enough, because the libraries print before they read them. With several threads,
    the last one to leave a block, or the first one to leave by an exception, restores the standard error.

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
    """The number of `muted` blocks entered, and a copy of the standard error to restore when all are left."""

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
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # importing it in a notebook lowers it


def _flushed():
    """Return whether the standard error exists: it may be closed, and its number reused by another file."""
    try:
        sys.stderr.flush()
        os.fstat(2)
    except (AttributeError, OSError, ValueError):
        return False
    return True
