"""Section 7 of the page: 24 faces to judge, what was done to each, and a swap that is made step by step.

The pictures are stored without loss, so that the reader sees the pixels that the detectors judged, but for
the mark: all of them have it, or it would tell, and the detectors judge before it, as its letters look to
them like a trace.
"""

from dataclasses import dataclass, fields

import numpy as np

from swaplib import networks
from swaplib.browser import packing
from swaplib.crops import pairs
from swaplib.crops.pairs import Pairs
from swaplib.files.picture import as_floats
from swaplib.files.provenance import WORD, mark
from swaplib.movie.composing import STEPS, SWAPS, Fake, compose
from swaplib.scoring import spotting

HALF = 12  # real faces, and as many swaps: each kind twice
COLUMNS = 6  # of the sheet
LOSSLESS = 101  # the quality from which OpenCV writes WebP without loss
DETECTORS = {
    "highpass_swaps": "network trained on swaps",
    "highpass_blends": "network trained on self-blended faces",
    "highpass_both": "network trained on both",
}
BEST = "highpass_both"  # whose figures the text has
FRAMES = (2, 5)  # of each clip, by which the steps are scored
# What each switch of a `Fake` did, in words. The rest is said by `switches`.
WORDS = {
    "decoder": {
        "truth": "taken from a true picture, so no network drew it",
        "sharp": "drawn by a network that keeps fine detail",
        "student": "drawn by a small network of 64 × 64 pixels",
    },
    "back": {
        "box": "pasted as a box",
        "hard": "pasted with a hard edge",
        "soft": "pasted with a soft edge",
        "bands": "blended in bands of coarse and fine detail",
    },
    "colour": {"kept": "its own colours kept", "fitted": "colours fitted to the picture"},
    "resampled": {False: "never resampled", True: "resampled into an aligned crop and back"},
}
SAID = {
    "real": "The picture as the camera took it.",
    "another person's face": "Pixel for pixel the other person’s true face, inserted before the picture is "
    "taken: the camera’s noise covers both.",
    "its own grain": "The face now has the noise of a picture of its own.",
    "resampled": "The face goes through an aligned crop and back, which softens it a little.",
    "by a decoder": "A network draws the face.",
    "colours fitted": "Its colours are fitted to the picture, which hides the change in skin.",
    "a hard edge": "The soft rim is left out.",
}


@dataclass(frozen=True)
class Face:
    """A face of the quiz. row: of the pairs; kind: a name in `SWAPS`, or None for a real picture."""

    row: int
    kind: str | None


