"""Swap the face in a movie: locate, encode, decode with the other decoder, paste, write.

`swap_movie` makes two passes over the movie: one to find and smooth the face's path, which looks ahead
(see `track`), and one to swap. The faces found in a long movie are stored in a temporary file (see
`spill`), so that movies of any length fit in memory.
"""

from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from os import PathLike
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.face.mask import face_mask
from swaplib.files.picture import as_floats, in_range
from swaplib.files.provenance import TEXT
from swaplib.files.video import Reader, Writer, check_movie, read_frames
from swaplib.files.writing import check_output, replacing
from swaplib.movie import front, track
from swaplib.movie.paste import (
    BLEND,
    COLOUR,
    COLOURS,
    check_paste,
    in_the_tone,
    light_gain,
    paste,
)
from swaplib.movie.stopwatch import Stopwatch

BATCH = 16  # frames per batch of the model


@dataclass
class Report:
    """The results of `swap_movie`. `print` shows a summary.

    without_face: frames passed on unchanged, and `reasons` why, frame by frame.
    bridged: frames whose face was interpolated (at most two in a row).
    seconds: time spent in each step. fps: frames a second over all steps, from detection to the written
    file, without loading the landmark model, which happens once.
    problem: None, or a sentence on what was wrong with the source. notes: what couldn't be kept of its
    colours, sound and subtitles, one sentence each.
    people: the number of people in the movie. who: which of them was swapped, in words.
    """

    frames: int
    swapped: int
    without_face: list[int]
    seconds: dict[str, float]
    fps: float
    reasons: dict[int, str] = field(default_factory=dict)
    bridged: list[int] = field(default_factory=list)
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    people: int = 0
    who: str = "nobody"

    def __str__(self):
        total = sum(self.seconds.values()) or 1
        shares = ", ".join(f"{step} {s / total:.0%}" for step, s in self.seconds.items())
        lines = [
            f"{self.frames} frames, {self.swapped} swapped, {len(self.without_face)} unchanged",
            f"{self.fps:.1f} frames a second ({shares})",
            f"swapped: {self.who}, of {self.people} in the movie",
        ]
        for reason in dict.fromkeys(self.reasons.values()):
            of_it = [i for i in self.without_face if self.reasons[i] == reason]
            lines.append(f"{reason}: frame {_ranges(of_it)}")
        return "\n".join(lines + ([self.problem] if self.problem else []) + self.notes)


def _ranges(numbers):
    """[1, 2, 3, 7] -> '1-3, 7'"""
    groups = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    spans = [[n for _, n in group] for _, group in groups]
    return ", ".join(f"{s[0]}-{s[-1]}" if len(s) > 1 else f"{s[0]}" for s in spans)


def put_back(frame, face, again, matrix, points, blend=BLEND, colour=COLOUR, crop=None, cover=None):
    """Paste a decoded face into one frame; returns a new frame.

    frame: uint8 (h, w, 3). face, again: the swapped face and the source's reconstruction (or None),
    float32 (size, size, 3) in [0, 1]. matrix: frame to crop. points: the frame's landmarks (478, 2).
    blend, colour: names in `BLENDS` and `COLOURS` of `swaplib.movie.paste`. The mask extends up to the
    hairline of the frame's face or the decoded one, whichever is lower. If the frame is grey or sepia, so is
    the face. crop: the frame's own crop, float32 (size, size, 3) in [0, 1], if available.
    cover: (size, size), 1 where something is in front of the face; those pixels are kept.
    """
    size = len(face)
    face = in_range(face, "the decoded face")
    crop = as_floats(align.crop(frame, matrix, size)) if crop is None else crop
    mask = face_mask(align.transform(points, matrix), size, pictures=(crop, face))
    free = mask if cover is None else mask * (1 - cover)  # an occluder doesn't show the light on the face
    coloured = COLOURS[colour](face, again, crop, free if free.any() else mask)
    return paste(frame, in_the_tone(coloured, crop), matrix, mask, blend, cover)


