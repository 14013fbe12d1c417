"""Random people: the identities of "many" and of the cast."""

from dataclasses import replace

import numpy as np
from people import ORIGINS, Person

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
WOMEN = {
    "tail": 0.2,
    "bun": 0.16,
    "bob": 0.17,
    "long": 0.17,
    "waves": 0.1,
    "afro": 0.06,
    "curls": 0.07,
    "crop": 0.04,
    "swept back": 0.03,
}
MEN = {
    "crop": 0.27,
    "buzz": 0.2,
    "quiff": 0.15,
    "side part": 0.12,
    "swept back": 0.09,
    "curls": 0.08,
    "afro": 0.06,
    "tail": 0.03,
}
HAIR_COLOURS = {
    "black": (0.05, 0.04, 0.04),
    "dark brown": (0.13, 0.08, 0.05),
    "brown": (0.26, 0.16, 0.09),
    "light brown": (0.42, 0.28, 0.16),
    "blond": (0.76, 0.54, 0.32),
    "red": (0.46, 0.19, 0.08),
    "grey": (0.55, 0.54, 0.53),
}
# Factors for the skin textures, RGB, by age, except for the darker ones, which are redder. Without them old
# people look orange.
SALLOW = {
    "young": (1.0, 1.03, 1.06),
    "middleage": (1.0, 1.03, 1.06),
    "old": (1.0, 1.1, 1.2),
    "young_african_female": (1.0, 1.04, 1.08),
    "young_african_male": (1.0, 1.04, 1.08),
    "middleage_african_female": (1.0, 1.14, 1.22),
    "middleage_african_male": (1.0, 1.12, 1.18),
    "old_african_female": (1.0, 1.24, 1.42),
    "old_african_male": (1.0, 1.12, 1.18),
}
# Mean colour of a face's skin, Lab; people's tones lie between these.
SKINS = {
    "fair": (68, 11, 15),
    "light": (64, 12, 17),
    "olive": (58, 12, 19),
    "tan": (52, 13, 20),
    "brown": (44, 13, 19),
    "dark brown": (37, 12, 16),
    "dark": (29, 10, 12),
}
# Brows without a frown of their own, and targets that make those of the mesh less steep.
FRIENDLY = {
    "woman": ("eyebrow001", "eyebrow010", "eyebrow012"),
    "man": ("eyebrow001", "eyebrow009", "eyebrow010"),
}
LEVEL = {"eyebrows/eyebrows-angle-up": 0.4}
BROWS = tuple(f"eyebrow{k:03d}" for k in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12))
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


def draw_shape(rng):
    """Draw amounts of AXES, and the corresponding morph targets."""
    axes = {name: float(np.clip(rng.normal(0, 0.3), -0.8, 0.8)) for name in AXES}
    shape = {}
    for name, amount in axes.items():
        target = AXES[name][int(amount > 0)]
        for side in ("l", "r") if "?" in target else ("",):
            shape[target.replace("?", side)] = abs(amount)
    return axes, shape


def _beard(rng, gender):
    """Draw (stubble in the skin 0 to 1, length of the beard in decimetres)."""
    kind = rng.choice(["none", "stubble", "beard"], p=[0.5, 0.32, 0.18])
    if gender < 0.5 or kind == "none":
        return 0.0, 0.0
    if kind == "stubble":
        return float(rng.uniform(0.25, 0.9)), 0.012
    return 0.8, float(rng.uniform(0.03, 0.13))


