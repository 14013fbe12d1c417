"""Visibility of a pasted face's edge: jumps in colour and grain, compared with those of true pictures."""

from collections.abc import Sequence

import cv2
import numpy as np

SECTORS, QUIET = 24, 8  # sectors of a mask's edge, and how many of them `seam` uses
APART, RING = 3, 2  # px in a crop of 128: the distance between the two rings, and their width
# The smallest jumps that count. 2.3 in Lab is a just noticeable difference: M. Mahy et al., "Evaluation
# of uniform color differences", Color Research and Application 19(2), 1994.
LEAST = {"colour": 2.3, "grain": 0.1}


def seam(
    made: np.ndarray, real: Sequence[np.ndarray], masks: np.ndarray | Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    """Measure how visible a paste's edge is: {"colour": float64 (n,), "grain": float64 (n,)}, 1 is invisible.

    made: the pasted pictures. real: a list of true ones, each shaped like made: the ground truth, the
    pictures before pasting, or both. masks: the pasted area; its edge is where they cross 1/2.

    On either side of the edge is a ring, divided into `SECTORS` sectors. A sector's jump is the difference
    between the means of both rings: in colour (Lab), and in grain, the strength of the lightness's fine
    detail. A true picture's jump at the same place comes from real edges such as the jaw and the hairline,
    where a seam is hidden. It shows in the `QUIET` sectors with the smallest jumps in the true pictures. The
    score is the jump there divided by the true pictures' jump. An edge smoother than the true one scores 1.
    """
    out = {name: np.empty(len(made)) for name in LEAST}
    for k, mask in enumerate(masks):
        rings = _rings(mask)
        layers = [_colour_and_grain(pictures[k]) for pictures in (made, *real)]
        for name, least in LEAST.items():
            ours, *theirs = (_jumps(layer[name], *rings) for layer in layers)
            true = np.max(theirs, axis=0)
            quiet = np.argsort(true, kind="stable")[:QUIET]
            jump = np.maximum(ours, true)[quiet].mean()
            out[name][k] = max(jump, least) / max(true[quiet].mean(), least)
    return out


def _rings(mask):
    """Return (the sector of each pixel, bool of the inner ring, bool of the outer), (size, size) each."""
    inside = np.uint8(mask > 0.5)
    scale = len(mask) / 128
    depth = [cv2.distanceTransform(part, cv2.DIST_L2, 5) for part in (inside, 1 - inside)]
    y, x = np.indices(mask.shape) - np.argwhere(inside).mean(axis=0)[:, None, None]
    sectors = np.int32((np.arctan2(y, x) / (2 * np.pi) + 0.5) * SECTORS) % SECTORS
    low, high = (APART - RING) / 2 * scale, (APART + RING) / 2 * scale
    return sectors, *((low < d - 0.5) & (d - 0.5 <= high) for d in depth)


def _colour_and_grain(picture):
    """Return Lab colours, and the strength of the lightness's fine detail: {name: (size, size, channels)}."""
    lab = cv2.cvtColor(np.float32(picture), cv2.COLOR_RGB2LAB)
    detail = lab[..., :1] - cv2.GaussianBlur(lab[..., 0], (0, 0), len(lab) / 128)[..., None]
    return {"colour": lab, "grain": np.abs(detail)}


def _jumps(layer, sectors, inner, outer):
    """Return the distance between the means of both rings, for each sector that has both."""
    means, counts = [], []
    for ring in (inner, outer):
        counts.append(np.bincount(sectors[ring], minlength=SECTORS))
        sums = [np.bincount(sectors[ring], channel[ring], SECTORS) for channel in np.moveaxis(layer, 2, 0)]
        means.append(np.array(sums) / np.maximum(counts[-1], 1))
    return np.linalg.norm(means[0] - means[1], axis=0)[np.min(counts, axis=0) > 0]


def median_and_worst(values: np.ndarray) -> tuple[float, float]:
    """Return (median, mean of the highest tenth) of scores (n,), as floats."""
    values = np.sort(values)
    return float(np.median(values)), float(values[-max(1, len(values) // 10) :].mean())
