"""The people in a movie: group paths of faces by person, number them and draw them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.face.landmarks import Landmarker
from swaplib.files.picture import as_bytes
from swaplib.movie import grouping
from swaplib.movie.path import height
from swaplib.movie.sightings import PORTRAIT, Sightings, embedder, look_for_faces
from swaplib.networks.embedding import SIZE

SHORTEST = 3  # crops: the fewest that count as a person
LONG = 10  # frames: a face seen for less is a known person or stays unidentified
NEAR = 2  # frames before and after that help to identify a face
FIRST = 25  # frames from the first face on: people seen in them are numbered by size
UNSURE = 0  # stands in for a number


@dataclass
class Person:
    """A person in a movie.

    number: 1 for the largest at the start. frames: the indices (k,) of the frames with the face. box:
    (left, top, width, height), px, in the first of these frames. portrait: uint8 (96, 96, 3), the best view.
    code: the embedding of the face, float32 (k,), a unit vector.
    """

    number: int
    frames: np.ndarray
    box: tuple[int, int, int, int]
    portrait: np.ndarray
    code: np.ndarray

    def __str__(self):
        left, top, width, tall = self.box
        return (
            f"person {self.number} (in {len(self.frames)} frames, first in frame {self.frames[0]} "
            f"at x {left + width // 2}, y {top + tall // 2})"
        )


def people_in(source: str | Path | Iterable[np.ndarray], progress: bool = True) -> list[Person]:
    """Find the people in a movie, numbered as in `swap_movie(who=...)`.

    source: the movie's path, or frames, uint8 (h, w, 3). Number 1 is the largest of those in the first
    second with a face, 2 the next; people who appear later follow in order. Raises SwaplibError if the file
    can't be read.
    """
    return sort_out(look_for_faces(source, progress))[0]


def sort_out(seen: Sightings) -> tuple[list[Person], np.ndarray]:
    """Identify the people, and the number of each row of `seen.rows`, `UNSURE` if unclear.

    Two faces in the same frame are two people. Otherwise their looks decide.
    """
    rows = seen.rows
    codes = np.asarray(rows["code"], np.float32)
    pieces = [path[p] for path in _paths(rows["path"]) for p in grouping.split(codes[path])]
    owner, centres = _owners(pieces, rows["path"], rows["frame"], codes)
    labels = np.full(len(rows), UNSURE)
    for piece, number in zip(pieces, owner, strict=True):
        labels[piece] = number
    there = [rows["frame"][labels == k + 1] for k in range(len(centres))]
    for piece, number in zip(pieces, owner, strict=True):
        if number != UNSURE:
            elsewhere = np.array([np.isin(rows["frame"][piece], frames) for frames in there])
            labels[piece[_looks_like_another(codes[piece], centres, number - 1, elsewhere)]] = UNSURE
    order = [old for old in _by_size(rows, labels) if old != UNSURE]
    new = np.zeros(len(centres) + 1, int)
    new[order] = np.arange(1, len(order) + 1)
    people = [_person(int(new[old]), seen, np.flatnonzero(labels == old), centres[old - 1]) for old in order]
    return people, new[labels]


def _paths(names):
    """Return the rows of each path, in order."""
    order = np.argsort(names, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(names[order])) + 1) if len(names) else []


def _owners(pieces, path, frame, codes):
    """Assign each piece of a path to a person, from 1 on, or `UNSURE`; also returns their codes (m, k).

    Long pieces define the people; short ones are matched to them.
    """
    sums = np.array([codes[p].sum(axis=0) for p in pieces]).reshape(len(pieces), codes.shape[1])
    first, last = (np.array([frame[p[k]] for p in pieces], int) for k in (0, -1))
    together = (first[:, None] <= last) & (first <= last[:, None])
    lengths = np.array([len(p) for p in pieces], int)
    long = np.flatnonzero(lengths >= min(LONG, lengths.max(initial=0)))
    groups = [long[g] for g in grouping.group(sums[long], together[np.ix_(long, long)])]
    owner = np.full(len(pieces), UNSURE)
    for k, group in enumerate(groups):
        owner[group] = k + 1
    centres = np.array([sums[g].sum(axis=0) for g in groups]).reshape(len(groups), codes.shape[1])
    paths = np.array([path[p[0]] for p in pieces], int)
    for k in np.setdiff1d(np.arange(len(pieces)), long):
        possible = np.array([not together[k, owner == m + 1].any() for m in range(len(groups))], bool)
        beside = [
            owner[m] for m in (k - 1, k + 1) if 0 <= m < len(pieces) and paths[m] == paths[k] and owner[m]
        ]
        known = grouping.nearest(sums[k], centres, possible, beside[0] - 1 if beside else None)
        owner[k] = UNSURE if known is None else known + 1
    return owner, grouping.unit(centres)


def _looks_like_another(codes, centres, own, elsewhere):
    """Return whether each face (n, k) of a piece, with its neighbours, clearly matches another person: bool.

    elsewhere: bool (people, n), who is seen elsewhere in the frame and is therefore ruled out.
    """
    padded = np.pad(codes, ((NEAR, NEAR), (0, 0)), mode="edge")
    around = sum(padded[k : k + len(codes)] for k in range(2 * NEAR + 1))
    alike = centres @ grouping.unit(around).T
    return np.where(elsewhere, -1, alike).max(axis=0) > alike[own] + grouping.MARGIN


def _by_size(rows, labels):
    """Renumber `labels`: by size in the first frames, then by order of appearance."""
    sure = np.flatnonzero(labels != UNSURE)
    if not len(sure):
        return []
    until = rows["frame"][sure[0]] + FIRST
    places = {}
    for k in sure:  # in frame order
        number, frame = int(labels[k]), int(rows["frame"][k])
        if frame < until:
            places[number] = min(places.get(number, (0, 0)), (0, -height(rows["points"][k])))
        else:
            places.setdefault(number, (1, frame))
    return sorted(places, key=places.get)


def _person(number, seen, mine, code):
    """Create the `Person` whose faces are the rows `mine` of `seen`."""
    frames, first = seen.rows["frame"][mine], seen.rows["points"][mine[0]]
    corner, size = first.min(axis=0), np.ptp(first, axis=0)
    views = {
        frame: view for path, (frame, view) in seen.portraits.items() if path in set(seen.rows["path"][mine])
    }
    views = [view for frame, view in views.items() if frame in set(frames)]
    look = seen.rows["look"][mine[len(mine) // 2]]
    portrait = views[0] if views else cv2.resize(look, (PORTRAIT, PORTRAIT), interpolation=cv2.INTER_CUBIC)
    return Person(number, frames.copy(), tuple(int(v) for v in np.rint((*corner, *size))), portrait, code)


def choose(people: list[Person], who: int | np.ndarray | None) -> int | None:
    """Return the number of the chosen person, None if there is nobody.

    who: None for the largest at the start; a number; a photo, uint8 (h, w, 3), for the person most like the
    largest face in it; or aligned crops of someone, (n, s, s, 3), uint8 or float in [0, 1], for the person
    most like them. Raises SwaplibError if there is no such number, if the photo has no face, and if nobody
    resembles the photo or the crops.
    """
    if who is None or not people:
        return people[0].number if people else None
    if isinstance(who, (int, np.integer)):
        if not 1 <= who <= len(people):
            some = "1" if len(people) == 1 else f"1 to {len(people)}"
            raise SwaplibError(f"There is no person {who} in the movie: choose {some}.")
        return int(who)
    if len(people) == 1 and np.ndim(who) == 4:
        return people[0].number
    known = grouping.nearest(code_of(np.asarray(who)), np.array([p.code for p in people]))
    if known is None:
        raise SwaplibError(
            f"It is unclear which of the {len(people)} people in the movie is meant: give a number (1 is "
            "the largest at the start), or use a photo with the face as large and sharp as in the movie."
        )
    return people[known].number


def code_of(who: np.ndarray) -> np.ndarray:
    """Embed a photo or crops, as accepted by `choose`: float32 (k,), a unit vector."""
    if who.ndim == 3:
        with Landmarker() as find:
            faces = find(who)
        if not faces:
            raise SwaplibError("No face was found in the photo of the person to swap.")
        crops = align.crop(who, align.crop_matrix(faces[0].points, SIZE), SIZE)[None]
    else:
        crops = _bytes(who)
    return grouping.unit(embedder()(crops).sum(axis=0))


def sort_crops(crops: np.ndarray) -> np.ndarray:
    """Identify the person in each crop: int (n,), 0 for the one with most crops, then 1 ..., -1 if unclear.

    crops: aligned, (n, s, s, 3), uint8 or float in [0, 1].
    """
    codes = embedder()(_bytes(crops))
    groups = grouping.group(codes, np.zeros((len(codes), len(codes)), bool))
    groups = sorted(groups, key=lambda g: (-len(g), g[0]))
    people = [g for g in groups if len(g) >= min(SHORTEST, len(groups[0]))]
    centres = np.array([codes[g].sum(axis=0) for g in people])
    known = [grouping.nearest(code, centres) for code in codes]
    return np.array([-1 if k is None else k for k in known])


def _bytes(crops):
    """Resize crops to the embedder's input: uint8 (n, 64, 64, 3)."""
    out = np.empty((len(crops), SIZE, SIZE, 3), np.uint8)
    for k, crop in enumerate(crops):
        out[k] = cv2.resize(as_bytes(crop), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return out


def numbered(frame: np.ndarray, people: list[Person]) -> np.ndarray:
    """Draw who is who: the frame with a number on each face, and all portraits below it; uint8.

    frame: uint8 (h, w, 3), the first one with person 1, `people[0].frames[0]`.
    """
    out = frame.copy()
    for p in people:
        if p.frames[0] == people[0].frames[0]:
            left, top, width, tall = p.box
            cv2.rectangle(out, (left, top), (left + width, top + tall), (255, 220, 0), 2)
            _write(out, p.number, (left, max(top - 6, 24)))
    across = max(1, out.shape[1] // PORTRAIT)
    strip = np.full((-(-len(people) // across) * PORTRAIT, out.shape[1], 3), 40, np.uint8)
    for k, p in enumerate(people):
        y, x = k // across * PORTRAIT, k % across * PORTRAIT
        strip[y : y + PORTRAIT, x : x + PORTRAIT] = p.portrait[:, : out.shape[1] - x]
        _write(strip, p.number, (x + 4, y + 24))
    return np.concatenate([out, strip])


def _write(picture, number, place):
    for colour, thick in (((0, 0, 0), 5), ((255, 220, 0), 2)):
        cv2.putText(picture, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, colour, thick, cv2.LINE_AA)
