"""How much work is done, and how long it takes. `SWAPLIB_BUDGET` is "ci", "cpu" or "gpu".

When it is not set, it is "gpu" where Keras sees one and "cpu" elsewhere. "ci" is for tests: enough to
show that something is learnt.
"""

import os
from typing import Any

from swaplib import SwaplibError

BUDGETS = ("ci", "cpu", "gpu")


def budget() -> str:
    """The budget that holds: "ci", "cpu" or "gpu". Raises SwaplibError for another word."""
    chosen = os.environ.get("SWAPLIB_BUDGET", "").strip().lower()
    if not chosen:
        from swaplib.training import device  # not before it is needed: Keras takes seconds to import

        return device.kind()
    if chosen not in BUDGETS:
        raise SwaplibError(f"SWAPLIB_BUDGET is {chosen!r}: choose one of {', '.join(BUDGETS)}")
    return chosen


def pick(ci: Any, cpu: Any, gpu: Any = None) -> Any:
    """The one of three values that belongs to the budget; without one for "gpu", that for "cpu".

    >>> steps = pick(ci=150, cpu=1500, gpu=6000)
    """
    return {"ci": ci, "cpu": cpu, "gpu": cpu if gpu is None else gpu}[budget()]


def announce(cpu: float, gpu: float) -> None:
    """Print the budget and the minutes a lesson takes with it. cpu, gpu: minutes."""
    words = {
        "ci": "a test run, about a minute",
        "cpu": f"about {cpu:g} minutes on two CPU cores",
        "gpu": f"about {gpu:g} minutes on a GPU",
    }
    print(f"Budget: {budget()} ({words[budget()]})")
