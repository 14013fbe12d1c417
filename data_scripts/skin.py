"""Maps of a person's skin: colour, height (pores, wrinkles) and roughness, drawn in NumPy.

MakeHuman's textures give the skin its tone and the lips. Close-up details that they lack are drawn
here, texel by texel, by each texel's position on the *unchanged* base mesh (decimetres; x the
person's left, y up, z forward), so that they are tied to the skin for every person and expression.
"""

from functools import lru_cache

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
from scipy.spatial import cKDTree

# The part of the texture used for the head: (left, bottom, right, top), and the map's size.
WINDOW = (0.63, 0.14, 1.0, 0.83)
SIZE = (720, 1344)  # texels, width and height
FACE = (slice(336, 1008), slice(470, 660))  # rows and columns of the face in the maps
EYE, BROW = (0.31, 7.28), 7.42  # centre of the left eye; height of the brows


def to_window(uv):
    """Convert coordinates in the skin's texture to those in the head's maps, both (k, 2), v up."""
    left, bottom, right, top = WINDOW
    return (uv - [left, bottom]) / [right - left, top - bottom]


def texels(uv, shape):
    """Return the rows and columns of a map of `shape` at uv (k, 2), v up."""
    x = np.clip(uv[:, 0] * shape[1], 0, shape[1] - 1).astype(int)
    y = np.clip((1 - uv[:, 1]) * shape[0], 0, shape[0] - 1).astype(int)
    return y, x


@lru_cache(maxsize=2)
def positions(assets):
    """Return the position of each of the head's texels on the base mesh: float32 (h, w, 3)."""
    head = assets.islands["head"]
    where = to_window(assets.body.uv[head])
    points = assets.base[assets.body.source[head]]
    width, height = (s // 2 for s in SIZE)
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, 1 - (np.arange(height) + 0.5) / height)
    out = LinearNDInterpolator(where, points)(x, y)
    outside = np.isnan(out[..., 0])
    out[outside] = NearestNDInterpolator(where, points)(x[outside], y[outside])
    return cv2.resize(out.astype(np.float32), SIZE, interpolation=cv2.INTER_LINEAR)


def step(low, high, x):
    """Return 0 below low, 1 above high, with a smooth transition."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blob(x, y, sx, sy=None):
    return np.exp(-0.5 * ((x / sx) ** 2 + (y / (sy or sx)) ** 2))


@lru_cache(maxsize=2)
def cap(assets):
    """Return how far inside the hairline each texel lies, in texels; < 0 on bare skin: float32 (h, w).

    The hairline is that of the hair painted on one of MakeHuman's textures.
    """
    painted = _window(
        assets.skin("young_caucasian_female", "textures/young_caucasian_female_special_suit.png")
    )
    p = positions(assets)
    face = (p[..., 2] > 1.1) & (p[..., 1] < 7.75)
    dark = ((painted.mean(-1) < 0.36) & ~face).astype(np.uint8)
    dark = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    smooth = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), 16) > 0.5
    inside, outside = (cv2.distanceTransform(m.astype(np.uint8), cv2.DIST_L2, 5) for m in (smooth, ~smooth))
    return inside - outside


@lru_cache(maxsize=64)
def _window(path):
    """Return the head's part of a skin texture, sRGB in [0, 1], at the size of the maps."""
    image = cv2.imread(str(path))[..., ::-1].astype(np.float32) / 255
    size = image.shape[0]
    left, bottom, right, top = (round(v * size) for v in WINDOW)
    return np.clip(
        cv2.resize(image[size - top : size - bottom, left:right], SIZE, interpolation=cv2.INTER_CUBIC), 0, 1
    )


