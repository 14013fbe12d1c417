"""Random acting for a face: lively or calm factors, and paths from one pose to the next."""

import numpy as np
from people import FACTORS


def sometimes(rng, share, a=1.0, b=1.0):
    """Return 0 most of the time, otherwise an amount in [0, 1] drawn from Beta(a, b)."""
    return float(rng.beta(a, b)) if rng.random() < share else 0.0


def draw_factors(rng, pose=1.0):
    """Draw a pose and an expression. Opposites (pucker and smile, wide and blink) don't occur together."""
    f = dict.fromkeys(FACTORS, 0.0)
    for name in ("yaw", "pitch", "roll", "gaze_yaw", "gaze_pitch"):
        scale = pose if name in ("yaw", "pitch", "roll") else 1.0
        f[name] = float(scale * FACTORS[name][1] * np.clip(rng.normal(0, 0.5), -1, 1))
    mouth = rng.choice(["smile", "pucker", "retraction", "frown", "rest"], p=[0.35, 0.18, 0.14, 0.11, 0.22])
    if mouth != "rest":
        f[mouth] = float(rng.beta(1.3, 1.0))
    f["mouth_open"] = sometimes(rng, 0.6, 1.0, 1.3)
    eyes = rng.choice(["blink", "squint", "wide", "rest"], p=[0.28, 0.14, 0.14, 0.44])
    if eyes == "blink":
        f["blink"] = 1.0 if rng.random() < 0.5 else float(rng.random())
    elif eyes != "rest":
        f[eyes] = float(rng.random())
    brows = rng.choice(
        ["brow_inner", "brow_outer", "brow_down", "both", "rest"], p=[0.15, 0.12, 0.18, 0.15, 0.4]
    )
    for name in ("brow_inner", "brow_outer") if brows == "both" else (brows,):
        if name != "rest":
            f[name] = float(rng.random())
    return f


def through(poses, at):
    """Interpolate between poses, lists of {name: value}: `at` 1.5 is halfway from the second to the third."""
    k, u = divmod(at, 1)
    before, after = poses[int(k)], poses[int(k) + 1]
    return {name: float(before[name] + (after[name] - before[name]) * u * u * (3 - 2 * u)) for name in before}


def calm_factors(rng):
    """Draw the factors of someone who listens or talks quietly."""
    f = dict.fromkeys(FACTORS, 0.0)
    for name, spread in {"yaw": 9, "pitch": 4, "roll": 3.5, "gaze_yaw": 5, "gaze_pitch": 3}.items():
        f[name] = float(spread * np.clip(rng.normal(), -2, 2))
    f["smile"] = 0.6 * sometimes(rng, 0.5, 1.2, 2.0)
    f["mouth_open"] = 0.3 * sometimes(rng, 0.4)
    f["squint"] = 0.3 * sometimes(rng, 0.2)
    for name in ("brow_inner", "brow_outer", "brow_down"):
        f[name] = 0.4 * sometimes(rng, 0.2)
    return f


def calm_poses(rng, frames):
    """Draw three similar poses, and the frame of a blink (or None)."""
    start = calm_factors(rng)
    poses = [start]
    for _ in range(2):
        other = calm_factors(rng)
        poses.append({name: 0.7 * start[name] + 0.3 * other[name] for name in start})
    if rng.random() < 0.5:  # a word or two
        poses[1]["mouth_open"], poses[2]["pucker"] = float(rng.uniform(0.1, 0.4)), float(rng.uniform(0, 0.4))
    return poses, (int(rng.integers(1, frames - 1)) if rng.random() < 0.35 else None)
