"""Reading the tables of a run: committed rows, of the right types, in order; whether two runs are the same."""

from __future__ import annotations  # pandas is for the type checker, and loaded by read_table alone

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import InputError
from ...posix import check_regular
from . import older_tables
from .folder import (
    FRONT,
    FRONT_GENOMES,
    SCHEMA,
    block_name,
    read_commit,
    read_manifest,
    run_values,
)
from .schema import (
    GENERATION,
    ORDER,
    TABLES,
    TEXT,
    Column,
    arrow_schema,
    chosen_columns,
    columns_of,
)

if TYPE_CHECKING:
    import pandas as pd


#: What joins the texts of a list, such as the operators of an individual, to one text.
SEPARATOR = " "


def read_table(
    folder: str | Path,
    name: str,
    columns: Sequence[str] | None = None,
    hashes: Collection[str] | None = None,
) -> pd.DataFrame:
    """Read the committed rows of a table, in the order of (generation, index).

    How rows were cut into files makes no difference. Data types are the same for every run: whole
    numbers are int32 or int64, or Int64 with NA where one may be missing; others float64 or float32
    with NaN; texts are `category` where few of them come again and again (`run`, `task`, `source`,
    `operators`, `traits`, `fault`), else `str`. Several `parents` or `operators` are one text, such as
    "crossover learn". Other lists are lists of Arrow (`objectives`, `readout`), which have the accessor
    `list` of pandas, and NumPy arrays in the table of genomes.

    `attrs["units"]` of the data frame has the units of the columns that have one.

    Args:
        folder: The run folder.
        name: `individuals`, `generations`, `genomes` or `front` (no rows before the first commit).
        columns: The columns to read, in their order; all for None. Few are read much faster.
        hashes: Read only rows of these genomes (`genome_hash`), of all for None. A few genomes of
            a long run fit into memory where all of them would not.

    Raises:
        InputError: Not a run folder, damaged, no such table or column.
    """
    import pandas as pd

    chosen, found = chosen_columns(name, columns), {}
    with _plain_memory():
        table = _read(Path(folder), name, chosen, hashes, categories=True)
        for column in chosen:  # one after the other, so that no two copies of all are in memory
            values, table = table.column(column.name), table.drop_columns([column.name])
            found[column.name] = _series(values, column, arrays=name == "genomes")
    frame = pd.DataFrame(found, copy=False)
    frame.attrs["units"] = {column.name: column.unit for column in chosen if column.unit}
    return frame


@contextmanager
def _plain_memory() -> Iterator[None]:
    """Take memory from the system: Arrow's own pool gives it back and asks anew for every column."""
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def _series(values: pa.ChunkedArray, column: Column, arrays: bool) -> pd.Series[Any]:
    """Return a column as pandas has it; `arrays` has lists as NumPy arrays."""
    import pandas as pd

    if column.is_list and not arrays:
        if not pa.types.is_string(column.type.value_type):
            return pd.Series(values.to_pandas(types_mapper=pd.ArrowDtype))
        values = pc.binary_join(values, SEPARATOR)
    if column.category:
        return pd.Series(values.dictionary_encode().to_pandas())
    types: dict[pa.DataType, Any] = {TEXT: pd.StringDtype("pyarrow", na_value=np.nan)}
    if column.nullable and pa.types.is_integer(column.type):  # NaN would make floats of them
        types[column.type] = pd.Int64Dtype()
    return pd.Series(values.to_pandas(types_mapper=types.get))


def read_arrow(
    folder: str | Path,
    name: str,
    columns: Sequence[str] | None = None,
    hashes: Collection[str] | None = None,
) -> pa.Table:
    """Read the committed rows of a table as an Arrow table, with the schema's types and metadata.

    Args:
        folder: The run folder.
        name: `individuals`, `generations`, `genomes` or `front` (no rows before the first commit).
        columns: The columns to read, in their order; all for None.
        hashes: Read only rows of these genomes, block by block; of all for None.

    Raises:
        InputError: Not a run folder, damaged, no such table or column.
    """
    return _read(Path(folder), name, chosen_columns(name, columns), hashes)


def _read(
    folder: Path,
    name: str,
    chosen: Sequence[Column],
    hashes: Collection[str] | None,
    categories: bool = False,
) -> pa.Table:
    """Return the chosen columns of a table; `categories` keeps texts that recur as dictionaries."""
    known = {column.name for column in chosen}
    keys = ORDER.get(name, ("generation", "index"))
    if name == "genomes" or hashes is not None:
        keys = (*keys, "genome_hash")
    schema = arrow_schema(
        (*chosen, *chosen_columns(name, [key for key in keys if key not in known]))
    )
    kept = [c.name for c in chosen if c.category and not c.is_list] if categories else []
    parts = (_read_file(block, schema, kept) for block in _blocks(folder, name))
    if hashes is not None:  # one block after the other: all of them may not fit into memory
        wanted = pa.array(list(hashes), pa.string())
        parts = (part.filter(pc.is_in(part.column("genome_hash"), wanted)) for part in parts)
    found = list(parts)
    table = pa.concat_tables(found).unify_dictionaries() if found else schema.empty_table()
    return _ordered(table, name).select([column.name for column in chosen])


