"""The page in real browsers (Debian's Chromium and Firefox): faces, keys, the code, and no other host."""

import io
from types import SimpleNamespace

import firefox
import keras
import lab
import numpy as np
import page as measured
import pytest
from PIL import Image

from swaplib import latent
from swaplib.browser import document, packing, swap_pack
from swaplib.crops import dataset
from swaplib.files.picture import as_bytes, resized
from swaplib.movie.composing import STEPS, SWAPS
from swaplib.networks.swap import build_swap
from swaplib.notebook import explore
from swaplib.page import spot, write

SMALL = 56  # px of the small pictures
in_either = pytest.mark.parametrize(
    "browser",
    [
        pytest.param(name, marks=pytest.mark.skipif(not path, reason=f"no {name} (Debian: {package})"))
        for name, path, package in (
            ("chromium", lab.chromium(), "chromium"),
            ("firefox", firefox.firefox(), "firefox-esr"),
        )
    ],
)
in_browser = pytest.mark.skipif(
    not lab.chromium(), reason="no Chromium: the page is not tried (Debian: apt-get install chromium)"
)


@pytest.fixture(scope="module")
def swap():
    """A small swap that learnt nothing, with codes that follow the smile and the yaw."""
    keras.utils.set_random_seed(0)
    model = build_swap(64, 6, width=4)
    train = {who: dataset.load(f"person_{who}", 64)[:120] for who in "ab"}
    tests = {who: dataset.load(f"test_{who}", 64) for who in "ab"}

    def coded(sets):
        names = ("smile", "yaw", "pitch", "mouth_open", "blink", "pucker")
        return {
            who: np.stack([f.factors[n] / (30 if n in ("yaw", "pitch") else 1) for n in names], 1).astype(
                "float32"
            )
            for who, f in sets.items()
        }

    return swap_pack.Coded(model, train, tests, coded(train), coded(tests))


@pytest.fixture(scope="module")
def frame(swap, tmp_path_factory):
    """A file with the frame that `explore.page` shows."""
    values = latent.bend(swap.all_codes, swap.factors, ["yaw", "smile"])
    path = tmp_path_factory.mktemp("frame") / "frame.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swap_pack, "coded", lambda model, every: swap)
        html, picture = explore.framed(swap.model, values)
    assert html.startswith(explore.FRAME) and picture[:2] == b"\xff\xd8"
    path.write_text(f"<!doctype html><title>cell</title><body>{html}")
    return SimpleNamespace(path=path, values=values)


@pytest.fixture(scope="module")
def page(swap, tmp_path_factory):
    """A page with sections 1 and 7 in one file: its path, its sliders, and which of its faces are swaps."""
    values = latent.bend(swap.all_codes, swap.factors, ["yaw", "smile"])
    fake = np.random.default_rng(0).permutation(np.repeat([False, True], 12))
    kinds = iter(list(SWAPS) * 2)
    grey = np.linspace(0.4, 0.6, 24, dtype=np.float32)[:, None, None, None] * np.ones((32, 32, 3), np.float32)
    made = grey + 0.1 * fake[:, None, None, None]
    machine = {"name": "network", "right": 20, "auc": 0.9, "place": list(range(1, 25))}
    meta = {
        "columns": 6,
        "lucky": {"right": 17, "once": 31},
        "faces": [{"fake": bool(f), "did": spot.switches(SWAPS[next(kinds)]) if f else []} for f in fake],
        "machines": [machine],
        "steps": [{"name": n, "said": "Said.", "auc": None if n == "real" else [0.7]} for n in STEPS],
    }
    arrays = {
        "faces": packing.sheet(list(made.reshape(4, 6, 32, 32, 3)), spot.LOSSLESS),
        "truth": packing.sheet(list(grey[fake].reshape(2, 6, 32, 32, 3)), spot.LOSSLESS),
        "series": packing.sheet([made[: len(STEPS)]], spot.LOSSLESS),
    }
    body = '<section id="both"><div class="stage"></div></section>'
    body += (write.HERE / "spot.html").read_text() + document.engine()
    for name, pack in {"both": swap_pack.swap_pack(swap, values), "spot": (meta, arrays)}.items():
        body += document.inline(f"pack-{name}", packing.pack(*pack))
    path = tmp_path_factory.mktemp("page") / "page.html"
    script = document.bundle((*document.ENGINE, *write.SCRIPTS))
    style = (document.HERE / "page.css").read_text()
    path.write_text(document.page("Page", "A small page", style, body, script))
    return SimpleNamespace(path=path, fake=fake, real=as_bytes(grey), made=as_bytes(made))