def draw_again(again, crops, masks, encode_decode):
    """Decode crops again, relit as in training; returns (faces, reconstructions), in the crops' light.

    Under an unfamiliar light a network gets not only the colours wrong but the face as well.
    again: the first reconstructions of the crops, by the source's own decoder. The light missing in them
    (`paste.light_gain`) is removed from the crops and applied to the decoded pictures. Pictures are
    float32 (n, size, size, 3) in [0, 1], masks (n, size, size). encode_decode: crops -> the pair.
    """
    gains = np.stack([light_gain(*some) for some in zip(np.asarray(again), crops, masks, strict=True)])
    gains = gains[:, None, None]
    drawn = encode_decode(np.clip(crops / gains, 0, 1))
    return tuple(np.clip(np.asarray(some) * gains, 0, 1) for some in drawn)


def swap_frames(
    frames, points, encode_decode, size, batch=0, watch=None, blend=BLEND, colour=COLOUR, reasons=None
):
    """Swap the face in a batch of frames; returns new frames.

    frames: uint8 (h, w, 3) each. points: landmarks (478, 2) for each, NaN for frames to leave
    unchanged. encode_decode: float32 (n, size, size, 3) in [0, 1] -> the same, for instance
    `lambda x: decoder_a(encoder_b(x))`, or a pair that includes the reconstructions by `decoder_b`; the
    colour "light" needs these and decodes each crop twice, see `draw_again`. n is `len(frames)`, or `batch`
    if that is larger, so that a compiled model sees one shape. blend, colour: as in `put_back`.

    With reconstructions, objects in front of a face are kept; see `front`. If they can't be segmented
    reliably, the frame is left unchanged and `reasons`, a dict, gets {its index: why}. Raises SwaplibError
    for an unknown name, and if the network's output isn't pictures.
    """
    check_paste(blend, colour)
    watch = Stopwatch() if watch is None else watch
    out = list(frames)
    have = [i for i, p in enumerate(points) if not np.isnan(p).any()]
    if not have:
        return out
    with watch("crop"):
        matrices = {i: align.crop_matrix(points[i], size) for i in have}
        crops = np.zeros((max(len(out), batch), size, size, 3), np.float32)
        for i in have:
            crops[i] = as_floats(align.crop(frames[i], matrices[i], size))
    with watch("encode and decode"):
        decoded = encode_decode(crops)
        decoded, again = decoded if isinstance(decoded, (tuple, list)) else (decoded, None)
        decoded = np.asarray(decoded)
        if decoded.shape != crops.shape:
            raise ValueError(f"encode_decode made {decoded.shape} of {crops.shape}")
        decoded = in_range(decoded, "the decoded face")
    covers = np.zeros(crops.shape[:3], np.float32)
    if again is not None:
        again = in_range(again, "the reconstruction")
        with watch("cover"):
            inner = np.stack([align.transform(points[i], matrices[i]) for i in have])
            covers[have], reliable = front.covers(crops[have], inner, again[have])
        left = [i for i, known in zip(have, reliable, strict=True) if not known]
        have = [i for i in have if i not in left]
        if reasons is not None:
            reasons |= dict.fromkeys(left, track.COVERED)
    with watch("encode and decode"):
        if again is not None and colour == "light":
            masks = np.zeros(crops.shape[:3], np.float32)
            for i in have:
                masks[i] = face_mask(align.transform(points[i], matrices[i]), size) * (1 - covers[i])
            # Hidden areas are replaced by the network's own reconstruction.
            hidden = covers[..., None]
            seen = crops * (1 - hidden) + again * hidden if covers.any() else crops
            decoded, again = draw_again(again, seen, masks, encode_decode)
    with watch("paste"):
        for i in have:
            of_it = None if again is None else np.asarray(again[i])
            cover = covers[i] if covers[i].any() else None
            out[i] = put_back(
                *(frames[i], decoded[i], of_it, matrices[i], points[i], blend, colour, crops[i], cover)
            )
    return out


