"""The shipped data matches the plan: redrawing its numbers gives the same, and nothing is drawn twice."""

import csv
from dataclasses import replace

import numpy as np
import plan
import pytest
from pairs import NUMBERED, PAIRS, PART_OF

from swaplib import DATA
from swaplib.crops import dataset

PLANNED = {name: plan.SETS[name] for name in ("test_a", "test_b", "person_a", "person_b", "many")}
FREE = ("bun", "tail", "buzz", "quiff", "swept back")  # hair that leaves forehead and temples free


def shipped(name, folder=DATA):
    """The rows of a set's table: a list of {column: text}."""
    with open(folder / name / "factors.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def alike(row, written):
    """Whether a row of the plan is the written one, whose numbers have four places."""
    return row.keys() == written.keys() and all(
        value == written[name] if isinstance(value, str) else abs(value - float(written[name])) <= 0.51e-4
        for name, value in row.items()
    )


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n == "many" else n for n in PLANNED]
)
def test_the_factors_that_ship_are_those_of_the_plan(name):
    """In order; a picture in which no face was found is left out."""
    count, shot = PLANNED[name]
    count = plan.SHIPPED_CROPS if name.startswith("person") else count
    assert_planned(shipped(name), shot, range(count))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["person_a", "person_b"])
def test_the_crops_that_do_not_ship_are_the_others_of_the_plan(name):
    count, shot = PLANNED[name]
    assert_planned(shipped(name, plan.MORE), shot, range(plan.SHIPPED_CROPS, count))


def assert_planned(rows, shot, numbers):
    planned = (shot(k).row() for k in numbers)
    assert len(rows) >= 0.98 * len(numbers)
    # `any` goes on where the last row was found
    assert all(any(alike(row, written) for row in planned) for written in rows)


@pytest.mark.parametrize("scene", dataset.SCENES)
def test_the_movies_factors_are_those_of_the_plan(scene):
    count, shot = plan.SETS[f"{scene}_b"]
    rows = shipped(scene)
    assert len(rows) == count == plan.SETS[f"{scene}_a"][0]
    for k, written in enumerate(rows):
        planned = shot(k)
        assert planned.row() == plan.SETS[f"{scene}_a"][1](k).row()
        (right, up), seen = planned.shift, planned.card is not None
        more = {"second": k / plan.FPS, "shift_right": right, "shift_up": up, "card": float(seen)}
        assert int(written.pop("frame")) == k and alike(planned.row() | more, written)


def test_streams_of_different_names_differ():
    names = [("train", "a"), ("train", "b"), ("train", "c"), ("test",), ("many",), ("cast",)]
    first = [tuple(plan.stream(*name, k).random(4)) for name in names for k in range(20)]
    assert len(set(first)) == len(first)
    assert first == [tuple(plan.stream(*name, k).random(4)) for name in names for k in range(20)]


def test_test_pictures_are_paired_and_training_pictures_are_not():
    (_, a), (_, b) = plan.SETS["test_a"], plan.SETS["test_b"]
    assert a(5).row() == b(5).row() and a(5).wall_seed == b(5).wall_seed
    assert a(5).person != b(5).person
    assert plan.seed("test_a", 5) == plan.seed("test_b", 5) != plan.seed("person_a", 5)
    assert plan.SETS["person_a"][1](5).row() != plan.SETS["person_b"][1](5).row()


def test_every_shot_of_every_set_can_be_planned():
    for name, (count, shot_of) in plan.SETS.items():
        for index in (0, count - 1):
            row = shot_of(index).row()
            assert all(np.isfinite(v) for v in row.values() if not isinstance(v, str)), name


def test_the_lamp_moves_in_the_second_scene():
    count, shot_of = plan.SETS["light_a"]
    looks = [shot_of(k).look for k in range(count)]
    assert looks[0]["azimuth"] < -50 and looks[-1]["azimuth"] > 50
    assert looks[0]["warmth"] < 0 < looks[-1]["warmth"]


def sitters():
    """Everybody of the pairs: {(pair, "a" or "b"): Person}."""
    return {(pair, who): plan.pair_shot(pair, who, 0).person for pair in range(len(NUMBERED)) for who in "ab"}


