"""Pictures reach a notebook whole, with words for those who can't see them."""

import re
from base64 import b64decode

import cv2
import IPython.display
import numpy as np
import pytest
from matplotlib.figure import Figure

from swaplib import show
from swaplib.files import picture


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


def test_a_grid_writes_each_label_above_its_row():
    rows = [np.full((2, 8, 8, 3), level, np.float32) for level in (0.2, 0.6)]
    grid = show.grid({"dark": rows[0], "bright": rows[1]}, size=40, gap=2)
    assert grid.shape == (2 * (show.TITLE + 42) - 2, 82, 3)
    first, second = show.TITLE, 2 * show.TITLE + 42
    assert (grid[first : first + 40, :40] == 51).all() and (grid[second : second + 40, 42:] == 153).all()
    for top in (0, 66):  # ink above each row
        assert (grid[top : top + show.TITLE] < 100).any()


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


def test_a_movie_is_put_into_the_page_with_words_that_are_escaped(displayed, tmp_path):
    (tmp_path / "m.mp4").write_bytes(b"movie")
    show.video(tmp_path / "m.mp4", 'a "small" movie', width=200)
    html = displayed[0]["text/html"]
    assert 'aria-label="a &quot;small&quot; movie"' in html and 'width="200"' in html
    assert "base64,bW92aWU=" in html and displayed[0]["text/plain"] == 'a "small" movie'
