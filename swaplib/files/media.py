"""Movies as FFmpeg sees them: open a file, find the picture track, its true end and its frame rate."""

import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition

from swaplib import SwaplibError
from swaplib.files.picture import most_pixels

# Raised by PyAV for damaged files; ValueError for text that isn't Unicode.
BROKEN = (av.FFmpegError, OSError, ValueError, EOFError, MemoryError)
NOT_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails  # cover art and previews
PHOTO_BRANDS = ("heic", "heix", "mif1", "avif")  # HEIF and AVIF, which are MP4s to FFmpeg
MOST_PIXELS = 16384 * 8192  # in a frame: a damaged header may claim any size
MOST_TRACKS = 64  # whose first frames are limited to that size, too
_USUAL_RATE, _RATES = Fraction(25), (Fraction(1, 100), Fraction(1000))


def address(path: str | os.PathLike) -> str:
    """Return a file's name in a form that FFmpeg can't misread, whatever colons and dashes it has."""
    return f"file:{os.path.abspath(path)}"


def open_media(path: str | os.PathLike) -> InputContainer:
    """Open a PyAV container for reading. Raises SwaplibError if FFmpeg can't read the file."""
    if not Path(path).is_file():
        raise SwaplibError(f"There is no movie at {path}.")
    try:
        # A playlist could name other files and network addresses, so only files are opened.
        return av.open(
            address(path),
            options={"protocol_whitelist": "file"},
            stream_options=[_most(path)] * MOST_TRACKS,  # FFmpeg decodes frames even to open a file
            metadata_errors="replace",
        )
    except BROKEN as error:
        reason = getattr(error, "strerror", None) or error
        raise SwaplibError(f"{path} can't be read as a movie ({reason}). Is the file complete?") from error


def _most(path):
    """FFmpeg's option for the most pixels that a frame of this file may have."""
    return {"max_pixels": str(min(MOST_PIXELS, most_pixels(os.path.getsize(path))))}


def open_pictures(path: str | os.PathLike) -> tuple[InputContainer, Any]:
    """Return a movie's (container, picture track). Raises SwaplibError if it has none or is a photo."""
    container = open_media(path)
    try:
        name = container.format.name
        if name == "image2" or name.endswith("_pipe") or _brand(container) in PHOTO_BRANDS:
            raise SwaplibError(f"{path} is a photo, not a movie.")
        tracks = [] if name == "tty" else container.streams.video  # FFmpeg plays any text file, as "tty"
        tracks = [track for track in tracks if not track.disposition & NOT_PICTURES]
        if not tracks:
            raise SwaplibError(f"{path} has no picture track.")
        track = next((track for track in tracks if track.codec_context is not None), None)
        if track is None:
            raise SwaplibError(f"The picture track of {path} is in a format that can't be decoded here.")
        track.codec_context.options = _most(path)
        return container, track
    except BaseException:
        container.close()
        raise


def _brand(container):
    return container.metadata.get("major_brand", "").strip()


def starts_at(container: InputContainer) -> Fraction:
    """Return when the file's first picture or sound starts, in seconds of the file's own clock."""
    return Fraction(container.start_time or 0, av.time_base)


def picture_end(container: InputContainer, track: Any) -> float | None:
    """Return when the picture track ends by its own header, in seconds from the file's start, or None."""
    if container.format.name == "avi" and track.frames and track.average_rate:
        return float(track.frames / track.average_rate)  # its duration ends where the file was cut
    if track.duration:
        first = track.start_time if track.start_time is not None else 0
        return float((first + track.duration) * track.time_base - starts_at(container))
    for name, text in track.metadata.items():  # Matroska: "00:00:10.040000000"
        parts = re.fullmatch(r"(\d+):(\d+):(\d+(?:\.\d+)?)", text.strip())
        if parts and name.upper().startswith("DURATION"):
            hours, minutes, seconds = map(float, parts.groups())
            return 3600 * hours + 60 * minutes + seconds - float(starts_at(container))
    return None


def is_cut(container: InputContainer) -> bool:
    """Return whether the file ends before its own index says (MP4 and AVI have one), or differs in length
    from its own header (AVI, Matroska)."""
    listed = (entry for track in container.streams for entry in track.index_entries)
    if any(entry.pos + entry.size > container.size for entry in listed):
        return True
    path = Path(container.name.removeprefix("file:"))
    if "matroska" in container.format.name:
        return not _is_segment(path)
    return container.format.name == "avi" and not _is_chain(path)


def _is_segment(path):
    """Return whether a Matroska or WebM file consists of complete elements: a header and a segment."""
    with path.open("rb") as file:
        length, at = file.seek(0, os.SEEK_END), 0
        while at < length:
            file.seek(at)
            end = _element_end(file.read(16))
            if end is None:  # recorded live, so it was never filled in
                return True
            at += end
    return at == length


def _element_end(data):
    """Return where the EBML element at the start of some bytes ends; None if it doesn't say."""
    # The leading zero bits of a number say how many more bytes it has; the name comes first, then the size.
    start = 9 - data[0].bit_length()
    size = data[start:]
    more = 8 - size[0].bit_length() if size else 8
    largest = 2 ** (7 * more + 7) - 1
    value = int.from_bytes(size[: more + 1], "big") & largest
    return None if start > 8 or more > 7 or value == largest else start + more + 1 + value


def _is_chain(path):
    """Return whether an AVI consists of complete RIFF chunks, about one per gigabyte."""
    with path.open("rb") as file:
        length, at = file.seek(0, os.SEEK_END), 0
        while at < length:
            file.seek(at)
            name, size = file.read(4), int.from_bytes(file.read(4), "little")
            if name != b"RIFF":
                return False
            if size in (0, 0xFFFFFFFF):  # written to a pipe, so it was never filled in
                return True
            at += 8 + size + size % 2
    return at <= length + 1


def frame_rate(container: InputContainer, track: Any) -> Fraction:
    """Return the frames per second: the header's, unless the first frames' times contradict it.

    This consumes packets, so nothing else can be read from the container afterwards.
    """
    said = track.average_rate or track.guessed_rate
    if not (track.frames and track.duration):  # if the rate is their quotient, it is right
        times = []
        try:
            for packet in container.demux(track):
                time = packet.dts if packet.pts is None else packet.pts
                if time is not None:
                    times.append(time)
                if len(times) == 60:
                    break
        except BROKEN:
            pass
        steps = np.diff(sorted(times))
        steps = steps[steps > 0]
        if len(steps):
            found = 1 / (Fraction(int(np.median(steps))) * track.time_base)
            if not said or not found / 3 <= said <= found * 3:
                said = found
    if not said or not _RATES[0] <= said <= _RATES[1]:
        return _USUAL_RATE
    return Fraction(said).limit_denominator(1001)