def read_backwards(
    folder: str | Path, name: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the committed blocks of a table, the newest first, each with its rows as appended.

    For a look at the end of a long run.

    Args:
        folder: The run folder.
        name: `individuals`, `generations` or `genomes`.
        columns: The columns to read, in their order; all for None.

    Raises:
        InputError: Not a run folder, damaged, no such table or column.
    """
    schema = arrow_schema(chosen_columns(name, columns))
    for block in reversed(_blocks(Path(folder), name)):
        yield _read_file(block, schema)


def front_generation(folder: Path) -> int | None:
    """Return how many generations of the search the front is of; None where it does not say.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    for block in _blocks(Path(folder), "front"):
        with _open(block) as file:
            said = (file.schema_arrow.metadata or {}).get(GENERATION.encode())
            return int(said) if said and said.isdigit() else None
    return None


def check_blocks(folder: str | Path) -> None:
    """Check that every committed block is there, with its rows.

    Raises:
        InputError: Not a run folder, or a block is missing or damaged; names it.
    """
    for table in read_commit(Path(folder)).blocks:
        for block in _blocks(Path(folder), table):
            _open(block).close()


class _Block(NamedTuple):
    """A Parquet file of a run.

    Attributes:
        table: The table that it is part of.
        path: Where it lies.
        rows: How many rows were committed; None for the front and its genomes, which no commit counts.
        older: What is the same in every row, if an older version wrote the file; else None.
    """

    table: str
    path: Path
    rows: int | None
    older: Mapping[str, Any] | None


def _blocks(folder: Path, table: str) -> list[_Block]:
    commit, manifest = read_commit(folder), read_manifest(folder)
    current = manifest["schema"] == SCHEMA
    older = None if current else run_values(folder, manifest)
    beside = {"front": folder / FRONT, "genomes": folder / FRONT_GENOMES}.get(table)
    last = [_Block(table, beside, None, older)] if beside and os.path.exists(beside) else []
    counts = commit.blocks.get(table, ())
    return [
        _Block(table, folder / table / block_name(number), rows, older)
        for number, rows in enumerate(counts, 1)
    ] + last


def _open(block: _Block, dictionaries: Sequence[str] = ()) -> pq.ParquetFile:
    """Open a block; of the columns `dictionaries` the dictionaries of the file are kept."""
    if not os.path.exists(block.path):
        raise InputError(f"{block.path} is missing: the run folder is damaged")
    try:
        check_regular(block.path, links=False)
    except OSError as error:
        raise InputError(f"{block.path} is damaged: {error.strerror}") from error
    try:
        file = pq.ParquetFile(
            block.path,
            page_checksum_verification=True,
            read_dictionary=list(dictionaries),
        )
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{block.path} is damaged: it is not a whole Parquet file") from error
    found = file.metadata.num_rows
    if block.rows is not None and found != block.rows:
        raise InputError(
            f"{block.path} is damaged: it has {found} rows, state.json counts {block.rows}"
        )
    return file


def _read_file(block: _Block, schema: pa.Schema, dictionaries: Sequence[str] = ()) -> pa.Table:
    dictionaries = dictionaries if block.older is None else ()
    with _open(block, dictionaries) as file:
        found, names = file.schema_arrow, schema.names
        if block.older is None:
            _check_types(block.path, found, schema)
            schema = _with_dictionaries(schema, found, dictionaries)
        else:
            names = older_tables.columns_to_read(block.table, schema, found)
        try:
            rows = file.read(columns=names, use_threads=False)
            if block.older is not None:
                return older_tables.modernised(block.table, rows, schema, block.older)
            return rows.select(names).cast(schema)
        except (OSError, pa.ArrowException, ValueError) as error:
            raise InputError(f"{block.path} is damaged: its rows cannot be read") from error


def _check_types(path: Path, found: pa.Schema, schema: pa.Schema) -> None:
    for field in schema:
        if field.name not in found.names or _plain(found.field(field.name).type) != field.type:
            raise InputError(f"{path} is damaged: column {field.name} must be {field.type}")


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _with_dictionaries(schema: pa.Schema, found: pa.Schema, names: Sequence[str]) -> pa.Schema:
    """Return a schema whose named columns have the types that were found."""
    for name in names:
        place = schema.get_field_index(name)
        schema = schema.set(place, schema.field(place).with_type(found.field(name).type))
    return schema


def _ordered(table: pa.Table, name: str) -> pa.Table:
    """Return the rows in order; of genomes the first row of each hash."""
    if name == "generations":
        keys = _numbers(table.column("generation"))
    elif name == "genomes":
        keys = _birth_keys(table.column("id"))
    else:
        keys = _numbers(table.column("generation")) << 32 | _numbers(table.column("index"))
    order = np.arange(len(keys)) if _is_sorted(keys) else np.argsort(keys, kind="stable")
    if name == "genomes":
        hashes = pc.dictionary_encode(table.column("genome_hash").combine_chunks()).indices
        _, first = np.unique(_numbers(hashes)[order], return_index=True)
        order = order[np.sort(first)]
    if len(order) == table.num_rows and _is_sorted(order):
        return table
    return table.take(pa.array(order))


def _birth_keys(ids: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """Return numbers in the order of birth, from ids "G-I"."""
    try:
        parts = pc.split_pattern(ids, "-").combine_chunks().flatten().cast(pa.int64())
        births = _numbers(parts).reshape(len(ids), 2)
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            "the table of genomes is damaged: an id is not GENERATION-INDEX"
        ) from error
    return np.asarray(births[:, 0] << 32 | births[:, 1])


def _is_sorted(values: np.ndarray[Any, Any]) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))


def _numbers(column: pa.ChunkedArray | pa.Array) -> np.ndarray[Any, Any]:
    return np.asarray(column).astype(np.int64)


def compare_tables(a: str | Path, b: str | Path) -> list[str]:
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
