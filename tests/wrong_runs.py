"""Run lessons with a wrong answer in every exercise: no later cell may stop, and no wrong one count as right.

    python tests/wrong_runs.py 01 02              the first wrong answer of each exercise, from the top
    python tests/wrong_runs.py 01 --pick 3        the fourth
    python tests/wrong_runs.py 01 --untouched     as a student who fills in nothing

Takes as long as the lessons do at the budget for tests, one to three minutes each, so it is no test of its
own. The answers are those of `wrong_answers/`. Prints what stopped, and the claims that fail; exits with 1
if a cell stopped.
"""

import argparse
import ast
import importlib.util
import os
import re
import sys
from pathlib import Path

import nbclient
import nbformat

TESTS = Path(__file__).parent
spec = importlib.util.spec_from_file_location("build", TESTS.parent / "lessons" / "build.py")
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)

FIRST = f"""import importlib, sys
sys.path.insert(0, {str(TESTS)!r})
def wrong(lesson, checker, k):
    module = importlib.import_module("wrong_answers.lesson_" + lesson)
    some = [answer for name, answer, _ in module.WRONG if name == checker]
    return some[k % len(some)]
"""


def with_wrong_answers(source: Path, pick: int) -> nbformat.NotebookNode:
    """A lesson's notebook in which each exercise has a wrong answer."""
    book = build.student(source)
    for cell in book.cells:
        if "exercise" in cell.metadata.get("tags", []):
            cell.source = answered(cell.source, source.name[:2], pick)
    book.cells.insert(0, nbformat.v4.new_code_cell(FIRST))
    return book


def answered(code: str, lesson: str, pick: int) -> str:
    """A student's untouched exercise with a wrong answer before the line that checks it."""
    checker = re.search(r"check\.(\w+)\([^\n]*\)\s*$", code)
    names = [name for line in ast.parse(code).body for name in waiting(line)]
    if checker[1] == "quiz":
        values = [f'{name} = "z"' for name in names]
    else:
        values = [f"{name} = wrong({lesson!r}, {checker[1]!r}, {pick})[{k}]" for k, name in enumerate(names)]
    return "\n".join([code[: checker.start()], *values, code[checker.start() :]])


def waiting(line: ast.stmt) -> list[str]:
    """The names that an untouched line leaves to fill in: `name = ...`, or a function of `...`."""
    last = line.body[-1] if isinstance(line, ast.FunctionDef) else line
    if not isinstance(getattr(last, "value", None), ast.Constant) or last.value.value is not ...:
        return []
    return [line.name if last is not line else line.targets[0].id]


def run(book: nbformat.NotebookNode) -> tuple[list[str], list[str]]:
    """Run all cells, whatever stops: (errors, answers taken for right and claims that fail), a line each."""
    resources = {"metadata": {"path": str(build.HERE)}}
    nbclient.NotebookClient(book, timeout=1800, allow_errors=True, resources=resources).execute(
        env=os.environ | {"SWAPLIB_BUDGET": "ci"}
    )
    errors, said = [], []
    for k, cell in enumerate(c for c in book.cells if c.cell_type == "code"):
        exercise = "exercise" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            if output.output_type == "error":
                errors.append(f"[{k}] {output.ename}: {output.evalue}")
            for line in output.get("text", "").splitlines() if output.output_type == "stream" else ():
                if line.startswith("FAILS") or (exercise and re.match(r"Right\.|\d: right", line)):
                    said.append(f"[{k}] {line}")
    return errors, said


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons; all if none")
    parser.add_argument("--pick", type=int, default=0, help="which of the wrong answers")
    parser.add_argument("--untouched", action="store_true", help="fill in nothing")
    options = parser.parse_args()
    stopped = 0
    for source in build.sources():
        if options.lessons and source.name[:2] not in options.lessons:
            continue
        errors, said = run(
            build.student(source) if options.untouched else with_wrong_answers(source, options.pick)
        )
        stopped += len(errors)
        print(f"{source.stem}: {len(errors)} cells stopped", *errors, *said, sep="\n  ", flush=True)
    sys.exit(bool(stopped))


if __name__ == "__main__":
    main()
