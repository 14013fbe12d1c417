"""The shipped autoencoders: complete, good, and small. (Invalid weights files: test_swap.py.)"""

import keras
import numpy as np
import pytest

from swaplib import SwaplibError, networks
from swaplib.crops import dataset
from swaplib.networks import autoencoder


def drawn(model, pictures):
    """What a model makes of pictures. `predict` would compile it first, which takes longer."""
    return np.asarray(model(pictures, training=False))


@pytest.fixture(scope="module")
def errors():
    unseen = dataset.load("test_b", 48).images
    return {
        k: float(np.abs(drawn(networks.shipped(f"code_{k}"), unseen) - unseen).mean())
        for k in autoencoder.CODE_SIZES
    }


@pytest.mark.slow
def test_the_error_falls_with_every_doubling_of_the_code(errors):
    falling = list(errors.values())
    left = [next_ / one for one, next_ in zip(falling, falling[1:], strict=False)]
    assert max(left[:4]) < 0.9 and max(left) < 0.985, errors  # the last doublings say little that is new
    mean = dataset.load("person_b", 48).images.mean(axis=0)
    assert falling[0] < 0.8 * np.abs(dataset.load("test_b", 48).images - mean).mean()


@pytest.mark.parametrize(
    "name, train, test",
    [
        pytest.param(
            "many", slice(dataset.MANY_TRAIN), slice(dataset.MANY_TRAIN, None), marks=pytest.mark.slow
        ),
        ("one", slice(None), slice(None)),
    ],
)
def test_the_lessons_autoencoders_draw_faces_they_never_saw(name, train, test):
    seen, unseen = (
        dataset.load(n, 64).images for n in {"many": ("many", "many"), "one": ("person_a", "test_a")}[name]
    )
    model = networks.shipped(name)
    error = np.abs(drawn(model, unseen[test]) - unseen[test]).mean()
    assert error < 0.3 * np.abs(seen[train].mean(axis=0) - unseen[test]).mean()


def test_what_is_saved_is_loaded_again(tmp_path):
    model = autoencoder.build_autoencoder(32, 5, width=4)
    networks.save(model, tmp_path / "small.npz")
    again = networks.load(tmp_path / "small.npz")
    x = dataset.load("test_a", 32).images[:3]
    assert again.get_layer("encoder").output_shape == (None, 5)
    assert drawn(again, x) == pytest.approx(drawn(model, x), abs=2e-3)


def test_keras_own_format_keeps_an_autoencoder_with_its_loss(tmp_path):
    model = autoencoder.build_autoencoder(32, 5, width=4)
    model.compile("adam", loss=autoencoder.picture_loss)
    model.save(tmp_path / "small.keras")
    again = keras.models.load_model(tmp_path / "small.keras")
    x = dataset.load("test_a", 32).images[:8]
    assert np.array_equal(drawn(again, x), drawn(model, x))
    assert again.evaluate(x, x, verbose=0) == pytest.approx(model.evaluate(x, x, verbose=0))


def test_another_name_is_refused():
    with pytest.raises(SwaplibError, match="'few': choose one of many, one, code_1"):
        networks.shipped("few")
