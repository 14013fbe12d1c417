"""The page, measured in headless Chromium: how true, how quick, how large, and whether anyone is called.

    python benchmarks/page.py                   write the page, and measure it
    python benchmarks/page.py --at build/page   a page that is there already (index.html, and alone.html)
    python benchmarks/page.py --only pictures speed
    python benchmarks/page.py --npm FOLDER      with what `npm install onnxruntime-web axe-core` put there
    python benchmarks/page.py --write           and writes benchmarks/page.json, for `make figures`

All figures are printed. Firefox is measured too if it is installed; onnxruntime-web also needs `pip install
onnx`. Not measured here: phones, a real graphics card.
"""

import argparse
import base64
import functools
import http.server
import json
import os
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import firefox
import lab
import numpy as np
import onnx_web

HERE = "http://127.0.0.1"
WRITTEN = Path(__file__).with_name("page.json")
WINDOW = {"width": 1280, "height": 900}
READY = ".stage[data-ready]"
MOVES = 200
STARTS = 48
SECTIONS = ("middle", "many", "one", "two", "movie", "spot", "puppet")
# Draws codes (base64 of float32, n in a row) with a decoder; returns their RGBA pixels.
DRAW = """async ([key, codes, length]) => {
  const all = new Float32Array(Uint8Array.from(atob(codes), (c) => c.charCodeAt(0)).buffer), parts = [];
  for (let k = 0; k < all.length; k += length)
    parts.push((await page.painter.draw(key, all.slice(k, k + length))).data);
  const url = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob(parts));
  });
  return url.slice(url.indexOf(",") + 1);
}"""
# Moves sliders as a reader does; returns the milliseconds from each move to the pictures on the canvases.
MOVE = """async (moves) => {
  const {explorer, faces} = await page.both, out = [];
  const input = document.getElementById("slider-yaw"), [low, high] = [+input.min, +input.max];
  for (let k = 0; k < moves; k++) {
    const start = performance.now();
    input.value = low + (high - low) * (0.5 + 0.5 * Math.sin(k / 9));
    input.dispatchEvent(new Event("input"));
    await faces.settled;
    out.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return out;
}"""

# Draws codes, and returns the milliseconds that each took.
ONNX = """async (codes) => {
  const out = [];
  for (const code of codes) {
    const start = performance.now();
    await draw(code);
    out.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return out;
}"""

AXE = "axe.run().then((r) => r.violations.map((v) => [v.impact, v.id, v.nodes.length]))"


@contextmanager
def served(folder):
    """The address of a folder on a server of its own."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{HERE}:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def opened(address, window=WINDOW, options=(), browser="chromium", ready=READY, **context):
    """A page whose first faces are drawn: (page, requests, what went wrong).

    browser: "chromium", with options and a context's settings, or "firefox".
    """
    if browser == "firefox":
        with firefox.opened(address, window) as (page, requests, errors):
            page.wait_for_selector(ready)
            yield page, requests, errors
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=lab.chromium(), args=["--no-sandbox", *options])
        page = browser.new_page(viewport=window, **context)
        requests, errors = [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_selector(ready, timeout=60_000)
        yield page, requests, errors
        browser.close()


def until(page, expression, seconds=60):
    """Wait until JavaScript says so; `wait_for_function` needs what the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(100)


def show(page, section):
    """Scroll to a section and wait until it is there; those on the way load too, and push it down."""
    goes = f"document.getElementById('{section}').scrollIntoView({{behavior: 'instant'}})"
    until(page, f"({goes}, document.querySelector('#{section} .stage[data-ready]') !== null)")


def others(requests, address):
    """Requests to other hosts."""
    return [r for r in requests if not r.startswith((address, "data:", "blob:", "file:"))]


