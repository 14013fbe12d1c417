"""All faces in all frames of a movie: positions, looks, embeddings and paths."""

import functools
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from tqdm.auto import tqdm

from swaplib import networks
from swaplib.face.landmarks import Face, Landmarker
from swaplib.files.video import Reader
from swaplib.movie.cover import LOOK, small
from swaplib.movie.path import goes_on, height, moved
from swaplib.movie.spill import Rows
from swaplib.movie.stopwatch import Stopwatch
from swaplib.networks.embedding import BATCH, SIZE, Embedder

CUT = 25  # levels: a frame that differs by more from the last starts a new shot
MOST_FACES = 5  # the most looked for in a frame
BRIDGE = 2  # frames: a gap this short doesn't end a path
AGAIN = 50  # frames: how long a missing face is searched for at its last position
REGION = 3  # face heights: side of the region searched for it
REST = 5  # frames: pause before a fruitless search by tiles, blur and rotations is repeated
CLEARLY = 0.3  # face heights: how much nearer than any other a face must be to continue a path
PORTRAIT = 96  # px


@dataclass
class Sightings:
    """The faces in a movie's n frames.

    rows: a structured array, one row per face, in frame order: `frame`, its index; `points`, float32
    (478, 2), px; `look`, uint8 (24, 24, 3); `code`, from `Embedder`; `path`, the number of its path: faces
    in successive frames that clearly continue one another.
    cuts, shape, problem: as in `Track`. portraits: {path: (frame, uint8 (96, 96, 3))}, the best view.
    seconds: the time it took, by step.
    """

    rows: np.ndarray
    cuts: np.ndarray
    shape: tuple
    portraits: dict = field(default_factory=dict)
    problem: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)


@functools.cache
def embedder() -> Embedder:
    """Return the shipped embedder, loaded once."""
    return Embedder(networks.shipped("embedder"))


def row_type(code: int) -> np.dtype:
    """Return the dtype of `Sightings.rows`, for codes of this length."""
    return np.dtype(
        [
            ("frame", "i4"),
            ("path", "i4"),
            ("code", "f2", code),
            ("look", "u1", (LOOK, LOOK, 3)),
            ("points", "f4", (478, 2)),
        ]
    )


