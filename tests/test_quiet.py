"""The libraries' greetings are kept back, and nothing else."""

import os
import subprocess
import sys

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


@pytest.mark.slow
def test_finding_a_face_says_nothing():
    code = (
        "import numpy as np; from swaplib.face.landmarks import Landmarker\n"
        "with Landmarker() as find: find(np.zeros((64, 64, 3), np.uint8))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
