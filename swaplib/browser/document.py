"""HTML that needs nothing but itself: modules joined to one script, binary parts as base64."""

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path

from swaplib.browser.kernel import COMPILED

REPOSITORY = "https://github.com/two-decoders/two-decoders"

HERE = Path(__file__).parent
SCRIPTS = HERE / "js"
WORKER = tuple(SCRIPTS / f"{name}.mjs" for name in ("network", "desk", "worker"))
ENGINE = tuple(
    SCRIPTS / f"{name}.mjs"
    for name in ("pack", "network", "desk", "latent", "painter", "dom", "explorer", "panel")
)
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.mjs";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
# Nothing is fetched from another host, whatever a library that is loaded on request may try.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self' blob: data:; base-uri 'none'; form-action 'none'"
)


def site(repository: str = REPOSITORY) -> str:
    """Where GitHub publishes the site of a repository: the page, and the course in its folder "course".

    >>> site("https://github.com/ada/faces")
    'https://ada.github.io/faces/'
    """
    owner, name = repository.rstrip("/").split("/")[-2:]
    return f"https://{owner.lower()}.github.io/{name}/"


def bundle(modules: Sequence[Path]) -> str:
    """ES modules as one plain script, each in a function of its own: file:// and blobs forbid imports.

    modules: in the order of their imports, which are `import {a, b} from "./name.mjs";`, a line each.
    """
    parts = []
    for path in modules:
        text = path.read_text(encoding="utf-8")
        names = EXPORT.findall(text)
        text = IMPORT.sub(r"const {\1} = module_\2;", EXPORT.sub("", text))
        parts.append(
            f"const module_{path.stem} = (() => {{\n{text}\nreturn {{{', '.join(names)}}};\n}})();\n"
        )
    return '"use strict";\n' + "".join(parts)


def inline(name: str, data: bytes | str) -> str:
    """An element of a page that holds data: text as it is, bytes as base64."""
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    if "</script" in text:
        raise ValueError(f"{name} holds a tag that would end its element")
    return f'<script type="text/plain" id="{name}">{text}</script>\n'


def engine() -> str:
    """The elements that every page needs: the kernel and the source of the worker."""
    return inline("kernel", COMPILED.read_bytes()) + inline("worker", bundle(WORKER))


def page(title: str, description: str, style: str, body: str, script: str, language: str = "en") -> str:
    """A whole page. body, script and style are trusted; title and description are escaped."""
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{html.escape(description)}">
<title>{html.escape(title)}</title>
<link rel="icon" href="data:,">
<style>
{style}
</style>
</head>
<body>
{body}
<script>
{script}
</script>
</body>
</html>
"""
