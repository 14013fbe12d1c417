"""Charts of the lessons on codes: everything that is drawn can be told apart, and stands where it belongs."""

import numpy as np
import pytest

from swaplib.latent import Directions
from swaplib.notebook import code_charts, show


def test_numbers_are_told_in_words():
    assert code_charts.told({"yaw": 0.254, "smile": -1}) == "yaw 0.25, smile -1.00"
    assert code_charts.told({"a": 0.1234}, 3) == "a 0.123"


def test_curves_differ_in_more_than_colour_and_have_the_ticks_they_are_given():
    axes = code_charts.curves(
        {name: ([1, 2, 4], [3, 2, k]) for k, name in enumerate("abcde")},
        "x",
        "y",
        [1, 4],
        level=("even", 2.5),
    ).axes[0]
    level, *lines = axes.lines
    assert len({line.get_marker() for line in lines}) == len({line.get_color() for line in lines}) == 5
    assert level.get_ydata()[0] == 2.5 and [t.get_text() for t in axes.get_xticklabels()] == ["1", "4"]


def test_each_histogram_is_a_percentage_of_its_own_set_and_has_the_limit():
    figure = code_charts.histograms({"few": np.full(4, 0.1), "many": np.full(400, 0.2)}, 0.15, "error", 0.3)
    for panel, title in zip(figure.axes, ("few (dotted: the threshold)", "many"), strict=True):
        assert panel.get_title(loc="left") == title and panel.lines[0].get_xdata()[0] == 0.15
        assert max(bar.get_height() for bar in panel.patches) == pytest.approx(100)


def test_ranked_bars_have_the_largest_at_the_top():
    axes = code_charts.ranked({"a": 0.2, "b": -0.1, "c": 0.5}, "R²").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a", "c"]
    assert [bar.get_width() for bar in axes.patches] == [-0.1, 0.2, 0.5]


def test_probes_have_a_panel_a_group_a_row_a_factor_and_each_reader_once_in_the_legend():
    scores = {"trained": 0.5, "PCA": 0.4, "untrained": [0.1, 0.2, 0.3]}
    groups = {"who": {"age": scores, "nose": scores}, "doing": {"yaw": scores}}
    figure = code_charts.probes(groups, {"age": {"trained": (0.4, 0.6)}})
    assert [axes.get_title() for axes in figure.axes] == ["who", "doing"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["age", "nose"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(scores)
    assert [0.4, 0.6] in [list(line.get_xdata()) for line in figure.axes[0].lines]


def test_a_signed_map_has_white_at_zero_and_its_strongest_colours_at_the_limit():
    axes = code_charts.signed_map(np.array([[0, 2], [-2, 1]]), ["a", "b"], ["c", "d"], 2).axes[0]
    image = axes.images[0]
    colours = image.cmap(image.norm(image.get_array()))[..., :3]
    assert (colours[0, 0] > 0.98).all() and colours[0, 1][0] > 0.8 > colours[1, 0][0]
    assert [text.get_text() for text in axes.texts] == ["0.00", "2.00", "-2.00", "1.00"]


def test_requested_and_measured_values_have_a_panel_a_factor():
    true = {name: (np.arange(3), np.arange(3)) for name in ("yaw", "smile", "blink")}
    ways = {
        "straight": {name: ([0, 2], [0, 1]) for name in true},
        "bent": {n: ([0, 2], [0, 2]) for n in true},
    }
    figure = code_charts.asked_and_measured(true, ways)
    assert [axes.get_title() for axes in figure.axes] == ["yaw", "smile", "blink", ""]
    assert [line.get_ydata()[-1] for line in figure.axes[1].lines] == [2, 1, 2]
    assert not figure.axes[3].axison


def test_along_goes_from_low_to_high_in_a_row_for_each_direction():
    directions = Directions(["1", "smile"], np.eye(2, dtype=np.float32), [0.0, 0.2], [1.0, 0.8], "steps")
    sheet = code_charts.along(
        lambda codes: np.repeat(codes[:, :1], 3, axis=1).reshape(-1, 1, 1, 3) * np.ones((1, 8, 8, 1)),
        np.zeros(2),
        directions,
        size=32,
        count=3,
    )
    row = sheet[code_charts.HEADER + 16]
    left = sheet.shape[1] - 3 * 36 + show.GAP
    assert [int(row[left + 16 + 36 * k, 0]) for k in range(3)] == [0, 128, 255]
    below = sheet[code_charts.HEADER + 36 + 16]
    assert (below[left + 16 :: 36] == 0).all()  # the other number doesn't show


def test_faces_stand_above_the_bars_of_their_codes_and_dots_have_a_panel_a_set():
    figure = code_charts.code_bars(np.zeros((2, 8, 8, 3)), np.array([[1.0, -2], [3, 4]]))
    assert [bar.get_height() for bar in figure.axes[2].patches] == [1, -2]
    dots = code_charts.scatter(
        {"a": (np.ones(3), np.ones(3)), "b": (np.ones(3),) * 2}, np.arange(3), "x", "y", "yaw"
    )
    assert [axes.get_title() for axes in dots.axes[:2]] == ["a", "b"]
