"""Swap the face in a movie: locate, encode, decode with the other decoder, put back, write.

`swap_movie` goes through the movie twice: once to find and smooth the face's path, which looks
ahead (see `track`), and once to swap. So a movie of any length fits in memory.
"""

from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError
from swaplib.budget import Stopwatch
from swaplib.face import align, track
from swaplib.face.mask import face_mask
from swaplib.files.picture import as_floats
from swaplib.files.provenance import TEXT
from swaplib.files.video import Reader, Writer, read_frames
from swaplib.files.writing import check_output, replacing

BATCH = 16  # frames that go through the model at once


@dataclass
class Report:
    """What `swap_movie` did. Printed, it is a summary in words.

    without_face: frames passed on unchanged, and `reasons` why, frame by frame.
    bridged: frames whose face was found only before and after (at most two in a row).
    seconds: time in each step. fps: frames a second over all steps, detection to written file,
    but for the loading of the landmark model, which happens once.
    problem: None, or what was wrong with the source, in words.
    """

    frames: int
    swapped: int
    without_face: list[int]
    seconds: dict[str, float]
    fps: float
    reasons: dict[int, str] = field(default_factory=dict)
    bridged: list[int] = field(default_factory=list)
    problem: str | None = None

    def __str__(self):
        total = sum(self.seconds.values()) or 1
        shares = ", ".join(f"{step} {s / total:.0%}" for step, s in self.seconds.items())
        lines = [
            f"{self.frames} frames, {self.swapped} swapped, {len(self.without_face)} unchanged",
            f"{self.fps:.1f} frames a second ({shares})",
        ]
        for reason in dict.fromkeys(self.reasons.values()):
            of_it = [i for i in self.without_face if self.reasons[i] == reason]
            lines.append(f"{reason}: frame {_ranges(of_it)}")
        return "\n".join(lines + ([self.problem] if self.problem else []))


def _ranges(numbers):
    """[1, 2, 3, 7] -> '1-3, 7'"""
    groups = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    spans = [[n for _, n in group] for _, group in groups]
    return ", ".join(f"{s[0]}-{s[-1]}" if len(s) > 1 else f"{s[0]}" for s in spans)


def match_colour(face, again, source, mask):
    """Put a decoded face into the light of the frame, and leave it the skin it has.

    face: the swapped face; again: the source's own reconstruction, by the other decoder from the
    same code; source: the crop itself; all float32 (size, size, 3) in [0, 1]. mask: (size, size).
    What the reconstruction lacks within the mask, as a gain of each colour (the model of light of
    von Kries, between 1/2 and 2), the swapped face lacks too, and is given. Matching the swapped face
    with the source directly, as is usual, gives it the other's skin.
    """
    weight = mask[..., None]
    gain = (source * weight).sum(axis=(0, 1)) / np.maximum((again * weight).sum(axis=(0, 1)), 1e-6)
    return np.clip(face * np.clip(gain, 0.5, 2), 0, 1).astype(np.float32)


def paste(frame, face, matrix, mask):
    """The frame with a face put back: `frame * (1 - mask) + face * mask`, to the sub-pixel.

    frame: uint8 (h, w, 3). face: float (size, size, 3) in [0, 1]. matrix: frame to crop, as
    `align.crop_matrix` gives it. mask: (size, size) in [0, 1], in the crop.
    """
    out = frame.copy()
    size = len(mask)
    rim = np.array([[0, 0], [size, 0], [size, size], [0, size]]) - 0.5
    rim = align.transform(rim, align.invert(matrix))
    (left, top), (right, bottom) = np.floor(rim.min(axis=0)), np.ceil(rim.max(axis=0)) + 1
    # Only the part of the frame that the crop covers is warped and blended.
    left, right = np.clip([left, right], 0, frame.shape[1]).astype(int)
    top, bottom = np.clip([top, bottom], 0, frame.shape[0]).astype(int)
    if left >= right or top >= bottom:
        return out
    matrix = np.array(matrix, dtype=np.float64)
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    layers = np.dstack([face, mask]).astype(np.float32)
    layers, covered = align.uncrop(layers, matrix, (bottom - top, right - left))
    alpha = np.clip(layers[..., 3:], 0, 1) * covered[..., None]
    part = out[top:bottom, left:right]
    part[:] = np.rint(np.clip(part * (1 - alpha) + layers[..., :3] * 255 * alpha, 0, 255))
    return out


