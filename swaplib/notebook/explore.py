"""Sliders under both faces that need no kernel: drawn by the user's browser, in an output cell."""

import html
import json
from typing import Any

import numpy as np

from swaplib import latent
from swaplib.browser import document, packing, swap_pack
from swaplib.files.provenance import marked_jpeg
from swaplib.latent import Values
from swaplib.notebook import show

FRAME = '<iframe class="swaplib-page"'  # tells `lessons/build.py` what not to store
PEOPLE = {"a": "Person A, drawn from the code", "b": "Person B, drawn from the same code"}
ALT = "One code drawn twice, as A and as B, who do the same. In a browser there are sliders beside them."
SPARE = 4  # with given sliders, every fourth training picture suffices for everything else


def page(model: Any, values: Values | None = None, height: int = 660) -> None:
    """Show sliders under both faces of a swap, drawn in the browser; once shown, they work without a kernel.

    model: a swap of the shipped people (`networks.shipped("swap_128")`, or lesson 4's). values: its
    sliders, such as `latent.shipped("swap_128")`; by default they are fitted here, which takes a minute, and
    change the face a little less than requested, because they aren't calibrated. height: px of the frame, if
    the notebook doesn't let it adapt. Raises SwaplibError for another kind of network.

    The frame is about 3 MB of HTML. A stored lesson keeps a picture and a link in its place.
    """
    from IPython.display import HTML, display

    frame, picture = framed(model, values, height)
    bundle = {"text/html": frame, "image/jpeg": picture, "text/plain": ALT}
    display(bundle, metadata={"image/jpeg": {"alt": ALT}}, raw=True)
    display(HTML(f'<a href="{document.site()}">The whole course as one page</a>'))


def framed(model: Any, values: Values | None = None, height: int = 660) -> tuple[str, bytes]:
    """Return (the frame as HTML, both faces as JPEG) shown by `page`. Raises SwaplibError as `page` does."""
    swap = swap_pack.coded(model, every=SPARE if values else 1)
    values = values or latent.bend(swap.all_codes, swap.factors)
    meta, arrays = swap_pack.swap_pack(swap, values)
    body = (
        '<div class="stage sliders-both"></div>\n'
        + document.engine()
        + document.inline("people", json.dumps(PEOPLE))
        + document.inline("pack-both", packing.pack(meta, arrays))
    )
    script = document.bundle((*document.ENGINE, document.SCRIPTS / "alone.mjs"))
    style = (document.HERE / "page.css").read_text(encoding="utf-8") + "body { padding: 8px; }"
    whole = document.page("Two decoders", ALT, style, body, script)
    first = arrays["starts"][:1]
    faces = {who.upper(): np.asarray(d.predict_on_batch(first))[0] for who, d in swap.decoders.items()}
    frame = f'{FRAME} title="{html.escape(ALT)}" style="width:100%;height:{height}px;border:0"'
    return f'{frame} srcdoc="{html.escape(whole)}"></iframe>', marked_jpeg(show.side_by_side(faces, 256))