def chosen(people: Pairs, seed: int = 7) -> list[Face]:
    """24 faces in the order in which they are shown, half of them swaps, each kind as often as the others.

    The same people are in both halves, no moment of a clip is seen twice, and a person's pictures come from
    as many clips as there are.
    """
    rng, factors, clips = np.random.default_rng(seed), people.factors, people.clips()
    who = np.unique(factors["who"])
    bodies = [*rng.permutation(who), *rng.permutation(who)][:HALF]
    kinds = [*rng.permutation(np.repeat(list(SWAPS), HALF // len(SWAPS)))]
    faces, moments, seen = [], set(), dict.fromkeys(np.char.add(clips, factors["who"]), 0)
    for kind, person in zip([None] * HALF + kinds, bodies * 2, strict=True):
        rows = rng.permutation(np.flatnonzero(factors["who"] == person))
        free = [row for row in rows if (clips[row], factors["frame"][row]) not in moments]
        row = min(free, key=lambda row: seen[clips[row] + factors["who"][row]])
        seen[clips[row] + factors["who"][row]] += 1
        moments.add((clips[row], factors["frame"][row]))
        faces.append(Face(int(row), None if kind is None else str(kind)))
    return [faces[k] for k in rng.permutation(len(faces))]


def switches(fake: Fake) -> list[str]:
    """What a fake's switches did, a few words each."""
    return [WORDS[f.name][getattr(fake, f.name)] for f in fields(fake) if f.name in WORDS]


def pictures(people: Pairs, faces: list[Face]) -> tuple[np.ndarray, np.ndarray]:
    """(the faces, the real pictures of the same rows), both uint8 (n, size, size, 3), not yet marked."""
    rows = np.array([face.row for face in faces])
    clips = people.clips()
    truth = _composed(people, np.isin(clips, clips[rows]), None)[rows]
    shown = truth.copy()
    for kind, fake in SWAPS.items():
        here = np.array([face.kind == kind for face in faces])
        if here.any():  # clip by clip, as a codec takes them
            shown[here] = _composed(people, np.isin(clips, clips[rows[here]]), fake)[rows[here]]
    return shown, truth


def marked(images: np.ndarray) -> np.ndarray:
    """Pictures, uint8 (n, size, size, 3), each with the marks."""
    return np.stack([mark(picture, WORD) for picture in images])


def _composed(people, keep, fake):
    """Pictures of the rows where keep, at their places among all rows; the others are empty."""
    out = np.zeros_like(people.images)
    out[keep] = compose(people.some(keep), fake)
    return out


def spot(part: str = "test") -> tuple[dict, dict, dict]:
    """(meta, arrays, figures) of the section. part: of `crops.pairs`, people whom no detector has seen."""
    people = pairs.load(part)
    faces = chosen(people)
    shown, truth = pictures(people, faces)
    fake = np.array([face.kind is not None for face in faces])
    detectors = {name: spotting.by_network(networks.shipped(name)) for name in DETECTORS}
    some = _rows(people, np.array([face.row for face in faces]))
    machines = [_machine(words, detectors[name](some, shown), fake) for name, words in DETECTORS.items()]
    series, steps, areas = _series(people, detectors)
    meta = {
        "columns": COLUMNS,
        "lucky": _lucky(len(faces)),
        "faces": [
            {"fake": f.kind is not None, "did": switches(SWAPS[f.kind]) if f.kind else []} for f in faces
        ],
        "machines": machines,
        "steps": [{"name": name, "said": SAID[name], "auc": areas.get(name)} for name in steps],
    }
    arrays = {
        "faces": packing.sheet(_in_rows(marked(shown)), LOSSLESS),
        "truth": packing.sheet(_in_rows(marked(truth[fake])), LOSSLESS),
        "series": packing.sheet([as_floats(marked(series))], LOSSLESS),
    }
    auc = {name: row[list(DETECTORS).index(BEST)] for name, row in areas.items()}
    names = list(auc)
    figures = {
        "auc_first": auc[names[0]],
        "auc_last": auc[names[-1]],
        "judged": len(set(people.factors["who"])),
    }
    return meta, arrays, figures


def _rows(people, rows):
    """Some rows of pairs, for a detector that looks at pictures only."""
    factors = {name: column[rows] for name, column in people.factors.items()}
    return Pairs(people.images[rows], people.points[rows], np.arange(len(rows)), factors)


def _machine(words, scores, fake):
    """How a detector does where the most suspicious half is called swaps, as a reader knows that half are."""
    place = np.empty(len(scores), int)
    place[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    right = int(((place <= fake.sum()) == fake).sum())
    return {
        "name": words,
        "right": right,
        "auc": spotting.auc(scores[~fake], scores[fake]),
        "place": place.tolist(),
    }


def _lucky(count, seldom=0.05):
    """Right answers of so many that are seldom chance: {"right": or more, "once": in how many tries}."""
    from scipy.stats import binom

    right = next(k for k in range(count + 1) if binom.sf(k - 1, count, 0.5) < seldom)
    return {"right": right, "once": round(1 / binom.sf(right - 1, count, 0.5))}


def _series(people, detectors):
    """(a swap step by step: uint8 (steps, size, size, 3), the steps' names, {step: AUC of each detector}).

    The AUC is that of single frames of all people, against their real pictures.
    """
    some = people.some(np.isin(people.factors["frame"], FRAMES))
    show = int(np.argmax(np.abs(some.factors["yaw"]) < 15))  # who looks ahead
    made = {name: compose(some, fake) for name, fake in STEPS.items()}
    real = {name: score(some, made["real"]) for name, score in detectors.items()}
    areas = {
        step: [spotting.auc(real[name], score(some, images)) for name, score in detectors.items()]
        for step, images in made.items()
        if step != "real"
    }
    return np.stack([images[show] for images in made.values()]), list(made), areas


def _in_rows(images):
    """Pictures in rows of a sheet, the last one filled up with grey."""
    missing = -len(images) % COLUMNS
    whole = np.concatenate([as_floats(images), np.full((missing, *images.shape[1:]), 0.5, np.float32)])
    return list(whole.reshape(-1, COLUMNS, *images.shape[1:]))
