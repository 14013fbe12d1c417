"""Measure which trace of a swap each detector of lesson 6 sees; trains what isn't trained yet.

    python benchmarks/spot.py --train            trains the detectors, 4 to 5 minutes each on two cores
    python benchmarks/spot.py                    prints the tables, of the detectors that are there
    python benchmarks/spot.py --part tune        the same on the people of `tune`, to try things on
    python benchmarks/spot.py --write            also writes benchmarks/spot.json, for `make figures`
    python benchmarks/spot.py --sheet FOLDER     writes a sheet of each switch at full size

Detectors and prepared pictures are kept in build/spot. A detector is named after what it is, what it was
trained on and its seed, such as highpass_swaps_0; "loose" ones saw no pairs in a batch.
"""

import argparse
import json
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from swaplib import __version__, muted

with muted():
    import keras

    from swaplib import networks
    from swaplib.crops import dataset, pairs, windows
    from swaplib.files.picture import as_bytes, as_floats
    from swaplib.files.provenance import save_picture
    from swaplib.files.video import Reader, Writer
    from swaplib.movie import composing, prepared, swap_movie
    from swaplib.movie.composing import SWAPS, TRACES, Fake, compose
    from swaplib.networks import detector, swap
    from swaplib.scoring import evaluation, likeness, spotting
    from swaplib.training import degradation

FOLDER, WRITTEN = Path("build/spot"), Path(__file__).with_name("spot.json")
UNKNOWN = ("sharp, bands", "sharp, box", "student, bands", "gradients")  # swaps that no training had
ALL_SWAPS = SWAPS | {"gradients": Fake(back="gradients")}
EVERY = 2  # frames of a clip that is judged
STEP, RATE = 3, Fraction(25)  # every so many frames of a movie are judged; frames a second of a file
FALSE_ALARMS = 0.05


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
        seed, begun = int(rest[-1]), time.perf_counter()
        keras.utils.set_random_seed(seed)
        model = (
            detector.build_highpass() if kind == "highpass" else detector.build_meso4(pairs.SIZE, logits=True)
        )
        prepared.train(model, ready(what), paired="loose" not in rest, seed=seed, verbose=2)
        networks.save(model, path)
        print(f"{name} trained in {time.perf_counter() - begun:.0f} s", flush=True)
    return spotting.by_network(networks.load(path))


NAMES = [
    *(f"linear_{what}_0" for what in prepared.SETS),
    *(f"{kind}_{what}_0" for kind in ("highpass", "meso4") for what in prepared.SETS),
    *(f"highpass_{what}_1" for what in prepared.SETS),
    "highpass_paste_0",  # as good as it gets at the paste alone
    *(f"highpass_{what}_loose_{seed}" for seed in (0, 1) for what in ("swaps", "blends")),
]
# What may have happened to a whole picture, real or fake, on its way.
CHANGES = {
    "as it is": lambda x, masks: x,
    "smoothed": lambda x, masks: np.stack(
        [composing.EDITS["smoothed"](*o) for o in zip(x, masks, strict=True)]
    ),
    "sharpened": lambda x, masks: np.stack([composing.EDITS["sharpened"](o, None) for o in x]),
    "blurred, 0.7 px": lambda x, masks: degradation.blurred(x, 0.7),
    "blurred, 2 px": lambda x, masks: degradation.blurred(x, 2),
    "JPEG, quality 20": lambda x, masks: degradation.jpeg(x, 20),
}


def conditions(people, seed=0):
    """{condition: pictures}: the real ones, each trace alone, the swaps, and real ones that were edited."""
    made = {"real": compose(people, seed=seed)}
    made |= {name: compose(people, fake, seed=seed) for name, fake in {**TRACES, **ALL_SWAPS}.items()}
    made |= {name: compose(people, edit=name, seed=seed) for name in composing.EDITS}
    return made | {"shot again": compose(people, Fake(who="self"), seed=seed)}


def judged(people, row):
    """What the scores of one detector, {condition: (n,)}, come to."""
    out = {}
    for key in (key for key in row if key != "real"):
        v = spotting.judge(people, row["real"], row[key])
        out[key] = {name: round(getattr(v, name), 4) for name in ("auc", "low", "high", "found", "by_frame")}
    return out


def a_against_b(*scored):
    """AUC of the real clips of the second of each pair against those of the first, and its interval over
    pairs. scored: (people, scores of their real pictures) of each part."""
    names = np.concatenate([np.char.add(np.char.add(p.clips(), " "), p.factors["who"]) for p, _ in scored])
    means, names = evaluation.by_video(np.concatenate([real for _, real in scored]), names)
    second = np.array([name.endswith("b") for name in names])
    pair = np.array([name.split()[0] for name in names])
    return evaluation.auc(second, means), *evaluation.interval(second, means, pair)


def at_threshold(people, row, limit):
    """Shares of real frames accused, in all and by person, and of fakes found, at a threshold."""
    who = people.factors["who"]
    return {
        "accused": float((row["real"] >= limit).mean()),
        "by_person": [float((row["real"][who == one] >= limit).mean()) for one in np.unique(who)],
        "found": {key: float((row[key] >= limit).mean()) for key in row if key != "real"},
    }


