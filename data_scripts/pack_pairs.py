"""Pack the rendered pairs, one split at a time: a sheet per clip, each frame's factors, landmarks, people.

    python data_scripts/pack_pairs.py --part test
    python data_scripts/pack_pairs.py --part test --pictures build/trial --out build/packed --partly

Each sheet, PAIR_CLIP.webp, has two rows, one person of the pair above the other, doing the same at the
same time on the same camera: each pixel of one corresponds to the same pixel of the other. `factors.csv`
has one row for each frame and person in which both faces were found, `landmarks.npz` their landmarks in
the same order (int16, 1/32 px, (n, 478, 2)), `people.csv` who they are and how similar their skin is; all
files are sealed. `swaplib.crops.pairs` reads them. Runs in the course's environment.
"""

import argparse
from pathlib import Path

import numpy as np
from pack import write_factors
from pairs import NUMBERED, PAIRS, PART_OF
from paste_true import paste, width
from PIL import Image
from plan import PAIR_CLIPS, PAIR_FRAMES, SETS, lively
from tqdm import tqdm

from swaplib import DATA
from swaplib.crops import dataset
from swaplib.face.landmarks import Landmarker
from swaplib.files import picture

# 10 KB per frame, with an error (rms 1.4 levels) as small as the renderer's noise; lossless takes 40 KB.
SAVED = {"quality": 97, "method": 6}
FINE = 32  # steps per pixel of the landmarks


def frames_of(pictures, pair, clip):
    """Return the frames of both people in a clip: uint8 (2, frames, h, w, 3), or None if one is missing."""
    numbers = range(clip * PAIR_FRAMES, (clip + 1) * PAIR_FRAMES)
    paths = [[pictures / f"pair_{pair:02d}_{who}" / f"{k:04d}.png" for k in numbers] for who in "ab"]
    if not all(path.exists() for row in paths for path in row):
        return None
    return np.array([[picture.read_photo(path) for path in row] for row in paths])


def packed(path):
    """Read the frames of a sheet, in the form of frames_of."""
    sheet = picture.read_photo(path)
    size = len(sheet) // 2
    return sheet.reshape(2, size, PAIR_FRAMES, size, 3).swapaxes(1, 2).copy()


def rows_of(pair, clip, frames, find):
    """Return (rows of factors.csv, landmarks, (Lab distance, SSIM a on b, SSIM b on a, widths) per frame)."""
    rows, landmarks, figures = [], [], []
    for k in range(PAIR_FRAMES):
        found = [find(one[k]) for one in frames]
        if not all(found):
            continue
        points = [some[0].points for some in found]
        for who, other, where in zip("ab", "ba", points, strict=True):
            shot = SETS[f"pair_{pair:02d}_{who}"][1](clip * PAIR_FRAMES + k)
            about = {
                "part": PART_OF[pair],
                "pair": pair,
                "who": f"{pair:02d}{who}",
                "partner": f"{pair:02d}{other}",
                "clip": clip,
                "frame": k,
                "lively": int(lively(clip)),
            }
            rows.append(about | shot.row())
            landmarks.append(where)
        a, b = ((one[k], where) for one, where in zip(frames, points, strict=True))
        (_, distance, there), (_, _, back) = paste(a, b), paste(b, a)
        figures.append((distance, there, back, width(a[1]), width(b[1])))
    return rows, landmarks, figures


def people_of(pair, figures):
    """Return the rows for people.csv of both people of a pair."""
    skin, *both = NUMBERED[pair]
    lab, there, back, wide_a, wide_b = np.mean(figures, axis=0)
    rows = []
    for who, other, (sex, age, origin, hair, colour) in zip("ab", "ba", both, strict=True):
        person = SETS[f"pair_{pair:02d}_{who}"][1](0).person
        rows.append(
            {
                "who": f"{pair:02d}{who}",
                "partner": f"{pair:02d}{other}",
                "part": PART_OF[pair],
                "sex": sex,
                "age": age,
                "origin": origin,
                "hair": hair,
                "hair_colour": colour,
                "skin": skin,
                "lightness": person.tone[0],
                "lab_to_partner": float(lab),
                "lab_worst_frame": float(max(f[0] for f in figures)),
                "ssim_of_partner_pasted_on": float(back if who == "a" else there),
                "width": float(wide_a if who == "a" else wide_b),
            }
        )
    return rows


def pack(pictures, out, part, partly=False):
    """Write a split's sheets and tables to `out`; raises SystemExit if a clip is missing.

    Clips that are already packed are kept, and their pictures aren't needed.
    """
    out.mkdir(parents=True, exist_ok=True)
    pairs = [k for k, name in enumerate(PART_OF) if name == part]
    sheets = {(p, c): out / f"{p:02d}_{c}.webp" for p in pairs for c in range(PAIR_CLIPS)}
    for key, path in sheets.items():
        if not path.exists() and (frames := frames_of(pictures, *key)) is not None:
            sheet = np.concatenate([np.concatenate(list(one), axis=1) for one in frames])
            Image.fromarray(sheet).save(path, **SAVED)
    missing = [key for key, path in sheets.items() if not path.exists()]
    if missing and not partly:
        raise SystemExit(
            f"{len(missing)} of {len(sheets)} clips of {part} aren't rendered, the first is {missing[0]}"
        )
    rows, landmarks, people = [], [], []
    with Landmarker(max_faces=1) as find:
        for pair in tqdm(pairs, unit="pair"):
            figures = []
            for clip in range(PAIR_CLIPS):
                if (pair, clip) in missing:
                    continue
                found = rows_of(pair, clip, packed(sheets[pair, clip]), find)
                for into, more in zip((rows, landmarks, figures), found, strict=True):
                    into.extend(more)
            if figures:
                people += people_of(pair, figures)
    write_factors(out / "factors.csv", rows)
    write_factors(out / "people.csv", people)
    fine = np.round(np.stack(landmarks) * FINE).astype(np.int16)
    np.savez_compressed(out / "landmarks.npz", landmarks=fine)
    dataset.seal(out)
    there = len(sheets) - len(missing)
    print(f"{part}: {len(rows)} of {2 * PAIR_FRAMES * there} frames with both faces found, {there} clips")
    for one in people[::2]:
        print(f"pair {one['who'][:2]}: Lab {one['lab_to_partner']:.1f}, at most {one['lab_worst_frame']:.1f}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, default=Path("build/render"))
    parser.add_argument("--out", type=Path, default=DATA / "pairs")
    parser.add_argument("--part", choices=list(PAIRS), required=True)
    parser.add_argument("--partly", action="store_true", help="pack the clips rendered so far")
    options = parser.parse_args()
    pack(options.pictures, options.out / options.part, options.part, options.partly)


if __name__ == "__main__":
    main()
