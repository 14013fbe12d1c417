"""Hair styles: cut and combing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A hair style: cut and combing. Lengths in decimetres: on top, at the sides.

    comb: the direction it lies in; lift: how far it stands up, 0 to 1; curl: radius of its curls; gap:
    distance of its ends from the skin; part: x of the parting, None without one; weight: how soon it falls, 1
    / dm; shift: how far the hairline moves up (< 0, in texels of the skin's maps) or down; tail: "tail",
    "bun" or None.
    """

    top: float
    side: float
    comb: str = "forward"
    lift: float = 0.4
    curl: float = 0.0
    gap: float = 0.03
    part: float | None = None
    weight: float = 0.2
    shift: float = 0.0
    tail: str | None = None
    clump: float = 0.5
    count: int = 14000
    points: int = 8


STYLES = {
    "buzz": Style(0.045, 0.03, "forward", 0.75, gap=0.01, weight=0, clump=0.1, count=20000),
    "crop": Style(0.30, 0.075, "forward", 0.24, gap=0.045, weight=0.15, clump=0.55),
    "quiff": Style(0.42, 0.09, "back", 0.55, gap=0.10, weight=0.1),
    "side part": Style(0.5, 0.085, "part", 0.2, gap=0.07, part=0.28, weight=0.9),
    "swept back": Style(0.8, 0.30, "back", 0.15, gap=0.07, weight=0.2),
    "curls": Style(0.5, 0.28, "out", 0.8, curl=0.055, points=14, gap=0.12, weight=0.1, clump=0.75),
    "waves": Style(1.2, 0.75, "part", 0.15, curl=0.03, points=14, gap=0.10, part=0.2, weight=1.5, clump=0.7),
    "afro": Style(0.55, 0.45, "out", 1.0, curl=0.03, points=14, gap=0.1, weight=0.0, clump=0.35, count=19000),
    "tail": Style(
        1.9, 1.6, "tail", 0.06, points=14, gap=0.06, weight=0.0, tail="tail", clump=0.12, count=18000
    ),
    "bun": Style(
        1.9, 1.6, "tail", 0.06, points=14, gap=0.065, weight=0.0, tail="bun", clump=0.12, count=18000
    ),
    "bob": Style(1.75, 1.25, "part", 0.12, points=14, gap=0.10, part=-0.2, weight=1.0, clump=0.5),
    "long": Style(
        3.6, 3.1, "part", 0.10, points=14, gap=0.08, part=0.05, weight=1.0, clump=0.45, count=22000
    ),
}


TIES = {"tail": (0, 7.85, -0.4), "bun": (0, 8.35, -0.02)}  # where hair is tied, on the base mesh