def draw_person(rng):
    """Draw a person: (Person, their identity factors)."""
    gender = float(rng.beta(0.5, 0.5))
    age = float(rng.beta(0.9, 1.5))
    origin = rng.dirichlet([0.45, 0.45, 0.45])
    weight = float(np.clip(rng.normal(0.5, 0.15), 0.1, 0.9))
    axes, shape = draw_shape(rng)
    male = gender > 0.5
    years = ("young", "middleage", "old")[int(np.digitize(age, [0.35, 0.7]))]
    people = ORIGINS[int(rng.choice(3, p=origin))]
    skin = f"{years}_{people}_{'male' if male else 'female'}"
    # The darkest texture is very dark: it is lightened by up to three times, towards the others. The
    # fairest are nearly white: lightening would burn them out.
    dark = people == "african"
    bright = float(np.exp(rng.uniform(0.0, 0.75) if dark else np.clip(rng.normal(-0.08, 0.1), -0.4, 0.04)))
    # A lightened dark texture would turn red, so green and blue are raised further than red.
    follow = np.array([1.0, 1.25, 1.35] if dark else [1.0, 1.0, 1.0])
    pale = bright**follow * SALLOW.get(skin, SALLOW[years])
    tint = tuple(float(v) for v in pale * np.exp(rng.normal(0, 0.02, 3)))
    styles = MEN if male else WOMEN
    hair = str(rng.choice(list(styles), p=np.array(list(styles.values())) / sum(styles.values())))
    fair = people == "caucasian"
    shares = [0.1, 0.2, 0.25, 0.2, 0.17, 0.08] if fair else [0.65, 0.3, 0.05, 0, 0, 0]
    grey = age > 0.55 and rng.random() < 0.7
    colour = "grey" if grey else str(rng.choice(list(HAIR_COLOURS)[:6], p=shares))
    brows = str(rng.choice(BROWS))
    eyes = int(rng.integers(len(EYES)) if fair else rng.choice([2, 3], p=[0.75, 0.25]))
    stubble, beard = _beard(rng, gender)
    recede = float(-26 * age * rng.random() if male else 0.0) + float(rng.normal(0, 4))
    freckles = float(rng.random()) if fair and rng.random() < 0.25 else 0.0
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
        hairline=recede,
        hair_length=float(np.exp(rng.normal(0, 0.15))),
        stubble=stubble,
        beard=beard,
        freckles=freckles,
        brows=brows,
        brow_thick=float((0.9 if male else 0.6) * np.exp(rng.normal(0, 0.2))),
        eyes=eyes,
        clothes=str(rng.choice(CLOTHES)),
        seed=int(rng.integers(2**31)),
        cloth_colour=tuple(float(v) for v in rng.uniform(0.12, 0.35) * np.exp(rng.normal(0, 0.3, 3))),
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
        "stubble": stubble,
        "beard": beard,
        "brows": brows,
        "eyes": EYES[eyes],
    }
    return person, identity


def mended(person, identity, rng):
    """Return the same person with plausible skin, hair that isn't a helmet, and no frown.

    Multiplied textures become blotchy and red if dark, and burnt out if fair. Here their broad patches are
    evened out to a tone between those of SKINS. Returns (Person, identity).
    """
    group = person.skin.split("_")[1]
    low, high = {"african": (27, 50), "asian": (53, 67), "caucasian": (55, 69)}[group]
    lightness = float(rng.uniform(low, high))
    measured = np.array(sorted(SKINS.values()))
    hue = [np.interp(lightness, measured[:, 0], measured[:, k]) for k in (1, 2)] + rng.normal(0, [0.8, 1.3])
    hue *= np.interp(lightness, [30, 55], [1.35, 1.0])  # otherwise dark skin looks ashen in flat light
    sex = "man" if person.gender > 0.5 else "woman"
    grey = 1 - 0.25 * (identity["hair_colour"] == "grey")  # white hair burns out in front of dark walls
    brows = str(rng.choice(FRIENDLY[sex]))
    person = replace(
        person,
        tone=(lightness, *map(float, hue)),
        shape=person.shape | LEVEL,
        brows=brows,
        hair_colour=tuple(grey * v for v in person.hair_colour),
        stray=float(rng.uniform(0.5, 1)),
    )
    return person, identity | {"skin_tint": lightness, "brows": brows}