def compared(people, scores):
    """Differences in AUC over the kinds of swaps that no training had, with paired intervals over people."""
    out = {}
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
                out[" - ".join(names)] = spotting.difference(people, *parts)
    return out


def across(people, score, real, fake):
    """AUC of real pictures of each condition, rows, against fakes of each, columns."""
    masks = composing.masks(people)
    rows = []
    for some in (real, fake):
        changed = (change(as_floats(some), masks) for change in CHANGES.values())
        rows.append([score(people, as_bytes(x)) for x in changed])
    return [[spotting.auc(x, y) for y in rows[1]] for x in rows[0]]


def movies():
    """Windows of the course's movie, the same frames in each file: {file: (B's own, swapped by the shipped
    128 px network)}, and those of the movie of A, which is real.

    "pasted" are B's decoded frames and what the paste makes of them, "marked" both as the course writes them,
    and "crf" both after H.264, unmarked. The real ones pass through the same file, so that it tells nothing.
    """
    source, path = dataset.movie("b"), FOLDER / "movies.npz"
    if not path.exists():
        frames, pasted = [frame for frame, _ in Reader(source)], []
        model = swap.swapper(networks.shipped("swap_128"))
        swap_movie(
            source,
            FOLDER / "swapped.mp4",
            model.predict_on_batch,
            128,
            progress=False,
            see=lambda frame: pasted.append(frame.copy()),
        )
        with Writer(FOLDER / "own.mp4", Reader(source).fps) as writer:
            for frame in frames:
                writer.write(frame)
        written = [[frame for frame, _ in Reader(FOLDER / name)] for name in ("own.mp4", "swapped.mp4")]
        files = {"pasted": (frames, pasted), "marked": written}
        for crf in (12, 23):
            files[f"crf {crf}"] = [degradation.through_h264(x, crf, RATE) for x in (frames, pasted)]
        _, points = windows.of_movie(source, -(-len(frames) // STEP))
        kept = {name: [windows.cut(x[::STEP], points) for x in both] for name, both in files.items()}
        kept |= {"a": [windows.cut(*windows.of_movie(dataset.movie("a"), len(points)))] * 2}
        arrays = {f"{name} {k}": x.images for name, both in kept.items() for k, x in enumerate(both)}
        np.savez(path, points=kept["pasted"][0].points, points_of_a=kept["a"][0].points, **arrays)
    with np.load(path) as kept:
        points, of_a = kept["points"], kept["points_of_a"]
        shown = {
            name: [_windows(kept[f"{name} {k}"], points) for k in range(2)]
            for name in ("pasted", "marked", "crf 12", "crf 23")
        }
        return shown, _windows(kept["a 0"], of_a)


def _windows(images, points):
    rows = np.arange(len(images))
    factors = {"who": np.full(len(rows), "b"), "pair": 0 * rows, "clip": 0 * rows, "frame": rows}
    return pairs.Pairs(images, points, rows, factors)


def of_movie(score, shown, limit):
    """AUC of the course's movie against its swap as written, and shares of frames called a swap; the same by
    file."""
    files, a = shown

    def rates(real, fake):
        scores = {name: score(some, some.images) for name, some in (("b", real), ("found", fake))}
        shares = {name: float((x >= limit).mean()) for name, x in scores.items()}
        return {"auc": spotting.auc(scores["b"], scores["found"]), **shares}

    out = rates(files["pasted"][0], files["marked"][1])
    out |= {"a": float((score(a, a.images) >= limit).mean()), "frames": len(a)}
    return out | {"files": {name: rates(*both) for name, both in files.items()}}


def fine_tuned(name, people, made, kind, steps, rate, pictures=20, seeds=(0, 1)):
    """A detector trained on with twenty pictures of `tune`, half of them fakes of a kind: AUC by frame there
    and on other swaps, before and after."""
    tune = pairs.load("tune")
    rows = np.linspace(0, len(tune) - 1, pictures // 2).astype(int)
    real, fake = (compose(tune, f, seed=7)[rows] for f in (None, {**ALL_SWAPS, **TRACES}[kind]))
    others, out = [k for k in UNKNOWN if k != kind], []

    def looked_at(model):
        score = spotting.by_network(model)
        row = {key: score(people, made[key]) for key in ("real", kind, *others)}
        there, *rest = (spotting.auc(row["real"], row[key]) for key in (kind, *others))
        return there, float(np.mean(rest))

    for seed in seeds:
        model = networks.load(FOLDER / f"{name}.npz")
        before = looked_at(model)
        few = prepared.Prepared(real, fake, prepared.hulls_of(tune)[rows])
        prepared.train(model, few, steps, rate, seed=seed)
        out.append([*before, *looked_at(model)])
    return out


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


def measured(detectors, people):
    """All that is said of the detectors, {name: score}, on some people."""
    made, tune, crowd, shown = conditions(people), pairs.load("tune"), prepared.strangers(), movies()
    of_tune = compose(tune)
    out, scores = {}, {}
    for name, score in detectors.items():
        row = scores[name] = {key: score(people, x) for key, x in made.items()}
        tuning = score(tune, of_tune)
        limit = spotting.threshold([tuning, score(crowd, crowd.images)], FALSE_ALARMS)
        out[name] = {
            "by_condition": judged(people, row),
            "a_against_b": a_against_b((people, row["real"]), (tune, tuning)),
            "at_threshold": at_threshold(people, row, limit),
            "movie": of_movie(score, shown, limit),
        }
        if name in ("highpass_both_0", "linear_both_0"):
            out[name]["across"] = across(people, score, made["real"], made["sharp, soft"])
        print(name, "measured", flush=True)
    return {"detectors": out, "compared": compared(people, scores)}, made


def shown_as_tables(found):
    """Print what `measured` found."""
    rows = found["detectors"]

    def table(title, columns, cell):
        print(f"\n{title}\n{'':26}" + " ".join(f"{name[:11]:>11}" for name in columns))
        for name, row in rows.items():
            print(f"{name:26}" + " ".join(f"{cell(row, key):>11}" for key in columns))

    def of(name):
        return lambda row, key: f"{row['by_condition'][key][name]:.2f}"

    def interval(row, key):
        return "{low:.2f}-{high:.2f}".format(**row["by_condition"][key])

    edits = [*composing.EDITS, "shot again"]
    table("AUC by clip: one trace alone", TRACES, of("auc"))
    table("AUC by clip: swaps", ALL_SWAPS, of("auc"))
    table("interval over people", ALL_SWAPS, interval)
    table("clips found at 5% false alarms", ALL_SWAPS, of("found"))
    table("AUC by frame", ALL_SWAPS, of("by_frame"))
    table("AUC by clip: real and edited, against real", edits, of("auc"))
    table("interval over people", edits, interval)
    table("found, by frame, at the threshold", ALL_SWAPS, lambda r, k: f"{r['at_threshold']['found'][k]:.0%}")
    print("\nreal accused at the threshold (by person); real A against real B, by clip, interval over pairs")
    for name, row in rows.items():
        at, ab = row["at_threshold"], row["a_against_b"]
        people = " ".join(f"{one:.0%}" for one in at["by_person"])
        print(f"{name:26}{at['accused']:5.0%} ({people})  {ab[0]:.2f} ({ab[1]:.2f} to {ab[2]:.2f})")
    print(
        "\nthe course's movie, by file: AUC; frames of the swap found, of B accused, at the threshold; of A"
    )
    for name, row in rows.items():
        of = {"as written, against B's own": row["movie"], **row["movie"]["files"]}
        cells = "  ".join("{}: {auc:.2f} {found:.0%} {b:.0%}".format(file, **x) for file, x in of.items())
        print(f"{name:26}{cells}  A {row['movie']['a']:.0%}")
    print("\ndifference of AUC over swaps not trained on, with its 95% interval over people")
    for name, (d, low, high) in found["compared"].items():
        print(f"{name}: {d:+.3f} ({low:+.3f} to {high:+.3f})")
    for name, row in rows.items():
        if "across" in row:
            grid = np.array(row["across"])
            off = ~np.eye(len(grid), dtype=bool)
            print(f"\n{name}: rows real, columns fakes", end="; ")
            print(f"within {grid[~off].mean():.2f}, across {grid[off].mean():.2f}, least {grid.min():.2f}")
            for change, line in zip(CHANGES, grid, strict=True):
                print(f"{change:18}" + " ".join(f"{v:6.2f}" for v in line))
    for title, of_each in found.get("fine_tuned", {}).items():
        print(f"\n{title}: there before and after, on other swaps before and after")
        for before, others, after, later in of_each:
            print(f"    {before:.2f} -> {after:.2f}    {others:.2f} -> {later:.2f}")


# Kinds that the shipped detector is bad at, with steps and rates to fine-tune it by: mild, and hard.
TUNED = (("edge", 60, 3e-4), ("edge", 100, 1e-3), ("colour", 60, 3e-4))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", nargs="*", metavar="NAME", help="names, or nothing for all")
    parser.add_argument("--part", choices=pairs.PARTS, default="test")
    parser.add_argument("--write", action="store_true")
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
    detectors = {name: score for name in names if (score := trained(name))}
    people = people.some(people.factors["frame"] % EVERY == 0)
    decoders(people)
    found, made = measured(detectors, people)
    if (name := "highpass_both_0") in detectors:
        found["fine_tuned"] = {
            f"{name}, twenty pictures of {kind}, {steps} steps at {rate:g}": fine_tuned(
                name, people, made, kind, steps, rate
            )
            for kind, steps, rate in TUNED
        }
    found["measured"] = {"version": __version__, "people": len(set(people.factors["who"]))}
    shown_as_tables(found)
    if options.write:
        WRITTEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