@pytest.mark.slow
@in_either
def test_the_page_draws_as_keras_does_by_the_quicker_kernel_and_keeps_score(browser, page, swap):
    """And calls nobody, in either browser."""
    with measured.opened(page.path.as_uri(), browser=browser) as (view, requests, errors):
        press = view.keyboard.press if browser == "chromium" else view.press
        measured.until(view, "page.painter.measured !== null")
        whole, real = view.evaluate("page.painter.measured")
        assert view.evaluate("page.painter.whole") == (whole <= real)
        codes = swap.test_codes["b"][:4]
        for who in "ab":
            truth = swap.decoders[who].predict(codes, verbose=0)
            assert np.abs(measured.drawn(view, f"both/{who}", codes) - truth).max() < 0.03
        measured.show(view, "spot")
        assert view.evaluate("document.querySelector('.outcome').hidden")
        view.evaluate("document.querySelector('.verdicts button').focus()")
        wrong = 3  # at which the reader errs; else they are always right
        for k, fake in enumerate(page.fake):
            press("s" if fake != (k == wrong) else "r")
        said = view.evaluate("document.querySelector('.outcome').innerText")
        assert "23 of 24" in said and "20 of 24" in said and "17 or more once in 31" in said
        answers = view.evaluate("[...document.querySelectorAll('.answers button')].map((b) => b.innerText)")
        assert [a.startswith("✗") for a in answers] == [k == wrong for k in range(24)]
        assert [a.endswith("swap") for a in answers] == page.fake.tolist()
        last = np.flatnonzero(page.fake)[-1]
        view.evaluate(f"document.querySelectorAll('.answers button')[{last}].click()")
        said = view.evaluate("document.querySelector('.outcome').innerText")
        assert all(words in said for words in spot.switches(list(SWAPS.values())[-1]))
        # the picture, the real one, and four times the difference about grey
        greys = view.evaluate(
            "[...document.querySelectorAll('.outcome canvas')].map((c) => "
            "c.getContext('2d').getImageData(9, 9, 1, 1).data[0])"
        )
        made, real = (int(pictures[last, 9, 9, 0]) for pictures in (page.made, page.real))
        assert greys == pytest.approx([made, real, 128 + 4 * (made - real)], abs=1)
        view.wait_for_timeout(500)
        address = view.evaluate("location.href")
        assert not errors and not measured.others(requests, "file:")
    with measured.opened(address, browser=browser) as (view, _, _):
        measured.show(view, "spot")
        assert "23 of 24" in view.evaluate("document.querySelector('.outcome').innerText")


@pytest.mark.slow
@in_browser
def test_the_small_pictures_are_those_of_the_start_and_one_is_chosen(page):
    with measured.opened(page.path.as_uri()) as (view, _, errors):
        buttons = view.query_selector_all("#both .choices button")
        pressed = "[...document.querySelectorAll('#both .choices button')].map((b) => b.ariaPressed)"
        others = ["false"] * (len(buttons) - 1)
        assert view.evaluate(pressed) == ["true", *others]
        buttons[-1].click()
        assert view.evaluate(pressed) == [*others, "true"]
        for who, tile in zip("ab", view.query_selector_all(".truth .tile"), strict=True):
            shot = Image.open(io.BytesIO(tile.screenshot())).convert("RGB").resize((SMALL, SMALL))
            true = dataset.load(f"test_{who}", 128).images[list(swap_pack.NUMBERS)]
            far = [np.abs(resized(t, SMALL) - np.asarray(shot) / 255)[8:-8, 8:-8].mean() for t in true]
            assert np.argmin(far) == len(far) - 1 and min(far) < 0.05
        view.focus("#slider-smile")
        view.keyboard.press("End")
        heard = view.get_attribute("#slider-smile", "aria-valuetext")
        assert heard == view.text_content("output[for=slider-smile]") and heard != "0%"
        view.keyboard.press("Home")
        assert view.get_attribute("#slider-smile", "aria-valuetext") != heard
        assert not errors


def pixels(view, k):
    return np.array(
        view.evaluate(
            f"(() => {{ const c = document.querySelectorAll('canvas')[{k}]; "
            "return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; })()"
        )
    ).reshape(64, 64, 4)[..., :3]


