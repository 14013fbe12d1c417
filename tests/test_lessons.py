"""The notebooks match their sources, and have what every lesson must have."""

import ast
import importlib
import importlib.util
import json
import re
from pathlib import Path

import nbformat
import pytest
import wrong_runs

from swaplib import DATA

LESSONS = Path(__file__).parents[1] / "lessons"
spec = importlib.util.spec_from_file_location("build", LESSONS / "build.py")
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)

SOURCES = build.sources()
BOOKS = [path for source in SOURCES for path in build.paths(source)]
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
each_book = pytest.mark.parametrize("path", BOOKS, ids=lambda p: str(p.relative_to(LESSONS)))
HEADER = re.compile(
    r"# \d\d · [^\n]+\n\n\*[^\n*]+\*\n\n\*\*You will learn\*\*\n\n(- .+\n(  .+\n)*){3,6}\n"
    r"\*\*Before you start, you need:\*\* (.+\n)+\n"
    r"\*\*Time:\*\* ([\d.]+) minutes? to run on a CPU, or ([\d.]+) on a GPU[^\n]*(\n[^\n]+)*"
    r"(\n\n\*\*Rules:\*\* [^\n]+(\n[^\n]+)*)?$"
)


def cells(path, kind="code"):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def outputs(path):
    return [output for cell in cells(path) for output in cell.outputs]


def test_the_lessons_are_there():
    assert [s.stem for s in SOURCES[:7]] == [
        "01_autoencoder",
        "02_many_faces",
        "03_one_face",
        "04_face_swap",
        "05_swap_a_movie",
        "06_spot_the_swap",
        "07_trust_a_verdict",
    ]


@each_source
def test_the_notebooks_are_what_their_text_says(source):
    assert not build.drifted(source), "run `make lessons`"


@each_source
def test_a_header_says_what_there_is_to_know(source):
    book = build.student(source)
    found = HEADER.match(book.cells[0].source)
    assert found, book.cells[0].source
    announced = re.search(r"announce\(cpu=([\d.]+), gpu=([\d.]+)\)", source.read_text())
    assert announced.groups() == found.group(4, 5)


@pytest.mark.parametrize("number", ["04", "05"])
def test_a_lesson_that_swaps_says_what_colab_forbids_before_it_runs_anything(number):
    (source,) = [s for s in SOURCES if s.stem.startswith(number)]
    header = build.student(source).cells[0].source
    assert 'lists "creating deepfakes" among' in header and "colaboratory/faq.html" in header


def test_there_may_be_a_lesson_10():
    header = build.student(SOURCES[-1]).cells[0].source
    assert HEADER.match(re.sub(r"^# \d\d", "# 10", header))


def test_the_readme_lists_every_lesson_with_its_minutes():
    readme = (LESSONS.parent / "README.md").read_text()
    for source in SOURCES:
        minutes = HEADER.match(build.student(source).cells[0].source)[4]
        assert re.search(rf"\(lessons/{source.stem}\.ipynb\) \| .+ \| {minutes} \|\n", readme), source


def test_all_lessons_begin_with_the_same_set_up():
    setups = [build.student(source).cells[1] for source in SOURCES]
    assert all(cell.metadata["tags"] == ["setup"] for cell in setups)
    assert len({cell.source for cell in setups}) == 1


@each_source
def test_a_lesson_has_a_prediction_exercises_a_quiz_and_claims(source):
    book = build.student(source)
    text = "\n".join(cell.source for cell in book.cells)
    exercises = [c for c in book.cells if "exercise" in c.metadata.get("tags", [])]
    assert len(exercises) >= 4 and sum("check.quiz(" in c.source for c in exercises) == 1
    assert all("check." in c.source and build.TODO in c.source for c in exercises)
    assert text.count("### Exercise") == len(exercises) - 1
    assert "**Predict" in text
    for part in ("## The result first", "## Quiz", "## What we claimed, what we measured", "**Sources.**"):
        assert text.count(part) == 1, part


@each_source
def test_what_a_prediction_is_asked_about_is_stored_folded(source):
    """Cells that print an answer beside a prediction; a lesson may have further ones."""
    for cell in build.student(source).cells:
        tags = cell.metadata.get("tags", [])
        assert ("answer" in tags) == cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
        if source.stem.startswith(("01", "04", "05")) and "check.predicted(" in cell.source:
            assert "answer" in tags, cell.source
    # JupyterLab shows the first line of what is folded.
    for cell in nbformat.read(build.paths(source)[0], 4).cells:
        if "answer" in cell.metadata.get("tags", []) and cell.outputs:
            assert cell.outputs[0].get("text") == build.COVER, cell.source


def answers(code):
    """The lines of a solution that are an answer: all but the heads and docstrings of functions."""
    lines, given = code.splitlines(), set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef):
            first = node.body[1] if ast.get_docstring(node) else node.body[0]
            node.lineno = first.lineno
        given |= set(range(node.lineno - 1, node.end_lineno))
    return [lines[k].strip() for k in sorted(given)]


