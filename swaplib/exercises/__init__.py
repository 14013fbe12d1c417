"""Feedback on answers to the lessons' exercises: right, not yet, or a hint.

Each lesson has a module here. A checker takes the reader's answer and returns None if it is right,
or a one-line hint, which `exercise` makes it print. Nothing in an answer can stop a notebook.

A checker tries a function on at least two cases, so that shortcuts fail, and accepts any reasonable way
to write the answer: `called` passes copies, and `number`, `numbers` and `pictures` normalise the result.
"""

import dis
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from types import FunctionType
from typing import Any

import numpy as np

LONGEST = 160  # maximum of characters printed from an error's message


class NotYet(Exception):
    """There is no answer yet: dots, or a function that contains only dots."""


class Hint(Exception):
    """What is wrong with an answer, in one line. Raised if a checker can't go on."""


def untouched(answer: Any) -> bool:
    """Return whether an answer is still that of the untouched notebook: dots, or a function of dots."""
    if answer is ...:
        return True
    if not isinstance(answer, FunctionType):
        return False
    steps = [step for step in dis.get_instructions(answer) if step.opname not in ("RESUME", "NOP")]
    return all(
        step.opname == "RETURN_VALUE"
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval in (None, ...))
        for step in steps
    )


def yours(answer: Any) -> bool:
    """Return whether the reader has filled in an answer, right or wrong: then the next cell uses it.

    >>> half = ...
    >>> half = half if yours(half) else (lambda x: x / 2)
    """
    return answer is not None and not untouched(answer)


def accepted(checker: Any, answer: Any, ours: Any) -> Any:
    """Return the reader's answer if its checker has said Right of it, and otherwise the course's own.

    A wrong answer would stop a later cell, or spoil what it shows. A line says which of the two is used.

    >>> @exercise("Like a beetle's.")
    ... def legs(answer):
    ...     return None if number(answer) == 6 else "Count the legs of an ant."
    >>> accepted(legs, ..., 6)
    The lesson goes on with its own answer, because yours isn't there yet.
    6
    """
    if any(answer is right for right in checker.right):
        return answer
    if answer is not ours:
        why = "isn't right yet" if yours(answer) else "isn't there yet"
        print(f"The lesson goes on with its own answer, because yours {why}.")
    return ours


def copied(value: Any) -> Any:
    """Copy an array, or a list, tuple or dictionary with its items; return anything else itself."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple, set):
        return type(value)(copied(item) for item in value)
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    return value


def called(function: Any, *arguments: Any) -> Any:
    """Call the reader's function with copies of the arguments, and return its result.

    Raises NotYet if the function is empty, Hint if it isn't a function or returns None.
    """
    if untouched(function):
        raise NotYet
    if not callable(function):
        raise Hint(f"Give a function here, not {_kind(function)}.")
    value = function(*map(copied, arguments))
    if value is ...:
        raise NotYet
    if value is None:
        raise Hint("The function returns None: is there a `return`?")
    return value


def number(value: Any) -> float:
    """Convert a number, or an array or list of one, to a finite float. Raises Hint for anything else.

    >>> number(np.array([[108]]))
    108.0
    """
    found = _array(float(value) if isinstance(value, Decimal | Fraction) else value, "a number")
    if found.size != 1:
        raise Hint(f"One number is expected, not {found.size}.")
    return float(found.ravel()[0])


def numbers(value: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """Convert an array, tensor or list to an array (float64) of a shape. Raises Hint for anything else.

    shape: None stands for any length. Extra or missing axes of length 1 don't matter.
    """
    found = _array(value, "numbers")
    if len(found.shape) != len(shape) or any(
        b not in (None, a) for a, b in zip(found.shape, shape, strict=True)
    ):
        if None in shape or _long(found.shape) != _long(shape):
            raise Hint(f"The shape is {found.shape}; it should be {_words(shape)}.")
        found = found.reshape(shape)
    return found


def pictures(value: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """Convert to pictures of a shape and clip them to [0, 1]. Raises Hint for anything else."""
    found = numbers(value, shape)
    if getattr(np.asarray(value), "dtype", None) == np.uint8 or found.max(initial=0) > 2:
        raise Hint("Colours are numbers from 0 to 1 here, not from 0 to 255.")
    return np.clip(found, 0, 1)


def _array(value, wanted):
    if untouched(value):
        raise NotYet
    if hasattr(value, "detach"):  # a PyTorch tensor
        value = value.detach().cpu()
    try:
        found = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise Hint(f"Give {wanted}: the rows have different lengths.") from None
    if found.dtype.kind not in "iuf":
        raise Hint(f"Give {wanted}, not {_kind(value)}.")
    if not np.isfinite(found).all():
        raise Hint(f"Give {wanted}: some values are infinite or not a number (nan).")
    return found.astype(np.float64)


def _kind(value):
    """Describe a value in plain words."""
    if value is None or isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, str | bytes):
        return "text in quotes"
    if isinstance(value, Mapping):
        return "a dictionary"
    if callable(value):
        return "a function"
    if isinstance(value, int | float):
        return "a number"
    return f"this ({type(value).__name__})"


def _long(shape):
    return tuple(n for n in shape if n != 1)


def _words(shape):
    return "(" + ", ".join("n" if n is None else str(n) for n in shape) + (",)" if len(shape) == 1 else ")")


def exercise(right: str) -> Callable[[Callable], Callable[..., None]]:
    """Make a checker print its verdict. right: the text after "Right." for a right answer.

    >>> @exercise("Two legs fewer.")
    ... def legs(answer):
    ...     if number(answer) != 6:
    ...         return "Count the legs of an ant."
    >>> legs(8)
    Not right yet. Count the legs of an ant.
    >>> legs(6)
    Right. Two legs fewer.
    """

    def decorate(checker):
        @wraps(checker)
        def say(*answers):
            say.right = ()
            try:
                if any(untouched(answer) for answer in answers):
                    raise NotYet
                hint = checker(*answers)
            except NotYet:
                print("Not yet: put your answer in place of the dots, then run this cell again.")
            except Hint as hint:
                print(f"Not right yet. {hint}")
            except Exception as error:
                print(f"Not right yet. It stopped with {_first_line(error)}")
            else:
                print(f"Right. {right}" if hint is None else f"Not right yet. {hint}")
                say.right = answers if hint is None else ()

        say.right = ()  # the answers of the last call, if they were right
        return say

    return decorate


def _first_line(error):
    """Shorten an error to one line, because scikit-learn's messages can contain whole arrays."""
    line = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {line[:LONGEST] + ' …' if len(line) > LONGEST else line}"


def quiz(*questions: tuple[str, str]) -> Callable[..., None]:
    """Create a quiz from (right letter, explanation) pairs; returns the checker of the answers q1, q2 ...

    "b", "B", "(b)", "b)" and "b." all count as the same answer.
    """

    def check(**answers):
        for k, (right, why) in enumerate(questions, 1):
            answer = answers.get(f"q{k}", ...)
            if not yours(answer):
                print(f"{k}: not yet")
            elif str(answer).strip(" ().:'\"\n").lower() == right:
                print(f"{k}: right. {why}")
            else:
                print(f"{k}: not right yet. Think again, or look above.")

    return check


def predicted(guess: Any, measured: Any, unit: str = "") -> None:
    """Print a reader's prediction beside the measured value."""
    unit = f" {unit}" if unit else ""
    said = f"You said {guess}{unit}." if yours(guess) else "You made no prediction."
    print(f"{said} Measured: {measured}{unit}.")
