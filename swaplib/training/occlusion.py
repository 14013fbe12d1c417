"""Training data for a cover network: faces with random occluders, and masks of the covered pixels.

The shapes are simple (ellipses, blobs, polygons, bars, curtains, bundles of lines) and so are their
textures (flat colours, shading, noise, pieces of other pictures, the colour of the face's own skin). A
network trained on them generalises to hands, cards, masks and hair that it has never seen.
"""

import cv2
import numpy as np

from swaplib.training import degradation
from swaplib.training.augmentation import Augment
from swaplib.training.batches import BATCH, SeededBatches

UNCOVERED = 0.35  # share of the pictures without an occluder
EDGE = 4  # oversampling of the shapes, for an edge one pixel soft
JITTER = Augment(flip=True, turn=5, zoom=0.05, shift=0.03, light=0.2)


def covered(rng: np.random.Generator, image: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put an occluder on a face: (picture float32 (size, size, 3), cover (size, size) in [0, 1]).

    image: float32 (size, size, 3) in [0, 1]. other: a picture of the same size to cut pieces from.
    """
    size = len(image)
    cover = np.zeros((size, size), np.float32)
    for _ in range(rng.choice([1, 1, 2])):
        shape = SHAPES[rng.integers(len(SHAPES))](rng, EDGE * size)
        shape = cv2.resize(np.float32(shape), (size, size), interpolation=cv2.INTER_AREA)
        look = _texture(rng, image, other)
        if rng.random() < 0.5:  # the shadow it casts
            shadow = cv2.GaussianBlur(
                np.roll(shape, rng.integers(-3, 4, 2), (0, 1)), (0, 0), rng.uniform(1, 4)
            )
            image = image * (1 - rng.uniform(0.1, 0.5) * shadow[..., None])
        image = image * (1 - shape[..., None]) + look * shape[..., None]
        cover = np.maximum(cover, shape)
    return image.astype(np.float32), cover


def _place(rng, size, spread=0.25):
    """Draw a random point of the picture, mostly near the centre, where the face is."""
    return size * (spread * rng.normal(size=2) + [0.5, 0.56])


def _polygon(size, corners):
    out = np.zeros((size, size), np.uint8)
    cv2.fillPoly(out, [np.int32(np.round(corners))], 1)
    return out


def _ellipse(rng, size):
    out = np.zeros((size, size), np.uint8)
    axes = size * rng.uniform(0.05, 0.4, 2)
    cv2.ellipse(out, (_place(rng, size).tolist(), (2 * axes).tolist(), rng.uniform(0, 180)), 1, -1)
    return out


def _round_corners(rng, size):
    """Draw a polygon around a point, with randomly rounded corners."""
    k = rng.integers(3, 10)
    turns = np.sort(rng.uniform(0, 2 * np.pi, k))
    reach = size * rng.uniform(0.08, 0.4) * rng.uniform(0.5, 1, k)
    out = _polygon(size, _place(rng, size) + np.stack([np.cos(turns), np.sin(turns)], 1) * reach[:, None])
    return np.float32(cv2.GaussianBlur(np.float32(out), (0, 0), rng.uniform(0.2, 0.04 * size)) > 0.5)


def _blob(rng, size):
    """Threshold smooth noise and keep the piece nearest to the centre."""
    coarse = rng.normal(size=(rng.integers(4, 9),) * 2).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    _, pieces = cv2.connectedComponents(np.uint8(field > rng.uniform(0.2, 1.0)))
    x, y = np.clip(_place(rng, size), 0, size - 1).astype(int)
    return pieces == (pieces[y, x] or rng.integers(1, max(2, pieces.max() + 1)))


def _curtain(rng, size):
    """Fill one side of a bent line through the picture."""
    angle, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.5) / size
    y, x = np.mgrid[:size, :size] - _place(rng, size, 0.3)[::-1, None, None]
    along, across = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    return across > bend * along**2 + rng.uniform(0, 0.15) * size


def _bars(rng, size, many=None, thick=(0.03, 0.12)):
    """Draw thick strokes side by side, fanning out from one place."""
    out = np.zeros((size, size), np.uint8)
    many = many or rng.integers(1, 6)
    start, angle = _place(rng, size, 0.3), rng.uniform(0, 2 * np.pi)
    width = size * rng.uniform(*thick)
    for k in range(many):
        turn = angle + rng.normal(0, 0.25)
        begin = start + 1.1 * width * (k - many / 2) * np.array([-np.sin(angle), np.cos(angle)])
        middle = begin + size * rng.uniform(0.15, 0.5) * np.array([np.cos(turn), np.sin(turn)])
        turn += rng.normal(0, 0.4)
        end = middle + size * rng.uniform(0.0, 0.6) * np.array([np.cos(turn), np.sin(turn)])
        line = np.int32([begin, middle, end])
        cv2.polylines(out, [line], False, 1, max(1, int(width * rng.uniform(0.8, 1.2))))
    return out


def _strands(rng, size):
    return _bars(rng, size, rng.integers(3, 12), (0.006, 0.03))


SHAPES = (_ellipse, _round_corners, _round_corners, _blob, _curtain, _bars, _bars, _strands)


def _texture(rng, image, other):
    """Draw the occluder's texture: float32 (size, size, 3)."""
    size = len(image)
    kind = rng.integers(6)
    if kind == 0:  # a piece of another picture
        look = _zoomed(rng, other)
    elif kind == 1:  # another person's skin
        look = _smooth(rng, size, _skin(rng, other), 0.12)
    elif kind in (2, 3):  # the face's own skin: a hand of the same person
        look = _smooth(rng, size, _skin(rng, image) * np.exp(rng.normal(0, 0.12)), rng.uniform(0.02, 0.2))
    else:
        colour = rng.random(3) if rng.random() < 0.5 else np.full(3, rng.random()) + rng.normal(0, 0.04, 3)
        look = _smooth(rng, size, colour, rng.uniform(0, 0.4))
        if rng.random() < 0.4:  # a pattern: cloth, print, hair
            look = look + rng.uniform(0.03, 0.3) * _pattern(rng, size)
    return np.clip(look + rng.normal(0, rng.uniform(0, 0.03), look.shape), 0, 1).astype(np.float32)


def _skin(rng, image):
    """Return the colour at some point of a face."""
    x, y = (len(image) * rng.uniform([0.35, 0.4], [0.65, 0.8])).astype(int)
    return image[y - 1 : y + 2, x - 1 : x + 2].mean(axis=(0, 1))


def _smooth(rng, size, colour, shading):
    """Draw a colour with uneven shading."""
    coarse = rng.normal(0, shading, (rng.integers(2, 6), rng.integers(2, 6))).astype(np.float32)
    return (
        np.float32(colour)
        * np.exp(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC))[..., None]
    )


