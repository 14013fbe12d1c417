"""Charts and tables of all lessons, and of those on detectors, in colours that everybody can distinguish.

The colours are those of M. Okabe and K. Ito (2008); lines and points differ in their markers as well.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

import cv2
import numpy as np

from swaplib import SwaplibError
from swaplib.files.picture import as_bytes, resized

# Okabe and Ito: blue, vermilion, green, orange, purple, sky blue
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9")
MARKERS = "os^Dv*"
WIDE = 6.4  # inches: a chart fits the width of a telephone turned on its side


def table(rows: dict[str, dict[str, Any]], head: str = "", digits: int = 2) -> None:
    """Show a table in a notebook. rows: {row: {column: number or words}}; numbers get `digits` decimals.

    head: what stands above the names of the rows. Where no HTML is shown, the table is text.
    """
    from IPython.display import display

    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    cells = [[head, *columns]]
    cells += [[name, *(_words(row.get(column), digits) for column in columns)] for name, row in rows.items()]
    lines = ["<tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in cells[0]) + "</tr>"]
    for name, *others in cells[1:]:
        line = "".join(f'<td style="text-align: right">{escape(cell)}</td>' for cell in others)
        lines.append(f'<tr><th scope="row" style="text-align: left">{escape(name)}</th>{line}</tr>')
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    text = ("  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)) for row in cells)
    html = f"<table>{''.join(lines)}</table>"
    display({"text/html": html, "text/plain": "\n".join(line.rstrip() for line in text)}, raw=True)


def _words(value, digits):
    """A cell's value in words: some decimals of a number, nothing for None."""
    if value is None:
        return ""
    return f"{value:.{digits}f}" if isinstance(value, float | np.floating) else str(value)


def lines(
    curves: dict[str, tuple[Iterable[float], Iterable[float]]], x: str, y: str, diagonal: bool = False
) -> Any:
    """Curves in one chart: a Matplotlib figure. curves: {name: (x values, y values)}.

    diagonal: whether the line on which both are equal is drawn, dotted.
    """
    figure, ((axes,),) = a_figure(1, 1, 3.4)
    if diagonal:
        axes.plot([0, 1], [0, 1], "k:", linewidth=1)
    for k, (name, (xs, ys)) in enumerate(curves.items()):
        style = {"color": COLOURS[k % 6], "marker": MARKERS[k % 6], "markersize": 4}
        axes.plot(list(xs), list(ys), label=name, **style)
    axes.set(xlabel=x, ylabel=y)
    axes.legend(frameon=False)
    return figure


def dots(scores: dict[str, tuple[np.ndarray, np.ndarray]], limit: float, x: str = "logit") -> Any:
    """Scores in rows, real ones as blue circles and fakes as triangles: a Matplotlib figure.

    scores: {row: (scores of real pictures (n,), scores of fakes (m,))}. limit: a threshold, drawn as a line.
    """
    figure, ((axes,),) = a_figure(1, 1, 0.9 + 0.3 * len(scores))
    for k, parts in enumerate(scores.values()):
        for part, up, colour, marker in zip(parts, (-0.15, 0.15), COLOURS, "o^", strict=False):
            axes.plot(part, np.full(len(part), k + up), marker, color=colour, markersize=4, alpha=0.6)
    axes.axvline(limit, color="black", linewidth=1)
    axes.set_yticks(range(len(scores)), list(scores))
    axes.set(xlabel=x)
    axes.invert_yaxis()
    figure.legend(axes.lines[:2], ("real", "swap"), frameon=False, loc="outside upper center", ncols=2)
    return figure


