"""Find which face drawn for the second person of each pair best fits the first: for pairs.FITTING.

    .venv-render/bin/python data_scripts/match.py

Prints, for each pair, the number of the draw with the nearest features and their distance: the root mean
square over eyes, mouth, nose, chin, jaw, cheeks and temples, in decimetres.
"""

import argparse
from pathlib import Path

import numpy as np
from makehuman import Assets, fetch
from pairs import NUMBERED, pair_person
from people import neutral
from plan import stream

# On the unchanged base mesh, decimetres: |x|, y, z.
FEATURES = {
    "corner of the eye": (0.46, 7.27, 1.2),
    "inner corner": (0.17, 7.25, 1.35),
    "brow": (0.3, 7.42, 1.4),
    "nose": (0.0, 7.0, 1.9),
    "nostril": (0.14, 6.93, 1.6),
    "corner of the mouth": (0.27, 6.615, 1.4),
    "chin": (0.0, 6.25, 1.5),
    "jaw": (0.55, 6.5, 0.8),
    "cheek": (0.68, 6.95, 0.8),
    "temple": (0.66, 7.5, 0.8),
    "forehead": (0.0, 7.9, 1.4),
}


def features(assets, person):
    """Return the positions of a person's features in the picture, from the centre of the eyes: (k, 2)."""
    head = assets.island("head")
    rest = neutral(assets, person)
    joints = assets.data["metadata"]["joint_pos_idxs"]
    eyes = np.mean([rest[joints[f"eye.{side}____head"]].mean(0) for side in "LR"], axis=0)
    ids = [head[np.argmin(((assets.base[head] - at) ** 2).sum(1))] for at in FEATURES.values()]
    return (rest[ids] - eyes)[:, :2]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", type=Path, default=Path("build/assets"))
    parser.add_argument("--draws", type=int, default=300)
    options = parser.parse_args()
    assets, best = Assets(fetch(options.assets)), []
    for pair in range(len(NUMBERED)):
        first = features(assets, pair_person(pair, "a", stream("pair", pair, "a", 0)))
        off = []
        for draw in range(options.draws):
            other = features(assets, pair_person(pair, "b", stream("pair", pair, "b", draw)))
            off.append(np.sqrt(((other - first) ** 2).sum(1).mean()))
        best.append(int(np.argmin(off)))
        print(f"pair {pair}: draw {best[-1]}, {min(off):.3f} dm (median {np.median(off):.3f})", flush=True)
    print(tuple(best))


if __name__ == "__main__":
    main()
