"""Measure whether the right person is followed; prints two tables.

    python benchmarks/who.py                     some minutes on two cores
    python benchmarks/who.py --sheets FOLDER     also writes each swapped movie and its contact sheet

The first table: how often the shipped embedder confuses two people, or separates one (equal error rate),
on people it has never seen. The second: eight movies with two people, composed of the shipped ones. The
target person, given by twenty pictures from another day, must be followed wherever they are visible (98%),
and nobody else in any frame.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
import two_people

from swaplib import muted

with muted():
    from swaplib import networks
    from swaplib.crops import dataset
    from swaplib.crops import pairs as crop_pairs
    from swaplib.face import align
    from swaplib.files._unmarked import write_movie
    from swaplib.files.provenance import save_picture
    from swaplib.files.video import read_frames
    from swaplib.movie import grouping, swap_movie, track
    from swaplib.networks import embedding, swap
    from swaplib.notebook import show

PICTURES = 20  # of the target person


def equal_error(same, different):
    """Return the error rate at the threshold where both kinds of error are equally frequent."""
    limits = np.sort(np.concatenate([same, different]))
    missed = np.searchsorted(np.sort(same), limits) / len(same)
    false = 1 - np.searchsorted(np.sort(different), limits) / len(different)
    k = np.abs(missed - false).argmin()
    return float(missed[k] + false[k]) / 2


def strangers():
    """Return {comparison: {"error": share}} on people that the embedder has never seen."""
    embed = embedding.Embedder(networks.shipped("embedder"))

    def codes(name):
        return embed(np.uint8(np.rint(255 * dataset.load(name, embedding.SIZE).images)))

    of_clips, person, clip = of_pairs(embed)
    out = {"fourteen people, a picture of two clips each": pairs(of_clips, person, clip)}
    names = sorted({(p, c) for p, c in zip(person, clip, strict=True)})
    means = grouping.unit(np.array([of_clips[(person == p) & (clip == c)].mean(axis=0) for p, c in names]))
    out["fourteen people, a second of two clips each"] = pairs(
        means, np.array([p for p, _ in names]), np.array([c for _, c in names])
    )
    a, b = codes("test_a"), codes("test_b")
    who, which = np.repeat([0, 1], [len(a), len(b)]), np.tile(np.arange(len(a)), 2)
    out["A and B, a picture each"] = pairs(np.concatenate([a, b]), who, which)
    known = [grouping.unit(codes(f"person_{k}")[:PICTURES].mean(axis=0)) for k in "ab"]
    wrong = np.concatenate([a @ known[0] < a @ known[1], b @ known[1] < b @ known[0]])
    out[f"A or B, a picture and {PICTURES} of each"] = {"error": float(wrong.mean())}
    return out


def of_pairs(embed):
    """(looks, names, clips) of the people of lesson 6 in the parts tune and test: two clips of each."""
    looks, people, clips = [], [], []
    for part in map(crop_pairs.load, ("tune", "test")):
        matrices = [align.crop_matrix(points, embedding.SIZE) for points in part.points]
        looks.append(
            embed(
                np.stack(
                    [align.crop(x, m, embedding.SIZE) for x, m in zip(part.images, matrices, strict=True)]
                )
            )
        )
        people.append(part.factors["who"])
        clips.append(part.clips())
    return tuple(map(np.concatenate, (looks, people, clips)))


def pairs(codes, person, clip):
    """Return the equal error rate over all pairs of different clips."""
    alike = codes @ codes.T
    one = (person[:, None] == person) & (clip[:, None] != clip)
    two = (person[:, None] != person) & (clip[:, None] != clip)
    return {"error": equal_error(alike[one], alike[two])}


def actors():
    """Return A and B with their movies and the face in each frame, found in each movie alone."""
    out = []
    for k in "ab":
        path = dataset.movie(k)
        frames = np.array(list(read_frames(path)))
        out.append(two_people.Actor(k.upper(), frames, track.locate(path, progress=False).points))
    return out


def movies(frames, folder=None):
    """Return {movie, who: {"can be seen", "followed", "share", "wrong"}}; writes the movies to `folder`."""
    a, b = actors()
    known = {k: dataset.load(f"person_{k.lower()}", 64).images[:PICTURES] for k in "AB"}
    table = {}
    for name, make in two_people.MOVIES.items():
        scenes = list(make(a, b, frames))
        for who in "AB" if any("B" in s.people for s in scenes) else "A":
            found = track.tidy(track.locate((s.frame for s in scenes), known[who], progress=False))
            row = two_people.score(scenes, found.points, who)
            row["share"] = row["followed"] / row["can be seen"]
            table[f"{name}: {who}"] = row
            if folder:
                swapped(scenes, known[who], who, Path(folder) / f"{name} - {who}.mp4".replace(",", ""))
    return table


def swapped(scenes, known, who, path):
    """Write the movie with one person swapped for the other, and a sheet of it from start to end."""
    decoder = swap.swapper(networks.shipped("swap_64"), to="b" if who == "A" else "a")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.mp4"
        write_movie(source, (s.frame for s in scenes), 25)
        print(swap_movie(source, path, decoder.predict_on_batch, 64, who=known, progress=False))
    frames = list(read_frames(path))[:: max(1, len(scenes) // 24)]
    width = 320
    small = [
        cv2.resize(f, (width, round(width * len(f) / f.shape[1])), interpolation=cv2.INTER_AREA)
        for f in frames
    ]
    small += [np.zeros_like(small[0])] * (-len(small) % 5)
    save_picture(
        path.with_suffix(".png"), np.vstack([np.hstack(small[k : k + 5]) for k in range(0, len(small), 5)])
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=75, help="of each movie (default: 75)")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    print(show.table(strangers()))
    print(show.table(movies(options.frames, options.sheets)))


if __name__ == "__main__":
    main()
