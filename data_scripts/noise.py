"""Measure what a perfect swap would score: a picture against itself, rendered again with other noise.

    .venv-render/bin/python data_scripts/render.py --set test_a --every 20 --noise 1 --out build/noise
    python data_scripts/noise.py --again build/noise/test_a --pictures build/render/test_a

Denoising reduces a path tracer's noise but doesn't remove it, and no decoder can predict it. Prints, for
crops of 128 and of 64 px, the SSIM of the two renderings inside the face and the share of the fine detail
that is noise. Runs in the course's environment.
"""

import argparse
from pathlib import Path

import numpy as np

from swaplib.crops import capture
from swaplib.face.landmarks import Landmarker
from swaplib.face.mask import masks
from swaplib.files import picture
from swaplib.scoring import likeness


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", type=Path, required=True, help="folder of the pictures with other noise")
    parser.add_argument("--pictures", type=Path, required=True, help="folder of the same pictures as shipped")
    options = parser.parse_args()
    pairs = [
        [picture.read_photo(folder / p.name) for folder in (options.pictures, options.again)]
        for p in sorted(options.again.glob("*.png"))
    ]
    with Landmarker(max_faces=1) as find:
        points = [find(first)[0].points for first, _ in pairs]
    for size in (128, 64):
        crops = [
            [capture.cut_along(image, where, size) for image in pair]
            for pair, where in zip(pairs, points, strict=True)
        ]
        first, again = (np.stack([pair[k][0] for pair in crops]).astype(np.float32) / 255 for k in (0, 1))
        inside = masks(np.stack([pair[0][1] for pair in crops]), size)
        # The difference of the two has twice the noise power of each.
        noise = likeness.fine_detail(first - again, inside) / 2 / likeness.fine_detail(first, inside)
        print(
            f"{size} px, {len(pairs)} pictures: SSIM {likeness.ssim(again, first, inside).mean():.3f}, "
            f"{np.median(noise):.0%} of the fine detail is noise"
        )


if __name__ == "__main__":
    main()
