"""Measurements on each crop: head pose, expression, sharpness and light."""

import cv2
import numpy as np

from swaplib.face.landmarks import Face, Landmarker
from swaplib.face.mask import hull_mask
from swaplib.files.picture import as_bytes, resized

POSE = ("yaw", "pitch", "roll")  # degrees
EXPRESSION = {  # MediaPipe's blendshapes, averaged over left and right where there are two
    "jaw_open": ("jawOpen",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pucker": ("mouthPucker",),
    "brow_inner": ("browInnerUp",),
}
TYPICAL = 16  # detail / contrast of the shipped people, times the crop's side in pixels (15 to 17)
LOOKS = ("sharpness", "brightness", "light_side")


def of_face(face: Face) -> dict[str, float]:
    """Return pose (degrees) and expression (0 to 1) of a face by the names in `POSE` and `EXPRESSION`."""
    pose = {name: getattr(face, name) for name in POSE}
    return pose | {name: float(np.mean([face.blendshapes[s] for s in of])) for name, of in EXPRESSION.items()}


def of_crop(crop: np.ndarray, hull: np.ndarray) -> dict[str, float]:
    """Measure sharpness and light inside the face of one crop, by the names in `LOOKS`.

    crop: uint8 (size, size, 3). hull: (k, 2) in fractions of the crop.
    sharpness: contrast of detail one or two pixels wide, divided by the face's total contrast so that dim
    light doesn't count as blur; about 1 for the shipped people at every size.
    brightness: mean grey, 0 to 1.
    light_side: how much brighter the face is in the picture's right half than in its left half, divided by
    the overall brightness: -2 to 2, and 0 in even light.
    """
    size = len(crop)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    face = hull_mask(hull * size - 0.5, size) > 0
    if not face.any():
        return dict.fromkeys(LOOKS, 0.0)
    detail = (grey - cv2.GaussianBlur(grey, (0, 0), 1.0))[face]
    values, columns = grey[face], np.nonzero(face)[1]
    right = columns > np.median(columns)
    mean = float(values.mean())
    halves = float(values[right].mean() - values[~right].mean()) if right.any() else 0.0
    return {
        "sharpness": float(detail.std() / max(values.std(), 0.02)) * size / TYPICAL,
        "brightness": mean,
        "light_side": halves / max(mean, 0.02),
    }


def read(images: np.ndarray, hulls: np.ndarray) -> dict[str, np.ndarray]:
    """Measure crops (n, size, size, 3), float in [0, 1]: {name: float64 (n,)}.

    Pose and expression are NaN if MediaPipe finds no face in the crop.
    """
    rows = []
    with Landmarker() as find:
        for image, hull in zip(images, hulls, strict=True):
            faces = find(as_bytes(resized(np.asarray(image), 256)))
            pose = of_face(faces[0]) if faces else dict.fromkeys((*POSE, *EXPRESSION), np.nan)
            rows.append(of_crop(as_bytes(image), hull) | pose)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
