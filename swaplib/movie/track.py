"""Follow one person through a movie: find faces, identify people, drop false positives, smooth.

    found = smooth(tidy(locate("movie.mp4")))

`locate` finds all faces (`sightings`), groups them by person (`people`) and keeps those of the chosen one.
`tidy` removes false positives and covered faces (`cover`); `smooth` is that of `smoothing`.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from swaplib.face import align
from swaplib.movie import spill
from swaplib.movie.cover import LOOK, covered, looks_like_those_around
from swaplib.movie.path import Track, runs
from swaplib.movie.people import UNSURE, Person, choose, sort_out
from swaplib.movie.sightings import BRIDGE, Sightings, look_for_faces
from swaplib.movie.smoothing import local_fit, noise, smooth, spread  # noqa: F401
from swaplib.movie.stopwatch import Stopwatch

SHORTEST = 3  # frames: a shorter run is a false positive if a longer run with another look is near
ALONE = 12  # frames: in a longer shot, a short run is a false positive even on its own
# Reasons why a frame is left unchanged.
OTHER, UNKNOWN, COVERED = "another person", "unsure who it is", "the face is covered"


def locate(
    path: str | Path | Iterable[np.ndarray],
    who: int | np.ndarray | None = None,
    progress: bool = True,
    watch: Stopwatch | None = None,
    seen: Sightings | None = None,
) -> Track:
    """Find one person's face in every frame of a movie; returns a raw `Track`.

    path: the movie, or its frames, uint8 (h, w, 3). who: the person; see `people.choose`. seen: all faces in
    the movie, if `look_for_faces` has found them already. Raises SwaplibError if the file can't be read or
    the person isn't found.
    """
    seen = look_for_faces(path, progress, watch) if seen is None else seen
    people, numbers = sort_out(seen)
    return follow(seen, people, numbers, choose(people, who))


def follow(seen: Sightings, people: list[Person], numbers: np.ndarray, chosen: int | None) -> Track:
    """Return the raw track of the person `chosen`; numbers: as returned by `people.sort_out`."""
    n = len(seen.cuts)
    points, looks = spill.empty((n, 478, 2), np.float32), spill.empty((n, LOOK, LOOK, 3), np.uint8)
    points[:] = np.nan
    reasons = dict.fromkeys(range(n), "no face found")
    for k in np.argsort(numbers == UNSURE, kind="stable"):
        i, number, face = int(seen.rows["frame"][k]), numbers[k], seen.rows["points"][k]
        if number == chosen and align.inside(face, seen.shape) < align.INSIDE:
            reasons[i] = "partly outside the frame"
        elif number == chosen:
            points[i], looks[i] = face, seen.rows["look"][k]
        elif reasons.get(i) != "partly outside the frame":
            reasons[i] = UNKNOWN if number == UNSURE else OTHER
    for i in np.flatnonzero(~np.isnan(points[:, 0, 0])).tolist():
        del reasons[i]
    return Track(
        points, seen.cuts, looks, seen.shape, reasons, problem=seen.problem, people=people, chosen=chosen
    )


def tidy(track: Track) -> Track:
    """Remove false positives and covered faces from a track, and bridge the shortest gaps."""
    points = spill.empty(track.points.shape, track.points.dtype)
    points[:] = track.points
    track = replace(track, points=points, reasons=dict(track.reasons), bridged=[])
    _drop_false_finds(track)
    for piece in runs(track, BRIDGE):
        _drop(track, piece.start + np.flatnonzero(covered(track, piece)), COVERED)
    for piece in runs(track, BRIDGE):
        have = piece.start + np.flatnonzero(~np.isnan(points[piece, 0, 0]))
        for before, after in zip(have[:-1], have[1:], strict=True):
            for i in range(before + 1, after):
                share = (i - before) / (after - before)
                points[i] = (1 - share) * points[before] + share * points[after]
                track.reasons.pop(i)
                track.bridged.append(i)
    return track


def _drop_false_finds(track):
    """Drop runs that are implausibly short unless the surrounding frames support them."""
    pieces = runs(track, BRIDGE)
    shots, found = np.cumsum(track.cuts), np.flatnonzero(track.found)
    longest, seen = {}, {}  # for each shot: its longest run, and the number of frames with a face
    for piece in pieces:
        shot, length = shots[piece.start], piece.stop - piece.start
        longest[shot] = max(longest.get(shot, 0), length)
        seen[shot] = seen.get(shot, 0) + length
    for piece in pieces:
        shot, frames = shots[piece.start], range(piece.start, piece.stop)
        if len(frames) >= SHORTEST:
            continue
        if longest[shot] >= SHORTEST and not looks_like_those_around(track, found, piece):
            _drop(track, frames, "the face jumped there for a moment")
        elif (
            seen[shot] < SHORTEST
            and np.searchsorted(shots, shot, "right") - np.searchsorted(shots, shot) > ALONE
        ):
            _drop(track, frames, "a face for a moment only")


def _drop(track, frames, reason):
    for i in frames:
        if not np.isnan(track.points[i, 0, 0]):
            track.points[i] = np.nan
            track.reasons[int(i)] = reason
