"""The sound of a movie on its way into an MP4: which track, copied or converted to AAC, and what is lost."""

import errno
import io
import os
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer

from swaplib.files.media import BROKEN, open_media, starts_at

COPIED = ("aac", "mp3", "mp3float")  # browsers play these in an MP4; the last is FFmpeg's MP3 decoder
LEFT = 0.5  # s: more sound than this after the last picture is reported
TRIED = 200  # packets within which a track must decode
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def choose(path: str | os.PathLike) -> tuple[int | None, bool, list[str]]:
    """Choose the sound track to keep: (its stream index or None, whether to copy it, notes).

    It is the first track that decodes. Raises SwaplibError if the file can't be read.
    """
    with open_media(path) as container:
        numbers = [stream.index for stream in container.streams.audio]
    for k, number in enumerate(numbers):
        copied = _tried(path, number)
        if copied is None:
            continue
        notes = [f"Sound track {k} of {path} can't be decoded; track {k + 1} is used."] if k else []
        if k + 1 < len(numbers):
            notes.append(
                f"Only sound track {k + 1} of {path} is kept; {len(numbers) - k - 1} more are left out."
            )
        return number, copied, notes
    return None, False, [f"The sound of {path} can't be decoded and is left out."] if numbers else []


def _tried(path, number):
    """Return whether a sound track can be copied into an MP4, or None if none of it decodes."""
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
    """Return whether an MP4 accepts a stream's packets unchanged; MP3 at 8 kHz, for instance, doesn't fit."""
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
    """Copies a movie's sound, interleaved with the frames. `notes` says what is not kept."""

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
        """Move to the next packet that has a time; None at the end, and at the end of a damaged file."""
        try:
            self._next = next(p for p in self._packets if p.pts is not None)
        except StopIteration:
            self._next = None
        except BROKEN:
            self._next = None
            self._lost += 1

    def copy_until(self, seconds: float | Fraction) -> None:
        """Write the sound that starts before a time in seconds."""
        while self._next is not None and self._time() < seconds:
            try:
                (self._mux if self._copy else self._encode)(self._next)
            except BROKEN as error:  # a damaged packet leaves a gap in the sound
                if getattr(error, "errno", None) in _FULL:
                    raise
                self._lost += 1
            self._advance()

    def _time(self):
        return self._next.pts * self._next.time_base - self._start

    def _later(self, piece: Any):
        """Shift a packet or frame to the movie's start; False if it doesn't come after the previous one."""
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
            except BROKEN:  # the sound format changes midway
                self._resample = av.AudioResampler(*self._sort)
                pieces = self._resample.resample(frame)
            for piece in pieces:
                self._out.mux(self._stream.encode(piece))

    def finish(self) -> None:
        """Flush the encoder."""
        if self._stream is not None and not self._copy:
            for piece in self._resample.resample(None):
                self._out.mux(self._stream.encode(piece))
            self._out.mux(self._stream.encode(None))
        if self._lost:
            self.notes.append(f"The sound of {self._path} is damaged: it has {self._lost} gaps.")
        if (left := self._left()) > LEFT:
            self.notes.append(
                f"The sound of {self._path} continues after its last picture: {left:.1f} s are left out."
            )

    def _left(self):
        """Return the seconds of sound that were not copied."""
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
