"""Fakes whose traces are switched on one by one: person, decoder, paste, resampling, place, colour, grain.

In `crops.pairs` two people do the same, pixel by pixel. One person's true face can therefore be pasted into
the other's picture without a decoder and without resampling, so that each trace of a swap can be isolated.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

import cv2
import keras
import numpy as np

from swaplib import SwaplibError, networks
from swaplib.crops.pairs import Pairs
from swaplib.face import align
from swaplib.face.mask import face_mask
from swaplib.files.picture import as_bytes, as_floats
from swaplib.movie.paste import BLENDS, fit_colour
from swaplib.training import camera, degradation

BATCH = 16
CROP = 192  # px of the aligned crop through which a resampled face goes
TINT = 0.08  # how much lighter or darker a face in "changed" colours is
CHOICES = {
    "who": ("partner", "self"),
    "decoder": ("truth", "sharp", "student"),
    "back": ("box", "hard", *BLENDS),
    "colour": ("kept", "fitted", "changed"),
    "grain": ("same", "none"),
    "camera": ("before", "after"),
}


@dataclass(frozen=True)
class Fake:
    """What is put into a picture, and how. Raises SwaplibError for a choice that isn't in `CHOICES`.

    who: whose face, the "partner"'s or the person's own ("self"). decoder: the "truth"; "sharp", which
    keeps fine detail; "student", the 64 px of lesson 2. back: within a "box", along the face's edge
    ("hard"), or a name in `paste.BLENDS`. colour: "kept", "fitted" to the picture (`paste.fit_colour`), or
    "changed": lighter or darker. resampled: whether the face goes through an aligned crop and back; the
    student's always does. moved: px to the right. grain: whether the face has the camera's noise ("same")
    or "none". camera: whether each picture was shot "before" the paste, or the result "after" it, so that
    its grain is in one piece.
    """

    who: str = "partner"
    decoder: str = "truth"
    back: str = "soft"
    colour: str = "kept"
    resampled: bool = False
    moved: int = 0
    grain: str = "same"
    camera: str = "before"

    def __post_init__(self) -> None:
        for field in fields(self):
            value, known = getattr(self, field.name), CHOICES.get(field.name)
            if known and value not in known:
                raise SwaplibError(f"{field.name} {value!r} is not offered: choose one of {', '.join(known)}")


# Each trace alone: the rest of the picture, and of its making, is as in the real one.
TRACES = {
    "who": Fake(camera="after"),
    "decoder": Fake(who="self", decoder="sharp"),
    "resampling": Fake(who="self", resampled=True),
    "edge": Fake(who="self", back="hard", moved=3, camera="after"),
    "colour": Fake(who="self", colour="changed", camera="after"),
    "grain": Fake(who="self", grain="none"),
}
SWAPS = {
    "paste alone": Fake(),
    "sharp, soft": Fake(decoder="sharp", colour="fitted", resampled=True),
    "sharp, bands": Fake(decoder="sharp", back="bands", colour="fitted", resampled=True),
    "sharp, hard": Fake(decoder="sharp", back="hard", resampled=True),
    "sharp, box": Fake(decoder="sharp", back="box", resampled=True),
    "student, bands": Fake(decoder="student", back="bands", colour="fitted"),
}
# From the real picture to a whole swap, one switch after the other.
STEPS = {
    "real": None,
    "another person's face": Fake(camera="after"),
    "its own grain": Fake(),
    "resampled": Fake(resampled=True),
    "by a decoder": Fake(decoder="sharp", resampled=True),
    "colours fitted": Fake(decoder="sharp", colour="fitted", resampled=True),
    "a hard edge": Fake(decoder="sharp", colour="fitted", resampled=True, back="hard"),
}


def _smoothed(image, mask):
    """Skin smoothed as by a beauty filter: small differences go, edges stay."""
    alpha = mask[..., None] * 0.8
    return image * (1 - alpha) + cv2.bilateralFilter(image, 0, 0.06, 3) * alpha


# Real pictures that were edited. They are no swaps; (picture, mask) -> picture, float32 in [0, 1].
EDITS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "smoothed": _smoothed,
    "sharpened": lambda image, mask: np.clip(
        image + 0.6 * (image - cv2.GaussianBlur(image, (0, 0), 1)), 0, 1
    ),
    "recompressed": lambda image, mask: degradation.jpeg(image[None], 80)[0],
    "blurred": lambda image, mask: degradation.blurred(image[None], 0.7)[0],
}


def compose(
    pairs: Pairs, fake: Fake | None = None, edit: str | None = None, seed: int = 0, wide: bool = False
) -> np.ndarray:
    """The pictures of `pairs` as a camera and a codec hand them over, real or with a face inserted: uint8, as
    they are.

    fake: None for real pictures. edit: a name in `EDITS`. seed: draws the camera, its noise and the codec,
    for each clip and whatever the fake, so that a picture and its fakes differ by what the fake says and
    nothing else. wide: to train on, as `camera.drawn` has it, and each frame by another camera and then
    softer or sharper, the real picture and the fake each by itself. Raises SwaplibError for an unknown edit.
    """
    if edit is not None and edit not in EDITS:
        raise SwaplibError(f"edit {edit!r} is not offered: choose one of {', '.join(EDITS)}")
    made = _filmed(pairs, seed, wide=wide) if fake is None else _with_faces(pairs, fake, seed, wide)
    if wide:
        rng = np.random.default_rng([seed, 3, fake is not None])
        made = np.stack([camera.refocused(image, rng) for image in made])
    if edit:
        made = np.stack([EDITS[edit](*one) for one in zip(made, masks(pairs), strict=True)])
    return _delivered(pairs, made, seed, wide)


def masks(pairs: Pairs) -> np.ndarray:
    """Masks of the inserted faces: float32 (n, size, size), soft, up to the hairline of both."""
    size, out = pairs.images.shape[1], np.empty(pairs.images.shape[:3], np.float32)
    for k, other in enumerate(pairs.partner):
        both = as_floats(pairs.images[[k, other]])
        out[k] = face_mask(pairs.points[k], size, pictures=both)
    return out


def draws(pairs: Pairs, seed: int, what: int) -> list[np.random.Generator]:
    """A generator for each row, the same for rows of one clip. what: a number for what is drawn."""
    numbers = zip(pairs.factors["pair"], pairs.factors["clip"], strict=True)
    return [np.random.default_rng([seed, what, int(pair), int(clip)]) for pair, clip in numbers]


def _filmed(pairs, seed, images=None, again=0, noise=True, wide=False):
    """Pictures as the camera of their clip takes them, or, wide, of their frame, which both of a pair have in
    common. again: another number draws other noise."""
    images = as_floats(pairs.images) if images is None else images
    out = np.empty_like(images)
    frames, who = pairs.factors["frame"], pairs.factors["who"]
    for k, rng in enumerate(draws(pairs, seed, 0)):
        if wide:
            rng = np.random.default_rng([*rng.integers(2**31, size=2), int(frames[k])])
        one = camera.drawn(rng, wide)
        one = one if noise else camera.Camera(one.blur, 0, one.sharpen)
        own = [*rng.integers(2**31, size=1), int(frames[k]), "ab".index(who[k][-1]), again]
        out[k] = one.shoot(images[k : k + 1], np.random.default_rng(own))[0]
    return out


def _with_faces(pairs, fake, seed, wide=False):
    """The pictures with inserted faces, before the codec: float32 (n, size, size, 3)."""
    after = fake.camera == "after"
    clean = as_floats(pairs.images)
    frames = clean if after else _filmed(pairs, seed, wide=wide)
    again = {"again": 1, "noise": fake.grain == "same", "wide": wide}
    faces = clean if after else _filmed(pairs, seed, **again)
    giver = pairs.partner if fake.who == "partner" else np.arange(len(pairs))
    faces = _decoded(fake.decoder, faces[giver], pairs.points[giver])
    gains = [np.exp(TINT * rng.choice((-1, 1)) + rng.normal(0, 0.02, 3)) for rng in draws(pairs, seed, 1)]
    out = np.empty_like(clean)
    for k, mask in enumerate(masks(pairs)):
        face = _resampled(faces[k], pairs.points[k]) if fake.resampled else faces[k]
        if fake.colour == "fitted":
            face = fit_colour(face, None, frames[k], mask)
        elif fake.colour == "changed":
            face = np.clip(face * np.float32(gains[k]), 0, 1)
        out[k] = _put_in(frames[k], np.roll(face, fake.moved, axis=1), mask, fake.back)
    return _filmed(pairs, seed, out, wide=wide) if after else out


def _put_in(frame, face, mask, back):
    """One picture with a face in it."""
    if back in ("box", "hard"):
        mask = np.float32(mask > 0.5)
    if back == "box":
        rows, columns = (np.flatnonzero(mask.any(axis=k)) for k in (1, 0))
        mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 1
    blend = BLENDS.get(back, BLENDS["soft"])
    return np.clip(blend(frame, np.float32(face), mask, np.ones_like(mask)), 0, 1)


def _resampled(face, points):
    """A picture that went through an aligned crop and back, where it was."""
    matrix = align.crop_matrix(points, CROP)
    crop = align.crop(face, matrix, CROP)
    return _back(crop, matrix, face)


def _back(crop, matrix, picture):
    """A crop put back into its picture, without a mask."""
    back, covered = align.uncrop(np.clip(crop, 0, 1), matrix, picture.shape[:2])
    return np.clip(np.where(covered[..., None] > 0.99, back, picture), 0, 1)


@cache
def _network(name):
    return networks.shipped(name)


def _decoded(decoder, faces, points):
    """What a decoder makes of pictures (n, size, size, 3) with landmarks."""
    if decoder == "truth":
        return faces
    if decoder == "sharp":
        return _in_batches(_network("sharp"), faces)
    student = _network("many")
    size = student.input_shape[1]
    matrices = [align.crop_matrix(where, size) for where in points]
    crops = [align.crop(face, matrix, size) for face, matrix in zip(faces, matrices, strict=True)]
    drawn = _in_batches(student, np.stack(crops))
    return np.stack([_back(*some) for some in zip(drawn, matrices, faces, strict=True)])


def _in_batches(model: keras.Model, images):
    parts = (images[k : k + BATCH] for k in range(0, len(images), BATCH))
    return np.clip(np.concatenate([np.asarray(model(part, training=False)) for part in parts]), 0, 1)


def _delivered(pairs, images, seed, wide):
    """Pictures after the codec, clip by clip of each person: uint8."""
    out = np.empty(images.shape, np.uint8)
    rngs = draws(pairs, seed, 2)
    names = np.char.add(pairs.clips(), pairs.factors["who"])
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        out[rows] = as_bytes(camera.delivered(images[rows], rngs[rows[0]], wide))
    return out
