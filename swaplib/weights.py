"""A model's weights in a file: numbers and a checksum, nothing that could be run."""

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.label import replacing


def save(model, path, sizes):
    """Write the weights of a Keras model (.npz), kernels in half precision, with a SHA-256.

    sizes: whole numbers that say how to build the model again.
    """
    sizes = np.asarray(sizes)
    # Biases and scales stay as they are: the variance of a code can be larger than half precision goes.
    arrays = {f"{k:03d}": w.astype(np.float16) if w.ndim > 1 else w
              for k, w in enumerate(model.get_weights())}
    with replacing(path) as part, open(part, "wb") as file:
        np.savez_compressed(file, sizes=sizes, sha256=_digest(sizes, arrays), **arrays)


def load(path, build):
    """The model that `save` wrote. Only numbers are read; nothing in the file is run.

    build: makes the model from the sizes it was saved with. Raises SwaplibError for a file that is
    missing, damaged, changed or no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise SwaplibError(f"There is no model {path}.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        sizes, sha256 = arrays.pop("sizes"), str(arrays.pop("sha256"))
    except (ValueError, KeyError, OSError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise SwaplibError(f"{path} is not a model of swaplib, or damaged: get or train it again"
                           ) from error
    if _digest(sizes, arrays) != sha256:
        raise SwaplibError(f"{path} has changed since it was written (its SHA-256 is wrong): "
                           "get or train it again")
    model = build(*(int(v) for v in sizes))
    model.set_weights([arrays[name].astype(np.float32) for name in sorted(arrays)])
    return model


def _digest(sizes, arrays):
    digest = hashlib.sha256(np.asarray(sizes, np.int64).tobytes())
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].shape}".encode() + arrays[name].tobytes())
    return digest.hexdigest()
