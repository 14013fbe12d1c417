"""Measure which trace of a swap each detector of lesson 6 sees; trains what isn't trained yet.

    python benchmarks/spot.py --train            trains the detectors, up to four minutes each on two cores
    python benchmarks/spot.py                    prints the tables, of the detectors that are there
    python benchmarks/spot.py --part tune        the same on the people of `tune`, to try things on
    python benchmarks/spot.py --sheet FOLDER     writes a sheet of each switch at full size

Detectors and prepared pictures are kept in build/spot. A detector is named after what it is, what it was
trained on and its seed, such as highpass_swaps_0; "loose" ones saw no pairs in a batch.
"""

import argparse
from pathlib import Path

import numpy as np

from swaplib import muted

with muted():
    import keras

    from swaplib import networks
    from swaplib.crops import dataset, pairs
    from swaplib.face.landmarks import Landmarker
    from swaplib.files.picture import as_floats
    from swaplib.files.provenance import save_picture
    from swaplib.files.video import read_frames
    from swaplib.movie import composing, prepared, swap_movie
    from swaplib.movie.composing import SWAPS, TRACES, Fake, compose
    from swaplib.networks import detector, swap
    from swaplib.scoring import evaluation, likeness, spotting
    from swaplib.training import batches

FOLDER = Path("build/spot")
# Swaps to train with; the other kinds are tested on.
UNKNOWN = ("sharp, bands", "sharp, box", "student, bands", "gradients")  # swaps that no training had
ALL_SWAPS = SWAPS | {"gradients": Fake(back="gradients")}
STEPS, HALF, RATE, WARMUP = 1200, 8, 2e-3, 150
PART = 144  # px of a picture that a network which takes any size is trained on


def ready(what):
    """A `Prepared` set to train on; made once, then kept."""
    if what == "both":
        return prepared.together(ready("swaps"), ready("blends"))
    path = FOLDER / f"{what}.npz"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        made = prepared.swaps(kinds=["paste alone"], draws=5) if what == "paste" else prepared.prepared(what)
        np.savez(path, **vars(made))
    with np.load(path) as kept:
        return prepared.Prepared(*(kept[name] for name in ("real", "fake", "hulls")))


