"""Settings that must be made before a test imports TensorFlow, MediaPipe or Matplotlib."""

import os
from pathlib import Path

import pytest

import swaplib  # noqa: F401  TensorFlow is told to be quiet

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("MPLBACKEND", "Agg")  # no window


LONG = "job training exercises tables swap metrics capture dataset movie follow".split()


def pytest_collection_modifyitems(items):
    """Start slow tests first; otherwise one of two processes would wait for them at the end."""
    rank = {Path(__file__).with_name(f"test_{name}.py"): k for k, name in enumerate(LONG)}
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    ordered = iter(sorted(here, key=lambda item: rank.get(item.path, len(rank))))
    items[:] = [next(ordered) if item.path.parent == Path(__file__).parent else item for item in items]


@pytest.fixture
def eager():
    """Run TensorFlow eagerly: compiling takes longer than the few steps of a test."""
    import tensorflow

    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)


@pytest.fixture(scope="session", autouse=True)
def own_certificates(tmp_path_factory):
    """Create certificates in a folder of the tests, also for programs that they start."""
    os.environ["SWAPLIB_CREDENTIALS"] = str(tmp_path_factory.mktemp("settings") / "credentials")


@pytest.fixture(scope="session")
def find():
    """A Landmarker, made once."""
    from swaplib.face.landmarks import Landmarker

    with Landmarker(max_faces=2) as landmarker:
        yield landmarker


@pytest.fixture(scope="session")
def astronaut_points(find):
    """Landmarks of scikit-image's public-domain photo of Eileen Collins: (478, 2) px."""
    from skimage.data import astronaut

    return find(astronaut())[0].points


@pytest.fixture(scope="session")
def pose_expression_of_a():
    """Pose and expression of A's test pictures, by MediaPipe."""
    from swaplib.crops import dataset
    from swaplib.scoring import pose

    return pose.pose_expression(dataset.load("test_a", 128).images)


@pytest.fixture(scope="session")
def people():
    """The training pictures of A and of B, 64 px."""
    from swaplib.crops import dataset

    return dataset.load("person_a", 64), dataset.load("person_b", 64)
