"""Steadiness of a face track: remaining jitter, and the lag of the smoothing."""

import numpy as np

from swaplib.face import align
from swaplib.movie.track import Track, local_fit, runs, smooth, spread


def exponential_average(points: np.ndarray, keep: float = 0.6) -> np.ndarray:
    """Smooth with a causal baseline: each frame is `keep` of the last result plus the rest of the new one.

    It uses only past frames, and so lags by keep / (1 - keep) frames.
    """
    out = np.array(points, dtype=np.float32)
    for i in range(1, len(out)):
        out[i] = keep * out[i - 1] + (1 - keep) * out[i]
    return out


def jitter(track: Track) -> float:
    """Return the jitter of a face in px: the standard deviation of noise with the same effect.

    Measured like `noise`, so that real motion hardly counts.
    """
    third = [np.diff(align.anchors(track.points[piece]), n=3, axis=0).ravel() for piece in runs(track)]
    third = np.concatenate([np.empty(0), *third])
    return float(spread(third)) if len(third) else 0.0


def lag(track: Track, raw: Track, share: float = 0.1) -> tuple[float, float]:
    """Return the lag of a smoothed track behind the raw one: (frames, px), on the fastest frames.

    frames: the delay that best explains the difference (least squares along the raw motion).
    px: root mean square distance of the anchors from the raw ones. share: the share of all frames
    that count as fastest.
    """
    gaps, speeds = [np.empty((0, 3, 2))], [np.empty((0, 3, 2))]
    for piece in runs(raw):
        if piece.stop - piece.start > 1:
            true = align.anchors(raw.points[piece])
            gaps.append(align.anchors(track.points[piece]) - true)
            speeds.append(np.gradient(true, axis=0))
    gap, speed = np.concatenate(gaps), np.concatenate(speeds)
    if not len(speed):
        return 0.0, 0.0
    pace = np.linalg.norm(speed.mean(axis=1), axis=1)
    fast = pace >= np.quantile(pace, 1 - share)
    gap, speed = gap[fast], speed[fast]
    frames = -(gap * speed).sum() / max((speed**2).sum(), 1e-9)
    return float(frames), float(np.sqrt((gap**2).sum(axis=2).mean()))


def steadiness(raw: Track) -> dict[str, dict[str, float]]:
    """Compare the jitter and lag of no smoothing, an exponential average and `local_fit`: a nested dict.

    raw: a track as returned by `tidy`.

        steadiness(tidy(locate("movie.mp4")))["local fit"]
        # {'jitter_px': 0.05, 'lag_frames': 0.0, 'off_px': 0.3}
    """
    smoothers = {"none": lambda x: x, "exponential": exponential_average, "local fit": local_fit}
    table = {}
    for name, smoother in smoothers.items():
        track = smooth(raw, smoother)
        frames, off = lag(track, raw)
        table[name] = {"jitter_px": jitter(track), "lag_frames": frames, "off_px": off}
    return table


def flicker(made: np.ndarray, truth: np.ndarray, masks: np.ndarray, numbers: np.ndarray) -> dict[str, float]:
    """Measure the flicker of a movie's face: a dict of means over pairs of neighbouring frames.

    made, truth: crops along one track, which removes most head motion; numbers (n,): their frame indices,
    pairs that aren't neighbours don't count. "made" and "truth": the change of a pixel of the face from
    frame to frame; "difference": the distance between the made and the true change. For a jittering swap,
    both exceed the truth's.
    """
    pairs = np.flatnonzero(np.diff(numbers) == 1)
    weights = (masks[pairs] * masks[pairs + 1])[..., None]
    change = {"made": made[pairs + 1] - made[pairs], "truth": truth[pairs + 1] - truth[pairs]}
    change["difference"] = change["made"] - change["truth"]
    total = 3 * weights.sum()
    return {name: float((np.abs(c) * weights).sum() / total) for name, c in change.items()}
