"""The environment of the command line: closed streams, and other courses' settings."""

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
    """Redirect closed standard streams to nothing, and let none fail on unencodable characters.

    Otherwise the next file to be opened would get the number of the standard error, and libraries would
    print into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)  # gets the lowest free number
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: object) -> None:
    """Print, even if nobody reads it any more: a job must survive its terminal."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")


def choose_keras() -> None:
    """Make Keras start as this program needs it, whatever another course's keras.json says.

    Raises SwaplibError if KERAS_BACKEND names a backend that isn't available.
    """
    os.environ["KERAS_HOME"] = os.devnull  # nothing is read or written there
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
    """Let Ctrl-C end the program at once within the block, because half-imported libraries raise anything."""
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
