"""How good is a swap? Every figure of the course is computed here, against the true picture.

Pictures are float32 (n, size, size, 3) in [0, 1], masks float32 (n, size, size), 1 inside the face.
"Inside the face" is what lies in the convex hull of the true picture's landmarks: the part that is
pasted, and the figure that counts.
"""

import cv2
import numpy as np

POSE = ("yaw", "pitch", "roll")  # degrees
EXPRESSION = {  # blendshapes of MediaPipe, the mean of left and right where there are two
    "jaw_open": ("jawOpen",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pucker": ("mouthPucker",),
    "brow_inner": ("browInnerUp",),
}
SECTORS, QUIET = 24, 8  # parts of a mask's rim, and how many of them `seam` looks at
APART, RING = 3, 2  # px of a crop of 128: from ring to ring across the rim, and a ring's width
# The smallest jumps that count. 2.3 in Lab is a just noticeable difference: M. Mahy et al., "Evaluation
# of uniform color differences", Color Research and Application 19(2), 1994.
LEAST = {"colour": 2.3, "grain": 0.1}


def ssim_map(made, truth):
    """Structural similarity at each pixel, float64 (n, size, size): 1 is alike.

    As scikit-image computes it, the mean over the colours. Z. Wang et al., "Image quality assessment:
    from error visibility to structural similarity", IEEE TIP 13(4), 2004: Gaussian windows, standard
    deviation 1.5 px.
    """
    from skimage.metrics import structural_similarity

    return np.stack(
        [
            structural_similarity(
                np.asarray(x),
                y,
                channel_axis=-1,
                data_range=1.0,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                full=True,
            )[1].mean(axis=-1)
            for x, y in zip(made, truth, strict=True)
        ]
    )


def ssim(made, truth, masks=None):
    """Structural similarity of each picture, float64 (n,): 1 is alike.

    With masks, the mean over the face of `ssim_map`; the windows of pixels at its rim look outside.
    """
    each = ssim_map(made, truth)
    if masks is None:
        return each.mean(axis=(1, 2))
    return (each * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def absolute_error(made, truth, masks=None):
    """Mean absolute difference of each picture, float64 (n,): 0 is alike, 1 black for white."""
    error = np.abs(np.asarray(made, np.float64) - truth).mean(axis=-1)
    if masks is None:
        return error.mean(axis=(1, 2))
    return (error * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def fine_detail(images, masks):
    """Mean power of the fine detail inside the face of each picture, float64 (n,).

    The grey face under a soft window, as a spectrum: what is faster than half the Nyquist frequency,
    such as lashes, pores and the rim of the iris. R. Durall et al., "Watch your up-convolution", CVPR
    2020, show that decoders leave it out; SSIM hardly sees that.
    """
    grey = np.asarray(images, np.float64).mean(axis=-1)
    windows = np.stack([_window(mask) for mask in masks])
    inside = windows.sum(axis=(1, 2), keepdims=True)
    middle = (grey * windows).sum(axis=(1, 2), keepdims=True) / inside
    power = np.abs(np.fft.fft2((grey - middle) * windows)) ** 2
    down, across = (np.fft.fftfreq(n) for n in grey.shape[1:])
    fine = np.hypot(down[:, None], across) > 0.25  # cycles a pixel; the Nyquist frequency is 0.5
    return power[:, fine].sum(axis=1) / fine.size / (windows**2).sum(axis=(1, 2))


def _window(mask):
    """The mask (h, w) with an edge so soft that the edge is no fine detail itself."""
    sigma = 2.0  # px
    inner = cv2.erode(np.float32(mask), np.ones((3, 3), np.uint8), iterations=int(2 * sigma))
    return cv2.GaussianBlur(inner, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)


def sharpness(made, truth, masks):
    """Fine detail of each picture as a share of its truth's, float64 (n,): 1 is as sharp, less is softer."""
    return fine_detail(made, masks) / fine_detail(truth, masks)


def way(score, baseline):
    """How far a score has come from a baseline's to the truth's, which is 1: 0 at the one, 1 at the other.

    Near people are alike to begin with, so that the same SSIM is less of an achievement.
    """
    return (score - baseline) / (1 - baseline)


def against_truth(made, truth, masks):
    """The means of SSIM and absolute error, whole and inside the face: a dict."""
    return {
        "ssim_face": float(ssim(made, truth, masks).mean()),
        "ssim_whole": float(ssim(made, truth).mean()),
        "error_face": float(absolute_error(made, truth, masks).mean()),
        "error_whole": float(absolute_error(made, truth).mean()),
    }


def mean_picture(train, count):
    """The mean of the training pictures, `count` times: a baseline that knows nothing."""
    return np.repeat(train.mean(axis=0, keepdims=True), count, axis=0)


def nearest_pictures(train, sources):
    """For each source the training picture nearest to it in pixels: a baseline without a code."""
    from sklearn.neighbors import NearestNeighbors

    flat = NearestNeighbors(n_neighbors=1).fit(train.reshape(len(train), -1))
    return train[flat.kneighbors(sources.reshape(len(sources), -1))[1][:, 0]]


def pose_expression(images):
    """Pose and expression of each picture, by MediaPipe: {name: (n,)}, NaN where no face is found.

    The names are those of `POSE` (degrees) and of `EXPRESSION` (0 to 1).
    """
    from swaplib.face.landmarks import Landmarker
    from swaplib.files.picture import as_bytes, resized

    rows = []
    with Landmarker() as find:
        for image in as_bytes(images):
            faces = find(resized(image, 256))
            rows.append(
                [
                    *(getattr(faces[0], name) for name in POSE),
                    *(np.mean([faces[0].blendshapes[s] for s in shapes]) for shapes in EXPRESSION.values()),
                ]
                if faces
                else [np.nan] * (len(POSE) + len(EXPRESSION))
            )
    return dict(zip((*POSE, *EXPRESSION), np.array(rows, dtype=float).T, strict=True))


def mirrored_pose_expression(images):
    """`pose_expression` of the mirrored pictures, with left and right put back."""
    read = pose_expression(np.asarray(images)[:, :, ::-1])
    return {name: -values if name in ("yaw", "roll") else values for name, values in read.items()}


def readings(images):
    """Pose and expression, each picture read twice: {name: (n,)}, see `pose_expression`.

    MediaPipe's reading of a picture and of its mirrored self differ, by a degree or so. The mean of
    both errs less than either, and their difference is the ceiling of every comparison of readings.
    """
    return mean_reading(pose_expression(images), mirrored_pose_expression(images))


def mean_reading(one, other):
    """The mean of two readings of the same pictures; where only one has found the face, that one."""
    return {
        name: np.where(np.isnan(x), other[name], np.where(np.isnan(other[name]), x, (x + other[name]) / 2))
        for name, x in one.items()
    }


def pose_expression_kept(made, truth):
    """How well pose and expression are kept: a dict of errors and correlations.

    made, truth: what `pose_expression` says of both. For an angle "yaw_error", the median absolute
    difference in degrees; for an expression its "_error", the mean absolute difference, and its "_r",
    the correlation. "found": share of the made pictures in which a face is found where there is
    a true one; only those count. None stands for what can't be said, such as the correlation with
    a face that never changes.
    """
    have = ~np.isnan(truth["yaw"])
    both = have & ~np.isnan(made["yaw"])
    out = {"found": float(both.sum() / max(have.sum(), 1))}
    for name in truth:
        x, y = made[name][both], truth[name][both]
        typical = np.median if name in POSE else np.mean
        out[f"{name}_error"] = float(typical(np.abs(x - y))) if len(x) else None
        if name in EXPRESSION:
            varied = len(x) > 2 and x.std() > 1e-6 and y.std() > 1e-6
            out[f"{name}_r"] = float(np.corrcoef(x, y)[0, 1]) if varied else None
    return out


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


def table(rows, columns=None):
    """Figures as text, aligned: {row: {column: number}} -> str. Missing ones are left empty."""
    columns = columns or list(dict.fromkeys(c for row in rows.values() for c in row))
    cells = [["", *columns]]
    for name, row in rows.items():
        cells.append([name, *("" if row.get(c) is None else f"{row[c]:.3f}" for c in columns)])
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
