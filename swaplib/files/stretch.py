"""Cut a stretch of a movie, picture and sound, into a file of its own."""

import heapq
from fractions import Fraction
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from swaplib import SwaplibError
from swaplib.files._unmarked import write_movie
from swaplib.files.video import Reader, open_media
from swaplib.files.writing import replacing


def cut(source: str | Path, target: str | Path, start: float = 0.0, end: float | None = None) -> None:
    """Write the part of a movie from `start` to `end`, in seconds, to a Matroska file (.mkv).

    The sound is copied and the picture is re-encoded. Raises SwaplibError if the movie can't be read or has
    no frame in that interval, and if the file can't be written.
    """
    reader, last = Reader(source), float("inf") if end is None else end
    with TemporaryDirectory() as folder, replacing(target) as part:
        picture = Path(folder) / "picture.mp4"
        frames = _between(reader, start, last)
        if (first := next(frames, None)) is None:
            raise SwaplibError(f"{source} has no frame between {start:g} s and {last:g} s.")
        write_movie(picture, chain([first], frames), reader.fps)  # nothing is swapped yet
        with open_media(picture) as seen, open_media(source) as heard:
            with av.open(str(part), "w", format="matroska") as out:
                _mux(out, seen, heard, start, last)


def _between(reader, start, end):
    """Yield the frames of a stretch with their times relative to its start."""
    for frame, seconds in reader:
        if seconds >= end:
            return
        if seconds >= start:
            yield frame, seconds - start


def _mux(out, seen, heard, start, end):
    """Interleave the picture track of one file with the sound of the other."""
    video = seen.streams.video[0]
    picture = out.add_stream_from_template(video)
    picture.rate = video.average_rate  # otherwise the file claims one frame per tick
    packets = [_moved(seen.demux(video), picture, 0, float("inf"))]
    if heard.streams.audio:
        audio, shift = heard.streams.audio[0], start + (heard.start_time or 0) / av.time_base
        packets.append(_moved(heard.demux(audio), out.add_stream_from_template(audio), shift, end - start))
    for _, _, packet in heapq.merge(*packets, key=lambda item: item[:2]):
        out.mux(packet)


def _moved(packets, stream, shift, end):
    """Yield (seconds, track index, packet) of the packets between 0 and `end`, once moved by `shift`."""
    for packet in packets:
        if packet.pts is None or packet.dts is None:
            continue
        offset = round(Fraction(shift) / packet.time_base)
        packet.pts, packet.dts = packet.pts - offset, packet.dts - offset
        seconds = float(packet.dts * packet.time_base)
        if seconds >= end:
            return
        if packet.pts >= 0:
            packet.stream = stream
            yield seconds, stream.index, packet
