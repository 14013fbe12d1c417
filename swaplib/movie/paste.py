"""Paste a decoded face back into its frame: ways to match its colour and to blend it.

`COLOURS` and `BLENDS` hold them by name. The first line of each docstring says what it is good for, and
the command line's `--help` prints it.

A colour function takes (face, again, source, mask): the swapped face, the source's own reconstruction by the
other decoder from the same code (or None), and the crop itself, each float32 (size, size, 3) in [0, 1], and
the mask (size, size) in [0, 1]. It returns the recoloured face.

A blend function takes (frame, face, mask, covered): frame and face float32 (h, w, 3) in [0, 1], the mask,
and the coverage of the crop (1 inside, 0 beyond), both (h, w) in [0, 1]. It returns the blended picture,
which equals the frame where covered is 0.
"""

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.files.picture import in_range

WELL_INSIDE = 0.8  # of the mask: with an edge on hair, `blend_gradients` would bleed its colour into the face
LEVELS = 4  # bands of `blend_bands`; the lowest reaches some 2 ** LEVELS pixels
TONE = 0.004  # root mean square distance from a single tone below which a picture is monochrome
LIGHTNESS = np.float32([0.299, 0.587, 0.114])  # weights of red, green and blue (ITU-R BT.601)
SWEEPS = 12  # of Jacobi's method at each resolution in `membrane`


def keep_colour(face, again, source, mask):
    """The face as decoded, for two people filmed in the same light."""
    return face


def match_colour(face, again, source, mask):
    """The frame's light on the face's own skin, for changing light. It looks most like A.

    The swapped face gets the same correction, `light_gain`, that the source's reconstruction needs.
    Matching the swapped face directly to the source, as `fit_colour` does, gives it the other person's
    skin. Without a reconstruction the face is left unchanged.
    """
    if again is None:
        return face
    return np.clip(face * light_gain(again, source, mask), 0, 1).astype(np.float32)


def light_gain(again, source, mask):
    """Return how much brighter the source is than its reconstruction inside the mask: float32 (3,), 1/2 to 2.

    One gain per colour channel, the light model of J. von Kries, "Chromatic adaptation", 1902.
    """
    weight = mask[..., None]
    gain = (source * weight).sum(axis=(0, 1)) / np.maximum((again * weight).sum(axis=(0, 1)), 1e-6)
    return np.clip(gain, 0.5, 2).astype(np.float32)


