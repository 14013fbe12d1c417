"""A lesson in a real JupyterLab in a real browser (Debian's Chromium), for tests and measurements."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat

# The lesson whose sliders are tested, and the number of cells up to them. Later cells train.
LESSON = Path(__file__).parents[1] / "lessons" / "04_face_swap.ipynb"
TO_SLIDERS = 6

# In the page: record when a key goes down and when the picture beside the slider changes.
WATCH = """slider => {
  const image = slider.closest('.jp-OutputArea-output').querySelector('img');
  window.waits = [];
  let pressed = null;
  document.addEventListener('keydown', () => { pressed ??= performance.now(); }, true);
  new MutationObserver(async () => {
    await image.decode().catch(() => {});
    requestAnimationFrame(() => {
      if (pressed !== null) window.waits.push(performance.now() - pressed);
      pressed = null;
    });
  }).observe(image, {attributes: true, attributeFilter: ['src']});
}"""


def chromium():
    """Return the browser's path, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def jupyterlab(folder, budget="ci"):
    """Start a JupyterLab that serves `folder` on its own port: yields (address, token)."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    token = secrets.token_hex(8)
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            f"--ServerApp.root_dir={folder}",
            f"--ServerApp.port={port}",
            "--ServerApp.ip=127.0.0.1",
            f"--IdentityProvider.token={token}",
            "--LabApp.news_url=",
        ],
        env={**os.environ, "SWAPLIB_BUDGET": budget},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api?token={token}", timeout=2)
                break
            except OSError:
                time.sleep(0.25)
        yield address, token
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def opened():
    """Open a copy of the lesson, up to its first sliders, in a browser: (page, errors in its console).

    The kernel is ready, and the run doesn't change the lesson itself.
    """
    from playwright.sync_api import sync_playwright

    book = nbformat.read(LESSON, 4)
    book.cells = book.cells[:TO_SLIDERS]
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyterlab(folder) as (address, token),
        sync_playwright() as play,
    ):
        nbformat.write(book, Path(folder) / LESSON.name)
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        errors = []
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/lab/tree/{LESSON.name}?token={token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        idle(page, 90)
        yield page, errors
        browser.close()


def idle(page, seconds):
    """Wait until the kernel is idle."""
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=1000 * seconds,
    )


def run_all(page, seconds=600):
    """Run all cells; returns when the last one has run."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    idle(page, seconds)


def first_slider(page):
    """Return the handle of a notebook's first slider, scrolled into view and focused."""
    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    page.evaluate("""() => { const book = window.jupyterapp.shell.currentWidget.content;
      book.scrollToItem(book.widgets.findIndex(c => c.model.sharedModel.source.includes('Explorer('))); }""")
    handle = page.wait_for_selector(".widget-slider .noUi-handle", timeout=20_000)
    handle.scroll_into_view_if_needed()
    handle.evaluate(WATCH)
    handle.focus()
    return handle


def press(page, times, pause=0.3, key="ArrowRight"):
    """Press a key `times` times; returns the milliseconds from each press to the new picture."""
    for _ in range(times):
        page.keyboard.press(key)
        time.sleep(pause)
    return page.evaluate("window.waits")
