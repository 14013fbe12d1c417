"""Damage movies by the hundred and see what the readers make of it: no crash, no hang, nothing silent.

    python tests/damage_movies.py               # 500 of them, some minutes
    python tests/damage_movies.py --count 40    # fewer

Small movies of all the common kinds are made, and then flipped (1 to 20 bytes), cut, spliced (a piece is
lost or stands twice) or overwritten with noise. Each is given to `check_movie`, `Reader`, `read_provenance`
and, for its sound, to `Writer`, in a process of its own that must end in time. What can come of it:

    refused      SwaplibError
    reported     `Reader.problem` or a note says what is missing
    right        the same frames at the same times
    other look   as many frames at the same times, some of which look otherwise: no container has sums
                 that would tell, and the decoder has noticed nothing
    SILENT       frames or their times are lost or made up, without a word
    FOREIGN      another exception
    HANG, DEAD   more than 30 s, or a crash

`test_video.py` runs a few. The exit status is the number of the kinds in capitals. pytest doesn't
collect this.
"""

import argparse
import contextlib
import multiprocessing
import shutil
import sys
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE, FRAMES, FPS = (48, 64), 30, 25
KINDS = {  # picture, sound, its rate
    "a.mp4": ("libx264", "aac", 44100),
    "b.mp4": ("mpeg4", None, 0),
    "c.mkv": ("libx264", "libopus", 48000),
    "d.avi": ("mpeg4", "libmp3lame", 44100),
    "e.webm": ("libvpx", "libopus", 48000),
    "f.mov": ("mjpeg", "pcm_s16le", 44100),
}
WAYS = ("flip", "cut", "lose", "twice", "noise")
BAD = ("SILENT", "FOREIGN", "HANG", "DEAD")
SECONDS = 30


