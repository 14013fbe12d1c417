"""Read arrays from a file (.npz) that may be damaged, or made to do harm: numbers and words, nothing else."""

import io
import stat
import zipfile
from pathlib import Path

import numpy as np

from swaplib import SwaplibError

MOST_TIMES = 50  # a file may unpack to so many times its size, and
MOST_ANYWAY = 2**20  # bytes; what is larger is no file of ours


def regular_file(path: str | Path, kind: str = "file") -> Path:
    """The path of a file that can be opened; raises SwaplibError for a missing one, a folder or a pipe.

    kind: what is expected there, such as "photo". Opening a pipe would wait for ever.
    """
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        raise SwaplibError(f"There is no {kind} {path}.") from error
    if not stat.S_ISREG(mode):
        found = "folder" if stat.S_ISDIR(mode) else "device or pipe"
        raise SwaplibError(f"{path} is no {kind} but a {found}.")
    return Path(path)


def read_arrays(path: str | Path, kind: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by name. kind: what the file should be, such as "model", for the message.

    Nothing is unpickled. Raises SwaplibError for a file that is missing, damaged, or would unpack to
    more than `MOST_TIMES` times its size.
    """
    path = regular_file(path, kind)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(m.file_size for m in members) > MOST_TIMES * path.stat().st_size + MOST_ANYWAY:
                raise SwaplibError(f"{path} would unpack to far more than a {kind} of swaplib: don't use it")
            names = [m.filename for m in members]
            if len(set(names)) < len(names):
                raise ValueError("a name twice")
            return {m.filename.removesuffix(".npy"): _array(archive.read(m)) for m in members}
    except SwaplibError:
        raise
    except Exception as error:  # of zipfile, zlib, struct, tokenize ...: whatever it is, the file is damaged
        raise SwaplibError(f"{path} is not a {kind} of swaplib, or damaged: get or make it again") from error


def _array(data):
    """One array of the .npy format. Raises ValueError for objects, and for a shape that isn't there."""
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    count = int(np.prod(shape, dtype=object))
    there = len(data) - file.tell()
    if dtype.kind not in "fiubU" or min(shape, default=0) < 0 or count * dtype.itemsize != there:
        raise ValueError(f"{dtype} {shape}")
    array = np.frombuffer(data, dtype, count, file.tell())
    return array.reshape(shape, order="F" if fortran else "C").copy()
