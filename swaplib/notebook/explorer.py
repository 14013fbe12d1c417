"""Sliders in the latent space, and the decoded faces."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np

from swaplib import SwaplibError
from swaplib.files.provenance import marked_jpeg
from swaplib.latent import Directions, Values
from swaplib.notebook import panels as rows_below
from swaplib.notebook.live import Live, scale
from swaplib.notebook.show import TITLE, side_by_side

UNDOS = 100  # steps that can be undone
ONE_DRAG = 1.0  # seconds; faster successive moves of one slider are undone as one step
DEGREES = ("yaw", "pitch", "roll", "gaze_yaw", "gaze_pitch")


class Explorer(Live):
    """Sliders in the latent space, and the decoded faces.

    decode: code float32 (1, code_size) -> {title: picture float32 (size, size, 3)}, for one decoder or
    both. directions: `latent.Directions`, whose sliders stand for steps away from the start; None for
    none. starts: {name: code (code_size,)} to start from, the first one by default. shown: px of each
    picture. names: whether the user may rename directions.

    values: `latent.Values`, whose sliders stand for factor values. They start at the values of the starting
    picture, within the range of `values`: those in `standing`, {name of a start: {factor: number}}, or else
    the judge's reading of the decoded picture. read: another judge, images (n, size, size, 3) ->
    {factor: (n,)}.

    panels: further rows: "bars" (the numbers of the code), "cloud" (the face's place among the codes of
    `clouds`, {title: codes (n, code_size)}), "strip" (from one end of a slider to the other) and "photo"
    (start from your own photo, by `encode`: images (1, size, size, 3) -> codes).
    `code` is the current code, and can be set. Sliders also work from the keyboard; "reset" returns all of
    them to the start, "surprise me" moves all but the kept ones to random positions, and "undo" reverts the
    last change. The picture has all marks. Raises SwaplibError if a panel is unknown or lacks its data.

        sliders = Explorer(both_decoders, principal(codes), {"the average": codes.mean(axis=0)}, "both")
        sliders.code
    """

    encoded = staticmethod(marked_jpeg)

    def __init__(
        self,
        decode: Callable[[np.ndarray], dict[str, np.ndarray]],
        directions: Directions | None,
        starts: dict[str, np.ndarray],
        alt: str,
        shown: int = 256,
        names: bool = False,
        seed: int = 0,
        *,
        values: Values | None = None,
        standing: dict[str, dict] | None = None,
        read: Callable[[np.ndarray], dict[str, np.ndarray]] | None = None,
        panels: Sequence[str] = (),
        clouds: dict[str, np.ndarray] | None = None,
        encode: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        if directions is None and values is None:
            raise SwaplibError("an Explorer needs directions, or values, for its sliders")
        self.decode, self.directions, self.meant, self.shown = decode, directions, values, shown
        self.clouds, self.encode = clouds, encode
        self._read, self._standing = read, standing or {}
        self._rng = np.random.default_rng(seed)
        self._starts = {name: np.asarray(code, np.float32) for name, code in starts.items()}
        self._past, self._last = deque(maxlen=UNDOS), (None, 0.0)
        self.keep, self.names, self._rows, self.controls = {}, [], [], {}
        self.start = widgets.Dropdown(options=list(self._starts), description="start from")
        self.base = self._starts[self.start.value]
        self.stands = self._stand(self.base)
        for name in values.names if values else ():
            self._add(name, self._range(name), names=False)
        for k, name in enumerate(directions.names if directions else ()):
            self._add(f"direction_{k}", (directions.low[k], directions.high[k]), names, str(name))
        self.panels = [rows_below.make(name, self) for name in panels]
        self.start.observe(self._started, "value")
        super().__init__(self._draw, self.controls, alt, below=self._below())
        self._now = self._state()

    def _add(self, key, ends, names, name=None):
        """Create a slider and the widgets beside it."""
        low, high, step = scale(*ends)
        unit = " (°)" if name is None and key in DEGREES else ""
        slider = widgets.FloatSlider(
            self.stands.get(key, 0.0),
            description="" if names else (name or key).replace("_", " ") + unit,
            min=low,
            max=high,
            step=step,
            readout_format=".2f",
            continuous_update=True,
            style={"description_width": "8em"},
            layout={"width": "24em"},
        )
        keep = widgets.ToggleButton(
            False, description="keep", tooltip="surprise me doesn't move this slider", layout={"width": "5em"}
        )
        self.controls[key], self.keep[key] = slider, keep
        if name is not None:
            box = widgets.Text(name, layout={"width": "9em"}, continuous_update=False)
            box.observe(self._renamed, "value")
            self.names.append(box)
        self._rows.append(widgets.HBox([self.names[-1], slider, keep] if names else [slider, keep]))

    def _below(self):
        """Create buttons, notes and panels."""
        buttons = []
        for words, what, says in (
            ("reset", self.reset, "return all sliders to the picture's own values"),
            ("surprise me", self.surprise, "move all sliders at random"),
            ("undo", self.undo, "undo the last change"),
            ("copy this code", self.copy, "show the code as an array"),
        ):
            buttons.append(widgets.Button(description=words, tooltip=says))
            buttons[-1].on_click(lambda _, what=what: what())
        self.copied = widgets.Textarea("", layout={"display": "none", "width": "40em", "height": "6em"})
        notes = [f"Sliders in {self.directions.unit}."] if self.directions else []
        if self.meant:
            notes.append("A named slider stands for a value: degrees, or 0 to 1.")
            notes += [f"Left out: {n.replace('_', ' ')} ({why})." for n, why in self.meant.left_out.items()]
        first = [self.start] if len(self._starts) > 1 else []
        note = widgets.HTML(f"<small>{escape(' '.join(notes))}</small>")
        return [widgets.HBox([*first, *buttons]), self.copied, note, *(p.widget for p in self.panels)]

    def rows(self) -> list:
        return self._rows

    @property
    def steps(self) -> np.ndarray:
        """Positions of the direction sliders: float (k,), in the directions' unit."""
        return np.array([c.value for name, c in self.controls.items() if name.startswith("direction_")])

    @property
    def code(self) -> np.ndarray:
        """The current code: float32 (code_size,). Set it to start from another, with the sliders at rest."""
        return self.code_at()

    @code.setter
    def code(self, code: np.ndarray) -> None:
        code = np.asarray(code, np.float32)
        if code.shape != self.base.shape:
            raise SwaplibError(f"the code must have shape {self.base.shape}, not {code.shape}")
        if not np.isfinite(code).all():
            raise SwaplibError("the code contains NaN or infinite numbers")
        self.reset(code)

    def code_at(self, **elsewhere: float) -> np.ndarray:
        """Return the code with some sliders elsewhere, {name: number}: float32 (code_size,)."""
        code, at = self.base, {**self.values, **elsewhere}
        if self.meant:
            code = self.meant.move(code, self.stands, {name: at[name] for name in self.meant.names})
        if self.directions:
            code = self.directions.move(code, [at[f"direction_{k}"] for k in range(len(self.directions))])
        return code

    def set(self, **values: Any) -> None:
        """Set controls as `Live.set` does, as one step to undo."""
        self._check(values)
        self._remember()
        super().set(**values)
        self._now = self._state()

    def reset(self, code: np.ndarray | None = None) -> None:
        """Move all sliders to rest, at another code if one is given."""
        if code is not None:
            self.base = np.asarray(code, np.float32)
            self.stands = self._stand(self.base)
            self._fit_ranges()
        self.set(**self._rest())

    def shift(self, change: np.ndarray, who: Any = None) -> None:
        """Shift the start by a change of the code (code_size,), leaving the sliders; `who` is the cause."""
        self._remember(who)
        self.base = (self.base + change).astype(np.float32)
        self._now = self._state()
        self.refresh()

    def surprise(self) -> None:
        """Move all sliders to random positions in their ranges, except those that are kept."""
        self.set(
            **{
                name: self._rng.uniform(control.min, control.max)
                for name, control in self.controls.items()
                if not self.keep[name].value
            }
        )

    def undo(self) -> None:
        """Undo the last change: a drag, a typed number, a button, another start."""
        if self._past:
            self.base, self.stands, start, values = self._past.pop()
            self._quiet = True
            self.start.value = start
            self._fit_ranges()
            super().set(**values)
            self._now, self._last = self._state(), (None, 0.0)

    def copy(self) -> None:
        """Show the code as Python text that recreates the array."""
        numbers = np.array2string(self.code, separator=", ", precision=4, threshold=10**6)
        self.copied.value = f"np.array({numbers}, np.float32)"
        self.copied.layout.display = "flex"

    def refresh(self) -> None:
        super().refresh()
        for panel in self.panels:
            panel.update()

    def _changed(self, change):
        if not self._quiet and not self._refused(change):
            self._remember(change["owner"])
            self._now = self._state()
        super()._changed(change)

    def _started(self, change):
        if not self._quiet:
            self.reset(self._starts[change["new"]])

    def _state(self):
        return self.base, self.stands, self.start.value, self.values

    def _remember(self, who=None):
        """Save the state for undo before a change by `who`, unless it continues the same drag."""
        last, when = self._last
        now = time.monotonic()
        if who is None or who != last or now - when > ONE_DRAG:
            self._past.append(self._now)
        self._last = who, now

    def _stand(self, code):
        """Return the factor values of a code's face, within the range of `values`: {factor: number}."""
        if self.meant is None:
            return {}
        stands = self._known_or_read(code)
        return {name: float(np.clip(value, *self.meant.reach(name))) for name, value in stands.items()}

    def _known_or_read(self, code):
        """Return the factor values of a code's face, if known, or as the judge reads them."""
        for name, start in self._starts.items():
            if name in self._standing and np.array_equal(start, code):
                return {n: float(v) for n, v in self._standing[name].items() if n in self.meant.known}
        if self._read is None:
            from swaplib.networks import judge, shipped  # imported here because it loads Keras

            self._read = judge.reader(shipped("judge"))
        read = self._read(np.stack(list(self.decode(code[None]).values())))
        stands = {name: float(np.mean(v)) for name, v in read.items() if name in self.meant.known}
        # A judge may err to slightly less than no smile.
        return {name: v if name in DEGREES else min(max(v, 0.0), 1.0) for name, v in stands.items()}

    def _range(self, name):
        """Return a range that includes the data and the picture's own value: (low, high)."""
        k = self.meant.names.index(name)
        stands = self.stands.get(name, 0.0)
        return min(self.meant.low[k], stands), max(self.meant.high[k], stands)

    def _fit_ranges(self):
        """Fit the slider ranges to the data and the picture's own values, and no further."""
        quiet, self._quiet = self._quiet, True  # a slider outside its new range gets clamped
        for name in self.meant.names if self.meant else ():
            slider = self.controls[name]
            slider.min, slider.max, slider.step = scale(*self._range(name))  # 0 is in all ranges
        self._quiet = quiet

    def _rest(self):
        """Return {name: the slider's rest position}."""
        return {name: self.stands.get(name, 0.0) for name in self.controls}

    def _renamed(self, _):
        self.directions.names[:] = [box.value for box in self.names]

    def _draw(self, **_):
        sheet = side_by_side(made := self.decode(self.code[None]), self.shown)
        return sheet if any(made) else sheet[TITLE:]  # without titles, drop their line


def decoder(*decoders: Any, titles: Sequence[str] = ("",)) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Create `decode` for an `Explorer` from Keras decoders: one picture each, all in one call.

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
