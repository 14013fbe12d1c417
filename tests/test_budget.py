"""One setting decides how much work is done."""

import pytest

from swaplib import SwaplibError
from swaplib.notebook import budget


def test_the_setting_decides(monkeypatch):
    for name, value in (("ci", 1), ("cpu", 2), ("GPU ", 3)):
        monkeypatch.setenv("SWAPLIB_BUDGET", name)
        assert budget.pick(1, 2, 3) == value
    assert budget.pick(1, 2) == 2  # without one of its own a GPU does what a CPU does
    monkeypatch.setenv("SWAPLIB_BUDGET", "tpu")
    with pytest.raises(SwaplibError, match="'tpu'.*ci, cpu, gpu"):
        budget.budget()


def test_unset_it_follows_the_machine(monkeypatch, capsys):
    monkeypatch.delenv("SWAPLIB_BUDGET", raising=False)
    for found, name in ((True, "gpu"), (False, "cpu")):
        monkeypatch.setattr(budget, "_gpu", lambda found=found: found)
        assert budget.budget() == name
        budget.announce(cpu=6, gpu=3)
        assert f"Budget: {name} (about {6 if name == 'cpu' else 3} minutes" in capsys.readouterr().out
