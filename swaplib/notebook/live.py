"""Controls and a picture that follows them at once.

Core ipywidgets only. The picture is an `ipywidgets.Image` that is given new JPEG bytes; there is no
`Output` and no Matplotlib on the way, which is what makes sliders slow elsewhere.
"""

import asyncio
from base64 import b64encode
from html import escape

import ipywidgets as widgets

from swaplib.files.picture import jpeg

GATHER = 0.002  # seconds in which further moves of a slider are gathered before the picture is made


class Live:
    """Controls and a picture made from their values; the newest values win.

    draw: called with a value for each control, by name; returns uint8 (h, w, 3). controls: {name:
    an ipywidgets control with a `value`}. alt: what is seen, in words. below: further widgets.

    While a slider is dragged, values come faster than pictures. Those that arrive before a picture
    is begun count as one, so nothing piles up. The last cell expression `Live(...)` shows it; where
    no widgets run, such as on a page of GitHub, its first picture stands in its place.

        Live(lambda blur: cv2.blur(photo, (blur, blur)), {"blur": IntSlider(min=1, max=9)}, "a photo")
    """

    def __init__(self, draw, controls, alt, below=()):
        self.draw, self.controls, self.alt = draw, dict(controls), alt
        self.drawn = 0  # pictures made so far
        # as large as it is, and not stretched to the page
        self.image = widgets.Image(format="jpeg", layout={"max_width": "100%", "align_self": "flex-start"})
        self._waiting = None
        self._quiet = False
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self.refresh()
        words = widgets.HTML(f"<small>{escape(alt)}</small>")  # a widget's picture has no alt text
        self.widget = widgets.VBox([self.image, *self.rows(), *below, words])

    def rows(self):
        """The widgets under the picture, a row each: here the controls, with their names."""
        for name, control in self.controls.items():
            control.description = control.description or name
        return list(self.controls.values())

    @property
    def values(self):
        """{name: value} of the controls now."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values):
        """Put some controls at new values; one picture is made for all of them."""
        self._quiet = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._quiet = False
        self.refresh()

    def refresh(self):
        """Make the picture anew, now."""
        self._waiting = None
        self.image.value = jpeg(self.draw(**self.values))
        self.drawn += 1

    def _changed(self, _):
        if self._quiet or self._waiting:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel around us, as in a test
            self.refresh()
            return
        self._waiting = loop.call_later(GATHER, self.refresh)

    def _ipython_display_(self):
        from IPython.display import display

        display(
            {
                "application/vnd.jupyter.widget-view+json": {
                    "version_major": 2,
                    "version_minor": 0,
                    "model_id": self.widget.model_id,
                },
                "image/jpeg": b64encode(self.image.value).decode(),
                "text/plain": self.alt,
            },
            metadata={"image/jpeg": {"alt": self.alt}},
            raw=True,
        )
