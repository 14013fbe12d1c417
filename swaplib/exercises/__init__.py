"""What the exercises of the lessons say to an answer: right, not yet, or a hint.

Each lesson has its module here. A checker takes the reader's answer and returns None if it is right,
or a hint; `exercise` makes it print. Nothing an answer does stops a notebook.
"""

from functools import wraps


class NotYet(Exception):
    """The answer is not there: dots, None, or a function that returns them."""


def missing(value):
    """Whether an answer still is what the untouched notebook has."""
    return value is None or value is ...


def called(function, *arguments):
    """What the reader's function returns. Raises NotYet if that is nothing."""
    if missing(function):
        raise NotYet
    value = function(*arguments)
    if missing(value):
        raise NotYet
    return value


def exercise(right):
    """Make a checker say its verdict. right: what is said to a right answer after "Right."

    >>> @exercise("Two legs less.")
    ... def legs(answer):
    ...     if answer != 6:
    ...         return "Count the legs of an ant."
    >>> legs(8)
    Not right yet. Count the legs of an ant.
    >>> legs(6)
    Right. Two legs less.
    """

    def decorate(checker):
        @wraps(checker)
        def say(*answers):
            try:
                if any(missing(answer) for answer in answers):
                    raise NotYet
                hint = checker(*answers)
            except NotYet:
                print("Not yet: put your answer in place of the dots, then run this cell again.")
            except Exception as error:
                print(f"Not right yet. It stopped with {type(error).__name__}: {error}")
            else:
                print(f"Right. {right}" if hint is None else f"Not right yet. {hint}")

        return say

    return decorate


def quiz(*questions):
    """A quiz: (right letter, why) for each question. Returns what checks the answers q1, q2 ..."""

    def check(**answers):
        for k, (right, why) in enumerate(questions, 1):
            answer = answers.get(f"q{k}")
            if missing(answer):
                print(f"{k}: not yet")
            elif str(answer).strip().lower() == right:
                print(f"{k}: right. {why}")
            else:
                print(f"{k}: not right yet. Think again, or look above.")

    return check


def predicted(guess, measured, unit=""):
    """Print a reader's prediction beside what was measured."""
    unit = f" {unit}" if unit else ""
    said = "You made no prediction." if missing(guess) else f"You said {guess}{unit}."
    print(f"{said} Measured: {measured}{unit}.")
