"""Make the notebooks from their text: `make lessons`.

    python lessons/build.py                 all lessons, run at the budget that holds
    python lessons/build.py 01 04           some of them
    python lessons/build.py --words         only prose has changed: keep the outputs. Runs nothing
    python lessons/build.py --renamed       names of the library have changed, too: likewise
    python lessons/build.py --check         is every notebook what its text says? Runs nothing

`src/NN_name.py` (jupytext's py:percent) is the truth, with solutions. From it come the student's
`NN_name.ipynb` and the instructor's `solutions/NN_name.ipynb`. In a cell tagged "exercise" what
stands between `### BEGIN SOLUTION` and `### END SOLUTION` (nbgrader's words) is cut for students:
an assignment becomes `name = ...`, a function keeps its head and its docstring.

Outputs are stored so that a page that runs nothing shows the pictures: the student's notebook shows
what the solutions draw, and under an exercise what the untouched cell says. The output of a cell
tagged "answer", which tells what a prediction is asked about, is stored folded: JupyterLab shows it
when it is clicked, or when the cell is run. Of what is folded JupyterLab shows the first line, so that
one is `COVER`.
"""

import argparse
import ast
import copy
import html
import itertools
import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TODO = "...  # your answer"
COVER = "Your prediction first. Then run this cell.\n"
WIDGET = "application/vnd.jupyter.widget-view+json"
IMAGE = re.compile(r'<img alt="([^"]*)" src="data:(image/\w+);base64,([^"]*)">')  # of swaplib.show
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources():
    """The lessons' texts, in order."""
    return sorted((HERE / "src").glob("[0-9]*.py"))


def solution(source):
    """The instructor's notebook of a text, without outputs; cells numbered as a run from the top does."""
    book = jupytext.read(source)
    book.metadata = nbformat.from_dict(METADATA)
    book.nbformat, book.nbformat_minor = 4, 5
    count = itertools.count(1)
    for k, cell in enumerate(book.cells):
        cell.id = f"cell-{k:02d}"
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags:  # what an exercise says is the same at every budget
            tags = [*tags, "nbval-check-output"]
        folded = {"jupyter": {"outputs_hidden": True}} if "answer" in tags else {}
        cell.metadata = nbformat.from_dict({"tags": tags, **folded} if tags else {})
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = next(count), []
            if "exercise" in tags:
                cell.source = re.sub(rf"^{BEGIN}\n|^{END}\n?", "", cell.source, flags=re.M).strip()
    return book


def student(source):
    """The student's notebook of a text, without outputs: solutions are cut."""
    book = solution(source)
    for cell, written in zip(book.cells, jupytext.read(source).cells, strict=True):
        if "exercise" in cell.metadata.get("tags", []):
            if BEGIN not in written.source:
                raise ValueError(f"{source}: an exercise has no '{BEGIN}':\n{written.source}")
            cell.source = re.sub(
                rf"^{BEGIN}\n(.*?)^{END}$", lambda m: cut(m[1]), written.source, flags=re.M | re.S
            )
    return book


def cut(code):
    """Code with its answers taken out. Raises ValueError for what would be lost without a trace."""
    out = []
    lines = code.splitlines()
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign):
            out += [f"{ast.unparse(target)} = {TODO}" for target in node.targets]
        elif (
            isinstance(node, ast.FunctionDef)
            and not node.decorator_list
            and node.lineno < node.body[0].lineno
        ):
            end = node.body[0].end_lineno if ast.get_docstring(node) else node.body[0].lineno - 1
            out += [*lines[node.lineno - 1 : end], f"    {TODO}"]
        else:
            raise ValueError(
                "an answer is made of assignments and of functions of several lines without "
                f"decorators, and this is neither; put it outside '{BEGIN}':\n"
                f"{ast.unparse(node)}"
            )
    return "\n".join(out)


def run(book, budget=None):
    """Run a notebook's cells; returns a copy with outputs."""
    import nbclient

    chosen = {"SWAPLIB_BUDGET": budget} if budget else {}
    book = copy.deepcopy(book)
    nbclient.NotebookClient(
        book, timeout=1800, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}
    ).execute(env={**os.environ, **chosen})
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [o for o in map(kept, cell.outputs) if o]
    book.metadata = nbformat.from_dict(METADATA)  # no state of widgets
    return book


