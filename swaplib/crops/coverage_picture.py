"""The plot of what each person's material covers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

COLOURS = {"A": "tab:blue", "B": "tab:orange", "movie": "0.35"}
READINGS = {  # title: reading, lowest, highest
    "mouth: shut 0 to open 1": ("jaw_open", 0, 1),
    "eyes: open 0 to closed 1": ("blink", 0, 1),
    "smile": ("smile", 0, 1),
    "sharpness (below 0.55: blurred)": ("sharpness", 0, 1.6),
}
BINS = 16


def draw(covers: Mapping[str, Any]) -> np.ndarray:
    """Plot poses, light, expressions, sharpness and counts: uint8 (h, w, 3). covers: {name: `Coverage`}."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 7.2), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots(2, 4).ravel()
    _cloud(axes[0], covers, "yaw", "pitch", ("yaw: left to right, degrees", "pitch: down to up"), (-45, 45))
    _cloud(
        axes[1], covers, "light_side", "brightness", ("light from left to right", "brightness"), (-0.8, 0.8)
    )
    axes[0].set(title="turns of the head", ylim=(-35, 35))
    axes[1].set(title="light", ylim=(0, 1))
    for place, (title, (reading, low, high)) in zip(axes[[2, 4, 5, 6]], READINGS.items(), strict=True):
        edges = np.linspace(low, high, BINS + 1)
        for name, cover in covers.items():
            values = np.clip(cover.factors[reading], low, high)
            weights = np.full(len(values), 100 / max(len(values), 1))
            place.hist(values, edges, weights=weights, histtype="step", linewidth=1.8, color=COLOURS[name])
        place.set(title=title, ylabel="% of the pictures")
    axes[3].remove()
    axes[7].remove()
    _bars(figure.add_subplot(figure.axes[0].get_gridspec()[:, 3]), covers)
    figure.axes[0].legend(loc="lower left", fontsize=8)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _cloud(axes, covers, across, up, labels, limits):
    """Plot a point for each crop, at two readings."""
    for name, cover in covers.items():
        points = cover.factors[across], cover.factors[up]
        label = f"{name}: {cover.crops} pictures"
        axes.scatter(*points, s=9, alpha=0.45, color=COLOURS[name], label=label, linewidths=0)
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=limits)
    axes.grid(alpha=0.25)


def _bars(axes, covers):
    """Plot the percentage of pictures of each kind, with the number beside each bar."""
    labels = list(next(iter(covers.values())).counts)
    thick = 0.8 / len(covers)
    for k, (name, cover) in enumerate(covers.items()):
        places = np.arange(len(labels)) + (k - (len(covers) - 1) / 2) * thick
        shares = [100 * cover.share(label) for label in labels]
        bars = axes.barh(places, shares, thick, color=COLOURS[name], label=name)
        axes.bar_label(bars, [str(cover.counts[label]) for label in labels], fontsize=7, padding=2)
    axes.set_yticks(np.arange(len(labels)), labels, fontsize=8)
    axes.invert_yaxis()
    axes.set(title="pictures of each kind", xlabel="% of the pictures", xlim=(0, 112))
