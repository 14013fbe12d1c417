"""Measure the figures of the README and docs/results.md, print them and write benchmarks/bench.json.

    make bench                          everything, about a quarter of an hour on two cores
    make bench ARGS="--only pairs"      one section: start, pairs, pasting, movie, steering, sliders,
                                        detect or job
    make figures                        then updates the README

The file keeps the sections that are not remeasured, and records the version and the machine of each.
Speeds, and trainings limited by time, need an otherwise idle machine.

Every figure is reported beside its baseline. SSIM is inside the face unless it says "whole".
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from swaplib import __version__, muted, networks
from swaplib.notebook import show
from swaplib.scoring import traces

ROOT = Path(__file__).parents[1]
BENCH = ROOT / "benchmarks" / "bench.json"
SECONDS = 150  # training time


def start():
    """Measure the seconds that imports take beyond Python itself, the median of five."""

    def once(code):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begin

    def median(code):
        once(code)
        return sorted(once(code) - once("pass") for _ in range(5))[2]

    return {
        "import_seconds": median("import swaplib"),
        "import_faces_seconds": median("from swaplib.crops import dataset"),
    }


def trained(build, size=64):
    """Train a model from scratch for SECONDS."""
    with muted():
        import keras

        from swaplib.crops import dataset
        from swaplib.training import batches, callbacks

    keras.utils.set_random_seed(0)
    model = build(size)
    pairs = batches.Pairs(*(dataset.load(f"person_{k}", size) for k in "ab"))
    history = batches.fit(model, pairs, callbacks=[callbacks.Deadline(SECONDS)])
    print(f"{build.__name__}: {len(history.epoch) * len(pairs)} steps in {SECONDS} s")
    return model


def pairs():
    """Score the paired test set, at 64 px from scratch and at 128 px as shipped."""
    with muted():
        from swaplib.crops import dataset
        from swaplib.networks import swap
        from swaplib.networks.identity import IdentityClassifier
        from swaplib.scoring import tables

    out = {"seconds": SECONDS}
    models = {
        64: {
            "from scratch": trained(swap.build_swap),
            "two separate autoencoders": trained(swap.build_separate),
            "shipped weights": networks.shipped("swap_64"),
        },
        128: {"shipped weights": networks.shipped("swap_128")},
    }
    for size, some in models.items():
        train_a, train_b, test_a, test_b = (
            dataset.load(name, size) for name in ("person_a", "person_b", "test_a", "test_b")
        )
        who = IdentityClassifier(train_a, train_b, test_a, test_b)
        table = tables.score_test(some, train_a, test_a, test_b, who)
        out[f"{size} px"] = {"rows": table, "pairs": len(test_b), "identity_accuracy": who.accuracy}
        print(
            f"\nPaired test set, {size} px; who-is-it is right on {who.accuracy:.1%} of unseen "
            f"pictures\n{tables.printed(table)}"
        )
    return out


def pasting():
    """Score each way to blend and to colour, with the shipped 128 px swap and with the perfect decoder."""
    with muted():
        import numpy as np

        from swaplib import movie as movies
        from swaplib.crops import dataset
        from swaplib.face.landmarks import Landmarker
        from swaplib.files.picture import as_bytes
        from swaplib.movie.paste import BLENDS
        from swaplib.networks import swap
        from swaplib.scoring import tables

    a, b = dataset.load("test_a", 128), dataset.load("test_b", 128)
    drawn = swap.swapper(networks.shipped("swap_128"), again=True).predict(b.images, verbose=0)
    rows = tables.score_pastes({"swap": drawn}, a, b)
    frame, face, again = as_bytes(b.images[0]), *(x[0] for x in drawn)
    with Landmarker() as find:
        points = find(frame)[0].points

    def once(blend):
        begin = time.perf_counter()
        movies.put_back(frame, face, again, tables.AS_IT_IS, points, blend)
        return 1000 * (time.perf_counter() - begin)

    took = {blend: float(np.median([once(blend) for _ in range(50)])) for blend in BLENDS}
    print(f"\nPasting, paired test set, 128 px\n{show.table(rows)}")
    print(", ".join(f"{blend}: {ms:.1f} ms a frame" for blend, ms in took.items()))
    return {"rows": rows, "pairs": len(b), "ms": took}


def movie():
    """Measure the shipped movie with the shipped weights: speed, steadiness, and the score table."""
    with muted():
        from swaplib.crops import dataset
        from swaplib.files.video import read_frames
        from swaplib.movie import swap_movie, track
        from swaplib.networks import swap
        from swaplib.networks.identity import IdentityClassifier
        from swaplib.scoring import steadiness, tables

    source, truth = dataset.movie("b"), dataset.movie("a")
    height, width = next(iter(read_frames(source))).shape[:2]
    out = {"width": width, "height": height}
    train = [dataset.load(f"person_{k}", 64) for k in "ab"]
    who = IdentityClassifier(*train, *(dataset.load(f"test_{k}", 64) for k in "ab"))
    for size in (64, 128):
        model = swap.swapper(networks.shipped(f"swap_{size}"), again=True)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "swapped.mp4"
            frames = []  # before the marks
            report = swap_movie(
                source, target, model.predict_on_batch, size, progress=False, see=frames.append
            )
            table = tables.score_movie(frames, source, truth, who)
        print(f"\nMovie, {size} px: {report}")
        print(tables.printed(table))
        out[f"{size} px"] = {"report": asdict(report), "rows": table}
    out["steadiness"] = steadiness.steadiness(track.tidy(track.locate(source, progress=False)))
    print("\nSmoothing of the landmarks\n" + show.table(out["steadiness"]))
    return out


def steering():
    """Score the shipped sliders by MediaPipe's readings, with either decoder."""
    with muted():
        from swaplib.scoring import sliders

    out = sliders.score_shipped(128)
    figures = ("quarter", "half", "true_half", "whole", "true_whole", "spill", "spill_median", "sharpness")
    for who in "AB":
        print(f"\nSliders with decoder {who}: measured / true change\n{show.table(out[who], figures)}")
    for name, why in out["left out"].items():
        print(f"{name} is left out: {why}")
    return out


