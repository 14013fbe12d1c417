"""Coverage of each person's material: check what it shows, and what it lacks, before an hour of training.

A swap can draw only what A's material shows, and encode only what B's shows. This module counts the crops
that belong to each `Kind`, such as an open mouth, and compares the counts of both people.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from swaplib.crops import Crops, readings
from swaplib.crops.coverage_picture import draw
from swaplib.face.mask import hull_mask

ENOUGH = 300  # crops: with 100, SSIM with the true face is 0.85 instead of 0.89 (benchmarks/ablation.py)
LOOKED_AT = 200  # crops measured in a set without readings, evenly spaced, because it takes time
BLURRED = 0.55  # sharpness; the shipped people have at least 0.64, and 0.5 when blurred by a pixel at 64 px
RARE, COMMON = 0.01, 0.03  # shares of a set: below the first a kind is lacking, above the second it is needed
TINY = 10  # crops: of fewer, the report doesn't list what is lacking
SKIN = 12  # Lab units between two skin colours; A and B are 4 apart, two people of "many" 11
FEWEST = 3  # crops: with fewer a kind is lacking, however small the set


@dataclass(frozen=True)
class Kind:
    """A kind of crop: those whose reading is above `above` or below `below`.

    never: completes "A never ...". advice: completes "Add pictures of A ...".
    expected: whether to report it as lacking even if neither person has it.
    """

    label: str
    reading: str
    never: str
    advice: str
    above: float = -np.inf
    below: float = np.inf
    expected: bool = True

    def among(self, factors: dict) -> np.ndarray:
        """Return which crops belong to it: bool (n,)."""
        values = factors[self.reading]
        return (values > self.above) & (values < self.below)

    @property
    def limit(self) -> str:
        return f"above {self.above:g}" if np.isfinite(self.above) else f"below {self.below:g}"


# Limits measured on the shipped people, 5% or more of whose crops belong to each kind except the last.
KINDS = (
    Kind("looks ahead", "turn", "looks straight ahead", "who looks straight ahead", below=8),
    Kind("turned left", "yaw", "turns to the picture's left", "turned to the left", below=-12),
    Kind("turned right", "yaw", "turns to the picture's right", "turned to the right", above=12),
    Kind("looks up", "pitch", "looks up", "who looks up", above=2, expected=False),
    Kind("looks down", "pitch", "looks down", "who looks down", below=-10, expected=False),
    Kind("mouth open", "jaw_open", "opens the mouth wide", "with the mouth wide open", above=0.4),
    Kind("mouth shut", "jaw_open", "shuts the mouth", "with the mouth shut", below=0.15),
    Kind("eyes closed", "blink", "closes the eyes", "with closed eyes", above=0.5),
    Kind("smile", "smile", "smiles", "who smiles", above=0.4),
    Kind("no smile", "smile", "is without a smile", "who doesn't smile", below=0.2),
    Kind("lips pursed", "pucker", "purses the lips", "with pursed lips", above=0.5, expected=False),
    Kind("light from left", "light_side", "is lit from the left", "lit from the left", below=-0.12),
    Kind("light from right", "light_side", "is lit from the right", "lit from the right", above=0.12),
    Kind("dim light", "brightness", "is in dim light", "in dim light", below=0.25, expected=False),
)


@dataclass(frozen=True)
class Coverage:
    """Coverage of a set of crops.

    crops: how many there are. looked_at: how many of them were measured. blurred: how many of those are
    blurred. sharpness: their median. counts: {label of the `Kind`: number}. factors: their readings.
    """

    crops: int
    looked_at: int
    blurred: int
    sharpness: float
    counts: dict[str, int]
    factors: dict[str, np.ndarray]

    def share(self, label: str) -> float:
        return self.counts[label] / self.looked_at

    def lacks(self, label: str) -> bool:
        return self.counts[label] < max(FEWEST, RARE * self.looked_at)

    def __str__(self) -> str:
        counts = ", ".join(f"{label} {count}" for label, count in self.counts.items())
        of = "" if self.looked_at == self.crops else f" (of {self.looked_at} measured)"
        return f"{self.crops} crops, sharpness {self.sharpness:.2f}, {self.blurred} blurred{of}: {counts}"


def coverage(crops: Crops) -> Coverage:
    """Measure the coverage of crops. Without readings (the shipped sets), at most 200 crops are measured."""
    if "jaw_open" in crops.factors and "sharpness" in crops.factors:
        some, factors = crops, dict(crops.factors)
    else:
        some = crops[np.unique(np.linspace(0, len(crops) - 1, LOOKED_AT).astype(int))]
        factors = readings.read(some.images, some.hulls)
    factors["turn"] = np.abs(factors["yaw"])
    counts = {kind.label: int(kind.among(factors).sum()) for kind in KINDS}
    sharpness = factors["sharpness"]
    blurred = int((sharpness < BLURRED).sum())
    return Coverage(len(crops), len(some), blurred, float(np.median(sharpness)), counts, factors)


def compare(a: Crops, b: Crops, movie: Crops | None = None) -> tuple[list[str], np.ndarray]:
    """Compare the material of A and B: (what it lacks, one sentence each; a plot, uint8 (h, w, 3)).

    movie: optional crops of the movie to swap, which show what is needed.
    """
    covers = {"A": coverage(a), "B": coverage(b)}
    needed = None if movie is None else coverage(movie)
    sentences = [*_small(covers), *_blurred(covers), *_unlike_in_skin(a, b)]
    for kind in KINDS:
        sentences += _lacking(kind, covers, needed)
    return sentences, draw(covers | ({} if needed is None else {"movie": needed}))


def _small(covers):
    few = {name: c.crops for name, c in covers.items() if c.crops < ENOUGH}
    if not few:
        return []
    have = " and ".join(f"{name} has only {_pictures(n)}" for name, n in few.items())
    means = "the swap will be soft"
    if min(few.values()) < TINY:
        means = "they can't show how a face turns and moves, so the swap won't either"
    return [
        f"{have}, but a good swap needs {ENOUGH} or more: {means} unless you add more photos, or a minute "
        "or two of movie."
    ]


def _blurred(covers):
    return [
        f"{c.blurred} of {_pictures(c.looked_at)} of {name} are blurred, so the swap will be blurred too: "
        "use sharper ones with a larger face."
        for name, c in covers.items()
        if c.blurred > c.looked_at / 3
    ]


def _unlike_in_skin(a, b):
    apart = float(np.linalg.norm(skin(a) - skin(b)))
    if not apart >= SKIN:  # also if unknown
        return []
    return [
        f"The skin colours of A and B are {apart:.0f} Lab units apart in these pictures, and should be less "
        f"than {SKIN} apart: the edge of the swap will show at the forehead, jaw and neck, and no one should "
        "be shown a face painted on a head of another skin tone. Choose two people with more similar skin, "
        "or pictures in similar light."
    ]


def skin(crops: Crops) -> np.ndarray:
    """Return the typical colour of the face in crops: the median in CIE Lab, (3,), of up to 50 of them.

    NaN if no crop has a face.
    """
    some = crops[np.unique(np.linspace(0, len(crops) - 1, 50).astype(int))]
    size = some.images.shape[1]
    colours = []
    for image, hull in zip(some.images, some.hulls, strict=True):
        face = hull_mask(hull * size - 0.5, size) > 0.5
        if face.any():
            colours.append(np.median(cv2.cvtColor(np.float32(image), cv2.COLOR_RGB2LAB)[face], axis=0))
    return np.median(colours, axis=0) if colours else np.full(3, np.nan)


def _lacking(kind, covers, needed):
    """Return at most one sentence for a kind: who lacks it, and who has it."""
    a_or_b = {name: c for name, c in covers.items() if c.crops >= TINY and c.lacks(kind.label)}
    if not a_or_b:
        return []
    limit = f"{kind.reading.replace('_', ' ')} {kind.limit}".replace("turn below", "turn of less than")
    does = "is" if kind.never.startswith("is ") else "does"
    have = [
        f"{name} {does} in {c.counts[kind.label]} of {c.looked_at}"
        for name, c in {**covers, "the movie": needed}.items()
        if c is not None and name not in a_or_b and c.share(kind.label) >= COMMON and not c.lacks(kind.label)
    ]
    if not have and not (kind.expected and len(a_or_b) == 2):
        return []
    who = " and ".join(a_or_b)
    counts = " and ".join(f"{c.counts[kind.label]} of {c.looked_at}" for c in a_or_b.values())
    often = "never" if not any(c.counts[kind.label] for c in a_or_b.values()) else "hardly ever"
    verb = kind.never
    if len(a_or_b) == 2:
        verb = _plural(verb)
    first, rest = verb.split(" ", 1) if verb.startswith(("is ", "are ")) else ("", verb)
    start = " ".join(filter(None, (who, first, often, rest))) + f" ({counts} with {limit})"
    if have:
        start += ", while " + " and ".join(have)
    return [f"{start}: add pictures of {who} {kind.advice}, or the swap can't show it."]


def _plural(verb):
    """Return the plural of a verb, for "A and B"."""
    first, *rest = verb.split(" ")
    irregular = {"is": "are", "purses": "purse", "closes": "close"}
    return " ".join([irregular.get(first, first.removesuffix("s")), *rest])


def _pictures(n):
    return f"{n} picture" + "s" * (n != 1)
