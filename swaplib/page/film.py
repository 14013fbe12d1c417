"""The movie of the page: source, truth, and the swap pasted in three ways, one above the other in one file.

One file keeps them in step without any work in the browser, which shows two of the panels, cut by a line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from swaplib.crops import dataset
from swaplib.face import align
from swaplib.face.mask import face_mask
from swaplib.files.picture import as_floats
from swaplib.files.provenance import mark
from swaplib.files.video import Reader, read_frames, write_movie
from swaplib.movie import paste, track
from swaplib.movie.swapping import draw_again
from swaplib.networks.swap import swapper
from swaplib.scoring import blending

WIDTH, HEIGHT = 384, 288  # px of a panel
WORDS = "A rendered movie of B, who talks and turns his head, and the same frames with A's face."
# name: (whether the mask's soft rim is kept, how the face is blended in)
PASTES = {"hard": (False, "soft"), "soft": (True, "soft"), "bands": (True, "bands")}
PANELS = ("source", "truth", *PASTES)  # the last one's mark is the writer's own
BATCH = 25  # frames through the model at once


def film(model: Any, target: Path, frames: int | None = None) -> tuple[dict, dict]:
    """Write the movie; returns (what `movie.mjs` must know, the page's figures).

    model: a swap of the shipped people. frames: how many; all by default.
    """
    source, truth = dataset.movie("b"), dataset.movie("a")
    found = track.smooth(track.tidy(track.locate(source, progress=False)))
    seams: dict[str, list] = {name: [] for name in PASTES}
    rate = float(Reader(source).fps)
    count = write_movie(target, _stacked(model, source, truth, found.points, seams, frames), rate)
    meta = {"panels": {name: k for k, name in enumerate(PANELS)}, "width": WIDTH, "height": HEIGHT}
    meta |= {"seconds": round((count - 1) / rate, 2), "words": WORDS}
    return meta, {f"seam_{name}": float(np.median(some)) for name, some in seams.items()}


def _stacked(model, source, truth, points, seams, frames) -> Iterator[np.ndarray]:
    """Frames of all panels, and into `seams` how visible each paste's rim is."""
    draw, size = swapper(model, again=True).predict_on_batch, model.input_shape[0][1]
    pairs = zip(read_frames(source), read_frames(truth), points, strict=True)
    some: list = []
    for number, item in enumerate(pairs):
        if frames is not None and number >= frames:
            break
        some.append(item)
        if len(some) == BATCH:
            yield from _drawn(draw, size, some, seams)
            some = []
    if some:
        yield from _drawn(draw, size, some, seams)


def _drawn(draw, size, some, seams):
    """The frames of some triples of source, truth and landmarks."""
    whole = [item for item in some if not np.isnan(item[2]).any()]
    made = iter(_swapped(draw, size, whole, seams) if whole else ())
    for frame, true, points in some:
        same = dict.fromkeys(PASTES, frame)  # no face is found: as in `swap_frames`, it stays as it is
        panels = {"source": frame, "truth": true} | (same if np.isnan(points).any() else next(made))
        yield np.concatenate([_panel(name, panels[name]) for name in PANELS])


def _swapped(draw, size, some, seams):
    """The pasted frames of triples with a face, {name: frame}."""
    matrices = [align.crop_matrix(points, size) for _, _, points in some]
    inner = [align.transform(points, matrix) for (_, _, points), matrix in zip(some, matrices, strict=True)]
    crops = np.stack([as_floats(align.crop(f, m, size)) for (f, _, _), m in zip(some, matrices, strict=True)])
    first = [np.asarray(made) for made in draw(crops)]
    masks = [face_mask(p, size, pictures=(c, f)) for p, c, f in zip(inner, crops, first[0], strict=True)]
    faces, again = draw_again(first[1], crops, np.stack(masks), draw)
    for k, (frame, _, _) in enumerate(some):
        coloured = paste.COLOURS["light"](faces[k], again[k], crops[k], masks[k])
        panels = {}
        for name, (soft, blend) in PASTES.items():
            mask = masks[k] if soft else np.float32(masks[k] > 0.5)
            panels[name] = paste.paste(frame, coloured, matrices[k], mask, blend)
            made = as_floats(align.crop(panels[name], matrices[k], size))
            seams[name].append(blending.seam(made[None], [crops[k : k + 1]], [masks[k]])["colour"][0])
        yield panels


def _panel(name, frame):
    """A panel, with the mark if it is a swap; the last one is marked by the writer."""
    small = cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return mark(small) if name in PASTES and name != PANELS[-1] else small
