"""What is rendered: for every set, who, doing what, in which light, before which wall.

Everything follows from the seed and the picture's number, so a set can be made anew, stopped,
resumed or made longer without changing the pictures that are there.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from people import FACTORS, ORIGINS, Person, person_a, person_b

SEED = 2026
SIZES = {"person_a": 800, "person_b": 800, "test": 120, "many": 1500, "movie": 250, "cast": 70}
FPS = 25
CROP_PIXELS, MOVIE_PIXELS, CLIP_PIXELS = (160, 160), (384, 288), (192, 192)

# Lesson 6: people of its own, in short clips, and who of them is for what.
CLIPS, CLIP_FRAMES = 4, 12  # a person, a clip; 12.5 a second
CAST = {"train": range(6), "tune": range(6, 8), "test": range(8, 12)}
PEOPLE = {"a": person_a, "b": person_b}

# A look is a lamp, the light of the room and a wall. azimuth (> 0 from the picture's right) and
# elevation in degrees, key and fill as radiance, warmth from -1 (blue) to 1 (orange).
LOOKS = {
    "window": dict(azimuth=-50, elevation=20, key=1.05, fill=0.50, warmth=-0.3, wall=(0.72, 0.76, 0.8)),
    "lamp": dict(azimuth=35, elevation=35, key=1.1, fill=0.40, warmth=0.6, wall=(0.55, 0.42, 0.3)),
    "office": dict(azimuth=5, elevation=55, key=0.8, fill=0.70, warmth=0.0, wall=(0.62, 0.66, 0.62)),
    "evening": dict(azimuth=60, elevation=15, key=1.0, fill=0.38, warmth=0.8, wall=(0.32, 0.26, 0.33)),
    "shade": dict(azimuth=-15, elevation=40, key=0.45, fill=0.85, warmth=-0.2, wall=(0.4, 0.5, 0.38)),
    "stage": dict(azimuth=-35, elevation=45, key=1.3, fill=0.32, warmth=0.2, wall=(0.14, 0.15, 0.2)),
}

# Bipolar axes of shape for the many: name -> (targets at -1, targets at +1)
AXES = {
    "face_width": ("head/head-scale-horiz-decr", "head/head-scale-horiz-incr"),
    "face_height": ("head/head-scale-vert-decr", "head/head-scale-vert-incr"),
    "face_fat": ("head/head-fat-decr", "head/head-fat-incr"),
    "face_square": ("head/head-oval", "head/head-square"),
    "face_triangle": ("head/head-invertedtriangular", "head/head-triangular"),
    "forehead_height": ("forehead/forehead-scale-vert-decr", "forehead/forehead-scale-vert-incr"),
    "nose_width": ("nose/nose-scale-horiz-decr", "nose/nose-scale-horiz-incr"),
    "nose_length": ("nose/nose-scale-vert-decr", "nose/nose-scale-vert-incr"),
    "nose_depth": ("nose/nose-scale-depth-decr", "nose/nose-scale-depth-incr"),
    "nose_point": ("nose/nose-point-down", "nose/nose-point-up"),
    "nose_hump": ("nose/nose-hump-decr", "nose/nose-hump-incr"),
    "chin_width": ("chin/chin-width-decr", "chin/chin-width-incr"),
    "chin_height": ("chin/chin-height-decr", "chin/chin-height-incr"),
    "chin_prominence": ("chin/chin-prominent-decr", "chin/chin-prominent-incr"),
    "mouth_width": ("mouth/mouth-scale-horiz-decr", "mouth/mouth-scale-horiz-incr"),
    "lower_lip": ("mouth/mouth-lowerlip-volume-decr", "mouth/mouth-lowerlip-volume-incr"),
    "upper_lip": ("mouth/mouth-upperlip-volume-decr", "mouth/mouth-upperlip-volume-incr"),
    "eye_size": ("eyes/?-eye-scale-decr", "eyes/?-eye-scale-incr"),
    "eye_distance": ("eyes/?-eye-trans-in", "eyes/?-eye-trans-out"),
    "eye_slant": ("eyes/?-eye-corner2-down", "eyes/?-eye-corner2-up"),
    "cheek_bones": ("cheek/?-cheek-bones-decr", "cheek/?-cheek-bones-incr"),
    "cheek_volume": ("cheek/?-cheek-volume-decr", "cheek/?-cheek-volume-incr"),
    "brow_height": ("eyebrows/eyebrows-trans-down", "eyebrows/eyebrows-trans-up"),
}
HAIR = ("short01", "short02", "short04", "ponytail01", "long01", "afro01")
HAIR_COLOURS = {
    "black": (0.05, 0.04, 0.04),
    "dark brown": (0.13, 0.08, 0.05),
    "brown": (0.26, 0.16, 0.09),
    "light brown": (0.42, 0.28, 0.16),
    "blond": (0.72, 0.56, 0.33),
    "red": (0.46, 0.19, 0.08),
    "grey": (0.55, 0.54, 0.53),
}
BROWS = tuple(f"eyebrow{k:03d}" for k in range(1, 13))
EYES = (
    "blue",
    "bluegreen",
    "brown",
    "light brown",
    "deep blue",
    "green",
    "grey",
    "ice",
    "light blue",
)  # in the order of the asset's materials
CLOTHES = ("male_casualsuit04", "female_casualsuit01", "male_casualsuit02", "male_casualsuit06")


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
        light = {f"light_{k}": self.look[k] for k in ("azimuth", "elevation", "key", "fill", "warmth")}
        return {**self.factors, "look": self.look["name"], **light, **(self.identity or {})}


# Each kind of picture has a stream of random numbers of its own. A number is never given twice, or two
# kinds would share their pictures: a third person's would be the test's. A test holds that.
STREAMS = {"person_a": 1, "person_b": 2, "test": 3, "many": 4, "cast": 5, "cast_shots": 6, "clips": 7}


def _rng(stream, *numbers):
    """The random numbers of picture `numbers` in a stream of STREAMS."""
    return np.random.default_rng([SEED, STREAMS[stream], *numbers])


def sometimes(rng, share, a=1.0, b=1.0):
    """0 most of the time, otherwise an amount in [0, 1] drawn from Beta(a, b)."""
    return float(rng.beta(a, b)) if rng.random() < share else 0.0


def draw_factors(rng, pose=1.0):
    """A pose and an expression. Opposites (pucker and smile, wide and blink) don't meet."""
    f = dict.fromkeys(FACTORS, 0.0)
    for name in ("yaw", "pitch", "roll", "gaze_yaw", "gaze_pitch"):
        scale = pose if name in ("yaw", "pitch", "roll") else 1.0
        f[name] = float(scale * FACTORS[name][1] * np.clip(rng.normal(0, 0.5), -1, 1))
    mouth = rng.choice(["smile", "pucker", "retraction", "frown", "rest"], p=[0.35, 0.18, 0.14, 0.11, 0.22])
    if mouth != "rest":
        f[mouth] = float(rng.beta(1.3, 1.0))
    f["mouth_open"] = sometimes(rng, 0.6, 1.0, 1.3)
    eyes = rng.choice(["blink", "squint", "wide", "rest"], p=[0.28, 0.14, 0.14, 0.44])
    if eyes == "blink":
        f["blink"] = 1.0 if rng.random() < 0.5 else float(rng.random())
    elif eyes != "rest":
        f[eyes] = float(rng.random())
    brows = rng.choice(
        ["brow_inner", "brow_outer", "brow_down", "both", "rest"], p=[0.15, 0.12, 0.18, 0.15, 0.4]
    )
    for name in ("brow_inner", "brow_outer") if brows == "both" else (brows,):
        if name != "rest":
            f[name] = float(rng.random())
    return f


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
    rng = _rng(f"person_{which}", index)
    return Shot(PEOPLE[which](), draw_factors(rng), draw_look(rng), int(rng.integers(2**31)))


