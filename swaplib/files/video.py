"""Read and write movies with PyAV: upright RGB frames in, H.264 with sound for browsers out.

OpenCV's own writer drops the sound and makes files that browsers don't play.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.files import _unmarked, colour, credentials, extras, media, sound
from swaplib.files.media import BROKEN, open_media
from swaplib.files.provenance import TEXT, job_number, label, mark, movie_metadata
from swaplib.files.writing import check_output, replacing

SHORTEST = 1e-4  # s: minimum duration of a frame
SLACK = 1.0  # s, or a fifth: tolerance for an early end where the header gives only the end of the whole file


class Reader:
    """The frames of a movie, in order: iterating yields (uint8 (h, w, 3) RGB, seconds).

    Frames are upright (a phone's rotation is applied) and all have the size of the first one; HDR is
    tone-mapped. Cover art and previews stored as a picture track are skipped.
    Times increase and count from the start of the file, picture or sound, whichever comes first.
    Attributes: `path`, `fps` (average, a Fraction), `count` (frames the file claims to have, 0 if
    unknown), `aspect` (pixel width / pixel height), `hdr` (None, "PQ", "HLG" or "BT.2020") and, after the
    last frame, `problem` (None, or a sentence on what is missing). It can be iterated again from the
    start. Raises SwaplibError for a file that isn't a movie or has no frame that decodes.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        with ExitStack() as stack:
            container, track = media.open_pictures(self.path)
            stack.enter_context(container)
            context = track.codec_context
            self.hdr = colour.kind(context.color_trc, context.color_primaries)
            self.aspect = track.sample_aspect_ratio or Fraction(1)
            end = media.picture_end(container, track)
            self._end_is_of_file = end is None  # of picture or sound, whichever is longer
            self._end = (container.duration or 0) / av.time_base if end is None else end
            self._cut = media.is_cut(container)
            self._exact = end is not None and (track.frames or "matroska" in container.format.name)
            self._counted = track.frames  # by the program that wrote the file; 0 in many formats
            self.fps = media.frame_rate(container, track)
        self.count: int = self._counted or max(0, round(self._end * self.fps))

    def __iter__(self) -> Iterator[tuple[np.ndarray, float]]:
        container, track = media.open_pictures(self.path)
        step = float(1 / self.fps)
        size, first, last, read, odd = None, 0.0, -1.0, 0, []
        self._broken, self._made_up, self._reached = 0, 0, 0.0
        with container:
            start = float(media.starts_at(container))
            for frame in self._decode(container, track, start):
                try:
                    picture = _upright_rgb(frame)
                except BROKEN:
                    self._broken += 1
                    continue
                size = size or picture.shape[1::-1]
                if picture.shape[1::-1] != size:
                    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                seconds = last + step if frame.time is None else frame.time - start
                # A damaged time stamp may be years ahead, and a damaged clock may stand still.
                stands = seconds - last < SHORTEST
                if stands or (self._end > SHORTEST and seconds > max(self._end, last + step) + SLACK):
                    seconds = last + step
                    self._made_up += 1
                if read and len(odd) < 3 and abs(seconds - last - step) > 0.1 * step + 0.002:
                    odd.append((seconds - last) / step)
                last = max(seconds, 0.0)
                first = first if read else last
                read += 1
                yield picture, last
        if not read:
            raise SwaplibError(f"{self.path} has no frame that can be decoded. Is the file complete?")
        if self._damaged(read, first, last) or self._has_holes(read, odd):
            self.problem = f"{self.path} is damaged or ends early: {read} frames could be read"
            self.problem += f" of {self.count}" if read != self.count > 0 else ""

    def _damaged(self, read, first, last):
        """Return whether frames are missing or surplus, given their number and first and last time."""
        step = float(1 / self.fps)
        reached = max(last + step, self._reached)
        slack = step / 2 if self._exact else 1.5 * step
        if self._end_is_of_file:
            slack = min(SLACK, 0.2 * self._end)
        early = reached < self._end - slack
        # Fewer frames than the file claims is no proof of loss: a trimmed phone video hides some.
        missing = early and read < self.count
        late = self._exact and last - first > self._end + step / 2
        still = self._made_up > 0.5 * read  # intact files have a few, too
        return bool(self._broken or self._cut or missing or late or still or 0 < self._counted < read)

    def _has_holes(self, read, odd):
        """Return whether frames are missing in the middle. odd: the first irregular steps, in frames.

        Matroska stores no frame count, so one or two short gaps in an otherwise regular sequence decide.
        """
        return not self._counted and read >= 10 and 0 < len(odd) < 3 and all(1.5 < n < 5.5 for n in odd)

    def _decode(self, container, track, start):
        """Yield the picture track's frames; counts undecodable ones in `_broken`.

        If only the end of the whole file is known, `_reached` tracks how far its other tracks extend.
        """
        track.thread_type = "AUTO"
        packets = container.demux() if self._end_is_of_file else container.demux(track)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except BROKEN:  # the file ends in the middle of a packet
                self._broken += 1
                return
            if packet.stream.index != track.index:
                if packet.pts is not None and packet.time_base:
                    end = float((packet.pts + (packet.duration or 0)) * packet.time_base) - start
                    self._reached = max(self._reached, end)
                continue
            try:
                frames = packet.decode()
            except BROKEN:
                self._broken += 1
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._broken += 1
                else:
                    yield frame


def _upright_rgb(frame):
    """Convert a PyAV frame to an array, rotated the way it is meant to be seen."""
    picture = colour.to_rgb(frame)
    quarter_turns = round(frame.rotation / 90) % 4  # counter-clockwise, as np.rot90
    return np.ascontiguousarray(np.rot90(picture, quarter_turns)) if quarter_turns else picture


def read_frames(path: str | os.PathLike) -> Iterator[np.ndarray]:
    """Yield a movie's frames: uint8 (h, w, 3) RGB, upright. Raises as `Reader` does."""
    for frame, _ in Reader(path):
        yield frame


def check_movie(path: str | os.PathLike) -> list[str]:
    """Check a movie before the work starts by decoding its first frame and some of its sound.

    Returns a list of remarks, one sentence each: tone-mapped colours, sound, subtitles that can't be
    kept. Raises SwaplibError if the movie can't be used.
    """
    reader = Reader(path)
    next(iter(reader))
    notes = []
    if reader.hdr == "BT.2020":
        notes.append(f"{path} has the wide colour gamut of BT.2020; it is converted to BT.709.")
    elif reader.hdr:
        notes.append(f"{path} is HDR ({reader.hdr}); it is tone-mapped to standard colours (BT.709).")
    notes += sound.choose(path)[2]
    with open_media(path) as container:
        return notes + extras.lost(container)


def write_movie(
    path: str | os.PathLike,
    frames: Iterable,
    fps: float | Fraction,
    sound_from: str | os.PathLike | None = None,
    text: str = TEXT,
    job: str = "",
) -> int:
    """Write frames as H.264 (yuv420p, faststart), which browsers play, with all marks; returns their number.

    frames: iterable of uint8 (h, w, 3) RGB, all of the same size, or of (frame, seconds) for a movie with a
    variable frame rate. The other arguments are those of `Writer`.
    Raises SwaplibError if the file can't be written; a partial file never appears.
    """
    check_output(path)
    with replacing(path) as part, Writer(part, fps, sound_from, text, job=job) as writer:
        for item in frames:
            writer.write(*(item if isinstance(item, tuple) else (item,)))
    return writer.count


class Writer(_unmarked.Writer):
    """Writes one movie: call `write(frame, seconds=None)` for each frame. A context manager.

    fps: frames per second. sound_from: a movie to take the sound from, copied if it is AAC or MP3 and
    otherwise converted to AAC, along with its subtitles, chapters and dates. They all end with the last
    frame. text, job: for the marks, see `provenance.label` and `provenance.mark`; no mark can be left out.
    aspect: pixel width / pixel height. An odd width or height is padded by repeating the last column or
    row. Attributes: `count`, and `notes` (what couldn't be kept of the sound, one sentence each).
    Raises SwaplibError for an empty text, an invalid `fps`, and a `sound_from` that can't be read.
    """

    # The bits have their sign changed in every other frame: predicted from the frame before the last one,
    # they add a fifth to the file. As B-frames, they would double it.
    _coding = {"refs": "2", "bf": "0"}

    def __init__(
        self,
        path: str | os.PathLike,
        fps: float | Fraction,
        sound_from: str | os.PathLike | None = None,
        text: str = TEXT,
        aspect: float | Fraction = 1,
        job: str = "",
    ) -> None:
        self._text, self._job, self._path = label(text), job, Path(path)
        super().__init__(path, fps, sound_from, aspect)
        self._out.metadata.update(movie_metadata(text))

    def write(self, frame: np.ndarray, seconds: float | None = None) -> None:
        """Add a frame, uint8 (h, w, 3), shown from `seconds` on (by default one frame after the last)."""
        super().write(mark(frame, self._text, self._job, inverted=self.count % 2 == 1), seconds)

    def __exit__(self, kind: type | None, *error: object) -> None:
        super().__exit__(kind, *error)
        if kind is None:
            credentials.sign(self._path, self._text, job_number(self._job or self._text))
