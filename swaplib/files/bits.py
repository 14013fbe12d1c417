"""Thirty-two bits in the pixels of a picture, invisible to the eye and robust to cropping.

This is a spread-spectrum watermark (I. J. Cox et al., IEEE Transactions on Image Processing 6(12), 1997).
A square tile of 32 x 32 cells, each slightly lighter or darker, repeats over the whole picture. A quarter of
the cells are a pilot, the same in every picture, by which a reader finds the tile's size and position. The
others carry six bytes: four of payload and two of checksum (CRC-16). Each byte selects one of 256 patterns
of 128 cells, the rows of a Hadamard matrix and their negatives.

The cells are strong in textured areas and weak in plain ones, because the eye is less sensitive to changes in
texture. A tile is a quarter of the picture's shorter side, and at least `TILE` pixels: smaller cells
wouldn't survive compression, and larger ones would be visible.

In a movie, every other frame carries the pattern inverted: lighter cells darker, and darker ones lighter. The
eye averages the frames, so the pattern disappears. A reader accepts both signs.

The key is part of this file, so that anyone can read the bits. Anyone can therefore also imitate or remove
them: they inform, but they prove nothing. For proof use `credentials`.
"""

from binascii import crc_hqx
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from scipy.linalg import hadamard

CELLS = 32  # per row of a tile
TILE = 128  # px: the smallest tile
SMALLEST = 320  # px: shorter side from which a picture keeps the bits through all of `scoring.damage`
SHARE = 4  # tiles along the shorter side of a larger picture
PILOT = 256  # cells of the pilot
BYTES = 4  # of payload
PATTERN = 128  # cells per byte
KEY = 20260802  # seed of the cells' order and signs

QUIET, LOUD, MOST = 0.8, 0.2, 3.0  # levels: on a plain wall, per level of texture, and at most
BUDGET = 1.9  # levels, root mean square over the picture: 42.5 dB
VERSION = 1  # the first of the four bytes
_FINE = 6  # steps per level in which texture is measured
_STEP = 0.006  # step of the logarithm of the sizes tried
_OCTAVE = 0.35  # range of the same that shares one filter
_CANDIDATES = 12  # sizes examined closely
ALONE = 4  # frames of a movie read individually, if their sum has no bits


@dataclass(frozen=True)
class Found:
    """The result of `read`. payload: four bytes. strength: how far the pilot stands out, in standard
    deviations. tile: px of a tile in the picture. sure: whether there are any bits; if not, the payload is
    random."""

    payload: bytes
    strength: float
    tile: float
    sure: bool


@cache
def _layout():
    """Return (order, signs) of the tile's cells: int and -1 or 1, both (1024,), the pilot's first."""
    rng = np.random.default_rng(KEY)
    return rng.permutation(CELLS**2), rng.choice([-1.0, 1.0], CELLS**2).astype(np.float32)


@cache
def _patterns():
    """Return the patterns of all bytes: float32 (256, 128)."""
    rows = hadamard(PATTERN).astype(np.float32)
    return np.concatenate([rows, -rows])


def _cells(payload):
    """Return the cells of a tile, -1 or 1, float32 (32, 32); without a payload only the pilot's."""
    order, signs = _layout()
    cells = np.zeros(CELLS**2, np.float32)
    cells[order[:PILOT]] = 1
    if payload is not None:
        cells[order[PILOT:]] = _patterns()[np.frombuffer(_checked(payload), np.uint8)].ravel()
    return (cells * signs).reshape(CELLS, CELLS)


def _checked(payload):
    """Append two checksum bytes to the payload."""
    return payload + crc_hqx(payload, 0xFFFF).to_bytes(2, "big")


def _tile(cells, size):
    """Draw cells as a tile of `size` px, smooth and without the low frequencies that a reader ignores."""
    wide = cv2.resize(np.tile(cells, (3, 3)), (3 * size, 3 * size), interpolation=cv2.INTER_CUBIC)
    wide -= cv2.GaussianBlur(wide, (0, 0), 1.5 * size / CELLS)
    return wide[size : 2 * size, size : 2 * size]


def tile_size(height: int, width: int) -> int:
    """Return the tile size in pixels for a picture of this size."""
    return max(TILE, round(min(height, width) / SHARE))


