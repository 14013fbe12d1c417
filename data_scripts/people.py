"""People and their acting: identities, factors, and how both deform the mesh.

A `Person` is fixed; `factors` (a dict of the names in FACTORS) change from picture to picture.
`pose` turns both into vertices. Angles are in degrees, expression amounts run from 0 to 1.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

# name: (lowest, highest, unit, description)
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

# factor: the expression units that it drives, at full strength
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
UPPER_TEETH = np.array([0.0, -0.06, 0.0])  # decimetres: lowered, or the lip would always hide them
TEETH_WIDTH = 0.86  # narrowed, or gums would show through the corners of an open mouth
ARMS = 50  # degrees by which the arms are lowered
DROOP = (0.28, 0.3)  # decimetres by which lowered arms move the shoulders in and down
CHEEK = 0.03  # decimetres: distance of the mouth's inner wall behind the cheeks
ORIGINS = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Person:
    """One synthetic person. `seed` decides their random details: the positions of hairs and pores.

    gender 0 (female) to 1 (male); age 0 (young adult) to 1 (old); origin: weights of the three
    macro targets, which sum to 1; weight 0 (thin) to 1 (heavy); shape: {morph target: amount};
    skin: folder of the skin texture; tint: factor for the texture, RGB; tone: instead, the mean colour
    (Lab) to which the texture is evened out. hair: one of hair.STYLES, hair_length: factor for its
    lengths; hairline: how far it extends into the forehead (texels of the skin's maps, < 0 receding);
    stray: share of the hairs that leave their lock, 0 to 1; scalp, stubble: how much of the roots shows in
    the skin, 0 to 1; beard: length of the hairs in decimetres; freckles 0 to 1; eyes: index of the iris
    in plan.EYES.
    """

    gender: float
    age: float
    origin: tuple
    weight: float = 0.5
    shape: dict = field(default_factory=dict)
    skin: str = "young_caucasian_female"
    tint: tuple = (1.0, 1.0, 1.0)
    tone: tuple | None = None
    hair: str = "crop"
    hair_colour: tuple = (0.2, 0.12, 0.07)
    hair_length: float = 1.0
    hairline: float = 0.0
    stray: float = 0.0
    scalp: float = 0.6
    stubble: float = 0.0
    beard: float = 0.0
    freckles: float = 0.0
    brows: str = "eyebrow001"
    brow_thick: float = 1.0
    eyes: int = 0
    clothes: str = "male_casualsuit04"
    cloth_colour: tuple = (0.4, 0.4, 0.45)
    seed: int = 0


def macro(person):
    """Return the amounts of MakeHuman's macro targets for a person."""
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
    """Return the base vertices (19158, 3) of the person at rest."""
    # Lowered arms would make the shoulders look padded, so they are drawn in slightly.
    shoulders = {f"armslegs/{side}-upperarm-shoulder-muscle-decr": 0.8 for side in "lr"}
    shoulders["measure/measure-shoulder-dist-decr"] = 1.2 - 0.5 * person.gender
    vertices = assets.morph({**macro(person), **shoulders, **person.shape})
    vertices[assets.groups["helper-upper-teeth"]] += UPPER_TEETH
    for teeth in ("helper-upper-teeth", "helper-lower-teeth"):
        vertices[assets.groups[teeth]] *= [TEETH_WIDTH, 1, 1]
        vertices[assets.groups[teeth], 2] -= 0.02
    return vertices


def rotation(yaw, pitch, roll):
    """Return the rotation matrix (3, 3) of a head that looks at the camera along +z; degrees.

    Yaw turns it towards the picture's right, pitch up, roll clockwise as seen by the camera.
    """
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def express(assets, person, rest, factors):
    """Apply the expression in `factors` to the vertices of the face at rest."""
    amounts = {}
    for factor, units in UNITS.items():
        for unit, full in units.items():
            for origin, share in zip(ORIGINS, person.origin, strict=True):
                name = f"expression/units/{origin}/{unit}"
                amounts[name] = amounts.get(name, 0) + share * full * factors.get(factor, 0)
    vertices = assets.morph(amounts, rest)
    # The targets lower the teeth with the jaw but leave the tongue in place.
    jaw, tongue = assets.groups["helper-lower-teeth"], assets.groups["helper-tongue"]
    depth = rest[tongue, 2]
    front = (depth - depth.min()) / np.ptp(depth)
    vertices[tongue] += (0.5 + 0.6 * front)[:, None] * (vertices[jaw] - rest[jaw]).mean(0)
    return keep_mouth_inside(assets, vertices)


def keep_mouth_inside(assets, vertices):
    """Push the inner wall of the mouth behind the cheeks wherever it comes near their outside.

    A point of the wall that is less than CHEEK behind the nearest point of the skin is moved to that
    distance along the skin's normal: by nothing at first, and by more the farther out it is, so that no
    frame of a movie jumps. Points farther away belong to the throat and the nose, for which the skin is no
    reference. The renderer hides any parts that still come through (materials.inner_mouth).
    """
    skin, wall = vertices[assets.cheeks], vertices[assets.inner_mouth]
    outward = normals(vertices, assets.body.source[assets.body.triangles])[assets.cheeks]
    distance, nearest = cKDTree(skin).query(wall)
    before = ((wall - skin[nearest]) * outward[nearest]).sum(1)
    aside = np.sqrt(np.maximum(distance**2 - before**2, 0))
    near = np.clip((0.15 - aside) / 0.05, 0, 1) * np.clip((0.25 - before) / 0.05, 0, 1)
    back = (near * np.maximum(before + CHEEK, 0))[:, None] * outward[nearest]
    vertices[assets.inner_mouth] = wall - back
    return vertices


def normals(vertices, triangles):
    """Return smooth unit normals (n, 3)."""
    corner = vertices[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, triangles[:, k], face)
    return out / np.linalg.norm(out, axis=1, keepdims=True).clip(1e-12)


def bend(vertices, follow, pivot, rotation_of, steps=8):
    """Rotate vertices about a point, each by its share `follow` in [0, 1] of a rotation.

    rotation_of: share -> matrix (3, 3). The rotation is interpolated linearly between `steps`.
    """
    turned = np.stack([(vertices - pivot) @ rotation_of(s).T + pivot for s in np.linspace(0, 1, steps + 1)])
    low = np.clip((follow * steps).astype(int), 0, steps - 1)
    part = (follow * steps - low)[:, None]
    each = np.arange(len(vertices))
    return turned[low, each] * (1 - part) + turned[low + 1, each] * part


def turn(vertices, follow, pivot, factors):
    """Turn the head about the neck; each vertex by its share `follow` (n,), or one for all, of the angles."""
    angles = np.array([factors.get(k, 0.0) for k in ("yaw", "pitch", "roll")])
    if np.isscalar(follow):
        return (vertices - pivot) @ rotation(*(follow * angles)).T + pivot
    return bend(vertices, follow, pivot, lambda share: rotation(*(share * angles)))


def lower_arms(vertices, follow, shoulders):
    """Lower the arms, which MakeHuman's people stretch out.

    follow: {"L", "R": share of each vertex}; shoulders: {"L", "R": joint (3,)}.
    """
    for side, sign in (("L", 1), ("R", -1)):
        shares = follow[side].clip(0, 1)
        vertices = bend(
            vertices,
            shares,
            shoulders[side],
            lambda share, sign=sign: rotation(0, 0, sign * ARMS * share),
        )
        vertices = vertices + shares[:, None] * [-sign * DROOP[0], -DROOP[1], 0]
    return vertices


def person_a():
    """Create A: a young woman with brown hair tied in a knot, light olive skin and brown eyes."""
    return Person(
        gender=0.0,
        age=0.15,
        origin=(0.15, 0.25, 0.6),
        weight=0.55,
        shape={
            "nose/nose-point-up": 0.4,
            "eyes/l-eye-scale-incr": 0.3,
            "eyes/r-eye-scale-incr": 0.3,
            "mouth/mouth-upperlip-volume-incr": 0.4,
            "cheek/l-cheek-bones-incr": 0.4,
            "cheek/r-cheek-bones-incr": 0.4,
            "mouth/mouth-lowerlip-volume-incr": 0.35,
            "eyebrows/eyebrows-trans-up": 0.3,
            "chin/chin-width-decr": 0.2,
        },
        skin="young_caucasian_female",
        tint=(0.93, 0.84, 0.78),
        hair="bun",
        hair_colour=(0.24, 0.14, 0.085),
        brows="eyebrow001",
        brow_thick=0.6,
        eyes=2,
        clothes="female_casualsuit01",
        cloth_colour=(0.55, 0.3, 0.3),
        seed=1,
    )


def person_b():
    """Create B: a young man with brown hair combed back and green eyes."""
    return Person(
        gender=1.0,
        age=0.2,
        origin=(0.1, 0.1, 0.8),
        weight=0.5,
        shape={
            "head/head-scale-horiz-decr": 0.25,
            "nose/nose-hump-incr": 0.4,
            "chin/chin-prominent-incr": 0.3,
            "head/head-rectangular": 0.3,
        },
        skin="young_caucasian_male",
        tint=(0.97, 0.92, 0.88),
        hair="quiff",
        hair_colour=(0.2, 0.13, 0.08),
        hairline=-6,
        brows="eyebrow008",
        brow_thick=0.75,
        eyes=5,
        clothes="male_casualsuit04",
        cloth_colour=(0.3, 0.36, 0.42),
        seed=2,
    )