def test_shot(which, index):
    """The same pose, expression, light and wall for A and for B."""
    rng = _rng("test", index)
    return Shot(PEOPLE[which](), draw_factors(rng), draw_look(rng), int(rng.integers(2**31)))


def draw_person(rng):
    """Somebody: (Person, the factors of who it is)."""
    gender = float(rng.beta(0.5, 0.5))
    age = float(rng.beta(0.9, 1.5))
    origin = rng.dirichlet([0.45, 0.45, 0.45])
    weight = float(np.clip(rng.normal(0.5, 0.15), 0.1, 0.9))
    axes = {name: float(np.clip(rng.normal(0, 0.3), -0.8, 0.8)) for name in AXES}
    shape = {}
    for name, amount in axes.items():
        target = AXES[name][int(amount > 0)]
        for side in ("l", "r") if "?" in target else ("",):
            shape[target.replace("?", side)] = abs(amount)
    years = ("young", "middleage", "old")[int(np.digitize(age, [0.35, 0.7]))]
    people = ORIGINS[int(rng.choice(3, p=origin))]
    skin = f"{years}_{people}_{'male' if gender > 0.5 else 'female'}"
    bright = float(np.exp(rng.normal(0.05, 0.12)))
    tint = tuple(float(bright * v) for v in np.exp(rng.normal(0, 0.025, 3)))
    styles = HAIR if gender < 0.5 else ("short01", "short02", "short04", "afro01")
    hair = str(rng.choice(styles))
    dark = people != "caucasian"
    shares = [0.65, 0.3, 0.05, 0, 0, 0] if dark else [0.1, 0.2, 0.25, 0.2, 0.17, 0.08]
    grey = age > 0.55 and rng.random() < 0.7
    colour = "grey" if grey else str(rng.choice(list(HAIR_COLOURS)[:6], p=shares))
    brows = int(rng.integers(len(BROWS)))
    eyes = int(rng.choice([2, 3], p=[0.75, 0.25]) if dark else rng.integers(len(EYES)))
    person = Person(
        gender=gender,
        age=age,
        origin=tuple(float(v) for v in origin),
        weight=weight,
        shape=shape,
        skin=skin,
        tint=tint,
        hair=hair,
        hair_colour=HAIR_COLOURS[colour],
        brows=BROWS[brows],
        eyes=eyes,
        clothes=str(rng.choice(CLOTHES)),
        cloth_colour=tuple(float(v) for v in rng.uniform(0.15, 0.6, 3)),
    )
    identity = {
        "gender": gender,
        "age": age,
        **dict(zip(ORIGINS, person.origin, strict=True)),
        "weight": weight,
        **axes,
        "skin": skin,
        "skin_tint": bright,
        "hair": hair,
        "hair_colour": colour,
        "brows": BROWS[brows],
        "eyes": EYES[eyes],
    }
    return person, identity


