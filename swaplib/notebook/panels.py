"""Optional panels under an `Explorer`: the code's numbers, its place among others, a path, a photo."""

import re
import tempfile
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import cv2
import ipywidgets as widgets
import numpy as np

from swaplib import SwaplibError
from swaplib.crops.capture import cut
from swaplib.files.picture import as_floats, jpeg, read_photo
from swaplib.files.provenance import marked_jpeg, record_consent
from swaplib.notebook.live import Picture, soon
from swaplib.notebook.show import row

STILL = 0.3  # seconds without a move before the strip is redrawn
BAR = 6  # px: width of a bar
INK = {"A": (0.27, 0.47, 0.67), "B": (0.93, 0.4, 0.47)}  # Paul Tol's bright colours
OTHERS = ((0.27, 0.47, 0.67), (0.93, 0.4, 0.47), (0.13, 0.53, 0.2), (0.8, 0.73, 0.27))


def make(name: str, explorer: Any) -> Any:
    """Create a panel by name. Raises SwaplibError if it is unknown, or the explorer lacks its data."""
    kinds = {"bars": Bars, "cloud": Cloud, "strip": Strip, "photo": OwnPhoto}
    if name not in kinds:
        raise SwaplibError(f"there is no panel {name!r}: choose from {', '.join(kinds)}")
    for needy, needs in (("cloud", "clouds"), ("photo", "encode")):
        if name == needy and getattr(explorer, needs) is None:
            raise SwaplibError(f"the panel {name!r} needs `{needs}=`: see Explorer")
    return kinds[name](explorer)


class Bars:
    """The numbers of the code as bars, upwards if positive; one at a time can be dragged or typed."""

    def __init__(self, explorer: Any) -> None:
        self.explorer, count = explorer, len(explorer.base)
        self.image = Picture("the numbers of the code as bars, upwards if positive")
        self.number = widgets.BoundedIntText(0, min=0, max=count - 1, description="number")
        largest = max(3.0, float(np.ceil(np.abs(explorer.base).max() * 1.5)))
        self.slider = widgets.FloatSlider(0.0, min=-largest, max=largest, step=0.05, description="is")
        self._quiet = False
        self.number.observe(lambda _: self.update(), "value")
        self.slider.observe(self._moved, "value")
        self.widget = widgets.VBox([self.image, widgets.HBox([self.number, self.slider])])

    def update(self) -> None:
        code, chosen = self.explorer.code, self.number.value
        self.image.value = jpeg(bars(code, chosen, self.slider.max))
        self._quiet = True
        self.slider.value = float(code[chosen])
        self._quiet = False

    def _moved(self, change):
        if self._quiet:
            return
        if not np.isfinite(change["new"]):  # the typed text isn't a number
            self.update()
            return
        step, chosen = np.zeros(len(self.explorer.base), np.float32), self.number.value
        step[chosen] = change["new"] - self.explorer.code[chosen]
        self.explorer.shift(step, f"number {chosen}")


def bars(code: np.ndarray, chosen: int, largest: float, height: int = 120) -> np.ndarray:
    """Draw a bar for each number of a code (k,): uint8 (height, BAR k, 3); the chosen one in red."""
    out = np.full((height, BAR * len(code), 3), 255, np.uint8)
    middle = height // 2
    for k, number in enumerate(code):
        end = int(round(middle - np.clip(number / largest, -1, 1) * (middle - 2)))
        colour = (200, 40, 40) if k == chosen else (90, 110, 140)
        cv2.rectangle(out, (BAR * k + 1, min(middle, end)), (BAR * k + BAR - 2, max(middle, end)), colour, -1)
    return out


class Cloud:
    """The face's place among other codes, along the two directions in which they vary most.

    Each cell is a button, coloured by the codes in it: pressing it moves the face there along these two
    directions only. The dot is the current position.
    """

    WIDE, HIGH = 13, 9

    def __init__(self, explorer: Any) -> None:
        from sklearn.decomposition import PCA

        self.explorer, titles = explorer, list(explorer.clouds)
        codes = np.concatenate([explorer.clouds[title] for title in titles])
        self._pca = PCA(2, svd_solver="full").fit(codes)
        places = [self._pca.transform(explorer.clouds[title]) for title in titles]
        self._low, self._high = np.percentile(np.concatenate(places), [1, 99], axis=0)
        counts = np.zeros((self.HIGH, self.WIDE, len(titles)), int)
        for k, place in enumerate(places):
            np.add.at(counts, (*self.cell(place).T, k), 1)
        inks = np.array([INK.get(title, other) for title, other in zip(titles, OTHERS * 9, strict=False)])
        self.buttons, self._here = {}, None
        for at in np.ndindex(self.HIGH, self.WIDE):
            self.buttons[at] = button = widgets.Button(
                tooltip=", ".join(
                    f"{n} of {title}" for n, title in zip(counts[at], titles, strict=True) if n
                ),
                disabled=not counts[at].any(),
                layout={"width": "26px", "height": "22px", "padding": "0", "margin": "1px"},
            )
            button.style.button_color = "#f4f4f4"
            if counts[at].any():
                ink = np.round(255 * (counts[at] / counts[at].sum()) @ inks).astype(int)
                button.style.button_color = "#{:02x}{:02x}{:02x}".format(*ink)
            button.on_click(lambda _, at=at: self.go(at))
        lines = [
            widgets.HBox([self.buttons[r, c] for c in range(self.WIDE)]) for r in reversed(range(self.HIGH))
        ]
        colours = ", ".join(
            f"{title}: {'blue' if title == 'A' else 'red'}" for title in titles if title in INK
        )
        note = widgets.HTML(f"<small>Across: direction 1, upwards: direction 2. {colours}</small>")
        self.widget = widgets.VBox([*lines, note])

    def cell(self, places: np.ndarray) -> np.ndarray:
        """Return the cells (n, 2), row and column, of positions (n, 2) along the two directions."""
        share = (places - self._low) / (self._high - self._low)
        cells = np.floor(share * (self.WIDE, self.HIGH)).astype(int)
        return np.clip(cells, 0, (self.WIDE - 1, self.HIGH - 1))[:, ::-1]

    def go(self, at: tuple[int, int]) -> None:
        """Move to the centre of a cell (row, column)."""
        goal = self._low + (np.array(at)[::-1] + 0.5) / (self.WIDE, self.HIGH) * (self._high - self._low)
        code = self.explorer.code
        self.explorer.code = code + (goal - self._pca.transform(code[None])[0]) @ self._pca.components_

    def update(self) -> None:
        here = tuple(self.cell(self._pca.transform(self.explorer.code[None]))[0])
        if here != self._here:
            if self._here:
                self.buttons[self._here].description = ""
            self.buttons[here].description, self._here = "\N{BLACK CIRCLE}", here


