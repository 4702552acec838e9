"""Reading the Parquet blocks of a run: committed rows, of the right types, in order."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import InputError
from .folder import FRONT, block_name, read_commit
from .schema import ORDER, arrow_schema, chosen_columns


def read_arrow(
    folder: Path,
    name: str,
    columns: Sequence[str] | None = None,
    hashes: Collection[str] | None = None,
) -> pa.Table:
    """The committed rows of a table, in the order of (generation, index).

    Args:
        folder: The run folder.
        name: `individuals`, `generations`, `genomes` or `front` (no rows before it is written).
        columns: The columns to read, in their order; all for None.
        hashes: Read only rows of these genomes, block by block; of all for None.

    Returns:
        An Arrow table with the types and metadata of the schema. A genome has one row, that of the
        first individual that had it.

    Raises:
        InputError: not a run folder, damaged, no such table or column.
    """
    folder = Path(folder)
    chosen = chosen_columns(name, columns)
    known = {column.name for column in chosen}
    keys = ORDER.get(name, ("generation", "index"))
    if name == "genomes" or hashes is not None:
        keys = (*keys, "genome_hash")
    schema = arrow_schema(
        (*chosen, *chosen_columns(name, [key for key in keys if key not in known]))
    )
    parts = (_read_file(path, rows, schema) for path, rows in _files(folder, name))
    if hashes is not None:
        wanted = pa.array(list(hashes), pa.string())
        parts = (part.filter(pc.is_in(part.column("genome_hash"), wanted)) for part in parts)
    table = pa.concat_tables([schema.empty_table(), *parts])
    return _ordered(table, name).select([column.name for column in chosen])


def read_backwards(
    folder: Path, name: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """The committed blocks of a table, the newest first, each with its rows as they were appended.

    For a look at the end of a long run.

    Args:
        folder: The run folder.
        name: `individuals`, `generations` or `genomes`.
        columns: The columns to read, in their order; all for None.

    Raises:
        InputError: not a run folder, damaged, no such table or column.
    """
    schema = arrow_schema(chosen_columns(name, columns))
    for path, rows in reversed(_files(Path(folder), name)):
        yield _read_file(path, rows, schema)


def check_blocks(folder: Path) -> None:
    """See that every committed block is there, with its rows.

    Raises:
        InputError: not a run folder, or a block is missing or damaged; names it.
    """
    for table, counts in read_commit(folder).blocks.items():
        for number, rows in enumerate(counts, 1):
            _open(folder / table / block_name(number), rows).close()


def _files(folder: Path, name: str) -> list[tuple[Path, int | None]]:
    commit = read_commit(folder)
    if name == "front":
        path = folder / FRONT
        return [(path, None)] if os.path.exists(path) else []
    counts = enumerate(commit.blocks[name], 1)
    return [(folder / name / block_name(number), rows) for number, rows in counts]


def _open(path: Path, rows: int | None) -> pq.ParquetFile:
    if not os.path.exists(path):
        raise InputError(f"{path} is missing: the run folder is damaged")
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} is damaged: it is not a whole Parquet file") from error
    if rows is not None and file.metadata.num_rows != rows:
        raise InputError(
            f"{path} is damaged: it has {file.metadata.num_rows} rows, state.json counts {rows}"
        )
    return file


def _read_file(path: Path, rows: int | None, schema: pa.Schema) -> pa.Table:
    with _open(path, rows) as file:
        found = file.schema_arrow
        for field in schema:
            if field.name not in found.names or found.field(field.name).type != field.type:
                raise InputError(f"{path} is damaged: column {field.name} must be {field.type}")
        try:
            return (
                file.read(columns=schema.names, use_threads=False).select(schema.names).cast(schema)
            )
        except (OSError, pa.ArrowException, ValueError) as error:
            raise InputError(f"{path} is damaged: its rows cannot be read") from error


def _ordered(table: pa.Table, name: str) -> pa.Table:
    """The rows in order; of genomes the first row of each hash."""
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
    """Numbers in the order of birth from ids "G-I"."""
    try:
        parts = pc.split_pattern(ids, "-").combine_chunks().flatten().cast(pa.int64())
        places = _numbers(parts).reshape(len(ids), 2)
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            "the table of genomes is damaged: an id is not GENERATION-INDEX"
        ) from error
    return np.asarray(places[:, 0] << 32 | places[:, 1])


def _is_sorted(values: np.ndarray[Any, Any]) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))


def _numbers(column: pa.ChunkedArray | pa.Array) -> np.ndarray[Any, Any]:
    return np.asarray(column).astype(np.int64)
