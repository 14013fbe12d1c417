"""The people of lesson 6: pairs with similar skin and bare foreheads and temples, so that pastes look right.

PEOPLE.md explains what a paste depends on. The identities are listed here, pair by pair; the shape of
the face, eyes, brows and clothes are drawn from each person's own random stream.
"""

import numpy as np
from people import ORIGINS, Person
from somebody import CLOTHES, EYES, FRIENDLY, HAIR_COLOURS, LEVEL, SKINS, draw_shape

RAISED = {"eyebrows/eyebrows-trans-up": 0.25}
GREYING = {"dark grey": (0.36, 0.34, 0.32), "grey": (0.5, 0.48, 0.46)}
# split: (skin, (sex, age 0 to 1, main origin, hair, its colour) of the one and of the other)
PAIRS = {
    "test": (
        (
            "fair",
            ("woman", 0.12, "caucasian", "bun", "brown"),
            ("man", 0.2, "caucasian", "quiff", "light brown"),
        ),
        ("dark", ("woman", 0.15, "african", "bun", "black"), ("man", 0.4, "african", "buzz", "black")),
        ("olive", ("woman", 0.4, "caucasian", "tail", "dark brown"), ("woman", 0.1, "asian", "bun", "black")),
        ("brown", ("man", 0.15, "african", "buzz", "black"), ("woman", 0.25, "african", "tail", "black")),
        ("light", ("man", 0.75, "caucasian", "swept back", "grey"), ("man", 0.45, "asian", "quiff", "black")),
    ),
    "tune": (
        ("dark brown", ("woman", 0.3, "african", "bun", "black"), ("man", 0.1, "african", "buzz", "black")),
        ("fair", ("woman", 0.7, "caucasian", "bun", "grey"), ("man", 0.6, "caucasian", "buzz", "dark grey")),
    ),
    "train": (
        ("light", ("woman", 0.15, "asian", "tail", "black"), ("man", 0.15, "asian", "quiff", "black")),
        ("dark", ("man", 0.2, "african", "buzz", "black"), ("woman", 0.45, "african", "bun", "black")),
        ("fair", ("woman", 0.2, "caucasian", "bun", "red"), ("woman", 0.35, "caucasian", "tail", "blond")),
        ("tan", ("woman", 0.1, "asian", "tail", "black"), ("man", 0.4, "caucasian", "swept back", "black")),
        ("olive", ("man", 0.15, "caucasian", "quiff", "dark brown"), ("man", 0.3, "asian", "buzz", "black")),
        (
            "dark brown",
            ("man", 0.7, "african", "buzz", "dark grey"),
            ("man", 0.4, "african", "buzz", "black"),
        ),
        ("light", ("woman", 0.75, "asian", "bun", "grey"), ("woman", 0.4, "caucasian", "bun", "dark brown")),
        ("brown", ("woman", 0.15, "african", "bun", "black"), ("man", 0.5, "asian", "swept back", "black")),
    ),
}
# Pairs are numbered consecutively; each pair's split follows from its number.
PART_OF = [part for part, pairs in PAIRS.items() for _ in pairs]
NUMBERED = [pair for pairs in PAIRS.values() for pair in pairs]


# Of the faces drawn for the second person of each pair, the number of the one whose features lie nearest
# to the first's (match.py), because the eyes must coincide pixel by pixel.
FITTING = (64, 244, 23, 115, 38, 246, 79, 223, 36, 279, 218, 37, 266, 84, 32)


def pair_person(pair, which, rng):
    """Create person "a" or "b" of a pair, a number in NUMBERED. rng: the person's own random stream."""
    skin, *both = NUMBERED[pair]
    sex, age, origin, hair, colour = both["ab".index(which)]
    male = sex == "man"
    shares = 0.75 * np.eye(3)[ORIGINS.index(origin)] + 0.25 * rng.dirichlet([0.5, 0.5, 0.5])
    years = ("young", "middleage", "old")[int(np.digitize(age, [0.35, 0.7]))]
    return Person(
        gender=float(rng.uniform(0.85, 1) if male else rng.uniform(0, 0.15)),
        age=age,
        origin=tuple(float(v) for v in shares),
        weight=float(np.clip(rng.normal(0.5, 0.1), 0.3, 0.75)),
        shape={k: v for k, v in draw_shape(rng)[1].items() if "eyebrows" not in k} | LEVEL | RAISED,
        skin=f"{years}_{origin}_{'male' if male else 'female'}",
        tone=tuple(float(v) for v in np.array(SKINS[skin]) + rng.normal(0, [1.7, 0.9, 1.3])),
        hair=hair,
        hair_colour=(HAIR_COLOURS | GREYING)[colour],
        hairline=float(-4 - 6 * rng.random()),
        hair_length=float(np.exp(rng.normal(0, 0.1))),
        stray=float(rng.uniform(0.5, 1)),
        brows=str(rng.choice(FRIENDLY[sex])),
        brow_thick=float((0.8 if male else 0.5) * np.exp(rng.normal(0, 0.15))),
        eyes=int(rng.integers(len(EYES))) if origin == "caucasian" else EYES.index("brown"),
        clothes=str(rng.choice(CLOTHES)),
        seed=int(rng.integers(2**31)),
        cloth_colour=tuple(float(v) for v in rng.uniform(0.12, 0.35) * np.exp(rng.normal(0, 0.2, 3))),
    )
