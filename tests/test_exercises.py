"""Wrong answers are told so, with their hint; right ones are right, however they are written.

`wrong_answers/` has a module a lesson: WRONG is a list of (checker, arguments, part of the hint), RIGHT
one of (checker, arguments). Untouched answers are not yet; nothing stops a notebook.
"""

import importlib
from pathlib import Path

import nbformat
import numpy as np
import pytest

from swaplib import SwaplibError, exercises
from swaplib.exercises.__main__ import main, score

LESSONS = sorted(int(path.stem[-2:]) for path in Path(exercises.__file__).parent.glob("lesson_*.py"))


def answers(number, which):
    """WRONG or RIGHT of a lesson; a lesson may still be without a RIGHT."""
    return getattr(importlib.import_module(f"wrong_answers.lesson_{number:02d}"), which, [])


def wrong_answers():
    for number in LESSONS:
        wrong = answers(number, "WRONG")
        assert len({checker for checker, *_ in wrong}) >= 3
        for k, (checker, arguments, hint) in enumerate(wrong):
            yield pytest.param(number, checker, arguments, hint, id=f"{number:02d}-{checker}-{k}")


@pytest.mark.parametrize("number, checker, arguments, hint", list(wrong_answers()))
def test_a_wrong_answer_gets_its_hint(number, checker, arguments, hint, capsys):
    getattr(importlib.import_module(f"swaplib.exercises.lesson_{number:02d}"), checker)(*arguments)
    said = capsys.readouterr().out
    assert said.startswith("Not right yet.") and hint in said
    assert said.count("\n") == 1 and len(said) < 220  # a hint is one line


def right_answers():
    for number in LESSONS:
        for k, (checker, arguments) in enumerate(answers(number, "RIGHT")):
            yield pytest.param(number, checker, arguments, id=f"{number:02d}-{checker}-{k}")


@pytest.mark.parametrize("number, checker, arguments", list(right_answers()))
def test_a_right_answer_is_right_however_it_is_written(number, checker, arguments, capsys):
    getattr(importlib.import_module(f"swaplib.exercises.lesson_{number:02d}"), checker)(*arguments)
    assert capsys.readouterr().out.startswith("Right. ")


@pytest.mark.parametrize("number", LESSONS)
def test_untouched_answers_are_not_yet(number, capsys):
    module = importlib.import_module(f"swaplib.exercises.lesson_{number:02d}")
    for checker, arguments, _ in answers(number, "WRONG"):
        getattr(module, checker)(..., *arguments[1:])
        assert capsys.readouterr().out.startswith("Not yet")
    module.quiz(q1=..., q2="z", q3=...)
    assert capsys.readouterr().out.splitlines()[1].startswith("2: not right yet")


def dots(x):
    """What the untouched notebook has."""
    ...  # your answer


def no_return(x):
    x + 1


@pytest.mark.parametrize(
    "answer, said",
    [
        (..., "Not yet"),
        (dots, "Not yet"),
        (lambda x: None, "Not yet"),
        (lambda x: ..., "Not yet"),
        (no_return, "Not right yet. The function returns None: is there a `return`?"),
        (None, "Not right yet. Give a function here, not None."),
        (2, "Not right yet. Give a function here, not a number."),
        (lambda x: x + 1, "Not right yet. Return"),
        (lambda x: "1", "Not right yet. Give a number, not text in quotes."),
        (lambda x: x, "Right. Indeed."),
        (lambda x: 1 / 0, "Not right yet. It stopped with ZeroDivisionError: division by zero"),
        (lambda x: np.linalg.inv(np.ones(int(1e6 * x))), "Not right yet. It stopped with LinAlgError"),
        (lambda x: [][x], "Not right yet. It stopped with IndexError"),
    ],
)
def test_one_line_is_said_to_whatever_a_function_does(answer, said, capsys):
    @exercises.exercise("Indeed.")
    def one(function):
        if exercises.number(exercises.called(function, 1)) != 1:
            return "Return what you get."

    one(answer)
    out = capsys.readouterr().out
    assert out.startswith(said) and out.count("\n") == 1


def test_a_long_message_is_cut_to_its_first_line(capsys):
    @exercises.exercise("Indeed.")
    def one(answer):
        raise ValueError("x" * 1000 + "\n[[1, 2, 3]]")

    one(1)
    assert len(capsys.readouterr().out) < 250


def test_what_is_filled_in_is_yours_and_what_is_not_is_untouched():
    for blank in (..., dots, lambda: None):
        assert exercises.untouched(blank) and not exercises.yours(blank)
    for filled in (no_return, lambda: 0, lambda x: x, 0, False, np.zeros(3), "b", max, lambda: "None"):
        assert exercises.yours(filled) and not exercises.untouched(filled)
    assert not exercises.yours(None)


def test_a_function_gets_copies_and_may_work_in_place():
    array, names, options = np.zeros(3), ["eve"], {"weights": np.zeros(2)}

    def spoil(array, names, options):
        array += 1
        names.append("bo")
        options["weights"] += 1
        return array

    assert exercises.called(spoil, array, names, options).tolist() == [1, 1, 1]
    assert array.sum() == 0 and names == ["eve"] and options["weights"].sum() == 0


@pytest.mark.parametrize("value", [108, 108.0, np.float32(108), np.array([[108]]), [108], (108.0,)])
def test_one_number_may_be_written_in_any_way(value):
    assert exercises.number(value) == 108


