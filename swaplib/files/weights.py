"""A model's weights in a file: numbers, how it was built, and a checksum; nothing that could be run."""

import hashlib
import json
import zipfile
from pathlib import Path

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


def load(path, build):
    """The model that `save` wrote. Only numbers and words are read; nothing in the file is run.

    build: the function that built it, such as `swap.build_swap`; it is called with the options of then.
    Raises SwaplibError for a file that is missing, damaged, changed, or of another kind of model.
    """
    path = Path(path)
    if not path.is_file():
        raise SwaplibError(f"There is no model {path}.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        sizes, built = arrays.pop("sizes", None), arrays.pop("built_by", None)
        sha256 = str(arrays.pop("sha256"))
        # Version 0.1 wrote the sizes alone, and all of the weights.
        head = np.asarray(sizes, np.int64).tobytes() if built is None else str(built).encode()
    except (ValueError, KeyError, TypeError, OSError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise SwaplibError(f"{path} is not a model of swaplib, or damaged: get or train it again") from error
    if _digest(head, arrays) != sha256:
        raise SwaplibError(
            f"{path} has changed since it was written (its SHA-256 is wrong): get or train it again"
        )
    arrays = [arrays[name].astype(np.float32) for name in sorted(arrays)]
    if built is None:
        return _filled(path, build, [int(v) for v in sizes], {}, arrays, lambda model: model.weights)
    described = json.loads(str(built))
    if described["build"] != build.__name__:
        raise SwaplibError(
            f"{path} is the wrong kind of model: `{described['build']}` built it, and "
            f"what is wanted is one of `{build.__name__}`"
        )
    return _filled(path, build, [], described["options"], arrays, _kept)


def _filled(path, build, sizes, options, arrays, variables):
    """The model, with its variables set to the arrays."""
    try:
        model = build(*sizes, **options)
        for variable, array in zip(variables(model), arrays, strict=True):
            variable.assign(array)
    except (TypeError, ValueError) as error:
        raise SwaplibError(
            f"{path} doesn't fit what `{build.__name__}` builds: it is another kind of "
            "model, or from another version. Get or train it again"
        ) from error
    return model


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
