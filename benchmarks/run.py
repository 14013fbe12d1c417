"""Measure what the README quotes, print it and write build/bench.json.

    make bench                          all of it, about a quarter of an hour on two cores
    make bench ARGS="--only pairs"      one part: start, pairs, movie or job

Every figure stands beside what it is compared with. SSIM is inside the face unless it says "whole".
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

from swaplib.quiet import muted

ROOT = Path(__file__).parents[1]
SECONDS = 150  # of training


def start():
    """Seconds that imports take beyond Python itself, the median of five."""
    def once(code):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begin

    def median(code):
        once(code)
        return sorted(once(code) - once("pass") for _ in range(5))[2]

    return {"import_seconds": median("import swaplib"),
            "import_faces_seconds": median("from swaplib import faces")}


def trained(build, size=64):
    """A model trained from scratch for SECONDS."""
    with muted():
        import keras

        from swaplib import faces, swap

    keras.utils.set_random_seed(0)
    model = build(size)
    pairs = swap.Pairs(*(faces.load(f"person_{k}", size) for k in "ab"))
    history = model.fit(pairs, shuffle=False, epochs=10**6, verbose=0, callbacks=[swap.Deadline(SECONDS)])
    print(f"{build.__name__}: {len(history.epoch) * len(pairs)} steps in {SECONDS} s")
    return model


def pairs():
    """The tables of the paired test set, at 64 px from scratch and at 128 px as shipped."""
    with muted():
        from swaplib import faces, metrics, score, swap

    out = {}
    models = {
        64: {f"from scratch, {SECONDS} s": trained(swap.build_swap),
             f"two separate autoencoders, {SECONDS} s": trained(swap.build_separate),
             "shipped weights": swap.shipped(64)},
        128: {"shipped weights": swap.shipped(128)},
    }
    for size, some in models.items():
        train_a, train_b, test_a, test_b = (
            faces.load(name, size) for name in ("person_a", "person_b", "test_a", "test_b"))
        who = metrics.WhoIsIt(train_a, train_b, test_a, test_b)
        table = score.score_test(some, train_a, test_a, test_b, who)
        out[f"{size} px"] = {"rows": table, "who_is_it_accuracy": who.accuracy}
        print(f"\nPaired test set, {size} px; who-is-it is right on {who.accuracy:.1%} of unseen "
              f"pictures\n{metrics.table(table, score.SHOWN)}")
    return out


def movie():
    """The shipped movie with the shipped weights: speed, steadiness, and the table."""
    with muted():
        from swaplib import faces, metrics, score, swap, track
        from swaplib.movie import swap_movie

    out = {}
    source, truth = faces.movie("b"), faces.movie("a")
    train = [faces.load(f"person_{k}", 64) for k in "ab"]
    who = metrics.WhoIsIt(*train, *(faces.load(f"test_{k}", 64) for k in "ab"))
    for size in (64, 128):
        model = swap.swapper(swap.shipped(size), again=True)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "swapped.mp4"
            report = swap_movie(source, target, model.predict_on_batch, size, progress=False)
            table = score.score_movie(target, source, truth, who)
        print(f"\nMovie, {size} px: {report}")
        print(metrics.table(table, (*score.SHOWN, "flicker", "flicker_off")))
        out[f"{size} px"] = {"report": asdict(report), "rows": table}
    out["steadiness"] = track.steadiness(track.tidy(track.locate(source, progress=False)))
    print("\nSmoothing of the landmarks\n" + metrics.table(out["steadiness"]))
    return out


def job():
    """How long `make swap` takes on a machine that is set up."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run(["make", "--silent", "swap", f"ARGS=--out {folder}"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - begin
    print(f"\nmake swap: {seconds:.0f} s")
    return {"make_swap_seconds": seconds}


PARTS = {f.__name__: f for f in (start, pairs, movie, job)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    found = json.loads(path.read_text()) if path.exists() else {}
    found["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    for name in parser.parse_args().only:
        found[name] = PARTS[name]()
        if name == "start":
            print(f"import swaplib: {found[name]['import_seconds']:.2f} s, "
                  f"swaplib.faces: {found[name]['import_faces_seconds']:.2f} s")
        path.write_text(json.dumps(found, indent=1))
    print(f"\nWritten to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
