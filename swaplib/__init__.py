"""Two Decoders: one encoder, two decoders, and what the numbers in the middle mean."""

import logging
import os
import sys
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


def first_few(names, most=3):
    """The first names of a list and how many more there are, in words.

    >>> first_few(["ann", "bo", "cy", "di"])
    'ann, bo, cy and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


@contextmanager
def muted():
    """Within the block nothing is shown that is written to the standard error; exceptions are.

    Settings alone don't do: the libraries write their greetings before they read them.

    >>> with muted():
    ...     import keras
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(shown, 2)
        os.close(shown)
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # in a notebook its import lowers it
