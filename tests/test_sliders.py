"""Requested against measured change: a slider that does half is distinguished from one that does all."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from swaplib import latent
from swaplib.crops import Crops
from swaplib.scoring import sliders

RNG = np.random.default_rng(0)
FACTORS = {
    "yaw": RNG.normal(0, 12, 400),
    "mouth_open": RNG.uniform(0, 1, 400) * (RNG.random(400) < 0.6),
    "gaze_yaw": RNG.normal(0, 10, 400),
}


def read(images):
    """A reader with units of its own: yaw as it is, an open mouth squared and by half."""
    yaw, mouth = images[:, 0, 0, 0], images[:, 0, 0, 1]
    return {"yaw": yaw, "jaw_open": 0.5 * np.maximum(mouth, 0) ** 2}


def pictures(codes):
    return codes[:, None, None, :]


@pytest.fixture
def values():
    """Values whose code is the factors themselves, and true pictures' response."""
    codes = np.stack(list(FACTORS.values()), 1).astype(np.float32)
    values = latent.bend(codes, FACTORS, ["yaw", "mouth_open", "gaze_yaw"])
    true = sliders.response(FACTORS, read(pictures(codes)), values.names)
    return values, codes[:48], {name: column[:48] for name, column in FACTORS.items()}, true


def test_a_slider_that_does_what_it_says_reaches_one(values):
    values, codes, stands, true = values
    table = sliders.score(values, pictures, codes, stands, read, true)
    assert list(table) == ["yaw", "mouth_open"]  # this reader has no word for gaze
    for row in table.values():
        assert row["whole"] == pytest.approx(1, abs=0.05) and row["half"] == pytest.approx(1, abs=0.12)
        assert row["spill"] < 0.03
    assert table["mouth_open"]["quarter"] is None  # a sixteenth of what it does in the end
    assert table["yaw"]["quarter"] == pytest.approx(1, abs=0.1)


def test_a_slider_that_does_half_and_moves_the_mouth_is_seen(values):
    values, codes, stands, true = values

    def lazy(codes):
        return pictures(codes * (0.5, 1, 1) + np.abs(codes[:, :1] + 24) * (0, 0.02, 0))

    row = sliders.score(values, lazy, codes, stands, read, true)["yaw"]
    assert row["whole"] == pytest.approx(0.5, abs=0.03)
    assert row["into"] == "mouth_open" and row["spill"] > 0.3


def test_spill_is_what_happens_to_a_face_at_rest(values):
    """Whoever turns closes an open mouth, in these pictures: no spill, for it was open to begin with."""
    values, codes, stands, true = values
    is_open = np.abs(stands["mouth_open"]) >= sliders.REST

    def closing(codes):
        return pictures(codes - np.maximum(codes[:, :1], 0) * (0, 0.02, 0) * is_open[:, None])

    assert sliders.score(values, closing, codes, stands, read, true)["yaw"]["spill"] < 0.03

    def opening(codes):
        return pictures(codes + np.maximum(codes[:, :1], 0) * (0, 0.02, 0) * ~is_open[:, None])

    assert sliders.score(values, opening, codes, stands, read, true)["yaw"]["spill"] > 0.1


def test_what_true_pictures_show_is_learnt_from_faces_at_rest():
    yaw, mouth = FACTORS["yaw"], FACTORS["mouth_open"]
    seen = {"yaw": yaw, "jaw_open": mouth + 0.03 * yaw * (mouth >= sliders.REST)}
    true = sliders.response(FACTORS, seen, ["yaw", "mouth_open"])
    assert true.side_effect("yaw", "mouth_open", -10, 10) == pytest.approx(0, abs=0.01)
    angles = sliders.at_rest(np.array([-30.0, 0.05, 20]))  # of an angle, all count
    assert angles.all() and list(sliders.at_rest(np.array([0.05, 0.5]))) == [True, False]


def test_the_way_is_seen_to_be_uneven(values):
    values, codes, stands, true = values
    late = replace(values, maps={"yaw": (np.array([-40.0, 0, 40]), np.array([-10.0, -8, 40]))})
    row = sliders.score(late, pictures, codes, stands, read, true)["yaw"]
    assert row["half"] < 0.3 < 0.8 * row["whole"] + 0.2


