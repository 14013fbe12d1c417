"""Contact sheets, rows and grids of crops, plots, and how to display them in a notebook."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from swaplib.files.picture import as_bytes, jpeg, resized
from swaplib.files.video import read_frames

GAP = 4  # pixels between crops
TITLE = 24  # pixels above each column


def contact_sheet(columns: dict[str, np.ndarray], zoom: float = 1.0) -> np.ndarray:
    """Arrange crops side by side, with one titled column per kind: uint8 (h, w, 3).

    columns: {title: float32 (n, size, size, 3) in [0, 1]}, all with the same n and size.

        sheet = contact_sheet({"source": b, "swap": swapped, "truth": a}, zoom=1.5)
    """
    size = round(next(iter(columns.values())).shape[1] * zoom)
    cell = size + GAP
    rows = max(len(images) for images in columns.values())
    sheet = np.full((TITLE + rows * cell, len(columns) * cell + GAP, 3), 255, np.uint8)
    for k, (title, images) in enumerate(columns.items()):
        x = GAP + k * cell
        scale = min(0.5, 0.5 * size / cv2.getTextSize(title, 0, 0.5, 1)[0][0])
        cv2.putText(sheet, title, (x, TITLE - 8), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
        for row, image in enumerate(as_bytes(images)):
            y = TITLE + row * cell
            sheet[y : y + size, x : x + size] = resized(image, size)
    return sheet


def training_curve(history: dict[str, Sequence[float]], seconds: Sequence[float] | None = None) -> np.ndarray:
    """Plot loss against epochs, or against seconds if given: uint8 (h, w, 3).

    history: {name: values}, as in `keras.callbacks.History.history`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), dpi=120, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, values in history.items():
        steps = np.arange(1, len(values) + 1) if seconds is None else seconds[: len(values)]
        axes.plot(steps, values, label=name)
    axes.set(xlabel="epoch" if seconds is None else "seconds of training", ylabel="loss", yscale="log")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def heat_map(
    values: np.ndarray, rows: Sequence[str], columns: Sequence[str], low: float = 0, high: float = 1
) -> Any:
    """Draw a table of numbers as coloured cells with the numbers in them: a Matplotlib figure.

    values: (rows, columns). low, high: the ends of the colour scale, from dark to light.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.6 + 0.62 * len(columns), 1.3 + 0.34 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(values, vmin=low, vmax=high, cmap="cividis", aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    for (r, c), value in np.ndenumerate(np.asarray(values)):
        dark = value < (low + high) / 2
        axes.text(
            c, r, f"{value:.2f}", ha="center", va="center", color="white" if dark else "black", fontsize=9
        )
    return figure


def row(images: np.ndarray, size: int = 96, gap: int = GAP) -> np.ndarray:
    """Arrange crops side by side: uint8 (h, w, 3). images: float32 (n, s, s, 3) in [0, 1]; size: px."""
    return grid([images], size, gap)


def grid(rows: list[np.ndarray] | dict[str, np.ndarray], size: int = 96, gap: int = GAP) -> np.ndarray:
    """Stack rows of crops: uint8 (h, w, 3) on white; shorter rows are filled with white.

    rows: a list of float32 (n, s, s, 3) in [0, 1], or {label: such an array}, to put each row's label
    in front of it.

        grid({"picture": faces, "reconstruction": reconstructions})
    """
    labels = list(rows) if isinstance(rows, dict) else []
    rows = list(rows.values()) if labels else rows
    longest = max(len(images) for images in rows)
    cell = size + gap
    out = np.full((len(rows) * cell - gap, longest * cell - gap, 3), 255, np.uint8)
    for r, images in enumerate(rows):
        for c, image in enumerate(as_bytes(images)):
            out[r * cell : r * cell + size, c * cell : c * cell + size] = resized(image, size)
    return np.hstack([_labels(labels, cell, len(out)), out]) if labels else out


def _labels(labels, cell, height):
    """Draw a column of labels, one for each row of `cell` px: uint8 (height, w, 3)."""
    wide = 2 * GAP + max(cv2.getTextSize(label, 0, 0.45, 1)[0][0] for label in labels)
    out = np.full((height, wide, 3), 255, np.uint8)
    for r, label in enumerate(labels):
        place = (GAP, r * cell + cell // 2)
        cv2.putText(out, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return out


def network(shapes: dict[str, tuple], brackets: dict[str, tuple[int, int]] | None = None) -> Any:
    """Draw the arrays in a network as boxes from left to right: a Matplotlib figure.

    shapes: {name: (height, width, channels) or (numbers,)}. Each box is as high as its array and as deep
    as its channels, on scales that keep the small ones visible. brackets: {name of a part: (its first box,
    its last)}, drawn above the boxes.

        network({"picture": (48, 48, 3), "code": (64,)})
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.05 * len(shapes), 2.8), layout="constrained")
    axes = figure.add_subplot()
    for k, (name, shape) in enumerate(shapes.items()):
        high = shape[0] ** 0.5 if len(shape) == 3 else 2.0
        wide = min(0.12 * shape[-1] ** 0.5, 0.75) if len(shape) == 3 else 0.12
        colour = "tab:blue" if len(shape) == 3 else "tab:orange"
        axes.bar(k, high, wide, bottom=-high / 2, color=colour, alpha=0.7)
        axes.annotate(" x ".join(map(str, shape)), (k, -4.1), ha="center", fontsize=7)
        axes.annotate(name, (k, 3.8), ha="center", fontsize=7)
        if k:
            axes.annotate("", (k - 0.4, 0), (k - 0.6, 0), arrowprops={"arrowstyle": "->", "color": "grey"})
    for name, (first, last) in (brackets or {}).items():
        axes.plot([first, first, last, last], [4.6, 4.9, 4.9, 4.6], color="black", linewidth=1)
        axes.annotate(name, ((first + last) / 2, 5.1), ha="center", fontsize=9)
    axes.set(xlim=(-0.6, len(shapes) - 0.4), ylim=(-4.5, 6 if brackets else 4.4))
    axes.axis("off")
    return figure