class Strip:
    """The path from one end of a slider to the other, with the other sliders fixed."""

    COUNT, SIZE = 7, 96

    def __init__(self, explorer: Any) -> None:
        self.explorer, self._later = explorer, None
        titles = [(c.description or n, n) for n, c in explorer.controls.items()]
        self.which = widgets.Dropdown(options=titles, description="all along")
        self.which.observe(lambda _: self.draw(), "value")
        self.image = Picture("the decoded faces from the low end of a slider to its high end")
        self.widget = widgets.VBox([self.which, self.image])

    def update(self) -> None:
        """Redraw it once the sliders have come to rest."""
        if self._later:
            self._later.cancel()
        self._later = soon(STILL, self.draw)

    def draw(self) -> None:
        slider = self.explorer.controls[self.which.value]
        codes = [
            self.explorer.code_at(**{self.which.value: value})
            for value in np.linspace(slider.min, slider.max, self.COUNT)
        ]
        made = [self.explorer.decode(code[None]) for code in codes]
        rows = [row(np.stack([one[title] for one in made]), self.SIZE) for title in made[0]]
        self.image.value = marked_jpeg(np.concatenate(rows))


class OwnPhoto:
    """Start from a photo of your own: it is aligned and encoded once you say who gave consent.

    The statement is kept in `folder`, as `python -m swaplib` keeps it; the photo isn't kept.
    """

    folder = Path("build/explorer")

    def __init__(self, explorer: Any) -> None:
        self.explorer = explorer
        self.file = widgets.FileUpload(accept="image/*", multiple=False, description="photo")
        self.words = widgets.Text("", placeholder="Who agreed, and when?", description="consent")
        self.button = widgets.Button(description="begin with it", tooltip="when consent is given")
        self.says = widgets.HTML("Use only faces of people who gave consent.")
        self.button.on_click(lambda _: self.begin())
        self.widget = widgets.VBox([widgets.HBox([self.file, self.words, self.button]), self.says])

    def update(self) -> None:
        """Do nothing: this panel doesn't follow the sliders."""

    def begin(self) -> None:
        """Encode the photo if everything is there; otherwise say what is missing."""
        try:
            name, content = uploaded(self.file.value)
            if not self.words.value.strip():
                raise SwaplibError("Consent is required: say who agreed, and when.")
            code = self._code(name, content)
            kept = self.folder / f"{file_name(name)}.consent.json"
            record_consent(kept, self.words.value.strip(), [name])
        except SwaplibError as error:
            self.says.value = escape(str(error))
            return
        self.explorer.code = code
        self.says.value = escape(f"This is {name}, reconstructed by the network.")

    def _code(self, name, content):
        from swaplib.face.landmarks import Landmarker

        size = len(next(iter(self.explorer.decode(self.explorer.base[None]).values())))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file_name(name)
            path.write_bytes(content)
            try:
                picture = read_photo(path)
            except SwaplibError as error:
                raise SwaplibError(str(error).replace(str(path), name)) from error
        with Landmarker(max_faces=4) as find:
            found, reason = cut(picture, find, size)
        if found is None:
            raise SwaplibError(f"{name} can't be used: {reason}.")
        return np.asarray(self.explorer.encode(as_floats(found[0])[None]))[0]


def file_name(name: str) -> str:
    """Make a safe file name from the name of an upload.

    Letters, digits and harmless characters are kept. If anything was dropped, a few digits of a hash of the
    full name are appended, to keep names distinct.
    """
    kept = re.sub(r"[^\w .()-]", "_", Path(name).name)
    stem, ending = (
        part.encode()[:80].decode(errors="ignore") for part in (Path(kept).stem, Path(kept).suffix)
    )
    if stem.strip(" .") and stem + ending == name:
        return name
    return f"{stem.strip(' .') or 'photo'}-{sha256(name.encode(errors='replace')).hexdigest()[:8]}{ending}"


def uploaded(value: Any) -> tuple[str, bytes]:
    """Return (name, bytes) from a FileUpload, in ipywidgets 7 or 8. Raises SwaplibError if it is empty."""
    if not value:
        raise SwaplibError("Choose a photo first.")
    if isinstance(value, dict):  # ipywidgets 7
        name, file = next(iter(value.items()))
        return name, bytes(file["content"])
    return value[0]["name"], bytes(value[0]["content"])
