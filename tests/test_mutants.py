"""Each row of `mutants.py`, which takes minutes to run, still matches the library's text."""

import re

import mutants


def test_each_mutant_changes_one_place_and_names_a_test_that_exists():
    for name, old, new, test in mutants.MUTANTS:
        assert (mutants.ROOT / "swaplib" / name).read_text().count(old) == 1 and old != new, old
        file, function = test.split("::")
        assert re.search(rf"^def {function}\(", (mutants.ROOT / "tests" / file).read_text(), re.M), test
