"""NumPy's files and Parquet files: arrays or columns of features and labels."""

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError, did_you_mean
from ..class_labels import label_column, refuse_missing
from ..samples import Chosen, Loaded


def read_npz(file: Path, label: str | None) -> Loaded:
    """Read an `.npz` file of two arrays, features and labels.

    The labels are the array that `label` names, else the only one with one dimension. Features
    may have any shape that a data task takes.

    Raises:
        InputError: Naming the file and what is allowed.
    """
    arrays = read_arrays(file)
    if not isinstance(arrays, dict):
        raise InputError(f"{file} is not an .npz file, but a single array")
    if len(arrays) != 2:
        raise InputError(
            f"{file} must hold two arrays, features and labels (it holds: {', '.join(arrays)})"
        )
    if label is None:
        flat = [name for name, array in arrays.items() if array.ndim == 1]
        if len(flat) != 1:
            raise InputError(
                f"{file}: one of its arrays must have one dimension, the labels, or label must "
                f"name it (there are: {', '.join(arrays)})"
            )
        label = flat[0]
    if label not in arrays:
        raise InputError(f"{file} has no array {label!r}{did_you_mean(label, arrays)}")
    (features,) = (array for name, array in arrays.items() if name != label)
    labels = arrays[label]
    refuse_missing(labels.ravel(), lambda row: f"{file}, array {label!r}, row {row}")
    return Loaded(features, labels)


def read_npy(file: Path, label: str | None) -> Loaded:
    """Read an `.npy` file of one matrix, a row a sample.

    The labels, whole numbers, are the column whose number, from 0, is `label`, else the last.

    Raises:
        InputError: Naming the file and what is allowed.
    """
    matrix = read_arrays(file)
    if isinstance(matrix, dict):
        raise InputError(f"{file} is not an .npy file, but an archive of arrays")
    if matrix.ndim != 2 or matrix.shape[1] < 2 or matrix.dtype.kind not in "iufb":
        raise InputError(
            f"{file} must hold a matrix of numbers, a row a sample, with a column of labels "
            f"(got {matrix.dtype} of shape {matrix.shape})"
        )
    columns = [str(number) for number in range(matrix.shape[1])]
    label = columns[-1] if label is None else label
    if label not in columns:
        raise InputError(f"{file}: label must be a column, 0 to {columns[-1]} (got {label!r})")
    labels = matrix[:, int(label)]
    refuse_missing(labels, lambda row: f"{file}, row {row}, column {label}")
    if not np.all(np.isfinite(labels)) or np.any(labels != np.rint(labels)):
        raise InputError(f"{file}: the labels, in column {label}, must be whole numbers")
    return Loaded(np.delete(matrix, int(label), axis=1), labels.astype(np.int64))


def read_arrays(file: Path) -> NDArray[Any] | dict[str, NDArray[Any]]:
    """Return what a file of NumPy's holds: one array, or several by name.

    Raises:
        InputError: It cannot be read, or holds objects of Python's, which would execute code.
    """
    try:
        with file.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return loaded
            with loaded:
                return {name: loaded[name] for name in loaded.files}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{file} cannot be read as NumPy arrays: {_reason(error)}") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error


def _reason(error: Exception) -> str:
    """Return why arrays cannot be loaded; NumPy takes anything that it does not know for a pickle."""
    if "pickle" not in str(error):
        return str(error)
    return "it holds Python objects" if "Object arrays" in str(error) else "it is something else"


# What pandas names an index without a name; other tools keep the column, not what pandas says of it.
_UNNAMED_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(file: Path, label: str | None) -> Loaded:
    """Read features and labels from a Parquet file.

    The label column, of texts or whole numbers, is the last one if not named; all others are
    features. The index of a pandas frame, which pandas keeps in columns, is neither.

    Returns:
        (samples, features) float64, (samples,) labels and the names of the features.

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
    names = tuple(name for number, name in enumerate(columns) if number != at)
    return Loaded(np.stack(features, axis=1), np.array(labels), names)


def read_parquet_columns(
    file: Path, choose: Callable[[list[str]], Sequence[int]], label: str | None
) -> Chosen:
    """Read some columns of a Parquet file, and no others; arguments and errors as of `read_csv_columns`."""
    table = _read(file)
    at = None if label is None else label_column(file, table.column_names, label)
    chosen = choose(table.column_names)
    if not table.num_rows:
        raise InputError(f"{file} has no rows")
    names = table.column_names
    features = [_numbers(file, names[number], None, table.column(number)) for number in chosen]
    labels = None if at is None else np.array(table.column(at).to_pylist())
    return Chosen(np.stack(features, axis=1), labels)


def read_array(file: Path, label: str | None) -> Chosen:
    """Read features from an `.npy` or `.npz` file, whose other array has the labels, if any.

    Args:
        file: A single array; or features, which have two or three dimensions, and perhaps labels,
            which have one.
        label: The array of labels, or the number of that column of a single matrix; None reads none.

    Raises:
        InputError: Naming the file and what is allowed.
    """
    arrays = read_arrays(file)
    if not isinstance(arrays, dict):
        if label is None:
            return Chosen(arrays)
        loaded = read_npy(file, label)
        return Chosen(loaded.features, loaded.labels)
    several = [name for name, array in arrays.items() if array.ndim > 1 and name != label]
    if len(several) != 1:
        raise InputError(
            f"{file} must hold one array of features, of two or three dimensions (it holds: "
            f"{', '.join(arrays)})"
        )
    if label is not None and label not in arrays:
        raise InputError(f"{file} has no array {label!r}{did_you_mean(label, arrays)}")
    return Chosen(arrays[several[0]], None if label is None else arrays[label])


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


def _numbers(file: Path, name: str, labels: str | None, column: Any) -> NDArray[np.float64]:
    from pyarrow import types

    kind = column.type
    if column.null_count:
        raise InputError(f"{file}, column {name!r} has missing values ({column.null_count})")
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        where = "" if labels is None else f" (labels are in column {labels!r})"
        raise InputError(f"{file}, column {name!r} holds {kind}; features must be numbers{where}")
    values: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return values
