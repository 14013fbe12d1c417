"""Measure the marks: which damage the bits survive, what they cost, and false positives.

    python benchmarks/marks.py                     everything; ten minutes on two cores
    python benchmarks/marks.py --only movies       one section: movies, pictures, sizes, unmarked,
                                                   credentials, cost, scores or detectors
    python benchmarks/marks.py --write             also writes benchmarks/marks.json, for `make figures`

Bits right: the share of the 32 bits that are read correctly, 0.5 by chance. Found: the share of pictures in
which the reader itself reports bits, and gets all of them right.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from swaplib import __version__, muted, networks
from swaplib.crops import dataset, pairs
from swaplib.files import _unmarked, bits, credentials, marks, provenance, video
from swaplib.files.picture import as_bytes
from swaplib.movie.composing import compose
from swaplib.notebook import show
from swaplib.scoring import spotting
from swaplib.scoring.damage import DAMAGES

PAYLOAD = bytes([bits.VERSION]) + bytes.fromhex(provenance.job_number("benchmark"))
EVERY = 10  # interval of the frames that are read individually
PICTURES = 50
UNMARKED = 1000
SIZES = 160, 192, 224, 256, 288, 320  # px of square pictures
PER_SIZE = 20
PLAIN = 0.5  # levels: below this texture, a place counts as a plain wall
WRITTEN = Path(__file__).with_name("marks.json")


def right(found):
    """Return the share of bits that are read correctly."""
    pairs = zip(found.payload, PAYLOAD, strict=True)
    return 1 - sum((a ^ b).bit_count() for a, b in pairs) / (8 * len(PAYLOAD))


def summed(found):
    """Summarise some readings."""
    sure = [one.sure and one.payload == PAYLOAD for one in found]
    return {"bits right": float(np.mean([right(one) for one in found])), "found": float(np.mean(sure))}


def psnr(one, other):
    """Return the PSNR in dB of two uint8 pictures."""
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def alike(frames, marked):
    """Return {"psnr": the lowest, "ssim": the mean} of pictures with and without bits."""
    from swaplib.scoring import likeness

    pairs = list(zip(frames, marked, strict=True))
    ssim = [likeness.ssim(*(np.float32(x[None]) / 255 for x in pair))[0] for pair in pairs]
    return {"psnr": float(min(psnr(*pair) for pair in pairs)), "ssim": float(np.mean(ssim))}


def on_walls(frames, marked):
    """Return the change on plain walls, root mean square in levels: {"one frame": number, "pairs": number}.

    pairs: of the mean of two successive frames, which is nearer to what the eye sees.
    """
    change = np.stack([np.int16(m) - f for f, m in zip(frames, marked, strict=True)]).mean(-1)
    grey = cv2.cvtColor(frames[0], cv2.COLOR_RGB2GRAY)
    plain = cv2.blur(np.float32(cv2.absdiff(grey, cv2.blur(grey, (9, 9)))), (13, 13)) < PLAIN
    both = (change[1:] + change[:-1]) / 2
    return {name: float(np.sqrt((c[:, plain] ** 2).mean())) for name, c in (("one", change), ("pairs", both))}


def bigger(frames):
    """Return the size of a marked movie, divided by that of an unmarked one."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = []
        for write in (video.write_movie, _unmarked.write_movie):
            write(Path(folder) / "a.mp4", frames, 25)
            sizes.append((Path(folder) / "a.mp4").stat().st_size)
    return sizes[0] / sizes[1]