def make(path, picture, sound=None, rate=0, frames=FRAMES):
    """A small movie whose frames all differ."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    # b.mp4 has its index at the end, as cameras write it; a.mp4 before the pictures, as on the web
    options = {"movflags": "+faststart"} if path.name == "a.mp4" else {}
    options["fflags"] = "+bitexact"  # else an MKV gets a random number, and no two runs damage the same
    with av.open(str(path), "w", options=options) as out:
        video = out.add_stream(picture, rate=FPS)
        video.height, video.width, video.codec_context.thread_count = *SIZE, 1  # the same bytes each time
        video.pix_fmt = "yuvj420p" if picture == "mjpeg" else "yuv420p"
        audio = out.add_stream(sound, rate=rate, layout="mono") if sound else None
        for k in range(frames):
            look = np.stack([(3 * x + 7 * k) % 256, (5 * y) % 256, np.full_like(x, 8 * k % 256)], 2)
            frame = av.VideoFrame.from_ndarray(look.astype(np.uint8)).reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode())
        if audio:
            convert = av.AudioResampler(audio.codec_context.codec.audio_formats[0].name, "mono", rate)
            wave = 0.2 * np.sin(np.arange(rate * frames // FPS) / 20).astype(np.float32)
            for k in range(0, len(wave), 960):
                piece = av.AudioFrame.from_ndarray(wave[None, k : k + 960], "fltp", "mono")
                piece.rate, piece.pts, piece.time_base = rate, k, Fraction(1, rate)
                for part in convert.resample(piece):
                    out.mux(audio.encode(part))
            out.mux(audio.encode(None))


def damaged(data, way, rng):
    """A movie's bytes, spoilt."""
    data = bytearray(data)
    at = int(rng.integers(len(data)))
    piece = int(rng.integers(1, max(2, len(data) // 4)))
    if way == "flip":
        for k in rng.integers(len(data), size=rng.integers(1, 21)):
            data[k] ^= int(rng.integers(1, 256))
    elif way == "cut":
        del data[at:]
    elif way == "lose":
        del data[at : at + piece]
    elif way == "twice":
        data[at:at] = data[at : at + piece]
    else:
        piece = min(piece, len(data) - at)
        data[at : at + piece] = rng.integers(256, size=piece, dtype=np.uint8).tobytes()
    return bytes(data)


def outcome(path, frames, times):
    """What comes of a movie whose true frames and times are known: a name of the list above, and why."""
    from swaplib import SwaplibError
    from swaplib.files import provenance, video

    refused = 0
    try:
        with contextlib.suppress(SwaplibError):
            provenance.read_provenance(path)
        try:
            said = video.check_movie(path)
            reader = video.Reader(path)
            read = list(reader)
            with video.Writer(path.with_name("swapped.mp4"), reader.fps, path) as writer:
                for frame in read:
                    writer.write(*frame)
            said += writer.notes
        except SwaplibError as error:
            refused = str(error)
    except Exception as error:  # what must not be
        return "FOREIGN", f"{type(error).__name__}: {error}"
    if refused:
        return "refused", refused
    if reader.problem or said:
        return "reported", reader.problem or said[0]
    if len(read) != len(frames) or np.abs(np.array([t for _, t in read]) - times).max() > 0.043:
        return "SILENT", f"{len(read)} of {len(frames)} frames, up to {read[-1][1]:.2f} s"
    pairs = zip((frame for frame, _ in read), frames, strict=True)
    off = max(np.abs(a.astype(int) - b).mean() if a.shape == b.shape else 255 for a, b in pairs)
    return ("right", "") if off < 1 else ("other look", f"up to {off:.0f} levels off")


def _work(pipe):
    from swaplib.files import video  # noqa: F401  imported once, before the clock runs

    pipe.send("ready")
    while True:
        pipe.send(outcome(*pipe.recv()))


class Worker:
    """A process that tells `outcome` of movies, and is begun anew when it hangs or dies."""

    def __init__(self):
        self.begin()

    def begin(self):
        self.pipe, other = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.pipe.recv()

    def __call__(self, *job):
        try:
            self.pipe.send(job)
            if self.pipe.poll(SECONDS):
                return self.pipe.recv()
            found = "HANG", f"more than {SECONDS} s"
        except EOFError:
            found = "DEAD", f"exit {self.process.exitcode}"
        self.process.kill()
        self.begin()
        return found

    def end(self):
        self.process.kill()


def run(folder, count, say=lambda *_: None, seed=0, keep=None):
    """Damage `count` movies; returns {(kind of file, way): Counter of outcomes}.

    keep: a folder for those with a bad outcome, or None.
    """
    from swaplib.files import video

    rng = np.random.default_rng(seed)
    table, worker = {}, Worker()
    whole = {}
    for name, kind in KINDS.items():
        make(folder / name, *kind)
        read = list(video.Reader(folder / name))
        whole[name] = (folder / name).read_bytes(), [f for f, _ in read], np.array([t for _, t in read])
    try:
        for k in range(count):
            name, way = list(KINDS)[k % len(KINDS)], WAYS[k // len(KINDS) % len(WAYS)]
            data, frames, times = whole[name]
            path = folder / f"damaged{Path(name).suffix}"
            path.write_bytes(damaged(data, way, rng))
            found, why = worker(path, frames, times)
            table.setdefault((Path(name).suffix, way), Counter())[found] += 1
            if found in BAD:
                say(k, name, way, found, why)
                if keep:
                    shutil.copy(path, keep / f"{seed}_{k}_{way}{path.suffix}")
    finally:
        worker.end()
    return table


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500, help="how many movies (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep those with a bad outcome")
    with tempfile.TemporaryDirectory() as folder:
        chosen = parser.parse_args()
        table = run(Path(folder), chosen.count, print, chosen.seed, chosen.keep)
    outcomes = ("refused", "reported", "right", "other look", *BAD)
    print("file  way    " + "".join(f"{name:>11}" for name in outcomes))
    for (ending, way), found in sorted(table.items()):
        print(f"{ending:6}{way:7}" + "".join(f"{found[name]:11}" for name in outcomes))
    all_of_them = sum(table.values(), Counter())
    print(f"{'all':13}" + "".join(f"{all_of_them[name]:11}" for name in outcomes))
    return sum(all_of_them[name] for name in BAD)


if __name__ == "__main__":
    sys.exit(main())
