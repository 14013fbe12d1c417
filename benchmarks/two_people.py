"""Movies with two people, composed from the two shipped ones, and who is visible where in each frame.

Both people play the same scene, so each movie takes different frames of each person, so that only the face
can tell them apart.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from swaplib.face.mask import hull_mask

LEFT, RIGHT = 126, 386  # columns of a frame with the head and shoulders
SEEN = 0.85  # share of a face that must be uncovered for it to count as visible
HIDDEN = 0.5  # below this, a swapped face would be painted on the occluder


@dataclass
class Layer:
    """A picture at a place in a frame; `who` is in it, `points` (478, 2) or None, alpha (h, w) or 1."""

    picture: np.ndarray
    x: int = 0
    y: int = 0
    who: str | None = None
    points: np.ndarray | None = None
    alpha: np.ndarray | float = 1.0


@dataclass
class Scene:
    """A frame, and for each person in it: (landmarks (478, 2) px, the visible share of the face)."""

    frame: np.ndarray
    people: dict


def paint(shape, layers):
    """Compose the `Scene` of layers, back to front. shape: (height, width)."""
    frame = np.full((*shape, 3), 110, np.float32)
    shows = {}  # who: the share of each pixel that shows that person
    for layer in layers:
        height, width = layer.picture.shape[:2]
        top, left = max(0, -layer.y), max(0, -layer.x)
        bottom, right = min(height, shape[0] - layer.y), min(width, shape[1] - layer.x)
        if bottom <= top or right <= left:
            continue
        there = np.s_[layer.y + top : layer.y + bottom, layer.x + left : layer.x + right]
        alpha = np.broadcast_to(np.float32(layer.alpha), (height, width))[top:bottom, left:right]
        frame[there] += alpha[..., None] * (layer.picture[top:bottom, left:right] - frame[there])
        for other in shows.values():
            other[there] *= 1 - alpha
        if layer.who:
            shows.setdefault(layer.who, np.zeros(shape, np.float32))[there] += alpha
    people = {}
    for layer in layers:
        if layer.who in shows and layer.points is not None:
            points = layer.points + (layer.x, layer.y)
            mask = hull_mask(points, shape)
            whole = max(hull_mask(layer.points, layer.picture.shape[:2]).sum(), 1)
            people[layer.who] = points, float((shows[layer.who] * mask).sum() / whole)
    return Scene(np.uint8(np.rint(frame)), people)


@dataclass
class Actor:
    """A movie: frames (n, h, w, 3) and the landmarks in each (n, 478, 2), NaN where there are none."""

    who: str
    frames: np.ndarray
    points: np.ndarray

    def at(self, i, x=0, y=0, columns=(0, None), alpha=1.0):
        """Return the `Layer` of frame i with its upper left corner at x, y, cropped to some columns."""
        left = columns[0]
        points = self.points[i] - (left, 0)
        return Layer(
            self.frames[i][:, left : columns[1]],
            round(x),
            round(y),
            self.who,
            None if np.isnan(points).any() else points,
            alpha,
        )


def side_by_side(a, b, n, k=0):
    """Place B at the left and A at the right, both fully visible."""
    height, width = a.frames.shape[1:3]
    for i in range(n):
        yield paint((height, 2 * width), [b.at(k + i), a.at(k + i, width)])


def crossing(front, behind, n, k=0):
    """Let two people pass each other, one in front."""
    height, far = front.frames.shape[1], 640
    for i in range(n):
        x = far * i / (n - 1)
        layers = [
            behind.at(k + n - 1 - i, far - x, columns=(LEFT, RIGHT)),
            front.at(k + i, x, columns=(LEFT, RIGHT)),
        ]
        yield paint((height, far + RIGHT - LEFT), layers)


def covered(a, b, n, k=0):
    """Hold a card in front of A for a third of the movie; B is beside A, uncovered."""
    height, width = a.frames.shape[1:3]
    for i in range(n):
        layers = [b.at(k + i), a.at(k + n - 1 - i, width)]
        if n // 3 <= i < 2 * n // 3:
            layers.append(Layer(np.full((220, 200, 3), (190, 180, 140), np.float32), width + 160, 20))
        yield paint((height, 2 * width), layers)


def fade(a, b, n, k=0, frames=16):
    """Fade from A's picture to B's, in the same place."""
    height, width = a.frames.shape[1:3]
    for i in range(n):
        share = float(np.clip((i - (n - frames) / 2) / frames, 0, 1))
        yield paint((height, width), [a.at(k + i), b.at(k + i, alpha=share)])


def cuts(a, b, n, k=0):
    """Cut from A to B and back to A, then alternate twice more; always in the same place."""
    height, width = a.frames.shape[1:3]
    length = -(-n // 6)
    for i in range(n):
        yield paint((height, width), [(a, b)[i // length % 2].at(k + i)])


def away(a, b, n, k=0):
    """Let A leave the picture and come back; B stays, and moves to the middle meanwhile."""
    height, width = a.frames.shape[1:3]
    for i in range(n):
        out = np.clip(1.6 * np.sin(np.pi * i / (n - 1)) - 0.3, 0, 1)
        layers = [
            b.at(k + n - 1 - i, 420 - 260 * out, columns=(LEFT, RIGHT)),
            a.at(k + i, 60 - 400 * out, columns=(LEFT, RIGHT)),
        ]
        yield paint((height, 760), layers)


def before_a_stranger(a, b, n, k=0):
    """Show A, small, in front of B's face, blurred and five times as large, like a newsreader's backdrop."""
    height, width = a.frames.shape[1:3]
    for i in range(n):
        large = cv2.GaussianBlur(cv2.resize(b.frames[k + i][60:300, 126:386], (936, 864)), (0, 0), 5)
        layers = [Layer(large, -40, -120), a.at(k + n - 1 - i, 440, 250, columns=(LEFT, RIGHT))]
        yield paint((640, 860), layers)


MOVIES = {
    "side by side": side_by_side,
    "crossing, A in front": crossing,
    "crossing, B in front": lambda a, b, n, k=0: crossing(b, a, n, k),
    "A covered beside B": covered,
    "a fade from A to B": fade,
    "cuts to B and back": cuts,
    "A goes and comes back": away,
    "A before a stranger": before_a_stranger,
}


def score(scenes, points, who):
    """Score how well a track follows one person: a dict of numbers of frames.

    points (n, 478, 2): the track, NaN where a frame is left unchanged. "can be seen": frames with the
    person's face clearly visible; "followed": how many of those the track is on. "wrong": frames with the
    track anywhere else, or on the face while something else is in front of it.
    """
    seen = followed = wrong = 0
    for scene, there in zip(scenes, points, strict=True):
        true, share = scene.people.get(who, (None, 0.0))
        clear = share >= SEEN
        seen += clear
        if np.isnan(there).any():
            continue
        on_it = true is not None and np.linalg.norm(there.mean(axis=0) - true.mean(axis=0)) < 0.3 * np.ptp(
            true[:, 1]
        )
        followed += clear and on_it
        wrong += not on_it or share < HIDDEN
    return {"can be seen": int(seen), "followed": int(followed), "wrong": int(wrong)}