def drawn(page, key, codes):
    """What a decoder of the page draws: float32 (n, size, size, 3) in [0, 1]."""
    codes, out = np.asarray(codes, np.float32), []
    for some in np.array_split(codes, -(-len(codes) // 32)):
        text = base64.b64encode(some.tobytes()).decode()
        raw = base64.b64decode(page.evaluate(DRAW, [key, text, some.shape[1]]))
        size = round((len(raw) / len(some) / 4) ** 0.5)
        out.append(np.frombuffer(raw, np.uint8).reshape(len(some), size, size, 4)[..., :3])
    return np.concatenate(out).astype(np.float32) / 255


def pictures(page, swap):
    """Both decoders against Keras: {who: {"random": dB, "pairs": dB, "keras": SSIM, "page": SSIM}}."""
    from swaplib.scoring import likeness

    rng, found = np.random.default_rng(0), {}
    for who, other in ("ab", "ba"):
        row = found[who.upper()] = {}
        some = {"random": rng.normal(size=(64, 128)), "pairs": swap.test_codes[other]}
        for name, codes in some.items():
            made = drawn(page, f"both/{who}", codes)
            truth = swap.decoders[who].predict(np.float32(codes), verbose=0)
            row[name] = decibels(made, truth)
            words = "64 random codes" if name == "random" else "the test pairs"
            print(f"decoder {who.upper()}, {words}: {row[name]:.1f} dB", end="")
            if name == "pairs":
                tests = swap.tests[who]
                scores = [likeness.ssim(x, tests.images, tests.masks()).mean() for x in (truth, made)]
                print(f"; SSIM to the truth {scores[0]:.4f} by Keras, {scores[1]:.4f} by the page", end="")
                row |= {"keras": float(scores[0]), "page": float(scores[1])}
            print()
    return found


def decibels(made, truth):
    """Peak signal-to-noise ratio of pictures in [0, 1]."""
    return float(-10 * np.log10(np.mean((made - truth) ** 2)))


def speed(page, swap):
    """From a slider to both pictures, in the page and by a kernel: {way: times}."""
    from swaplib.files.picture import jpeg
    from swaplib.notebook import decoder, show

    ways = {"whole numbers": True, "single precision": False}
    kernel, found = decoder(*swap.decoders.values(), titles="AB"), {}
    for name, whole in ways.items():
        page.evaluate(
            f"page.painter.remotes.forEach((r) => r.take({{what: 'use', whole: {str(whole).lower()}}}))"
        )
        found[name] = _row(f"the page, {name}", page.evaluate(MOVE, MOVES)[10:])
    page.evaluate("page.painter.remotes.forEach((r) => r.take({what: 'use', whole: true}))")
    times = []
    for code in swap.test_codes["b"][:60, None]:
        start = time.perf_counter()
        jpeg(show.side_by_side(kernel(code), 256))
        times.append(1000 * (time.perf_counter() - start))
    found["kernel"] = _row("a kernel's picture, without its way to the browser", times[5:])
    return found


def in_onnx(swap, npm):
    """The same decoders by onnxruntime-web, in a page of its own: times."""
    with tempfile.TemporaryDirectory() as folder, served(folder) as address:
        megabytes = onnx_web.prepare(swap.decoders, npm, folder)
        with opened(f"{address}/index.html", ready="body[data-ready]") as (page, _, errors):
            codes = swap.test_codes["b"][:60].tolist()
            times = page.evaluate(ONNX, codes)
            first = page.evaluate("async (code) => [...(await draw(code))[0].data]", codes[0])
    truth = swap.decoders["a"].predict(np.float32(codes[:1]), verbose=0)[0]
    made = np.float32(first).reshape(*truth.shape[:2], 4)[..., :3] / 255
    row = _row(f"onnxruntime-web, {megabytes:.1f} MB to load", times[5:])
    print(f"its largest error is {np.abs(made - truth).max():.4f}; errors: {errors}")
    return row


def in_firefox(address, swap):
    """Is it as true and as quick in Firefox, and does it take the quicker kernel? Returns its figures."""
    with opened(f"{address}/index.html", browser="firefox") as (page, requests, errors):
        until(page, "page.painter.measured !== null")
        whole, real = page.evaluate("page.painter.measured")
        chosen = "whole numbers" if page.evaluate("page.painter.whole") else "single precision"
        print(f"Firefox: whole numbers {whole:.1f} ms, single precision {real:.1f}; it draws with {chosen}")
        found = {"chosen": chosen, "decibels": []}
        for who, other in ("ab", "ba"):
            codes = swap.test_codes[other][:16]
            truth = swap.decoders[who].predict(codes, verbose=0)
            found["decibels"].append(decibels(drawn(page, f"both/{who}", codes), truth))
            print(f"Firefox, decoder {who.upper()}: {found['decibels'][-1]:.1f} dB")
        found |= _row("Firefox, from a slider to both pictures", page.evaluate(MOVE, MOVES)[10:])
        for section in SECTIONS:
            show(page, section)
        found["others"] = len(others(requests, address))
        print(f"Firefox: requests to other hosts: {others(requests, address)}; errors: {errors}")
    return found


def axe(address, npm):
    """What axe-core finds, on a wide and on a narrow window, all sections and answers shown.

    Returns how many kinds of findings are serious or critical.
    """
    serious = 0
    text = (Path(npm) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for window in (WINDOW, {"width": 390, "height": 844}):
        with opened(f"{address}/index.html", window) as (page, _, _):
            for section in SECTIONS:
                show(page, section)
            page.click("text=Show the answers")
            for box in page.query_selector_all("details:not([open]) > summary"):
                box.click()
            page.evaluate(text)
            found = page.evaluate(AXE)
            wide = page.evaluate("document.documentElement.scrollWidth")
            serious += sum(impact in ("serious", "critical") for impact, *_ in found)
            print(f"axe-core, {window['width']} px: {found or 'nothing'}; as wide as {wide} px")
    return {"serious": serious}


def _row(name, times):
    row = {"median": float(np.median(times)), "late": float(np.percentile(times, 95)), "best": min(times)}
    print(f"{name}: median {row['median']:.1f} ms, 95% {row['late']:.1f}, best {row['best']:.1f}")
    return row


def size(address, folder):
    """What is loaded before the reader scrolls, in all, and from whom."""
    with opened(f"{address}/index.html") as (page, requests, errors):
        first = page.evaluate("performance.getEntriesByName('first faces')[0].duration")
        page.wait_for_timeout(1500)

        def loaded():
            names = {r.removeprefix(address + "/") for r in requests if r.startswith(address)}
            return sum((folder / name).stat().st_size for name in names if (folder / name).is_file()) / 1e6

        before = loaded()
        for section in SECTIONS:
            show(page, section)
        words = page.evaluate("document.querySelector('body').innerText.split(/\\s+/).length")
        found = {"first": first, "before": before, "all": loaded(), "others": len(others(requests, address))}
        print(f"first faces after {first:.0f} ms; before scrolling {before:.2f} MB; in all {loaded():.2f} MB")
        print(f"requests to other hosts: {others(requests, address)}; errors: {errors}; words: {words}")
    return found


def alone(file):
    """The single file, opened from disk."""
    with opened(file.resolve().as_uri()) as (page, requests, errors):
        for section in ("middle", "many", "one", "two"):
            show(page, section)
        print(
            f"single file: {file.stat().st_size / 1e6:.2f} MB, all sections drawn, "
            f"{len(others(requests, 'file:'))} requests to other hosts, errors: {errors}"
        )
        return {"size": file.stat().st_size / 1e6, "others": len(others(requests, "file:"))}


def sliders(page, swap, values):
    """What MediaPipe reads of what the page's sliders are asked, both decoders: {who: {name: ratio}}."""
    from swaplib.crops import dataset
    from swaplib.scoring import pose
    from swaplib.scoring import sliders as scoring

    true = {}
    for who in "ab":  # by as many true pictures as `make bench` takes
        learnt = dataset.load(f"person_{who}", swap.train[who].images.shape[1])[: scoring.LEARNT]
        true[who] = scoring.response(learnt.factors, pose.readings(learnt.images), values.names)
    codes = swap.test_codes["b"][:STARTS]
    stands = {name: swap.tests["b"].factors[name][:STARTS] for name in values.known}
    out = {}
    for who in "ab":
        found = scoring.score(
            values, lambda c, who=who: drawn(page, f"both/{who}", c), codes, stands, pose.readings, true[who]
        )
        ratios = out[who.upper()] = {
            name: row["whole"] for name, row in found.items() if row["whole"] and name not in scoring.UNREAD
        }
        print(f"sliders, decoder {who.upper()}:", ", ".join(f"{n} {r:.2f}" for n, r in ratios.items()))
    return out


def puppet(address, seconds=20):
    """A rendered movie as the camera: does the puppet do what it does? {"rate", who: {name: r}}."""
    import cv2

    from swaplib.crops import dataset
    from swaplib.files.video import read_frames
    from swaplib.page import puppet as movers
    from swaplib.scoring import pose

    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "camera.y4m"
        with open(film, "wb") as file:
            file.write(b"YUV4MPEG2 W512 H384 F25:1 Ip A1:1 C420jpeg\n")
            for frame in read_frames(dataset.movie("b")):
                file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
        options = (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        with opened(f"{address}/index.html", options=options) as (page, requests, errors):
            show(page, "puppet")
            loaded = [r for r in requests if "vision" in r or r.endswith(".task")]
            page.check("#agreed")
            page.click("text=Use my camera")
            until(page, "page.puppetLog.length > 5", 120)
            page.uncheck("#mirror")
            page.evaluate("page.puppetLog.length = 0")
            page.wait_for_timeout(1000 * seconds)
            log, codes = page.evaluate("[page.puppetLog, page.puppetCodes()]")
            made = {who: pose.pose_expression(drawn(page, f"both/{who}", codes)) for who in "ab"}
    rate = (len(log) - 1) / (log[-1]["now"] - log[0]["now"]) * 1000
    print(f"puppet: {rate:.1f} pictures a second, loaded before consent: {loaded}, errors: {errors}")
    print(f"requests to other hosts: {others(requests, address)}")
    out = {"rate": rate, "others": len(others(requests, address)), "true": _true()}
    for who, read in made.items():
        rs = out[who.upper()] = {}
        for name in movers.JUDGED:
            x = np.array([entry["read"][name] for entry in log])
            rs[name] = movers.together(x, read[movers.READ[name]])
        print(f"puppet {who.upper()}, r:", ", ".join(f"{n} {r:.2f}" for n, r in rs.items()))
    return out


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = ("pictures", "speed", "size", "alone", "sliders", "puppet", "firefox", "axe")
    parser.add_argument("--at", type=Path, help="folder of a page, with alone.html beside index.html")
    parser.add_argument("--only", nargs="+", choices=kinds, default=kinds)
    parser.add_argument("--npm", type=Path, help="folder in which npm has installed what is compared with")
    parser.add_argument("--write", action="store_true", help=f"the figures to {WRITTEN.name}")
    chosen = parser.parse_args()

    from swaplib import __version__
    from swaplib.page.write import write

    folder = chosen.at or Path("build/page")
    if not chosen.at:
        write(folder)
        write(folder / "alone.html")
    load = os.getloadavg()[0]
    with served(folder) as address:
        found = measured(address, folder, set(chosen.only), chosen.npm)
    if chosen.write:
        before = json.loads(WRITTEN.read_text()) if WRITTEN.exists() else {}
        found = before | found | {"measured": {"version": __version__, "load": load}}
        WRITTEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _true():
    """How well MediaPipe's readings of the true movies of B and A agree, {name: r}: the puppet's ceiling."""
    from swaplib.crops import dataset
    from swaplib.page import puppet as movers

    b, a = (movers.readings_of(dataset.movie(who)) for who in "ba")
    return {name: movers.together(b[movers.READ[name]], a[movers.READ[name]]) for name in movers.JUDGED}


def measured(address, folder, only, npm):
    """The figures of the kinds `only`: {kind: its figures}."""
    from swaplib import latent, networks
    from swaplib.browser import swap_pack

    found = {}
    needs = only & {"pictures", "speed", "sliders", "firefox"}
    swap = swap_pack.coded(networks.shipped("swap_128"), every=8) if needs else None
    if only & {"pictures", "speed", "sliders"}:
        with opened(f"{address}/index.html") as (page, _, _):
            until(page, "page.painter.measured !== null")
            print("kernels, best of 4:", json.dumps(page.evaluate("page.painter.measured")))
            if "pictures" in only:
                found["pictures"] = pictures(page, swap)
            if "speed" in only:
                found["speed"] = speed(page, swap)
            if "sliders" in only:
                found["sliders"] = sliders(page, swap, latent.shipped("swap_128"))
    if "speed" in only and npm:
        found["speed"]["onnx"] = in_onnx(swap, npm)
    if "firefox" in only and firefox.firefox():
        found["firefox"] = in_firefox(address, swap)
    if "size" in only:
        found["size"] = size(address, folder)
    if "alone" in only:
        found["alone"] = alone(folder / "alone.html")
    if "axe" in only and npm:
        found["axe"] = axe(address, npm)
    if "puppet" in only:
        found["puppet"] = puppet(address)
    return found


if __name__ == "__main__":
    main()
