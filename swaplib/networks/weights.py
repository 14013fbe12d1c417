"""A model's weights in a file: numbers, how it was built, and a checksum; nothing that could be run."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.files.arrays import read_arrays
from swaplib.files.writing import replacing

LARGEST = 1024  # px of a network's pictures


def built_by(build: Callable, model: keras.Model, **options: object) -> keras.Model:
    """The model, which from now on knows how it was built: by `build(**options)`.

    options: numbers, words, or lists of them, as JSON has them. Lost where Keras makes a copy.
    """
    model.built_by = json.dumps({"build": build.__name__, "options": options})
    return model


def save(model: keras.Model, path: str | Path) -> None:
    """Write the weights of a model that knows how it was built (.npz), with a SHA-256.

    Kernels are in half precision where it can hold them. Layers that are only for training
    (`only_for_training`) are left out. Raises SwaplibError for a model that none of swaplib's functions
    built, and for one with a weight that is no finite number.
    """
    built = getattr(model, "built_by", None)
    if built is None:
        raise SwaplibError(
            f"{path} was not written: the model was not built by swaplib, so nobody could "
            "build it again from the file. Keras's own `model.save` keeps one whose parts share nothing."
        )
    arrays = {f"{k:03d}": _packed(np.asarray(v)) for k, v in enumerate(_kept(model))}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise SwaplibError(f"{path} was not written: the model has weights that are no numbers")
    with replacing(path) as part, open(part, "wb") as file:
        np.savez_compressed(file, built_by=built, sha256=_digest(built.encode(), arrays), **arrays)


def _packed(array):
    """Kernels in half precision; biases and scales as they are, and whatever half precision can't hold."""
    if array.ndim < 2 or np.abs(array).max(initial=0) > np.finfo(np.float16).max:
        return array
    return array.astype(np.float16)


def read(path: str | Path) -> tuple[str, dict, list[np.ndarray]]:
    """What `save` wrote: (name of the function that built the model, its options, float32 arrays in order).

    Only numbers and words are read; nothing in the file is run. Raises SwaplibError for a file that is
    missing, damaged, changed or of a version before 0.2.
    """
    arrays = read_arrays(path, "model")
    try:
        built, sha256 = str(arrays.pop("built_by")), str(arrays.pop("sha256"))
        described = json.loads(built)
        name, options = str(described["build"]), dict(described["options"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SwaplibError(f"{path} is not a model of swaplib, or damaged: get or train it again") from error
    if _digest(built.encode(), arrays) != sha256:
        raise SwaplibError(
            f"{path} has changed since it was written (its SHA-256 is wrong): get or train it again"
        )
    weights = [arrays[key] for key in sorted(arrays)]
    if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in weights):
        raise SwaplibError(f"{path} has weights that are no numbers: get or train it again")
    _check_options(path, options, weights)
    return name, options, [array.astype(np.float32) for array in weights]


def _check_options(path, options, arrays):
    """Raise SwaplibError for options that would build a model far larger than the weights there are."""
    dimensions = {0, *(n for array in arrays for n in array.shape)}
    for name, value in options.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and (value > LARGEST if name == "size" else value not in dimensions):
            raise SwaplibError(f"{path} has no weights for {name} {value}: get or train it again")


def fill(model: keras.Model, arrays: list[np.ndarray]) -> None:
    """Set the variables that `save` keeps. Raises ValueError where number or shapes differ."""
    for variable, array in zip(_kept(model), arrays, strict=True):
        variable.assign(array)


def _kept(model):
    """The variables of a model but for those of layers that are only for training, each once."""
    left = {
        id(v) for layer in model.layers if getattr(layer, "only_for_training", False) for v in layer.variables
    }
    return [v for v in model.weights if id(v) not in left]


def _digest(head, arrays):
    digest = hashlib.sha256(head)
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].shape}".encode() + arrays[name].tobytes())
    return digest.hexdigest()
