"""Charts of the lessons on swaps: everything that is drawn can be told apart, and is in its place."""

import numpy as np
import pytest

from swaplib.notebook import swap_charts

RNG = np.random.default_rng(0)


def test_codes_of_two_people_differ_in_more_than_colour_and_each_model_has_a_panel():
    people = RNG.normal(size=(30, 5)), RNG.normal(size=(20, 5))
    figure = swap_charts.clouds({"one": people, "two": people, "three": people})
    named = [axes for axes in figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in named] == ["one", "two", "three"]
    a, b = named[0].lines
    assert (len(a.get_xdata()), len(b.get_xdata())) == (30, 20)
    assert a.get_marker() != b.get_marker() and a.get_color() != b.get_color()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["A", "B"]


def test_landmarks_and_the_outline_are_drawn_where_they_are():
    frame = np.zeros((60, 80, 3), np.uint8)
    square = np.array([[10, 10], [40, 10], [40, 40], [10, 40]])
    drawn = swap_charts.landmarks(frame, np.array([[60, 30]]), np.array([[20, 50]]), square, wide=160)
    assert drawn.shape == (120, 160, 3)
    assert drawn[60, 120, 1] > 200 > drawn[60, 120, 0]  # a dot, green
    assert drawn[20, 50].min() > 200 and drawn[50, 50].max() == 0  # the outline, and nothing in it
    assert drawn[88:114, 28:54, 0].max() > 200  # a circle around the anchor


def test_a_map_of_errors_is_brighter_where_they_are_larger_and_ends_at_the_most():
    none, some, most, more = swap_charts.heat(np.array([[0, 0.1, 0.25, 1]]))[0].sum(axis=1, dtype=int)
    assert none < some < most == more


def test_the_path_of_a_face_is_shown_in_its_stretches_and_found_places_are_dots():
    path = np.arange(50.0)
    figure = swap_charts.speed_and_paths(
        path, path > 44, {"as found": path, "late": path - 1, "ours": path}, {"turn": (10, 20)}
    )
    speed, turn = figure.axes
    assert len({tuple(bar.get_facecolor()) for bar in speed.patches}) == 2
    found, *lines = turn.lines
    assert found.get_linestyle() == "None" and list(found.get_xdata()) == list(range(10, 20))
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 2


def test_scores_over_a_factor_have_a_line_and_a_marker_each():
    turn = np.linspace(0, 30, 20)
    scores = {"ours": 0.9 - turn / 100, "theirs": np.full(20, 0.7)}
    axes = swap_charts.scores_over({"turn": turn, "mouth": turn / 30}, scores, "SSIM").axes
    assert [panel.get_xlabel() for panel in axes] == ["turn", "mouth"]
    line = axes[0].lines[0]
    assert line.get_ydata() == pytest.approx([0.9, 0.6]) and line.get_label() == "ours"
    assert len({line.get_marker() for line in axes[0].lines}) == 2


def test_counts_and_means_share_their_bins():
    x = np.array([1, 2, 7, 8, 9, 12])
    figure = swap_charts.scores_and_counts(x, x / 10, np.array([1, 6, 6, 14]), range(0, 16, 5))
    above, below = figure.axes
    assert above.lines[1].get_ydata() == pytest.approx([0.15, 0.8, 1.2])
    assert [bar.get_height() for bar in below.patches] == [1, 2, 1]


def test_a_state_is_told_by_a_sign_as_well_as_a_colour():
    picture = np.zeros((10, 10, 3), np.uint8)
    one = swap_charts.with_states(picture, {"badge": "found"}, good=("found",))
    other = swap_charts.with_states(picture, {"badge": "found"}, good=())
    ink = [sheet[300:].astype(int).reshape(-1, 3) for sheet in (one, other)]
    marked = [some[(some < 200).any(axis=1)].mean(axis=0) for some in ink]
    assert marked[0][2] > marked[0][0] and marked[1][0] > marked[1][2]  # blue, vermilion
    shape = [(sheet[300:, :24] < 128).any(axis=2) for sheet in (one, other)]
    assert (shape[0] != shape[1]).any()  # plus, minus
