"""Charts and pictures of the lessons on swaps, in colours that everybody can distinguish (see `charts`)."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from swaplib.latent import principal
from swaplib.notebook.charts import COLOURS, MARKERS, a_figure

GOOD, BAD = (0, 114, 178), (213, 94, 0)  # blue and vermilion


def clouds(codes: dict[str, tuple[np.ndarray, np.ndarray]]) -> Any:
    """Draw codes of A and B as dots along the two directions in which they vary most: a Matplotlib figure.

    codes: {title: (codes of A (n, k), codes of B (m, k))}, a panel each.
    """
    across = min(len(codes), 2)
    figure, axes = a_figure(-(-len(codes) // across), across, 3.0 * -(-len(codes) // across))
    for panel, (title, people) in zip(axes.flat, codes.items(), strict=False):
        together = np.concatenate(people)
        steps = principal(together, 2).vectors
        unit = steps / np.linalg.norm(steps, axis=1, keepdims=True)
        for k, (some, name) in enumerate(zip(people, "AB", strict=True)):
            x, y = ((some - together.mean(axis=0)) @ unit.T).T
            panel.plot(x, y, MARKERS[2 * k], color=COLOURS[k], markersize=2.5, alpha=0.5, label=name)
        panel.set(title=title, xticks=[], yticks=[])
    for panel in axes.flat[len(codes) :]:
        panel.axis("off")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, markerscale=3)
    return figure


def landmarks(
    frame: np.ndarray,
    points: np.ndarray,
    anchors: np.ndarray,
    outline: np.ndarray | None = None,
    wide: int = 768,
) -> np.ndarray:
    """Draw points as dots, anchors as circles and an outline into a frame made `wide` px wide: uint8.

    frame: uint8 (h, w, 3). points, anchors, outline: (n, 2), in pixels of the frame.
    """
    times = wide / frame.shape[1]
    picture = cv2.resize(frame, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)

    def place(p):
        return np.rint(times * (np.asarray(p) + 0.5) - 0.5).astype(int)

    for p in points:
        cv2.circle(picture, place(p).tolist(), 1, (120, 255, 120), -1, cv2.LINE_AA)
    for p in anchors:
        cv2.circle(picture, place(p).tolist(), 6, (255, 220, 0), 2, cv2.LINE_AA)
    if outline is not None:
        cv2.polylines(picture, [place(outline)], True, (255, 255, 255), 2, cv2.LINE_AA)
    return picture


def heat(error: np.ndarray, most: float = 0.25) -> np.ndarray:
    """Draw an error map (h, w) in colours, from black (none) to yellow (`most`): uint8 (h, w, 3)."""
    return cv2.applyColorMap(np.uint8(255 * np.clip(error / most, 0, 1)), cv2.COLORMAP_INFERNO)[..., ::-1]


def speed_and_paths(
    speed: np.ndarray,
    fast: np.ndarray,
    paths: dict[str, np.ndarray],
    stretches: dict[str, tuple[int, int]],
) -> Any:
    """Draw the speed of a face in each frame, and its path in stretches of the movie: a Matplotlib figure.

    speed: px a frame (frames,). fast: bool (frames,), drawn in another colour. paths: {name: px from the left
    (frames,)}; the first is drawn as dots. stretches: {title: (first frame, last)}, a panel each.
    """
    figure, axes = a_figure(1 + len(stretches), 1, 2.2 * (1 + len(stretches)))
    panel = axes[0, 0]
    panel.bar(np.arange(len(speed)), speed, width=1, color=np.where(fast, COLOURS[1], "grey"))
    panel.set(xlabel="frame (vermilion: the fastest tenth)", ylabel="px a frame", title="speed of the face")
    for panel, (title, (start, stop)) in zip(axes[1:, 0], stretches.items(), strict=True):
        for k, (name, path) in enumerate(paths.items()):
            style = {"color": "black", "ls": "", "marker": "."} if k == 0 else {"color": COLOURS[k - 1]}
            style |= {"ls": "--"} if k == 1 else {}
            panel.plot(range(start, stop), path[start:stop], label=name, **style)
        panel.set(xlabel="frame", ylabel="left eye, px from the left", title=title)
        panel.xaxis.get_major_locator().set_params(integer=True)
    axes[1, 0].legend(frameon=False)
    return figure


def scores_over(factors: dict[str, np.ndarray], scores: dict[str, np.ndarray], y: str) -> Any:
    """Draw scores of frames over factors, as dots with a straight line through them: a Matplotlib figure.

    factors: {label: (n,)}, a panel each, one below the other. scores: {name: (n,)}, each with an own marker.
    """
    figure, axes = a_figure(len(factors), 1, 3.0 * len(factors))
    for panel, (label, x) in zip(axes[:, 0], factors.items(), strict=True):
        ends = np.array([x.min(), x.max()])
        for k, (name, score) in enumerate(scores.items()):
            line = np.polyval(np.polyfit(x, score, 1), ends)
            panel.plot(ends, line, color=COLOURS[k], marker=MARKERS[k], markersize=7, label=name)
            panel.plot(x, score, MARKERS[k], color=COLOURS[k], markersize=3, alpha=0.35)
        panel.set(xlabel=label, ylabel=y, ylim=(0.5, 1))
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=2, frameon=False)
    return figure


def scores_and_counts(x: np.ndarray, scores: np.ndarray, counted: np.ndarray, edges: Sequence[float]) -> Any:
    """Draw scores as dots and means by bin, and below how many training pictures each bin has: a figure.

    x: turns in degrees (n,); scores (n,); counted: turns of the training pictures (m,); edges of the bins.
    """
    ends = np.asarray(edges)
    figure, axes = a_figure(2, 1, 5, sharex=True, height_ratios=(2, 1))
    which = np.digitize(x, ends[1:-1])
    means = [scores[which == k].mean() for k in range(len(ends) - 1)]
    axes[0, 0].plot(x, scores, ".", color=COLOURS[0], markersize=4, alpha=0.5, label="a test pair")
    middles = (ends[:-1] + ends[1:]) / 2
    axes[0, 0].plot(middles, means, "s-", color=COLOURS[1], label="mean per five degrees")
    axes[0, 0].set(ylabel="SSIM", ylim=(0.8, 1))
    axes[0, 0].legend(frameon=False)
    axes[1, 0].bar(middles, np.histogram(counted, ends)[0], 4.5, color="grey")
    axes[1, 0].set(xlabel="turn of the head, degrees", ylabel="training pictures")
    return figure


def with_states(picture: np.ndarray, states: dict[str, str], good: Sequence[str]) -> np.ndarray:
    """Draw a picture and below it a line for each state: uint8 (h, w, 3).

    picture: uint8 (h, w, 3). states: {name: word}; words in `good` are blue with a plus, others vermilion
    with a minus.
    """
    high, wide = 300, 620
    sheet = np.full((high + 6 + 26 * len(states), wide, 3), 255, np.uint8)
    across = min(wide, round(picture.shape[1] * high / len(picture)))
    sheet[:high, :across] = cv2.resize(picture, (across, high), interpolation=cv2.INTER_AREA)
    for k, (name, word) in enumerate(states.items()):
        place, ink = (8, high + 24 + 26 * k), GOOD if word in good else BAD
        text = f"{'+' if word in good else '-'} {name}: {word}"
        cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 1, cv2.LINE_AA)
    return sheet
