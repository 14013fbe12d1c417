"""Pose and expression of the faces in pictures, as MediaPipe reads them, and how well a swap keeps them."""

import numpy as np

POSE = ("yaw", "pitch", "roll")  # degrees
EXPRESSION = {  # blendshapes of MediaPipe, the mean of left and right where there are two
    "jaw_open": ("jawOpen",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pucker": ("mouthPucker",),
    "brow_inner": ("browInnerUp",),
}


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
