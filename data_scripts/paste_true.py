"""Paste the true A into B's pictures and vice versa: does the pair pass at a glance?

    python data_scripts/paste_true.py --pictures build/render --sheet build/pair.png
    python data_scripts/paste_true.py --movies swaplib/data/movie/movie_{b,a}.mp4

Prints, over the rendered paired pictures: the distance between the faces' mean colours (Lab, the same both
ways), the SSIM of the pasted crop with the true one within the receiver's hull, and the width of each
face, cheek to cheek divided by the distance between the eyes. Each row of the sheet is B, A on
B, A, B on A. From two movies it makes a third, the swap of a perfect decoder, and prints the cost of the
paste alone: the SSIM within the mask, where only A should be, and within the whole hull, including the
soft edge. Runs in the course's environment.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from swaplib import movie
from swaplib.face import align
from swaplib.face.landmarks import Landmarker
from swaplib.face.mask import face_mask, hull_mask
from swaplib.files import picture
from swaplib.scoring import likeness
from swaplib.scoring.tables import both_tracks, paste_truth

CROP, CHEEKS = 160, (234, 454)  # pixels; MediaPipe's indices


def width(points):
    """Return the width cheek to cheek, divided by the distance between the eyes."""
    left, right, _ = align.anchors(points)
    return np.linalg.norm(points[CHEEKS[0]] - points[CHEEKS[1]]) / np.linalg.norm(left - right)


def paste(giver, receiver):
    """Return (frame with the giver's face, Lab distance of the faces, SSIM with the true face).

    giver, receiver: (uint8 picture (h, w, 3), landmarks (478, 2)).
    """
    matrices = [align.crop_matrix(points, CROP) for _, points in (giver, receiver)]
    inner = [
        align.transform(points, matrix)
        for (_, points), matrix in zip((giver, receiver), matrices, strict=True)
    ]
    face, other = (
        align.crop(image, matrix, CROP).astype(np.float32) / 255
        for (image, _), matrix in zip((giver, receiver), matrices, strict=True)
    )
    out = movie.put_back(receiver[0], face, None, matrices[1], receiver[1])
    hulls = [hull_mask(points, CROP) > 0.5 for points in inner]
    both = hulls[0] & hulls[1]
    tones = [cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)[both].mean(0) for crop in (face, other)]
    again = align.crop(out, matrices[1], CROP).astype(np.float32) / 255
    likeness = structural_similarity(again, face, channel_axis=2, data_range=1, full=True)[1]
    return out, np.linalg.norm(tones[0] - tones[1]), likeness.mean(-1)[hulls[1]].mean()


def perfect(source, truth, target):
    """Write the movie `source` with the face from the movie `truth`; returns the SSIM of each frame.

    Returns two arrays: within the mask where it is 1, and within the hull of the true face.
    """
    tracks = seen, found = both_tracks(source, truth)
    paste_truth(source, truth, target, CROP, tracks=tracks)
    made = movie.aligned_crops(target, seen, CROP)[0]
    true, landmarks, _ = movie.aligned_crops(truth, found, CROP)
    inner = np.stack([face_mask(p, CROP) > 0.99 for p in landmarks])
    hulls = np.stack([hull_mask(p, CROP) > 0.5 for p in landmarks])
    return likeness.ssim(made, true, inner), likeness.ssim(made, true, hulls)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, default=Path("build/render"))
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--movies", type=Path, nargs=2, metavar=("SOURCE", "TRUTH"))
    parser.add_argument("--out", type=Path, default=Path("build/perfect.mp4"))
    options = parser.parse_args()
    if options.movies:
        inner, whole = perfect(*options.movies, options.out)
        print(f"SSIM within the mask {inner.mean():.3f}, within the hull {whole.mean():.3f}")
        return
    rows, figures = [], []
    with Landmarker(max_faces=1) as find:
        for path in sorted((options.pictures / "test_a").glob("[0-9]*.png")):
            paths = [options.pictures / f"test_{who}" / path.name for who in "ab"]
            if ".part." in path.name or not paths[1].exists():
                continue
            images = [picture.read_photo(p) for p in paths]
            found = [find(image) for image in images]
            if not all(found):
                continue
            a, b = ((image, some[0].points) for image, some in zip(images, found, strict=True))
            (a_on_b, distance, there), (b_on_a, _, back) = paste(a, b), paste(b, a)
            figures.append([distance, there, back, width(a[1]), width(b[1])])
            rows.append(np.hstack([b[0], a_on_b, a[0], b_on_a]))
    lab, there, back, wide_a, wide_b = np.mean(figures, axis=0)
    print(
        f"{len(rows)} pairs: Lab {lab:.1f}, SSIM A on B {there:.3f}, B on A {back:.3f}, "
        f"widths {wide_a:.2f} {wide_b:.2f}"
    )
    if options.sheet:
        cv2.imwrite(str(options.sheet), np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