def side_by_side(pictures: dict[str, np.ndarray], height: int | None = None) -> np.ndarray:
    """Arrange pictures of any size side by side, with titles above: uint8 (h, w, 3).

    pictures: {title: uint8 (h, w, 3), or float in [0, 1]}. height: px to which each is resized, by
    default the height of the first one.

        side_by_side({"source": frame, "swap": swapped}, height=240)
    """
    height = height or len(next(iter(pictures.values())))
    parts = []
    for title, image in pictures.items():
        image = np.asarray(image)
        image = as_bytes(image) if np.issubdtype(image.dtype, np.floating) else image
        wide = round(image.shape[1] * height / len(image))
        method = cv2.INTER_AREA if height < len(image) else cv2.INTER_CUBIC
        part = np.full((TITLE + height, wide, 3), 255, np.uint8)
        part[TITLE:] = cv2.resize(image, (wide, height), interpolation=method)
        scale = min(0.5, 0.5 * wide / max(cv2.getTextSize(title, 0, 0.5, 1)[0][0] + 4, 1))
        cv2.putText(part, title, (2, TITLE - 8), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
        parts += [part, np.full((TITLE + height, GAP, 3), 255, np.uint8)]
    return np.hstack(parts[:-1])


def picture(image: Any, alt: str) -> None:
    """Show a picture in a notebook. image: uint8 (h, w, 3), or a Matplotlib figure.

    alt: a description of the picture, for people who can't see it.
    """
    from IPython.display import display

    display(_bundle(image, alt), raw=True)


def changing(image: Any, alt: str) -> Callable[[Any, str], None]:
    """Show a picture that can be replaced, such as a preview; returns a function that replaces it.

    preview = changing(first, "before the training")
    preview(second, "after an epoch")
    """
    from IPython.display import display

    shown = display(_bundle(image, alt), raw=True, display_id=True)
    return lambda image, alt: shown.update(_bundle(image, alt), raw=True)


def video(path: str | Path, alt: str, width: int | None = None) -> None:
    """Show a movie with controls in a notebook. The file is stored in the output, so keep it short.

    Until it is played, its first frame is shown: not every browser draws that by itself. Raises
    SwaplibError if the movie can't be read.
    """
    from IPython.display import display

    first = b64encode(jpeg(next(read_frames(path)))).decode()
    data = b64encode(Path(path).read_bytes()).decode()
    size = f' width="{width}"' if width else ""
    html = (
        f'<video controls loop playsinline{size} style="max-width: 100%" '
        f'poster="data:image/jpeg;base64,{first}" aria-label="{escape(alt, quote=True)}">'
        f'<source src="data:video/mp4;base64,{data}" type="video/mp4">{escape(alt)}</video>'
    )
    display({"text/html": html, "text/plain": alt}, raw=True)


def _bundle(image, alt):
    """Return a picture in the formats for notebooks: HTML, and plain text."""
    if hasattr(image, "savefig"):
        buffer = BytesIO()
        image.savefig(buffer, format="png", dpi=100, bbox_inches="tight")
        mime, data = "image/png", buffer.getvalue()
    else:
        mime, data = "image/jpeg", jpeg(image)
    # Not a bare picture: JupyterLab hides the text that comes with one.
    html = f'<img alt="{escape(alt, quote=True)}" src="data:{mime};base64,{b64encode(data).decode()}">'
    return {"text/html": html, "text/plain": alt}


def table(rows: dict[str, dict], columns: Sequence[str] | None = None) -> str:
    """Format figures as an aligned text table: {row: {column: number}} -> str. Missing ones stay empty."""
    columns = columns or list(dict.fromkeys(c for row in rows.values() for c in row))
    cells = [["", *columns]]
    for name, row in rows.items():
        cells.append([name, *("" if row.get(c) is None else f"{row[c]:.3f}" for c in columns)])
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
