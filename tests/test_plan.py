"""What ships is what the plan says: its numbers are drawn again, and nothing is drawn twice."""

import csv

import numpy as np
import plan
import pytest

from swaplib import faces

PLANNED = {name: plan.SETS[name] for name in ("test_a", "test_b", "person_a", "person_b", "many")}


def shipped(name):
    """The rows of a set's table: a list of {column: text}."""
    with open(faces.DATA / name / "factors.csv", newline="", encoding="utf-8") as file:
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
    planned = (shot(k).row() for k in range(count))
    rows = shipped(name)
    assert len(rows) >= 0.98 * count
    # `any` goes on where the last row was found
    assert all(any(alike(row, written) for row in planned) for written in rows)


def test_the_movies_factors_are_those_of_the_plan():
    count, shot = plan.SETS["movie_b"]
    rows = shipped("movie")
    assert len(rows) == count == plan.SETS["movie_a"][0]
    for k, written in enumerate(rows):
        planned = shot(k)
        assert planned.row() == plan.SETS["movie_a"][1](k).row()
        (right, up), seen = planned.shift, planned.card is not None
        more = {"second": k / plan.FPS, "shift_right": right, "shift_up": up, "card": float(seen)}
        assert int(written.pop("frame")) == k and alike(planned.row() | more, written)


def test_the_clips_that_ship_are_those_of_the_cast():
    rows = shipped("clips")
    for row in rows:
        person, clip, frame = int(row["person"][1:]), int(row["clip"]), int(row["frame"])
        assert person in plan.CAST[row["part"]] and int(row["face_of"][1:]) in plan.CAST[row["part"]]
        assert clip < plan.CLIPS and frame < plan.CLIP_FRAMES
    assert {int(row["person"][1:]) for row in rows} == set().union(*plan.CAST.values())
    assert not set.intersection(*map(set, plan.CAST.values()))


def test_no_two_kinds_of_pictures_share_their_random_numbers():
    streams = list(plan.STREAMS.values())
    assert len(set(streams)) == len(streams)
    first = [plan._rng(name, 0).random() for name in plan.STREAMS]
    assert len(np.unique(first)) == len(first)


def test_a_third_person_wants_a_stream_first(monkeypatch):
    monkeypatch.setitem(plan.PEOPLE, "c", plan.person_b)
    with pytest.raises(KeyError, match="person_c"):
        plan.train_shot("c", 0)
