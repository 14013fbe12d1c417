"""Follow one face through a movie: find it in each frame, drop what can't be right, smooth it.

A movie is a file, so what comes after a frame is known when the frame is swapped. The smoothing
looks both ways, and therefore doesn't lag, as any filter that only looks back must.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from tqdm.auto import tqdm

from swaplib.face import align
from swaplib.face.landmarks import Landmarker
from swaplib.face.mask import hull_mask
from swaplib.files.video import Reader
from swaplib.movie.stopwatch import Stopwatch

LOOK = 24  # px: side of the small picture of the face that is kept to see when it is covered
# Levels, in any of the three colours, by which a covered pixel differs from the face's usual look:
# that of the whole run, and that of the frames around, to which turning and talking add less.
STRONGLY, SUDDENLY = 45, 25
AROUND = 12  # frames before and after
# Share of the face that may differ strongly from how it mostly looks: above the first it is
# covered; above the second too, if it is just about to be, or the face is just about to be lost.
COVERED, PARTLY = 0.3, 0.12
BRIDGE = 2  # frames: a gap this short is filled by going straight across
SHORTEST = 3  # frames: a face seen for less is a false find, where a longer run of another look is near
CUT = 25  # levels: a frame that differs this much from the last begins another shot
# (window in frames, degree) of the fits that smooth, from the narrowest on
FITS = ((5, 2), (9, 2), (13, 1))


@dataclass
class Track:
    """Where one face is in each of a movie's n frames.

    points: float32 (n, 478, 2), px in the upright frame; NaN in frames that are left unchanged
    cuts: bool (n,), True where a new shot begins
    looks: uint8 (n, 24, 24, 3), the face small and aligned; 0 where there is none
    shape: (height, width) of the frames
    reasons: {frame: why it has no face}, in words
    bridged: frames whose face was put in between its neighbours'
    problem: None, or what is wrong with the file, in words
    """

    points: np.ndarray
    cuts: np.ndarray
    looks: np.ndarray
    shape: tuple
    reasons: dict = field(default_factory=dict)
    bridged: list = field(default_factory=list)
    problem: str | None = None

    @property
    def found(self):
        """bool (n,): the frames with a face."""
        return ~np.isnan(self.points[:, 0, 0])


def locate(path, progress=True, watch=None):
    """Find the face in every frame of a movie; returns a raw `Track`.

    Each frame is searched by itself: MediaPipe's own video mode filters the landmarks with a
    delay. With several faces it follows the one it had, and begins with the largest.
    Raises SwaplibError for a file that can't be read.
    """
    watch = Stopwatch() if watch is None else watch
    reader = Reader(path)
    points, cuts, looks, reasons = [], [], [], {}
    last = small = shape = None
    with ExitStack() as stack:
        with watch("load"):
            find = stack.enter_context(Landmarker(max_faces=3))
        frames = watch.each("read", reader)
        bar = tqdm(frames, "locate", reader.count or None, unit="frame", disable=not progress)
        for i, (frame, _) in enumerate(bar):
            shape = frame.shape[:2]
            with watch("locate"):
                before, small = small, cv2.resize(frame, (16, 12), interpolation=cv2.INTER_AREA)
                cut = before is not None and cv2.norm(small, before, cv2.NORM_L1) / small.size > CUT
                face = _follow(find(frame), None if cut else last)
                if face is None:
                    reasons[i] = "no face found"
                elif align.inside(face, shape) < align.INSIDE:
                    reasons[i], face = "partly outside the frame", None
                else:
                    last = face
                cuts.append(cut)
                points.append(np.full((478, 2), np.nan) if face is None else face)
                looks.append(_look(frame, face))
    found = np.array(points, dtype=np.float32)
    return Track(found, np.array(cuts), np.array(looks), shape, reasons, problem=reader.problem)


def _follow(faces, last):
    """Landmarks of the face that goes on from `last`, else of the largest; None if none."""
    if not faces:
        return None
    if last is not None:
        nearest = min(faces, key=lambda face: _moved(last, face.points))
        if _moved(last, nearest.points) < 1:
            return nearest.points
    return faces[0].points


def _look(frame, points):
    """The face, LOOK px wide and aligned; black if there is none."""
    if points is None:
        return np.zeros((LOOK, LOOK, 3), np.uint8)
    times = max(1, int(_height(points) / (2 * LOOK)))  # shrink first: quick in large frames
    small = cv2.resize(frame, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA)
    matrix = align.crop_matrix((points + 0.5) / times - 0.5, LOOK)
    return align.crop(small, matrix, LOOK)


def _look_mask(points):
    """Which pixels of `_look` are face: bool (LOOK, LOOK)."""
    return hull_mask(align.transform(points, align.crop_matrix(points, LOOK)), LOOK) > 0.5


def _height(points):
    return np.ptp(points, axis=0).max()


def _moved(a, b):
    """How far a face moved between two frames, in faces."""
    return np.linalg.norm(b.mean(axis=0) - a.mean(axis=0)) / _height(a)


def runs(track, gap=0):
    """Slices of frames in which the face moves on without a jump or a cut.

    gap: so many frames without a face in a row don't end a run.
    """
    out, last = [], None
    for i in np.flatnonzero(track.found):
        if last is None or not _goes_on(track, last, i, gap):
            out.append([i, i])
        out[-1][1] = i + 1
        last = i
    return [slice(int(start), int(stop)) for start, stop in out]


def _goes_on(track, i, j, gap):
    """Whether the face in frame j can be the one in frame i, further on."""
    if j - i > gap + 1 or track.cuts[i + 1 : j + 1].any():
        return False
    a, b = track.points[i], track.points[j]
    return _moved(a, b) < 0.5 * (j - i) and 1 / 1.4 < _height(b) / _height(a) < 1.4


def tidy(track):
    """A track without false finds and covered faces, and with the shortest gaps bridged."""
    track = replace(track, points=track.points.copy(), reasons=dict(track.reasons), bridged=[])
    pieces = runs(track, BRIDGE)
    shots = np.cumsum(track.cuts)
    for piece in pieces:
        beside = [p.stop - p.start for p in pieces if shots[p.start] == shots[piece.start]]
        if piece.stop - piece.start < SHORTEST <= max(beside) and not _known(track, piece):
            _drop(track, range(piece.start, piece.stop), "the face jumped there for a moment")
    for piece in runs(track, BRIDGE):
        _drop(track, piece.start + np.flatnonzero(_covered(track, piece)), "the face is covered")
    for piece in runs(track, BRIDGE):
        have = np.flatnonzero(track.found[piece]) + piece.start
        for i in np.setdiff1d(np.arange(piece.start, piece.stop), have).tolist():
            before, after = have[have < i][-1], have[have > i][0]
            share = (i - before) / (after - before)
            track.points[i] = (1 - share) * track.points[before] + share * track.points[after]
            track.reasons.pop(i)
            track.bridged.append(i)
    return track


def _known(track, piece):
    """Whether a short run shows the face of the frames around it, which dashed, and nothing else.

    As `_covered` does, by its look: what differs strongly over much of the face is another face, or none.
    """
    found = np.flatnonzero(track.found)
    own = (found >= piece.start) & (found < piece.stop)
    beside = found[~own & (np.abs(found - piece.start) <= AROUND)]
    if not len(beside):
        return False
    usual = np.median(track.looks[beside].astype(np.float32), axis=0)
    return all(
        _differs(track.looks[k] - usual, _look_mask(track.points[k]), STRONGLY) <= PARTLY for k in found[own]
    )


def _drop(track, frames, reason):
    for i in frames:
        if track.found[i]:
            track.points[i] = np.nan
            track.reasons[int(i)] = reason


def _covered(track, piece):
    """bool for each frame of a run: something is in front of the face.

    MediaPipe guesses the landmarks of a face that is half behind a hand. So the face is compared
    with how it mostly (median) looks in its run, and in the frames around: where much of it differs,
    and more than turning and talking make it differ in this run, it is covered. Two thresholds, as
    Canny (IEEE PAMI 1986) has for edges: a lower one counts next to covered frames and where the run
    is lost.
    """
    from scipy.ndimage import binary_propagation

    found = track.found[piece]
    looks = track.looks[piece].astype(np.float32)
    usual = np.median(looks[found], axis=0)
    have = np.flatnonzero(found)
    share = np.ones(len(found))
    for k in have:
        points = track.points[piece.start + k]
        mask = _look_mask(points)
        lately = np.median(looks[have[np.abs(have - k) <= AROUND]], axis=0)
        share[k] = max(
            _differs(looks[k] - usual, mask, STRONGLY), _differs(looks[k] - lately, mask, SUDDENLY)
        )
    common = np.quantile(share[found], 0.8)
    covered, partly = share > max(COVERED, 3 * common), share > max(PARTLY, 1.5 * common)
    n = len(track.points)
    covered[0] |= piece.start > 0 and not track.cuts[piece.start]
    covered[-1] |= piece.stop < n and not track.cuts[piece.stop]
    return binary_propagation(covered & partly, mask=partly)


def _differs(change, mask, levels):
    """Share of the face that differs by more than so many levels; brighter all over doesn't count."""
    change = change[mask] - np.median(change[mask], axis=0)  # a lamp, not a hand
    return (np.abs(change).max(axis=1) > levels).mean()


