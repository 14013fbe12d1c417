"""The libraries' startup messages are suppressed, and nothing else."""

import os
import subprocess
import sys
import threading

import pytest

from swaplib import muted


def test_muted_only_within_the_block(capfd):
    with muted():
        os.write(2, b"greeting")
    with pytest.raises(ValueError), muted():
        os.write(2, b"another")
        raise ValueError
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_two_threads_leave_the_standard_error_as_it_was(capfd):
    """Whoever begins first may end first, and neither takes the other's silence for the standard error."""
    entered, left = threading.Event(), threading.Event()

    def longer():
        with muted():
            entered.set()
            left.wait(10)
            os.write(2, b"greeting")

    thread = threading.Thread(target=longer)
    with muted():
        thread.start()
        assert entered.wait(10)
    os.write(2, b"still silent")
    left.set()
    thread.join()
    os.write(2, b"shown")
    with muted(), muted():
        os.write(2, b"within")
    os.write(2, b" again")
    assert capfd.readouterr().err == "shown again"


def test_an_exception_is_shown_though_another_thread_is_silent(capfd):
    done = threading.Event()
    begun = threading.Event()

    def longer():
        with muted():
            begun.set()
            done.wait(10)

    thread = threading.Thread(target=longer)
    thread.start()
    assert begun.wait(10)
    with pytest.raises(ValueError), muted():
        raise ValueError
    os.write(2, b"ValueError")
    done.set()
    thread.join()
    os.write(2, b", and on")
    assert capfd.readouterr().err == "ValueError, and on"


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")
def test_a_closed_standard_error_is_left_closed():
    """Its number may be that of the next file: what is written there must arrive."""
    code = (
        "import os, swaplib\nfile = open('/dev/stdout', 'wb', 0)\nassert file.fileno() == 2\n"
        "with swaplib.muted():\n    file.write(b'kept')\nfile.write(b' too')"
    )
    run = subprocess.run(
        ["sh", "-c", 'exec 2>&-; exec "$0" -c "$1"', sys.executable, code], capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, "kept too")


@pytest.mark.slow
def test_finding_a_face_says_nothing():
    code = (
        "import numpy as np; from swaplib.face.landmarks import Landmarker\n"
        "with Landmarker() as find: find(np.zeros((64, 64, 3), np.uint8))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
