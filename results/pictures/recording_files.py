"""Spikes and potentials of a simulation as files: CSV to compute with, PNG to look at."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, write_file


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
    from .spike_plots import plot_raster  # loads Matplotlib

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
    from .spike_plots import plot_potentials  # loads Matplotlib

    plot_potentials(potentials, spikes, labels, path)


def _write_csv(header: Sequence[str], rows: Iterable[Sequence[object]], path: Path) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with place_of_the_user(f"file {path} cannot be written"):
        write_file(path, sink.getvalue().encode())
