"""The tables of a run, as data frames: committed rows only, whoever is writing meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from .blocks import read_arrow
from .schema import Column, chosen_columns


def read_table(
    folder: Path,
    name: str,
    columns: Sequence[str] | None = None,
    hashes: Collection[str] | None = None,
) -> pd.DataFrame:
    """The committed rows of a table, in the order of (generation, index).

    How rows were cut into files makes no difference. Missing numbers are NaN, in integer columns
    NA; a list is a NumPy array. A genome has one row, that of the first individual that had it.

    Args:
        folder: The run folder.
        name: `individuals`, `generations`, `genomes` or `front` (no rows before it is written).
        columns: The columns to read, in their order; all for None. Few are read much faster.
        hashes: Read only rows of these genomes (`genome_hash`), of all for None. A few genomes of
            a long run fit into memory where all of them would not.

    Raises:
        InputError: not a run folder, damaged, no such table or column.
    """
    table = read_arrow(folder, name, columns, hashes)
    chosen = chosen_columns(name, columns)
    return pd.DataFrame({c.name: _series(table.column(c.name), c) for c in chosen})


def _series(values: pa.ChunkedArray, column: Column) -> pd.Series[Any]:
    if column.nullable and pa.types.is_integer(column.type):
        return pd.Series(values.to_pandas(types_mapper={column.type: pd.Int64Dtype()}.get))
    return pd.Series(values.to_pandas())
