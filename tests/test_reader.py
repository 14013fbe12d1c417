"""Faces to judge by eye are what they are said to be, and windows show a movie's own pixels."""

import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import dataset, pairs, windows
from swaplib.movie.composing import SWAPS, compose
from swaplib.scoring import reader


@pytest.fixture(scope="module")
def people():
    some = pairs.load("tune")
    return some.some(some.factors["frame"] < 4)


def test_half_of_the_faces_are_real_and_each_is_what_its_kind_says(people):
    faces = reader.draw(people, ("paste alone", "sharp, hard"), count=8, seed=1)
    kind = faces.factors["kind"]
    assert [(kind == name).sum() for name in ("real", "paste alone", "sharp, hard")] == [4, 2, 2]
    columns = ("who", "clip", "frame")
    assert len(set(zip(*(faces.factors[name] for name in columns), strict=True))) == 8
    rows = {k: n for n, k in enumerate(zip(*(people.factors[c] for c in columns), strict=True))}
    real, pasted = compose(people), compose(people, SWAPS["paste alone"])
    for k, image in enumerate(faces.images):
        row = rows[tuple(faces.factors[c][k] for c in columns)]
        assert np.array_equal(faces.points[k], people.points[row])
        # H.264 codes a frame by its neighbours, which other rows have
        away = [np.abs(image.astype(int) - some[row]).mean() for some in (real, pasted)]
        assert kind[k] == "sharp, hard" or np.argmin(away) == (kind[k] == "paste alone")
    again = reader.draw(people, ("paste alone", "sharp, hard"), count=8, seed=1)
    assert np.array_equal(faces.images, again.images)
    with pytest.raises(SwaplibError, match="9 faces are asked for"):
        reader.draw(people, ("paste alone",), count=9)


def test_verdicts_are_scores_like_any_others(people):
    faces = reader.draw(people, ("paste alone", "sharp, hard"), count=8)
    kind = faces.factors["kind"]
    assert reader.areas(faces, kind != "real") == {"all": 1, "paste alone": 1, "sharp, hard": 1}
    assert reader.areas(faces, kind == "sharp, hard") == {"all": 0.75, "paste alone": 0.5, "sharp, hard": 1}
    assert reader.areas(faces, None) == {}


def test_a_window_has_the_frames_own_pixels_and_its_face_in_the_middle():
    frames, points = windows.of_movie(dataset.movie("b"), 6)
    assert 3 <= len(frames) <= 6 and len(points) == len(frames)
    points[1] = np.full((478, 2), np.nan)
    found = [k for k, where in enumerate(points) if not np.isnan(where).any()]
    cut = windows.cut(frames, points)
    assert len(found) >= 2 and cut.factors["frame"].tolist() == found
    middle = (cut.points.min(axis=1) + cut.points.max(axis=1)) / 2
    assert np.abs(middle - windows.SIZE / 2).max() < 12
    x, y = np.rint(points[0][0] - cut.points[0][0]).astype(int)
    assert np.array_equal(cut.images[0], frames[0][y : y + windows.SIZE, x : x + windows.SIZE])


def test_a_face_that_is_too_large_is_shrunk_and_none_is_said():
    frames, points = windows.of_movie(dataset.movie("b"), 1)
    large = np.repeat(np.repeat(frames[0], 3, axis=0), 3, axis=1)
    cut = windows.cut([large], [points[0] * 3])
    assert np.ptp(cut.points[0], axis=0).max() == pytest.approx(windows.FACE * windows.SIZE, rel=0.01)
    with pytest.raises(SwaplibError, match="no frame has a face"):
        windows.cut(frames, [np.full((478, 2), np.nan)])
    with pytest.raises(SwaplibError, match="smaller than a window"):
        windows.cut([frames[0][:100]], [points[0]])
