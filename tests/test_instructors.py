"""The instructors' guide is right: grading, links, and the workflow to copy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from swaplib.exercises.__main__ import score

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "lessons").glob("0*.ipynb"))
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
# The commands call `python` and `jupyter`: those of this environment.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
unix = pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")

CHECKS = """
from swaplib.exercises import exercise, quiz

@exercise("Two legs less than a spider.")
def legs(answer):
    if answer != 6:
        return "Count the legs of an ant."
"""


def book(*answers):
    """A notebook with an exercise for each answer, which has no outputs yet, and a quiz of two questions."""
    cells = [nbformat.v4.new_code_cell(CHECKS)]
    for answer in answers:
        cells.append(nbformat.v4.new_code_cell(f"{answer}", metadata={"tags": ["exercise"]}))
    questions = (
        'q1 = "b"\nq2 = "a"\nquiz(("b", "Yes."), ("c", "Yes."))(q1=q1, q2=q2)  # check.quiz(q1=q1, q2=q2)'
    )
    cells.append(nbformat.v4.new_code_cell(questions, metadata={"tags": ["exercise"]}))
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return made


def blocks(heading):
    """The commands of each code block under a heading of the guide."""
    text = re.search(rf"^## {heading}\n(.*?)(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@unix
def test_the_commands_for_grading_run_what_students_saved_and_count(tmp_path):
    (tmp_path / "submitted" / "ada").mkdir(parents=True)
    nbformat.write(book("legs(6)", "legs(8)", "1 / 0"), tmp_path / "submitted" / "ada" / "01_ants.ipynb")
    settings = {**os.environ, "PATH": PATH, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-e", "-c", blocks("Grading")[0]], cwd=tmp_path, env=settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    counted = "2 of 5; not right: exercise 2, exercise 3, quiz 2"
    assert done.stdout == f"submitted/ada/01_ants.ipynb: {counted}\n"
    rows = (tmp_path / "grades.csv").read_text().splitlines()
    assert len(rows) == 6 and rows[0] == "notebook,exercise,right"
    assert rows[1::3] == [f"submitted/ada/01_ants.ipynb,{name},1" for name in ("exercise 1", "quiz 1")]


@pytest.mark.slow
@unix
def test_the_command_for_nbgrader_makes_a_notebook_with_the_answers_marked(tmp_path):
    (tmp_path / "lessons" / "src").mkdir(parents=True)
    shutil.copy(ROOT / "lessons" / "src" / "01_autoencoder.py", tmp_path / "lessons" / "src")
    command = ["sh", "-e", "-c", blocks("Grading")[1]]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": PATH}, check=True, capture_output=True)
    made, ours = (
        [c.source for c in nbformat.read(path, 4).cells if "exercise" in c.metadata.get("tags", [])]
        for path in (tmp_path / "01_autoencoder.ipynb", LESSONS[0])
    )
    assert len(made) == len(ours)
    assert all("### BEGIN SOLUTION" in text and "### END SOLUTION" in text for text in made)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_solutions_score_all_and_untouched_notebooks_nothing(path):
    untouched, solved = score(path), score(path.parent / "solutions" / path.name)
    assert untouched.keys() == solved.keys() and len(solved) >= 6
    assert not any(untouched.values()) and all(solved.values())


def test_links_lead_to_files_and_headings_that_are_there():
    """Of the guides and README, without those to other sites."""
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/instructors.md",
        "docs/experiments.md",
        "docs/glossary.md",
        "docs/marks.md",
        "docs/own_faces.md",
    ):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"(?m)^#+ (.+)$", text)
        }
        for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text):
            target = "".join(target)
            if target.startswith("#"):
                assert target[1:] in headings, f"{name}: {target}"
            elif "://" not in target:
                assert (path.parent / target.split("#")[0]).exists(), f"{name}: {target}"


HOURS = {
    "three hours": "3",
    "two and a half hours": "2½",
    "two hours": "2",
    "an hour and a half": "1½",
    "an hour and a quarter": "1¼",
}


def test_the_guide_says_the_hours_and_minutes_that_the_lessons_declare():
    for path in LESSONS:
        header = " ".join(nbformat.read(path, 4).cells[0].source.split())
        minutes = re.search(r"\*\*Time:\*\* ([\d.]+) minutes? to run on a CPU", header)[1]
        (hours,) = {number for words, number in HOURS.items() if f" {words} to " in header}
        row = rf"\(\.\./lessons/{path.name}\) \|.*\| {hours} \| {minutes} \|\n"
        assert re.search(row, GUIDE), path.name


def test_shorter_courses_name_sections_that_the_lessons_have():
    shorter = re.search(r"(?s)^## Shorter courses\n(.*?)^## ", GUIDE, re.MULTILINE)[1]
    parts = re.split(r"\b(0[1-7])\b", shorter)[1:]
    named = 0
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        (path,) = (ROOT / "lessons").glob(f"{number}_*.ipynb")
        headings = re.findall(r"(?m)^#+ (.+)$", "\n".join(c.source for c in nbformat.read(path, 4).cells))
        sections = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)
        named += len(sections)
        assert set(sections) <= set(headings), path.name
    assert named > 20


@unix
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git") or not shutil.which("xargs"), reason="needs git and xargs")
def test_the_workflow_to_copy_runs_changed_notebooks_and_turns_red_where_one_is_broken(tmp_path):
    """By its own commands, in a repository that holds nothing but two notebooks."""
    flow = yaml.safe_load((ROOT / "docs" / "instructor-workflow.yml").read_text(encoding="utf-8"))
    job = flow["jobs"]["changed"]
    step = job["steps"][-1]
    assert "github.event.before" in step["env"]["BEFORE"]
    who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    settings = {**os.environ, **job["env"], **who, "PATH": PATH, "PYTHONPATH": str(ROOT)}
    scratch, temporary = tmp_path / "repository", tmp_path / "temporary"
    scratch.mkdir(), temporary.mkdir()

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=scratch, env=settings, check=True, capture_output=True, text=True
        ).stdout

    def push(**books):
        """Commit notebooks and run the workflow's last step; returns (its exit status, what it printed)."""
        before = git("rev-parse", "HEAD").strip() if (scratch / "whole.ipynb").exists() else "0" * 40
        for name, made in books.items():
            nbformat.write(made, scratch / f"{name}.ipynb")
        git("add", ".")
        git("commit", "--quiet", "--message", "change", "--allow-empty")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=scratch,
            env={**settings, "BEFORE": before, "RUNNER_TEMP": str(temporary)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    git("init", "--quiet")
    whole, broken = book("print(6)"), book("1 / 0")
    status, said = push(whole=whole)  # the first push to a branch has no commit before it
    assert status == 0 and "3 passed" in said, said
    status, said = push(broken=broken)
    assert status != 0 and "1 failed" in said and "whole.ipynb" not in said, said
    assert push()[0] == 0  # nothing changed
