"""Write pictures and movies without marks. Private, because every export carries marks.

The marked writers, `provenance.save_picture` and `video.Writer`, build on this module. Otherwise it only
writes files that aren't exports of a swap: plots, contact sheets of the user's own material, a stretch of
a movie to be swapped later, a swap that is being scored, the shipped people, and the inputs of tests.
"""

import os
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av
import numpy as np

from swaplib import SwaplibError
from swaplib.files import colour, extras, media, sound
from swaplib.files.media import BROKEN, open_media
from swaplib.files.picture import as_bytes
from swaplib.files.writing import check_output, replacing

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")  # formats that can be written


def save_picture(path: str | Path, picture: np.ndarray, quality: int = 95) -> None:
    """Write a PNG, JPEG or WebP like `provenance.save_picture`, without marks."""
    from PIL import Image

    ending, picture = checked_ending(path), as_picture(path, picture)
    with replacing(path) as part:
        Image.fromarray(picture).save(part, **({} if ending == ".png" else {"quality": quality}))


def checked_ending(path: str | Path) -> str:
    """Return a picture's file ending in lower case; raises SwaplibError if it can't be written."""
    ending = Path(path).suffix.lower()
    if ending not in PICTURE_ENDINGS:
        raise SwaplibError(f"Can't write {path}: the name must end in {', '.join(PICTURE_ENDINGS)}.")
    return ending


def as_picture(path: str | Path, picture: np.ndarray) -> np.ndarray:
    """Return a picture as uint8 (h, w, 3), ready to write; raises SwaplibError if it isn't a picture."""
    picture = np.asarray(picture)
    floats = np.issubdtype(picture.dtype, np.floating)
    if picture.shape[2:] != (3,) or not picture.size or not (floats or picture.dtype == np.uint8):
        raise SwaplibError(f"Can't write {path}: {picture.dtype} {picture.shape} is not a picture (h, w, 3).")
    if floats and not (picture.min() > -0.5 and picture.max() < 1.5):  # false for NaN
        ends = f"{picture.min():g} to {picture.max():g}"
        raise SwaplibError(f"Can't write {path}: floats must be in [0, 1], but these range from {ends}.")
    return as_bytes(picture) if floats else picture


def write_movie(
    path: str | os.PathLike,
    frames: Iterable,
    fps: float | Fraction,
    sound_from: str | os.PathLike | None = None,
) -> int:
    """Write a movie like `video.write_movie`, without marks."""
    check_output(path)
    with replacing(path) as part, Writer(part, fps, sound_from) as writer:
        for item in frames:
            writer.write(*(item if isinstance(item, tuple) else (item,)))
    return writer.count


class Writer:
    """Writes one movie like `video.Writer`, without marks."""

    _coding: dict[str, str] = {}  # further options of the encoder

    def __init__(
        self,
        path: str | os.PathLike,
        fps: float | Fraction,
        sound_from: str | os.PathLike | None = None,
        aspect: float | Fraction = 1,
    ) -> None:
        if not 0 < fps < float("inf"):
            raise SwaplibError(f"Can't write {path} at {fps} frames a second: the rate must be above 0.")
        self.count = 0
        self._rate = max(Fraction(fps).limit_denominator(1001), Fraction(1, 1001))
        # One tick of the time stamps divides a frame exactly and is fine enough for any other time.
        self._tick = Fraction(1, self._rate.numerator * -(-60000 // self._rate.numerator))
        self._aspect = aspect
        self._last = -1  # time stamp of the last frame, in ticks
        self._video: Any = None
        self._beside, self.notes = [], []
        with ExitStack() as stack:
            # To FFmpeg, .m4v means a raw stream; users mean an MP4.
            kind = "mov" if Path(path).suffix.lower() == ".mov" else "mp4"
            options = {"movflags": "+faststart"}
            self._out = av.open(media.address(path), "w", format=kind, options=options)
            stack.callback(self._close)
            if sound_from:
                self._take_from(sound_from)
            stack.pop_all()

    def _take_from(self, path):
        with open_media(path) as container:
            self._out.metadata.update(extras.metadata(container))
            chapters = extras.chapters(container)
            if chapters:
                self._out.set_chapters(chapters)
        for kind in (sound.Sound, extras.Subtitles):
            self._beside.append(kind(path, self._out))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is not None:
            with suppress(*BROKEN):  # the original error is already being raised
                self._close()
            return
        try:
            if self._video is None:
                raise SwaplibError("There are no frames to write.")
            self._out.mux(self._video.encode())
            for track in self._beside:
                track.copy_until(self._last * self._tick + 1 / self._rate)
                track.finish()
                self.notes += track.notes
        finally:
            self._close()

    def _close(self):
        for track in self._beside:
            track.close()
        self._out.close()

    def write(self, frame: np.ndarray, seconds: float | None = None) -> None:
        """Add a frame, uint8 (h, w, 3), shown from `seconds` on (by default one frame after the last)."""
        frame = colour.padded(np.asarray(frame))
        if self._video is None:
            self._start(*frame.shape[:2])
        if frame.shape[:2] != (self._video.height, self._video.width):
            raise ValueError(f"frame {self.count} is {frame.shape[:2]}, but the first had another size")
        at = self.count / self._rate if seconds is None else seconds
        self._last = max(round(at / self._tick), self._last + 1)
        picture = colour.to_yuv(frame)
        picture.pts, picture.time_base = self._last, self._tick
        self._out.mux(self._video.encode(picture))
        for track in self._beside:  # interleaved with the frames, so that a player needn't seek
            track.copy_until(at)
        self.count += 1

    def _start(self, height, width):
        codec = "libx264" if "libx264" in av.codecs_available else "h264"
        self._video = stream = self._out.add_stream(codec, rate=self._rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "12", "preset": "veryfast"} | self._coding  # 18 would blur skin and iris
        context = stream.codec_context
        context.time_base = self._tick
        context.sample_aspect_ratio = self._aspect
        colour.tag(context)
