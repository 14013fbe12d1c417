"""Read all marks of a picture or movie: which are present, which were changed, and what they say."""

from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.files import badge, bits, credentials
from swaplib.files._unmarked import PICTURE_ENDINGS
from swaplib.files.arrays import regular_file
from swaplib.files.credentials import Credentials
from swaplib.files.picture import read_photo
from swaplib.files.provenance import read_provenance
from swaplib.files.video import Reader

FRAMES, EVERY = 24, 10  # frames read from a movie, and their spacing


@dataclass(frozen=True)
class Marks:
    """The marks of a file. `print` shows them as a few lines of text; `as_dict` returns a dict.

    width, height: of the picture, in pixels. badge: whether the visible badge was found. label: the label in
    the metadata, or None. credentials: see `Credentials`. bits: the job number in the pixels, or None.
    """

    file: str
    width: int
    height: int
    badge: bool
    label: str | None
    credentials: Credentials
    bits: str | None

    @property
    def synthetic(self) -> bool:
        """Whether any mark says so. A file without a mark may still be synthetic."""
        return bool(self.badge or self.label or self.bits or self.credentials.source_type)

    def as_dict(self) -> dict:
        """Return plain names and values, for JSON."""
        return asdict(self) | {"synthetic": self.synthetic}

    def __str__(self):
        verdict = "It says that it is synthetic."
        if not self.synthetic:
            verdict = "Nothing says that it is synthetic. That doesn't prove that it isn't."
        return "\n".join(
            [
                self.file,
                f"  badge        {'found' if self.badge else 'missing'}",
                f"  label        {f'found: {self.label}' if self.label else 'missing'}",
                f"  credentials  {_credentials(self.credentials)}",
                f"  bits         {self._of_bits()}",
                verdict,
            ]
        )

    def _of_bits(self):
        if self.bits is None:
            small = min(self.width, self.height) < bits.SMALLEST
            size = f"{self.width} x {self.height} px"
            return f"missing ({size} is too small to keep them reliably)" if small else "missing"
        signed = self.credentials.job
        same = {"": "", self.bits: ", as the credentials say"}.get(
            signed, f", but the credentials say {signed}"
        )
        return f"found: job {self.bits}{same}"


def _credentials(said):
    """Put a state into words."""
    by, why = f"signed by {said.signer or 'an unknown signer'}", ", ".join(said.problems)
    return {
        "trusted": f"valid, {by}, confirmed by your own root certificate",
        "valid": f"valid, {by}, not confirmed by any root certificate here",
        "changed": f"changed since they were signed ({why})",
        "missing": "missing",
        "unread": 'not read: pip install "swaplib[credentials]"',
    }[said.state]


def read_marks(path: str | Path, root: str | Path | None = None) -> Marks:
    """Read all marks of a picture, a screenshot or a movie. root: as in `credentials.read`.

    Of a movie, only some frames near the beginning are examined. Raises SwaplibError if the file is
    neither a picture nor a movie, or is damaged.

        print(read_marks("swapped.mp4"))
    """
    path = regular_file(path)
    frames = _frames(path)
    found = bits.read(frames)
    height, width = frames[0].shape[:2]
    return Marks(
        str(path),
        width,
        height,
        any(badge.found(frame) for frame in frames[:: max(1, len(frames) // 3)]),
        read_provenance(path),
        credentials.read(path, root),
        found.payload[1:].hex() if found.sure else None,
    )


def _frames(path) -> list[np.ndarray]:
    """Return the picture, or some frames of the movie."""
    try:
        return [read_photo(path)]
    except SwaplibError as no_photo:
        try:
            return [frame for frame, _ in islice(Reader(path), 0, FRAMES * EVERY, EVERY)]
        except SwaplibError as no_movie:
            reason = no_photo if path.suffix.lower() in PICTURE_ENDINGS else no_movie
            raise SwaplibError(f"Can't read the marks: {reason}") from no_movie
