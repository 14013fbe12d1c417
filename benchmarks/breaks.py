"""Break a job at random moments and give the same command again: is anything lost?

    .venv/bin/python benchmarks/breaks.py --moments 40 --folder build/breaks

Half the breaks are kills (SIGKILL), half are one Ctrl-C (SIGINT), spread over the time that an unbroken
job takes. After each, the same command runs to its end. What is looked at: its exit code, the model's
SSIM on the shipped test pictures beside that of unbroken jobs, other people's files in the folder byte
for byte, and files left behind. Prints a line a moment and a summary, and writes breaks.json beside them.

The jobs are small: a few photos of the two synthetic people, fifteen seconds of training, half a second of
movie. They run in forked processes, so that TensorFlow is imported once.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from swaplib import muted
from swaplib.crops import dataset
from swaplib.files import _unmarked, video

with muted():
    from swaplib import __main__, networks
    from swaplib.job import dry, folder, options, run  # noqa: F401  imported before the first fork
    from swaplib.networks import swap
    from swaplib.scoring import likeness

PHOTOS, FRAMES, MINUTES = 24, 12, 0.25
STRANGERS = ("training/holiday.jpg", "training/deadline.json", "my.part.png", "state.npz", "log.csv")


def material(where: Path) -> None:
    """Photos of A and of B, and a short movie of B."""
    for who in "ab":
        (where / who).mkdir(parents=True, exist_ok=True)
        for k, image in enumerate(dataset.load(f"person_{who}", 128).images[:: 800 // PHOTOS][:PHOTOS]):
            Image.fromarray(np.uint8(255 * image)).resize((256, 256)).save(where / who / f"{k}.jpg")
    frames = (f for k, f in enumerate(video.read_frames(dataset.movie("b"))) if k < FRAMES)
    _unmarked.write_movie(where / "b.mp4", frames, 25, sound_from=dataset.movie("b"))


def command(where: Path, out: Path) -> list[str]:
    """The job's arguments."""
    paths = ["--a", where / "a", "--b", where / "b", "--movie", where / "b.mp4", "--out", out]
    numbers = ["--code", 16, "--minutes", MINUTES, "--consent", "nobody is real"]
    return [str(a) for a in (*paths, *numbers)]


def begin(arguments: list[str], log: Path) -> int:
    """Start a job in a process of its own; returns the process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with open(log, "ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        __main__.main(arguments)
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
        print(stop.code, file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int, seconds: float | None = None) -> int | None:
    """The exit code of a process, negative for a signal; None if it runs on after so many seconds."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if end is not None and time.monotonic() >= end:
            return None
        time.sleep(0.02)


def strangers(out: Path) -> dict:
    """Put other people's files into a folder; returns their bytes."""
    for k, name in enumerate(STRANGERS):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(np.random.default_rng(k).bytes(1000 + k))
    return {name: (out / name).read_bytes() for name in STRANGERS}


def left_behind(out: Path) -> list[str]:
    """Files that are neither ours nor the strangers'."""
    files = (p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    state = {f"{folder.HIDDEN}/{name}" for name in ("lock", "job.json", "job.json.bkp")}
    return sorted(set(files) - {*folder.NAMES, *STRANGERS, *state})


def broken(where: Path, out: Path, kind: int, moment: float) -> dict:
    """One job, broken at a moment and given again."""
    theirs, arguments, log = strangers(out), command(where, out), out.with_suffix(".log")
    pid = begin(arguments, log)
    first = ended(pid, moment)
    if first is None:
        os.kill(pid, kind)
        first = ended(pid)
    begun = time.monotonic()
    second = ended(begin(arguments, log))
    record = folder.Folder(out)
    return {
        "signal": signal.Signals(kind).name,
        "moment": round(moment, 1),
        "first": first,
        "second": second,
        "again_seconds": round(time.monotonic() - begun, 1),
        "trained": record.seconds(),
        "epochs": len(record.history()),
        "strangers_same": theirs
        == {n: (out / n).read_bytes() if (out / n).exists() else None for n in theirs},
        "left_behind": left_behind(out),
    }


def ssims(models: list[Path]) -> list[float]:
    """Mean SSIM of each model's swap on the shipped test pictures, inside the face."""
    a, b = (dataset.load(f"test_{who}", 64) for who in "ab")
    return [
        float(likeness.ssim(made, a.images, a.masks()).mean())
        for made in (swap.swapper(networks.load(m)).predict(b.images, verbose=0) for m in models)
    ]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--moments", type=int, default=40)
    p.add_argument("--unbroken", type=int, default=3)
    p.add_argument("--folder", type=Path, default=Path("build/breaks"))
    p.add_argument("--seed", type=int, default=0)
    asked = p.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    where = asked.folder / "material"
    material(where)
    rows, rng, took = [], np.random.default_rng(asked.seed), []
    for k in range(asked.unbroken):
        begun, out = time.monotonic(), asked.folder / f"whole_{k}"
        code = ended(begin(command(where, out), asked.folder / f"whole_{k}.log"))
        took.append(time.monotonic() - begun)
        record = folder.Folder(out)
        rows.append({"signal": "none", "second": code, "epochs": len(record.history()), "out": str(out)})
        print(f"unbroken: code {code}, {took[-1]:.1f} s, {rows[-1]['epochs']} epochs", flush=True)
    parts = (np.arange(asked.moments) + rng.random(asked.moments)) / asked.moments  # one in each stretch
    for k, part in enumerate(rng.permutation(parts)):
        kind = (signal.SIGKILL, signal.SIGINT)[k % 2]
        out = asked.folder / f"broken_{k:02d}"
        rows.append(broken(where, out, kind, float(part * np.mean(took))) | {"out": str(out)})
        print(", ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    for row, ssim in zip(rows, ssims([Path(r["out"]) / folder.MODEL for r in rows]), strict=True):
        row["ssim"] = ssim
    (asked.folder / "breaks.json").write_text(json.dumps(rows, indent=1))
    whole, again = ([r for r in rows if (r["signal"] == "none") == w] for w in (True, False))
    print(f"unbroken: SSIM {[round(r['ssim'], 3) for r in whole]}")
    low, high = min(r["ssim"] for r in again), max(r["ssim"] for r in again)
    print(f"{len(again)} broken: SSIM {low:.3f} to {high:.3f}")
    print(f"the same command ended well in {sum(r['second'] == 0 for r in again)}")
    print(f"strangers' files untouched in {sum(r['strangers_same'] for r in again)}")
    print(f"nothing left behind in {sum(not r['left_behind'] for r in again)}")


if __name__ == "__main__":
    main()
