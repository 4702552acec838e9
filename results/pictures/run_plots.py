"""Pictures of a run: its progress and its front."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, write_file
from ..summaries.run_names import ScoreNames, axis_label

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8a8a"  # colours of Okabe and Ito (2008)
ROLES = {"input": "#009e73", "hidden": GREY, "output": "#b0578d"}  # and the order of neurons


def make_figure(size: tuple[float, float], title: str, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, one below the other, with a common x axis.

    Args:
        size: Width and height in inches.
        title: What stands above.
        rows: Number of axes.
    """
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11)
    grid: NDArray[Any] = figure.subplots(rows, 1, sharex=True, squeeze=False)
    axes = list(grid[:, 0])
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=150)
    with place_of_the_user(f"picture {path} cannot be written"):
        write_file(Path(path), sink.getvalue())


def plot_progress(
    generations: pd.DataFrame, objectives: Sequence[str], scores: ScoreNames, title: str, path: Path
) -> None:
    """Draw what the search compares over the generations, of the network with the best score.

    Args:
        generations: The table of that name, one row at least.
        objectives: Names of measurements, the score first; each gets an axis of its own.
        scores: Names of the scores. All that is drawn here is of training data.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: No generation, or `path` cannot be written.
        MachineError: The disk fails.
    """
    if generations.empty:
        raise InputError(f"{title}: no generation is closed yet, there is no progress to draw")
    rows = len(objectives)
    figure, axes = make_figure((8.0, 1.0 + 2.0 * rows), title, rows)
    x = generations["generation"]
    marker = "o" if len(x) == 1 else ""  # a line needs two points
    mean = generations["generation_mean_score"]
    axes[0].plot(x, mean, color=GREY, lw=0.8, marker=marker, label="mean of the generation")
    for axis, name in zip(axes, objectives, strict=True):
        values = generations[f"best_{name}"].astype(float)
        axis.plot(x, values, color=BLUE, marker=marker, drawstyle="steps-post", label="best so far")
        words, *unit = axis_label(name).split(" (")
        axis.set_ylabel("\n(".join([f"{words} of the best", *unit]), size="small")
        if not values.notna().any():
            feasible = generations["best_score"].notna().any()
            reason = "not measured" if feasible else "no feasible network yet"
            text = axis.text(0.5, 0.5, reason, color=GREY)
            text.set(ha="center", va="center", transform=axis.transAxes)
    axes[0].set_ylabel(scores.training_label, size="small")
    axes[0].legend(loc="lower right", frameon=False)
    axes[-1].set_xlabel("generation")
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.align_ylabels()
    save(figure, path)


def plot_front(
    front: pd.DataFrame, objectives: Sequence[str], scores: ScoreNames, title: str, path: Path
) -> None:
    """Draw the Pareto front: score over the second objective, the third one as colour.

    Test scores are rings on the same axis if they are the same score, else on an axis below.

    Args:
        front: The table of that name, one row at least.
        objectives: Names of measurements, the score first. Where there is none beside it, the score
            is drawn over the number of synapses.
        scores: Names of the scores.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: An empty front, or `path` cannot be written.
        MachineError: The disk fails.
    """
    if front.empty:
        raise InputError(f"{title}: there is no front yet, nothing to draw")
    across, *others = [name for name in objectives if name != "score"] or ["synapses"]
    colour = others[0] if others else None
    test_across = f"test_{across}" if f"test_{across}" in front else across  # sizes are not tested
    x, test_x, tested = (front[c].to_numpy(float) for c in (across, test_across, "test_score"))
    score = front["mean_score"].fillna(front["score"]).to_numpy(float)
    champion = front["champion"].to_numpy(bool)
    apart = scores.training != scores.test and bool(np.isfinite(tested).any())
    figure, axes = make_figure((8.0, 9.0 if apart else 5.5), title, rows=2 if apart else 1)
    if np.isfinite(tested).any():
        if not apart:
            joints = np.stack([[x, test_x], [score, tested]])  # (axes, ends, networks)
            axes[0].plot(*joints, color=GREY, lw=0.5, alpha=0.6, zorder=1)
        rings = axes[-1].scatter(test_x, tested, s=26, facecolors="none", edgecolors=ORANGE)
        rings.set(label="held-out test", zorder=2)
    points = _scatter(axes[0], x, score, None if colour is None else front[colour].to_numpy(float))
    _mark(axes[0], x[champion], score[champion])
    if apart:
        _mark(axes[1], test_x[champion], tested[champion])
        axes[1].set_ylabel(scores.test)
        axes[1].legend(loc="best", frameon=False)
    _stretch(axes[0], np.concatenate([x, test_x[np.isfinite(test_x)]]))
    axes[0].set_ylabel(scores.training_label)
    axes[0].legend(loc="best", frameon=False)
    axes[-1].set_xlabel(axis_label(across))
    if colour is not None:
        figure.colorbar(points, ax=axes[0], label=axis_label(colour))
    save(figure, path)


def _scatter(
    axis: Axes,
    x: NDArray[np.float64],
    score: NDArray[np.float64],
    colour: NDArray[np.float64] | None,
) -> PathCollection:
    style = {"color": BLUE} if colour is None else {"c": colour, "cmap": "viridis"}
    points = axis.scatter(x, score, s=36, zorder=3, **style)
    points.set_label("selection data")
    return points


def _mark(axis: Axes, x: NDArray[np.float64], score: NDArray[np.float64]) -> None:
    """Draw a star at the champion, if there is one."""
    if len(x):
        star = axis.scatter(x, score, s=320, marker="*", facecolors="none")
        star.set(label="champion", zorder=4, edgecolors="black")


def _stretch(axis: Axes, x: NDArray[np.float64]) -> None:
    """Make the x axis logarithmic if the values span more than a factor of 50; 0 stays on it."""
    positive = x[x > 0]
    if not len(positive) or x.min() < 0 or positive.max() <= 50 * positive.min():
        return
    if len(positive) == len(x):
        axis.set_xscale("log")
    else:
        axis.set_xscale("symlog", linthresh=positive.min())