@lru_cache(maxsize=4)
def _pattern(payload, height, width):
    """Draw the tiles over a whole picture: float32 (height, width), root mean square 1."""
    size = tile_size(height, width)
    tile = _tile(_cells(payload), size)
    tile = tile / np.sqrt((tile**2).mean())
    return np.tile(tile, (-(-height // size), -(-width // size)))[:height, :width].copy()


def embed(frame: np.ndarray, payload: bytes, inverted: bool = False) -> np.ndarray:
    """Return a copy of a picture, uint8 (h, w, 3) RGB, carrying four bytes at a PSNR of at least 42 dB.

    inverted: whether the pattern has its sign changed, as in every other frame of a movie.
    """
    if len(payload) != BYTES:
        raise ValueError(f"embed expects {BYTES} bytes, got {len(payload)}")
    height, width = frame.shape[:2]
    frame = np.ascontiguousarray(frame)
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    texture = cv2.convertScaleAbs(cv2.absdiff(grey, cv2.blur(grey, (9, 9))), alpha=_FINE)
    loud = cv2.LUT(cv2.blur(texture, (13, 13)), _loudness())
    share = min(1.0, BUDGET * np.sqrt(loud.size) / cv2.norm(loud))
    sign = -share if inverted else share
    change = cv2.multiply(loud, _pattern(payload, height, width), scale=sign, dtype=cv2.CV_32F)
    return cv2.add(frame, cv2.merge([change] * 3), dtype=cv2.CV_8U)


@cache
def _loudness():
    """Return the levels a pixel may change, for textures from 0 to 255 / `_FINE` levels: float32 (256,)."""
    return np.minimum(QUIET + LOUD * np.arange(256, dtype=np.float32) / _FINE, MOST)


def read(frames: np.ndarray | Iterable[np.ndarray]) -> Found:
    """Read the bits in a picture, uint8 (h, w, 3) RGB, or in some frames of a movie, all of one size.

    The picture may be cropped, scaled by 0.5 to 2, or part of a larger one, such as a screenshot.
    `Found.sure` tells whether there are any. Frames an even number apart add up. Others may cancel, for
    example after a change of the frame rate, so some are also read individually.
    """
    frames = [frames] if isinstance(frames, np.ndarray) and frames.ndim == 3 else frames
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    found = _found(greys)
    for grey in greys[:: -(-len(greys) // ALONE)] if len(greys) > 1 else []:
        if found.sure:
            break
        found = max(found, _found([grey]), key=_certainty)
    return found


def _found(greys):
    """Read the sum of some frames."""
    found = [_closest(_summed(greys, tile), np.log(tile)) for tile in {TILE, tile_size(*greys[0].shape)}]
    for log, *rest in [] if any(one.sure for one in found) else _likely(greys):
        found.append(_closest(rest, log))
        if found[-1].sure:
            break
    return max(found, key=_certainty)


def _certainty(one):
    return one.sure, one.strength


def _likely(greys):
    """Rank tile sizes by how far the pilot stands out, likeliest first: (logarithm, residual, its scale)."""
    shorter = min(greys[0].shape)
    low, high = max(56.0, shorter / 10), max(272.0, 0.55 * shorter)
    logs = np.arange(np.log(low), np.log(high), _STEP)
    tries = []
    for some in np.array_split(logs, -(-len(logs) * _STEP // _OCTAVE)):
        rest, scale = _summed(greys, float(np.exp(some.mean())))
        for log in some:  # at half the size, because there are many
            tries.append((_pilot(rest, scale * float(np.exp(log)), TILE // 2)[0], log, rest, scale))
    return [one[1:] for one in sorted(tries, key=lambda one: -one[0])[:_CANDIDATES]]


def _summed(greys, tile):
    """Sum `_rest` over all frames of a movie: (float32 (h, w), scale)."""
    rests = [_rest(grey, tile) for grey in greys]
    return sum(rest for rest, _ in rests), rests[0][1]


def _rest(grey, tile):
    """Remove low frequencies from a picture and equalise its strength; returns the residual and its scale.

    float32 (h, w), and a number up to 1: the picture is shrunk until its tiles have `TILE` pixels.
    """
    scale = min(1.0, TILE / tile)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = tile * scale / CELLS
    rest = grey.astype(np.float32)
    rest -= cv2.GaussianBlur(rest, (0, 0), 0.8 * cell)
    strength = np.sqrt(cv2.GaussianBlur(rest * rest, (0, 0), cell))
    return np.clip(rest / (strength + 0.3), -2, 2), scale


def _folded(rest, tile, size):
    """Sum all tiles, resampled to another size: float32 (size, size)."""
    height, width = (max(1, round(n * size / tile)) for n in rest.shape)
    down, across = -(-height // size), -(-width // size)
    scaled = np.zeros((down * size, across * size), np.float32)
    scaled[:height, :width] = cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR)
    return scaled.reshape(down, size, across, size).sum((0, 2))


@cache
def _spectrum(size):
    return np.conj(np.fft.rfft2(_tile(_cells(None), size)))


def _pilot(rest, tile, size=TILE):
    """Return (the pilot's strength, its position (y, x), the summed tiles) for a tile of this size.

    If the pilot is inverted, so are the tiles returned.
    """
    folded = _folded(rest, tile, size)
    found = np.fft.irfft2(np.fft.rfft2(folded) * _spectrum(size), s=folded.shape)
    at = np.unravel_index(np.abs(found).argmax(), found.shape)
    return float(abs(found[at]) / (found.std() + 1e-9)), at, folded * np.sign(found[at])


def _closest(rest_and_scale, log):
    """Return `Found` at the best of some sizes near one."""
    rest, scale = rest_and_scale
    near = []
    for tile in np.exp(log + _STEP * np.linspace(-0.75, 0.75, 7)):
        strength, at, folded = _pilot(rest, scale * float(tile))
        payload, checked = _payload(np.roll(folded, (-at[0], -at[1]), (0, 1)))
        near.append(Found(payload, strength, float(tile), checked and payload[0] == VERSION))
    return max(near, key=_certainty)


def _payload(folded):
    """Return (four bytes, whether the two checksum bytes agree) from the tile, once it is in place.

    One byte other than the first may take its second-best value if only then the checksum agrees.
    """
    order, signs = _layout()
    cells = cv2.resize(folded.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    cells = cells.ravel() * signs
    likely = cells[order[PILOT:]].reshape(-1, PATTERN) @ _patterns().T
    first, second = np.argsort(-likely, axis=1)[:, :2].T.astype(np.uint8)
    for k in range(len(first)):
        read = first.copy()
        read[k] = second[k] if k else first[k]
        if _checked(read.tobytes()[:BYTES]) == read.tobytes():
            return read.tobytes()[:BYTES], True
    return first.tobytes()[:BYTES], False
