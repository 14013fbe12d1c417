"""What is rendered: for every set, who, doing what, in which light, before which wall.

Everything follows from the seed, a set's name and the picture's number, so a set can be made anew,
stopped, resumed or made longer without changing the pictures that are there.
"""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import performance
from acting import calm_factors, calm_poses, draw_factors, through
from pairs import FITTING, NUMBERED, pair_person
from people import Person, person_a, person_b
from performance import FPS, SECONDS, eased, factors_at
from somebody import draw_person, mended

SEED = 2026
SAMPLES = 16  # a pixel; frames rendered with other seeds then differ by 0.006 (rms)
SIZES = {"person_a": 3000, "person_b": 3000, "test": 120, "many": 1500}
SIZES |= {scene: FPS * seconds for scene, seconds in SECONDS.items()}
SHIPPED_CROPS = 800  # of A and of B each
MORE = Path(__file__).parent / "more"  # where the others are kept, only for the shipped swaps to learn from
# The others: (200, 200). The crop of a pair's face covers 192 pixels or more.
PIXELS = {"movie": (512, 384), "light": (512, 384), "pair": (256, 256)}
ZOOM = 0.58  # of the movies: the crop of a face covers some 150 pixels

PEOPLE = {"a": person_a, "b": person_b}

CALM = 0.6  # share of the many
MANY = "anew"  # the name that their random numbers come from: "many" gave the first 1,500
# Pairs of people who do exactly the same, in clips of a second; the third of four is lively.
PAIR_CLIPS, PAIR_FRAMES, PAIR_ZOOM = 4, 8, 1.04

# A look is a lamp, the light of the room and a wall. azimuth (> 0 from the picture's right) and
# elevation in degrees, key, fill and rim as radiance, warmth from -1 (blue) to 1 (orange).
LOOKS = {
    "window": dict(
        azimuth=-50, elevation=20, key=1.05, fill=0.50, warmth=-0.3, rim=0.3, wall=(0.70, 0.74, 0.77)
    ),
    "lamp": dict(azimuth=35, elevation=35, key=1.1, fill=0.42, warmth=0.6, rim=0.4, wall=(0.55, 0.44, 0.34)),
    "office": dict(
        azimuth=15, elevation=48, key=0.85, fill=0.66, warmth=0.0, rim=0.25, wall=(0.61, 0.64, 0.62)
    ),
    "evening": dict(
        azimuth=58, elevation=20, key=1.0, fill=0.42, warmth=0.8, rim=0.5, wall=(0.36, 0.30, 0.35)
    ),
    "shade": dict(
        azimuth=-25, elevation=40, key=0.6, fill=0.80, warmth=-0.2, rim=0.3, wall=(0.43, 0.49, 0.42)
    ),
    "stage": dict(
        azimuth=-35, elevation=40, key=1.3, fill=0.36, warmth=0.2, rim=0.7, wall=(0.18, 0.19, 0.23)
    ),
}


@dataclass(frozen=True)
class Shot:
    """One picture to render. `shift` moves the head in the frame (decimetres, right and up);
    `card` is where a sheet of paper is held before the face (decimetres right, or None)."""

    person: Person
    factors: dict
    look: dict
    wall_seed: int
    shift: tuple | None = None
    zoom: float = 1.0
    card: float | None = None
    identity: dict | None = None

    def row(self):
        """What is written beside the picture: factors, light and, for the many, who it is."""
        light = {f"light_{k}": self.look[k] for k in LIGHTS}
        return {**self.factors, "look": self.look["name"], **light, **(self.identity or {})}


LIGHTS = ("azimuth", "elevation", "key", "fill", "warmth")


def stream(*names):
    """A generator of random numbers of its own for each list of names and numbers."""
    digest = hashlib.sha256("/".join(map(str, (SEED, *names))).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))


def draw_look(rng):
    """One of LOOKS, each time a little different."""
    name = str(rng.choice(list(LOOKS)))
    look = dict(LOOKS[name], name=name)
    look["azimuth"] = float(look["azimuth"] + rng.normal(0, 6))
    look["elevation"] = float(look["elevation"] + rng.normal(0, 4))
    for k in ("key", "fill"):
        look[k] = float(look[k] * np.exp(rng.normal(0, 0.07)))
    look["warmth"] = float(np.clip(look["warmth"] + rng.normal(0, 0.1), -1, 1))
    return look