def in_the_tone(face: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Give the face the tone of a grey or sepia source; unchanged if the source is in colour.

    face, source: float32 (size, size, 3) in [0, 1]. In a monochrome picture red, green and blue are fixed
    multiples of the lightness in every pixel. If that holds for the source, it must hold for the face.
    """
    some = source[::4, ::4].reshape(-1, 3)
    light = some @ LIGHTNESS
    tone = light @ some / np.maximum(light @ light, 1e-6)
    apart = np.sqrt(np.mean((light[:, None] * tone - some) ** 2))
    share = np.clip(2 - apart / TONE, 0, 1)
    if not share:
        return face
    toned = np.clip((face @ LIGHTNESS)[..., None] * tone, 0, 1)
    return (share * toned + (1 - share) * face).astype(np.float32)


def fit_colour(face, again, source, mask):
    """The colours of the frame's face, including its skin. It avoids a seam, but A gets B's skin.

    The mean and standard deviation of each Lab channel become the source's, with the latter scaled by at
    most a factor of 2 either way. E. Reinhard et al., "Color transfer between images", IEEE CG&A 21(5), 2001.
    """
    made, wanted = (cv2.cvtColor(np.float32(x), cv2.COLOR_RGB2LAB) for x in (face, source))
    (mean, spread), (goal, width) = (_mean_and_spread(x, mask) for x in (made, wanted))
    fitted = (made - mean) * np.clip(width / np.maximum(spread, 1e-6), 0.5, 2) + goal
    return np.clip(cv2.cvtColor(np.float32(fitted), cv2.COLOR_LAB2RGB), 0, 1)


def _mean_and_spread(picture, mask):
    """Return the mean and standard deviation (3,) of each channel, weighted by the mask."""
    pixels, weights = picture.reshape(-1, 3), np.float64(mask).ravel()
    mean = np.average(pixels, axis=0, weights=weights)
    return mean, np.sqrt(np.average((pixels - mean) ** 2, axis=0, weights=weights))


def blend_soft(frame, face, mask, covered):
    """A mix along the mask's soft edge, for speed and simplicity."""
    alpha = mask[..., None]
    return frame * (1 - alpha) + face * alpha


def blend_bands(frame, face, mask, covered):
    """Coarse detail mixed over a wide edge, fine detail over a narrow one. A good default: no step shows.

    P. J. Burt and E. H. Adelson, "A multiresolution spline with application to image mosaics", ACM
    Transactions on Graphics 2(4), 1983. The coarse bands extend beyond the mask, but not to the edge
    of the crop.
    """
    pyramids = [_gaussian_pyramid(x) for x in (frame, face, mask)]
    out = None
    for low, high, alpha in zip(*(reversed(p) for p in pyramids), strict=True):
        mixed = blend_soft(low, high, alpha, None)
        if out is None:
            out, below = mixed, (low, high)
            continue
        size = low.shape[1::-1]
        coarse_low, coarse_high = (cv2.pyrUp(x, dstsize=size) for x in below)
        band = blend_soft(low - coarse_low, high - coarse_high, alpha, None)
        out, below = cv2.pyrUp(out, dstsize=size) + band, (low, high)
    width = 2**LEVELS + 1
    near = cv2.blur(covered, (width, width), borderType=cv2.BORDER_REPLICATE)
    return blend_soft(frame, out, np.clip(2 * near - 1, 0, 1), None)


def _gaussian_pyramid(picture):
    """Return the picture and up to `LEVELS` successive halvings, the largest first."""
    out = [picture]
    while len(out) <= LEVELS and min(out[-1].shape[:2]) > 4:
        out.append(cv2.pyrDown(out[-1]))
    return out


def blend_gradients(frame, face, mask, covered):
    """The face's detail with the frame's colours. No step shows, but A's colours are lost.

    Inside the mask the gradients are the face's, and at its edge the colours are the frame's. P. Pérez
    et al., "Poisson image editing", SIGGRAPH 2003. The solution is the face plus the `membrane`
    over the difference at the edge, so nothing outside the mask changes.
    """
    inside = mask > WELL_INSIDE
    return np.where(inside[..., None], face + membrane(frame - face, inside), frame)


def membrane(values, inside):
    """Fill the inside like a stretched membrane: float32 (h, w, channels).

    values: (h, w, channels), kept where inside (h, w), bool, is False. Where it is True, each pixel
    becomes the mean of its four neighbours (Laplace's equation), by Jacobi's method from coarse to fine
    resolution.
    """
    known = np.float32(~inside)[..., None]
    height, width = inside.shape
    if not known.any():
        return np.zeros_like(values)
    if inside.any() and min(height, width) > 2:
        # A coarse pixel is known if one of its four fine pixels is.
        pad = ((0, height % 2), (0, width % 2), (0, 0))
        weight, total = (
            np.pad(x, pad).reshape(-(-height // 2), 2, -(-width // 2), 2, x.shape[2]).sum(axis=(1, 3))
            for x in (known, values * known)
        )
        coarse = membrane(np.float32(total / np.maximum(weight, 1)), weight[..., 0] == 0)
        coarse = cv2.resize(
            coarse, (2 * coarse.shape[1], 2 * coarse.shape[0]), interpolation=cv2.INTER_LINEAR
        )
        filled = np.where(inside[..., None], coarse[:height, :width], values)
    else:
        filled = np.array(values, np.float32)
    neighbours = np.float32([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
    for _ in range(SWEEPS if inside.any() else 0):
        mean = cv2.filter2D(filled, -1, neighbours, borderType=cv2.BORDER_REPLICATE)
        cv2.copyTo(mean, np.uint8(inside), filled)
    return filled


COLOURS = {"none": keep_colour, "light": match_colour, "frame": fit_colour}
BLENDS = {"soft": blend_soft, "bands": blend_bands, "gradients": blend_gradients}
BLEND, COLOUR = "bands", "light"  # the defaults for a movie: the best by measurement


def check_paste(blend, colour):
    """Raise SwaplibError for a name that is not in `BLENDS` or `COLOURS`."""
    for what, name, table in (("blend", blend, BLENDS), ("colour", colour, COLOURS)):
        if name not in table:
            raise SwaplibError(f"{what} {name!r} is not offered: choose one of {', '.join(table)}")


def described(table):
    """Describe each option of a table by its docstring's first line, indented."""
    lines = {name: (way.__doc__ or "").partition("\n")[0] for name, way in table.items()}  # -OO has none
    return "\n".join(f"  {name:10} {line}".rstrip() for name, line in lines.items())


def paste(
    frame: np.ndarray,
    face: np.ndarray,
    matrix: np.ndarray,
    mask: np.ndarray,
    blend: str = "soft",
    cover: np.ndarray | None = None,
) -> np.ndarray:
    """Paste a face into a frame, at sub-pixel precision; returns a new frame.

    frame: uint8 (h, w, 3). face: float (size, size, 3) in [0, 1]. matrix: frame to crop, as returned by
    `align.crop_matrix`. mask: (size, size) in [0, 1], in the crop. blend: a name in
    `BLENDS`; "soft" is `frame * (1 - mask) + face * mask`. cover: (size, size) in [0, 1], in the crop, 1
    where something is in front of the face: there the frame is kept. Raises SwaplibError if the face contains
    NaN, has integer values or is out of range.
    """
    face = in_range(face, "the decoded face")
    out = frame.copy()
    size = len(mask)
    rim = np.array([[0, 0], [size, 0], [size, size], [0, size]]) - 0.5
    rim = align.transform(rim, align.invert(matrix))
    (left, top), (right, bottom) = np.floor(rim.min(axis=0)), np.ceil(rim.max(axis=0)) + 1
    # Only the part of the frame that the crop covers is warped and blended.
    left, right = np.clip([left, right], 0, frame.shape[1]).astype(int)
    top, bottom = np.clip([top, bottom], 0, frame.shape[0]).astype(int)
    if left >= right or top >= bottom:
        return out
    matrix = np.array(matrix, dtype=np.float64)
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    layers = np.dstack([face, mask]).astype(np.float32)
    layers, covered = align.uncrop(layers, matrix, (bottom - top, right - left))
    part = out[top:bottom, left:right]
    alpha = np.clip(layers[..., 3], 0, 1) * covered
    blended = BLENDS[blend](np.float32(part) / 255, layers[..., :3], alpha, covered)
    if cover is not None:
        in_front, _ = align.uncrop(np.float32(cover), matrix, (bottom - top, right - left))
        in_front = np.clip(in_front, 0, 1)[..., None]
        blended = blended * (1 - in_front) + np.float32(part) / 255 * in_front
    part[:] = np.rint(np.clip(255 * blended, 0, 255))
    return out
