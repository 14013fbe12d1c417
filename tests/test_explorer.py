"""The sliders: the newest position wins, the code can be read and set, and the buttons work."""

import asyncio
import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from ipywidgets import IntSlider

from swaplib import SwaplibError, latent, notebook
from swaplib.notebook import show


def grey(level=0):
    return np.full((8, 8, 3), level, np.uint8)


def shown(live):
    """The picture that a reader sees, RGB."""
    data = np.frombuffer(live.image.value, np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def test_the_picture_follows_the_slider():
    live = notebook.Live(grey, {"level": IntSlider(0, 0, 255)}, "a grey square")
    assert shown(live).mean() < 3
    live.controls["level"].value = 200
    assert abs(shown(live).mean() - 200) < 3


def test_a_fast_drag_builds_no_backlog_and_ends_at_the_newest_position():
    live = notebook.Live(grey, {"level": IntSlider(0, 0, 255)}, "a grey square")
    before = live.drawn

    async def drag():
        for level in range(1, 251):  # all at once, faster than any picture
            live.controls["level"].value = level
        assert live.drawn == before  # a move alone costs nothing
        await asyncio.sleep(0.1)

    asyncio.run(drag())
    assert live.drawn - before == 1
    assert abs(shown(live).mean() - 250) < 3


def test_in_colab_a_picture_is_drawn_before_the_handler_returns(meant, monkeypatch):
    """What a kernel sends later, Colab's page never shows; elsewhere the moves of a drag are gathered."""
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    live = notebook.Live(grey, {"level": IntSlider(0, 0, 255)}, "a grey square")
    explorer = meaning(meant, panels=["strip"])
    strip = explorer.panels[0]
    strip.which.value = "yaw"

    async def drag():
        for level in (10, 200):
            live.controls["level"].value = level
            assert abs(shown(live).mean() - level) < 3
        before = strip.image.value
        explorer.controls["smile"].value = 0
        assert strip.image.value != before

    asyncio.run(drag())
    assert live.drawn == 3


def test_several_controls_set_at_once_make_one_picture():
    live = notebook.Live(lambda a, b: grey(a + b), {"a": IntSlider(), "b": IntSlider()}, "a square")
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

    return notebook.Explorer(
        decode, directions, {"zero": np.zeros(3), "half": np.full(3, 0.5)}, "a square", shown=32, names=True
    )


def test_the_code_is_where_the_sliders_stand(explorer):
    explorer.set(direction_0=0.25, direction_1=0.5)
    assert explorer.code == pytest.approx([0.25, 1.0, 0])
    assert shown(explorer)[16, 16] == pytest.approx([64, 255, 0], abs=6)
    explorer.code = np.array([0.5, 0.5, 1])
    assert explorer.code == pytest.approx([0.5, 0.5, 1]) and not explorer.steps.any()
    assert shown(explorer)[16, 16] == pytest.approx([128, 128, 255], abs=6)
    with pytest.raises(SwaplibError, match=r"\(3,\)"):
        explorer.code = np.zeros(4)
    with pytest.raises(SwaplibError, match="infinite"):
        explorer.code = np.array([0, np.nan, 1])
    assert explorer.code == pytest.approx([0.5, 0.5, 1])


def test_the_ranges_are_those_of_the_data_and_can_be_typed(explorer):
    slider = explorer.controls["direction_0"]
    assert (slider.min, slider.max) == (-1, 3) and slider.readout
    assert 20 <= (slider.max - slider.min) / slider.step <= 200


def test_the_ends_of_a_slider_are_whole_steps_away_from_0():
    for low, high in ((-33.3, 31.7), (-0.013, 0.021), (0.2, 1.7), (-5, -1)):
        bottom, top, step = notebook.live.scale(low, high)
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


def test_a_live_picture_has_its_words_for_a_screen_reader(explorer):
    state = explorer.image.get_state()
    assert state["tooltip"] == "a square" and state["description"] == ""  # both are sent to the page


def test_decoders_answer_together():
    from swaplib.networks.autoencoder import build_decoder

    one, other = (build_decoder(32, 4, width=2, name=name) for name in ("one", "other"))
    code = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
    made = notebook.decoder(one, other, titles=("A", "B"))(code)
    assert made["A"] == pytest.approx(one.predict(code, verbose=0)[0], abs=1e-5)
    assert made["B"] == pytest.approx(other.predict(code, verbose=0)[0], abs=1e-5)
    assert show.side_by_side(made, 64).shape[1] > 2 * 64


@pytest.fixture
def meant():
    """`latent.Values` of a code of three numbers: the first is the smile, the second a tenth of the yaw."""
    rng = np.random.default_rng(0)
    factors = {"smile": rng.uniform(0, 1, 300), "yaw": rng.uniform(-30, 30, 300)}
    codes = np.stack([factors["smile"], factors["yaw"] / 10, rng.normal(0, 0.01, 300)], 1).astype(np.float32)
    return latent.bend(codes, factors, ["smile", "yaw"])


def shows_code(codes):
    """The code as a colour: a tenth of it, around the middle."""
    return {"": np.full((16, 16, 3), 0.5 + codes[0] / 10, np.float32)}


def reads_code(images):
    """The judge of `shows_code`."""
    codes = 10 * (images[:, 8, 8] - 0.5)
    return {"smile": codes[:, 0], "yaw": 10 * codes[:, 1], "light": codes[:, 2]}


STARTS = {"smiles": np.array([0.75, 1, 0.5]), "turns": np.array([0.25, -2, 0])}


def meaning(meant, directions=None, **more):
    return notebook.Explorer(
        shows_code, directions, STARTS, "a square", values=meant, read=reads_code, **more
    )


def test_a_slider_stands_for_a_value_and_begins_where_the_picture_stands(meant):
    explorer = meaning(meant)
    assert explorer.values == pytest.approx({"smile": 0.75, "yaw": 10}, abs=1e-4)
    assert explorer.code == pytest.approx(STARTS["smiles"], abs=1e-5)
    explorer.controls["smile"].value = 0  # a smile is taken back, and nothing else changes
    assert explorer.code == pytest.approx([0, 1, 0.5], abs=0.02)
    explorer.start.value = "turns"
    assert explorer.values == pytest.approx({"smile": 0.25, "yaw": -20}, abs=1e-4)
    explorer.controls["yaw"].value = 20
    assert explorer.code == pytest.approx([0.25, 2, 0], abs=0.02)
    explorer.reset()
    assert explorer.values == pytest.approx({"smile": 0.25, "yaw": -20}, abs=1e-4)


def test_what_the_picture_does_may_be_known(meant):
    known = {"smiles": {"smile": 0.5, "yaw": 0.0, "look": "shade"}}
    explorer = meaning(meant, standing=known)
    assert explorer.values == {"smile": 0.5, "yaw": 0}
    explorer.start.value = "turns"  # nothing is known of it: the judge reads it
    assert explorer.values["yaw"] == pytest.approx(-20, abs=1e-3)


def test_a_judge_that_errs_below_no_smile_is_taken_at_none(meant):
    explorer = meaning(meant)
    explorer.code = np.array([-0.2, 1, 0])
    assert explorer.controls["smile"].value == 0 and explorer.code[0] == pytest.approx(-0.2)


def test_a_range_holds_a_picture_beyond_the_data(meant):
    explorer = meaning(meant)
    assert explorer.controls["yaw"].max < 35
    explorer.code = np.array([0.2, 4.5, 0])
    slider = explorer.controls["yaw"]
    assert slider.value == pytest.approx(45, abs=1e-3) and slider.max >= 45
    assert explorer.code == pytest.approx([0.2, 4.5, 0], abs=1e-5)
    explorer.start.value = "turns"  # and the next picture has its own range again
    assert slider.max < 35 and slider.value == pytest.approx(-20, abs=1e-3)
    explorer.undo()
    assert slider.max >= 45 and slider.value == pytest.approx(45, abs=1e-3)
    assert explorer.code == pytest.approx([0.2, 4.5, 0], abs=1e-5)


def test_wherever_a_picture_stands_a_slider_moves_it_from_end_to_end(meant):
    """A map that ends at 30: a picture that stands at 45 begins there, and not where nothing moves."""
    asked, put_in = np.array([-30.0, 30]), np.array([-36.0, 36])
    explorer = meaning(
        replace(meant, low=np.array([0.0, -30]), high=np.array([1.0, 30]), maps={"yaw": (asked, put_in)})
    )
    explorer.code = np.array([0.2, 4.5, 0])
    slider = explorer.controls["yaw"]
    assert (slider.min, slider.max, slider.value) == (-30, 30, 30)
    assert explorer.code == pytest.approx([0.2, 4.5, 0], abs=1e-5)
    at = [explorer.code_at(yaw=value)[1] for value in np.linspace(slider.min, slider.max, 13)]
    assert (np.diff(at) > 0.3).all()


def test_what_is_out_of_range_or_no_number_is_refused(meant, directions):
    explorer = meaning(meant, directions, panels=["bars"])
    code, drawn = explorer.code, explorer.drawn
    for values, words in (
        ({"smile": 0.5, "yaw": 400}, "yaw is 400: give a number from -"),
        ({"smile": 0.5, "yaw": np.nan}, "yaw is nan"),
        ({"smile": 0.5, "grin": 1}, "'grin': choose from smile, yaw, direction_0"),
    ):
        with pytest.raises(SwaplibError, match=words):
            explorer.set(**values)
    for slider in (*explorer.controls.values(), explorer.panels[0].slider):
        before = slider.value
        slider.value = np.nan  # as a browser sends what was typed
        assert slider.value == before
    assert np.array_equal(explorer.code, code) and explorer.drawn == drawn
    explorer.undo()  # there is nothing to take back
    assert np.array_equal(explorer.code, code)


def test_a_hundred_steps_can_be_taken_back_and_memory_has_an_end(explorer):
    for k in range(150):
        explorer.set(direction_0=k / 100)
    for _ in range(200):
        explorer.undo()
    assert explorer.steps[0] == pytest.approx(0.49)


def test_one_drag_of_a_bar_is_one_step_and_the_next_bar_another(meant, monkeypatch):
    explorer = meaning(meant, panels=["bars"])
    monkeypatch.setattr(notebook.explorer.time, "monotonic", lambda: 5.0)
    bars, first = explorer.panels[0], explorer.code
    for number in (0.8, 1.0, 1.2):
        bars.slider.value = number
    bars.number.value = 1
    for number in (1.5, 2.0):
        bars.slider.value = number
    for before in ([1.2, 1, 0.5], first, first):
        explorer.undo()
        assert explorer.code == pytest.approx(before, abs=1e-5)


def test_values_and_directions_stand_together(meant, directions):
    explorer = meaning(meant, directions)
    assert list(explorer.controls) == ["smile", "yaw", "direction_0", "direction_1"]
    explorer.set(smile=0.25, direction_0=1)
    assert explorer.code == pytest.approx([1.25, 1, 0.5], abs=0.02) and explorer.steps.tolist() == [1, 0]
    with pytest.raises(SwaplibError, match="needs directions, or values"):
        notebook.Explorer(shows_code, None, STARTS, "")


def test_what_is_left_out_is_said(meant):
    explorer = meaning(replace(meant, left_out={"gaze_yaw": "only 9% of it appears in the picture"}))
    assert any(
        "gaze yaw (only 9% of it appears in the picture)"
        in str(getattr(child, "value", ""))  # a picture's is bytes
        for child in explorer.widget.children
    )


def test_undo_takes_back_step_by_step(meant, directions):
    explorer = meaning(meant, directions, panels=["bars"])
    first = explorer.code
    explorer.controls["smile"].value = 0.5
    smiled = explorer.code
    explorer.controls["yaw"].value = -5
    explorer.controls["yaw"].value = -10  # the same drag
    turned = explorer.code
    explorer.start.value = "turns"
    explorer.panels[0].slider.value = 1.5
    assert explorer.code[0] == pytest.approx(1.5)
    explorer.surprise()
    for before in ([1.5, -2, 0], STARTS["turns"], turned, smiled, first, first):
        explorer.undo()
        assert explorer.code == pytest.approx(before, abs=1e-5)
        assert shown(explorer)[128, 128] == pytest.approx(255 * (0.5 + np.array(before) / 10), abs=4)
    assert explorer.start.value == "smiles" and explorer.stands["smile"] == pytest.approx(0.75, abs=1e-4)


def test_two_drags_of_one_slider_are_two_steps(meant, monkeypatch):
    explorer, now = meaning(meant), [0.0]
    monkeypatch.setattr(notebook.explorer.time, "monotonic", lambda: now[0])
    for now[0], smile in ((10, 0.6), (10.1, 0.5), (15, 0.2), (15.1, 0.1)):
        explorer.controls["smile"].value = smile
    explorer.undo()
    assert explorer.controls["smile"].value == 0.5
    explorer.undo()
    assert explorer.controls["smile"].value == pytest.approx(0.75, abs=1e-4)


def test_a_copied_code_is_that_array(meant):
    explorer = meaning(meant)
    explorer.copy()
    assert eval(explorer.copied.value, {"np": np}) == pytest.approx(explorer.code, abs=1e-3)  # noqa: S307
    assert explorer.copied.layout.display == "flex"


def test_bars_follow_the_sliders_and_a_number_can_be_typed(meant):
    explorer = meaning(meant, panels=["bars"])
    bars = explorer.panels[0]
    bars.number.value = 1
    before = bars.image.value
    explorer.controls["yaw"].value = -10
    assert bars.slider.value == pytest.approx(-1, abs=0.02) and bars.image.value != before
    bars.slider.value = 2
    assert explorer.code == pytest.approx([0.75, 2, 0.5], abs=0.02)
    assert explorer.controls["yaw"].value == -10  # the slider stays
    drawn = notebook.panels.bars(np.array([1.0, -1, 0]), 0, 2.0)
    assert (drawn[40, 2] == (200, 40, 40)).all() and (drawn[80, 2] == 255).all()
    assert (drawn[80, 8] != 255).any() and (drawn[40, 8] == 255).all()


@pytest.fixture
def clouds():
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(200, 3)) * (0.3, 1, 0.01)
    return {"A": (spread + (2, 0, 0)).astype(np.float32), "B": (spread - (2, 0, 0)).astype(np.float32)}