def many_shot(index):
    """One of the many: another person each time, moderate pose."""
    rng = _rng("many", index)
    person, identity = draw_person(rng)
    factors = draw_factors(rng, pose=0.5)
    return Shot(person, factors, draw_look(rng), int(rng.integers(2**31)), identity=identity)


# The performance of the movie: (second, value), joined by smooth steps.
SCORE = {
    "yaw": [
        (0, 0),
        (0.8, 6),
        (1.6, -10),
        (2.4, 4),
        (3.2, 30),
        (3.8, 33),
        (4.5, -8),
        (5.1, -34),
        (5.6, -30),
        (6.3, 0),
        (8.2, 12),
        (8.8, 0),
        (10, 0),
    ],
    "pitch": [
        (0, 0),
        (1.0, 4),
        (2.0, -5),
        (2.8, 6),
        (3.6, 0),
        (4.4, -9),
        (5.2, 4),
        (6.2, 8),
        (7.0, -3),
        (8.5, 3),
        (9.4, -4),
        (10, 0),
    ],
    "roll": [(0, 0), (1.4, -5), (2.6, 4), (4.0, 9), (5.0, -6), (6.5, 3), (8.0, -8), (9.2, 2), (10, 0)],
    "gaze_yaw": [
        (0, 0),
        (1.1, 0),
        (1.2, -14),
        (1.9, -14),
        (2.0, 0),
        (3.0, 12),
        (3.9, -6),
        (4.6, 0),
        (5.0, -12),
        (5.8, 8),
        (6.4, 0),
        (8.6, 0),
        (8.7, 16),
        (9.3, 16),
        (9.4, 0),
        (10, 0),
    ],
    "gaze_pitch": [(0, 0), (2.2, 0), (2.3, 8), (2.7, 8), (2.8, 0), (8.7, -6), (9.4, 0), (10, 0)],
    "smile": [
        (0, 0.1),
        (2.1, 0.1),
        (2.6, 0.9),
        (3.2, 0.8),
        (3.7, 0),
        (5.6, 0),
        (6.0, 1),
        (6.7, 0.9),
        (7.2, 0.2),
        (8.9, 0.2),
        (9.4, 0.7),
        (10, 0.5),
    ],
    "brow_inner": [(0, 0), (0.5, 0.7), (1.1, 0), (4.2, 0), (4.7, 0.8), (5.3, 0), (10, 0)],
    "brow_outer": [(0, 0), (0.5, 0.6), (1.1, 0), (6.0, 0), (6.3, 0.6), (6.8, 0), (10, 0)],
    "brow_down": [(0, 0), (3.6, 0), (4.0, 0.8), (4.3, 0), (8.6, 0), (9.0, 0.7), (9.4, 0), (10, 0)],
    "squint": [(0, 0), (2.4, 0), (2.7, 0.5), (3.2, 0), (5.9, 0), (6.2, 0.6), (6.8, 0), (10, 0)],
    "wide": [(0, 0), (0.4, 0.8), (0.9, 0), (4.5, 0), (4.8, 0.8), (5.2, 0), (10, 0)],
    "across": [
        (0, 0),
        (1.5, 0.15),
        (3.5, -0.2),
        (5.5, 0.2),
        (6.9, 0),
        (7.25, 3.6),
        (7.6, 3.6),
        (8.0, 0),
        (10, 0),
    ],
    "up": [(0, -0.3), (2.0, -0.22), (4.0, -0.38), (6.0, -0.25), (10, -0.3)],
    "card": [(0, -4.5), (8.75, -4.5), (9.35, 4.5), (10, 4.5)],
}
BLINKS = (1.15, 3.05, 4.55, 6.35, 8.25, 9.75)  # seconds
# Syllables: (start, length, what the mouth does); the soundtrack follows the same list.
SYLLABLES = [
    (0.30, 0.22, "ah"),
    (0.55, 0.18, "ee"),
    (0.76, 0.22, "oo"),
    (1.00, 0.20, "ah"),
    (1.35, 0.20, "oo"),
    (1.58, 0.18, "ah"),
    (1.80, 0.24, "ee"),
    (3.30, 0.20, "ah"),
    (3.52, 0.22, "oo"),
    (3.78, 0.18, "ee"),
    (4.00, 0.25, "ah"),
    (4.40, 0.20, "ah"),
    (4.64, 0.24, "oo"),
    (4.92, 0.18, "ah"),
    (5.14, 0.26, "ee"),
    (6.75, 0.22, "ah"),
    (8.05, 0.20, "ee"),
    (8.28, 0.22, "ah"),
    (8.55, 0.24, "oo"),
]
SHAPES = {
    "ah": {"mouth_open": 0.75},
    "ee": {"mouth_open": 0.25, "retraction": 0.8},
    "oo": {"mouth_open": 0.2, "pucker": 0.9},
}


