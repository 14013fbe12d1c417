"""Wrong answers are told so, with their hint; untouched ones are not yet; nothing stops a notebook."""

import importlib
from pathlib import Path

import pytest

from swaplib import exercises

LESSONS = sorted(int(path.stem[-2:]) for path in Path(exercises.__file__).parent.glob("lesson_*.py"))


def wrong_answers():
    for number in LESSONS:
        wrong = importlib.import_module(f"wrong_answers.lesson_{number:02d}").WRONG
        assert len({checker for checker, *_ in wrong}) >= 3
        for k, (checker, arguments, hint) in enumerate(wrong):
            yield pytest.param(number, checker, arguments, hint, id=f"{number:02d}-{checker}-{k}")


@pytest.mark.parametrize("number, checker, arguments, hint", list(wrong_answers()))
def test_a_wrong_answer_gets_its_hint(number, checker, arguments, hint, capsys):
    getattr(importlib.import_module(f"swaplib.exercises.lesson_{number:02d}"), checker)(*arguments)
    said = capsys.readouterr().out
    assert said.startswith("Not right yet.") and hint in said


@pytest.mark.parametrize("number", LESSONS)
def test_untouched_answers_are_not_yet(number, capsys):
    module = importlib.import_module(f"swaplib.exercises.lesson_{number:02d}")
    wrong = importlib.import_module(f"wrong_answers.lesson_{number:02d}").WRONG
    for checker, arguments, _ in wrong:
        getattr(module, checker)(..., *arguments[1:])
        assert capsys.readouterr().out.startswith("Not yet")
    module.quiz(q1=..., q2="z", q3=...)
    assert capsys.readouterr().out.splitlines()[1].startswith("2: not right yet")


def test_a_function_that_returns_nothing_is_not_yet_and_one_that_breaks_is_not_right(capsys):
    @exercises.exercise("Indeed.")
    def one(function):
        if exercises.called(function, 1) != 1:
            return "Return what you get."

    for answer, said in (
        (lambda x: None, "Not yet"),
        (lambda x: ..., "Not yet"),
        (None, "Not yet"),
        (lambda x: x + 1, "Not right yet. Return"),
        (lambda x: x, "Right. Indeed."),
        (lambda x: 1 / 0, "Not right yet. It stopped with ZeroDivisionError"),
    ):
        one(answer)
        assert capsys.readouterr().out.startswith(said)


def test_predictions_stand_beside_what_was_measured(capsys):
    exercises.predicted(..., 12, "numbers")
    exercises.predicted(16, 12, "numbers")
    assert capsys.readouterr().out.splitlines() == [
        "You made no prediction. Measured: 12 numbers.",
        "You said 16 numbers. Measured: 12 numbers.",
    ]