def smooth(track, fit=None):
    """A track whose runs are smoothed, each by itself: not across gaps, jumps or cuts.

    fit: what smooths the (n, 478, 2) points of one run, `local_fit` by default.
    """
    points = track.points.copy()
    for piece in runs(track):
        points[piece] = (fit or local_fit)(points[piece])
    return replace(track, points=points)


def local_fit(points):
    """Smooth the points of one run by fitting polynomials over centred windows of frames.

    points: (n, 478, 2), px. A face at rest, or moving evenly, gets a wide window and a line; one
    that turns fast gets a narrow one and a parabola (Savitzky and Golay 1964). The wider fit
    counts as far as it agrees with the narrowest within the noise of the landmarks. That is the
    idea of the One Euro filter (Casiez, Roussel and Vogel, CHI 2012), smooth when slow and true
    when fast, without its lag: the windows are centred.
    """
    from scipy.signal import savgol_filter

    out = narrowest = points = np.asarray(points, dtype=np.float32)
    for window, degree in FITS:
        if len(points) < window:
            break
        fitted = savgol_filter(points, window, degree, axis=0)
        if window == FITS[0][0]:
            out = narrowest = fitted
            continue
        apart = np.sqrt(np.mean((align.anchors(fitted) - align.anchors(narrowest)) ** 2, axis=(1, 2)))
        trust = np.clip(2 - apart / noise(points), 0, 1)
        trust = np.convolve(np.pad(trust, 1, mode="edge"), np.ones(3) / 3, "valid")[:, None, None]
        out = trust * fitted + (1 - trust) * out
    return out.astype(np.float32)


def noise(points):
    """Standard deviation, in px, of the noise in the anchors of (n, 478, 2) landmarks.

    From third differences, which are 0 for anything that moves like a parabola.
    """
    return spread(np.diff(align.anchors(points), n=3, axis=0)) + 1e-6


def spread(third):
    """Standard deviation of the white noise that has these third differences; robust (MAD)."""
    return 1.4826 * np.median(np.abs(third)) / np.sqrt(1 + 9 + 9 + 1)
