"""Occluders to hold in front of a face, placed by its landmarks: kinds on which no network was trained."""

import cv2
import numpy as np

EDGE = 4  # oversampling of the shapes


def before(picture, paint, cover):
    """Paint over a picture, uint8: `paint` (h, w, 3), levels, where cover (h, w) in [0, 1] is."""
    mixed = picture * (1 - cover[..., None]) + paint * cover[..., None]
    return np.uint8(np.clip(np.rint(mixed), 0, 255))


def _drawn(shape, draw):
    """Draw a shape with a soft edge, (h, w) in [0, 1]; draw(canvas, transform of points)."""
    big = np.zeros((shape[0] * EDGE, shape[1] * EDGE), np.uint8)
    draw(big, lambda points: np.int32(np.round((np.float32(points) + 0.5) * EDGE)))
    return cv2.resize(np.float32(big > 0), shape[1::-1], interpolation=cv2.INTER_AREA)


def _axes(points):
    """Return the centre of the face, its unit vectors (right, down) and its height."""
    top, chin = points[10], points[152]
    down = (chin - top) / np.linalg.norm(chin - top)
    return (top + chin) / 2, np.array([down[1], -down[0]]), down, np.linalg.norm(chin - top)


def skin(picture, points):
    """Return the colour of the cheeks, levels (3,)."""
    x, y = np.clip(np.rint(points[[50, 280]]).astype(int), 0, np.array(picture.shape[1::-1]) - 1).T
    return picture[y, x].mean(axis=0)


def ellipse(picture, points, rise=0.5):
    """Draw a plain ellipse in the skin's colour, from below up to a share of the face."""
    middle, right, down, high = _axes(points)
    centre = middle + down * high * (0.5 - rise + 0.45)
    angle = np.degrees(np.arctan2(down[1], down[0]))

    def draw(canvas, at):
        axes = EDGE * high * np.array([0.45, 0.32])
        cv2.ellipse(canvas, tuple(map(int, at(centre))), tuple(map(int, axes)), angle, 0, 360, 1, -1)

    return before(picture, skin(picture, points), cover := _drawn(picture.shape, draw)), cover


def hand(picture, points, rise=0.45):
    """Draw a palm with four fingers and a thumb, shaded, slightly darker than the cheek, from below."""
    middle, right, down, high = _axes(points)
    base = middle + down * high * (0.5 - rise + 0.55)

    def draw(canvas, at):
        def place(x, y):
            return at(base + right * high * x + down * high * y)

        cv2.fillPoly(
            canvas,
            [np.stack([place(*p) for p in ((-0.27, 0.6), (-0.25, -0.2), (0.25, -0.25), (0.28, 0.6))])],
            1,
        )
        for k, long in enumerate((0.33, 0.42, 0.45, 0.36)):
            x = -0.19 + 0.13 * k
            width = int(0.115 * high * EDGE)
            cv2.line(canvas, place(x, -0.1), place(x * 1.25, -0.15 - long), 1, width)
        cv2.line(canvas, place(0.2, 0.2), place(0.5, -0.15), 1, int(0.13 * high * EDGE))

    cover = _drawn(picture.shape, draw)
    rounded = cv2.GaussianBlur(cover, (0, 0), 0.02 * high + 0.1)
    return before(picture, 0.95 * skin(picture, points) * (0.55 + 0.45 * rounded[..., None]), cover), cover


def card(picture, points, x=0.15, y=0.2, turn=12):
    """Draw a white card with lines of print."""
    middle, right, down, high = _axes(points)
    centre = middle + right * high * x + down * high * y
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    u, v = (c * right + s * down) * high * 0.36, (c * down - s * right) * high * 0.23

    def box(low, high_, top, bottom):
        return [centre + u * a + v * b for a, b in ((low, top), (high_, top), (high_, bottom), (low, bottom))]

    def draw(*boxes):
        return _drawn(picture.shape, lambda canvas, at: [cv2.fillPoly(canvas, [at(b)], 1) for b in boxes])

    cover, lines = (
        draw(box(-1, 1, -1, 1)),
        draw(*(box(-0.8, 0.6, t, t + 0.16) for t in (-0.6, -0.2, 0.2, 0.6))),
    )
    return before(before(picture, np.float64([235, 233, 225]), cover), np.float64([60, 60, 80]), lines), cover


# the lower face along the jaw, and over the bridge of the nose
MASKED = (
    195,
    50,
    123,
    93,
    58,
    172,
    136,
    150,
    149,
    176,
    148,
    152,
    377,
    400,
    378,
    379,
    365,
    397,
    288,
    323,
    352,
    280,
)


def surgical_mask(picture, points):
    """Draw a light blue mask with pleats, from the nose to the chin."""
    _, _, down, high = _axes(points)
    cover = _drawn(picture.shape, lambda canvas, at: cv2.fillPoly(canvas, [at(points[list(MASKED)])], 1))
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    pleats = 1 + 0.08 * np.sin(2 * np.pi * (x * down[0] + y * down[1]) / (0.12 * high))
    return before(picture, np.float64([150, 190, 215]) * pleats[..., None], cover), cover


def strand(picture, points, x=-0.1):
    """Draw a bundle of dark hair falling over an eye."""
    middle, right, down, high = _axes(points)
    rng = np.random.default_rng(0)

    def draw(canvas, at):
        for k in np.linspace(-0.05, 0.05, 14):
            t = np.linspace(0, 1, 12)[:, None]
            sway = 0.06 * np.sin(3 * t + rng.normal(0, 0.3))
            line = middle + right * high * (x + k + sway - 0.12 * t) + down * high * (-0.65 + 0.8 * t)
            cv2.polylines(canvas, [at(line)], False, 1, max(1, int(0.012 * high * EDGE)))

    cover = _drawn(picture.shape, draw)
    return before(picture, np.float64([48, 34, 26]), cover), cover


KINDS = {"ellipse": ellipse, "hand": hand, "card": card, "surgical mask": surgical_mask, "strand": strand}
