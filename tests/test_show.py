"""Pictures reach a notebook complete, with alt text."""

import re
from base64 import b64decode, b64encode

import cv2
import IPython.display
import numpy as np
import pytest
from matplotlib.figure import Figure

from swaplib.files import _unmarked, picture
from swaplib.notebook import show


@pytest.fixture
def displayed(monkeypatch):
    """What is shown, as a list of bundles."""
    seen = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: seen.append(bundle))
    return seen


def test_a_grid_has_its_crops_where_they_belong():
    rows = [np.full((3, 8, 8, 3), 0.2, np.float32), np.full((2, 8, 8, 3), 0.6, np.float32)]
    grid = show.grid(rows, size=16, gap=2)
    assert grid.shape == (34, 52, 3)
    assert (grid[:16, 36:] == 51).all() and (grid[18:, :16] == 153).all()
    assert (grid[18:, 36:] == 255).all() and (grid[16:18] == 255).all()
    assert np.array_equal(show.row(rows[0], 16, 2), grid[:16])


def test_labels_stand_before_the_rows_of_a_grid_and_change_nothing_else():
    rows = {"a": np.full((2, 8, 8, 3), 0.2, np.float32), "a longer one": np.zeros((3, 8, 8, 3), np.float32)}
    plain, labelled = show.grid(list(rows.values()), size=32), show.grid(rows, size=32)
    margin = labelled.shape[1] - plain.shape[1]
    assert margin > 60 and np.array_equal(labelled[:, margin:], plain)
    upper, lower = (labelled[y : y + 32, :margin] < 128 for y in (0, 36))
    assert lower.sum() > 3 * upper.sum() > 0


def test_boxes_of_a_network_are_as_high_as_its_arrays_and_say_their_shapes():
    axes = show.network({"picture": (48, 48, 3), "smaller": (12, 12, 16), "code": (64,)}).axes[0]
    high = [box.get_height() for box in axes.patches]
    assert high[0] == 2 * high[1] > 0
    words = {text.get_text() for text in axes.texts}
    assert {"picture", "48 x 48 x 3", "code", "64"} <= words


def test_jpeg_keeps_the_colours_in_their_order():
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    back = cv2.imdecode(np.frombuffer(picture.jpeg(red), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(back.astype(int) - red).max() < 6


def test_a_picture_and_a_figure_carry_their_words(displayed):
    show.picture(np.zeros((8, 8, 3), np.uint8), "a black square")
    figure = Figure(figsize=(2, 1))
    figure.add_subplot().plot([1, 2])
    show.picture(figure, "a line that rises")
    for bundle, mime, words in zip(
        displayed, ("image/jpeg", "image/png"), ("a black square", "a line that rises"), strict=True
    ):
        alt, kind, data = re.fullmatch(
            r'<img alt="(.*)" src="data:(.*);base64,(.*)">', bundle["text/html"]
        ).groups()
        assert (bundle["text/plain"], alt, kind) == (words, words, mime)
        assert cv2.imdecode(np.frombuffer(b64decode(data), np.uint8), 1) is not None


def test_a_movie_is_put_into_the_page_with_its_first_frame_and_words_that_are_escaped(displayed, tmp_path):
    path = tmp_path / "m.mp4"
    _unmarked.write_movie(path, [np.full((32, 48, 3), grey, np.uint8) for grey in (200, 20)], 25)
    show.video(path, 'a "small" movie', width=200)
    html = displayed[0]["text/html"]
    assert 'aria-label="a &quot;small&quot; movie"' in html and 'width="200"' in html
    assert b64encode(path.read_bytes()).decode() in html
    assert displayed[0]["text/plain"] == 'a "small" movie'
    poster = b64decode(re.search('poster="data:image/jpeg;base64,([^"]+)"', html)[1])
    first = cv2.imdecode(np.frombuffer(poster, np.uint8), 1)
    assert first.shape == (32, 48, 3) and abs(first.mean() - 200) < 3


def test_a_heat_map_has_every_number_in_a_colour_that_can_be_read():
    values = np.array([[0.1, 0.9], [0.5, 1.0]])
    figure = show.heat_map(values, ["one", "two"], ["left", "right"])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.10", "0.90", "0.50", "1.00"]
    assert [text.get_color() for text in axes.texts] == ["white", "black", "black", "black"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