def noise(rng, sigma):
    """Return smooth noise with standard deviation 1 on the maps' grid, sigma in texels: float32 (h, w)."""
    width, height = SIZE
    shrink = max(1, int(sigma / 2))
    small = rng.normal(size=(height // shrink + 1, width // shrink + 1)).astype(np.float32)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    out = cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC)
    return (out - out.mean()) / out.std()


def beard_area(p):
    """Return where a beard grows: (h, w) in [0, 1], given positions p (h, w, 3)."""
    x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
    upper = np.where(x < 0.3, 6.95 - 0.5 * x, 6.80 + 0.75 * (x - 0.3))
    area = step(0.02, -0.2, y - upper) * step(0.15, 0.5, z) * step(5.95, 6.15, y)
    lips = (x / 0.275) ** 2 + ((y - 6.615) / np.where(y > 6.615, 0.1, 0.115)) ** 2
    under_nose = 1 - 0.6 * blob(x, y - 6.8, 0.03, 0.06)
    return area * step(0.95, 1.35, np.where(z > 1.2, lips, 9)) * under_nose


def _line(p, points, width):
    """Return a groove along a line of (|x|, y) points: 1 in its middle, 0 away from it: (h, w)."""
    points = np.asarray(points)
    t = np.linspace(0, len(points) - 1, 60)
    line = np.stack([np.interp(t, np.arange(len(points)), points[:, k]) for k in (0, 1)], 1)
    where = np.stack([np.abs(p[..., 0]), p[..., 1]], -1).reshape(-1, 2)
    near = cKDTree(line).query(where, distance_upper_bound=4 * width)[0].reshape(p.shape[:2])
    ends = cKDTree(line[[0, -1]]).query(where, distance_upper_bound=1)[0].reshape(p.shape[:2])
    return np.where(np.isfinite(near), blob(near, 0, width), 0) * step(0.0, 0.08, ends) * (p[..., 2] > 0.9)


def wrinkles(p, rng):
    """Return the depth of the lines of an old face, 0 to about 1: float32 (h, w)."""
    x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
    wave = 0.35 * noise(rng, 40)
    forehead = np.sin(np.pi * (y - 0.06 * x**2 + 0.02 * noise(rng, 60)) / 0.115 + 2.2 * wave) ** 10
    forehead *= np.clip(0.6 + 0.5 * noise(rng, 30), 0, 1.2)
    forehead *= step(7.6, 7.72, y) * step(8.1, 7.95, y) * step(0.62, 0.4, x) * step(1.0, 1.2, z)
    dx, dy = x - 0.47, y - EYE[1]
    crow = (
        np.sin(np.arctan2(dy, dx) * 9 + wave * 2) ** 6
        * step(0.03, 0.09, dx)
        * step(0.24, 0.12, np.hypot(dx, dy))
    )
    under = _line(p, [(0.2, 7.17), (0.26, 7.11), (0.34, 7.09), (0.42, 7.12), (0.5, 7.2)], 0.012)
    folds = _line(p, [(0.2, 6.98), (0.27, 6.87), (0.33, 6.72), (0.34, 6.58)], 0.02)
    chin = _line(p, [(0.3, 6.6), (0.32, 6.5), (0.32, 6.4)], 0.015)
    frown = blob(x - 0.055, y - 7.5, 0.012, 0.06) * (z > 1.2)
    return (0.6 * forehead + 0.5 * crow + 0.55 * under + 0.9 * folds + 0.4 * chin + 0.3 * frown).astype(
        np.float32
    )


def maps(assets, person):
    """Create a person's skin: colour (sRGB), height and roughness, float32 (h, w, 3), (h, w), (h, w).

    Heights are fractions of 0.03 dm, where 0.5 is the level of the mesh.
    """
    rng = np.random.default_rng(person.seed)
    p = positions(assets)
    x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
    colour = _window(assets.skin(person.skin)).copy()
    colour = _clean_scalp(assets, colour, p)
    lips = step(1.25, 0.8, (x / 0.27) ** 2 + ((y - 6.615) / 0.11) ** 2) * (z > 1.3)
    if person.tone:
        colour = evened(colour, person.tone, FACE, (0.65 - 0.3 * person.gender) * lips)
    else:
        colour *= np.float32(person.tint)
    colour = _complexion(colour, p, person, rng)
    colour = _roots(assets, colour, p, person, rng)
    fine, pores = noise(rng, 1.0), noise(rng, 2.0)
    grey = colour.mean(-1)
    relief = grey - cv2.GaussianBlur(grey, (0, 0), 5)
    depth = wrinkles(p, rng)
    age = 0.03 + 0.97 * person.age**1.3
    height = 0.5 + 0.012 * fine + 0.016 * np.minimum(pores, 0.5) + 0.25 * relief * (0.4 + 0.6 * person.age)
    height -= 0.42 * age * depth
    oily = blob(x, y - 7.05, 0.12, 0.2) + blob(x, y - 7.8, 0.35, 0.15) * (z > 1)
    rough = 0.50 - 0.07 * oily - 0.14 * lips + 0.02 * pores
    if person.tone:  # on dark skin the same gloss would dominate
        rough = rough + 0.12 * max(0, 1 - person.tone[0] / 55)
    colour *= (1 - 0.10 * age * depth)[..., None] * (1 - lips[..., None] * [-0.03, 0.10, 0.09])
    return np.clip(colour, 0, 1), np.clip(height, 0, 1), np.clip(rough, 0.2, 0.8).astype(np.float32)


def body_colour(assets, person):
    """Return the whole body's skin, sRGB (h, w, 3), in the tone of the head's."""
    image = cv2.imread(str(assets.skin(person.skin)))[..., ::-1].astype(np.float32) / 255
    if not person.tone:
        return np.clip(image * np.float32(person.tint), 0, 1)
    size = len(image)
    scale = size * (WINDOW[3] - WINDOW[1]) / SIZE[1]
    top, left = size * (1 - WINDOW[3]), size * WINDOW[0]
    at = [
        slice(round(s.start * scale + edge), round(s.stop * scale + edge))
        for s, edge in zip(FACE, (top, left), strict=True)
    ]
    return evened(image, person.tone, tuple(at))


def evened(colour, tone, face, keep=0.0):
    """Even out a texture, sRGB (h, w, 3), to the colour `tone` (Lab) in its broad patches; detail stays.

    Painted shadows and red patches, when multiplied, make dark skin blotchy. face: the slices in which the
    texture shows the face; keep (h, w): where to keep its difference from the face's mean, 0 to 1.
    """
    lab = cv2.cvtColor(np.float32(colour), cv2.COLOR_RGB2LAB)
    mean = np.median(lab[face].reshape(-1, 3), axis=0)
    broad = cv2.GaussianBlur(lab, (0, 0), len(lab) / 90)
    share = np.float32([0.55, 0.85, 0.85]) * (1 - np.float32(keep))[..., None]
    lab = lab - share * (broad - mean) + (np.float32(tone) - mean)
    return np.clip(cv2.cvtColor(np.float32(lab), cv2.COLOR_LAB2RGB), 0, 1)


def _clean_scalp(assets, colour, p):
    """Replace the hair painted on the scalp by skin in the forehead's tone."""
    d = cap(assets)
    bare = (step(-34, -60, d) * (p[..., 1] > 6.2)).astype(np.float32)
    small = cv2.resize(
        np.dstack([colour * bare[..., None], bare]), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
    )
    spread = cv2.GaussianBlur(small, (0, 0), 22) + 0.05 * cv2.GaussianBlur(small, (0, 0), 70) + 1e-6
    tone = cv2.resize(spread[..., :3] / spread[..., 3:], SIZE, interpolation=cv2.INTER_LINEAR)
    share = step(-46, -10, d) * (1 - (np.abs(p[..., 0]) > 0.76) * step(7.75, 7.6, p[..., 1]))
    return colour * (1 - share[..., None]) + tone * share[..., None]


def _complexion(colour, p, person, rng):
    """Add redness to cheeks, nose and ears, shadows under the eyes, and freckles."""
    x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
    red = 0.9 * blob(x - 0.42, y - 6.98, 0.15, 0.13) * (z > 0.8) + 0.8 * blob(x, y - 6.98, 0.09, 0.07) * (
        z > 1.5
    )
    red += 0.5 * step(0.76, 0.84, x) + 0.35 * blob(x, y - 6.3, 0.14, 0.08) * (z > 1.2)
    under = blob(x - 0.29, y - 7.17, 0.11, 0.035) * (z > 1.2)
    red = red * np.clip(2 * colour.mean(-1), 0.3, 1)  # dark skin hides it
    blotch = noise(rng, 14) + 0.7 * noise(rng, 5)
    light = 1 + 0.018 * blotch - 0.07 * under
    colour = (
        colour
        * light[..., None]
        * np.stack([1 + 0.02 * red, 1 - 0.075 * red - 0.012 * blotch, 1 - 0.07 * red - 0.012 * blotch], -1)
    )
    marks = step(3.2, 3.9, noise(rng, 2.2)) * person.freckles
    return np.clip(colour * (1 - marks[..., None] * [0.2, 0.33, 0.4]), 0, 1).astype(np.float32)


def _roots(assets, colour, p, person, rng):
    """Darken the skin between the hairs by roots and stubble."""
    hair = np.asarray(person.hair_colour, np.float32)
    grain = 0.9 + 0.12 * noise(rng, 1.2)
    d = cap(assets) + person.hairline + 4 * noise(rng, 4)
    scalp = np.clip(step(-10, 16, d) * person.scalp * grain, 0, 1)[..., None]
    colour = colour * (1 - scalp) + scalp * (0.75 * hair + 0.25 * colour * hair)
    shadow = np.clip(0.42 * person.stubble * beard_area(p) * (0.9 + 0.12 * noise(rng, 1.0)), 0, 0.8)[
        ..., None
    ]
    return (colour * (1 - shadow) + shadow * (0.7 * hair + 0.3 * colour) * 0.8).astype(np.float32)
