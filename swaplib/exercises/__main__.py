"""Score students' notebooks: `python -m swaplib.exercises NOTEBOOK ... [--csv FILE]`.

The checkers' verdicts are read from the notebooks' stored outputs; nothing is run. Rerun the notebooks
first, since a student may have typed the verdicts in.
"""

import argparse
import csv
import io
import json
import re
import sys
from pathlib import Path

from swaplib import SwaplibError
from swaplib.files.writing import replacing

QUESTION = re.compile(r"\bq(\d+)\s*=\s*q\1\b")  # in the call check.quiz(q1=q1, q2=q2, ...)


def score(path: str | Path) -> dict[str, bool]:
    """Return {exercise: whether it is right} for a notebook: "exercise 1", "exercise 2" ..., "quiz 1" ...

    Raises SwaplibError if the file isn't a notebook, or has no exercises.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        exercises = [c for c in cells if "exercise" in c.get("metadata", {}).get("tags", [])]
        said = [
            ("".join(cell["source"]), "".join("".join(o.get("text", "")) for o in cell["outputs"]))
            for cell in exercises
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SwaplibError(f"{path} can't be read as a notebook ({error}): save it from Jupyter") from None
    found, count = {}, 0
    for source, output in said:
        if "check.quiz(" in source:
            for k in QUESTION.findall(source):
                found[f"quiz {k}"] = re.search(rf"^{k}: right\.", output, re.MULTILINE) is not None
        else:
            count += 1
            found[f"exercise {count}"] = re.search(r"^Right\.", output, re.MULTILINE) is not None
    if not found:
        raise SwaplibError(f"{path} has no cell tagged 'exercise': give a lesson's notebook")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print one line per notebook. Returns 1 if a notebook can't be read, or the table can't be written."""
    parser = argparse.ArgumentParser(prog="python -m swaplib.exercises", description=__doc__.split("\n\n")[0])
    parser.add_argument("notebooks", nargs="+", metavar="NOTEBOOK")
    parser.add_argument(
        "--csv", metavar="FILE", help="also write a table: notebook, exercise, 1 if right, otherwise 0"
    )
    options = parser.parse_args(arguments)
    rows, unread = [("notebook", "exercise", "right")], 0
    for path in options.notebooks:
        try:
            found = score(path)
        except SwaplibError as error:
            print(error, file=sys.stderr)
            unread = 1
            continue
        rows += [(path, name, int(right)) for name, right in found.items()]
        missing = [name for name, right in found.items() if not right]
        rest = f"; not right: {', '.join(missing)}" if missing else ""
        print(f"{path}: {sum(found.values())} of {len(found)}{rest}")
    if options.csv:
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows(rows)
        try:
            with replacing(options.csv) as part:
                part.write_text(table.getvalue(), encoding="utf-8")
        except SwaplibError as error:
            print(error, file=sys.stderr)
            unread = 1
    return unread


if __name__ == "__main__":
    sys.exit(main())
