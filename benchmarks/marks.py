"""Measure the marks: which damage the bits survive, what they cost, and false positives.

    python benchmarks/marks.py                     everything; some minutes on two cores
    python benchmarks/marks.py --only movies       one section: movies, pictures, unmarked, credentials, cost,
                                                   scores or detectors

Bits right: the share of the 32 bits that are read correctly, 0.5 by chance. Found: the share of pictures in
which the reader itself reports bits, and gets all of them right.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from swaplib import muted, networks
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
    """Return the lowest PSNR and the mean SSIM of pictures with and without bits."""
    from swaplib.scoring import likeness

    pairs = list(zip(frames, marked, strict=True))
    ssim = [likeness.ssim(*(np.float32(x[None]) / 255 for x in pair))[0] for pair in pairs]
    lowest = min(psnr(*pair) for pair in pairs)
    return f"PSNR {lowest:.1f} dB at least, SSIM {np.mean(ssim):.4f}"


def movies():
    """Measure both movies: single frames, and each movie as a whole."""
    for which in "ab":
        frames = list(video.read_frames(dataset.movie(which)))
        marked = [bits.embed(frame, PAYLOAD) for frame in frames]
        rows = {}
        for name, damage in DAMAGES.items():
            damaged = damage(marked)
            row = summed([bits.read(frame) for frame in damaged[::EVERY]])
            whole = bits.read(damaged[: marks.FRAMES * marks.EVERY : marks.EVERY])
            rows[name] = row | {"whole movie": right(whole), "whole found": float(whole.sure)}
        print(f"\nmovie_{which}: {alike(frames[::EVERY], marked[::EVERY])}\n{show.table(rows)}", flush=True)


def pictures():
    """Measure fifty contact sheets such as a job writes, and fifty single faces."""
    a, b = dataset.load("test_a"), dataset.load("test_b")

    def sheet(k):
        rows = slice(k, k + 3)
        return show.contact_sheet({"source": b.images[rows], "truth": a.images[rows]}, zoom=1.5)

    kinds = {
        "sheets, 490 x 765 px": [sheet(k) for k in range(PICTURES)],
        "faces, 160 px": list(as_bytes(b.images[:PICTURES])),
    }
    for name, some in kinds.items():
        marked = [bits.embed(picture, PAYLOAD) for picture in some]
        rows = {
            damage: summed([bits.read(change([picture])) for picture in marked])
            for damage, change in DAMAGES.items()
        }
        print(f"\n{PICTURES} {name}: {alike(some, marked)}\n{show.table(rows)}", flush=True)


def unmarked():
    """Measure false positives: on the many people, and on all frames of both movies."""
    many = as_bytes(dataset.load("many").images[:UNMARKED])
    sets = {f"{UNMARKED} of the many people": many}
    sets |= {f"all frames of movie_{which}": video.read_frames(dataset.movie(which)) for which in "ab"}
    for name, pictures in sets.items():
        taken = [bits.read(picture).sure for picture in pictures]
        print(f"{name}: {sum(taken)} of {len(taken)} taken for marked", flush=True)


def signatures():
    """Show the effect of a changed byte, a lost signature and another root."""
    frame = next(iter(video.read_frames(dataset.movie("b"))))
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
            print(name, states)
        os.environ.pop(credentials.FOLDER) if before is None else os.environ.update(
            {credentials.FOLDER: before}
        )


def write(path, frame):
    """Write a movie without marks."""
    _unmarked.write_movie(path, [frame] * 5, 25)


def cost():
    """Measure the processor time per frame of writing the same movie with and without marks, in turns."""
    frames = list(video.read_frames(dataset.movie("b")))[:100]
    took = {"all marks": [], "badge only": [], "no marks": [], "bits alone": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"

        def stamped():
            return (provenance.badge.stamp(frame) for frame in frames)

        for _ in range(3):
            for name, do in {
                "all marks": lambda: video.write_movie(path, frames, 25),
                "badge only": lambda: _unmarked.write_movie(path, stamped(), 25),
                "no marks": lambda: _unmarked.write_movie(path, frames, 25),
                "bits alone": lambda: [bits.embed(frame, PAYLOAD) for frame in frames],
            }.items():
                begin = time.process_time()
                do()
                took[name].append(1000 * (time.process_time() - begin) / len(frames))
    print(
        {name: round(min(ms), 2) for name, ms in took.items()},
        "ms of processor time a frame, the best of three",
    )


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
            for name, movie in (("before the marks, as in the README", before), ("with all marks", target))
        }
    print(show.table(rows, ("ssim_face", "is_a", "flicker", "seam", "seam_worst", "yaw_error")))


def detectors():
    """How the bits change what the shipped detectors say of real pictures: the AUC of marked ones against
    plain ones, 0.5 if nothing."""
    people = pairs.load("test")
    real = compose(people)
    marked = np.stack([bits.embed(picture, PAYLOAD) for picture in real])
    for name in ("swaps", "blends", "both"):
        score = spotting.by_network(networks.shipped(f"highpass_{name}"))
        area = spotting.auc(score(people, real), score(people, marked))
        print(f"highpass_{name}: AUC of {len(real)} real pictures with bits against those without {area:.2f}")


PARTS = {
    "movies": movies,
    "pictures": pictures,
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
    only = parser.parse_args().only
    for name in [only] if only else PARTS:
        print(f"\n== {name}")
        PARTS[name]()


if __name__ == "__main__":
    main()
