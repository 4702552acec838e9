"""Parquet files: columns of numbers, one column of class labels."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from .csv_file import label_column


def read_parquet(file: Path, label: str | None) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Read features and labels from a Parquet file.

    The label column, of texts or whole numbers, is the last one if not named; all others are
    features.

    Returns:
        (samples, features) float64 and (samples,) labels.

    Raises:
        InputError: Naming the file, the column and what is allowed.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        with file.open("rb") as stream:
            table = parquet.read_table(stream)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except pyarrow.ArrowException as error:
        raise InputError(f"{file} is not a Parquet file: {error}") from error
    columns = [str(name) for name in table.column_names]
    if len(columns) < 2 or not table.num_rows:
        raise InputError(f"{file} has no rows, or no features beside the labels")
    at = label_column(file, columns, label)
    features = []
    for number, name in enumerate(columns):
        column = table.column(number)
        if column.null_count:
            raise InputError(f"{file}, column {name!r} has missing values ({column.null_count})")
        if number != at:
            features.append(_numbers(file, name, columns[at], column))
    return np.stack(features, axis=1), np.array(table.column(at).to_pylist())


def _numbers(file: Path, name: str, labels: str, column: Any) -> NDArray[np.float64]:
    from pyarrow import types

    kind = column.type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise InputError(
            f"{file}, column {name!r} holds {kind}; features must be numbers (labels are in column "
            f"{labels!r})"
        )
    values: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return values
