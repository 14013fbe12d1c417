"""A movie's other contents besides picture and sound: subtitles, chapters, title and dates."""

import os
from typing import Any

from av.container import InputContainer, OutputContainer
from av.subtitles.subtitle import SubtitleSet

from swaplib.files.media import BROKEN, open_media, starts_at

TEXTS = ("subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text")  # subtitles that an MP4 can hold
KEPT = ("creation_time", "date", "artist", "album", "genre", "copyright")
# An MP4's own title and comment hold the label that says what the movie is.
DESCRIBING = ("title", "description", "comment")
_STYLE = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
""".replace(b"\n", b"\r\n")


def metadata(container: InputContainer) -> dict[str, str]:
    """Return a movie's dates and names for the copy; its title and comments become the description."""
    fields = {name.lower(): text for name, text in container.metadata.items()}
    kept = {name: fields[name] for name in KEPT if fields.get(name)}
    words = [fields[name] for name in DESCRIBING if fields.get(name)]
    if words:
        kept["description"] = " - ".join(dict.fromkeys(words))
    return kept


def chapters(container: InputContainer) -> list[dict[str, Any]]:
    """Return a movie's chapters, with times relative to the file's start."""
    kept = []
    for chapter in container.chapters():
        if chapter["time_base"] and chapter["end"] > chapter["start"]:
            start = round(starts_at(container) / chapter["time_base"])
            times = {key: max(0, chapter[key] - start) for key in ("start", "end")}
            kept.append({**chapter, **times})
    return kept


def lost(container: InputContainer) -> list[str]:
    """Return a sentence that names the tracks an MP4 can't hold, if there are any."""
    kinds = [_kind(track) for track in container.streams.subtitles if _kind(track) not in TEXTS]
    return [f"Image-based subtitles can't be kept: {', '.join(kinds)}."] if kinds else []


def _kind(track):
    return track.codec_context.name if track.codec_context else "unknown"


class Subtitles:
    """Copies a movie's text subtitles into an MP4, interleaved with the frames."""

    def __init__(self, path: str | os.PathLike, out: OutputContainer) -> None:
        self._out, self._next, self._streams, self._last = out, None, {}, {}
        self.notes: list[str] = []
        self._in = open_media(path)
        tracks = [track for track in self._in.streams.subtitles if _kind(track) in TEXTS]
        for track in tracks:
            stream = out.add_stream("mov_text")
            stream.codec_context.subtitle_header = track.codec_context.subtitle_header or _STYLE
            if track.language:
                stream.metadata["language"] = track.language
            self._streams[track.index] = stream
        self._start = starts_at(self._in)
        self._packets = self._in.demux(tuple(tracks)) if tracks else iter(())
        self._advance()

    def _advance(self):
        try:
            self._next = next(p for p in self._packets if p.pts is not None and p.size)
        except (StopIteration, *BROKEN):
            self._next = None

    def copy_until(self, seconds: float) -> None:
        """Write the subtitles that start before a time in seconds."""
        while self._next is not None and self._next.pts * self._next.time_base - self._start < seconds:
            self._write(self._next)
            self._advance()

    def _write(self, packet):
        stream = self._streams[packet.stream.index]
        try:
            events = [event.ass for event in packet.decode() if event.ass]
        except BROKEN:
            return
        time = packet.pts - round(self._start / packet.time_base)
        if not events or time < 0 or time <= self._last.get(packet.stream.index, -1):
            return
        self._last[packet.stream.index] = time
        try:
            made = stream.codec_context.encode_subtitle(SubtitleSet.create(events[0], 0, 0, 0))
        except BROKEN:
            return
        made.pts = made.dts = time
        made.duration, made.time_base, made.stream = packet.duration or 0, packet.time_base, stream
        self._out.mux(made)

    def finish(self) -> None:
        """Do nothing: no subtitles are buffered."""

    def close(self) -> None:
        self._in.close()
