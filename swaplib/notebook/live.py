"""Controls and a picture that follows them at once.

This uses core ipywidgets only. The picture is an `ipywidgets.Image` that receives new JPEG bytes, without the
`Output` widget or Matplotlib, which make sliders slow elsewhere.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from math import isfinite
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets

from swaplib import SwaplibError
from swaplib.files.picture import jpeg

GATHER = 0.002  # seconds to collect further slider moves before drawing


class Picture(widgets.Image):
    """An image widget with a description for screen readers: its tooltip, the title of the image.

    `max_width` keeps it at its own size, not stretched to the page.
    """

    description = traitlets.Unicode("").tag(sync=True)  # ipywidgets asks for one before it sets a tooltip
    tooltip = traitlets.Unicode("").tag(sync=True)  # ipywidgets 7, which Colab has, gives no picture one

    def __init__(self, alt: str, **options: Any) -> None:
        layout = {"max_width": "100%", "align_self": "flex-start"}
        super().__init__(**{"format": "jpeg", "tooltip": alt, "layout": layout, **options})


class Live:
    """Controls and a picture drawn from their values; the newest values win.

    draw: called with each control's value by name; returns uint8 (h, w, 3). controls: {name:
    an ipywidgets control with a `value`}. alt: a description of the picture. below: further widgets.

    While a slider is dragged, values arrive faster than pictures can be drawn. Those that arrive before the
    next picture is started count as one, so nothing piles up. End a cell with `Live(...)` to show it; where
    widgets don't run, such as on GitHub, the first picture is shown instead.

        Live(lambda blur: cv2.blur(photo, (blur, blur)), {"blur": IntSlider(min=1, max=9)}, "a photo")
    """

    encoded = staticmethod(jpeg)  # encodes a picture, uint8 (h, w, 3), for display

    def __init__(
        self,
        draw: Callable[..., np.ndarray],
        controls: dict[str, widgets.ValueWidget],
        alt: str,
        below: Sequence[widgets.Widget] = (),
    ) -> None:
        self.draw, self.controls, self.alt = draw, dict(controls), alt
        self.drawn = 0  # pictures drawn so far
        self.image = Picture(alt)
        self._waiting = None
        self._quiet = False
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self.refresh()
        words = widgets.HTML(f"<small>{escape(alt)}</small>")
        beside = widgets.Box(  # the sliders beside the picture, or below it where the page is narrow
            [self.image, widgets.VBox(self.rows())], layout={"flex_flow": "row wrap", "align_items": "center"}
        )
        self.widget = widgets.VBox([beside, *below, words])

    def rows(self) -> list:
        """Return the widgets beside the picture, one per row: here the controls, with their names."""
        for name, control in self.controls.items():
            control.description = control.description or name
        return list(self.controls.values())

    @property
    def values(self) -> dict[str, Any]:
        """The current {name: value} of the controls."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values: Any) -> None:
        """Set some controls to new values and draw one picture for all of them.

        Raises SwaplibError, and changes nothing, if a name has no control or a number is outside its
        control's range.
        """
        self._check(values)
        self._quiet = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._quiet = False
        self.refresh()

    def refresh(self) -> None:
        """Redraw the picture now."""
        self._waiting = None
        self.image.value = self.encoded(self.draw(**self.values))
        self.drawn += 1

    def _check(self, values):
        for name, value in values.items():
            if name not in self.controls:
                raise SwaplibError(f"there is no control {name!r}: choose from {', '.join(self.controls)}")
            low, high = (getattr(self.controls[name], end, None) for end in ("min", "max"))
            if None not in (low, high) and not low <= value <= high:
                raise SwaplibError(f"{name} is {value:g}: give a number from {low:g} to {high:g}")

    def _refused(self, change):
        """Return whether the typed text isn't a number; the control then goes back to its old value."""
        refused = isinstance(change["new"], float) and not isfinite(change["new"])
        if refused:
            quiet, self._quiet = self._quiet, True
            change["owner"].value = change["old"]
            self._quiet = quiet
        return refused

    def _changed(self, change):
        if self._quiet or self._refused(change) or self._waiting:
            return
        self._waiting = soon(GATHER, self.refresh)

    def _ipython_display_(self):
        show_widget(self.widget, self.image.value, self.alt)


def show_widget(widget: widgets.Widget, picture: bytes, alt: str) -> None:
    """Show a widget in a notebook; where widgets don't run, a JPEG with its description is shown instead."""
    from IPython.display import display

    display(
        {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": widget.model_id,
            },
            "image/jpeg": b64encode(picture).decode(),
            "text/plain": alt,
        },
        metadata={"image/jpeg": {"alt": alt}},
        raw=True,
    )


def soon(seconds: float, draw: Callable[[], None]) -> asyncio.TimerHandle | None:
    """Call `draw` after some seconds; returns a handle to cancel the call. In Colab: at once, returning None.

    Colab's page is reported not to show messages that a kernel sends after reporting itself idle (colabtools
    #3373), so the picture must be drawn before the slider's handler returns. Without an event loop, as in a
    test, `draw` is also called at once.
    """
    if "google.colab" not in sys.modules:
        try:
            return asyncio.get_running_loop().call_later(seconds, draw)
        except RuntimeError:
            pass
    draw()
    return None


def scale(low: float, high: float) -> tuple[float, float, float]:
    """Return (low, high, step) of a slider: about 50 steps of 1, 2 or 5 times a power of 10, including 0."""
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    exact = max(high - low, 1e-6) / 50
    power = 10.0 ** np.floor(np.log10(exact))
    step = power * max(s for s in (1, 2, 5) if s * power <= exact * (1 + 1e-9))
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step), float(step)
