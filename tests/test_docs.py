"""The examples in the docstrings (those with >>>) are right and self-contained."""

import doctest
import importlib
import pkgutil

import pytest

import swaplib


@pytest.mark.slow
def test_every_example_gives_what_stands_below_it():
    names = ["swaplib", *(module.name for module in pkgutil.walk_packages(swaplib.__path__, "swaplib."))]
    tried = 0
    for name in names:
        result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
        assert not result.failed, name  # pytest shows what doctest printed
        assert not getattr(result, "skipped", 0), f"{name}: an example that can't run has no >>>"
        tried += result.attempted
    assert len(names) > 30 and tried >= 14, "the examples were not found"
