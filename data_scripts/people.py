"""Who is rendered and what the face does: people, factors, and how both bend the mesh.

A `Person` is fixed; `factors` (a dict of the names in FACTORS) change from picture to picture.
`pose` turns both into vertices. Angles are in degrees, expression amounts run from 0 to 1.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

# name: (lowest, highest, unit, what it is)
FACTORS = {
    "yaw": (-35, 35, "degrees", "head turned towards the picture's right (> 0) or left"),
    "pitch": (-15, 15, "degrees", "head tilted up (> 0) or down"),
    "roll": (-15, 15, "degrees", "head leaning clockwise in the picture (> 0)"),
    "gaze_yaw": (-22, 22, "degrees", "eyes turned in the head, to the picture's right (> 0)"),
    "gaze_pitch": (-14, 14, "degrees", "eyes turned in the head, up (> 0)"),
    "smile": (0, 1, "amount", "mouth corners pulled up and out"),
    "mouth_open": (0, 1, "amount", "jaw dropped"),
    "pucker": (0, 1, "amount", "lips rounded, as in 'oo'"),
    "retraction": (0, 1, "amount", "lips drawn back, as in 'ee'"),
    "frown": (0, 1, "amount", "mouth corners pulled down"),
    "blink": (0, 1, "amount", "both lids closed"),
    "squint": (0, 1, "amount", "lids narrowed"),
    "wide": (0, 1, "amount", "upper lids raised"),
    "brow_inner": (0, 1, "amount", "inner ends of the brows raised"),
    "brow_outer": (0, 1, "amount", "outer ends of the brows raised"),
    "brow_down": (0, 1, "amount", "brows lowered"),
}

# factor: the expression units that it drives, at full amount
UNITS = {
    "smile": {"mouth-corner-puller": 1.0, "mouth-upward-retraction": 0.25, "mouth-parling": 0.8},
    "mouth_open": {"mouth-open": 1.0, "mouth-upward-retraction": 0.3},
    "pucker": {"mouth-pursing": 0.9, "mouth-protusion": 0.5},
    "retraction": {"mouth-retraction": 1.0, "mouth-parling": 1.0},
    "frown": {"mouth-depression": 1.0},
    "blink": {"eye-left-closure": 1.0, "eye-right-closure": 1.0},
    "squint": {"eye-left-slit": 0.8, "eye-right-slit": 0.8},
    "wide": {"eye-left-opened-up": 0.7, "eye-right-opened-up": 0.7},
    "brow_inner": {"eyebrows-left-inner-up": 1.0, "eyebrows-right-inner-up": 1.0},
    "brow_outer": {"eyebrows-left-extern-up": 1.0, "eyebrows-right-extern-up": 1.0},
    "brow_down": {"eyebrows-left-down": 1.0, "eyebrows-right-down": 1.0},
}
UPPER_TEETH = np.array([0.0, -0.06, 0.0])  # decimetres: lower, or the lip hides them always
TEETH_WIDTH = 0.86  # narrower, or gums come through the corners of an open mouth
WIDE = 0.6  # mouth_open from which the mouth's inner wall can come through the cheeks
THROUGH, CHEEK = -0.005, 0.08  # decimetres: mouth before the skin is pushed back to so far behind it
ORIGINS = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Person:
    """One synthetic person.

    gender 0 (female) to 1 (male); age 0 (young adult) to 1 (old); origin: weights of the three
    macro targets, which sum to 1; weight 0 (thin) to 1 (heavy); shape: {morph target: amount};
    skin: folder of the skin texture; tint: what the texture is multiplied by, RGB.
    """

    gender: float
    age: float
    origin: tuple
    weight: float = 0.5
    shape: dict = field(default_factory=dict)
    skin: str = "young_caucasian_female"
    tint: tuple = (1.0, 1.0, 1.0)
    hair: str = "short04"
    hair_colour: tuple = (0.2, 0.12, 0.07)
    brows: str = "eyebrow001"
    eyes: int = 0
    lashes: str = "eyelashes02"
    clothes: str = "male_casualsuit04"
    cloth_colour: tuple = (0.4, 0.4, 0.45)
    beard: bool = False


def macro(person):
    """Amounts of MakeHuman's macro targets for a person."""
    amounts = {}
    for sex, s in (("female", 1 - person.gender), ("male", person.gender)):
        for age, a in (("young", 1 - person.age), ("old", person.age)):
            for origin, o in zip(ORIGINS, person.origin, strict=True):
                amounts[f"macrodetails/{origin}-{sex}-{age}"] = s * a * o
            heavy, thin = max(0, 2 * person.weight - 1), max(0, 1 - 2 * person.weight)
            shares = {"max": heavy, "min": thin, "average": 1 - heavy - thin}
            for weight, w in shares.items():
                name = f"macrodetails/universal-{sex}-{age}-averagemuscle-{weight}weight"
                amounts[name] = s * a * w
    return amounts