def look_for_faces(
    source: str | Path | Iterable[np.ndarray],
    progress: bool = True,
    watch: Stopwatch | None = None,
    embed: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Sightings:
    """Find all faces in a movie. source: its path, or its frames, uint8 (h, w, 3).

    Each frame is searched independently, because MediaPipe's own video mode filters the landmarks with a
    delay. embed: computes the codes, the shipped `Embedder` by default. Raises SwaplibError if the file can't
    be read.
    """
    watch = Stopwatch() if watch is None else watch
    reader = Reader(source) if isinstance(source, (str, Path)) else None
    pictures = (frame for frame, _ in reader) if reader else source
    before = shape = None
    cuts, paths, rest = [], _Paths(), 0
    with ExitStack() as stack:
        with watch("load"):
            find = stack.enter_context(Landmarker(max_faces=MOST_FACES))
            embed = embed or embedder()
            taken = _Taken(embed)
        frames = watch.each("read", pictures)
        total = reader.count or None if reader else None
        for i, frame in enumerate(tqdm(frames, "locate", total, unit="frame", disable=not progress)):
            shape = frame.shape[:2]
            with watch("locate"):
                tiny = cv2.resize(frame, (16, 12), interpolation=cv2.INTER_AREA)
                cuts.append(before is not None and cv2.norm(tiny, before, cv2.NORM_L1) / tiny.size > CUT)
                before = tiny
                faces = find(frame, thorough=i >= rest)
                if not faces and i >= rest:
                    rest = i + REST
                for place in paths.missed(i, faces, cuts[-1]):
                    if len(faces) < paths.most:
                        faces = _each_once(faces + _find_near(find, frame, place))
                for face, path in zip(faces, paths.follow(i, faces, cuts[-1]), strict=True):
                    taken.add(i, frame, face, path)
        with watch("locate"):
            rows = taken.rows()
    problem = reader.problem if reader else None
    return Sightings(rows, np.array(cuts, bool), shape, taken.portraits, problem, dict(watch))


def _find_near(find, frame, points):
    """Find the faces near the last known landmarks (478, 2): the detector misses many small ones."""
    reach = REGION / 2 * height(points)
    left, top = np.rint(np.clip(points.mean(axis=0) - reach, 0, None)).astype(int)
    right, bottom = np.rint(np.clip(points.mean(axis=0) + reach, 0, None)).astype(int)
    part = frame[top:bottom, left:right]
    if min(part.shape[:2]) < reach / 2:
        return []
    found = [
        replace(face, points=face.points + np.float32((left, top))) for face in find(part, thorough=False)
    ]
    return [face for face in found if goes_on(points, face.points, 1)]


def _each_once(faces):
    """Drop faces that were found twice at the same place."""
    out = []
    for face in faces:
        if not any(
            moved(other.points, face.points) < 0.25 and height(other.points) < 1.5 * height(face.points)
            for other in out
        ):
            out.append(face)
    return out


class _Paths:
    """Assigns each face to a path, frame by frame.

    A path ends where its continuation is ambiguous; then the faces' looks must decide.
    """

    def __init__(self):
        self._ends: dict[int, tuple[int, np.ndarray]] = {}  # path: (frame, points) of its last face
        self._count = 0
        self.most, self._most_in = 0, 0  # most faces at once recently, and the last frame with that many

    def missed(self, frame: int, faces: list[Face], cut: bool) -> list[np.ndarray]:
        """Return where a face may have been missed: landmarks (478, 2) found recently, the latest first.

        As many as there were more faces before: if there are no fewer, none was missed, even if one of them
        moved far.
        """
        if cut or frame - self._most_in > AGAIN:
            self.most = 0
        if len(faces) >= self.most:
            return []
        lately = sorted(
            (end for end in self._ends.values() if frame - end[0] <= AGAIN), key=lambda end: -end[0]
        )
        there = [face.points for face in faces]
        for _, points in lately:
            if not any(moved(points, other) < 0.5 for other in there):
                there.append(points)
        return there[len(faces) : self.most]

    def follow(self, frame: int, faces: list[Face], cut: bool) -> list[int]:
        """Return the number of the path of each face in a frame."""
        if len(faces) >= self.most:
            self.most, self._most_in = len(faces), frame
        lately = {k: end for k, end in self._ends.items() if not cut and frame - end[0] <= AGAIN}
        ends = {k: end for k, end in lately.items() if frame - end[0] <= BRIDGE + 1}
        ways = {}  # (path, index of the face): distance
        for path, (last, points) in ends.items():
            for j, face in enumerate(faces):
                if goes_on(points, face.points, frame - last):
                    ways[path, j] = moved(points, face.points)
        paths, unclear = {path for path, _ in ways}, set()
        to_face = {j: _nearest({p: far for (p, k), far in ways.items() if k == j}) for j in range(len(faces))}
        from_path = {p: _nearest({k: far for (q, k), far in ways.items() if q == p}) for p in paths}
        out = []
        for j, (path, clearly) in to_face.items():
            if path is not None and not (clearly and from_path[path][1]):
                unclear |= {p for p, k in ways if k == j}
            if path is None or path in unclear or from_path[path][0] != j:
                path, self._count = self._count, self._count + 1
            out.append(path)
        self._ends = {k: end for k, end in lately.items() if k not in unclear}
        self._ends.update({path: (frame, face.points) for path, face in zip(out, faces, strict=True)})
        return out


def _nearest(far):
    """Return, from {name: distance}, (the nearest or None, whether it is clearly the nearest)."""
    order = sorted(far, key=far.get)
    return order[0] if order else None, len(order) < 2 or far[order[1]] - far[order[0]] >= CLEARLY


class _Taken:
    """Collects the rows of `Sightings`; codes are computed in batches."""

    def __init__(self, embed):
        self._embed = embed
        self._waiting, self._crops, self._rows = [], [], None
        self.portraits, self._best = {}, {}

    def add(self, i, frame, face, path):
        crop = small(frame, face.points, SIZE)
        look = cv2.resize(crop, (LOOK, LOOK), interpolation=cv2.INTER_AREA)
        self._waiting.append((i, face.points, look, path))
        self._crops.append(crop)
        worth = height(face.points) * np.cos(np.radians(2 * face.yaw))
        if worth > self._best.get(path, (-np.inf, 0))[0]:
            self._best[path] = worth, i
            self.portraits[path] = i, small(frame, face.points, PORTRAIT)
        if len(self._waiting) == BATCH:
            self._describe()

    def _describe(self):
        codes = self._embed(np.stack(self._crops)) if self._crops else np.zeros((0, 1))
        if self._rows is None:
            self._rows = Rows(row_type(codes.shape[1]))
        rows = np.zeros(len(codes), self._rows.dtype)
        for row, code, (i, points, look, path) in zip(rows, codes, self._waiting, strict=True):
            row["frame"], row["path"], row["code"], row["look"], row["points"] = i, path, code, look, points
        self._rows.append(rows)
        self._waiting, self._crops = [], []

    def rows(self):
        if self._waiting or self._rows is None:
            self._describe()
        return self._rows.array()
