"""What is rendered: random streams by name, and sets that stay what they are."""

import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parent


@pytest.fixture(scope="module")
def plan():
    sys.path.insert(0, str(SCRIPTS))
    try:
        import plan
    finally:
        sys.path.remove(str(SCRIPTS))
    return plan


def test_streams_of_different_names_differ(plan):
    names = [("train", "a"), ("train", "b"), ("train", "c"), ("test",), ("many",), ("cast",)]
    first = [tuple(plan.stream(*name, k).random(4)) for name in names for k in range(20)]
    assert len(set(first)) == len(first)
    assert first == [tuple(plan.stream(*name, k).random(4)) for name in names for k in range(20)]


def test_test_pictures_are_paired_and_training_pictures_are_not(plan):
    (_, a), (_, b) = plan.SETS["test_a"], plan.SETS["test_b"]
    assert a(5).row() == b(5).row() and a(5).wall_seed == b(5).wall_seed
    assert a(5).person != b(5).person
    assert plan.seed("test_a", 5) == plan.seed("test_b", 5) != plan.seed("person_a", 5)
    assert plan.SETS["person_a"][1](5).row() != plan.SETS["person_b"][1](5).row()


def test_every_shot_of_every_set_can_be_planned(plan):
    for name, (count, shot_of) in plan.SETS.items():
        for index in (0, count - 1):
            row = shot_of(index).row()
            assert all(np.isfinite(v) for v in row.values() if not isinstance(v, str)), name


def test_the_lamp_moves_in_the_second_scene(plan):
    count, shot_of = plan.SETS["light_a"]
    looks = [shot_of(k).look for k in range(count)]
    assert looks[0]["azimuth"] < -50 and looks[-1]["azimuth"] > 50
    assert looks[0]["warmth"] < 0 < looks[-1]["warmth"]