def neutral(assets, person):
    """Base vertices (19158, 3) of the person at rest."""
    vertices = assets.morph({**macro(person), **person.shape})
    vertices[assets.groups["helper-upper-teeth"]] += UPPER_TEETH
    for teeth in ("helper-upper-teeth", "helper-lower-teeth"):
        vertices[assets.groups[teeth]] *= [TEETH_WIDTH, 1, 1]
        vertices[assets.groups[teeth], 2] -= 0.02
    return vertices


def rotation(yaw, pitch, roll):
    """Rotation matrix (3, 3) of a head that looks at the camera along +z; degrees.

    Yaw turns it towards the picture's right, pitch up, roll clockwise as the camera sees it.
    """
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def express(assets, person, rest, factors):
    """Vertices of the face at rest, with the expression of `factors`."""
    amounts = {}
    for factor, units in UNITS.items():
        for unit, full in units.items():
            for origin, share in zip(ORIGINS, person.origin, strict=True):
                name = f"expression/units/{origin}/{unit}"
                amounts[name] = amounts.get(name, 0) + share * full * factors.get(factor, 0)
    vertices = assets.morph(amounts, rest)
    # The targets drop the lower teeth with the jaw, but leave the tongue where it was.
    jaw, tongue = assets.groups["helper-lower-teeth"], assets.groups["helper-tongue"]
    depth = rest[tongue, 2]
    front = (depth - depth.min()) / np.ptp(depth)
    vertices[tongue] += (0.5 + 0.6 * front)[:, None] * (vertices[jaw] - rest[jaw]).mean(0)
    return keep_mouth_inside(assets, vertices) if factors.get("mouth_open", 0) > WIDE else vertices


def keep_mouth_inside(assets, vertices):
    """Push the inner wall of a wide open mouth back behind the cheeks where it comes through.

    A point of the wall that the nearest point of the skin sees before it is moved behind it, along
    the skin's normal. Farther ones are the throat and the nose, which the skin is no measure of.
    """
    skin, wall = vertices[assets.cheeks], vertices[assets.inner_mouth]
    outward = normals(vertices, assets.body.source[assets.body.triangles])[assets.cheeks]
    distance, nearest = cKDTree(skin).query(wall)
    before = ((wall - skin[nearest]) * outward[nearest]).sum(1)
    aside = np.sqrt(np.maximum(distance**2 - before**2, 0))
    through = (before > THROUGH) & (before < 0.2) & (aside < 0.12)
    back = np.where(through, before + CHEEK, 0)[:, None] * outward[nearest]
    vertices[assets.inner_mouth] = wall - back
    return vertices


def normals(vertices, triangles):
    """Smooth unit normals (n, 3)."""
    corner = vertices[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, triangles[:, k], face)
    return out / np.linalg.norm(out, axis=1, keepdims=True).clip(1e-12)


def turn(vertices, follow, pivot, factors):
    """Turn the head about the neck; each vertex by its share `follow` of the angles."""
    angles = np.array([factors.get(k, 0.0) for k in ("yaw", "pitch", "roll")])
    steps = np.linspace(0, 1, 9)
    turned = np.stack([(vertices - pivot) @ rotation(*(s * angles)).T + pivot for s in steps])
    low = np.clip((follow * 8).astype(int), 0, 7)
    part = (follow * 8 - low)[:, None]
    each = np.arange(len(vertices))
    return turned[low, each] * (1 - part) + turned[low + 1, each] * part


def person_a():
    """A: a lean young man with dark skin, short black hair and brown eyes."""
    return Person(
        gender=1.0,
        age=0.05,
        origin=(0.8, 0.0, 0.2),
        weight=0.4,
        shape={
            "head/head-rectangular": 0.5,
            "nose/nose-width2-incr": 0.3,
            "chin/chin-prominent-incr": 0.4,
            "head/head-scale-vert-incr": 0.2,
            "cheek/l-cheek-bones-incr": 0.5,
            "cheek/r-cheek-bones-incr": 0.5,
            "mouth/mouth-scale-horiz-incr": 0.2,
        },
        skin="young_african_male",
        tint=(1.5, 1.42, 1.35),
        hair="short02",
        hair_colour=(0.06, 0.045, 0.04),
        brows="eyebrow009",
        eyes=2,
        lashes="eyelashes02",
        clothes="male_casualsuit04",
        cloth_colour=(0.35, 0.42, 0.5),
    )


def person_b():
    """B: a round-faced woman with fair skin, light brown hair in a tail and blue eyes."""
    return Person(
        gender=0.0,
        age=0.1,
        origin=(0.0, 0.25, 0.75),
        weight=0.62,
        shape={
            "head/head-round": 0.7,
            "nose/nose-point-up": 0.5,
            "nose/nose-scale-vert-decr": 0.3,
            "chin/chin-width-decr": 0.4,
            "eyes/l-eye-scale-incr": 0.3,
            "eyes/r-eye-scale-incr": 0.3,
            "cheek/l-cheek-volume-incr": 0.5,
            "cheek/r-cheek-volume-incr": 0.5,
        },
        skin="young_caucasian_female",
        hair="ponytail01",
        hair_colour=(0.42, 0.27, 0.14),
        brows="eyebrow001",
        eyes=8,
        lashes="eyelashes02",
        clothes="female_casualsuit01",
        cloth_colour=(0.55, 0.3, 0.3),
    )
