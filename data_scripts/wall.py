"""Blurred walls for the background, and the conversion from linear light to a picture."""

import cv2
import numpy as np


def wall(look, size, seed):
    """Draw an out-of-focus room in the colours of a look: linear RGB (h, w, 3).

    size is (width, height) in pixels; the same seed gives the same room at any size.
    """
    width, height = size
    rng = np.random.default_rng(seed)
    colour = np.asarray(look["wall"]) ** 2.2 * np.exp(rng.normal(0, 0.15) + rng.normal(0, 0.04, 3))
    x = np.linspace(-1, 1, width)[None, :, None]
    y = np.linspace(-1, 1, height)[:, None, None]
    slope = rng.normal(0, 0.22, 2)
    lit = np.exp(slope[0] * x + slope[1] * y) * (1 - 0.12 * (x**2 + y**2))
    picture = np.ascontiguousarray(colour * lit, dtype=np.float32)
    for _ in range(int(rng.integers(3, 8))):  # shelves, frames, a door: things in other tones
        corner = rng.uniform(-0.2, 1.0, 2) * size
        extent = rng.uniform(0.08, 0.5, 2) * size
        tone = colour * np.exp(rng.normal(0, 0.4)) * np.exp(rng.normal(0, 0.10, 3))
        a, b = corner.astype(int), (corner + extent).astype(int)
        cv2.rectangle(picture, tuple(map(int, a)), tuple(map(int, b)), tone.tolist(), -1)
    blur = float(rng.uniform(0.025, 0.06)) * height
    return np.clip(cv2.GaussianBlur(picture, (0, 0), blur), 0, 1)


def develop(light, exposure=1.0):
    """Convert linear RGB (h, w, 3) to uint8 sRGB.

    exposure: gain of the light, as in a camera. Highlights roll off softly, as on film, instead of
    clipping to white.
    """
    rgb = np.maximum(exposure * light, 0)
    knee = 0.55
    over = np.maximum(rgb - knee, 0)
    rgb = np.where(rgb > knee, knee + (1 - knee) * (1 - np.exp(-over / (1 - knee))), rgb)
    srgb = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * np.maximum(rgb, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(255 * srgb.clip(0, 1)).astype(np.uint8)