def swap_frames(frames, points, encode_decode, size, batch=0, watch=None):
    """Swap the face in a few frames at once; returns new frames.

    frames: uint8 (h, w, 3) each. points: landmarks (478, 2) for each, NaN where the frame stays
    as it is. encode_decode: float32 (n, size, size, 3) in [0, 1] -> the same, for instance
    `lambda x: decoder_a(encoder_b(x))`, or a pair, with the reconstructions by `decoder_b` for
    `match_colour`. n is `len(frames)`, or `batch` if that is more: a compiled model then sees
    one shape.
    """
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
        pair = isinstance(decoded, (tuple, list))
        decoded, again = decoded if pair else (decoded, None)
        decoded = np.asarray(decoded, dtype=np.float32)
    if decoded.shape != crops.shape:
        raise ValueError(f"encode_decode made {decoded.shape} of {crops.shape}")
    with watch("paste"):
        for i in have:
            mask = face_mask(align.transform(points[i], matrices[i]), size)
            face = decoded[i]
            if again is not None:
                face = match_colour(face, np.asarray(again[i]), crops[i], mask)
            out[i] = paste(frames[i], face, matrices[i], mask)
    return out


def swap_movie(source, target, encode_decode, size, batch=BATCH, text=TEXT, progress=True):
    """Swap the face in a movie; returns a `Report`.

    source: any movie FFmpeg reads. target: .mp4, .m4v or .mov to write, with H.264 that browsers
    play, the source's sound and its times, and the mark and metadata of `provenance`.
    encode_decode, size: as in `swap_frames`. batch: frames through the model at once.

    One face is swapped: the largest at first, then the one that goes on from it. Frames in which
    none is found, less than 60 % of it is inside the frame, something covers it or the find is a
    false one pass unchanged, and are reported. A source that ends in the middle is swapped as
    far as it can be read, and the report says so.
    Raises SwaplibError for a source that can't be read and a target that can't be written, before
    the work starts. The target appears whole or not at all.

        report = swap_movie("b.mp4", "swapped.mp4", lambda x: decoder_a(encoder_b(x)), 128)
    """
    source, target = Path(source), Path(target)
    check_output(target, source)
    watch = Stopwatch()
    found = track.locate(source, progress, watch)
    with watch("smooth"):
        found = track.smooth(track.tidy(found))
    with replacing(target) as part:
        _swap_and_write(source, part, found, encode_decode, size, batch, text, progress, watch)
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
    )


def _swap_and_write(source, part, found, encode_decode, size, batch, text, progress, watch):
    """The second pass of `swap_movie`."""
    reader = Reader(source)
    bar = tqdm(total=len(found.points), desc="swap", unit="frame", disable=not progress)
    with bar, Writer(part, reader.fps, source, text, reader.aspect) as writer:
        items = watch.each("read", reader)
        while some := list(islice(items, batch)):
            frames, times = zip(*some, strict=True)
            points = found.points[writer.count : writer.count + len(frames)]
            swapped = swap_frames(frames, points, encode_decode, size, batch, watch)
            with watch("write"):
                for frame, seconds in zip(swapped, times, strict=True):
                    writer.write(frame, seconds)
            bar.update(len(frames))


def aligned_crops(path, found, size):
    """Crops of a movie along a track, to compare a swapped movie with the true one.

    path: the movie. found: a `track.Track` of it, or of the movie it was swapped from. Returns
    (crops float32 (n, size, size, 3) in [0, 1], landmarks float32 (n, 478, 2) in crop px, frame
    numbers (n,)) of the frames with a face in the track. Raises SwaplibError if the movie has fewer
    frames than the track.
    """
    numbers = np.flatnonzero(found.found)
    crops = np.empty((len(numbers), size, size, 3), np.float32)
    landmarks = np.empty((len(numbers), 478, 2), np.float32)
    k = 0
    for i, frame in enumerate(read_frames(path)):
        if k < len(numbers) and i == numbers[k]:
            matrix = align.crop_matrix(found.points[i], size)
            crops[k] = as_floats(align.crop(frame, matrix, size))
            landmarks[k] = align.transform(found.points[i], matrix)
            k += 1
    if k < len(numbers):
        raise SwaplibError(f"{path} has fewer frames than the movie it is compared with.")
    return crops, landmarks, numbers
