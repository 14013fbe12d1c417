"""Pose and expression of faces, as measured by MediaPipe, and how well a swap preserves them."""

import numpy as np

from swaplib.crops.readings import EXPRESSION, POSE, of_face


def pose_expression(images: np.ndarray) -> dict[str, np.ndarray]:
    """Measure pose and expression in each picture with MediaPipe: {name: (n,)}, NaN if no face is found.

    The names are those in `POSE` (degrees) and in `EXPRESSION` (0 to 1).
    """
    from swaplib.face.landmarks import Landmarker
    from swaplib.files.picture import as_bytes, resized

    rows = []
    with Landmarker() as find:
        for image in as_bytes(images):
            faces = find(resized(image, 256))
            row = of_face(faces[0]) if faces else {}
            rows.append([row.get(name, np.nan) for name in (*POSE, *EXPRESSION)])
    return dict(zip((*POSE, *EXPRESSION), np.array(rows, dtype=float).T, strict=True))


def mirrored_pose_expression(images: np.ndarray) -> dict[str, np.ndarray]:
    """Return `pose_expression` of the mirrored pictures, with left and right swapped back."""
    read = pose_expression(np.asarray(images)[:, :, ::-1])
    return {name: -values if name in ("yaw", "roll") else values for name, values in read.items()}


def readings(images: np.ndarray) -> dict[str, np.ndarray]:
    """Measure pose and expression, reading each picture twice: {name: (n,)}, see `pose_expression`.

    MediaPipe's readings of a picture and of its mirror image differ, by a degree or so. Their mean has a
    smaller error than either, and their difference is the ceiling for every comparison of readings.
    """
    return mean_reading(pose_expression(images), mirrored_pose_expression(images))


def mean_reading(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Average two readings of the same pictures; if only one of them found the face, use that one."""
    return {
        name: np.where(np.isnan(x), other[name], np.where(np.isnan(other[name]), x, (x + other[name]) / 2))
        for name, x in one.items()
    }


def pose_expression_kept(
    made: dict[str, np.ndarray], truth: dict[str, np.ndarray]
) -> dict[str, float | None]:
    """Compare pose and expression with the truth: a dict of errors and correlations.

    made, truth: results of `pose_expression`. Each angle gets a "yaw_error" (and so on), the median absolute
    difference in degrees; each expression gets an "_error", the mean absolute difference, and an "_r",
    the correlation. "found" is the share of the made pictures in which a face is found, among those with
    a face in the true picture; only these count. None stands for undefined values, such as the correlation
    with a constant expression.
    """
    have = ~np.isnan(truth["yaw"])
    both = have & ~np.isnan(made["yaw"])
    out: dict[str, float | None] = {"found": float(both.sum() / max(have.sum(), 1))}
    for name in truth:
        x, y = made[name][both], truth[name][both]
        typical = np.median if name in POSE else np.mean
        out[f"{name}_error"] = float(typical(np.abs(x - y))) if len(x) else None
        if name in EXPRESSION:
            varied = len(x) > 2 and x.std() > 1e-6 and y.std() > 1e-6
            out[f"{name}_r"] = float(np.corrcoef(x, y)[0, 1]) if varied else None
    return out
