"""Colours of movies: convert RGB to YUV and back without loss, and HDR to standard colours.

Whatever the source, pictures are BT.709 with a display gamma of 2.4 (ITU-R BT.1886), like the movies
swaplib writes. HDR is tone-mapped: PQ and HLG are converted to light by ITU-R BT.2100 tables 4 and 5,
BT.2020's primaries to BT.709's by the inverse of the matrix in BT.2087, and everything brighter than
paper white (203 cd/m2, BT.2408) is compressed by the curve of BT.2390, 5.4.1. FFmpeg's own converter does
the same in some versions, wrongly in others, and not at all before version 8.
"""

from functools import cache

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace

BT709, UNSPECIFIED, BT2020 = 1, 2, 9  # ITU-T H.273, tables 2 to 4
PQ, HLG = 16, 18  # H.273, table 3
# libswscale: bilinear, full chroma in and out, accurate rounding. Without these flags each round trip
# through YUV darkens the picture by a level.
CONVERSION = 0x2 | 0x2000 | 0x4000 | 0x40000
WHITE, PEAK = 203.0, 1000.0  # cd/m2: paper white, and the peak that films are mastered for
_TO_BT709 = np.float32([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
_LUMINANCE = np.float32([[0.2627, 0.6780, 0.0593]])  # of BT.2020's primaries
_DEPTH = 4096  # entries in the table of `_light`: 12 bits, the most that films use


def kind(transfer: int, primaries: int) -> str | None:
    """Name a wide colour range ("PQ", "HLG", "BT.2020") by its H.273 codes; None for all others."""
    return {PQ: "PQ", HLG: "HLG"}.get(transfer) or ("BT.2020" if primaries == BT2020 else None)


def to_rgb(frame: av.VideoFrame) -> np.ndarray:
    """Convert a decoded frame to uint8 (h, w, 3) RGB, BT.709; HDR is tone-mapped."""
    # HD without a declared colour matrix is BT.709 by convention, which FFmpeg doesn't assume.
    untagged_hd = frame.colorspace == UNSPECIFIED and frame.height >= 720
    source = Colorspace.ITU709 if untagged_hd else None
    wide = kind(frame.color_trc, frame.color_primaries)
    if wide is None:
        return frame.to_ndarray(format="rgb24", src_colorspace=source, interpolation=CONVERSION)
    if frame.colorspace == UNSPECIFIED:
        source = Colorspace.BT2020
    # Not "rgb48le": libswscale 9 writes it in false colours when full chroma is requested.
    picture = frame.to_ndarray(format="gbrp16le", src_colorspace=source, interpolation=CONVERSION)
    return tone_map(picture, wide)


def to_yuv(picture: np.ndarray) -> av.VideoFrame:
    """Convert uint8 (h, w, 3) RGB, BT.709, to a frame for H.264 (yuv420p). h and w must be even."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, interpolation=CONVERSION)


def tag(context: av.VideoCodecContext) -> None:
    """Make an encoder declare its colours as BT.709."""
    context.colorspace = context.color_primaries = context.color_trc = BT709


def padded(picture: np.ndarray) -> np.ndarray:
    """Repeat a picture's last row and column where height or width is odd, as H.264 requires."""
    odd_h, odd_w = picture.shape[0] % 2, picture.shape[1] % 2
    if not (odd_h or odd_w):
        return picture
    return cv2.copyMakeBorder(picture, 0, odd_h, 0, odd_w, cv2.BORDER_REPLICATE)


def tone_map(picture: np.ndarray, wide: str) -> np.ndarray:
    """Convert a BT.2020 picture to BT.709: uint16 (h, w, 3) RGB -> uint8.

    wide: "PQ", "HLG" or "BT.2020" (a wider gamut without HDR). Mid greys keep their brightness;
    colours outside BT.709 are clipped.
    """
    light = _light(wide)[picture >> 4]  # 1 is paper white
    if wide == "HLG":  # BT.2100's OOTF: brighter parts gain more on a screen of 1000 cd/m2
        light *= cv2.pow(cv2.transform(light, _LUMINANCE), 0.2)[..., None] * np.float32(PEAK / WHITE)
    light = np.maximum(cv2.transform(light, _TO_BT709), 0)
    if wide != "BT.2020":
        gains = _compression()
        at = np.minimum(light.max(axis=2) * (WHITE / PEAK), 1) * (len(gains) - 1)
        light *= gains[at.astype(np.uint16)][..., None]
    return np.rint(cv2.pow(np.minimum(light, 1), 1 / 2.4) * 255).astype(np.uint8)


@cache
def _light(wide):
    """Return the light of each level, (4096,) float32; 1 is paper white (HLG: the camera's full range)."""
    signal = np.arange(_DEPTH) / (_DEPTH - 1)
    if wide == "PQ":
        light = _pq_to_light(signal)
    elif wide == "HLG":
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    else:
        light = signal**2.4
    return light.astype(np.float32)


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128


def _pq_to_light(signal):
    power = signal ** (1 / _M2)
    return (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1) * 10000 / WHITE


def _light_to_pq(light):
    power = (light * WHITE / 10000) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


@cache
def _compression():
    """Return BT.2390's curve from `PEAK` to paper white, as gains (4096,) at evenly spaced brightnesses.

    The brightest of a pixel's three channels sets the gain, so that hues are preserved.
    """
    full = _light_to_pq(PEAK / WHITE)
    most = _light_to_pq(1.0) / full
    knee = 1.5 * most - 0.5
    light = np.linspace(0, PEAK / WHITE, _DEPTH)
    signal = _light_to_pq(light) / full
    t = (signal - knee) / (1 - knee)
    bent = (
        (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    )
    made = _pq_to_light(np.where(t > 0, bent, signal) * full)
    gains = np.ones(_DEPTH, np.float32)
    gains[1:] = made[1:] / light[1:]  # 0/0 counts as 1: dark areas stay as they are
    return gains
