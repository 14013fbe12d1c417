"""The budget sets how much work is done and how long it takes. `SWAPLIB_BUDGET` is "ci", "cpu" or "gpu".

The default is "gpu" if Keras sees one and "cpu" otherwise. "ci" is for tests: just enough to show that
something is learnt.
"""

import os
from typing import Any

from swaplib import SwaplibError

BUDGETS = ("ci", "cpu", "gpu")


def budget() -> str:
    """Return the current budget: "ci", "cpu" or "gpu". Raises SwaplibError for any other value."""
    chosen = os.environ.get("SWAPLIB_BUDGET", "").strip().lower()
    if not chosen:
        return "gpu" if _gpu() else "cpu"
    if chosen not in BUDGETS:
        raise SwaplibError(f"SWAPLIB_BUDGET is {chosen!r}: choose one of {', '.join(BUDGETS)}")
    return chosen


def pick(ci: Any, cpu: Any, gpu: Any = None) -> Any:
    """Choose one of three values by the budget; if there is none for "gpu", the one for "cpu".

    >>> steps = pick(ci=150, cpu=1500, gpu=6000)
    """
    return {"ci": ci, "cpu": cpu, "gpu": cpu if gpu is None else gpu}[budget()]


def announce(cpu: float, gpu: float) -> None:
    """Print the budget and the time a lesson takes with it. cpu, gpu: minutes."""
    words = {
        "ci": "a test run, about a minute",
        "cpu": f"about {cpu:g} minutes on two CPU cores",
        "gpu": f"about {gpu:g} minutes on a GPU",
    }
    print(f"Budget: {budget()} ({words[budget()]})")


def _gpu():
    """Whether the backend of Keras sees a GPU."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.is_available()
    import jax

    return jax.default_backend() == "gpu"
