"""New samples for a network that is there already, from any file that a data task reads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from .data.files.numpy_file import read_arrays
from .data.files.regular_file import refuse_irregular
from .data.files.ts_file import read_signals
from .data.samples import Chosen
from .data.tables import columns
from .data.tables.prepare import Preparation
from .data.tables.read_table import ENDINGS, TEXT, ending_of, read_table
from .data.tables.table import Column, Table
from .data.tables.text_layout import FOUND_OUT
from .data.tables.typed_files import table_of_arrays, table_of_matrix

#: From the names of a table's columns, and of those that are needed, to the numbers of the latter.
Choose = Callable[[list[str], tuple[str, ...]], Sequence[int]]


class Reading(NamedTuple):
    """How a network has tables read.

    Attributes:
        preparation: How columns become features.
        choose: Finds the columns by their names.
        right: From a table and the column of right answers to these.
    """

    preparation: Preparation
    choose: Choose
    right: Callable[[Table, str], NDArray[Any]]


_NO_GAPS = "the run of the network has learned no values that stand for them"


def read_new_samples(
    path: Path,
    label: str | None,
    reading: Reading,
    shape: tuple[int, ...] | None,
    task: str,
) -> Chosen:
    """Read samples.

    Args:
        path: A table of any format, arrays (`.npy`, `.npz`), signals (`.ts`), or
            recordings of events: an `.h5` file for `shd`, a folder for `nmnist`.
        label: The column, or array, of right answers; None reads none. Signals and recordings have
            theirs with them.
        reading: How the network has tables read.
        shape: Of a sample: (features,), (steps, channels) or (ticks, inputs); None where it is unknown.
        task: Name of the task that the network is for.

    Raises:
        InputError: The file is not as it must be, lacks a column, or is of no kind that is read.
    """
    if not path.is_dir():
        refuse_irregular(path)
    kind = ending_of(path)
    with_labels_only = kind in (".ts", ".h5") or path.is_dir()
    if with_labels_only and label is not None:
        raise InputError(f"{path} has its classes with it, so it takes no label (got {label!r})")
    if task == "nmnist" and path.is_dir():
        from .builtin.event_data import NMnist

        return NMnist.read_samples(path, shape[0] if shape else NMnist.ticks)
    if task == "shd" and kind == ".h5":
        from .builtin.event_data import Shd

        return Shd.read_samples(path, shape[0] if shape else Shd.ticks)
    if kind == ".ts":
        steps = shape[0] if shape and len(shape) == 2 else None
        return read_signals(path, steps, gaps=any(c.medians for c in reading.preparation.columns))
    if kind in (".npy", ".npz"):
        return _of_arrays(path, read_arrays(path), label, reading)
    if kind not in ENDINGS:
        raise InputError(
            f"{path}: new samples must be in a file that ends in {', '.join(ENDINGS)} or .ts "
            f"(got {kind or 'no ending'!r})"
        )
    text = reading.preparation.text if kind in TEXT else FOUND_OUT
    return _of_table(read_table(path, text), label, reading)


def features_of_table(
    table: Table, preparation: Preparation, choose: Choose
) -> NDArray[np.float64]:
    """Return the features that a network receives of each row, (rows, features).

    Args:
        table: The table; columns that are not needed are ignored.
        preparation: How columns become features.
        choose: As of `read_new_samples`.

    Raises:
        InputError: A column is not there, or a value is missing or is not what the column has otherwise.
    """
    needed, names = preparation.needed, list(table.columns)
    try:
        places = choose(names, needed)
    except InputError as error:
        raise InputError(f"{table.file}: {error}") from None
    found: dict[str, Column] = {
        name: table.columns[names[place]] for name, place in zip(needed, places, strict=True)
    }
    there = dict(zip(needed, (names[place] for place in places), strict=True))
    chosen = Table(
        table.file, found, lambda row, name: table.where(row, there[name] if name else None)
    )
    return preparation.complete(columns.features_of_table(chosen, preparation.columns, _NO_GAPS))


def _of_table(table: Table, label: str | None, reading: Reading) -> Chosen:
    labels = None if label is None else reading.right(table, label)
    if not table.rows:
        raise InputError(f"{table.file} has no rows")
    return Chosen(features_of_table(table, reading.preparation, reading.choose), labels)


def _of_arrays(
    file: Path,
    arrays: NDArray[Any] | dict[str, NDArray[Any]],
    label: str | None,
    reading: Reading,
) -> Chosen:
    """Read features from arrays, of which another has the labels, if any; columns go by their order."""
    if not isinstance(arrays, dict):
        if arrays.ndim != 2:
            return Chosen(arrays)  # signals or spikes, or refused where the shape is known
        table = table_of_matrix(file, arrays)
        labels = None if label is None else reading.right(table, label)
        others = {name: c for name, c in table.columns.items() if name != label}
        return Chosen(_in_order(Table(file, others, table.where), reading.preparation), labels)
    if label is not None and label not in arrays:
        raise InputError(f"{file} has no array {label!r}{did_you_mean(label, arrays)}")
    if all(array.ndim == 1 for array in arrays.values()):
        return _of_table(table_of_arrays(file, arrays), label, reading)
    several = [name for name, array in arrays.items() if array.ndim > 1 and name != label]
    if len(several) != 1:
        raise InputError(
            f"{file} must hold one array of features, of two or three dimensions (it holds: "
            f"{', '.join(arrays)})"
        )
    features = arrays[several[0]]
    labels = None
    if label is not None:
        labels = reading.right(table_of_arrays(file, {label: arrays[label].ravel()}), label)
    if features.ndim != 2:
        return Chosen(features, labels)
    return Chosen(_in_order(table_of_matrix(file, features), reading.preparation), labels)


def _in_order(table: Table, preparation: Preparation) -> NDArray[np.float64]:
    """Return the features of columns without names: all that the network's table had, or those it needs."""
    all_but_label = tuple(c.name for c in preparation.columns if c.use != "label")
    fits = [n for n in (all_but_label, preparation.needed) if len(n) == len(table.columns)]
    if not fits:
        raise InputError(
            f"{table.file}: the data have the shape ({table.rows}, {len(table.columns)}); the network "
            f"takes (samples, {len(preparation.needed)}): {', '.join(preparation.needed[:8])}"
        )
    there = dict(zip(fits[0], table.columns, strict=True))
    values = {name: table.columns[number] for name, number in there.items()}
    named = Table(
        table.file, values, lambda row, name: table.where(row, there.get(name) if name else None)
    )
    return preparation.complete(columns.features_of_table(named, preparation.columns, _NO_GAPS))
