"""Degradations that pictures suffer when shared, which a detector must withstand: compression, blur, scaling.

Each function takes and returns crops, float32 (n, size, size, 3) in [0, 1].
"""

import io
from collections.abc import Sequence
from fractions import Fraction
from platform import machine

import av
import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.files import colour
from swaplib.files.picture import as_bytes, as_floats


def jpeg(images: np.ndarray, quality: float) -> np.ndarray:
    """Compress as JPEG. quality: 1 to 100, as in libjpeg."""
    out = []
    for image in as_bytes(images):
        data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
        out.append(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
    return as_floats(np.stack(out))


# x264 makes another file of the same frames on a machine with more cores, as it then takes more threads, and
# with AVX-512 each time. What is named here each processor has on which TensorFlow runs.
SAME = {"threads": "1"}
if machine() in ("x86_64", "AMD64"):
    SAME["x264-params"] = "asm=MMX2,SSE2,SSE2Fast,SSSE3,SSE4.2"


def h264(images: np.ndarray, crf: float, fps: Fraction = Fraction(25, 2)) -> np.ndarray:
    """Compress as one H.264 clip: the pictures must be consecutive frames.

    crf: constant rate factor of x264, 0 (lossless except for halved colour resolution) to 51.
    FaceForensics++ calls 23 "high quality" and 40 "low quality". Raises SwaplibError for any other crf,
    and if the input isn't a stack of pictures.
    """
    if not 0 <= crf <= 51:
        raise SwaplibError(f"H.264's crf must be 0 to 51, not {crf}.")
    if np.ndim(images) != 4 or np.shape(images)[3] != 3 or 0 in np.shape(images):
        raise SwaplibError(f"H.264 needs pictures (n, h, w, 3), not {np.shape(images)}.")
    height, width = images.shape[1:3]
    return as_floats(np.stack([frame[:height, :width] for frame in through_h264(as_bytes(images), crf, fps)]))


def through_h264(frames: Sequence[np.ndarray], crf: float, fps: Fraction) -> list[np.ndarray]:
    """Compress frames, uint8 (h, w, 3) each, as an H.264 movie; odd sizes are padded to even ones."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.height, stream.width = colour.padded(frames[0]).shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(int(crf)), "preset": "medium", **SAME}
        colour.tag(stream.codec_context)
        for frame in frames:
            out.mux(stream.encode(colour.to_yuv(colour.padded(frame))))
        out.mux(stream.encode())
    memory.seek(0)
    with av.open(memory) as movie:
        return [colour.to_rgb(frame) for frame in movie.decode(video=0)]


def shrunk(images: np.ndarray, times: float) -> np.ndarray:
    """Downscale by a factor, then scale back to the original size."""
    side = images.shape[1]
    size = max(1, round(side / times))
    return np.stack(
        [
            cv2.resize(
                cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA),
                (side, side),
                interpolation=cv2.INTER_CUBIC,
            ).clip(0, 1)
            for image in images
        ]
    )


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """Blur with a Gaussian of standard deviation `sigma` pixels; 0 changes nothing."""
    if not sigma:
        return images
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])
