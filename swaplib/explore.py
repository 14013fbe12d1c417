"""Sliders and a picture that follows them at once.

Core ipywidgets only. The picture is an `ipywidgets.Image` that is given new JPEG bytes; there is no
`Output` and no Matplotlib on the way, which is what makes sliders slow elsewhere.
"""

import asyncio
from base64 import b64encode
from html import escape

import ipywidgets as widgets
import numpy as np

from swaplib.files.picture import jpeg
from swaplib.show import TITLE, side_by_side

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


class Explorer(Live):
    """Sliders along directions in the space of codes, and the faces that come out.

    decode: code float32 (1, code_size) -> {title: picture float32 (size, size, 3)}, such as one
    decoder's or both. directions: `latent.Directions`. starts: {name: code (code_size,)} to begin at,
    the first one first. shown: px of each picture. names: whether the reader may rename directions.

    `code` is where the sliders stand, and can be set. Every slider can be moved by the keyboard, and
    its number typed in; "reset" brings all to 0, "surprise me" anywhere in the ranges, but for
    those that are kept.

        sliders = Explorer(both_decoders, principal(codes), {"the average": codes.mean(axis=0)}, "both")
        sliders.code
    """

    def __init__(self, decode, directions, starts, alt, shown=256, names=False, seed=0):
        self.decode, self.directions, self.shown = decode, directions, shown
        self._rng = np.random.default_rng(seed)
        self._starts = {name: np.asarray(code, np.float32) for name, code in starts.items()}
        self.base = next(iter(self._starts.values()))
        self.start = widgets.Dropdown(options=list(self._starts), description="start from")
        self.start.observe(lambda change: self.reset(self._starts[change["new"]]), "value")
        self.keep, self.names, self._rows = {}, [], []
        controls = {}
        for k, name in enumerate(directions.names):
            low, high, step = _scale(directions.low[k], directions.high[k])
            slider = widgets.FloatSlider(
                0,
                description="" if names else str(name).replace("_", " "),
                min=low,
                max=high,
                step=step,
                readout_format=".2f",
                continuous_update=True,
                style={"description_width": "8em"},
                layout={"width": "30em"},
            )
            keep = widgets.ToggleButton(
                False, description="keep", tooltip="surprise me leaves it", layout={"width": "5em"}
            )
            box = widgets.Text(str(name), layout={"width": "9em"}, continuous_update=False)
            box.observe(self._renamed, "value")
            controls[f"direction_{k}"], self.keep[f"direction_{k}"] = slider, keep
            self.names.append(box)
            self._rows.append(widgets.HBox([box, slider, keep] if names else [slider, keep]))
        reset = widgets.Button(description="reset", tooltip="all sliders to 0")
        surprise = widgets.Button(description="surprise me", tooltip="all sliders somewhere")
        reset.on_click(lambda _: self.reset())
        surprise.on_click(lambda _: self.surprise())
        buttons = widgets.HBox([*([self.start] if len(starts) > 1 else []), reset, surprise])
        note = widgets.HTML(f"<small>Sliders in {escape(directions.unit)}.</small>")
        super().__init__(self._draw, controls, alt, below=[buttons, note])

    def rows(self):
        return self._rows

    @property
    def steps(self):
        """Where the sliders stand: float (k,), in the directions' unit."""
        return np.array([control.value for control in self.controls.values()])

    @property
    def code(self):
        """The code that is shown: float32 (code_size,). Set it to begin there, sliders at 0."""
        return self.directions.move(self.base, self.steps)

    @code.setter
    def code(self, code):
        code = np.asarray(code, np.float32)
        if code.shape != self.base.shape:
            raise ValueError(f"a code here has the shape {self.base.shape}, not {code.shape}")
        self.reset(code)

    def reset(self, code=None):
        """All sliders to 0, at another code if one is given."""
        self.base = self.base if code is None else code
        self.set(**dict.fromkeys(self.controls, 0.0))

    def surprise(self):
        """All sliders somewhere in their ranges, but for those that are kept."""
        self.set(
            **{
                name: self._rng.uniform(control.min, control.max)
                for name, control in self.controls.items()
                if not self.keep[name].value
            }
        )

    def _renamed(self, _):
        self.directions.names[:] = [box.value for box in self.names]

    def _draw(self, **_):
        made = self.decode(self.code[None])
        sheet = side_by_side(made, self.shown)
        return sheet if any(made) else sheet[TITLE:]  # no titles, no line for them


def _scale(low, high):
    """(low, high, step) of a slider: some fifty steps of 1, 2 or 5 times a power of ten, 0 among them."""
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    exact = max(high - low, 1e-6) / 50
    power = 10.0 ** np.floor(np.log10(exact))
    step = power * max(s for s in (1, 2, 5) if s * power <= exact * (1 + 1e-9))
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step), float(step)


def decoder(*decoders, titles=("",)):
    """`decode` for an `Explorer`: keras decoders, one picture each, all in one call.

    decode = decoder(model.get_layer("decoder_a"), model.get_layer("decoder_b"), titles="AB")
    """
    import keras

    code = keras.Input(decoders[0].input_shape[1:])
    joined = keras.Model(code, [decode(code) for decode in decoders])

    def decode(codes):
        made = joined.predict_on_batch(codes)
        made = made if isinstance(made, list) else [made]  # Keras unpacks a single output
        return {title: np.asarray(image[0]) for title, image in zip(titles, made, strict=True)}

    return decode