def sliders():
    """Measure the milliseconds from a slider to a new picture: ours, the usual way, and in a browser."""
    import contextlib
    import io

    import lab

    with muted():
        import matplotlib
        import numpy as np
        from ipywidgets import FloatSlider, interactive

        from swaplib import latent, notebook
        from swaplib.crops import dataset

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    model = networks.shipped("swap_128")
    codes = model.get_layer("encoder_b").predict(dataset.load("test_b", 128).images, verbose=0)
    decoders = [model.get_layer(f"decoder_{k}") for k in "ab"]
    directions = latent.principal(codes)
    values = latent.shipped("swap_128")
    decode = notebook.decoder(*decoders, titles="AB")
    ours = notebook.Explorer(decode, directions, {"": codes[0]}, "", values=values)

    def usual(step):
        figure, axes = plt.subplots(1, 2, figsize=(5.2, 2.8))
        for where, decode in zip(axes, decoders, strict=True):
            where.imshow(decode.predict((codes[0] + step * directions.vectors[0])[None], verbose=0)[0])
        figure.savefig(io.BytesIO())  # as the notebook's backend does after each call
        plt.close(figure)

    slow = interactive(usual, step=FloatSlider(0, min=-2, max=2))
    with contextlib.redirect_stdout(io.StringIO()):  # `interactive` clears lines in a terminal
        moves, usually = _ms(next(iter(ours.controls.values())), 200), _ms(slow.children[0], 20)
    out = {"ours_ms": moves[100], "ours_95_ms": moves[190], "interact_ms": usually[10]}
    print(
        f"\nSlider to picture, two decoders, 128 px at 256: ours {out['ours_ms']:.1f} ms "
        f"(95%: within {out['ours_95_ms']:.1f}), interact + "
        f"predict + matplotlib {out['interact_ms']:.0f} ms, {out['interact_ms'] / out['ours_ms']:.0f}x"
    )
    with lab.opened() as (page, errors):
        lab.run_all(page)
        lab.first_slider(page)
        out["browser_ms"] = float(np.median(lab.press(page, 40)))
        out["browser_errors"] = errors
    print(
        f"Key press to changed picture in JupyterLab in Chromium: {out['browser_ms']:.0f} ms; "
        f"errors in its console: {len(errors)}"
    )
    return out


def detect():
    """How fast detectors are and how large. How good they are is measured and printed by lesson 6."""
    with muted():
        from swaplib.crops import pairs as people
        from swaplib.scoring import spotting

    test, out = people.load("test"), {}
    for name in ("swaps", "blends", "both"):
        model = networks.shipped(f"highpass_{name}")
        score = spotting.by_network(model)
        score(test, test.images[:64])
        begin = time.perf_counter()
        score(test, test.images)
        seconds = time.perf_counter() - begin
        out[name] = {"pictures_a_second": len(test) / seconds, "parameters": model.count_params()}
    begin = time.perf_counter()
    numbers = traces.features(spotting.as_crops(test, test.images)).shape[1]
    out["features"] = {"pictures_a_second": len(test) / (time.perf_counter() - begin), "numbers": numbers}
    print(f"\nDetectors\n{show.table(out)}")
    return out


def _ms(slider, times):
    """Return the milliseconds of slider moves, sorted."""
    took = []
    for k in range(times):
        begin = time.perf_counter()
        slider.value = slider.min + (slider.max - slider.min) * (k % 19 + 1) / 20
        took.append(time.perf_counter() - begin)
    return [1000 * seconds for seconds in sorted(took)]


def job():
    """Measure how long `make swap` takes once everything is installed."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run(
            ["make", "--silent", "swap", f"ARGS=--out {folder}"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - begin
    print(f"\nmake swap: {seconds:.0f} s")
    return {"make_swap_seconds": seconds}


PARTS = {f.__name__: f for f in (start, pairs, pasting, movie, steering, sliders, detect, job)}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    chosen = parser.parse_args().only
    found = json.loads(BENCH.read_text()) if BENCH.exists() else {}
    with_what = {"version": __version__, "cores": os.cpu_count(), "python": platform.python_version()}
    for name in chosen:
        found[name] = PARTS[name]()
        if name == "start":
            print(
                f"import swaplib: {found[name]['import_seconds']:.2f} s, "
                f"swaplib.crops.dataset: {found[name]['import_faces_seconds']:.2f} s"
            )
        found.setdefault("measured", {})[name] = with_what
        BENCH.write_text(json.dumps(found, indent=1) + "\n")
    print(f"\nWritten to {BENCH.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
