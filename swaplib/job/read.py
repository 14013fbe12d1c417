"""`python -m swaplib read FILE`: print the marks of a picture or movie."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from swaplib import SwaplibError, muted

DESCRIPTION = """\
Read the marks of pictures and movies: the badge, the label in the metadata, the signed credentials,
and the bits in the pixels. The badge and the bits also survive in a crop, a single frame or a
screenshot.
"""


def parser() -> argparse.ArgumentParser:
    """Return the options of `read`."""
    p = argparse.ArgumentParser("python -m swaplib read", description=DESCRIPTION)
    p.add_argument("files", nargs="+", type=Path, metavar="FILE", help="pictures or movies")
    p.add_argument("--json", action="store_true", help="print a JSON list with one entry per file")
    p.add_argument("--root", type=Path, metavar="PEM", help="a root certificate to trust (default: your own)")
    return p


def read(arguments: list[str], say: Callable[[object], object] = print) -> None:
    """Print the marks of some files. Raises SwaplibError for a file that can't be read."""
    chosen = parser().parse_args(arguments)
    from swaplib.files.marks import read_marks  # imported here so that --help is quick

    said = []
    for path in chosen.files:
        try:
            with muted():
                said.append(read_marks(path, chosen.root))
        except SwaplibError as error:
            if len(chosen.files) == 1:
                raise
            said.append(error)
    if chosen.json:
        say(json.dumps([_as_dict(p, s) for p, s in zip(chosen.files, said, strict=True)], indent=1))
    else:
        say("\n\n".join(str(one) for one in said))


def _as_dict(path, said):
    return {"file": str(path), "error": str(said)} if isinstance(said, SwaplibError) else said.as_dict()
