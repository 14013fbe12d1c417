"""The command line: python -m swaplib --help"""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the working folder: its keras.py, if any, isn't Keras

# ruff: noqa: E402
import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from swaplib import SwaplibError, muted
from swaplib.job import read, surroundings
from swaplib.movie.paste import BLEND, BLENDS, COLOUR, COLOURS, described

DESCRIPTION = """\
Train a face swap (one encoder, two decoders), swap a movie, and score the result.

Without options it uses the two synthetic people of the package. Person B becomes person A in B's movie,
and the scores compare the result with A's true movie:

    python -m swaplib

To use your own material, give photos, movies or folders of each person. B in MOVIE becomes A:

    python -m swaplib --a photos_of_a extra.jpg --b b.mp4 --dry-run
    python -m swaplib --a photos_of_a extra.jpg --b b.mp4 --minutes 20 --size 128

To read the marks of a picture or movie:

    python -m swaplib read FILE
"""

EPILOG = f"""\
--blend, how the face is pasted into the frame:
{described(BLENDS)}

--colour, how its colours are matched first:
{described(COLOURS)}

Files in OUT:
  swapped.mp4    the movie with its sound, marked as synthetic
  sheet.jpg      source, reconstruction, swap, and the truth or A
  preview.jpg    the same few faces during training
  curve.png      the training loss
  scores.json    all scores; the most important are printed
  model.npz      the trained model, for --model
  consent.json   your statements that the people in your own material gave consent
and from --dry-run
  captured_a.jpg, captured_b.jpg   the crops of each person
  captured_a.txt, captured_b.txt   their names, one per line, for --leave-out
  coverage.png                     what the material of A and of B covers
  people.jpg                       the people in the movie, with their numbers for --who

Stopping and continuing: Ctrl-C during training ends it, keeps the model and goes on to the movie; a
second Ctrl-C stops the program. The same command resumes a training that was interrupted at any point,
and reuses a finished one without training again. A larger --minutes trains it further. A different --size,
--code, --seed, --a or --b needs another --out, or --restart.

Good material: a few hundred sharp faces of each person (a minute or two of movie), in all head poses,
with all expressions that occur in the movie, and in more than one light. Both people need it: if A
smiles in every picture, the network learns nothing about B's smile. --dry-run reports what
is missing. 64 px trains in minutes; 128 px needs about twenty.

Every swapped picture and movie is marked as synthetic, in several ways. Use only material of people who
gave consent.
"""

PAGE = """\
Write the course as one page, with sliders under both faces, drawn by the reader's browser.

A FOLDER is for a web server, such as `python -m http.server`; sections load as the reader gets near.
A FILE.html holds sections 1 to 5 and opens from disk. Writing takes about three minutes. With --model, your
own swap draws the faces; its sliders are calibrated first, which takes a few minutes more. A swap trained for
a minute or two gets fewer sliders, and shorter ones.
"""


