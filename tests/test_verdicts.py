"""A reader's verdicts count as they were given, and charts show what they are told."""

import IPython.display
import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.notebook import charts
from swaplib.notebook.verdicts import Verdicts

GREY = np.full((7, 32, 32, 3), 120, np.uint8)


def test_buttons_count_until_numbers_are_typed():
    panel = Verdicts(GREY, "seven grey squares")
    assert panel.chosen() is None and panel.guesses() is None
    panel.buttons[1].value = panel.buttons[6].value = True
    assert panel.chosen() == [2, 7] and panel.guesses().tolist() == [0, 1, 0, 0, 0, 0, 1]
    assert panel.buttons[1].description == "2: swap" and "2 of 7" in panel.says.value
    panel.buttons[1].value = False
    assert panel.buttons[1].description == "2: real" and panel.chosen() == [7]
    assert panel.chosen([3, 1, 3]) == [1, 3] and panel.chosen((np.int64(4),)) == [4]
    assert panel.guesses([]).tolist() == [0] * 7  # whoever types an empty list calls none a swap


@pytest.mark.parametrize(
    "typed, said", [([8], "no face 8"), ([0], "no face 0"), (5, "as a list"), ("ab", "as a")]
)
def test_what_is_no_list_of_faces_is_said_and_stops_nothing(typed, said, capsys):
    assert Verdicts(GREY, "seven grey squares").guesses(typed) is None
    assert said in capsys.readouterr().out


def test_without_a_kernel_the_faces_stand_there_with_their_numbers_and_notes(monkeypatch):
    seen = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **more: seen.append((bundle, more)))
    panel = Verdicts(GREY, "seven grey squares", size=64, notes=[f"{k}%" for k in range(7)])
    panel._ipython_display_()
    ((bundle, more),) = seen
    assert bundle["text/plain"] == more["metadata"]["image/jpeg"]["alt"] == "seven grey squares"
    assert "image/jpeg" in bundle and panel.sheet().shape == (2 * 64 + 4, 6 * 64 + 5 * 4, 3)
    plain = Verdicts(GREY, "seven grey squares", size=64).sheet()
    assert (panel.sheet()[:18] != plain[:18]).any() and (GREY == 120).all()


def test_a_table_is_html_and_text_and_escapes_what_it_is_given(monkeypatch):
    seen = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: seen.append(bundle))
    charts.table({"a < b": {"one": 0.123, "two": None}, "c": {"two": "word", "three": np.float32(2)}}, "name")
    (bundle,) = seen
    assert "a &lt; b" in bundle["text/html"] and bundle["text/html"].count("<tr>") == 3
    assert bundle["text/plain"].split() == "name one two three a < b 0.12 c word 2.00".split()


def test_lines_and_dots_differ_in_more_than_colour():
    axes = charts.lines({n: ([0, 1], [0, k]) for k, n in enumerate("abc")}, "x", "y", diagonal=True).axes[0]
    assert len({line.get_marker() for line in axes.lines[1:]}) == 3
    of = {"ann": (np.zeros(3), np.ones(3)), "bo": (np.zeros(2), np.ones(2))}
    axes = charts.dots(of, 0.5).axes[0]
    assert {line.get_marker() for line in axes.lines[:2]} == {"o", "^"} and len(axes.lines) == 5
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ann", "bo"]


def test_bars_go_to_the_right_for_more_than_0_and_an_overlay_glows_where_it_should():
    picture = charts.bars({"up": 5.0, "down": -5.0}, 10, 200)
    inks = ((213, 94, 0), (0, 114, 178))
    red, blue = (np.flatnonzero((picture == ink).all(axis=2).any(axis=0)) for ink in inks)
    assert red.min() >= 100 and blue.max() <= 100 and abs(len(red) - 50) < 4
    heat = np.zeros((32, 32))
    heat[4:8, 20:24] = 1
    made = charts.overlay(GREY[0], heat).astype(int)
    assert made[5, 21].sum() > made[20, 5].sum() and (made[20, 5] == made[30, 30]).all()
    with pytest.raises(SwaplibError, match="map has"):
        charts.overlay(GREY[0], heat[:5])


def test_alarms_are_counted_in_videos(monkeypatch):
    said = []
    monkeypatch.setattr(charts.cv2, "putText", lambda image, text, *_: said.append(text))
    charts.alarms(np.array([0.0, 1, 2, 9]), np.array([5.0, 8]), 6, 100)
    assert "1,000 are swaps: 500 found, 500 missed" in said[1] and "24,750 flagged" in said[2]
    assert "100 alarms, 2.0 are right" in said[3]