def a_figure(rows: int, columns: int, high: float, **options: Any) -> tuple[Any, np.ndarray]:
    """A figure as wide as a page, and its axes (rows, columns), without frames above and on the right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDE, high), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    for panel in axes.flat:
        panel.spines[["top", "right"]].set_visible(False)
    return figure, axes


def bars(scores: dict[str, float], largest: float, size: int) -> np.ndarray:
    """Scores as bars, to the right for more than 0, with their numbers: uint8 (size, size, 3).

    largest: the score whose bar reaches the edge. Drawn by OpenCV, since a slider waits for it.
    """
    out = np.full((size, size, 3), 255, np.uint8)
    step, middle = size // max(len(scores), 1), size // 2
    for k, (name, score) in enumerate(scores.items()):
        top, end = k * step + step // 2, round(middle * (1 + float(np.clip(score / largest, -1, 1))))
        ink = (213, 94, 0) if score > 0 else (0, 114, 178)
        cv2.rectangle(out, (min(middle, end), top), (max(middle, end), top + step // 4), ink, -1)
        text = f"{name} {score:+.1f}"
        scale = min(0.5, 0.5 * size / cv2.getTextSize(text, 0, 0.5, 1)[0][0])
        cv2.putText(out, text, (4, top - 6), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
    out[:, middle] = (120, 120, 120)
    return out


def alarms(real: np.ndarray, fake: np.ndarray, limit: float, rare: int, total: int = 100_000) -> np.ndarray:
    """What a threshold means for so many videos, one in `rare` of them a swap: uint8 (h, w, 3).

    real, fake: logits (n,), drawn as dots, the real ones above. limit: the threshold, a line.
    """
    out = np.full((230, 640, 3), 255, np.uint8)
    low, high = min(real.min(), fake.min()), max(real.max(), fake.max())
    rng = np.random.default_rng(0)

    def place(score):
        return int(20 + 600 * np.clip((score - low) / (high - low), 0, 1))

    for part, y, ink in ((real, 45, (0, 114, 178)), (fake, 100, (213, 94, 0))):
        for score, up in zip(part, rng.uniform(-22, 22, len(part)), strict=True):
            cv2.circle(out, (place(score), int(y + up)), 3, ink, -1, cv2.LINE_AA)
    cv2.line(out, (place(limit), 18), (place(limit), 128), (0, 0, 0), 2)
    found, flagged = float((fake >= limit).mean()), float((real >= limit).mean())
    hits, slips = found * total / rare, flagged * total * (1 - 1 / rare)
    right = hits / (hits + slips) if hits + slips else float("nan")
    for k, text in enumerate(
        (
            f"real above (blue), swaps below (orange); threshold {limit:z.1f}",
            f"of {total:,} videos, {total / rare:,.0f} are swaps: {hits:,.0f} found, "
            f"{total / rare - hits:,.0f} missed",
            f"{total * (1 - 1 / rare):,.0f} are real: {slips:,.0f} flagged by mistake",
            f"of 100 alarms, {100 * right:.1f} are right" if hits + slips else "no alarms",
        )
    ):
        y = 14 if k == 0 else 130 + 25 * k
        cv2.putText(out, text, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return out


def overlay(image: np.ndarray, heat: np.ndarray, most: float | None = None) -> np.ndarray:
    """A picture in grey under a map that glows where it is large: uint8 (size, size, 3).

    image: uint8 or float32 in [0, 1], (size, size, 3). heat: (size, size), negative values count as 0.
    most: the value that is brightest, by default the largest. Raises SwaplibError for another size of map.
    """
    if np.shape(heat) != np.shape(image)[:2]:
        raise SwaplibError(f"the map has {np.shape(heat)} pixels, and its picture {np.shape(image)[:2]}")
    most = max(float(np.max(heat)) if most is None else most, 1e-9)
    share = np.clip(np.asarray(heat, np.float32) / most, 0, 1)
    image = np.asarray(image)
    plain = image if image.dtype == np.uint8 else as_bytes(image)
    grey = np.repeat(plain.mean(axis=2, keepdims=True), 3, axis=2) * 0.6
    glow = cv2.applyColorMap(np.uint8(255 * share), cv2.COLORMAP_INFERNO)[..., ::-1]
    alpha = np.sqrt(share)[..., None] * 0.85
    return np.rint(grey * (1 - alpha) + glow * alpha).astype(np.uint8)


def numbered(images: np.ndarray, across: int, size: int, names: Iterable[str] | None = None) -> np.ndarray:
    """Pictures in lines of so many, each with its number or name in a corner: uint8 (h, w, 3)."""
    names = [str(k + 1) for k in range(len(images))] if names is None else list(names)
    rows, gap = -(-len(images) // across), 4
    out = np.full((rows * (size + gap) - gap, across * (size + gap) - gap, 3), 255, np.uint8)
    for k, (image, name) in enumerate(zip(images, names, strict=True)):
        y, x = ((size + gap) * n for n in divmod(k, across))
        one = resized(image if image.dtype == np.uint8 else as_bytes(image), size).copy()
        scale = min(0.45, 0.45 * (size - 8) / cv2.getTextSize(name, 0, 0.45, 1)[0][0])
        wide = cv2.getTextSize(name, 0, scale, 1)[0][0] + 8
        one[:18, :wide] = 255
        cv2.putText(one, name, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
        out[y : y + size, x : x + size] = one
    return out
