"""Read and write movies with PyAV: upright RGB frames in, H.264 with sound that browsers play out.

OpenCV's own writer makes files that browsers don't play and drops the sound, hence PyAV.
"""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace

from swaplib import SwaplibError
from swaplib.files.provenance import TEXT, mark, movie_metadata
from swaplib.files.writing import check_output, replacing

# Sound that browsers play inside an MP4, and so is copied as it is. The rest becomes AAC.
COPIED_SOUND = ("aac", "mp3", "mp3float")  # the last is FFmpeg's MP3 decoder
_BT709, _UNSPECIFIED = 1, 2  # ITU-T H.273, table 4
# libswscale: bilinear, full chroma out and in, accurate rounding. Without these each way through
# YUV makes the picture a level darker.
_CONVERSION = 0x2 | 0x2000 | 0x4000 | 0x40000


class Reader:
    """The frames of a movie, in order: iterating gives (uint8 (h, w, 3) RGB, seconds).

    Frames come upright (a phone's rotation is applied) and all in the first one's size.
    Times count from the start of the file, picture or sound, whichever comes first, and grow.
    Attributes: `path`, `fps` (average, a Fraction), `count` (frames promised by the file, 0
    if it doesn't say), `aspect` (a pixel's width over its height) and, after the last frame,
    `problem` (None, or what is missing, in words). Can be iterated again from the start.
    Raises SwaplibError for a file that isn't a movie or has no frame that decodes.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.problem = None
        with self._open() as container:
            stream = container.streams.video[0]
            self.fps = stream.average_rate or stream.guessed_rate or Fraction(25)
            self.aspect = stream.sample_aspect_ratio or Fraction(1)
            if stream.duration:
                end = float(stream.duration * stream.time_base)
                slack = 1.5 / float(self.fps)
            else:  # only the whole file's length is known, and the sound may be longer
                end = (container.duration or 0) / av.time_base
                slack = 1.0
            self._early = end - slack
            self.count = stream.frames or round(end * self.fps)

    def _open(self):
        container = open_media(self.path)
        # FFmpeg plays any text as a movie, format "tty".
        if not container.streams.video or container.format.name == "tty":
            container.close()
            raise SwaplibError(f"{self.path} has no picture track.")
        return container

    def __iter__(self):
        with self._open() as container:
            start = (container.start_time or 0) / av.time_base
            size, last, read, broken = None, -1.0, 0, 0
            for frame in _decode(container):
                if frame is None or frame.is_corrupt:
                    broken += 1
                    continue
                picture = _upright_rgb(frame)
                size = size or picture.shape[1::-1]
                if picture.shape[1::-1] != size:
                    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                late = last + float(1 / self.fps)
                seconds = late if frame.time is None else frame.time - start
                last = max(seconds, 0.0) if seconds > last else late
                read += 1
                yield picture, last
        if not read:
            raise SwaplibError(f"{self.path} has no frame that can be decoded. Is the file whole?")
        # Fewer frames than counted is no loss by itself: a trimmed phone video hides some.
        if broken or (read < self.count and last + 1 / self.fps < self._early):
            self.problem = f"{self.path} is damaged or ends early: {read} frames could be read"
            self.problem += f" of {self.count}" if self.count > read else ""


def open_media(path):
    """A PyAV container to read from. Raises SwaplibError if FFmpeg can't read the file."""
    if not Path(path).is_file():
        raise SwaplibError(f"There is no movie {path}.")
    try:
        return av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise SwaplibError(
            f"{path} can't be read as a movie ({error.strerror}). Is the file whole?"
        ) from error


def _decode(container):
    """The picture track's frames; None for each packet that can't be decoded."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError):  # the file ends in the middle of a packet
            yield None
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            yield None


def _upright_rgb(frame):
    """A PyAV frame as an array, turned the way it is meant to be seen."""
    # HD that doesn't name its colour matrix is BT.709 by custom, which FFmpeg doesn't guess.
    untagged_hd = frame.colorspace == _UNSPECIFIED and frame.height >= 720
    source = Colorspace.ITU709 if untagged_hd else None
    picture = frame.to_ndarray(format="rgb24", src_colorspace=source, interpolation=_CONVERSION)
    quarter_turns = round(frame.rotation / 90) % 4  # counter-clockwise, as np.rot90
    return np.ascontiguousarray(np.rot90(picture, quarter_turns)) if quarter_turns else picture


def check_movie(path: str | Path) -> list[str]:
    """What is to be said about a movie before it is swapped: sentences, mostly none.

    Raises SwaplibError for a movie that can't be read, or whose sound can't be taken over.
    """
    frame, _ = next(iter(Reader(path)))
    try:
        with TemporaryDirectory() as folder, Writer(Path(folder) / "start.mp4", 25, path) as writer:
            writer.write(frame)
    except SwaplibError:
        raise
    except Exception as error:  # whatever FFmpeg makes of the sound
        raise SwaplibError(
            f"The sound of {path} can't be taken over ({error}): give the movie without it."
        ) from error
    return []


def read_frames(path):
    """Generate a movie's frames: uint8 (h, w, 3) RGB, upright. Raises as `Reader` does."""
    for frame, _ in Reader(path):
        yield frame


