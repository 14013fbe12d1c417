"""How visible is the rim of a pasted face? Its jumps of colour and grain, against those of true pictures."""

import cv2
import numpy as np

SECTORS, QUIET = 24, 8  # parts of a mask's rim, and how many of them `seam` looks at
APART, RING = 3, 2  # px of a crop of 128: from ring to ring across the rim, and a ring's width
# The smallest jumps that count. 2.3 in Lab is a just noticeable difference: M. Mahy et al., "Evaluation
# of uniform color differences", Color Research and Application 19(2), 1994.
LEAST = {"colour": 2.3, "grain": 0.1}


def seam(made, real, masks):
    """How visible the rim of a paste is: {"colour": float64 (n,), "grain": float64 (n,)}, 1 is not at all.

    made: the pasted pictures. real: a list of true ones, each as made: the truth, the pictures
    before the paste, or both. masks: what was pasted; the rim lies where they pass 1/2.

    On either side of the rim is a ring, in `SECTORS` parts. A part's jump is the difference between
    both sides' means: of colour, in Lab, and of grain, the strength of the lightness's fine detail. The
    jump of a true picture at the same place is what the real edges make, jaw and hairline. A seam hides
    there; it shows in the `QUIET` parts in which the true pictures jump the least. The figure is the
    jump there over the true pictures'. A smoother rim than the true one counts as 1.
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
    """(number of the sector at each pixel, bool of the inner ring, bool of the outer), (size, size) each."""
    inside = np.uint8(mask > 0.5)
    scale = len(mask) / 128
    depth = [cv2.distanceTransform(part, cv2.DIST_L2, 5) for part in (inside, 1 - inside)]
    y, x = np.indices(mask.shape) - np.argwhere(inside).mean(axis=0)[:, None, None]
    sectors = np.int32((np.arctan2(y, x) / (2 * np.pi) + 0.5) * SECTORS) % SECTORS
    low, high = (APART - RING) / 2 * scale, (APART + RING) / 2 * scale
    return sectors, *((low < d - 0.5) & (d - 0.5 <= high) for d in depth)


def _colour_and_grain(picture):
    """Lab, and the size of the lightness's fine detail: {name: (size, size, channels)}."""
    lab = cv2.cvtColor(np.float32(picture), cv2.COLOR_RGB2LAB)
    detail = lab[..., :1] - cv2.GaussianBlur(lab[..., 0], (0, 0), len(lab) / 128)[..., None]
    return {"colour": lab, "grain": np.abs(detail)}


def _jumps(layer, sectors, inner, outer):
    """Distance of the means of both rings, in each sector that has both."""
    means, counts = [], []
    for ring in (inner, outer):
        counts.append(np.bincount(sectors[ring], minlength=SECTORS))
        sums = [np.bincount(sectors[ring], channel[ring], SECTORS) for channel in np.moveaxis(layer, 2, 0)]
        means.append(np.array(sums) / np.maximum(counts[-1], 1))
    return np.linalg.norm(means[0] - means[1], axis=0)[np.min(counts, axis=0) > 0]


def median_and_worst(values):
    """(median, mean of the worst tenth, the highest) of figures (n,), as floats."""
    values = np.sort(values)
    return float(np.median(values)), float(values[-max(1, len(values) // 10) :].mean())
