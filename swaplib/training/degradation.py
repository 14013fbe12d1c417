"""What happens to pictures on their way: compression, fewer pixels, blur. A detector has to bear it.

Each takes and returns crops, float32 (n, size, size, 3) in [0, 1].
"""

import io
from fractions import Fraction

import av
import cv2
import numpy as np

from swaplib.files.picture import as_bytes, as_floats


def jpeg(images, quality):
    """Through a JPEG file. quality: 1 to 100, as libjpeg counts."""
    out = []
    for image in as_bytes(images):
        data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
        out.append(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
    return as_floats(np.stack(out))


def h264(images, crf, fps=Fraction(25, 2)):
    """Through an H.264 movie, as one clip: the pictures must be frames in order.

    crf: constant rate factor of x264, 0 (no loss) to 51. FaceForensics++ calls 23 "high quality"
    and 40 "low quality".
    """
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.height, stream.width = images.shape[1:3]
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(int(crf)), "preset": "medium"}
        for image in as_bytes(images):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(image))))
        out.mux(stream.encode())
    memory.seek(0)
    with av.open(memory) as movie:
        frames = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    return as_floats(np.stack(frames))


def shrunk(images, times):
    """Made so many times smaller, and as large as before again."""
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


def blurred(images, sigma):
    """Out of focus: a Gaussian blur of standard deviation `sigma` pixels; 0 changes nothing."""
    if not sigma:
        return images
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])