@pytest.mark.parametrize(
    "value, said",
    [
        ("108", "Give a number, not text in quotes."),
        (True, "Give a number, not True."),
        (None, "Give a number, not None."),
        (max, "Give a number, not a function."),
        ({"a": 1}, "Give a number, not a dictionary."),
        ([1, 2], "One number is expected, not 2."),
        ([], "One number is expected, not 0."),
        (float("nan"), "nan"),
    ],
)
def test_what_is_no_number_is_named(value, said):
    with pytest.raises(exercises.Hint, match=said):
        exercises.number(value)


def test_numbers_have_the_shape_that_is_wanted():
    for value in ([1, 2], (1, 2), np.array([[1, 2]]), np.array([[1], [2]])):
        assert exercises.numbers(value, (2,)).tolist() == [1, 2]
    assert exercises.numbers(np.zeros((5, 2)), (None, 2)).shape == (5, 2)
    with pytest.raises(exercises.Hint, match=r"The shape is \(2, 3\); it should be \(3, 2\)"):
        exercises.numbers(np.zeros((2, 3)), (3, 2))
    with pytest.raises(exercises.Hint, match=r"it should be \(n, 2\)"):
        exercises.numbers(np.zeros((5, 3)), (None, 2))
    with pytest.raises(exercises.Hint, match="different lengths"):
        exercises.numbers([[1], [2, 3]], (2, 2))
    with pytest.raises(exercises.NotYet):
        exercises.numbers(..., (2,))


def test_pictures_are_from_0_to_1_clipped_or_not():
    made = np.array([[[-0.1, 0.5, 1.2]]])
    assert exercises.pictures(made, (1, 1, 3)).tolist() == [[[0, 0.5, 1]]]
    for wrong in (np.zeros((1, 1, 3), np.uint8), 255 * made):
        with pytest.raises(exercises.Hint, match="from 0 to 1"):
            exercises.pictures(wrong, (1, 1, 3))


def test_a_letter_of_the_quiz_may_be_typed_as_it_is_printed(capsys):
    check = exercises.quiz(*[("b", "Why.")] * 6)
    check(q1="b", q2="B", q3="(b)", q4="b)", q5=" b. ", q6="a")
    out = capsys.readouterr().out.splitlines()
    assert all("right. Why." in line for line in out[:5]) and "not right yet" in out[5]


def test_predictions_stand_beside_what_was_measured(capsys):
    exercises.predicted(..., 12, "numbers")
    exercises.predicted(16, 12, "numbers")
    assert capsys.readouterr().out.splitlines() == [
        "You made no prediction. Measured: 12 numbers.",
        "You said 16 numbers. Measured: 12 numbers.",
    ]


def saved(path, *cells):
    """A notebook of (code, what it printed) in cells that are exercises."""
    made = nbformat.v4.new_notebook()
    for code, printed in cells:
        output = nbformat.v4.new_output("stream", name="stdout", text=printed)
        made.cells.append(nbformat.v4.new_code_cell(code, outputs=[output], metadata={"tags": ["exercise"]}))
    nbformat.write(made, path)
    return str(path)


def test_the_score_counts_what_the_checkers_said(tmp_path, capsys):
    path = saved(
        tmp_path / "ada.ipynb",
        ("check.legs(legs)", "some figures\nRight. Two legs less.\n"),
        ("check.legs(legs)", "Not right yet. Right. is wrong here.\n"),
        ("check.legs(legs)", "Not yet: put your answer in place of the dots.\n"),
        ("q1 = 'a'\ncheck.quiz(q1=q1, q2=q2)", "1: right. Why.\n2: not right yet. Think again.\n"),
    )
    right = {"exercise 1": True, "exercise 2": False, "exercise 3": False, "quiz 1": True, "quiz 2": False}
    assert score(path) == right
    assert main([path, "--csv", str(tmp_path / "grades.csv")]) == 0
    assert capsys.readouterr().out == f"{path}: 2 of 5; not right: exercise 2, exercise 3, quiz 2\n"
    rows = (tmp_path / "grades.csv").read_text().splitlines()
    assert rows[:2] == ["notebook,exercise,right", f"{path},exercise 1,1"] and len(rows) == 6


def test_what_is_no_notebook_is_named_and_the_others_are_counted(tmp_path, capsys):
    (tmp_path / "list.ipynb").write_text("[]")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "empty.ipynb")
    for name, words in (
        ("list.ipynb", "as a notebook"),
        ("empty.ipynb", "tagged 'exercise'"),
        ("no", "No such"),
    ):
        with pytest.raises(SwaplibError, match=words):
            score(tmp_path / name)
    whole = saved(tmp_path / "bo.ipynb", ("check.legs(legs)", "Right. Two legs less.\n"))
    assert main([str(tmp_path / "no"), whole]) == 1
    shown = capsys.readouterr()
    assert "No such" in shown.err and "bo.ipynb: 1 of 1\n" in shown.out
    assert main([whole, "--csv", str(tmp_path)]) == 1  # a folder
    assert capsys.readouterr().err.count("\n") == 1


def test_a_lesson_goes_on_with_an_answer_only_if_it_was_right(capsys):
    @exercises.exercise("Six.")
    def legs(answer):
        return None if exercises.number(answer) == 6 else "Count again."

    right, wrong, ours = np.array(6), np.array(8), np.array(6.0)
    legs(right)
    assert exercises.accepted(legs, right, ours) is right and "goes on" not in capsys.readouterr().out
    assert exercises.accepted(legs, wrong, ours) is ours  # changed since it was checked
    assert "yours isn't right yet" in capsys.readouterr().out
    legs(wrong)
    capsys.readouterr()
    assert exercises.accepted(legs, right, ours) is ours
    assert exercises.accepted(legs, ..., ours) is ours and "yours isn't there yet" in capsys.readouterr().out
    assert exercises.accepted(legs, ours, ours) is ours and not capsys.readouterr().out  # the cell runs again
