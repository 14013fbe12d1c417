"""Walls to stand before, drawn out of focus, and the step from linear light to a picture."""

import cv2
import numpy as np


def wall(look, size, seed):
    """A blurred room in the colours of a look: linear RGB (h, w, 3)."""
    width, height = size
    rng = np.random.default_rng(seed)
    scale = 1.0 if look.get("name") is None else float(np.exp(rng.normal(0, 0.12)))
    colour = np.asarray(look["wall"]) * scale * np.exp(rng.normal(0, 0.06, 3))
    x = np.linspace(-1, 1, width)[None, :, None]
    y = np.linspace(-1, 1, height)[:, None, None]
    slope = rng.normal(0, 0.18, 2)
    picture = colour * (1 + slope[0] * x + slope[1] * y)
    picture = np.ascontiguousarray(picture, dtype=np.float32)
    for _ in range(int(rng.integers(2, 7))):  # shelves, frames, a door: things of another tone
        corner = rng.uniform(-0.2, 1.0, 2) * size
        extent = rng.uniform(0.08, 0.5, 2) * size
        tone = colour * np.exp(rng.normal(0, 0.35)) * np.exp(rng.normal(0, 0.12, 3))
        a, b = corner.astype(int), (corner + extent).astype(int)
        cv2.rectangle(picture, tuple(map(int, a)), tuple(map(int, b)), tone.tolist(), -1)
    blur = float(rng.uniform(0.02, 0.05)) * height
    return np.clip(cv2.GaussianBlur(picture, (0, 0), blur), 0, 1) ** 2.2


def develop(render, background):
    """Linear RGBA over a linear background -> uint8 sRGB (h, w, 3), with the grain smoothed.

    The bilateral filter takes out the path tracer's grain at a small cost in detail: at 24 samples
    a face is nearer to its 600-sample picture with it than without.
    """
    rgb = render[..., :3] + (1 - render[..., 3:].clip(0, 1)) * background
    rgb = np.clip(rgb, 0, 1)
    srgb = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * np.maximum(rgb, 1e-9) ** (1 / 2.4) - 0.055)
    picture = np.round(255 * srgb).astype(np.uint8)
    return cv2.bilateralFilter(picture, 5, 14, 1.6)
