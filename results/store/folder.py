"""The run folder: where each file lies, and its two JSON files.

    DIR/run.json        the manifest: command, settings, data digest, versions; never changes
    DIR/state.json      the commit point, written last: which rows count, and the search
    DIR/individuals/    000001.parquet, …: blocks of rows; so genomes/ and generations/
    DIR/front.parquet   the Pareto front, replaced as a whole
    DIR/log.txt         what happened, in lines
    DIR/lock            held by the process that writes

A block that `state.json` does not count is no part of the run. Reading executes nothing: JSON and
Parquet of a fixed schema, no pickle, no name that is imported.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ...errors import InputError

SCHEMA = 1  # the version of this layout
MANIFEST = "run.json"
FOLDS = "folds.json"  # of a cross-validation, which has run folders
STATE = "state.json"
LOCK = "lock"
LOG = "log.txt"
FRONT = "front.parquet"
BLOCK_TABLES = ("individuals", "generations", "genomes")


class Commit(NamedTuple):
    """What `state.json` says."""

    search: dict[str, object]  # as handed to `RunWriter.commit`; empty before the first
    blocks: dict[str, list[int]]  # table → rows of block 1, 2, …
    updated: datetime  # UTC
    host: str  # the machine and the process that wrote it
    pid: str


def block_name(number: int) -> str:
    """The file name of the block with that number, 1 the first."""
    return f"{number:06d}.parquet"


def read_manifest(folder: Path) -> dict[str, object]:
    """What `run.json` says: how the run was started.

    Raises:
        InputError: not a run folder, damaged, or of a newer version.
    """
    folder = Path(folder)
    if not os.path.isfile(folder / MANIFEST):  # unlike Path.is_file it raises nothing
        what = "it has no run.json" if os.path.isdir(folder) else "there is no such folder"
        if os.path.isfile(folder / FOLDS):
            what = f"it is a cross-validation, whose runs are {folder / 'fold-1'} and so on"
        raise InputError(f"{folder} is not a run folder: {what}")
    return read_json(folder / MANIFEST)


def read_commit(folder: Path) -> Commit:
    """All that `state.json` says.

    Raises:
        InputError: not a run folder, damaged, or of a newer version.
    """
    read_manifest(folder)
    path = Path(folder) / STATE
    if not os.path.exists(path):
        raise InputError(f"{path} is missing: the run folder is damaged")
    content = read_json(path)
    search, blocks = content.get("search"), content.get("blocks")
    if not isinstance(search, dict):
        raise InputError(f"{path} is damaged: search must be an object")
    if not isinstance(blocks, dict) or not all(_are_rows(blocks.get(t)) for t in BLOCK_TABLES):
        raise InputError(f"{path} is damaged: blocks must count the rows of each block of a table")
    try:
        updated = datetime.fromisoformat(str(content.get("updated"))).astimezone(UTC)
    except ValueError as error:
        raise InputError(f"{path} is damaged: updated must be a time") from error
    return Commit(
        search=search,
        blocks={table: blocks[table] for table in BLOCK_TABLES},
        updated=updated,
        host=str(content.get("host")),
        pid=str(content.get("pid")),
    )


def _are_rows(counts: object) -> bool:
    return isinstance(counts, list) and all(type(n) is int and n > 0 for n in counts)


def read_json(path: Path) -> dict[str, object]:
    """A JSON object that says its schema.

    Raises:
        InputError: it cannot be read, is damaged, or of a newer version.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged: it is not valid JSON") from error
    if not isinstance(content, dict) or type(content.get("schema")) is not int:
        raise InputError(f"{path} is damaged: it does not say its schema")
    if content["schema"] > SCHEMA:
        raise InputError(
            f"{path} has schema {content['schema']}, this version of spikevolve reads up to {SCHEMA}"
        )
    return content
