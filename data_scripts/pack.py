"""Make the shipped data from the rendered pictures: crops, contact sheets, factors, movies.

    python data_scripts/pack.py --pictures build/render
    python data_scripts/pack.py --pictures build/trial --out build/packed --partly     # a trial

Crops are cut by `swaplib.face.align`, using MediaPipe's landmarks, just like a user's own photos. Pictures
in which no face is found are left out and reported (in both test sets, so that they stay paired). The
crops of A and B from 800 on aren't shipped but go into data_scripts/more. Runs in the course's
environment, not in the renderer's.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from performance import FPS, LIGHT_SYLLABLES, SYLLABLES
from PIL import Image
from plan import MORE, SETS, SHIPPED_CROPS
from scipy.io import wavfile
from tqdm import tqdm

from swaplib import DATA
from swaplib.crops import capture
from swaplib.crops.dataset import CROP, SEAL, SHEET, SHEETS, seal
from swaplib.face.landmarks import Landmarker
from swaplib.files import picture
from swaplib.files._unmarked import write_movie

# WebP settings for the sheets: at JPEG's 86 the truth itself would score an SSIM of 0.989 at 128 px.
SAVED = {"quality": 94}
LOSSLESS = {"lossless": True, "quality": 100}  # for pictures that swaps are scored against
SAVED_AS = {"test_a": LOSSLESS, "test_b": LOSSLESS, "many": {"quality": 90}}
RATE = 44100  # audio samples per second
PEOPLE = ("person_a", "person_b")
NOT_SHIPPED = {"more_a": "person_a", "more_b": "person_b"}
SCENES = {"movie": SYLLABLES, "light": LIGHT_SYLLABLES}
FORMANTS = {"ah": (730, 1090), "ee": (270, 2290), "oo": (300, 870)}  # hertz, for the three vowels


def cut(folder, numbers, size=CROP):
    """Cut crops and hulls of the pictures in `folder`: {number: (uint8 crop, hull (40, 2))}."""
    found = {}
    with Landmarker(max_faces=1) as landmarker:
        for k in tqdm(numbers, desc=folder.name, unit="crop"):
            crop, _ = capture.cut(picture.read_photo(folder / f"{k:04d}.png"), landmarker, size)
            if crop is not None:
                found[k] = crop
    return found


def write_set(folder, found, keep, rows, saved=SAVED):
    """Write sheets, factors and hulls of the crops numbered `keep`, replacing only an earlier set."""
    size = len(found[keep[0]][0])
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob(SHEETS), folder / SEAL):
        old.unlink(missing_ok=True)
    for number in range(-(-len(keep) // SHEET**2)):
        part = keep[number * SHEET**2 : (number + 1) * SHEET**2]
        lines = -(-len(part) // SHEET)
        sheet = np.zeros((lines * size, SHEET * size, 3), np.uint8)
        for i, k in enumerate(part):
            y, x = (size * v for v in divmod(i, SHEET))
            sheet[y : y + size, x : x + size] = found[k][0]
        path = folder / f"sheet_{number:02d}.webp"
        Image.fromarray(sheet).save(path, method=6, **saved)
    hulls = np.stack([found[k][1] for k in keep]).astype(np.float16)
    np.savez_compressed(folder / "hulls.npz", hulls=hulls)
    write_factors(folder / "factors.csv", rows)
    seal(folder)


def write_factors(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})


def there(pictures, names, partly, which=slice(None)):
    """Return the numbers of the pictures to pack: all of a slice, or with `partly` those rendered so far."""
    numbers = range(SETS[names[0]][0])[which]
    if not partly:
        return numbers
    return [k for k in numbers if all((pictures / n / f"{k:04d}.png").exists() for n in names)]


def pack_faces(pictures, out, names, partly=False, which=slice(None)):
    """Pack sets of crops; `names` are packed together with the same numbers. which: a slice of them."""
    numbers = there(pictures, names, partly, which)
    sets = {name: cut(pictures / name, numbers) for name in names}
    keep = sorted(set.intersection(*(set(found) for found in sets.values())))
    for name, found in sets.items():
        share = len(found) / len(numbers)
        print(f"{name}: a face found in {len(found)} of {len(numbers)} pictures ({share:.1%})")
        rows = [SETS[name][1](k).row() for k in keep]
        write_set(out / name, found, keep, rows, SAVED_AS.get(name, SAVED))


def voice(seconds, syllables):
    """Synthesise the soundtrack, int16 (samples,): a buzz through two formants for each syllable.

    A miniature source-filter model as in G. Fant, Acoustic Theory of Speech Production (1960).
    """
    t = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros_like(t)
    for k, (start, length, vowel) in enumerate(syllables):
        part = (t >= start) & (t < start + length)
        u = t[part] - start
        pitch = 190 + 25 * np.sin(k) - 60 * u
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        buzz = np.zeros_like(u)
        for h in range(1, 20):
            strength = sum(1 / (1 + ((h * 190 - f) / 120) ** 2) for f in FORMANTS[vowel])
            buzz += (strength + 0.02) / h**0.5 * np.sin(h * phase)
        sound[part] += buzz * np.sin(np.pi * u / length) ** 0.7
    return np.round(0.3 * 32767 * sound / np.abs(sound).max()).astype(np.int16)


def pack_movies(pictures, out, scene, syllables, partly=False):
    """Pack a scene as a movie of each person, with the same soundtrack, and as factors per frame."""
    folder = out / scene
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{scene}_{who}" for who in "ba"]
    numbers = there(pictures, names, partly)
    sound = pictures / f"{scene}.wav"
    wavfile.write(sound, RATE, voice(SETS[names[0]][0] / FPS, syllables))
    for name in names:
        frames = (picture.read_photo(pictures / name / f"{k:04d}.png") for k in numbers)
        # Not marked: these are the source and the truth of a swap, not swaps.
        write_movie(folder / f"{name}.mp4", frames, FPS, sound_from=sound)
    rows = []
    for k in numbers:
        shot = SETS[names[0]][1](k)
        rows.append(
            {
                "frame": k,
                "second": k / FPS,
                **shot.row(),
                "shift_right": shot.shift[0],
                "shift_up": shot.shift[1],
                "card": float(shot.card is not None),
            }
        )
    write_factors(folder / "factors.csv", rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, default=Path("build/render"))
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--more", type=Path, default=MORE)
    parser.add_argument("--sets", nargs="+", default=["test", *PEOPLE, *NOT_SHIPPED, "many", *SCENES])
    parser.add_argument("--partly", action="store_true", help="pack the rendered part of a set")
    options = parser.parse_args()
    for name in options.sets:
        if name in SCENES:
            pack_movies(options.pictures, options.out, name, SCENES[name], options.partly)
        elif name in NOT_SHIPPED:
            others = slice(SHIPPED_CROPS, None)
            pack_faces(options.pictures, options.more, (NOT_SHIPPED[name],), options.partly, others)
        elif name in PEOPLE:
            pack_faces(options.pictures, options.out, (name,), options.partly, slice(SHIPPED_CROPS))
        else:
            names = ("test_a", "test_b") if name == "test" else (name,)
            pack_faces(options.pictures, options.out, names, options.partly)


if __name__ == "__main__":
    main()
