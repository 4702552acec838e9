"""Pictures of a run, as PNG files: its progress, its front, a spike raster.

Drawn with Matplotlib's figure objects alone: no window, no display, no global state. The picture
of a network is in `network_plot`.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, write_file

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8a8a"  # colours of Okabe and Ito (2008)
ROLES = {"input": "#009e73", "hidden": GREY, "output": "#b0578d"}
MAX_LABELS = 48  # more neurons than that have no names beside the raster


def plot_progress(generations: pd.DataFrame, title: str, path: Path) -> None:
    """Draw score, spikes and latency over the generations.

    Args:
        generations: The table of that name, one row at least; uses `generation`, `best_score`,
            `mean_score`, `best_spikes`, `best_latency`.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: no generation, or `path` cannot be written.
        MachineError: the disk fails.
    """
    if generations.empty:
        raise InputError(f"{title}: no generation is closed yet, there is no progress to draw")
    figure, axes = _figure((8.0, 7.0), title, rows=3)
    x = generations["generation"]
    marker = "o" if len(x) == 1 else ""
    axes[0].plot(x, generations["mean_score"], color=GREY, lw=0.8, marker=marker, label="mean")
    curves = (("best_score", "score"), ("best_spikes", "spikes"), ("best_latency", "latency"))
    for axis, (column, label) in zip(axes, curves, strict=True):
        values = generations[column].astype(float)
        axis.plot(x, values, color=BLUE, marker=marker, drawstyle="steps-post", label="best so far")
        axis.set_ylabel(label)
        if not values.notna().any():
            _note(axis, "no network above chance yet")
    axes[0].legend(loc="lower right", frameon=False)
    axes[1].set_ylabel("spikes of the best")
    axes[2].set_ylabel("latency of the best\n(ticks)")
    axes[2].set_xlabel("generation")
    axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.align_ylabels()
    save(figure, path)


def plot_front(front: pd.DataFrame, title: str, path: Path) -> None:
    """Draw the Pareto front: score over spikes, latency as colour, test scores as rings.

    Args:
        front: The table of that name, one row at least; uses `score`, `mean_score`, `spikes`,
            `latency`, `champion`, `test_score`, `test_spikes`.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: an empty front, or `path` cannot be written.
        MachineError: the disk fails.
    """
    if front.empty:
        raise InputError(f"{title}: there is no front yet, nothing to draw")
    figure, (axis,) = _figure((8.0, 5.5), title)
    score = front["mean_score"].fillna(front["score"]).to_numpy(float)
    spikes = front["spikes"].to_numpy(float)
    champion = front["champion"].to_numpy(bool)
    tested, test_spikes = (front[c].to_numpy(float) for c in ("test_score", "test_spikes"))
    if np.isfinite(tested).any():
        joints = np.stack([[spikes, test_spikes], [score, tested]])  # (axes, ends, networks)
        axis.plot(*joints, color=GREY, lw=0.5, alpha=0.6, zorder=1)
        rings = axis.scatter(test_spikes, tested, s=26, facecolors="none", edgecolors=ORANGE)
        rings.set(label="held-out test", zorder=2)
    points = axis.scatter(
        spikes, score, s=36, c=front["latency"].to_numpy(float), cmap="viridis", zorder=3
    )
    points.set_label("selection data")
    if champion.any():
        star = axis.scatter(spikes[champion], score[champion], s=320, marker="*", facecolors="none")
        star.set(label="champion", zorder=4, edgecolors="black")
    if spikes.min() > 0 and spikes.max() > 50 * spikes.min():
        axis.set_xscale("log")
    axis.set_xlabel("spikes per sample or decision")
    axis.set_ylabel("score")
    axis.legend(loc="best", frameon=False)
    figure.colorbar(points, ax=axis, label="latency (ticks)")
    save(figure, path)


def plot_raster(
    raster: NDArray[np.bool_], roles: Sequence[str], labels: Sequence[str], title: str, path: Path
) -> None:
    """Draw the spikes of one sample: a row for each neuron, inputs on top, outputs at the bottom.

    Args:
        raster: (ticks, neurons) bool: whether the neuron spiked at the tick.
        roles: (neurons,) `input`, `hidden` or `output`.
        labels: (neurons,) names.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: `path` cannot be written.
        MachineError: the disk fails.
    """
    ticks, neurons = raster.shape
    order = [neuron for role in ROLES for neuron, its in enumerate(roles) if its == role]
    raster, roles = raster[:, order], [roles[neuron] for neuron in order]
    labels = [labels[neuron] for neuron in order]
    pitch = min(0.28, 12 / max(neurons, 1))  # inches a row
    width = float(np.clip(3 + 0.12 * ticks, 6, 14))
    figure, (axis,) = _figure((width, 1.5 + pitch * max(neurons, 6)), title)
    t, neuron = np.nonzero(raster)
    colours = np.array([ROLES[role] for role in roles])
    half = 0.4 if neurons <= MAX_LABELS else 0.5
    axis.vlines(t, neuron - half, neuron + half, colors=list(colours[neuron]), lw=1.8)
    for place in range(1, neurons):
        if roles[place] != roles[place - 1]:
            axis.axhline(place - 0.5, color="#cccccc", lw=0.8)
    if neurons <= MAX_LABELS:
        axis.set_yticks(range(neurons), labels)
    for role, colour in ROLES.items():
        if role in roles:
            axis.plot([], [], color=colour, lw=4, label=f"{role} ({roles.count(role)})")
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    axis.set_xlim(-0.6, ticks - 0.4)
    axis.set_ylim(neurons - 0.4, -0.6)
    axis.set_xlabel("tick")
    axis.set_ylabel("" if neurons <= MAX_LABELS else "neuron")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    save(figure, path)


def plot_potentials(
    potentials: NDArray[Any], spikes: NDArray[np.bool_], labels: Sequence[str], path: Path
) -> None:
    """Draw the potential of each neuron over time, one below the other; spikes are ticks above.

    Args:
        potentials: (ticks, neurons), any number type.
        spikes: (ticks, neurons) bool.
        labels: (neurons,) names.
        path: The PNG file to write.

    Raises:
        InputError: no neuron or too many for a picture, or `path` cannot be written.
        MachineError: the disk fails.
    """
    ticks, neurons = potentials.shape
    if not 0 < neurons <= MAX_LABELS:
        raise InputError(
            f"{path}: the network has {neurons} neurons with a potential; a picture shows 1 to "
            f"{MAX_LABELS}, a CSV file any number"
        )
    width = float(np.clip(3 + 0.12 * ticks, 6, 14))
    figure, axes = _figure((width, 1.0 + 0.8 * neurons), "Potentials", rows=neurons)
    for neuron, axis in enumerate(axes):
        axis.plot(potentials[:, neuron], color=BLUE, drawstyle="steps-post", lw=1.0)
        t = np.flatnonzero(spikes[:, neuron])
        axis.plot(t, np.full(len(t), 1.0), "|", color=ORANGE, transform=axis.get_xaxis_transform())
        axis.set_ylabel(labels[neuron], rotation=0, ha="right", va="center")
    axes[-1].set_xlim(-0.6, ticks - 0.4)
    axes[-1].set_xlabel("tick")
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Raises:
        InputError: `path` cannot be written.
        MachineError: the disk fails.
    """
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=150)
    with place_of_the_user(f"picture {path} cannot be written"):
        write_file(Path(path), sink.getvalue())


def _figure(size: tuple[float, float], title: str, rows: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11)
    grid: NDArray[Any] = figure.subplots(rows, 1, sharex=True, squeeze=False)
    axes = list(grid[:, 0])
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
    return figure, axes


def _note(axis: Axes, text: str) -> None:
    axis.text(0.5, 0.5, text, transform=axis.transAxes, ha="center", va="center", color=GREY)