def swap_movie(
    source,
    target,
    encode_decode,
    size,
    batch=BATCH,
    text=TEXT,
    progress=True,
    blend=BLEND,
    colour=COLOUR,
    who=None,
    job="",
    see=None,
    seen=None,
):
    """Swap the face in a movie; returns a `Report`.

    source: any movie FFmpeg can read. target: .mp4, .m4v or .mov, written as H.264 for browsers, with
    the source's sound and time stamps, and all marks of `provenance`, none of which can be left out.
    encode_decode, size, blend, colour: as in `swap_frames`. batch: frames per batch of the model.

    who: whose face to swap: by default the largest at the start, otherwise a number from `people.people_in`,
    a photo or crops; see `people.choose`. This person is recognised by their looks, across cuts and behind
    others. Frames are left unchanged, and reported, if the face isn't found, can't be told from another's, is
    less than 60% inside the frame or covered, or is a false positive. A source that ends early is swapped as
    far as it can be read, and the report says so.
    Raises SwaplibError before the work starts if the source can't be read, the target can't be written, or
    blend or colour is unknown, and also if the person isn't found. A partial target never appears.

    text, job: for the marks, see `provenance.mark`; by default the job is the source's name. see: called with
    each frame, uint8 (h, w, 3), before it is marked, for measurements on the swap. seen: all faces in the
    movie, if `sightings.look_for_faces` has found them already; the report includes the time it took.

        report = swap_movie("b.mp4", "swapped.mp4", lambda x: decoder_a(encoder_b(x)), 128)
    """
    source, target = Path(source), Path(target)
    check_output(target, source)
    check_paste(blend, colour)
    notes = check_movie(source)
    watch = Stopwatch(seen.seconds if seen else {})
    found = track.locate(source, who, progress, watch, seen)
    with watch("smooth"):
        found = track.smooth(track.tidy(found))

    def swapped(frames, points, first):
        left = {}
        out = swap_frames(frames, points, encode_decode, size, batch, watch, blend, colour, left)
        for k, reason in left.items():
            found.points[first + k] = np.nan
            found.reasons[first + k] = reason
        return out

    with replacing(target) as part:
        writer = partial(Writer, part, sound_from=source, text=text, job=job or source.name)
        notes += _swap_and_write(source, writer, found, swapped, batch, see, progress, watch)
    frames = len(found.points)
    return Report(
        frames=frames,
        swapped=int(found.found.sum()),
        without_face=np.flatnonzero(~found.found).tolist(),
        seconds=dict(watch),
        fps=frames / (sum(watch.values()) - watch["load"]),
        reasons=found.reasons,
        bridged=found.bridged,
        problem=found.problem,
        notes=list(dict.fromkeys(notes)),
        people=len(found.people),
        who=next((str(p) for p in found.people if p.number == found.chosen), "nobody"),
    )


def _swap_and_write(source, writer, found, swapped, batch, see, progress, watch):
    """Run the second pass of `swap_movie`; returns what couldn't be kept of the sound."""
    reader = Reader(source)
    bar = tqdm(total=len(found.points), desc="swap", unit="frame", disable=not progress)
    with bar, writer(fps=reader.fps, aspect=reader.aspect) as writer:
        items = watch.each("read", reader)
        while some := list(islice(items, batch)):
            frames, times = zip(*some, strict=True)
            points = found.points[writer.count : writer.count + len(frames)]
            out = swapped(frames, points, writer.count)
            with watch("write"):
                for frame, seconds in zip(out, times, strict=True):
                    if see:
                        see(frame)
                    writer.write(frame, seconds)
            bar.update(len(frames))
    return writer.notes


def aligned_crops(movie, found, size):
    """Return crops of a movie along a track, to compare a swapped movie with the true one.

    movie: its path, or its frames, uint8 (h, w, 3) each. found: a `track.Track` of it, or of the movie it
    was swapped from. Returns (crops float32 (n, size, size, 3) in [0, 1], landmarks float32 (n, 478, 2) in
    crop px, frame indices (n,)) for the frames with a face in the track. Raises SwaplibError if the movie
    has fewer frames than the track.
    """
    numbers = np.flatnonzero(found.found)
    crops = np.empty((len(numbers), size, size, 3), np.float32)
    landmarks = np.empty((len(numbers), 478, 2), np.float32)
    k = 0
    frames = read_frames(movie) if isinstance(movie, (str, PathLike)) else movie
    for i, frame in enumerate(frames):
        if k < len(numbers) and i == numbers[k]:
            matrix = align.crop_matrix(found.points[i], size)
            crops[k] = as_floats(align.crop(frame, matrix, size))
            landmarks[k] = align.transform(found.points[i], matrix)
            k += 1
    if k < len(numbers):
        name = movie if isinstance(movie, (str, PathLike)) else "This movie"
        raise SwaplibError(f"{name} has fewer frames than the movie it is compared with.")
    return crops, landmarks, numbers
