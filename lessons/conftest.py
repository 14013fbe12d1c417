"""The lessons as tests: nbval runs every notebook, at the budget for tests.

Cells tagged nbval-check-output must print what is stored; others only have to run. Each lesson's time
is printed at the end, and must be below the minutes that its header declares, half as long again where
another test runs beside it.

A student's notebook and its solutions differ in the cells of the exercises alone, so that they share a
run: a student's untouched cell is run just before the solution of it. A student's notebook that is
named, as in `pytest lessons/04_face_swap.ipynb`, is run by itself from the top.
"""

import os
import re
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest

os.environ.setdefault("SWAPLIB_BUDGET", "ci")
HERE = Path(__file__).parent
SECONDS = defaultdict(float)  # by notebook


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):  # TensorFlow greets on the standard error
        collector.skip_compare += ("stderr", "text/html", "image/jpeg", "image/png")


def pytest_collection_modifyitems(config, items):
    """Let students' notebooks that nobody named take part in the run of their solutions."""
    named = {Path(arg.split("::")[0]).resolve() for arg in config.args}
    solved = {item.path.name for item in items if item.path.parent.name == "solutions"}
    untouched = {
        (item.path.name, item.cell_num): item
        for item in items
        if item.path.parent == HERE and item.path.name in solved and item.path not in named
    }
    shared, run = set(untouched.values()), []
    for item in (item for item in items if item not in shared):
        mine = untouched.get((item.path.name, getattr(item, "cell_num", None)))
        if mine and "exercise" in mine.cell.metadata.get("tags", []):
            how = {"cell_num": mine.cell_num, "cell": mine.cell, "options": mine.options}
            run.append(type(mine).from_parent(item.parent, name=f"{mine.name} untouched", **how))
        run.append(item)
    items[:] = run


def pytest_runtest_logreport(report):
    path = report.nodeid.split("::")[0]
    if path.endswith(".ipynb"):
        SECONDS[path] += report.duration


def minutes(path):
    """The minutes on a CPU that a lesson's header declares."""
    header = nbformat.read(path, 4).cells[0].source
    return float(re.search(r"\*\*Time:\*\* ([\d.]+) minutes? to run on a CPU", header)[1])


def timed(config):
    """(path, seconds, declared minutes, whether that was too slow) of each notebook that ran."""
    share = 1.5 if config.getoption("numprocesses", None) else 1  # with another test beside it
    for path, seconds in SECONDS.items():
        declared = minutes(config.rootpath / path)
        yield path, seconds, declared, seconds >= share * 60 * declared


def pytest_terminal_summary(terminalreporter, config):
    if SECONDS:
        terminalreporter.section("lessons")
    for path, seconds, declared, slow in timed(config):
        terminalreporter.line(
            f"{path:45} {seconds:4.0f} s at the budget {os.environ['SWAPLIB_BUDGET']}; "
            f"its header declares {declared:g} min{'  TOO SLOW' if slow else ''}"
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if session.exitstatus == 0 and any(slow for *_, slow in timed(session.config)):
        session.exitstatus = 1
