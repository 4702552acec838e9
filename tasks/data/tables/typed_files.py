"""Tables whose values have types: Parquet, NumPy's arrays and Excel."""

import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ....errors import InputError, did_you_mean
from .array_columns import column_of_array, column_of_arrow, column_of_frame
from .names import distinct_names
from .table import Column, Table
from .text_layout import has_header

# What pandas names an index without a name; other tools keep the column, not what pandas says of it.
_UNNAMED_INDEX = re.compile(r"__index_level_\d+__")
_INDEX = "the index of a pandas frame, which is no data; reset_index() makes it a column"

_LOOKED_AT = 200  # rows of a sheet, to tell whether it has names

Where = Callable[[int, str | None], str]


def read_parquet_table(file: Path) -> Table:
    """Read a Parquet file.

    Raises:
        InputError: Naming the file and what is allowed.
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
    index = _index_of(file, table.schema)
    names = distinct_names(table.column_names)
    arrays = {n: c.combine_chunks() for n, c in zip(names, table.columns, strict=True)}
    types = {name: str(array.type) for name, array in arrays.items()}
    found = {name: column_of_arrow(array) for name, array in arrays.items() if name not in index}
    return _table(file, found, types, _row_and_column, dict.fromkeys(sorted(index), _INDEX))


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


def table_of_matrix(file: Path, matrix: NDArray[Any]) -> Table:
    """Return the columns of a matrix, (rows, columns), by their numbers from 0, or its fields by name.

    Raises:
        InputError: It is no matrix of numbers.
    """
    if matrix.dtype.names and matrix.ndim == 1:
        fields = {name: matrix[name] for name in matrix.dtype.names}
        return table_of_arrays(file, fields)
    if matrix.ndim != 2 or matrix.shape[1] < 2 or matrix.dtype.kind not in "iufbUS":
        raise InputError(
            f"{file} must hold a matrix of numbers, a row a sample, with a column of labels "
            f"(got {matrix.dtype} of shape {matrix.shape})"
        )

    def where(row: int, name: str | None) -> str:
        return f"row {row}" if name is None else f"row {row}, column {name}"

    columns = {str(n): column_of_array(column) for n, column in enumerate(matrix.T)}
    return _table(file, columns, {}, where)


def table_of_arrays(file: Path, arrays: Mapping[str, NDArray[Any]]) -> Table:
    """Return arrays of one dimension, (rows,) each, as the columns of a table.

    Raises:
        InputError: One is of a type that is no data.
    """

    def where(row: int, name: str | None) -> str:
        return f"row {row}" if name is None else f"array {name!r}, row {row}"

    types = {name: str(array.dtype) for name, array in arrays.items()}
    return _table(file, {n: column_of_array(a) for n, a in arrays.items()}, types, where)


def table_of_features(
    file: Path, features: NDArray[Any], name: str, others: Mapping[str, NDArray[Any]]
) -> Table:
    """Return the columns of an array of features, `x0`, `x1`, …, and then other columns.

    Args:
        file: Where they are from.
        features: (rows, features).
        name: Of the array, for messages.
        others: By name, (rows,) each.
    """
    columns = {f"x{number}": column_of_array(column) for number, column in enumerate(features.T)}
    last = dict(zip(others, map(column_of_array, others.values()), strict=True))

    def where(row: int, column: str | None) -> str:
        if column is None:
            return f"row {row}"
        if column in others:
            return f"array {column!r}, row {row}"
        return f"array {name!r}, row {row}, column {column.removeprefix('x')}"

    types = {n: str(array.dtype) for n, array in others.items()}
    types |= {n: str(features.dtype) for n in columns}
    return _table(file, {**columns, **last}, types, where)


def read_excel_table(file: Path, *, no_header: bool | None) -> Table:
    """Read the first sheet of an Excel file.

    Raises:
        InputError: It is none, or has no rows; or openpyxl is missing.
    """
    import pandas as pd

    try:
        with file.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like, which are no data
            frame = pd.read_excel(stream, header=None, dtype=object, engine="openpyxl")
    except ImportError as error:
        raise InputError(
            "Excel files are read by openpyxl, which is not installed: pip install 'spikevolve[excel]'"
        ) from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except (
        Exception
    ) as error:  # errors of zipfile, openpyxl and the XML parser have no common class
        raise InputError(f"{file} is not an Excel file: {error}") from error
    frame = frame.dropna(how="all")
    if frame.empty:
        raise InputError(
            f"{file} is empty; its first sheet must begin with the names of its columns"
        )
    return _table_of_sheet(file, frame, no_header)


def _table_of_sheet(file: Path, frame: Any, no_header: bool | None) -> Table:
    """Return a sheet as a table; `frame` has all its cells, numbered, without blank rows."""
    texts = frame.head(_LOOKED_AT).map(_text_of_cell).to_numpy().tolist()
    header = has_header(texts) if no_header is None else not no_header
    notes: tuple[str, ...] = ()
    if header:
        names = texts[0]
        frame = frame.iloc[1:]
    else:
        names = [f"column {number + 1}" for number in range(frame.shape[1])]
        notes = ("the first row is a sample and no header, so columns are numbered from 1",)
    rows = [int(number) + 1 for number in frame.index]
    if not rows:
        raise InputError(f"{file} has no rows, only the names of its columns")
    there = [n for n, name in enumerate(names) if name or frame.iloc[:, n].notna().any()]
    columns = {
        name: _column_of_cells(frame.iloc[:, number])
        for name, number in zip(distinct_names([names[n] for n in there]), there, strict=True)
    }

    def where(row: int, name: str | None) -> str:
        return f"row {rows[row]}" if name is None else f"row {rows[row]}, column {name!r}"

    return _table(file, columns, {}, where, notes=notes)


def _column_of_cells(cells: Any) -> Column | None:
    """Return a column of a sheet, a Series of objects."""
    found = column_of_frame(cells.infer_objects())
    return found and found._replace(
        shown=lambda row: repr(cells.iloc[row]) if cells.notna().iloc[row] else "an empty cell"
    )


def table_of_frame(frame: Any) -> Table:
    """Return a pandas data frame as a table; its index is no column."""
    names = distinct_names(list(map(str, frame.columns)))
    columns = {name: column_of_frame(frame.iloc[:, n]) for n, name in enumerate(names)}
    types = {name: str(frame.dtypes.iloc[n]) for n, name in enumerate(names)}
    return _table(Path("the data"), columns, types, _row_and_column)


def _text_of_cell(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _row_and_column(row: int, name: str | None) -> str:
    return f"row {row}" if name is None else f"row {row}, column {name!r}"


def _table(
    file: Path,
    columns: Mapping[str, Column | None],
    types: Mapping[str, str],
    where: Where,
    no_data: Mapping[str, str] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return a table; columns that are None hold something that is no data."""
    others = {
        n: f"of type {types.get(n, 'object')}, which is no data"
        for n, c in columns.items()
        if c is None
    }
    data = {name: column for name, column in columns.items() if column is not None}
    return Table(file, data, where, notes, {**(no_data or {}), **others})


def features_and_labels(
    file: Path, arrays: Mapping[str, NDArray[Any]], label: str | None
) -> tuple[str, str]:
    """Return the names of the two arrays of a file, features and labels.

    The labels are the array that `label` names, else the only one with one dimension, or one column.

    Raises:
        InputError: There are others, or labels cannot be told.
    """
    if len(arrays) != 2:
        raise InputError(
            f"{file} must hold two arrays, features and labels (it holds: {', '.join(arrays)})"
        )
    if label is None:
        flat = [
            name for name, array in arrays.items() if array.ndim == 1 or array.shape[1:] == (1,)
        ]
        flat = [name for name in flat if arrays[name].ndim == 1] if len(flat) > 1 else flat
        if len(flat) != 1:
            raise InputError(
                f"{file}: one of its arrays must have one dimension, the labels, or label must "
                f"name it (there are: {', '.join(arrays)})"
            )
        label = flat[0]
    if label not in arrays:
        raise InputError(f"{file} has no array {label!r}{did_you_mean(label, arrays)}")
    (features,) = (name for name in arrays if name != label)
    return features, label