def trained(name, train=False):
    """The detector of a name, such as highpass_swaps_0 or highpass_swaps_loose_1; None where it isn't
    there."""
    kind, what, *rest = name.split("_")
    if kind == "linear":
        return spotting.by_features(*ready(what).crops(every=2))
    path = FOLDER / f"{name}.npz"
    if not path.exists():
        if not train:
            return None
        seed = int(rest[-1])
        keras.utils.set_random_seed(seed)
        model = (
            detector.build_highpass() if kind == "highpass" else detector.build_meso4(pairs.SIZE, logits=True)
        )
        some, part = ready(what), PART if kind == "highpass" else None
        drawn = batches.InPairs(some.real, some.fake, HALF, 50, "loose" not in rest, part, seed)
        batches.fit(model, drawn, STEPS // 50, RATE, warmup=WARMUP, verbose=2)
        networks.save(model, path)
    return spotting.by_network(networks.load(path))


NAMES = [
    *(f"linear_{what}_0" for what in prepared.SETS),
    *(f"highpass_{what}_0" for what in prepared.SETS),
    *(f"meso4_{what}_0" for what in prepared.SETS),
    *(f"highpass_{what}_1" for what in prepared.SETS),
    "highpass_paste_0",  # as good as it gets at the paste alone
    *(f"highpass_{what}_loose_{seed}" for seed in (0, 1) for what in ("swaps", "blends")),
]


def conditions(people, seed=0):
    """{condition: pictures}: the real ones, each trace alone, the swaps, and real ones that were edited."""
    made = {"real": compose(people, seed=seed)}
    made |= {name: compose(people, fake, seed=seed) for name, fake in {**TRACES, **ALL_SWAPS}.items()}
    made |= {name: compose(people, edit=name, seed=seed) for name in composing.EDITS}
    return made | {"shot again": compose(people, Fake(who="self"), seed=seed)}


def scored(detectors, people, made):
    """{detector: {condition: scores}}."""
    return {name: {key: score(people, x) for key, x in made.items()} for name, score in detectors.items()}


def table(title, people, scores, columns, what=lambda v: f"{v.auc:.2f}"):
    print(f"\n{title}\n{'':26}" + " ".join(f"{name[:11]:>11}" for name in columns))
    for name, row in scores.items():
        verdicts = [spotting.judge(people, row["real"], row[key]) for key in columns]
        print(f"{name:26}" + " ".join(f"{what(v):>11}" for v in verdicts))


def a_against_b(people, scores):
    """AUC of the real pictures of the second of each pair against those of the first."""
    second = np.char.endswith(people.factors["who"], "b")
    print("\nreal A against real B, by frame")
    for name, row in scores.items():
        print(f"{name:26}{spotting.auc(row['real'][~second], row['real'][second]):.2f}")


def thresholds(people, scores, tuned):
    """Found and accused at the threshold at which 5 % of the real frames of `tune` are accused, by person."""
    print(
        "\nat tune's threshold for 5 %: real accused (by person), "
        "swaps found: sharp soft, sharp bands, paste alone"
    )
    for name, row in scores.items():
        limit = threshold(tuned[name])
        who = people.factors["who"]
        accused = [f"{(row['real'][who == w] >= limit).mean():.0%}" for w in np.unique(who)]
        found = [f"{(row[k] >= limit).mean():.0%}" for k in ("sharp, soft", "sharp, bands", "paste alone")]
        print(f"{name:26}{(row['real'] >= limit).mean():5.0%} ({' '.join(accused)})  {' '.join(found)}")


def compared(people, scores):
    """Paired intervals of differences in AUC over the kinds of swaps that no training had."""
    print("\ndifference of AUC over swaps not trained on, with its 95 % interval over people")
    for first, second in (
        ("highpass_swaps_{}", "highpass_swaps_loose_{}"),
        ("highpass_blends_{}", "highpass_blends_loose_{}"),
        ("highpass_blends_{}", "highpass_swaps_{}"),
        ("highpass_both_{}", "highpass_swaps_{}"),
    ):
        for seed in (0, 1):
            names = first.format(seed), second.format(seed)
            if all(name in scores for name in names):
                parts = [(scores[n]["real"], [scores[n][k] for k in UNKNOWN]) for n in names]
                d, low, high = spotting.difference(people, *parts)
                print(f"{names[0]} - {names[1]}: {d:+.3f} ({low:+.3f} to {high:+.3f})")


def across(people, detectors, fake=SWAPS["sharp, soft"]):
    """Reals of one condition against fakes of another."""
    edits = [None, *composing.EDITS]
    real, fakes = ([compose(people, f, edit, seed=0) for edit in edits] for f in (None, fake))
    for name, score in detectors.items():
        r, f = ([score(people, x) for x in some] for some in (real, fakes))
        grid = np.array([[spotting.auc(x, y) for y in f] for x in r])
        off = ~np.eye(len(edits), dtype=bool)
        print(
            f"\n{name}: rows real, columns fakes; within {grid[~off].mean():.2f}, "
            f"across {grid[off].mean():.2f}"
        )
        for edit, row in zip(edits, grid, strict=True):
            print(f"{edit or 'as it is':14}" + " ".join(f"{v:6.2f}" for v in row))


def windows(path, every=6, size=160, where=None):
    """Pictures of a movie cut along whole pixels around the face, as `Pairs` of one person, and their
    places."""
    images, points, places = [], [], []
    with Landmarker(max_faces=1) as find:
        for k, frame in enumerate(read_frames(path)):
            if k % every:
                continue
            if where is None:
                found = find(frame)
                if not found:
                    places.append(None)
                    continue
                inner = found[0].points
                corner = np.rint((inner.min(axis=0) + inner.max(axis=0) - size) / 2)
                places.append((np.clip(corner, 0, np.array(frame.shape[1::-1]) - size).astype(int), inner))
            if (place := (where or places)[k // every]) is None:
                continue
            (x, y), inner = place
            images.append(frame[y : y + size, x : x + size])
            points.append(inner - (x, y))
    rows = np.arange(len(images))
    factors = {name: np.zeros(len(images)) for name in ("pair", "clip")} | {
        "frame": rows,
        "who": np.full(len(rows), "b"),
    }
    return pairs.Pairs(np.stack(images), np.float32(points), rows, factors), where or places


def of_movie(detectors, tuned):
    """The course's own movie, swapped by the shipped 128 px swap: AUC, found and accused at tune's
    threshold."""
    target = FOLDER / "swapped.mp4"
    if not target.exists():
        model = swap.swapper(networks.shipped("swap_128"))
        swap_movie(dataset.movie("b"), target, model.predict_on_batch, 128, progress=False)
    real, places = windows(dataset.movie("b"))
    made, _ = windows(target, where=places)
    other, _ = windows(dataset.movie("a"))
    print("\nthe course's movie: AUC, swaps found, real B and A accused, at tune's threshold for 5 %")
    for name, score in detectors.items():
        limit = threshold(tuned[name])
        b, fake, a = score(real, real.images), score(made, made.images), score(other, other.images)
        rates = [f"{(x >= limit).mean():.0%}" for x in (fake, b, a)]
        print(f"{name:26}{spotting.auc(b, fake):.2f}  {'  '.join(rates)}")


def threshold(row, false_alarms=0.05):
    """The threshold at which so many of the real ones of a row of scores are accused."""
    labels = np.repeat((0, 1), len(row["real"]))
    return evaluation.threshold_for(labels, np.concatenate([row["real"], row["sharp, soft"]]), false_alarms)


def fine_tuned(name, people, made, kind, pictures=20, steps=60):
    """A detector trained on with twenty pictures of `tune`, half of them fakes of a kind: gain and loss of
    AUC."""
    tune = pairs.load("tune")
    rows = np.linspace(0, len(tune) - 1, pictures // 2).astype(int)
    real, fake = (compose(tune, f, seed=7)[rows] for f in (None, ALL_SWAPS.get(kind) or TRACES[kind]))
    print(f"\n{name}, tuned with {pictures} pictures of {kind}: AUC by frame before and after")
    for seed in (0, 1):
        model = networks.load(FOLDER / f"{name}.npz")
        model.compile(loss=detector.pair_loss)
        rows = [scored({name: spotting.by_network(model)}, people, made)[name]]
        batches.fit(model, batches.InPairs(real, fake, HALF, steps, seed=seed), 1, 3e-4)
        rows.append(scored({name: spotting.by_network(model)}, people, made)[name])
        there = [spotting.auc(row["real"], row[kind]) for row in rows]
        others = [np.mean([spotting.auc(r["real"], r[k]) for k in ALL_SWAPS if k != kind]) for r in rows]
        print(
            f"seed {seed}: there {there[0]:.2f} -> {there[1]:.2f}, "
            f"on other swaps {others[0]:.2f} -> {others[1]:.2f}"
        )


def decoders(people):
    """Fine detail of what the decoders draw, as a share of the truth's."""
    clean = as_floats(people.images)
    inside = np.float32(composing.masks(people) > 0.5)
    for name in ("sharp", "student"):
        drawn = composing._decoded(name, clean, people.points)
        share = likeness.sharpness(drawn, clean, inside)
        ssim = likeness.ssim(drawn, clean, inside).mean()
        print(f"{name} decoder: fine detail {np.median(share):.2f} of the truth's, SSIM {ssim:.3f}")


def sheets(folder, people):
    """A sheet of each switch: the real picture above the fake, four people."""
    folder.mkdir(parents=True, exist_ok=True)
    people = people.some((people.factors["frame"] == 3) & (people.factors["clip"] == 0))
    real = compose(people)
    for name, fake in {**TRACES, **ALL_SWAPS}.items():
        rows = [np.concatenate(list(x), axis=1) for x in (real, compose(people, fake))]
        save_picture(folder / f"{name.replace(', ', '_').replace(' ', '_')}.png", np.concatenate(rows))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", nargs="*", metavar="NAME", help="names, or nothing for all")
    parser.add_argument("--part", choices=pairs.PARTS, default="test")
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    people = pairs.load(options.part)
    if options.sheet:
        return sheets(options.sheet, people)
    names = NAMES if options.train is None else options.train or NAMES
    if options.train is not None:
        for name in names:
            trained(name, train=True)
        return None
    detectors = {name: found for name in names if (found := trained(name))}
    decoders(people)
    made, tune = conditions(people), pairs.load("tune")
    scores = scored(detectors, people, made)
    tuning = {"real": compose(tune), "sharp, soft": compose(tune, SWAPS["sharp, soft"])}
    tuned = scored(detectors, tune, tuning)
    table("AUC by clip: one trace alone", people, scores, TRACES)
    table("AUC by clip: swaps", people, scores, ALL_SWAPS)
    table("interval over people", people, scores, ALL_SWAPS, lambda v: f"{v.low:.2f}-{v.high:.2f}")
    table("clips found at 5 % false alarms", people, scores, ALL_SWAPS, lambda v: f"{v.found:.0%}")
    table("AUC by frame", people, scores, ALL_SWAPS, lambda v: f"{v.by_frame:.2f}")
    table("frames found at 5 %", people, scores, ALL_SWAPS, lambda v: f"{v.found_by_frame:.0%}")
    table("AUC by clip: real and edited, against real", people, scores, [*composing.EDITS, "shot again"])
    a_against_b(people, scores)
    thresholds(people, scores, tuned)
    compared(people, scores)
    of_movie(detectors, tuned)
    for name in ("highpass_both_0", "highpass_blends_0"):
        if name in detectors:
            fine_tuned(name, people, made, "gradients")
    across(people, {k: v for k, v in detectors.items() if k in ("highpass_both_0", "linear_both_0")})
    return None


if __name__ == "__main__":
    main()