def parser() -> argparse.ArgumentParser:
    """Return the command line's options."""
    p = argparse.ArgumentParser(
        "python -m swaplib",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, source = p.add_argument, {"nargs": "+", "metavar": "PATH"}
    add("--a", **source, help="the person to insert: photos, movies, folders or patterns such as 'a/*.jpg'")
    add("--b", **source, help="the person to replace, in the same formats")
    add("--movie", type=Path, help="the movie in which to replace B (default: the movie in --b)")
    add(
        "--who",
        metavar="PERSON",
        help="which person in the movie is B: a number from people.jpg or a photo (default: most like --b)",
    )
    add(
        "--from",
        dest="start",
        type=seconds,
        default=0.0,
        metavar="TIME",
        help="start time, in seconds or m:ss",
    )
    add("--to", dest="end", type=seconds, metavar="TIME", help="end time, in seconds or m:ss")
    add("--size", type=int, help="pixels of the crops: 64, 96 or 128 (default: 64, or the model's)")
    add("--code", type=int, help="length of the code (default: 128, or the model's)")
    add("--minutes", type=float, help="total training time in minutes (default: 2.5)")
    add(
        "--model", type=Path, metavar="FILE", help="use a trained model.npz; with --minutes, train it further"
    )
    add("--leave-out", type=Path, metavar="FILE", help="a text file of pictures to exclude, one per line")
    add("--blend", default=BLEND, metavar="WAY", help=f"{', '.join(BLENDS)} (default: {BLEND}); see below")
    add(
        "--colour", default=COLOUR, metavar="WAY", help=f"{', '.join(COLOURS)} (default: {COLOUR}); see below"
    )
    add("--out", type=Path, default=Path("build/swap"), help="folder for the results (default: build/swap)")
    add(
        "--restart",
        action="store_true",
        help="if OUT holds a training with other settings, keep it under another name and start again",
    )
    add(
        "--dry-run",
        action="store_true",
        help="show what the material covers and who is in the movie, without training",
    )
    add(
        "--consent",
        metavar="WORDS",
        help="who gave consent, such as 'Ann and I, 3 May'; asked for if missing",
    )
    add("--seed", type=int, default=0, help="random seed (default: 0)")
    return p


def seconds(text: str) -> float:
    """Parse seconds from "75", "1:15" or "1:01:15.5". Raises ArgumentTypeError for anything else.

    >>> seconds("1:15")
    75.0
    """
    try:
        parts = [float(part) for part in text.split(":")]
        if len(parts) > 3 or not all(0 <= part < float("inf") for part in parts):
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: use seconds or minutes:seconds") from None
    return sum(part * 60**k for k, part in enumerate(reversed(parts)))


def ask_consent(files: list[str]) -> str:
    """Ask the user who gave consent, and return the answer. Raises SwaplibError if nobody can answer."""
    print("This will swap the faces of people in:", *files, sep="\n  ")
    print(
        "Everyone whose face is in this material must have agreed to the swap and to what you do with it.\n"
        "Who agreed, and when? (Your answer is kept in consent.json. An empty line stops.)"
    )
    if not sys.stdin.isatty():
        raise SwaplibError("There is no terminal to ask for consent: give it with --consent.")
    try:
        return input("> ")
    except EOFError:  # Ctrl-D
        return ""


@contextmanager
def in_words(stopped: str = "") -> Iterator[None]:
    """End the program with a message if the block fails: exit code 1, or 130 for Ctrl-C.

    stopped: the message for a Ctrl-C that has none of its own.
    """
    try:
        yield
    except SwaplibError as error:
        sys.exit(f"swaplib: {error}")
    except KeyboardInterrupt as stop:
        print(f"\nswaplib: stopped. {stop or stopped}".rstrip(), file=sys.stderr)
        sys.exit(130)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends with a message and exit code 1 for bad input."""
    surroundings.open_closed_streams()
    arguments = sys.argv[1:] if arguments is None else arguments
    command = {"read": read.read, "page": page}.get(arguments[0] if arguments else "")
    if command:
        with in_words():
            command(arguments[1:], surroundings.say)
        return
    chosen = vars(parser().parse_args(arguments))
    words, only_look = chosen.pop("consent"), chosen.pop("dry_run")

    def ask(files):
        statement = (ask_consent(files) if words is None else words).strip()
        if not statement:
            raise SwaplibError("Nothing is swapped without consent.")
        return statement

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with in_words("Nothing was started."):
            surroundings.choose_keras()
            with surroundings.interruptible(), muted():
                from swaplib.job import dry, options, run  # imported here so that --help is quick

            todo = options.Job(**chosen)
            (dry.dry_run if only_look else run.run)(todo, surroundings.say, ask)
    finally:
        signal.signal(signal.SIGTERM, before)


def page(arguments: list[str], say: Callable[[object], object] = print) -> None:
    """Run `python -m swaplib page`: write the course as one page."""
    p = argparse.ArgumentParser(
        "python -m swaplib page", description=PAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--out", type=Path, default=Path("build/page"), metavar="FOLDER|FILE.html")
    p.add_argument(
        "--model", type=Path, metavar="FILE", help="a swap of the shipped people, as trained in lesson 4"
    )
    p.add_argument(
        "--no-puppet", action="store_true", help="leave out the puppet, which needs a download of MediaPipe"
    )
    chosen = p.parse_args(arguments)
    surroundings.choose_keras()
    with muted():
        from swaplib.page.write import write
    write(chosen.out, chosen.model, not chosen.no_puppet, say)


if __name__ == "__main__":
    main()
