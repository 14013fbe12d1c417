"""The sound of a movie on its way into an MP4: which track, copied or made AAC, and what is lost."""

import errno
import io
import os
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer

from swaplib.files.media import BROKEN, open_media, starts_at

COPIED = ("aac", "mp3", "mp3float")  # browsers play these in an MP4; the last is FFmpeg's MP3 decoder
LEFT = 0.5  # s of sound after the last picture that are worth a word
TRIED = 200  # packets in which a track must show that it can be decoded
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def choose(path: str | os.PathLike) -> tuple[int | None, bool, list[str]]:
    """The sound track to keep: (its stream number or None, whether it is copied, what to say).

    It is the first that decodes. Raises SwaplibError for a file that can't be read.
    """
    with open_media(path) as container:
        numbers = [stream.index for stream in container.streams.audio]
    for k, number in enumerate(numbers):
        copied = _tried(path, number)
        if copied is None:
            continue
        notes = [f"Sound track {k} of {path} can't be decoded; track {k + 1} is used."] if k else []
        if k + 1 < len(numbers):
            notes.append(f"Sound tracks of {path} after track {k + 1} are left out ({len(numbers) - k - 1}).")
        return number, copied, notes
    return None, False, [f"The sound of {path} can't be decoded: there will be none."] if numbers else []


def _tried(path, number):
    """Whether a sound track can be copied into an MP4; None if nothing of it decodes."""
    packets, heard = [], False
    with open_media(path) as container:
        stream = container.streams[number]
        if stream.codec_context is None:
            return None
        try:
            for packet in container.demux(stream):
                packets.append(packet)
                try:
                    heard = any(frame.samples for frame in packet.decode())
                except BROKEN:
                    continue
                if heard or len(packets) > TRIED:
                    break
        except BROKEN:
            pass
        if not heard or not stream.codec_context.sample_rate:
            return None
        return stream.codec_context.name in COPIED and _fits(stream, packets)


def _fits(stream, packets):
    """Whether an MP4 takes packets of a stream as they are: MP3 of 8 kHz, for instance, it doesn't."""
    try:
        with av.open(io.BytesIO(), "w", format="mp4") as out:
            copy = out.add_stream_from_template(stream)
            for k, packet in enumerate(p for p in packets if p.size):
                packet.pts = packet.dts = 1024 * k
                packet.stream = copy
                out.mux(packet)
        return True
    except BROKEN:
        return False


class Sound:
    """The sound of a movie, written beside the pictures. `notes` says in words what is not kept."""

    def __init__(self, path: str | os.PathLike, out: OutputContainer) -> None:
        number, self._copy, self.notes = choose(path)
        self._path, self._out = path, out
        self._in = self._next = self._last = None
        self._stream: Any = None
        self._lost = 0  # packets
        if number is None:
            return
        self._in = open_media(path)
        source: Any = self._in.streams[number]
        self._start = starts_at(self._in)
        if self._copy:
            self._stream = out.add_stream_from_template(source)
        else:
            rate = source.rate if source.rate in (44100, 48000) else 48000
            self._sort = ("fltp", "mono" if source.channels == 1 else "stereo", rate)
            self._stream = out.add_stream("aac", rate=rate, layout=self._sort[1])
            self._resample = av.AudioResampler(*self._sort)
        if source.language:
            self._stream.metadata["language"] = source.language
        self._packets = self._in.demux(source)
        self._advance()

    def _advance(self):
        """Take the next packet that has a time; None at the end, also of a damaged file."""
        try:
            self._next = next(p for p in self._packets if p.pts is not None)
        except StopIteration:
            self._next = None
        except BROKEN:
            self._next = None
            self._lost += 1

    def copy_until(self, seconds: float | Fraction) -> None:
        """Write the sound that comes before a time."""
        while self._next is not None and self._time() < seconds:
            try:
                (self._mux if self._copy else self._encode)(self._next)
            except BROKEN as error:  # a damaged packet: a gap in the sound, no more
                if getattr(error, "errno", None) in _FULL:
                    raise
                self._lost += 1
            self._advance()

    def _time(self):
        return self._next.pts * self._next.time_base - self._start

    def _later(self, piece: Any):
        """Shift a packet or frame to the movie's start; False if it isn't after the one before."""
        piece.pts -= round(self._start / piece.time_base)
        if self._last is not None and piece.pts <= self._last:
            self._lost += 1
            return False
        self._last = piece.pts
        return True

    def _mux(self, packet):
        if self._later(packet):
            packet.dts, packet.stream = packet.pts, self._stream
            self._out.mux(packet)

    def _encode(self, packet):
        for frame in packet.decode():
            if frame.pts is not None and not self._later(frame):
                continue
            try:
                pieces = self._resample.resample(frame)
            except BROKEN:  # the sound changes its kind on the way
                self._resample = av.AudioResampler(*self._sort)
                pieces = self._resample.resample(frame)
            for piece in pieces:
                self._out.mux(self._stream.encode(piece))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._stream is not None and not self._copy:
            for piece in self._resample.resample(None):
                self._out.mux(self._stream.encode(piece))
            self._out.mux(self._stream.encode(None))
        if self._lost:
            self.notes.append(f"The sound of {self._path} is damaged: it has {self._lost} gaps.")
        if (left := self._left()) > LEFT:
            self.notes.append(
                f"The sound of {self._path} goes on after its last picture: {left:.1f} s are left out."
            )

    def _left(self):
        """The seconds of sound that nobody has asked for."""
        if self._next is None:
            return 0
        first = last = self._time()
        while self._next is not None:
            last = self._time() + (self._next.duration or 0) * self._next.time_base
            self._advance()
        return float(last - first)

    def close(self) -> None:
        if self._in is not None:
            self._in.close()
