"""Firefox, driven by WebDriver BiDi: as much of a Playwright page as the page's tests and measurements use.

Debian's `firefox-esr` is enough: no driver has to be fetched. https://w3c.github.io/webdriver-bidi/
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

READY = "WebDriver BiDi listening on "
SECONDS = 60  # for Firefox to start, and for an answer
# Evaluates what Playwright would: an expression, or a function of one argument.
EVALUATE = """async (text) => {
  const wanted = (EXPRESSION);
  const value = await (typeof wanted === "function" ? wanted(JSON.parse(text)) : wanted);
  return JSON.stringify(value === undefined ? null : value);
}"""


def firefox():
    """Path of the browser, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Page:
    """A tab. requests: addresses that were asked for; errors: what went wrong, in words."""

    def __init__(self, socket):
        self._socket, self._count = socket, 0
        self.requests, self.errors = [], []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method, **parameters):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("type") == "event":
                self._hear(answer["method"], answer["params"])
            elif answer.get("id") == self._count:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def _hear(self, method, about):
        if method == "network.beforeRequestSent":
            self.requests.append(about["request"]["url"])
        elif about.get("level") == "error":
            self.errors.append(about["text"])

    def goto(self, address, window):
        self._ask("browsingContext.setViewport", context=self._context, viewport=window)
        self._ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression, argument=None):
        answer = self._ask(
            "script.callFunction",
            functionDeclaration=EVALUATE.replace("EXPRESSION", expression),
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, key):
        """A key that goes down and up again."""
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": actions}
        self._ask("input.performActions", context=self._context, actions=[keys])

    def wait_for_timeout(self, milliseconds):
        time.sleep(milliseconds / 1000)

    def wait_for_selector(self, selector, timeout=1000 * SECONDS):
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
            if time.monotonic() > end:
                raise TimeoutError(selector)
            time.sleep(0.1)


def _listening(process, said):
    """The address at which Firefox listens, as it says it on starting."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(rf"{READY}(\S+)", said.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(f"Firefox did not start: {said.read_text(errors='replace')[-500:]}")


@contextmanager
def opened(address, window):
    """A page in Firefox, with a profile of its own: (page, requests, what went wrong)."""
    import websocket

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            firefox(),
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            "0",
        ]
        said = Path(profile) / "said.txt"
        with open(said, "w") as file:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=file)
        try:
            where = _listening(process, said)
            socket = websocket.create_connection(f"{where}/session", timeout=SECONDS, suppress_origin=True)
            page = Page(socket)
            page.goto(address, window)
            yield page, page.requests, page.errors
            with suppress(Exception):
                page._ask("browser.close")
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
