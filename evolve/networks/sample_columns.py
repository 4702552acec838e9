"""Samples that a user hands to a champion: columns of tables, matched by name, and arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, did_you_mean
from ...tasks.data.tables.array_columns import as_decimals
from ...tasks.data.tables.prepare import Preparation
from ..runs.match_ends import made_up, plain_name


def samples_of(
    data: Any, features: tuple[str, ...], shape: tuple[int, ...] | None, *, spikes: bool
) -> NDArray[Any]:
    """Return samples that are an array, in the order of the features.

    Args:
        data: The array.
        features: Their names.
        shape: Of a sample, as of `ChampionTask`; None where it is unknown.
        spikes: Whether samples are spikes.

    Returns:
        (samples, features), (samples, steps, channels), or (samples, ticks, inputs) bool.

    Raises:
        InputError: The array has another shape.
    """
    try:
        array = np.asarray(data)
    except ValueError as error:  # NumPy's words are of inhomogeneous shapes
        raise InputError("the data must be as many numbers for each sample") from error
    if spikes:
        return _spikes(array, len(features))
    if shape is not None and shape[-1:] == (1,) and len(shape) == array.ndim == 2:
        array = array[:, :, np.newaxis]  # signals of one channel
    wanted = shape if shape is not None else (*array.shape[1:-1], len(features))
    if array.ndim != 1 + len(wanted) or array.shape[1:] != wanted:
        of_one = ", ".join(map(str, wanted))
        raise InputError(
            f"the data have the shape {array.shape}; the network takes (samples, {of_one}): "
            f"{_listed(features)}"
        )
    return as_decimals(array) if array.ndim == 2 and array.dtype.kind == "f" else array


def without_gaps(data: Any, preparation: Preparation) -> Any:
    """Return an array with what stands for missing values, if it has features as the run's task loaded them."""
    columns = [column for column in preparation.columns if column.name in preparation.needed]
    if not all(column.medians and column.use == "number" for column in columns):
        return data
    array = np.asarray(data)
    fits = array.dtype.kind in "iufb" and array.ndim > 1 and array.shape[-1] == len(columns)
    return preparation.complete(array.astype(np.float64)) if fits else data


def _spikes(array: NDArray[Any], inputs: int) -> NDArray[np.bool_]:
    if array.ndim != 3 or array.shape[2] != inputs:
        raise InputError(
            f"the data have the shape {array.shape}; the network takes spikes, (samples, ticks, "
            f"{inputs})"
        )
    if array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise InputError("the data must be spikes: true or false, or 0 and 1")
    return array.astype(np.bool_)


def column_places(
    there: list[str], features: tuple[str, ...], shape: tuple[int, ...] | None
) -> list[int]:
    """Return where the columns are that features are made of: by name, units apart; by position without names.

    Args:
        there: The names of the columns.
        features: Names of the columns that are needed.
        shape: Of a sample, as of `ChampionTask`.

    Raises:
        InputError: A column is missing or stands twice, or samples are no rows of a table.
    """
    if shape is not None and len(shape) == 2:
        raise InputError(
            f"the network takes arrays of (samples, {shape[0]}, {shape[1]}), not a table of columns"
        )
    for compared in (str, plain_name):
        ours, theirs = ([compared(name) for name in names] for names in (features, there))
        if len(set(ours)) == len(ours) and all(theirs.count(name) == 1 for name in ours):
            return [theirs.index(name) for name in ours]
    nameless = made_up(features)
    if nameless and len(there) == len(features):
        return list(range(len(features)))
    if nameless:
        raise InputError(
            f"the data have {len(there)} columns, but the network takes {len(features)}, without names"
        )
    plain = [plain_name(name) for name in there]
    missing = [f for f in features if f not in there and plain.count(plain_name(f)) != 1]
    missing = missing or [f for f in features if there.count(f) != 1]
    twice = missing[0] in there
    what = "several columns" if twice else "no column"
    others = [name for name in there if name not in features]
    hint = did_you_mean(missing[0], others) if others and not twice else ""
    raise InputError(
        f"the data have {what} {missing[0]!r}{hint}; the network takes {_listed(features)}"
    )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - 8
    return ", ".join(names[:8]) + (f" and {more} more" if more > 0 else "")