def test_pairs_lie_within_a_part_and_nobody_is_in_two():
    people = sitters()
    assert {part: PART_OF.count(part) for part in PAIRS} == {"test": 5, "tune": 2, "train": 8}
    assert {name for name in plan.SETS if name.startswith("pair")} == {f"pair_{p:02d}_{w}" for p, w in people}
    # Not by their seeds alone: whoever has another's shape or tone is another one's double.
    for trait in ("seed", "tone"):
        assert len({getattr(person, trait) for person in people.values()}) == len(people)
    assert len({tuple(person.shape.values()) for person in people.values()}) == len(people)


def test_the_two_of_a_pair_are_near_in_skin_with_free_foreheads():
    people = sitters()
    for pair in range(len(NUMBERED)):
        a, b = people[pair, "a"], people[pair, "b"]
        assert np.linalg.norm(np.subtract(a.tone, b.tone)) <= 8
        for person in (a, b):
            assert person.hair in FREE and person.hairline < 0 and not person.stubble and not person.beard
    lightness = [person.tone[0] for person in people.values()]
    assert min(lightness) < 35 and max(lightness) > 65


def test_the_two_of_a_pair_do_the_same_before_the_same_camera():
    for pair in range(len(NUMBERED)):
        names = [f"pair_{pair:02d}_{who}" for who in "ab"]
        assert plan.pixels(names[0]) == plan.pixels(names[1])
        for index in (0, 11, plan.PAIR_CLIPS * plan.PAIR_FRAMES - 1):
            a, b = (plan.SETS[name][1](index) for name in names)
            assert a.person != b.person
            assert replace(a, person=b.person) == b
            assert plan.seed(names[0], index) == plan.seed(names[1], index)


def test_most_clips_of_the_pairs_are_calm_and_theirs_are_not_closed_eyes():
    clips = range(plan.PAIR_CLIPS)
    calm = [clip for clip in clips if not plan.lively(clip)]
    assert len(clips) / 2 < len(calm) < len(clips)
    frames = [
        plan.pair_shot(pair, "a", clip * plan.PAIR_FRAMES + frame).factors
        for pair in range(len(NUMBERED))
        for clip in calm
        for frame in range(plan.PAIR_FRAMES)
    ]
    closed = np.mean([f["blink"] > 0.5 for f in frames])
    assert 0 < closed < 0.1
    assert max(f["mouth_open"] for f in frames) < 0.5 and max(abs(f["yaw"]) for f in frames) < 25


def test_at_least_half_of_the_many_are_calm_and_few_have_closed_eyes():
    factors = [plan.many_shot(k).factors for k in range(200)]
    mouths = ("mouth_open", "pucker", "retraction", "frown")
    calm = [max(f[name] for name in mouths) <= 0.3 and f["smile"] <= 0.6 for f in factors]
    assert np.mean(calm) >= 0.5
    assert np.mean([f["blink"] > 0.5 for f in factors]) < 0.1


@pytest.mark.parametrize("part", ["test", "tune", "train"])
def test_the_pairs_that_are_packed_are_those_of_the_plan(part):
    folder = DATA / "pairs"
    rows = shipped(part, folder)
    landmarks = np.load(folder / part / "landmarks.npz")["landmarks"]
    assert landmarks.shape == (len(rows), 478, 2)
    seen = {}
    for row in rows:
        who, partner, frame = row.pop("who"), row.pop("partner"), int(row.pop("frame"))
        pair, clip, lively = (int(row.pop(name)) for name in ("pair", "clip", "lively"))
        assert row.pop("part") == part == PART_OF[pair]
        assert {who, partner} == {f"{pair:02d}a", f"{pair:02d}b"} and lively == plan.lively(clip)
        assert alike(plan.pair_shot(pair, who[-1], clip * plan.PAIR_FRAMES + frame).row(), row)
        assert (folder / part / f"{pair:02d}_{clip}.webp").exists()
        seen.setdefault((pair, clip, frame), []).append(who)
    assert all(sorted(both) == [f"{key[0]:02d}a", f"{key[0]:02d}b"] for key, both in seen.items())
    assert {key[0] for key in seen} == {k for k, name in enumerate(PART_OF) if name == part}