def test_the_cloud_shows_who_is_where_and_a_click_goes_there(meant, clouds):
    explorer = meaning(meant, panels=["cloud"], clouds=clouds)
    cloud = explorer.panels[0]
    at = {who: tuple(cloud.cell(cloud._pca.transform(codes[:1]))[0]) for who, codes in clouds.items()}
    assert cloud.buttons[at["A"]].style.button_color == "#4578ab"
    assert "of A" in cloud.buttons[at["A"]].tooltip and "of B" not in cloud.buttons[at["A"]].tooltip
    assert any(button.disabled for button in cloud.buttons.values())
    for who in "AB":
        cloud.buttons[at[who]].click()
        assert explorer.code[:2] == pytest.approx(clouds[who][0, :2], abs=0.8)
        assert explorer.code[2] == pytest.approx(0.5, abs=0.1)  # what the cloud doesn't show stays
        assert [k for k, b in cloud.buttons.items() if b.description] == [at[who]]


def test_the_strip_goes_from_one_end_to_the_other(meant):
    explorer = meaning(meant, panels=["strip"])
    strip = explorer.panels[0]
    strip.which.value = "yaw"
    data = np.frombuffer(strip.image.value, np.uint8)
    green = cv2.imdecode(data, cv2.IMREAD_COLOR)[48, 48::100, 1].astype(int)
    slider = explorer.controls["yaw"]
    wanted = 255 * (0.5 + np.linspace(slider.min, slider.max, strip.COUNT) / 100)
    assert green == pytest.approx(wanted, abs=5)
    explorer.controls["smile"].value = 0  # the strip follows the other sliders
    assert strip.image.value != data.tobytes()