def write_movie(path, frames, fps, sound_from=None, marked=True, text=TEXT):
    """Write frames as H.264 (yuv420p, faststart), which browsers play; returns how many.

    frames: iterable of uint8 (h, w, 3) RGB, all of one size, or of such frames with their times,
    (frame, seconds), for a movie whose frame rate varies. An odd width or height is padded by one
    repeated column or row. fps: frames a second. sound_from: a movie whose sound is taken over:
    copied where it is AAC or MP3, else made AAC; it ends with the last frame.
    marked: as in `provenance.save_picture`; `False` only for tests and the detector's data.
    Raises SwaplibError where nothing can be written; the file appears whole or not at all.
    """
    check_output(path)
    with replacing(path) as part, Writer(part, fps, sound_from, marked and text) as writer:
        for item in frames:
            writer.write(*(item if isinstance(item, tuple) else (item,)))
    return writer.count


class Writer:
    """Writes one movie: `write(frame, seconds=None)` for each frame. A context manager."""

    def __init__(self, path, fps, sound_from=None, text=TEXT, aspect=1):
        self.count = 0
        self._rate = Fraction(fps).limit_denominator(1001)
        # The tick of the time stamps divides a frame exactly and is fine enough for any other time.
        self._tick = Fraction(1, self._rate.numerator * -(-60000 // self._rate.numerator))
        self._text, self._aspect = text, aspect
        self._last = -1  # time stamp of the last frame, in ticks
        # The FFmpeg name of .m4v is a bare stream; what is meant is an MP4.
        kind = "mov" if Path(path).suffix.lower() == ".mov" else "mp4"
        self._out = av.open(str(path), "w", format=kind, options={"movflags": "+faststart"})
        if text:
            self._out.metadata.update(movie_metadata(text))
        self._video = None
        self._sound = _Sound(sound_from, self._out) if sound_from else None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                if self._video is None:
                    raise SwaplibError("There are no frames to write.")
                self._out.mux(self._video.encode())
                if self._sound:
                    self._sound.copy_until(self._last * self._tick + 1 / self._rate)
                    self._sound.finish()
        finally:
            if self._sound:
                self._sound.close()
            self._out.close()

    def write(self, frame, seconds=None):
        """Add a frame, to be shown from `seconds` on (by default one frame after the last)."""
        frame = mark(frame, self._text) if self._text else np.asarray(frame)
        odd_h, odd_w = frame.shape[0] % 2, frame.shape[1] % 2
        if odd_h or odd_w:  # H.264 with halved chroma wants even sizes
            frame = cv2.copyMakeBorder(frame, 0, odd_h, 0, odd_w, cv2.BORDER_REPLICATE)
        if self._video is None:
            self._start(*frame.shape[:2])
        if frame.shape[:2] != (self._video.height, self._video.width):
            raise ValueError(f"frame {self.count} is {frame.shape[:2]}, the first was another size")
        if seconds is None:
            seconds = self.count / self._rate
        self._last = max(round(seconds / self._tick), self._last + 1)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
        picture = picture.reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, interpolation=_CONVERSION
        )
        picture.pts, picture.time_base = self._last, self._tick
        self._out.mux(self._video.encode(picture))
        if self._sound:  # beside the pictures, so that a player needn't seek
            self._sound.copy_until(seconds)
        self.count += 1

    def _start(self, height, width):
        codec = "libx264" if "libx264" in av.codecs_available else "h264"
        self._video = stream = self._out.add_stream(codec, rate=self._rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "12", "preset": "veryfast"}  # 18 would blur skin and iris
        context = stream.codec_context
        context.time_base = self._tick
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.sample_aspect_ratio = self._aspect


class _Sound:
    """The first sound track of a movie on its way into another container."""

    def __init__(self, path, out):
        self._in = open_media(path)
        self._out, self._stream, self._next = out, None, None
        if not self._in.streams.audio:
            return
        source = self._in.streams.audio[0]
        self._start = Fraction(self._in.start_time or 0, av.time_base)
        self._copy = source.codec_context.name in COPIED_SOUND
        if self._copy:
            self._stream = out.add_stream_from_template(source)
        else:
            rate = source.rate if source.rate in (44100, 48000) else 48000
            layout = "mono" if source.channels == 1 else "stereo"
            self._stream = out.add_stream("aac", rate=rate, layout=layout)
            self._resample = av.AudioResampler("fltp", layout, rate)
        self._packets = self._in.demux(source)
        self._advance()

    def _advance(self):
        """Take the next packet that has a time; None at the end, also of a damaged file."""
        try:
            self._next = next(p for p in self._packets if p.pts is not None)
        except (StopIteration, av.FFmpegError, OSError):
            self._next = None

    def copy_until(self, seconds):
        while self._next is not None and self._time() < seconds:
            packet = self._next
            offset = round(self._start / packet.time_base)
            if self._copy:
                packet.pts -= offset
                packet.dts = packet.pts
                packet.stream = self._stream
                self._out.mux(packet)
            else:
                self._encode(packet, offset)
            self._advance()

    def _time(self):
        return self._next.pts * self._next.time_base - self._start

    def _encode(self, packet, offset):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            return  # a damaged packet: a gap in the sound, no more
        for frame in frames:
            if frame.pts is not None:
                frame.pts -= offset
            for piece in self._resample.resample(frame):
                self._out.mux(self._stream.encode(piece))

    def finish(self):
        if self._stream is not None and not self._copy:
            for piece in self._resample.resample(None):
                self._out.mux(self._stream.encode(piece))
            self._out.mux(self._stream.encode(None))

    def close(self):
        self._in.close()