@each_source
def test_no_solution_is_left_in_a_students_notebook(source):
    student, instructor = build.paths(source)
    assert "SOLUTION" not in student.read_text() + instructor.read_text()
    asked = {cell.id: cell.source for cell in cells(student)}
    for k, cell in enumerate(build.jupytext.read(source).cells):
        if "exercise" in cell.metadata.get("tags", []):
            taken = answers(re.search(f"{build.BEGIN}\n(.*){build.END}", cell.source, re.S)[1])
            left = {line.strip() for line in asked[f"cell-{k:02d}"].splitlines()}
            assert taken and not left & set(taken)


def unanswered(tree):
    """Names in an untouched exercise that wait for an answer: `name = ...`, or a function of `...`."""
    for line in tree.body:
        last = line.body[-1] if isinstance(line, ast.FunctionDef) else line
        if isinstance(getattr(last, "value", None), ast.Constant) and last.value.value is ...:
            yield line.name if last is not line else line.targets[0].id


@each_source
def test_no_later_cell_needs_an_answer(source):
    """Who leaves an exercise out can go on; so a student's notebook may share a run with its solutions."""
    answers, asked = set(), 0
    for cell in (c for c in build.student(source).cells if c.cell_type == "code"):
        tree = ast.parse(re.sub(r"^[%!].*", "", cell.source, flags=re.M))
        if "exercise" in cell.metadata.get("tags", []):
            found = set(unanswered(tree))
            answers, asked = answers | found, asked + len(found)
            continue
        names = [n for n in ast.walk(tree) if isinstance(n, (ast.Name, ast.FunctionDef))]
        made = {n.name if isinstance(n, ast.FunctionDef) else n.id for n in names if not is_read(n)}
        read = {n.id for n in names if is_read(n)}
        assert not (read & answers) - made, cell.source
        answers -= made
    assert asked >= 4


@pytest.mark.parametrize("source", SOURCES[:3], ids=lambda p: p.stem)
def test_a_later_cell_takes_an_answer_only_if_it_was_right(source):
    """`wrong_runs.py` tries it, in minutes; here, each answer that is used goes through `check.accepted`."""
    answers, taken = set(), set()
    for cell in (c for c in build.student(source).cells if c.cell_type == "code"):
        tree = ast.parse(cell.source)
        if "exercise" in cell.metadata.get("tags", []):
            answers |= set(unanswered(tree))
            continue
        for node in tree.body:
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if used := names & (answers - taken):
                assert isinstance(node, ast.Assign) and ast.unparse(node.value.func) == "check.accepted", used
                taken |= used
    assert len(taken) >= 3


@each_source
def test_every_exercise_can_be_given_a_wrong_answer(source):
    for cell in wrong_runs.with_wrong_answers(source, 2).cells:
        if "exercise" in cell.metadata.get("tags", []):
            *_, answer, checked = ast.parse(cell.source).body
            given = ast.unparse(answer.value)
            assert given == "'z'" or given.startswith(f"wrong('{source.stem[:2]}', ")
            assert ast.unparse(checked).startswith("check.")


