"""What the command line finds around it: streams that are closed, and settings of other courses."""

import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from swaplib import SwaplibError

BACKENDS = ("tensorflow", "jax", "torch")


def open_closed_streams() -> None:
    """Lead closed standard streams into nothing, and let none fail at a letter that it doesn't have.

    Else the next file that is opened takes the number of the standard error, and what libraries print
    there goes into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)  # takes the lowest free number
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: object) -> None:
    """Print, also where nobody reads it any more: a job isn't lost with its terminal."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")


def choose_keras() -> None:
    """See to it that Keras starts as this program needs it, whatever keras.json of another course says.

    Raises SwaplibError where KERAS_BACKEND names a backend that isn't there.
    """
    os.environ["KERAS_HOME"] = os.devnull  # nothing is read from there, and nothing is written
    backend = os.environ.setdefault("KERAS_BACKEND", "") or "tensorflow"
    os.environ["KERAS_BACKEND"] = backend
    if backend not in BACKENDS:
        raise SwaplibError(f"KERAS_BACKEND is {backend!r}: choose one of {', '.join(BACKENDS)}, or unset it.")
    if importlib.util.find_spec(backend) is None:
        raise SwaplibError(
            f"KERAS_BACKEND is {backend!r}, which isn't installed: unset it to use TensorFlow."
        )


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block Ctrl-C ends the program at once: half-imported libraries would raise anything else."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, signal.SIG_DFL)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def stoppable(say: Callable[[object], object]) -> Iterator[Callable[[object], object]]:
    """Gives a `say` that raises KeyboardInterrupt after a Ctrl-C from which nothing came.

    A library may swallow the exception: TensorFlow does, about once in a hundred times.
    """
    pressed, before = [], {}

    def press(number, frame):
        pressed.append(number)
        raise KeyboardInterrupt

    def heard(text):
        if pressed:
            raise KeyboardInterrupt
        say(text)

    if threading.current_thread() is threading.main_thread():  # elsewhere no signal arrives
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is signal.default_int_handler:
                before[number] = signal.signal(number, press)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