def kept(output):
    """An output as it is stored: widgets leave the picture that stands for them; None for nothing.

    A picture in HTML becomes a bare one with its words as metadata: pages such as GitHub's show that.
    """
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type in ("display_data", "execute_result"):
        if output.data.pop(WIDGET, None) and set(output.data) == {"text/plain"}:
            return None  # a progress bar
        if image := IMAGE.fullmatch(output.data.get("text/html", "")):
            words, mime, data = image.groups()
            del output.data["text/html"]
            output.data[mime], output.metadata[mime] = data, {"alt": html.unescape(words)}
        output.pop("transient", None)
        return output if output.data else None
    return output


def with_outputs(book, taken, untouched):
    """A student's notebook with the solutions' outputs, and in exercises the untouched cells'."""
    for cell, right, raw in zip(book.cells, taken.cells, untouched.cells, strict=True):
        if cell.cell_type == "code":
            exercise = "exercise" in cell.metadata.get("tags", [])
            cell.outputs = (raw if exercise else right).outputs
    return book


def paths(source):
    """Where a text's notebooks go: (student's, instructor's)."""
    name = source.with_suffix(".ipynb").name
    return HERE / name, HERE / "solutions" / name


def build(source):
    """Make both notebooks of a text, with outputs."""
    instructor = covered(run(solution(source)))
    untouched = run(student(source), "ci")
    write(source, with_outputs(student(source), instructor, untouched), instructor)


def write(source, *books):
    """Write a text's notebooks: the student's, the instructor's."""
    for path, book in zip(paths(source), books, strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(nbformat.writes(book, indent=1) + "\n", encoding="utf-8")


def covered(book):
    """The notebook, in which every folded output begins with `COVER`."""
    for cell in book.cells:
        if "answer" in cell.metadata.get("tags", []) and cell.outputs:
            cell.outputs.insert(0, nbformat.v4.new_output("stream", name="stdout", text=COVER))
    return book


def reword(source, renamed=False):
    """Take over a text's new prose, and the outputs that are there. Raises ValueError if code changed.

    The set-up cell may: it prints nothing, and has the version in it. renamed: all cells may, as after
    a change of the library's names; a test sees to it that each name is there.
    """
    books = student(source), solution(source)
    for path, book in zip(paths(source), books, strict=True):
        old = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        new = [c for c in book.cells if c.cell_type == "code"]
        if len(old) != len(new):
            raise ValueError(f"{source.stem} has other cells than before: run it, `make lessons`")
        if not renamed and [c.source for c in old if not _is_setup(c)] != [
            c.source for c in new if not _is_setup(c)
        ]:
            raise ValueError(f"the code of {source.stem} has changed too: run it, `make lessons`")
        for cell, ran in zip(new, old, strict=True):
            cell.outputs = ran.outputs
    write(source, *books)


def _is_setup(cell):
    return "setup" in cell.metadata.get("tags", [])


def drifted(source):
    """The notebooks of a text that are not there, or not what it says: a list of paths."""
    out = []
    for path, wanted in zip(paths(source), (student(source), solution(source)), strict=True):
        if not path.exists() or _texts(nbformat.read(path, 4)) != _texts(wanted):
            out.append(path)
    return out


def _texts(book):
    return [(c.id, c.cell_type, c.source, c.metadata.get("tags", [])) for c in book.cells]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons; all if none")
    parser.add_argument("--words", action="store_true", help="take over prose only, and run nothing")
    parser.add_argument("--renamed", action="store_true", help="take over prose and code, and run nothing")
    parser.add_argument("--check", action="store_true", help="only look, and run nothing")
    options = parser.parse_args()
    chosen = [s for s in sources() if not options.lessons or s.name[:2] in options.lessons]
    if options.check:
        found = [str(path) for source in chosen for path in drifted(source)]
        sys.exit(
            "\n".join(["These are not what their text says; run `make lessons`:", *found]) if found else None
        )
    for source in chosen:
        print(source.stem, flush=True)
        if options.words or options.renamed:
            reword(source, options.renamed)
        else:
            build(source)


if __name__ == "__main__":
    main()