def _pattern(rng, size):
    """Draw stripes or grain."""
    y, x = np.mgrid[:size, :size]
    if rng.random() < 0.5:
        a, b = rng.normal(0, 0.8, 2)
        return np.sign(np.sin(a * x + b * y + rng.uniform(0, 6)))[..., None]
    grains = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), rng.uniform(0.5, 2))
    return (grains / grains.std())[..., None]


def _zoomed(rng, other):
    """Return a rotated and enlarged piece of a picture."""
    size = len(other)
    middle = (size * rng.uniform(0.1, 0.9, 2)).tolist()
    matrix = cv2.getRotationMatrix2D(middle, rng.uniform(0, 360), rng.uniform(1, 3))
    return cv2.warpAffine(other, matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101)


class Covered(SeededBatches):
    """Batches for a cover network: pictures, and their target covers (n, size, size, 1).

    images: float32 (n, size, size, 3) in [0, 1]. masks: (n, size, size), 1 inside the face; pixels
    outside have a weight of 0.1.
    """

    def __init__(
        self, images: np.ndarray, masks: np.ndarray, batch: int = 4 * BATCH, steps: int = 50, seed: int = 0
    ) -> None:
        super().__init__(steps, seed)
        self.images, self.masks, self.batch = images, masks, batch

    def draw(self, rng: np.random.Generator) -> tuple:
        made = [self._one(rng) for _ in range(self.batch)]
        images, covers, weights = (np.stack(part) for part in zip(*made, strict=True))
        return images, covers[..., None], weights

    def _one(self, rng):
        k, other = rng.integers(len(self.images), size=2)
        _, image, mask = JITTER(rng, self.images[k], self.masks[k])
        cover = np.zeros(image.shape[:2], np.float32)
        if rng.random() > UNCOVERED:
            image, cover = covered(rng, image, self.images[other])
        return _filmed(rng, image), cover, 0.1 + 0.9 * mask


def _filmed(rng, image):
    """Imitate a camera: grey, dark, low-contrast, blurred, grainy or JPEG-compressed."""
    if rng.random() < 0.15:
        image = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    image = np.clip(image, 0, 1) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.5))
    if rng.random() < 0.3:
        image = image + rng.normal(0, rng.uniform(0, 0.06), image.shape)
    image = np.float32(np.clip(image, 0, 1))
    return degradation.jpeg(image[None], rng.integers(40, 100))[0] if rng.random() < 0.2 else image
