"""Damage that pictures and movies suffer when shared: compression, scaling, cropping, screenshots."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import numpy as np

from swaplib.files.picture import jpeg
from swaplib.training import degradation

Frames = list[np.ndarray]
STILL = 12  # frames in a movie made of a single picture


def recompressed(frame: np.ndarray, quality: int) -> np.ndarray:
    """Compress a picture, uint8 (h, w, 3), as JPEG of this quality."""
    data = np.frombuffer(jpeg(frame, quality), np.uint8)
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def filmed(frames: Sequence[np.ndarray], crf: int) -> Frames:
    """Compress frames, uint8 (h, w, 3) each, as H.264 with this constant rate factor; 51 is the worst."""
    return degradation.through_h264(frames, crf, Fraction(25))


def scaled(frame: np.ndarray, by: float) -> np.ndarray:
    """Scale a picture by a factor."""
    method = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return cv2.resize(frame, None, fx=by, fy=by, interpolation=method)


def cropped(frame: np.ndarray, share: float = 2 / 3) -> np.ndarray:
    """Crop a picture to a share of its height and width, nearer to the upper left corner."""
    (high, top), (wide, left) = ((round(n * share), round(n * (1 - share) / 3)) for n in frame.shape[:2])
    return np.ascontiguousarray(frame[top : top + high, left : left + wide])


def on_a_screen(frame: np.ndarray) -> np.ndarray:
    """Take a screenshot, 1280 x 800, as JPEG: a player with black bars and controls."""
    screen = np.zeros((800, 1280, 3), np.uint8)
    by = min(680 / frame.shape[0], 1240 / frame.shape[1])
    shown = scaled(frame, by)
    height, width = shown.shape[:2]
    top, left = (740 - height) // 2, (1280 - width) // 2
    screen[top : top + height, left : left + width] = shown
    screen[740:] = 50
    screen[765:771, 30:620] = (210, 40, 40)
    cv2.putText(screen, "0:04 / 0:10", (1120, 776), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (230,) * 3, 1, cv2.LINE_AA)
    return recompressed(screen, 85)


def each(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Frames], Frames]:
    """Apply a change of pictures to each frame."""
    return lambda frames: [change(frame) for frame in frames]


DAMAGES: dict[str, Callable[[Frames], Frames]] = {
    "as it is": each(lambda frame: frame),
    "JPEG, quality 50": each(lambda frame: recompressed(frame, 50)),
    "H.264, crf 33": lambda frames: filmed(frames if len(frames) > 1 else frames * STILL, 33)[: len(frames)],
    "cropped to two thirds": each(cropped),
    "half size": each(lambda frame: scaled(frame, 0.5)),
    "double size": each(lambda frame: scaled(frame, 2)),
    "screenshot of a player": each(on_a_screen),
}
