"""Settings that must stand before a test imports TensorFlow, MediaPipe or Matplotlib."""

import os

import pytest

import swaplib.quiet  # noqa: F401

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("MPLBACKEND", "Agg")  # no window


@pytest.fixture(scope="session")
def find():
    """A Landmarker, made once."""
    from swaplib.landmarks import Landmarker

    with Landmarker(max_faces=2) as landmarker:
        yield landmarker


@pytest.fixture(scope="session")
def astronaut_points(find):
    """Landmarks of scikit-image's public-domain photo of Eileen Collins: (478, 2) px."""
    from skimage.data import astronaut

    return find(astronaut())[0].points


@pytest.fixture(scope="session")
def performance_of_a():
    """Pose and expression of A's test pictures, by MediaPipe."""
    from swaplib import faces, metrics

    return metrics.performance(faces.load("test_a", 128).images)
