"""A reader's own verdicts on faces: a button under each, or a list of numbers that is typed."""

from collections.abc import Iterable
from typing import Any

import ipywidgets as widgets
import numpy as np

from swaplib.files.picture import jpeg
from swaplib.notebook.charts import numbered
from swaplib.notebook.live import Picture, show_widget

ACROSS = 6  # faces in a line


class Verdicts:
    """Faces, each with a button that says "real" until it is pressed, then "swap".

    images: uint8 (n, size, size, 3). alt: what is seen, in words. notes: words shown beside each number,
    such as another's verdict. The last cell expression `Verdicts(...)` shows it; where no widgets run, a
    picture with numbers stands in its place, and the reader types the numbers of the swaps.

        panel = Verdicts(faces, "24 faces of men and women")
    """

    def __init__(
        self, images: np.ndarray, alt: str, size: int = 150, notes: Iterable[str] | None = None
    ) -> None:
        self.images, self.alt, self.size = np.asarray(images), alt, size
        numbers = [str(k + 1) for k in range(len(self.images))]
        self.names = numbers if notes is None else [f"{k}: {n}" for k, n in zip(numbers, notes, strict=True)]
        self.buttons = [
            widgets.ToggleButton(
                description=f"{name}: real",
                tooltip=f"picture {k + 1}: press to change your verdict",
                layout={"width": f"{size}px", "margin": "0 0 8px 0"},
            )
            for k, name in enumerate(numbers)
        ]
        for button in self.buttons:
            button.observe(self._pressed, "value")
        self.says = widgets.HTML(self._count())
        cells = [widgets.VBox([self._picture(k), b]) for k, b in enumerate(self.buttons)]
        lines = [widgets.HBox(cells[k : k + ACROSS]) for k in range(0, len(cells), ACROSS)]
        self.widget = widgets.VBox([*lines, self.says])

    def chosen(self, typed: Any = ...) -> list[int] | None:
        """The numbers of the faces that the reader takes for swaps, or None if nothing was chosen.

        typed: a list of numbers, which counts in place of the buttons; dots leave it to the buttons. What is
        no list of numbers of faces is said in words and counts as nothing: no answer stops a notebook.
        """
        if typed is ... or typed is None:
            return [k for k, b in enumerate(self.buttons, 1) if b.value] or None
        try:
            numbers = sorted({int(k) for k in typed})
        except (TypeError, ValueError):
            print(f"Type the numbers of the swaps as a list, such as [2, 5], not {typed!r}.")
            return None
        if wrong := [k for k in numbers if not 1 <= k <= len(self.images)]:
            print(f"There is no face {wrong[0]}: they are numbered from 1 to {len(self.images)}.")
            return None
        return numbers

    def guesses(self, typed: Any = ...) -> np.ndarray | None:
        """The same as 1 for a swap and 0 for a real picture: float64 (n,), or None."""
        chosen = self.chosen(typed)
        return None if chosen is None else np.isin(np.arange(1, len(self.images) + 1), chosen).astype(float)

    def sheet(self, names: Iterable[str] | None = None) -> np.ndarray:
        """All faces in lines with their numbers, or other names: uint8 (h, w, 3)."""
        return numbered(self.images, ACROSS, self.size, self.names if names is None else names)

    def _picture(self, k):
        one = numbered(self.images[k : k + 1], 1, self.size, [self.names[k]])
        return Picture(f"face {self.names[k]}", value=jpeg(one), width=self.size, height=self.size)

    def _pressed(self, change):
        button = change["owner"]
        number = button.description.split(":")[0]
        button.description = f"{number}: {'swap' if change['new'] else 'real'}"
        button.button_style = "warning" if change["new"] else ""
        self.says.value = self._count()

    def _count(self):
        swaps = sum(b.value for b in self.buttons)
        return f"You call {swaps} of {len(self.buttons)} faces a swap."

    def _ipython_display_(self):
        show_widget(self.widget, jpeg(self.sheet()), self.alt)
