"""Save a model's weights to a file: numbers, how it was built, and a checksum; nothing executable."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.files.arrays import read_arrays
from swaplib.files.writing import replacing

LARGEST = 1024  # px: largest picture size of a network


def built_by(build: Callable, model: keras.Model, **options: object) -> keras.Model:
    """Attach to a model how it was built, by `build(**options)`, and return it.

    options: numbers, strings, or lists of them, as in JSON. Copies made by Keras lose this.
    """
    model.built_by = json.dumps({"build": build.__name__, "options": options})
    return model


def save(model: keras.Model, path: str | Path) -> None:
    """Write the weights of a model built by swaplib to a file (.npz) with a SHA-256.

    Kernels are stored in half precision if it can represent them. Layers only used in training
    (`only_for_training`) are left out. Raises SwaplibError if the model wasn't built by one of swaplib's
    functions, or a weight isn't finite.
    """
    built = getattr(model, "built_by", None)
    if built is None:
        raise SwaplibError(
            f"{path} was not written: the model was not built by swaplib and couldn't be "
            "rebuilt from the file. Keras's own `model.save` works for models without shared layers."
        )
    arrays = {f"{k:03d}": _packed(np.asarray(v)) for k, v in enumerate(_kept(model))}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise SwaplibError(f"{path} was not written: the model has weights that are not finite")
    with replacing(path) as part, open(part, "wb") as file:
        np.savez_compressed(file, built_by=built, sha256=_digest(built.encode(), arrays), **arrays)


def _packed(array):
    """Convert kernels to half precision; biases, scales and values beyond its range are kept as they are."""
    if array.ndim < 2 or np.abs(array).max(initial=0) > np.finfo(np.float16).max:
        return array
    return array.astype(np.float16)


def read(path: str | Path) -> tuple[str, dict, list[np.ndarray]]:
    """Read a file from `save`: (name of the building function, its options, float32 arrays in order).

    Only numbers and strings are read; nothing in the file is executed. Raises SwaplibError if the file is
    missing, damaged, modified or from a version before 0.2.
    """
    arrays = read_arrays(path, "model")
    try:
        built, sha256 = str(arrays.pop("built_by")), str(arrays.pop("sha256"))
        described = json.loads(built)
        name, options = str(described["build"]), dict(described["options"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SwaplibError(f"{path} is damaged or not a swaplib model: get or train it again") from error
    if _digest(built.encode(), arrays) != sha256:
        raise SwaplibError(
            f"{path} has changed since it was written (its SHA-256 is wrong): get or train it again"
        )
    weights = [arrays[key] for key in sorted(arrays)]
    if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in weights):
        raise SwaplibError(f"{path} has weights that are not finite: get or train it again")
    _check_options(path, options, weights)
    return name, options, [array.astype(np.float32) for array in weights]


def _check_options(path, options, arrays):
    """Raise SwaplibError for options that would build a model far larger than the stored weights."""
    dimensions = {0, *(n for array in arrays for n in array.shape)}
    for name, value in options.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and (value > LARGEST if name == "size" else value not in dimensions):
            raise SwaplibError(f"{path} has no weights for {name} {value}: get or train it again")


def fill(model: keras.Model, arrays: list[np.ndarray]) -> None:
    """Set the variables that `save` stores. Raises ValueError if their number or shapes differ."""
    for variable, array in zip(_kept(model), arrays, strict=True):
        variable.assign(array)


def _kept(model):
    """Return a model's variables, each once, except those of training-only layers."""
    left = {
        id(v) for layer in model.layers if getattr(layer, "only_for_training", False) for v in layer.variables
    }
    return [v for v in model.weights if id(v) not in left]


def _digest(head, arrays):
    digest = hashlib.sha256(head)
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].shape}".encode() + arrays[name].tobytes())
    return digest.hexdigest()
