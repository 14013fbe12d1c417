"""A contact sheet of a capture: each crop with its name, the best first, to choose which to leave out."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from swaplib.crops import Crops
from swaplib.crops.selection import best_first
from swaplib.files.picture import as_bytes, resized

CELL, GAP, LINE, LETTERS = 112, 6, 12, 11  # px
ACROSS, MOST = 12, 240  # crops in a row, and on a sheet
TITLE = 40  # px


def sheet(faces: Crops, title: str = "") -> np.ndarray:
    """Draw the crops of a `Capture` with their names, the best first: uint8 (h, w, 3).

    Sharp, typical crops come first, blurred ones and outliers last, where crops unfit for training are easy
    to spot. Of more than 240 crops, the best 80 and the last 160 are shown.
    """
    order = best_first(faces)
    left = max(0, len(order) - MOST)
    shown = np.concatenate([order[: MOST // 3], order[MOST // 3 + left :]]) if left else order
    words = f"{title}{': ' * bool(title)}{len(faces)} crops, "
    words += "sharp and typical ones first, blurred and unusual ones last"
    if left:
        words += f"; {left} from the middle aren't shown"
    across = min(ACROSS, max(4, len(shown)))
    rows = -(-len(shown) // across)
    wide, tall = CELL + GAP, CELL + 2 * LINE + GAP
    foot = 24 + min(TITLE + rows * tall, across * wide) // 10  # room for the badge
    out = np.full((TITLE + rows * tall + foot, across * wide + GAP, 3), 255, np.uint8)
    for place, k in enumerate(shown):
        y, x = TITLE + place // across * tall, GAP + place % across * wide
        out[y : y + CELL, x : x + CELL] = as_bytes(resized(faces.images[k], CELL))
    page = Image.fromarray(out)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(LETTERS)
    for k, text in enumerate(
        (words, "To leave out pictures, list their names in a text file, one per line.")
    ):
        draw.text((GAP, 4 + 17 * k), text, fill=(0, 0, 0), font=ImageFont.load_default(13))
    for place, k in enumerate(shown):
        y, x = TITLE + place // across * tall + CELL, GAP + place % across * wide
        for line, text in enumerate(_in_two(str(faces.factors["name"][k]), font)):
            draw.text((x, y + line * LINE), text, fill=(60, 60, 60), font=font)
    return np.asarray(page).copy()


def _in_two(name, font):
    """Break a name into at most two lines no wider than a crop, truncating the start of the first line."""
    first, second = name, ""
    while font.getlength(first) > CELL and len(first) > 1:
        first, second = first[:-1], first[-1] + second
    if font.getlength(second) > CELL:
        while font.getlength("..." + second) > CELL:
            second = second[1:]
        second = "..." + second
    return [first, second]
