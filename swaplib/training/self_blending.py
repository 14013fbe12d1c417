"""Self-blended images: fakes made from one real picture, to train a detector without any swap.

K. Shiohara and T. Yamasaki, "Detecting deepfakes with self-blended images", CVPR 2022. A copy of a picture
is changed slightly, in colour, sharpness, size or position, and blended into the original inside the face.
The result has the trace that every swap has and no real picture: an edge between two pictures that don't
quite match. It lacks the traces specific to one swapping method, so the detector can't memorise them.
"""

from collections.abc import Collection

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.files.picture import as_bytes
from swaplib.training import camera

TRACES = ("moved", "recoloured", "resampled", "regrained")  # what a changed copy may differ in
SHIFT = np.array((5, 1.5, 1.5))  # of a recoloured copy in Lab, standard deviation
MOSTLY = (0.5, 1.0, 1.0, 1.0)  # how much of it in `pairs_of_blends`


def recoloured(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Change lightness, contrast and, much less, colour balance at random, as between two people alike in
    skin."""
    lab = cv2.cvtColor(np.float32(image), cv2.COLOR_RGB2LAB)
    shift, contrast = np.clip(rng.normal(size=3), -2, 2) * SHIFT, np.exp(rng.normal(0, 0.1))
    middle = lab[..., 0].mean()
    lab[..., 0] = middle + (lab[..., 0] - middle) * contrast
    return np.clip(cv2.cvtColor(np.float32(lab + shift), cv2.COLOR_LAB2RGB), 0, 1)


def resampled(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Blur by downscaling and upscaling, or sharpen."""
    if rng.random() < 0.5:
        size = len(image)
        small = max(8, round(size / rng.uniform(1, 4)))
        how = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[rng.integers(2)]
        return cv2.resize(
            cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA), (size, size), interpolation=how
        )
    soft = cv2.GaussianBlur(image, (0, 0), 1)
    return np.clip(image + rng.uniform(0.2, 0.5) * (image - soft), 0, 1)


def deformed(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Distort the face's mask at random, shrink or enlarge it, and soften its edge."""
    size = len(mask)
    coarse = rng.normal(0, 0.02 * size, (4, 4, 2)).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    bent = cv2.remap(mask, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR)
    # Two blurs with a threshold between them erode or dilate by a random amount, as in the paper.
    first = cv2.GaussianBlur(bent, (0, 0), rng.uniform(0.01, 0.05) * size)
    cut = (first > rng.uniform(0.3, 0.9)).astype(np.float32)
    return cv2.GaussianBlur(cut, (0, 0), rng.uniform(0.002, 0.04) * size)


def pairs_of_blends(
    images: np.ndarray,
    masks: np.ndarray,
    traces: Collection[str] = TRACES,
    seed: int = 0,
    wide: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Make a self-blended fake of each real picture, ready for training: (real, fake), uint8 like images.

    images: float32 (n, size, size, 3) in [0, 1]. masks: float32 (n, size, size). Each pair is filmed by a
    camera of its own and goes through one codec, both alike. A fake has at least one of the traces: "moved"
    by whole pixels and "recoloured" need no resampling, "resampled" blurs or sharpens the copy, "regrained"
    takes the camera's noise from it. wide: as `camera.drawn` has it, and both then softer or sharper, each by
    itself. Raises SwaplibError for a trace that isn't in `TRACES`.
    """
    if unknown := sorted(set(traces) - set(TRACES)):
        raise SwaplibError(f"trace {unknown[0]!r} is not offered: choose some of {', '.join(TRACES)}")
    out = np.empty((2, *images.shape), np.uint8)
    for k, (image, mask) in enumerate(zip(images, masks, strict=True)):
        rng = np.random.default_rng([seed, k])
        chances = rng.random(len(TRACES))  # the same number of draws for any selection
        one_at_least = rng.choice(sorted(traces))
        some = [t for t, chance in zip(TRACES, chances, strict=True) if t in traces and chance < 0.5]
        made = _filmed_and_blended(rng, image, mask, some or [one_at_least], wide)
        codec = int(rng.integers(2**31))
        for part, one in enumerate(made):
            one = camera.refocused(one, rng) if wide else one
            out[part, k] = as_bytes(camera.delivered(one[None], np.random.default_rng(codec), wide))[0]
    return out[0], out[1]


def _filmed_and_blended(rng, image, mask, traces, wide):
    """(the picture as a camera took it, the same with a changed copy in it)."""
    one = camera.drawn(rng, wide)
    target, copy = one.shoot([image, image], rng)
    if "regrained" in traces:
        copy = camera.Camera(one.blur, 0, one.sharpen).shoot([image], rng)[0]
    if "recoloured" in traces:
        copy = recoloured(rng, copy)
    if "resampled" in traces:
        copy = resampled(rng, copy)
    if "moved" in traces:
        reach = max(1, round(0.03 * len(image)))
        copy = _moved(copy, *rng.integers(-reach, reach + 1, 2))
    blend = (deformed(rng, mask) * rng.choice(MOSTLY))[..., None]
    return target, np.clip(target * (1 - blend) + copy * blend, 0, 1)


def _moved(image, right, down):
    """Shift a picture by whole pixels, reflecting it at the edges."""
    size, reach = len(image), max(abs(right), abs(down))
    wide = cv2.copyMakeBorder(image, *[int(reach)] * 4, cv2.BORDER_REFLECT_101)
    return wide[reach - down : reach - down + size, reach - right : reach - right + size]
