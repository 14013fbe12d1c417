"""The command line: python -m swaplib --help"""

import argparse
import sys
from pathlib import Path

from swaplib import SwaplibError, muted
from swaplib.movie.paste import BLEND, BLENDS, COLOUR, COLOURS, described

DESCRIPTION = """\
Train a face swap (one encoder, two decoders), swap a movie, and measure how good it is.

Without options it takes two synthetic people that come with the package. Person B's movie becomes
person A's, and the scores compare it with A's true movie:

    python -m swaplib

With your own material, A and B are a folder of photos or a movie each, and B in MOVIE becomes A:

    python -m swaplib --a photos_of_a --b b.mp4 --movie b.mp4 --minutes 20 --size 128
"""

EPILOG = f"""\
--blend, how the face is put back into the frame:
{described(BLENDS)}

--colour, what colours it gets before:
{described(COLOURS)}

In OUT then lie
  swapped.mp4    the movie, with its sound, marked as synthetic
  sheet.jpg      source, reconstruction, swap, and the truth or A
  curve.png      the training's loss
  scores.json    all figures; the most important are printed
  model.npz      the trained model, for --model
  consent.json   what you said about the consent of the people in your own material

What makes it good: a few hundred sharp faces of each person (a minute or two of movie), looking
to all the sides and making all the faces that the movie has, in more than one light. Both have to
do so: a person who only ever smiles teaches nothing about what the other's smile is. 64 px trains in
minutes; 128 px wants some twenty. Press Ctrl-C to stop; the same command goes on from there.

Everything that is written says that it is synthetic. Use only material of people who agreed.
"""


def parser():
    p = argparse.ArgumentParser(
        "python -m swaplib",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument(
        "--a", type=Path, metavar="PATH", help="the person who is put in: a folder of photos, or a movie"
    )
    p.add_argument("--b", type=Path, metavar="PATH", help="the person who is replaced, likewise")
    p.add_argument("--movie", type=Path, help="the movie with B in it (default: B's, if B is one)")
    p.add_argument("--size", type=int, default=64, help="pixels of the crops: 64, 96 or 128 (default: 64)")
    p.add_argument("--code", type=int, default=128, help="how many numbers the code has (default: 128)")
    p.add_argument("--minutes", type=float, default=2.5, help="minutes of training (default: 2.5)")
    p.add_argument("--model", type=Path, metavar="FILE", help="take a trained model.npz and don't train")
    p.add_argument(
        "--blend", default=BLEND, metavar="WAY", help=f"{', '.join(BLENDS)} (default: {BLEND}); see below"
    )
    p.add_argument(
        "--colour", default=COLOUR, metavar="WAY", help=f"{', '.join(COLOURS)} (default: {COLOUR}); see below"
    )
    p.add_argument(
        "--out", type=Path, default=Path("build/swap"), help="folder for what is made (default: build/swap)"
    )
    p.add_argument(
        "--consent",
        metavar="WORDS",
        help="who agreed, in your words, such as 'Ann and I, 3 May'; asked when missing",
    )
    p.add_argument("--seed", type=int, default=0, help="another seed, another training")
    return p


def ask_consent(files):
    """The reader's words on who agreed. Raises SwaplibError when there is nobody to ask."""
    print("You are going to swap the faces of people in:", *files, sep="\n  ")
    print(
        "Everyone whose face is in it must have agreed to this swap and to what you do with it.\n"
        "Who agreed, and when? (It is kept in consent.json. An empty line stops.)"
    )
    if not sys.stdin.isatty():
        raise SwaplibError("Nobody is there to answer: give the words with --consent.")
    return input("> ")


def main(arguments=None):
    options = vars(parser().parse_args(arguments))
    consent = options.pop("consent")
    try:
        with muted():
            from swaplib import job  # here, so that --help and a wrong option answer at once
            from swaplib.files.provenance import record_consent

        todo = job.Job(**options)
        if todo.own:
            words = (ask_consent(todo.own) if consent is None else consent).strip()
            if not words:
                raise SwaplibError("Without consent nothing is swapped.")
            record_consent(todo.out / "consent.json", words, todo.own)
        job.run(todo)
    except SwaplibError as error:
        sys.exit(f"swaplib: {error}")
    except KeyboardInterrupt:
        sys.exit("\nswaplib: stopped. The same command goes on from here.")


if __name__ == "__main__":
    main()