def bump(t, start, length):
    """A smooth rise and fall: 0 outside, 1 in the middle."""
    return np.where((t > start) & (t < start + length), np.sin(np.pi * (t - start) / length) ** 2, 0)


def score(name, t):
    """Value of a line of SCORE at time t in seconds, eased between its points."""
    times, values = np.array(SCORE[name]).T
    k = int(np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2))
    u = np.clip((t - times[k]) / (times[k + 1] - times[k]), 0, 1)
    return float(values[k] + (values[k + 1] - values[k]) * u * u * (3 - 2 * u))


def movie_shot(which, index):
    """Frame `index` of the performance, by A or by B."""
    t = index / FPS
    f = dict.fromkeys(FACTORS, 0.0)
    f.update({name: score(name, t) for name in SCORE if name in FACTORS})
    f["blink"] = float(max(bump(t, b - 0.1, 0.24) for b in BLINKS))
    for start, length, sound in SYLLABLES:
        for name, amount in SHAPES[sound].items():
            f[name] = max(f[name], float(amount * bump(t, start, length)))
    f["smile"] *= 1 - 0.8 * f["pucker"]
    look = dict(LOOKS["lamp"], name="lamp")
    card = score("card", t)
    return Shot(
        PEOPLE[which](),
        f,
        look,
        wall_seed=7,
        shift=(score("across", t), score("up", t)),
        zoom=0.72,
        card=card if abs(card) < 4.4 else None,
    )