def train_shot(which, index):
    """A or B: factors of its own for each picture of each person."""
    rng = stream("train", which, index)
    return Shot(PEOPLE[which](), draw_factors(rng), draw_look(rng), int(rng.integers(2**31)))


def test_shot(which, index):
    """The same pose, expression, light and wall for A and for B."""
    rng = stream("test", index)
    return Shot(PEOPLE[which](), draw_factors(rng), draw_look(rng), int(rng.integers(2**31)))


def many_shot(index):
    """One of the many: another person each time, most of them calm, few with closed eyes."""
    rng = stream(MANY, index)
    person, identity = mended(*draw_person(rng), rng)
    if rng.random() < CALM:
        factors = calm_factors(rng)
        factors["blink"] = float(rng.random() < 0.03)
    else:
        factors = draw_factors(rng, pose=0.5)
        factors["blink"] *= float(rng.random() < 0.4)
    return Shot(person, factors, draw_look(rng), int(rng.integers(2**31)), identity=identity)


def movie_shot(which, index):
    """Frame `index` of the performance, by A or by B."""
    t, score = index / FPS, performance.SCORE
    factors = factors_at(t, score, performance.SYLLABLES, performance.BLINKS)
    card = eased(score["card"], t)
    return Shot(
        PEOPLE[which](),
        factors,
        dict(LOOKS["lamp"], name="lamp"),
        wall_seed=7,
        shift=(eased(score["across"], t), eased(score["up"], t)),
        zoom=ZOOM,
        card=card if abs(card) < 5.9 else None,
    )


def light_shot(which, index):
    """Frame `index` of the scene in which the lamp is carried round the head."""
    t, score = index / FPS, performance.LIGHT
    factors = factors_at(t, score, performance.LIGHT_SYLLABLES, performance.LIGHT_BLINKS)
    look = dict(LOOKS["evening"], name="moving") | {k: eased(score[k], t) for k in LIGHTS}
    return Shot(
        PEOPLE[which](),
        factors,
        look,
        wall_seed=11,
        shift=(eased(score["across"], t), eased(score["up"], t)),
        zoom=ZOOM,
    )


def lively(clip):
    """Whether a pair's clip of this number is one of the lively ones."""
    return clip % 4 == 2


def pair_shot(pair, which, index):
    """A frame of a pair's clip: the same performance, light, wall and camera for both of them."""
    clip, frame = divmod(index, PAIR_FRAMES)
    rng = stream("pair", pair, "clip", clip)
    look, wall_seed = draw_look(rng), int(rng.integers(2**31))
    shift = tuple(float(v) for v in rng.normal(0, 0.04, 2))
    if lively(clip):
        poses, blink = [draw_factors(rng, pose=0.6) for _ in range(3)], None
    else:
        poses, blink = calm_poses(rng, PAIR_FRAMES)
    now = through(poses, 2 * frame / PAIR_FRAMES)
    if frame == blink:
        now["blink"], now["wide"], now["squint"] = 1.0, 0.0, 0.0
    draw = FITTING[pair] if which == "b" else 0
    person = pair_person(pair, which, stream("pair", pair, which, draw))
    return Shot(person, now, look, wall_seed, shift=shift, zoom=PAIR_ZOOM)


SETS = {  # name: (how many, the shot of a number), what is needed first comes first
    "test_a": (SIZES["test"], partial(test_shot, "a")),
    "test_b": (SIZES["test"], partial(test_shot, "b")),
    "person_a": (SIZES["person_a"], partial(train_shot, "a")),
    "person_b": (SIZES["person_b"], partial(train_shot, "b")),
    "movie_b": (SIZES["movie"], partial(movie_shot, "b")),
    "movie_a": (SIZES["movie"], partial(movie_shot, "a")),
    "light_b": (SIZES["light"], partial(light_shot, "b")),
    "light_a": (SIZES["light"], partial(light_shot, "a")),
    "many": (SIZES["many"], many_shot),
}
SHIPPED = tuple(SETS)
for _number in range(len(NUMBERED)):
    for _which in "ab":
        SETS[f"pair_{_number:02d}_{_which}"] = (PAIR_CLIPS * PAIR_FRAMES, partial(pair_shot, _number, _which))


def pixels(name):
    """(width, height) of the pictures of a set."""
    return PIXELS.get(name.split("_")[0], (200, 200))


def seed(name, index):
    """The renderer's seed for picture `index` of a set: the same for A and B where they are paired."""
    name = MANY if name == "many" else name.removesuffix("_a").removesuffix("_b")
    return int(stream("render", name, index).integers(2**31))
