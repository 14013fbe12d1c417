"""TensorFlow and MediaPipe greet with a dozen lines; this keeps them from the reader."""

import logging
import os
import sys
from contextlib import contextmanager

# Only what is fatal: TensorFlow calls it an error that there is no GPU, or that it could not make a
# graph faster. What really goes wrong it raises as an exception.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GLOG_minloglevel", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)


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