def test_the_strip_waits_until_a_drag_has_ended(meant, monkeypatch):
    monkeypatch.setattr(notebook.panels, "STILL", 0.5)
    explorer = meaning(meant, panels=["strip"])
    strip, drawn = explorer.panels[0], []
    monkeypatch.setattr(strip, "draw", lambda: drawn.append(explorer.code))

    async def drag():
        for smile in (0.1, 0.2, 0.3):
            explorer.controls["smile"].value = smile
            await asyncio.sleep(0.02)
        await asyncio.sleep(1.0)

    asyncio.run(drag())
    assert len(drawn) == 1 and drawn[0][0] == pytest.approx(0.3, abs=0.02)


def test_a_panel_that_is_unknown_or_lacks_something_is_refused(meant):
    for panel, words in (("pie", "bars, cloud, strip, photo"), ("cloud", "clouds="), ("photo", "encode=")):
        with pytest.raises(SwaplibError, match=words):
            meaning(meant, panels=[panel])


def test_a_photo_wants_consent_and_a_face(meant, tmp_path, monkeypatch):
    from skimage.data import astronaut

    seen = []

    def encode(images):
        seen.append(images)
        return np.array([[0.5, 1, 0.25]], np.float32)

    monkeypatch.setattr(notebook.panels.OwnPhoto, "folder", tmp_path)
    explorer = meaning(meant, panels=["photo"], encode=encode)
    panel, given = explorer.panels[0], []
    monkeypatch.setattr(panel, "file", SimpleNamespace(value=given))
    panel.begin()
    assert panel.says.value == "Choose a photo first."
    ok, photo = cv2.imencode(".jpg", astronaut()[..., ::-1])
    assert ok
    given.append({"name": "me.jpg", "content": memoryview(photo.tobytes())})
    panel.begin()
    assert "Consent is required" in panel.says.value and not seen and not list(tmp_path.iterdir())
    panel.words.value = "I, today"
    panel.begin()
    assert seen[0].shape == (1, 16, 16, 3) and 0 < seen[0].mean() < 1
    assert explorer.code == pytest.approx([0.5, 1, 0.25]) and "me.jpg" in panel.says.value
    (note,) = json.loads((tmp_path / "me.jpg.consent.json").read_text())
    assert note["statement"] == "I, today" and note["material"] == ["me.jpg"]
    for name, content, words in (
        ("wall.png", cv2.imencode(".png", np.full((90, 90, 3), 90, np.uint8))[1].tobytes(), "no face found"),
        ("empty.jpg", b"", "empty.jpg is empty"),
    ):
        given[:] = [{"name": name, "content": content}]
        panel.begin()
        assert words in panel.says.value and str(tmp_path) not in panel.says.value
    assert len(seen) == 1 and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "name", ["..", "", ".", "a\0b.jpg", "../me.jpg", "x" * 300 + ".jpg", "ü" * 200, "a:b?.png"]
)
def test_an_upload_of_any_name_gets_a_file_name(name, tmp_path):
    kept = notebook.panels.file_name(name)
    for file in (kept, f"{kept}.consent.json"):
        (tmp_path / file).write_text("yes")
    assert len(list(tmp_path.iterdir())) == 2
    assert kept != notebook.panels.file_name(name + "!")  # another upload's


def test_each_upload_has_a_statement_of_its_own():
    names = ["s.png", "s.jpg", "mein Foto (1).jpg", "größe.png"]
    assert [notebook.panels.file_name(name) for name in names] == names


def test_a_file_is_read_as_either_ipywidgets_gives_it():
    for value in (({"name": "a.jpg", "content": memoryview(b"x")},), {"a.jpg": {"content": b"x"}}):
        assert notebook.panels.uploaded(value) == ("a.jpg", b"x")
