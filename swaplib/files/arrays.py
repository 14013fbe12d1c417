"""Read arrays from an .npz file that may be damaged or malicious: numbers and strings, nothing else."""

import io
import stat
import zipfile
from pathlib import Path

import numpy as np

from swaplib import SwaplibError

MOST_TIMES = 50  # a file may unpack to this many times its size, plus
MOST_ANYWAY = 2**20  # bytes: swaplib's own files stay below this limit


def regular_file(path: str | Path, kind: str = "file") -> Path:
    """Return the path of a regular file; raises SwaplibError if it is missing, a folder or a pipe.

    kind: the kind of file expected, such as "photo". Opening a pipe would block for ever.
    """
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        raise SwaplibError(f"There is no {kind} at {path}.") from error
    if not stat.S_ISREG(mode):
        found = "folder" if stat.S_ISDIR(mode) else "device or pipe"
        raise SwaplibError(f"{path} is a {found}, not a {kind}.")
    return Path(path)


def read_arrays(path: str | Path, kind: str) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file by name. kind: the kind of file expected, such as "model".

    Nothing is unpickled. Raises SwaplibError if the file is missing or damaged, or would unpack to
    more than `MOST_TIMES` times its size.
    """
    path = regular_file(path, kind)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(m.file_size for m in members) > MOST_TIMES * path.stat().st_size + MOST_ANYWAY:
                raise SwaplibError(f"{path} would unpack to far more than any swaplib {kind}: don't use it")
            names = [m.filename for m in members]
            if len(set(names)) < len(names):
                raise ValueError("duplicate name")
            return {m.filename.removesuffix(".npy"): _array(archive.read(m)) for m in members}
    except SwaplibError:
        raise
    except Exception as error:  # zipfile, zlib, struct, tokenize ...: any means that the file is damaged
        raise SwaplibError(f"{path} is damaged or not a swaplib {kind}: get or make it again") from error


def _array(data):
    """Decode one array in .npy format. Raises ValueError for objects and for a shape that doesn't fit."""
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
