"""Arrays that may exceed memory: above a limit they are stored in an unnamed temporary file.

Two hours of video have 180,000 frames, with 478 landmarks each: 700 MB in total.
"""

import io
import tempfile
import weakref

import numpy as np

from swaplib import SwaplibError

MOST = 64 * 2**20  # bytes: largest array kept in memory


def empty(shape: tuple, dtype: np.dtype | type) -> np.ndarray:
    """Create zeros of this shape and dtype: in memory, or in a file if they exceed `MOST` bytes.

    Raises SwaplibError if the folder for temporary files has no room for them.
    """
    dtype = np.dtype((dtype, tuple(shape[1:])))
    if shape[0] * dtype.itemsize <= MOST:
        return np.zeros(shape, dtype.base)
    rows = Rows(dtype)
    zeros = np.zeros(max(1, 2**20 // dtype.itemsize), dtype)
    for first in range(
        0, shape[0], len(zeros)
    ):  # written, because a sparse file fails only when it is filled
        rows.append(zeros[: shape[0] - first])
    return rows.array()


class Rows:
    """Rows of one dtype, appended in chunks and then read as one array."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = np.dtype(dtype)
        self._file, self._count = io.BytesIO(), 0

    def append(self, rows: np.ndarray) -> None:
        """Append rows (n, ...). Raises SwaplibError if the disk is full."""
        self._count += len(rows)
        try:
            if self._count * self.dtype.itemsize > MOST and isinstance(self._file, io.BytesIO):
                in_memory, self._file = self._file, tempfile.TemporaryFile()
                self._file.write(in_memory.getbuffer())
            self._file.write(np.ascontiguousarray(rows, self.dtype.base).tobytes())
        except OSError as error:
            raise SwaplibError(
                f"The movie is long, and {tempfile.gettempdir()} has no room for the faces found in it "
                f"({error.strerror}): free some space, or set TMPDIR to another folder."
            ) from error

    def array(self) -> np.ndarray:
        """Return all rows (n, ...) as one writable array. Nothing can be appended afterwards."""
        shape = (self._count, *self.dtype.shape)
        if isinstance(self._file, io.BytesIO):
            return np.frombuffer(self._file.getbuffer(), self.dtype.base).reshape(shape)
        try:
            self._file.flush()
        except OSError as error:
            raise SwaplibError(
                f"{tempfile.gettempdir()} is full ({error.strerror}): free some space."
            ) from error
        out = np.memmap(self._file, self.dtype.base, "r+", shape=shape)
        weakref.finalize(out, self._file.close)
        return out
