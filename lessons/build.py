"""Make the notebooks from their text: `make lessons`.

    python lessons/build.py                 all lessons, run at the budget that holds
    python lessons/build.py 01 04           some of them
    python lessons/build.py --words         only prose has changed: keep the outputs. Runs nothing
    python lessons/build.py --renamed       names of the library have changed, too: likewise
    python lessons/build.py --check         is every notebook what its text says? Runs nothing

`src/NN_name.py` (jupytext's py:percent) is the truth, with solutions. From it come the student's
`NN_name.ipynb` and the instructor's `solutions/NN_name.ipynb`. In a cell tagged "exercise" what
stands between `### BEGIN SOLUTION` and `### END SOLUTION` (nbgrader's words) is cut for students:
of an assignment `name = ...` is left, one line a name, and of a function its head and its docstring.

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
import sys
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TODO = "...  # your answer"
COVER = "Your prediction first. Then run this cell.\n"
WIDGET = "application/vnd.jupyter.widget-view+json"
FRAME = '<iframe class="swaplib-page"'  # of swaplib.notebook.explore
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources():
    """The lessons' texts, in order."""
    return sorted((HERE / "src").glob("[0-9]*.py"))


def solution(source):
    """The instructor's notebook of a text, without outputs; cells numbered as a run from the top does.

    Raises ValueError as `around_solution` does.
    """
    return _book(source, lambda code: code)


def student(source):
    """The student's notebook of a text, without outputs: solutions are cut.

    Raises ValueError as `around_solution` and `cut` do.
    """
    return _book(source, cut)


def _book(source, answered):
    """A notebook of a text. answered: code between the marks -> what stands there in the notebook."""
    book = jupytext.read(source)
    book.metadata = nbformat.from_dict(METADATA)
    book.nbformat, book.nbformat_minor = 4, 5
    count = itertools.count(1)
    for k, cell in enumerate(book.cells):
        cell.id = f"cell-{k:02d}"
        tags = cell.metadata.get("tags", [])
        try:
            cell.source = _with_answer(cell.source, "exercise" in tags, answered)
        except (SyntaxError, ValueError) as error:
            raise ValueError(f"{source.name}, {cell.id}: {error}\n{cell.source}") from error
        if "exercise" in tags:  # what an exercise says is the same at every budget
            tags = [*tags, "nbval-check-output"]
        folded = {"jupyter": {"outputs_hidden": True}} if "answer" in tags else {}
        cell.metadata = nbformat.from_dict({"tags": tags, **folded} if tags else {})
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = next(count), []
    return book


def _with_answer(code, exercise, answered):
    """The code of a cell without its marks, and `answered` in place of what stands between them."""
    if not exercise:
        if "SOLUTION" in code:
            raise ValueError(f"'{BEGIN}' stands in a cell that isn't tagged \"exercise\"")
        return code
    before, solution, after = around_solution(code)
    return "\n".join([*before, answered("\n".join(solution)), *after]).strip()


def around_solution(code):
    """The lines (before, of, after) the solution of an exercise.

    Raises ValueError unless either mark stands there once, alone on its line, from the line's first
    character to its last: a mark that is nearly right would leave the solution in the student's notebook.
    """
    lines = code.splitlines()
    marks = [line for line in lines if "SOLUTION" in line]
    if marks != [BEGIN, END]:
        raise ValueError(
            f"an exercise has the lines '{BEGIN}' and '{END}' once each, with nothing before or behind "
            f"them, and this one has {marks or 'neither'}"
        )
    begin, end = lines.index(BEGIN), lines.index(END)
    return lines[:begin], lines[begin + 1 : end], lines[end + 1 :]


def cut(code):
    """Code with its answers taken out: of all that it says, names, heads and docstrings are left.

    Raises ValueError for anything but assignments to names, and functions: it would be lost without a trace.
    """
    out = []
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign):
            out += [f"{name} = {TODO}" for target in node.targets for name in _names(target)]
        elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
            docstring = node.body[:1] if ast.get_docstring(node) else []
            node.body = [*docstring, ast.Expr(ast.Constant(...))]
            out.append(ast.unparse(node).removesuffix("...") + TODO)
        else:
            _refuse(node)
    if not out:
        raise ValueError("there is nothing between the marks")
    return "\n".join(out)


def _names(target):
    """The names that an assignment fills, each of which gets its own line."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple):
        return [name for part in target.elts for name in _names(part)]
    _refuse(target)


def _refuse(node):
    raise ValueError(
        "an answer is made of assignments to names and of functions without decorators, and this is "
        f"neither; put it outside '{BEGIN}':\n{ast.unparse(node)}"
    )


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

    A bare picture becomes one in HTML with its alt text: JupyterLab and nbconvert show no text with a bare
    one. Of a frame of `explore.page` its picture is left.
    """
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type in ("display_data", "execute_result"):
        if output.data.pop(WIDGET, None) and set(output.data) == {"text/plain"}:
            return None  # a progress bar
        if output.data.get("text/html", "").startswith(FRAME):
            del output.data["text/html"]  # megabytes: the picture and the link beside it stay
        for mime in [kind for kind in output.data if kind.startswith("image/")]:
            data, alt = output.data.pop(mime).strip(), output.metadata.pop(mime)["alt"]
            alt = html.escape(alt, quote=True)
            output.data["text/html"] = f'<img alt="{alt}" src="data:{mime};base64,{data}">'
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
            cell.outputs = [o for o in map(kept, ran.outputs) if o]
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