def is_read(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


@each_book
def test_the_notebooks_are_clean(path):
    book = nbformat.read(path, 4)
    assert path.stat().st_size < 3e6
    assert set(book.metadata) == {"kernelspec", "language_info"}  # no state of widgets
    numbers = [cell.execution_count for cell in cells(path)]
    assert numbers == list(range(1, len(numbers) + 1))  # run once, from the top
    assert all(output.output_type != "error" for output in outputs(path))
    text = path.read_text()
    assert "widget-view" not in text
    assert not re.search(r"(?<![\w.:/])/(home|root|work|tmp|usr|Users|content)/\w", text)


@each_book
def test_every_picture_has_words(path):
    pictures = 0
    for output in outputs(path):
        for mime in output.get("data", {}):
            # JupyterLab and nbconvert give no text to a picture that isn't in HTML.
            assert not mime.startswith("image/"), "run `make lessons`"
            if mime == "text/html":
                html = output.data[mime]
                tags = re.findall(r"<(?:img|video)[^>]*", html)
                pictures += len(tags)
                assert all(re.search(r'(?:alt|aria-label)="[^"]{20,}', tag) for tag in tags)
    assert pictures >= 5
    for cell in cells(path, "markdown"):
        assert "![](" not in cell.source and "<img" not in cell.source


@each_source
def test_descriptions_kept_out_of_a_lesson_are_there_and_used(source):
    kept = json.loads((DATA / "alt_texts.json").read_text(encoding="utf-8")).get(source.stem[:2], {})
    assert set(re.findall(r'check\.ALT\["([^"]+)"\]', source.read_text())) == set(kept)


@each_book
def test_the_result_comes_first(path):
    """A picture within the first three cells of code, before anything trains."""
    first = cells(path)[:4]
    assert any("<img" in o.get("data", {}).get("text/html", "") for c in first for o in c.outputs)
    assert not any(".fit(" in c.source for c in first)


@each_source
def test_solutions_are_right_and_untouched_cells_are_not_yet(source):
    student, instructor = build.paths(source)
    for path, said in ((student, ("not yet", "Not yet")), (instructor, ("right.", "Right."))):
        marked = [c for c in cells(path) if "exercise" in c.metadata.get("tags", [])]
        for cell in marked:
            lines = "".join(o.text for o in cell.outputs).strip().splitlines()
            assert lines and all(any(word in line for word in said) for line in lines), cell.source
    claims = [
        line
        for o in outputs(instructor)
        if o.output_type == "stream"
        for line in o.text.splitlines()
        if re.match(r"(holds|FAILS) ·", line)
    ]
    assert len(claims) >= 3 and not any(line.startswith("FAILS") for line in claims)


def test_cutting_leaves_names_heads_and_docstrings():
    code = """x = 1  # one
low, (middle, high) = 1, (2, 3)
p = q = 4
def f(a, b=2):
    # the sum
    \'\'\'Add.

    Both.\'\'\'; c = a + b
    return c
def g(x): return x"""
    todo = build.TODO
    assert (
        build.cut(code)
        == f'''x = {todo}
low = {todo}
middle = {todo}
high = {todo}
p = {todo}
q = {todo}
def f(a, b=2):
    """Add.

    Both."""
    {todo}
def g(x):
    {todo}'''
    )
    exec(build.cut(code), {})  # an untouched cell raises nothing


@pytest.mark.parametrize(
    "code",
    [
        "x += 2",
        "x: int = 2",
        "x[0] = 2",
        "x.y = 2",
        "first, *rest = 1, 2",
        "class A:\n    pass",
        "import math",
        "for k in range(3):\n    print(k)",
        "@cache\ndef f(x):\n    return x",
        "print(3)",
    ],
)
def test_cutting_refuses_what_it_would_drop(code):
    with pytest.raises(ValueError, match="outside '### BEGIN SOLUTION'"):
        build.cut("y = 1\n" + code)


RIGHT = "### BEGIN SOLUTION\nsix = 6\n### END SOLUTION\ncheck.legs(six)"


@pytest.mark.parametrize(
    "wrong, tag",
    [
        (RIGHT.replace("### BEGIN", " ### BEGIN"), "exercise"),
        (RIGHT.replace("END SOLUTION", "END SOLUTION "), "exercise"),
        (RIGHT.replace("### END SOLUTION\n", ""), "exercise"),
        (RIGHT.replace("### BEGIN SOLUTION\n", ""), "exercise"),
        (RIGHT.replace("### BEGIN", "###BEGIN"), "exercise"),
        (RIGHT.replace("END SOLUTION", "End solution"), "exercise"),
        ("### BEGIN SOLUTION\n" + RIGHT, "exercise"),
        (f"{RIGHT}\n{RIGHT}", "exercise"),
        (RIGHT.replace("six = 6\n", "# six\n"), "exercise"),
        (RIGHT.replace("six = 6", "six = "), "exercise"),
        ("six = 6", "exercise"),
        (RIGHT, "answer"),
    ],
)
def test_marks_that_would_leave_a_solution_are_refused(tmp_path, wrong, tag):
    """The lesson and the cell are named, and neither notebook is made."""
    source = tmp_path / "07_ants.py"

    def text(code):
        return f'# %% [markdown]\n# # Ants\n\n# %% tags=["{tag}"]\n{code}\n'

    source.write_text(text(wrong))
    with pytest.raises(ValueError, match="^07_ants.py, cell-01: "):
        build.student(source)
    if tag == "exercise":
        source.write_text(text(RIGHT))
        assert build.student(source).cells[1].source == f"six = {build.TODO}\ncheck.legs(six)"
        assert build.solution(source).cells[1].source == "six = 6\ncheck.legs(six)"


def imported(source):
    """{name in the notebook: what it stands for} of what a lesson imports from swaplib."""
    found = {}
    for cell in cells(build.paths(source)[1]):
        for node in ast.walk(ast.parse(re.sub(r"^%", "#%", cell.source, flags=re.M))):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "swaplib":
                for alias in node.names:
                    module = importlib.import_module(node.module)
                    if not hasattr(module, alias.name):
                        importlib.import_module(f"{node.module}.{alias.name}")
                    found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


@each_source
def test_each_name_of_the_library_is_there(source):
    """Every cell compiles, and what it takes from a module of swaplib that module has."""
    found = imported(source)
    assert found
    for cell in (c for path in build.paths(source) for c in cells(path)):
        for node in ast.walk(ast.parse(re.sub(r"^%", "#%", cell.source, flags=re.M))):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
                assert not isinstance(found.get(node.value.id), type(ast)), f"{node.value.id} is a module"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                thing = found.get(node.value.id)
                if isinstance(thing, type(ast)) and thing.__name__.startswith("swaplib"):
                    assert hasattr(thing, node.attr), f"{thing.__name__} has no {node.attr}"
