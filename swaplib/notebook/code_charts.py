"""Charts of the lessons on codes, in colours that can be told apart by everybody (see `charts`).

All return a Matplotlib figure, but for `along`, which returns a picture.
"""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from swaplib.latent import Directions
from swaplib.notebook.charts import COLOURS, MARKERS, a_figure
from swaplib.notebook.show import GAP, grid

HEADER = 22  # pixels above the pictures of `along`


def told(numbers: dict[str, float], digits: int = 2) -> str:
    """Return numbers as words of a chart's description: "yaw 0.25, smile 0.01"."""
    return ", ".join(f"{name} {value:.{digits}f}" for name, value in numbers.items())


def code_bars(faces: np.ndarray, codes: np.ndarray) -> Any:
    """Draw faces, and under each its code as bars. faces: (n, size, size, 3) in [0, 1]; codes: (n, k)."""
    figure, axes = a_figure(2, len(faces), 3.4, sharey="row", height_ratios=(1.4, 1))
    for face, code, (above, below) in zip(faces, codes, axes.T, strict=True):
        above.imshow(face)
        above.axis("off")
        below.bar(np.arange(1, len(code) + 1), code, width=0.9, color=COLOURS[0])
        below.set(xlabel="number of the code")
    return figure


def curves(
    lines: dict[str, tuple[Sequence[float], Sequence[float]]],
    x: str,
    y: str,
    ticks: Sequence[float],
    level: tuple[str, float] | None = None,
    top: float | None = None,
) -> Any:
    """Draw curves over a logarithmic scale. lines: {name: (x values, y values)}.

    ticks: the x values with a label. level: the name and height of a dotted line. top: the end of the y axis.
    """
    figure, ((axes,),) = a_figure(1, 1, 3.8)
    if level:
        axes.axhline(level[1], color="grey", linestyle=":", label=level[0])
    for k, (name, (xs, ys)) in enumerate(lines.items()):
        axes.plot(list(xs), list(ys), color=COLOURS[k], marker=MARKERS[k], markersize=5, label=name)
    axes.set(xscale="log", xlabel=x, ylabel=y, ylim=(0, top))
    axes.set_xticks(list(ticks), [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=8)
    return figure


def histograms(values: dict[str, np.ndarray], limit: float, x: str, end: float) -> Any:
    """Draw a histogram for each set of values from 0 to `end`, one below the other, with a limit as a line.

    values: {name: (n,)}; each bar is the percentage of its own set.
    """
    figure, axes = a_figure(len(values), 1, 1.3 * len(values), sharex=True)
    for k, (name, some) in enumerate(values.items()):
        panel = axes[k, 0]
        panel.hist(
            some, np.linspace(0, end, 65), weights=np.full(len(some), 100 / len(some)), color=COLOURS[k]
        )
        panel.axvline(limit, color="black", linestyle=":")
        panel.set_title(f"{name} (dotted: the threshold)" if k == 0 else name, fontsize=9, loc="left")
        panel.set(ylabel="per cent")
    axes[-1, 0].set(xlabel=x)
    return figure


def ranked(values: dict[str, float], x: str) -> Any:
    """Draw a bar for each value, the largest at the top. values: {name: number}."""
    figure, ((axes,),) = a_figure(1, 1, 1 + 0.17 * len(values))
    order = sorted(values, key=values.get)
    axes.barh(order, [values[name] for name in order], color=COLOURS[0])
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(xlabel=x)
    axes.tick_params(axis="y", labelsize=8)
    axes.margins(y=0.01)
    return figure


def probes(
    panels: dict[str, dict[str, dict[str, Any]]], intervals: dict[str, dict[str, tuple]], x: str = "R²"
) -> Any:
    """Draw what probes read, a row for each factor, a panel for each group of factors, one below the other.

    panels: {panel: {factor: {reader: a score, or a list of scores drawn as small lines}}}.
    intervals: {factor: {reader: (low, high)}} of some, as a line through the point.
    """
    heights = [len(rows) for rows in panels.values()]
    figure, axes = a_figure(len(panels), 1, 1.2 * len(panels) + 0.3 * sum(heights), height_ratios=heights)
    for panel, (title, rows) in zip(axes[:, 0], panels.items(), strict=True):
        for y, (factor, scores) in enumerate(rows.items()):
            for k, (reader, score) in enumerate(scores.items()):
                _probe(panel, y, k, reader, score, intervals.get(factor, {}).get(reader))
        panel.set_yticks(range(len(rows)), rows)
        panel.set_ylim(len(rows) - 0.5, -0.5)
        panel.axvline(0, color="black", linewidth=0.8)
        panel.set(title=title, xlim=(-0.3, 1), xlabel=x)
    names = {label: line for line, label in zip(*axes[0, 0].get_legend_handles_labels(), strict=True)}
    figure.legend(names.values(), names, frameon=False, loc="outside upper center", ncols=2, fontsize=8)
    return figure


def _probe(panel, y, k, reader, score, interval):
    """Draw one reader's score or scores in row y."""
    if np.ndim(score):
        panel.plot(score, [y] * len(score), "|", color="grey", markersize=10, label=reader)
        return
    up = 0.15 * (-1) ** k if interval else 0
    if interval:
        panel.plot(interval, [y + up, y + up], color=COLOURS[k], linewidth=2)
    panel.plot(score, y + up, MARKERS[k], color=COLOURS[k], markersize=6, label=reader, linestyle="")


def scatter(
    panels: dict[str, tuple[np.ndarray, np.ndarray]], colour: np.ndarray, x: str, y: str, bar: str
) -> Any:
    """Draw dots, coloured by a third number, with a panel for each set of dots, one below the other.

    panels: {title: (x values (n,), y values (n,))}. colour: (n,), explained beside the panels by `bar`.
    """
    figure, axes = a_figure(len(panels), 1, 3 * len(panels))
    for panel, (title, (xs, ys)) in zip(axes[:, 0], panels.items(), strict=True):
        dots = panel.scatter(xs, ys, c=colour, cmap="cividis", s=10)
        panel.set(title=title, xlabel=x, ylabel=y)
    figure.colorbar(dots, ax=list(axes[:, 0]), label=bar)
    return figure


def signed_map(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], limit: float) -> Any:
    """Draw a table of positive and negative numbers as coloured cells. values: (rows, columns).

    limit: the size at which the colours, blue for less than 0 and orange for more, are strongest.
    """
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("signed", [COLOURS[0], "white", COLOURS[1]])
    figure, ((axes,),) = a_figure(1, 1, 1.3 + 0.36 * len(rows))
    axes.imshow(values, cmap=colours, vmin=-limit, vmax=limit, aspect="auto")
    for (r, c), value in np.ndenumerate(np.asarray(values)):
        ink = "white" if abs(value) > 0.75 * limit else "black"
        axes.text(c, r, f"{value:.2f}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    return figure


def asked_and_measured(
    true: dict[str, tuple[np.ndarray, np.ndarray]], ways: dict[str, dict[str, tuple]]
) -> Any:
    """Draw measured values against those asked for, a panel for each factor.

    true: {factor: (values, measured)} of true pictures, as grey dots. ways: {name: {factor: (values asked
    for, measured)}}, as lines.
    """
    figure, axes = a_figure(-(-len(true) // 2), 2, 2 * -(-len(true) // 2))
    for panel, (factor, (values, measured)) in zip(axes.flat, true.items(), strict=False):
        panel.plot(values, measured, ".", color="lightgrey", label="true pictures")
        for k, (way, lines) in enumerate(ways.items()):
            panel.plot(*lines[factor], color=COLOURS[k], marker=MARKERS[k], markersize=4, label=way)
        panel.set_title(factor, fontsize=9)
        panel.set(xlabel="requested", ylabel="measured")
    for panel in axes.flat[len(true) :]:
        panel.axis("off")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, loc="outside upper center", ncols=4, fontsize=8)
    return figure


def along(
    decode: Callable[[np.ndarray], np.ndarray],
    middle: np.ndarray,
    directions: Directions,
    size: int = 88,
    count: int = 5,
) -> np.ndarray:
    """Draw a row of pictures for each direction, from its low end to its high one: uint8 (h, w, 3).

    decode: codes (n, code_size) -> pictures. middle: the code (code_size,) from which all start. size: px.
    """
    rows = {}
    for k, name in enumerate(directions.names):
        steps = np.zeros((count, len(directions)))
        steps[:, k] = np.linspace(directions.low[k], directions.high[k], count)
        label = f"direction {name}" if str(name).isdigit() else str(name)
        rows[label] = decode(np.stack([directions.move(middle, s) for s in steps]))
    sheet = grid(rows, size)
    head = np.full((HEADER, sheet.shape[1], 3), 255, np.uint8)
    left = sheet.shape[1] - count * (size + GAP) + GAP
    for word, column in (("low", 0), ("high", count - 1)):
        place = (left + column * (size + GAP), HEADER - 7)
        cv2.putText(head, word, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([head, sheet])
