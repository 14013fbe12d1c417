"""The sliders: the newest position wins, the code can be read and set, buttons do what they say."""

import asyncio

import cv2
import numpy as np
import pytest
from ipywidgets import IntSlider

from swaplib import explore, latent, show


def grey(level=0):
    return np.full((8, 8, 3), level, np.uint8)


def shown(live):
    """The picture that a reader sees, RGB."""
    data = np.frombuffer(live.image.value, np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def test_the_picture_follows_the_slider():
    live = explore.Live(grey, {"level": IntSlider(0, 0, 255)}, "a grey square")
    assert shown(live).mean() < 3
    live.controls["level"].value = 200
    assert abs(shown(live).mean() - 200) < 3


def test_a_fast_drag_builds_no_backlog_and_ends_at_the_newest_position():
    live = explore.Live(grey, {"level": IntSlider(0, 0, 255)}, "a grey square")
    before = live.drawn

    async def drag():
        for level in range(1, 251):  # all at once, faster than any picture
            live.controls["level"].value = level
        assert live.drawn == before  # a move alone costs nothing
        await asyncio.sleep(0.1)

    asyncio.run(drag())
    assert live.drawn - before == 1
    assert abs(shown(live).mean() - 250) < 3


def test_several_controls_set_at_once_make_one_picture():
    live = explore.Live(lambda a, b: grey(a + b), {"a": IntSlider(), "b": IntSlider()}, "a square")
    before = live.drawn
    live.set(a=50, b=40)
    assert live.drawn - before == 1 and abs(shown(live).mean() - 90) < 3


@pytest.fixture
def directions():
    vectors = np.array([[1, 0, 0], [0, 2, 0]], np.float32)
    return latent.Directions(["dark", "blue"], vectors, np.array([-1.0, -2]), np.array([3.0, 2]), "steps")


@pytest.fixture
def explorer(directions):
    def decode(codes):
        assert codes.shape == (1, 3) and codes.dtype == np.float32
        return {"": np.clip(np.full((4, 4, 3), codes[0], np.float32), 0, 1)}

    return explore.Explorer(
        decode, directions, {"zero": np.zeros(3), "half": np.full(3, 0.5)}, "a square", shown=32, names=True
    )


def test_the_code_is_where_the_sliders_stand(explorer):
    explorer.set(direction_0=0.25, direction_1=0.5)
    assert explorer.code == pytest.approx([0.25, 1.0, 0])
    assert shown(explorer)[16, 16] == pytest.approx([64, 255, 0], abs=6)
    explorer.code = np.array([0.5, 0.5, 1])
    assert explorer.code == pytest.approx([0.5, 0.5, 1]) and not explorer.steps.any()
    assert shown(explorer)[16, 16] == pytest.approx([128, 128, 255], abs=6)
    with pytest.raises(ValueError, match=r"\(3,\)"):
        explorer.code = np.zeros(4)


def test_the_ranges_are_those_of_the_data_and_can_be_typed(explorer):
    slider = explorer.controls["direction_0"]
    assert (slider.min, slider.max) == (-1, 3) and slider.readout
    assert 20 <= (slider.max - slider.min) / slider.step <= 200


def test_the_ends_of_a_slider_are_whole_steps_away_from_0():
    for low, high in ((-33.3, 31.7), (-0.013, 0.021), (0.2, 1.7), (-5, -1)):
        bottom, top, step = explore.explorer.scale(low, high)
        assert bottom <= min(low, 0) and top >= max(high, 0)
        for end in (bottom, top):
            assert end / step == pytest.approx(round(end / step), abs=1e-6)


def test_reset_surprise_and_keep(explorer):
    explorer.set(direction_0=2.5, direction_1=-1)
    explorer.keep["direction_0"].value = True
    explorer.surprise()
    assert explorer.steps[0] == 2.5 and explorer.steps[1] != -1
    assert -2 <= explorer.steps[1] <= 2
    explorer.reset()
    assert not explorer.steps.any()


def test_another_start_is_shown_with_all_sliders_at_rest(explorer):
    explorer.set(direction_0=1)
    explorer.start.value = "half"
    assert explorer.code == pytest.approx([0.5] * 3) and not explorer.steps.any()
    assert shown(explorer)[16, 16] == pytest.approx([128] * 3, abs=4)


def test_a_direction_gets_the_name_that_the_reader_gives(explorer, directions):
    explorer.names[1].value = "sky"
    assert directions.names == ["dark", "sky"]


def test_a_page_without_widgets_shows_a_picture_with_words(explorer, monkeypatch):
    import IPython.display

    seen = {}
    monkeypatch.setattr(
        IPython.display,
        "display",
        lambda bundle, metadata, raw: seen.update(bundle=bundle, metadata=metadata),
    )
    explorer._ipython_display_()
    assert seen["bundle"]["text/plain"] == seen["metadata"]["image/jpeg"]["alt"] == "a square"
    assert {"image/jpeg", "application/vnd.jupyter.widget-view+json"} < set(seen["bundle"])


def test_decoders_answer_together():
    from swaplib.autoencoder import build_decoder

    one, other = (build_decoder(32, 4, width=2, name=name) for name in ("one", "other"))
    code = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
    made = explore.decoder(one, other, titles=("A", "B"))(code)
    assert made["A"] == pytest.approx(one.predict(code, verbose=0)[0], abs=1e-5)
    assert made["B"] == pytest.approx(other.predict(code, verbose=0)[0], abs=1e-5)
    assert show.side_by_side(made, 64).shape[1] > 2 * 64
