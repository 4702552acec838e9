"""Whether two runs are the same."""

from pathlib import Path

import pyarrow as pa

from ..store.reader import read_arrow
from ..store.schema import TABLES, columns_of


def compare_tables(a: Path, b: Path) -> list[str]:
    """Compare the tables of two runs: as values, in order, all columns but those marked `time`.

    Args:
        a: A run folder.
        b: Another run folder.

    Returns:
        One sentence for each column that differs, or table of other length; empty: the same.

    Raises:
        InputError: One of them is not a run folder, or damaged.
    """
    differences = []
    for table in TABLES:
        names = [column.name for column in columns_of(table) if not column.time]
        ours, theirs = (read_arrow(folder, table, names) for folder in (a, b))
        if ours.num_rows != theirs.num_rows:
            differences.append(f"{table}: {ours.num_rows} rows and {theirs.num_rows} rows")
            continue
        for name in names:
            one, other = ours.column(name), theirs.column(name)
            if not one.equals(other):
                differences.append(f"{table}: {name} differs {_first(one, other)}")
    return differences


def _first(one: pa.ChunkedArray, other: pa.ChunkedArray) -> str:
    pairs = enumerate(zip(one, other, strict=True))
    row, x, y = next((row, x, y) for row, (x, y) in pairs if not x.equals(y))
    return f"first in row {row}: {x.as_py()!r} and {y.as_py()!r}"
