"""Take the shaking out of a face's path without lagging behind it.

A movie is a file, so what comes after a frame is known when the frame is swapped. The smoothing looks
both ways, and therefore doesn't lag, as any filter that only looks back must.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from swaplib.face import align
from swaplib.movie import spill
from swaplib.movie.path import Track, runs

# (window in frames, degree) of the fits that smooth, from the narrowest on
FITS = ((5, 2), (9, 2), (13, 1))
PIECE, BESIDE = 250, 13  # frames that are smoothed at once, and those beside them that count too


def smooth(track: Track, fit: Callable[[np.ndarray], np.ndarray] | None = None) -> Track:
    """A track whose runs are smoothed, each by itself: not across gaps, jumps or cuts.

    fit: what smooths the (n, 478, 2) points of one run, `local_fit` by default.
    """
    points = spill.empty(track.points.shape, track.points.dtype)
    points[:] = np.nan
    for piece in runs(track):
        if fit:
            points[piece] = fit(track.points[piece])
        else:
            _fit_into(points[piece], track.points[piece])
    return replace(track, points=points)


def local_fit(points: np.ndarray) -> np.ndarray:
    """Smooth the points of one run by fitting polynomials over centred windows of frames.

    points: (n, 478, 2), px. A face at rest, or moving evenly, gets a wide window and a line; one
    that turns fast gets a narrow one and a parabola (Savitzky and Golay 1964). The wider fit
    counts as far as it agrees with the narrowest within the noise of the landmarks. That is the
    idea of the One Euro filter (Casiez, Roussel and Vogel, CHI 2012), smooth when slow and true
    when fast, without its lag: the windows are centred.
    """
    points = np.asarray(points, dtype=np.float32)
    out = np.empty_like(points)
    _fit_into(out, points)
    return out


def _fit_into(out, points):
    """`local_fit` of a run of any length, by overlapping pieces, which give the same as the whole."""
    trusts = _trusts(points)
    for first in range(0, len(points), PIECE):
        last = min(first + PIECE, len(points))
        start, stop = max(first - BESIDE, 0), min(last + BESIDE, len(points))
        piece = blended = np.asarray(points[start:stop], np.float32)
        for (window, degree), trust in zip(FITS, trusts, strict=False):
            share = trust[start:stop, None, None]
            blended = share * _fitted(piece, window, degree) + (1 - share) * blended
        out[first:last] = blended[first - start : last - start]


def _trusts(points):
    """How far each fit of `FITS` that the run is long enough for counts, in each frame: float32 (n,) each.

    Seen by the anchors alone, which are few.
    """
    anchors = align.anchors(points)
    shake, narrowest, trusts = None, None, []
    for window, degree in FITS:
        if len(points) < window:
            break
        fitted = _fitted(anchors, window, degree)
        if narrowest is None:
            narrowest, trust = fitted, np.ones(len(points), np.float32)
            shake = _noise(anchors)
        else:
            apart = np.sqrt(np.mean((fitted - narrowest) ** 2, axis=(1, 2)))
            trust = np.clip(2 - apart / shake, 0, 1)
            trust = np.convolve(np.pad(trust, 1, mode="edge"), np.ones(3) / 3, "valid")
        trusts.append(trust.astype(np.float32))
    return trusts


def _fitted(values, window, degree):
    from scipy.signal import savgol_filter

    return savgol_filter(values, window, degree, axis=0)


def noise(points: np.ndarray) -> float:
    """Standard deviation, in px, of the noise in the anchors of (n, 478, 2) landmarks.

    From third differences, which are 0 for anything that moves like a parabola.
    """
    return _noise(align.anchors(points))


def _noise(anchors):
    return spread(np.diff(anchors, n=3, axis=0)) + 1e-6


def spread(third: np.ndarray) -> float:
    """Standard deviation of the white noise that has these third differences; robust (MAD)."""
    return 1.4826 * np.median(np.abs(third)) / np.sqrt(1 + 9 + 9 + 1)
