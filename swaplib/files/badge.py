"""The visible mark: a small badge in a corner of the picture, and a detector for it."""

from functools import cache, lru_cache

import cv2
import numpy as np

TEXT = "synthetic - face swap"
WORD = "synthetic"  # in every label
SMALLEST_FONT = 9  # px: smaller letters run together
SEEN = 0.63  # correlation from which the badge counts as found
_LETTERS = 12  # px: font size of the template


def stamp(frame: np.ndarray, text: str = TEXT) -> np.ndarray:
    """Return a copy of a picture, uint8 (h, w, 3) RGB, with the badge in its lower left corner.

    The letters are 1/22 of the shorter side high, and at least 9 px; where the whole text doesn't fit
    (below about 110 px), only "synthetic" is drawn. The text is white on near-black with a light border,
    so that it shows on any background.
    """
    out = np.array(frame)
    h, w = out.shape[:2]
    badge, opacity = _drawn(text, h, w)
    bh, bw = badge.shape[:2]
    gap = min(min(h, w) // 50, h - bh, w - bw)
    corner = out[h - gap - bh : h - gap, gap : gap + bw]
    corner[:] = np.rint(corner * (1 - opacity) + badge * opacity)
    return out


@lru_cache(maxsize=32)
def _drawn(text, h, w):
    """Render the badge for an (h, w) picture: colours (bh, bw, 3) and opacity (bh, bw, 1)."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(SMALLEST_FONT, round(min(h, w) / 22))
    while True:
        font = ImageFont.load_default(size)
        left, top, right, bottom = (round(v) for v in font.getbbox(text))
        pad = max(2, size // 4)
        bw, bh = right - left + 2 * pad, bottom - top + 2 * pad
        if bw <= w and bh <= h:
            break
        if size > SMALLEST_FONT:
            size -= 1
        elif text != WORD:
            text = WORD
        else:  # the picture is too small for any word, but the badge itself still shows
            bw, bh = min(bw, w), min(bh, h)
            break
    image = Image.new("RGB", (bw, bh), (16, 16, 16))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, bw - 1, bh - 1), outline=(150, 150, 150), width=max(1, size // 16))
    draw.text((pad - left, pad - top), text, font=font, fill=(255, 255, 255))
    badge = np.asarray(image, dtype=np.float32)
    # The letters are opaque; the background lets a quarter of the picture through.
    opacity = 0.75 + 0.25 * badge.max(axis=2, keepdims=True) / 255
    return badge, opacity


def found(frame: np.ndarray) -> bool:
    """Return whether a picture, uint8 (h, w, 3) RGB of any size, shows a badge with the word "synthetic".

    The search covers the sizes a badge has when the picture is scaled by 0.5 to 2 or is part of a
    screenshot.
    """
    return likeness(frame) >= SEEN


def likeness(frame: np.ndarray) -> float:
    """Return the highest correlation of the badge's first word with any place in the picture, up to 1."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    word = _word()
    usual = max(SMALLEST_FONT, min(grey.shape) / 22)
    best = 0.0
    for size in usual * np.exp(np.linspace(np.log(0.4), np.log(2.4), 36)):
        scale = _LETTERS / size
        if min(grey.shape[0] * scale - word.shape[0], grey.shape[1] * scale - word.shape[1]) < 0:
            continue
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=method)
        best = max(best, float(cv2.matchTemplate(scaled, word, cv2.TM_CCOEFF_NORMED).max()))
    return best


@cache
def _word():
    """Render the badge's first word, letters of `_LETTERS` px on their background: uint8 (h, w)."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(3 * _LETTERS)
    left, top, right, bottom = (round(v) for v in font.getbbox(WORD))
    image = Image.new("L", (right - left + 6, bottom - top + 6), 30)
    ImageDraw.Draw(image).text((3 - left, 3 - top), WORD, font=font, fill=255)
    return cv2.resize(np.asarray(image), None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