def test_what_moving_costs_in_detail_is_said(values):
    values, codes, stands, true = values
    sharp = sliders.score(
        values, pictures, codes, stands, read, true, lambda p: 1 / (1 + 0.02 * np.abs(p[:, 0, 0, 0]))
    )
    assert sharp["yaw"]["sharpness"] < 0.9 < sharp["mouth_open"]["sharpness"] + 0.01


def test_a_picture_without_a_face_does_not_count(values):
    values, codes, stands, true = values

    def blind(images):
        seen = {name: column.copy() for name, column in read(images).items()}
        for column in seen.values():
            column[::5] = np.nan
        return seen

    table = sliders.score(values, pictures, codes, stands, blind, true)
    assert table["yaw"]["whole"] == pytest.approx(1, abs=0.05)
    true_too = sliders.response(FACTORS, blind(pictures(np.stack(list(FACTORS.values()), 1))), values.names)
    assert true_too.change("yaw", -10, 10) == pytest.approx(20, abs=2)


def test_what_true_pictures_show_too_is_no_spill(values):
    """Who turns seems to open the mouth, to this reader: also in true pictures."""
    values, codes, stands, _ = values

    def misled(images):
        seen = read(images)
        return {**seen, "jaw_open": seen["jaw_open"] + 0.02 * seen["yaw"]}

    true = sliders.response(FACTORS, misled(pictures(np.stack(list(FACTORS.values()), 1))), values.names)
    row = sliders.score(values, pictures, codes, stands, misled, true)["yaw"]
    assert row["spill"] < 0.1
    assert true.side_effect("yaw", "mouth_open", -10, 10) == pytest.approx(0.4, abs=0.05)


def test_true_pictures_score_one_and_a_reader_that_jumps_is_compared_with_its_mean(values):
    """Half the pictures jump at 0.3, half at 0.7: the median of those half way says nothing or all."""
    values, codes, stands, _ = values
    jump = np.where(RNG.random(400) < 0.45, 0.3, 0.7)

    def jumpy(images, jump=jump[:48]):
        return {"jaw_open": np.where(images[:, 0, 0, 1] > jump, 1.0, 0.0)}

    seen = jumpy(pictures(np.stack(list(FACTORS.values()), 1)), jump)
    true = sliders.response(FACTORS, seen, ["mouth_open"])
    row = sliders.score(values, pictures, codes, stands, jumpy, true)["mouth_open"]
    assert row["half"] == pytest.approx(1, abs=0.25)
    known = sliders.control(values, FACTORS, seen, true)["mouth_open"]
    assert known["half"] == pytest.approx(1, abs=0.2) and known["whole"] == pytest.approx(1, abs=0.1)


def test_a_slider_of_which_too_little_is_seen_says_less_and_puts_in_as_much(values, monkeypatch):
    """A decoder that turns the head by half and one by seven tenths: 0.6 of what was asked for is 0.6."""
    values, codes, stands, true = values
    wide = np.linspace(-40, 40, 9)
    values = replace(
        values,
        maps={"yaw": (wide, wide), "mouth_open": (np.arange(2.0), np.arange(2.0))},
        compensation={"yaw": {"mouth_open": ([*wide], [*wide / 100])}},  # as a file has them
        low=np.array([-25.0, 0, -9]),
        high=np.array([25.0, 1, 9]),
    )
    decoders = [
        SimpleNamespace(predict=lambda c, verbose, k=k: pictures(c * np.float32((k, 1, 1))))
        for k in (0.5, 0.7)
    ]
    all_codes = np.stack(list(FACTORS.values()), 1).astype(np.float32)
    faces = Crops(pictures(all_codes), FACTORS, np.zeros((400, 3, 2)))
    monkeypatch.setattr(sliders.pose, "readings", read)
    ratios = sliders.by_mediapipe(values, decoders, [all_codes] * 2, [faces] * 2)
    assert ratios == {"yaw": pytest.approx(0.6, abs=0.02)}
    found = sliders.rescaled(values, {"yaw": 0.6})
    assert found.low.tolist() == [-24, 0, -9] and found.high.tolist() == [24, 1, 9]
    asked, said = values.move(codes, {}, {"yaw": 30.0}), found.move(codes, {}, {"yaw": 18.0})
    assert said == pytest.approx(asked, abs=1e-4)
    assert found.move(codes, {}, {"mouth_open": 0.7}) == pytest.approx(
        values.move(codes, {}, {"mouth_open": 0.7}), abs=1e-6
    )
