"""Rows on their way into a table: kept as they are given, converted in bulk."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .schema import Column, arrow_schema, columns_of

Values = Sequence[Any] | np.ndarray[Any, Any]


class RowBuffer:
    """Rows of one table that are not written yet.

    Adding costs some microseconds whatever the values are, because nothing is looked at or copied:
    what was given must not change until the rows are written.
    """

    def __init__(self, table: str, run: Mapping[str, Any]) -> None:
        """Make an empty buffer.

        Args:
            table: Name of the table.
            run: Values of the columns `of_run`, for rows that do not bring their own.
        """
        self.rows = 0
        self._table = table
        self._run = run
        self._columns = columns_of(table)
        self._schema = arrow_schema(self._columns)
        self._known = {column.name for column in self._columns}
        self._needed = {c.name for c in self._columns if not (c.nullable or c.of_run)}
        self._pieces: list[tuple[int, dict[str, Values]]] = []

    def add(self, columns: Mapping[str, Values]) -> None:
        """Add rows: one sequence or NumPy array of values for each column, all of one length.

        Columns that may be null may be left out, and so may those `of_run`. In a column of lists each
        value is a sequence or an array, or the column is one array of (rows, values).

        Raises:
            ValueError: A column is unknown or missing, or the lengths differ.
        """
        names = columns.keys()
        if not (names <= self._known and names >= self._needed):
            unknown, missing = sorted(names - self._known), sorted(self._needed - names)
            raise ValueError(f"table {self._table}: unknown {unknown}, missing {missing}")
        lengths = set(map(len, columns.values()))
        if len(lengths) != 1:
            each = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
            raise ValueError(f"table {self._table}: columns of different lengths: {each}")
        (rows,) = lengths
        if rows:
            self._pieces.append((rows, dict(columns)))
            self.rows += rows

    def table(self) -> pa.Table:
        """Return all rows so far, as the table's schema has them.

        Raises:
            ValueError: A value does not fit its column.
        """
        return pa.Table.from_arrays(
            [self._array(column) for column in self._columns], schema=self._schema
        )

    def clear(self) -> None:
        """Forget all rows."""
        self.rows = 0
        self._pieces = []

    def _array(self, column: Column) -> pa.Array:
        filler = self._run[column.name] if column.of_run else None
        if not any(column.name in given for _, given in self._pieces):  # in none, or no rows at all
            return pa.repeat(pa.scalar(filler, column.type), self.rows)
        pieces = [
            given[column.name] if column.name in given else [filler] * rows
            for rows, given in self._pieces
        ]
        try:
            array = _lists(pieces, column.type) if column.is_list else _flat(pieces, column.type)
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            raise ValueError(f"table {self._table}, column {column.name}: {error}") from error
        if array.null_count and not column.nullable:
            raise ValueError(f"table {self._table}, column {column.name}: a value is missing")
        return array


def encode(table: pa.Table, columns: Sequence[Column]) -> memoryview:
    """Return the table as a Parquet file in memory."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=[column.path for column in columns if not column.encoding],
        column_encoding={column.path: column.encoding for column in columns if column.encoding},
        write_page_checksum=True,
        write_statistics=[c.path for c in columns if c.name in ("generation", "index")],
    )
    return memoryview(sink.getvalue())


def _flat(pieces: Sequence[Values], kind: pa.DataType) -> pa.Array:
    """Return one array of all pieces; NaN and None become null."""
    arrays = [isinstance(piece, np.ndarray) for piece in pieces]
    if all(arrays):
        return pa.array(np.concatenate(pieces), type=kind, from_pandas=True)
    if any(arrays):
        pieces = [piece.tolist() if isinstance(piece, np.ndarray) else piece for piece in pieces]
    return pa.array(list(chain.from_iterable(pieces)), type=kind, from_pandas=True)


def _lists(pieces: Sequence[Values], kind: pa.DataType) -> pa.Array:
    """Return one array of all lists: the pieces hold sequences or arrays."""
    rows = list(chain.from_iterable(pieces))
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, rows), np.int32, len(rows)), out=offsets[1:])
    values = _flat(rows, kind.value_type) if rows else pa.array([], kind.value_type)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind)
