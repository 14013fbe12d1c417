"""How steadily a face is followed: what is left of the shaking, and what the smoothing lags behind."""

import numpy as np

from swaplib.face import align
from swaplib.movie.track import local_fit, runs, smooth, spread


def exponential_average(points, keep=0.6):
    """The plain way, to compare with: each frame is `keep` of the last result and the rest new.

    It only looks back, and so lags by keep / (1 - keep) frames.
    """
    out = np.array(points, dtype=np.float32)
    for i in range(1, len(out)):
        out[i] = keep * out[i - 1] + (1 - keep) * out[i]
    return out


def jitter(track):
    """How much a face shakes, in px: the standard deviation of noise that would shake it as much.

    As `noise` measures it, so that what the face really does counts little.
    """
    third = [np.diff(align.anchors(track.points[piece]), n=3, axis=0).ravel() for piece in runs(track)]
    third = np.concatenate([np.empty(0), *third])
    return float(spread(third)) if len(third) else 0.0


def lag(track, raw, share=0.1):
    """How far a smoothed track is behind the raw one: (frames, px), on the fastest frames.

    frames: the delay that explains the difference best (least squares along the raw motion).
    px: root mean square distance of the anchors from the raw ones. share: of all frames, the
    fastest that count.
    """
    gaps, speeds = [np.empty((0, 3, 2))], [np.empty((0, 3, 2))]
    for piece in runs(raw):
        if piece.stop - piece.start > 1:
            true = align.anchors(raw.points[piece])
            gaps.append(align.anchors(track.points[piece]) - true)
            speeds.append(np.gradient(true, axis=0))
    gaps, speeds = np.concatenate(gaps), np.concatenate(speeds)
    if not len(speeds):
        return 0.0, 0.0
    pace = np.linalg.norm(speeds.mean(axis=1), axis=1)
    fast = pace >= np.quantile(pace, 1 - share)
    gaps, speeds = gaps[fast], speeds[fast]
    frames = -(gaps * speeds).sum() / max((speeds**2).sum(), 1e-9)
    return float(frames), float(np.sqrt((gaps**2).sum(axis=2).mean()))


def steadiness(raw):
    """Jitter and lag of no smoothing, the plain exponential average and ours: a table as a dict.

    raw: a track as `tidy` leaves it.

        steadiness(tidy(locate("movie.mp4")))["local fit"]
        # {'jitter_px': 0.05, 'lag_frames': 0.0, 'off_px': 0.3}
    """
    ways = {"none": lambda x: x, "exponential": exponential_average, "local fit": local_fit}
    table = {}
    for name, way in ways.items():
        track = smooth(raw, way)
        frames, off = lag(track, raw)
        table[name] = {"jitter_px": jitter(track), "lag_frames": frames, "off_px": off}
    return table


def flicker(made, truth, masks, numbers):
    """How a movie's face flickers: a dict of means over pairs of neighbouring frames.

    made, truth: crops along one track, so that head motion is mostly gone; numbers (n,): their
    frames, pairs that aren't neighbours don't count. "made" and "truth": how much a pixel of the
    face changes from frame to frame; "difference": how far the made change is from the true one. A
    swap that shakes has more of both than it should.
    """
    pairs = np.flatnonzero(np.diff(numbers) == 1)
    weights = (masks[pairs] * masks[pairs + 1])[..., None]
    change = {"made": made[pairs + 1] - made[pairs], "truth": truth[pairs + 1] - truth[pairs]}
    change["difference"] = change["made"] - change["truth"]
    total = 3 * weights.sum()
    return {name: float((np.abs(c) * weights).sum() / total) for name, c in change.items()}
