"""Spikes and potentials of a recording: as pictures and as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, write_file
from .run_plots import BLUE, ORANGE, ROLES, make_figure, save

MAX_LABELS = 48  # more neurons than that have no names beside the raster


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
        MachineError: The disk fails.
    """
    ticks, neurons = raster.shape
    order = [neuron for role in ROLES for neuron, its in enumerate(roles) if its == role]
    raster, roles = raster[:, order], [roles[neuron] for neuron in order]
    labels = [labels[neuron] for neuron in order]
    pitch = min(0.28, 12 / max(neurons, 1))  # inches a row
    width = float(np.clip(3 + 0.12 * ticks, 6, 14))
    figure, (axis,) = make_figure((width, 1.5 + pitch * max(neurons, 6)), title)
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
        InputError: No neuron or too many for a picture, or `path` cannot be written.
        MachineError: The disk fails.
    """
    ticks, neurons = potentials.shape
    if not 0 < neurons <= MAX_LABELS:
        raise InputError(
            f"{path}: the network has {neurons} neurons with a potential; a picture shows 1 to "
            f"{MAX_LABELS}, a CSV file any number"
        )
    width = float(np.clip(3 + 0.12 * ticks, 6, 14))
    figure, axes = make_figure((width, 1.0 + 0.8 * neurons), "Potentials", rows=neurons)
    for neuron, axis in enumerate(axes):
        axis.plot(potentials[:, neuron], color=BLUE, drawstyle="steps-post", lw=1.0)
        t = np.flatnonzero(spikes[:, neuron])
        axis.plot(t, np.full(len(t), 1.0), "|", color=ORANGE, transform=axis.get_xaxis_transform())
        axis.set_ylabel(labels[neuron], rotation=0, ha="right", va="center")
    axes[-1].set_xlim(-0.6, ticks - 0.4)
    axes[-1].set_xlabel("tick")
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    save(figure, path)


def check_suffix(path: Path) -> None:
    """Check that a file is named as one that can be written.

    Raises:
        InputError: It ends neither with `.csv` nor with `.png`.
    """
    if path.suffix.lower() not in (".csv", ".png"):
        raise InputError(f"{path}: the name of the file must end with .csv or .png")


def write_raster(
    spikes: NDArray[np.bool_], roles: Sequence[str], labels: Sequence[str], path: Path
) -> None:
    """Write spikes: in CSV a row for each, with `tick`, `neuron` (its index) and `name`.

    Args:
        spikes: (ticks, neurons) bool.
        roles: (neurons,) `input`, `hidden` or `output`; a picture shows them in this order.
        labels: (neurons,) names.
        path: A CSV or PNG file.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    if path.suffix.lower() == ".csv":
        rows = ((t, j, labels[j]) for t, j in np.argwhere(spikes).tolist())
        _write_csv(("tick", "neuron", "name"), rows, path)
        return
    plot_raster(spikes, roles, labels, "Spikes", path)


def write_potentials(
    potentials: NDArray[Any], spikes: NDArray[np.bool_], labels: Sequence[str], path: Path
) -> None:
    """Write potentials: in CSV a row for each tick, with `tick` and a column for each neuron.

    Args:
        potentials: (ticks, neurons), any number type, after each tick.
        spikes: (ticks, neurons) bool; a picture marks them.
        labels: (neurons,) names.
        path: A CSV or PNG file.

    Raises:
        InputError: `path` cannot be written, or a picture cannot hold so many neurons.
        MachineError: The disk fails.
    """
    if path.suffix.lower() == ".csv":
        rows = ((t, *map(str, row)) for t, row in enumerate(potentials))
        _write_csv(("tick", *labels), rows, path)
        return
    plot_potentials(potentials, spikes, labels, path)


def _write_csv(header: Sequence[str], rows: Iterable[Sequence[object]], path: Path) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with place_of_the_user(f"file {path} cannot be written"):
        write_file(path, sink.getvalue().encode())
