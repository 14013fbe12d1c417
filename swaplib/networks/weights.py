"""A model's weights in a file: numbers, how it was built, and a checksum; nothing that could be run."""

import hashlib
import json
import zipfile
from pathlib import Path

import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.files.writing import replacing


def built_by(build, model, **options):
    """The model, which from now on knows how it was built: by `build(**options)`.

    options: numbers, words, or lists of them, as JSON has them. Lost where Keras makes a copy.
    """
    model.built_by = json.dumps({"build": build.__name__, "options": options})
    return model


def save(model, path):
    """Write the weights of a model that knows how it was built (.npz), with a SHA-256.

    Kernels are in half precision. Layers that are only for training (`only_for_training`) are left out.
    Raises SwaplibError for a model that none of swaplib's functions built.
    """
    built = getattr(model, "built_by", None)
    if built is None:
        raise SwaplibError(
            f"{path} was not written: the model was not built by swaplib, so nobody could "
            "build it again from the file. Keras's own `model.save` keeps one whose parts share nothing."
        )
    # Biases and scales stay as they are: the variance of a code can be larger than half precision goes.
    arrays = {
        f"{k:03d}": w.astype(np.float16) if w.ndim > 1 else w
        for k, w in enumerate(np.asarray(v) for v in _kept(model))
    }
    with replacing(path) as part, open(part, "wb") as file:
        np.savez_compressed(file, built_by=built, sha256=_digest(built.encode(), arrays), **arrays)


def read(path: str | Path) -> tuple[str, dict, list[np.ndarray]]:
    """What `save` wrote: (name of the function that built the model, its options, float32 arrays in order).

    Only numbers and words are read; nothing in the file is run. Raises SwaplibError for a file that is
    missing, damaged, changed or of a version before 0.2.
    """
    path = Path(path)
    if not path.is_file():
        raise SwaplibError(f"There is no model {path}.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        built, sha256 = str(arrays.pop("built_by")), str(arrays.pop("sha256"))
        described = json.loads(built)
        name, options = str(described["build"]), dict(described["options"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise SwaplibError(f"{path} is not a model of swaplib, or damaged: get or train it again") from error
    if _digest(built.encode(), arrays) != sha256:
        raise SwaplibError(
            f"{path} has changed since it was written (its SHA-256 is wrong): get or train it again"
        )
    return name, options, [arrays[key].astype(np.float32) for key in sorted(arrays)]


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
