"""Turn one picture of a face into many: other poses and lights, talking, occluded, on a worse camera.

`many` has one crop per person. A person's identity must survive all of these changes, so the network that
learns it (`swaplib.networks.embedding`) is trained on such views.
"""

import cv2
import numpy as np

SIZE = 64  # px: size of a view
Y, X = (np.mgrid[:SIZE, :SIZE].astype(np.float32) + 0.5) / SIZE
# The head as an ellipsoid with a nose: each pixel's nearness to the camera, and its surface normal.
ACROSS, DOWN = (X - 0.5) / 0.35, (Y - 0.525) / 0.45
NEAR = np.sqrt(np.clip(1 - ACROSS**2 - DOWN**2, 0, 1))
DEPTH = cv2.GaussianBlur(NEAR, (0, 0), 2.4) + 0.35 * np.exp(
    -(((X - 0.5) / 0.0625) ** 2) - ((Y - 0.575) / 0.1) ** 2
)
NORMALS = np.stack([ACROSS, DOWN, NEAR], axis=-1)
NORMALS /= np.linalg.norm(NORMALS, axis=-1, keepdims=True) + 1e-6
# Parts that move by themselves, and how far for an amount of 1
JAW = np.clip((Y - 0.675) / 0.25, 0, 1) * (Y - 0.675)
MOUTH = np.exp(-(((Y - 0.7) / 0.09) ** 2) - ((X - 0.5) / 0.19) ** 2) * np.tanh((X - 0.5) / 0.1)
BROWS = np.exp(-(((Y - 0.36) / 0.05) ** 2))


def view(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Create another view of a crop uint8 (n, n, 3): uint8 (64, 64, 3)."""
    picture = cv2.remap(
        crop, _moved(rng) * len(crop) - 0.5, None, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT_101
    )
    if rng.random() < 0.4:  # small in the frame
        small = int(rng.integers(14, 56))
        picture = cv2.resize(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), (SIZE, SIZE))
    picture = picture.astype(np.float32) / 255
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.5))
    picture = picture ** np.exp(rng.normal(0, 0.15)) * _light(rng)
    if rng.random() < 0.12:
        picture = np.repeat(picture.mean(axis=-1, keepdims=True), 3, axis=-1)
    if rng.random() < 0.3:  # an occluder
        (width, height) = rng.integers(SIZE // 8, SIZE // 2, 2)
        x, y = rng.integers(0, SIZE - width), rng.integers(0, SIZE - height)
        picture[y : y + height, x : x + width] = rng.uniform(0, 1, 3)
    picture = picture + rng.uniform(0, 0.04) * rng.normal(0, 1, picture.shape)
    return np.uint8(np.rint(255 * np.clip(picture, 0, 1)))


def _moved(rng):
    """Return where each pixel of the view lies in the crop, float32 (64, 64, 2), in fractions of it."""
    yaw, pitch = np.radians(rng.uniform(-20, 20)), np.radians(rng.uniform(-14, 14))
    u = X - 0.35 * np.sin(yaw) * DEPTH - rng.uniform(-0.03, 0.03) * MOUTH
    v = Y - 0.37 * np.sin(pitch) * DEPTH - rng.uniform(-0.1, 0.14) * JAW - rng.uniform(-0.012, 0.012) * BROWS
    bent = cv2.resize(rng.normal(0, 0.009, (5, 5, 2)).astype(np.float32), (SIZE, SIZE))
    at = np.stack([u, v], axis=-1) + bent - 0.5
    angle, scale = np.radians(rng.normal(0, 4)), np.exp(rng.normal(0, 0.05))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    at = at @ turn.T + 0.5 + rng.normal(0, 0.015, 2)
    return np.ascontiguousarray(at, np.float32)


def _light(rng):
    """Return a gain for each pixel, (64, 64, 3): a lamp from a random direction, and the room."""
    lamp = rng.normal(0, 1, 3)
    lamp[2] = abs(lamp[2]) + 0.3
    lit = np.maximum(NORMALS @ (lamp / np.linalg.norm(lamp)), 0)[..., None]
    room = rng.uniform(0.3, 1.5)
    gain = (room + lit) / (room + 0.6) * np.exp(NORMALS[..., :2] @ rng.normal(0, 0.25, 2))[..., None]
    tints = np.exp(rng.normal(0, 0.07, (2, 3)))
    return gain * (1 + (tints[0] - 1) * lit) * tints[1] * np.exp(rng.normal(0, 0.25))