@pytest.mark.slow
@in_browser
def test_a_slider_in_an_output_cell_moves_both_faces(frame, swap):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=lab.chromium(), args=["--no-sandbox"])
        page, requests, errors = browser.new_page(viewport={"width": 390, "height": 844}), [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(frame.path.as_uri())
        view = page.query_selector("iframe").content_frame()
        view.wait_for_selector(".stage[data-ready]", timeout=30_000)

        def both_are_drawn():
            code = np.float32(view.evaluate("[...page.explorer.code]"))[None]
            for k, who in enumerate("ab"):
                truth = swap.decoders[who].predict(code, verbose=0)[0]
                assert np.abs(pixels(view, k) / 255 - truth).max() < 0.03
            return code[0]

        before = both_are_drawn()
        number = swap_pack.NUMBERS[0]
        assert before == pytest.approx(swap.test_codes["b"][number], abs=0.02)
        view.focus("#slider-smile")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        after = both_are_drawn()
        stands = {n: swap.tests["b"].factors[n][number] for n in frame.values.known}
        smile = view.evaluate("page.explorer.at.smile")
        assert smile > stands["smile"] + 0.04
        assert after == pytest.approx(frame.values.move(before, stands, {"smile": smile}), abs=0.02)
        view.click("text=Undo")
        page.wait_for_timeout(300)
        assert both_are_drawn() == pytest.approx(before, abs=1e-3)
        view.click("summary")
        view.fill("textarea", "np.array([1, -2, 3e-1, 0, .5, 0], np.float32)")
        view.click("text=Use the code above")
        page.wait_for_timeout(300)
        assert both_are_drawn() == pytest.approx([1, -2, 0.3, 0, 0.5, 0], abs=1e-3)
        view.fill("textarea", "[1, 2]")
        view.click("text=Use the code above")
        assert "6 numbers" in view.text_content("[role=status]")
        assert view.evaluate("document.documentElement.scrollWidth") <= 390
        names = view.evaluate(
            "[...document.querySelectorAll('input[type=range]')].map((i) => i.labels[0].textContent)"
        )
        assert names == ["turn", "smile"]
        assert not errors and not measured.others(requests, "file:")
        browser.close()


@pytest.mark.slow
@in_browser
def test_where_workers_are_forbidden_the_page_draws_by_itself(frame, swap):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=lab.chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(
            "window.Worker = class { postMessage() { setTimeout(() => this.onerror(new Event('error'))); } }"
        )
        page.goto(frame.path.as_uri())
        view = page.query_selector("iframe").content_frame()
        view.wait_for_selector(".stage[data-ready]", timeout=30_000)
        truth = swap.decoders["b"].predict(swap.test_codes["b"][[swap_pack.NUMBERS[0]]], verbose=0)[0]
        assert np.abs(pixels(view, 1) / 255 - truth).max() < 0.06
        browser.close()


@pytest.mark.slow
@in_browser
def test_a_finger_drags_a_slider_or_scrolls_the_page_but_not_both(page):
    window = {"width": 390, "height": 500}
    with measured.opened(page.path.as_uri(), window, has_touch=True, is_mobile=True) as (view, _, errors):
        slider = view.query_selector("#slider-smile")
        slider.scroll_into_view_if_needed()
        box, tools = slider.bounding_box(), view.context.new_cdp_session(view)
        start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def drag(right, down):
            at = view.evaluate("scrollY")
            for k in range(11):
                points = [{"x": start[0] + right * k / 10, "y": start[1] + down * k / 10}]
                kind = "touchMove" if k else "touchStart"
                tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
                view.wait_for_timeout(20)
            tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            view.wait_for_timeout(300)
            return view.evaluate("page.both.then(({explorer}) => explorer.at.smile)"), view.evaluate(
                "scrollY"
            ) - at

        smile, scrolled = drag(box["width"] / 3, 0)
        assert smile > 0.6 and scrolled == 0
        kept, scrolled = drag(0, 200 if view.evaluate("scrollY") > 200 else -200)
        assert kept == smile and abs(scrolled) > 100
        assert not errors


def test_a_frame_is_not_stored_in_a_lesson_and_its_picture_is():
    import importlib.util
    from pathlib import Path

    import nbformat

    where = Path(__file__).parents[1] / "lessons" / "build.py"
    spec = importlib.util.spec_from_file_location("lesson_build", where)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    data = {
        "text/html": f"{explore.FRAME} srcdoc='...'></iframe>",
        "image/jpeg": "abc",
        "text/plain": "words",
    }
    output = nbformat.v4.new_output("display_data", data=data, metadata={"image/jpeg": {"alt": "words"}})
    kept = build.kept(output)
    picture = '<img alt="words" src="data:image/jpeg;base64,abc">'
    assert kept.data == {"text/html": picture, "text/plain": "words"} and not kept.metadata


@in_browser
@pytest.mark.slow
def test_the_page_in_one_file_draws_every_section_and_calls_nobody(tmp_path):
    file = tmp_path / "page.html"
    write.write(file, say=lambda words: None)
    assert file.stat().st_size < 5e6
    with measured.opened(file.as_uri(), {"width": 390, "height": 844}, reduced_motion="reduce") as (
        page,
        requests,
        errors,
    ):
        page.click("nav a[href='#two']")  # what loads on the way must not push it out of sight
        page.wait_for_selector("#two .stage[data-ready]")
        page.wait_for_timeout(1000)
        assert abs(page.evaluate("document.querySelector('#two').getBoundingClientRect().top")) < 50
        for section in ("middle", "many", "one", "two"):
            measured.show(page, section)
            page.focus(f"#{section} input[type=range], #{section} .choices button")
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(800)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        canvases = page.evaluate(
            "[...document.querySelectorAll('canvas')].map((c) => c.getAttribute('aria-label'))"
        )
        assert len(canvases) > 12 and all(canvases)
        assert not errors and not measured.others(requests, "file:")
        page.evaluate("page.keep(['smile'], {smile: 0.9})")
        page.wait_for_timeout(500)
        address = page.url
    with measured.opened(address) as (page, _, _):
        assert page.evaluate("Number(page.state.smile)") == 0.9
        assert page.input_value("#slider-smile") == "0.9"
