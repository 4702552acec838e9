"""Tables of several runs put together: the columns and the rows that one asks for."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from ...errors import InputError
from ..store.reader import read_arrow
from ..store.schema import Column, arrow_schema, chosen_columns, columns_of
from .row_filter import check_columns, columns_in, matching_rows, parse_filter
from .rows_as_text import FORMATS, Format, rows_as_text

#: Says which run a row is of where names of runs recur, as in several studies.
FOLDER = Column("folder", pa.string(), "folder of the run")

Written = Format | Literal["parquet"]
#: What tables are written as to files.
WRITTEN_AS: tuple[Written, ...] = (*FORMATS, "parquet")


def joined_rows(
    runs: Sequence[Path], table: str, columns: Sequence[str] | None = None, where: str | None = None
) -> pa.Table:
    """Read a table of several runs, run after run, each in its own order.

    Args:
        runs: Run folders, at least one.
        table: `individuals`, `generations`, `genomes` or `front`.
        columns: The columns to keep, in their order, `folder` among those that there are; all if None.
        where: Expression that is true of the rows to keep, see `row_filter`; all if None.

    Raises:
        InputError: No run, damaged, no such table or column, or a wrong expression.
    """
    known = [FOLDER.name, *(column.name for column in columns_of(table))]
    names = known if columns is None else list(columns)
    chosen_columns(table, [name for name in names if name != FOLDER.name])  # refuses unknown ones
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"column {twice[0]!r} is given twice")
    expression = None if where is None else parse_filter(where)
    needed = list(names)
    if expression is not None:
        check_columns(expression, known)
        needed += [column.name for column in columns_in(expression)]
    stored = [name for name in dict.fromkeys(needed) if name != FOLDER.name]
    parts = []
    for run in runs:
        rows = read_arrow(run, table, stored or ["run"])
        folder = pa.array([str(run)] * len(rows), FOLDER.type)
        rows = rows.append_column(arrow_schema([FOLDER]).field(0), folder)
        if expression is not None:
            rows = matching_rows(expression, rows)
        parts.append(rows.select(names))
    return pa.concat_tables(parts)


def table_as(rows: pa.Table, form: Written) -> bytes:
    """Return the content of a file with a table.

    In CSV and Markdown the values of a list stand in one cell, with spaces between them. Parquet keeps
    types, units and meanings.

    Args:
        rows: The table.
        form: One of `WRITTEN_AS`.
    """
    match form:
        case "csv":
            sink = io.BytesIO()
            pyarrow.csv.write_csv(_without_lists(rows), sink)
            return sink.getvalue()
        case "parquet":
            buffer = pa.BufferOutputStream()
            pq.write_table(rows, buffer, compression="zstd")
            return bytes(buffer.getvalue())
        case _:
            return rows_as_text(rows.to_pylist(), form, rows.column_names).encode()


def _without_lists(rows: pa.Table) -> pa.Table:
    columns = []
    for column in rows.columns:
        if pa.types.is_list(column.type):
            column = pc.binary_join(column.cast(pa.list_(pa.string())), " ")
        columns.append(column)
    return pa.table(columns, names=rows.column_names)
