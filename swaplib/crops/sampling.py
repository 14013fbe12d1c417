"""Crops from videos, a few frames of each, to train and test a detector on."""

import warnings
from collections.abc import Iterable

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError, first_few
from swaplib.crops import Crops
from swaplib.crops.capture import cut
from swaplib.crops.dataset import CROP
from swaplib.crops.listing import Video
from swaplib.face.landmarks import Landmarker
from swaplib.files.picture import BytesAsFloats
from swaplib.files.video import Reader


def crops(videos: Iterable[Video], size: int = CROP, each: int = 10, progress: bool = True) -> Crops:
    """Cut aligned crops of faces from videos, as everywhere in the course: `Crops`.

    each: number of evenly spaced frames per video. If a frame shows several faces, the largest is used, which
    needn't be the faked one. Factors: "video" (index into `videos`), "fake" (1 or 0), "method".
    Frames without a face are left out; a warning names videos without a face and unreadable ones. Raises
    SwaplibError if there are no videos, or no video has a face.

    The images are `picture.BytesAsFloats`, because 60,000 crops of 128 pixels take 12 GB as float32 but 3 GB
    as bytes: read slices of them, such as `found[:256].images`.
    """
    videos = list(videos)
    if not videos:
        raise SwaplibError("There are no videos to cut crops from: was the right split chosen?")
    images = np.empty((len(videos) * each, size, size, 3), np.uint8)
    hulls, rows, skipped = [], [], []
    with Landmarker(max_faces=4) as find:
        for k, video in enumerate(tqdm(videos, "crops", unit="video", disable=not progress)):
            before, reason = len(rows), f"{video.path}: no face found"
            try:
                for frame in _spaced(video.path, each):
                    found, why = cut(frame, find, size)
                    if found is None:
                        reason = f"{video.path}: {why}"
                    else:
                        images[len(rows)] = found[0]
                        hulls.append(found[1])
                        rows.append(k)
            except SwaplibError as error:
                reason = str(error).rstrip(".")
            if len(rows) == before:
                skipped.append(reason)
    if not rows:
        raise SwaplibError(f"No face was found in {len(videos)} videos. {first_few(skipped)}.")
    if skipped:
        warnings.warn(
            f"{len(skipped)} of {len(videos)} videos gave no crop. {first_few(skipped)}.", stacklevel=2
        )
    factors = {
        "video": np.array(rows, np.float64),
        "fake": np.array([videos[k].fake for k in rows], np.float64),
        "method": np.array([videos[k].method for k in rows]),
    }
    return Crops(BytesAsFloats(images[: len(rows)]), factors, np.stack(hulls))


def _spaced(path, each):
    """Yield the middle frame of each of `each` equal parts of a movie: uint8 (h, w, 3)."""
    reader = Reader(path)
    count = reader.count or sum(1 for _ in reader)
    wanted = {int((k + 0.5) * count / each) for k in range(each)}
    last = max(wanted)
    for k, (frame, _) in enumerate(reader):
        if k in wanted:
            yield frame
        if k == last:  # the rest needn't be decoded
            return
