"""Parquet files: columns of numbers, one column of class labels."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..class_labels import label_column, refuse_missing

# What pandas names an index without a name; other tools keep the column, not what pandas says of it.
_UNNAMED_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(file: Path, label: str | None) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Read features and labels from a Parquet file.

    The label column, of texts or whole numbers, is the last one if not named; all others are
    features. The index of a pandas frame, which pandas keeps in columns, is neither.

    Returns:
        (samples, features) float64 and (samples,) labels.

    Raises:
        InputError: Naming the file, the column and what is allowed.
    """
    table = _read(file)
    index = _index_of(file, table.schema)
    if label in index:
        raise InputError(
            f"{file}: column {label!r} is the index of a pandas frame, which is no data; "
            "reset_index() makes it a column"
        )
    names = table.column_names
    table = table.select([number for number, name in enumerate(names) if name not in index])
    columns = table.column_names
    if len(columns) < 2 or not table.num_rows:
        raise InputError(f"{file} has no rows, or no features beside the labels")
    at = label_column(file, columns, label)
    labels = table.column(at).to_pylist()
    refuse_missing(labels, lambda row: f"{file}, row {row}, column {columns[at]!r}")
    features = [
        _numbers(file, name, columns[at], table.column(number))
        for number, name in enumerate(columns)
        if number != at
    ]
    return np.stack(features, axis=1), np.array(labels)


def _read(file: Path) -> Any:
    """Return the pyarrow table of a file."""
    import pyarrow
    from pyarrow import parquet

    try:
        with file.open("rb") as stream:
            return parquet.read_table(stream)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except pyarrow.ArrowException as error:
        raise InputError(f"{file} is not a Parquet file: {error}") from error


def _index_of(file: Path, schema: Any) -> set[str]:
    """Return the names of the columns that hold the index of a pandas frame.

    What pandas says of its frame names them in `index_columns`; an index that only counts the rows
    stands there as an object, and in no column
    (https://pandas.pydata.org/docs/development/developer.html).
    """
    try:
        said = schema.pandas_metadata
        index = [] if said is None else said["index_columns"]
        named = {name for name in index if isinstance(name, str)}
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{file}: what pandas says of its columns is damaged: {error}") from error
    return named | {name for name in schema.names if _UNNAMED_INDEX.fullmatch(name)}


def _numbers(file: Path, name: str, labels: str, column: Any) -> NDArray[np.float64]:
    from pyarrow import types

    kind = column.type
    if column.null_count:
        raise InputError(f"{file}, column {name!r} has missing values ({column.null_count})")
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise InputError(
            f"{file}, column {name!r} holds {kind}; features must be numbers (labels are in column "
            f"{labels!r})"
        )
    values: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return values