def movies():
    """Measure both movies: single frames, and each movie as a whole."""
    found = {}
    for which in "ab":
        frames = list(video.read_frames(dataset.movie(which)))
        # as `video.Writer` does
        marked = [bits.embed(frame, PAYLOAD, inverted=k % 2 == 1) for k, frame in enumerate(frames)]
        rows = {}
        for name, damage in DAMAGES.items():
            damaged = damage(marked)
            # of either sign
            row = summed([bits.read(damaged[k + k // EVERY % 2]) for k in range(0, len(damaged), EVERY)])
            whole = bits.read(damaged[: marks.FRAMES * marks.EVERY : marks.EVERY])
            rows[name] = row | {"whole movie": right(whole), "whole found": float(whole.sure)}
        said = alike(frames[::EVERY], marked[::EVERY]) | {"size": bigger(frames)}
        said["walls"] = on_walls(frames[:20], marked[:20])
        found[which] = {"damages": rows, "alike": said}
        print(f"\nmovie_{which}: {said}\n{show.table(rows)}", flush=True)
    return found


def damages(some):
    """Mark pictures, and damage and read them."""
    marked = [bits.embed(picture, PAYLOAD) for picture in some]
    rows = {name: summed([bits.read(do([picture])) for picture in marked]) for name, do in DAMAGES.items()}
    return {"damages": rows, "alike": alike(some, marked)}


def pictures():
    """Measure fifty contact sheets such as a job writes."""
    a, b = dataset.load("test_a"), dataset.load("test_b")

    def sheet(k):
        rows = slice(k, k + 3)
        return show.contact_sheet({"source": b.images[rows], "truth": a.images[rows]}, zoom=1.5)

    found = damages([sheet(k) for k in range(PICTURES)])
    print(f"\n{PICTURES} sheets, 490 x 765 px: {found['alike']}\n{show.table(found['damages'])}", flush=True)
    return found


def sizes():
    """Measure small pictures: frames of both movies, cropped to a square and scaled down."""
    some = [f for which in "ab" for f in list(video.read_frames(dataset.movie(which)))[:: 500 // PER_SIZE]]
    found = []
    for size in SIZES:
        side = min(some[0].shape[:2])
        squares = [
            cv2.resize(f[:side, 64 : 64 + side], (size, size), interpolation=cv2.INTER_AREA) for f in some
        ]
        found.append({"px": size, "pictures": len(squares), "damages": damages(squares)["damages"]})
        print(f"\n{len(squares)} pictures, {size} px\n{show.table(found[-1]['damages'])}", flush=True)
    return found


def unmarked():
    """Measure false positives: on the many people, and on all frames of both movies."""
    many = as_bytes(dataset.load("many").images[:UNMARKED])
    sets = {"many": many} | {f"movie_{which}": video.read_frames(dataset.movie(which)) for which in "ab"}
    found = {}
    for name, pictures in sets.items():
        taken = [bits.read(picture).sure for picture in pictures]
        found[name] = {"taken": sum(taken), "of": len(taken)}
        print(f"{name}: {sum(taken)} of {len(taken)} taken for marked", flush=True)
    return found


def signatures():
    """Show the effect of a changed byte, a lost signature and another root."""
    frame, found = next(iter(video.read_frames(dataset.movie("b")))), {}
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get(credentials.FOLDER)
        os.environ[credentials.FOLDER] = f"{folder}/own"
        for name in ("a.jpg", "a.png", "a.webp", "a.mp4", "a.mov"):
            path = Path(folder) / name
            if path.suffix in provenance.PICTURE_ENDINGS:
                provenance.save_picture(path, frame)
            else:
                video.write_movie(path, [frame] * 5, 25)
            states = {"own root": credentials.read(path).state}
            os.environ[credentials.FOLDER] = f"{folder}/other"
            credentials.certificates()
            states["another's root"] = credentials.read(path).state
            os.environ[credentials.FOLDER] = f"{folder}/own"
            data = bytearray(path.read_bytes())
            data[-1500] ^= 1
            (changed := path.with_stem("changed")).write_bytes(data)
            states["one byte changed"] = credentials.read(changed).state
            (_unmarked.save_picture if path.suffix in provenance.PICTURE_ENDINGS else write)(path, frame)
            states["written anew"] = credentials.read(path).state
            found[name] = states
            print(name, states)
        os.environ.pop(credentials.FOLDER) if before is None else os.environ.update(
            {credentials.FOLDER: before}
        )
    return found


def write(path, frame):
    """Write a movie without marks."""
    _unmarked.write_movie(path, [frame] * 5, 25)


def cost():
    """Measure the frames per second of processor time of a swap with and without marks, in turns."""
    with muted():
        from swaplib.movie import swap_movie, swapping
        from swaplib.networks import swap
    found = {}
    for size in (64, 128):
        model, took = swap.swapper(networks.shipped(f"swap_{size}"), again=True), {}
        with tempfile.TemporaryDirectory() as folder:
            for turn in range(4):
                for name, writer in (("marks", video.Writer), ("no marks", plain_writer)):
                    swapping.Writer = writer
                    begin = time.process_time()
                    report = swap_movie(
                        dataset.movie("b"),
                        Path(folder) / "a.mp4",
                        model.predict_on_batch,
                        size,
                        progress=False,
                    )
                    if turn:  # the first one warms up
                        took.setdefault(name, []).append(report.frames / (time.process_time() - begin))
        swapping.Writer = video.Writer
        found[f"{size} px"] = {name: max(rates) for name, rates in took.items()}
        print(f"{size} px, frames a second of processor time, all and the best:", took, found[f"{size} px"])
    return found


def plain_writer(path, fps, sound_from, text, aspect, job):
    """Write a movie without marks, called as `video.Writer` is."""
    return _unmarked.Writer(path, fps, sound_from, aspect)


def scores():
    """Score the swapped movie before the marks, as in the README, and after."""
    with muted():
        from swaplib.movie import swap_movie
        from swaplib.networks import swap
        from swaplib.networks.identity import IdentityClassifier
        from swaplib.scoring import tables

    train = [dataset.load(f"person_{k}", 64) for k in "ab"]
    who = IdentityClassifier(*train, *(dataset.load(f"test_{k}", 64) for k in "ab"))
    model = swap.swapper(networks.shipped("swap_128"), again=True)
    source, truth, before = dataset.movie("b"), dataset.movie("a"), []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "swapped.mp4"
        swap_movie(source, target, model.predict_on_batch, 128, progress=False, see=before.append)
        rows = {
            name: tables.score_movie(movie, source, truth, who)["swap"]
            for name, movie in (("before", before), ("with", target))
        }
    print(show.table(rows, ("ssim_face", "is_a", "flicker", "seam", "seam_worst", "yaw_error")))
    return rows


def detectors():
    """Measure how the bits change what the shipped detectors say of real pictures.

    The AUC of marked pictures against plain ones is 0.5 if nothing changes. flagged: the share of marked
    pictures beyond the threshold at which a detector flags 5% of the plain ones.
    """
    people, found = pairs.load("test"), {}
    real = compose(people)
    marked = np.stack([bits.embed(picture, PAYLOAD) for picture in real])
    for name in ("swaps", "blends", "both"):
        score = spotting.by_network(networks.shipped(f"highpass_{name}"))
        plain, after = score(people, real), score(people, marked)
        limit = spotting.threshold([plain])
        row = {"auc": float(spotting.auc(plain, after)), "flagged": float((after >= limit).mean())}
        found[name] = row | {"before": float((plain >= limit).mean()), "pictures": len(real)}
        print(f"highpass_{name}:", found[name])
    return found


PARTS = {
    "movies": movies,
    "pictures": pictures,
    "sizes": sizes,
    "unmarked": unmarked,
    "credentials": signatures,
    "cost": cost,
    "scores": scores,
    "detectors": detectors,
}


def main():
    """Run all measurements, or one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    for name in [options.only] if options.only else PARTS:
        print(f"\n== {name}")
        measured = PARTS[name]()
        if options.write:  # one part at a time, so that a long run may be interrupted
            found = json.loads(WRITTEN.read_text(encoding="utf-8")) if WRITTEN.exists() else {}
            found |= {name: measured, "version": __version__}
            WRITTEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