def cast(number):
    """One of the people of lesson 6."""
    return draw_person(_rng("cast", number))


def cast_shot(number, index):
    """Pictures of one of them to train a swap with, as of A and B."""
    rng = _rng("cast_shots", number, index)
    person, identity = cast(number)
    return Shot(person, draw_factors(rng), draw_look(rng), int(rng.integers(2**31)), identity=identity)


def clip_shot(number, index):
    """A frame of one of their clips: a second in which the face goes through four random poses."""
    clip, frame = divmod(index, CLIP_FRAMES)
    rng = _rng("clips", number, clip)
    look, wall_seed = draw_look(rng), int(rng.integers(2**31))
    poses = [
        draw_factors(rng, pose=0.7) | dict(zip(("right", "up"), rng.normal(0, 0.12, 2), strict=True))
        for _ in range(4)
    ]
    k, u = divmod(3 * frame / CLIP_FRAMES, 1)
    before, after = poses[int(k)], poses[int(k) + 1]
    now = {name: float(before[name] + (after[name] - before[name]) * u * u * (3 - 2 * u)) for name in before}
    person, identity = cast(number)
    right, up = now.pop("right"), now.pop("up")
    return Shot(person, now, look, wall_seed, shift=(right, up - 0.2), zoom=0.95, identity=identity)


SETS = {
    "test_a": (SIZES["test"], partial(test_shot, "a")),
    "test_b": (SIZES["test"], partial(test_shot, "b")),
    "person_a": (SIZES["person_a"], partial(train_shot, "a")),
    "person_b": (SIZES["person_b"], partial(train_shot, "b")),
    "movie_b": (SIZES["movie"], partial(movie_shot, "b")),
    "movie_a": (SIZES["movie"], partial(movie_shot, "a")),
    "many": (SIZES["many"], many_shot),
}
for _number in range(sum(map(len, CAST.values()))):
    SETS[f"clips_{_number:02d}"] = (CLIPS * CLIP_FRAMES, partial(clip_shot, _number))
    SETS[f"cast_{_number:02d}"] = (SIZES["cast"], partial(cast_shot, _number))


def pixels(name):
    """(width, height) of the pictures of a set."""
    return {"movie": MOVIE_PIXELS, "clips": CLIP_PIXELS}.get(name.split("_")[0], CROP_PIXELS)
