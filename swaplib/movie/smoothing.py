"""Remove the jitter from a face's path without lag.

When a frame of a movie file is swapped, the following frames are known. Smoothing over frames on both sides
therefore avoids the lag of filters that only look back.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from swaplib.face import align
from swaplib.movie import spill
from swaplib.movie.path import Track, runs

# (window in frames, degree) of the smoothing fits, starting with the narrowest
FITS = ((5, 2), (9, 2), (13, 1))
PIECE, BESIDE = 250, 13  # frames smoothed at a time, and the overlap on each side


def smooth(track: Track, fit: Callable[[np.ndarray], np.ndarray] | None = None) -> Track:
    """Smooth the runs of a track, each independently: not across gaps, jumps or cuts.

    fit: smooths the (n, 478, 2) points of one run, `local_fit` by default.
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

    points: (n, 478, 2), px. A face at rest, or in uniform motion, gets a wide window and a line; one
    that turns fast gets a narrow window and a parabola (Savitzky and Golay 1964). The wider fit
    counts to the extent that it agrees with the narrowest within the noise of the landmarks. This is the
    idea of the One Euro filter (Casiez, Roussel and Vogel, CHI 2012), smooth when slow and accurate
    when fast, but without its lag, because the windows are centred.
    """
    points = np.asarray(points, dtype=np.float32)
    out = np.empty_like(points)
    _fit_into(out, points)
    return out


def _fit_into(out, points):
    """Apply `local_fit` to a run of any length in overlapping pieces, with the same result as in one."""
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
    """Return the weight of each fit in `FITS` that the run is long enough for, per frame: float32 (n,) each.

    Estimated from the few anchors alone.
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
    """Return the standard deviation, in px, of the noise in the anchors of (n, 478, 2) landmarks.

    Estimated from third differences, which vanish for any parabolic motion.
    """
    return _noise(align.anchors(points))


def _noise(anchors):
    return spread(np.diff(anchors, n=3, axis=0)) + 1e-6


def spread(third: np.ndarray) -> float:
    """Return the standard deviation of white noise with these third differences; robust (MAD)."""
    return 1.4826 * np.median(np.abs(third)) / np.sqrt(1 + 9 + 9 + 1)
