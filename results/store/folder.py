"""The run folder: where each file lies, its two JSON files, and their version.

    DIR/run.json        the manifest: command, settings, data digest, versions; only limits ever change
    DIR/state.json      the commit point, written last: which rows count, and the search
    DIR/individuals/    000001.parquet, …: blocks of rows; so genomes/ and generations/
    DIR/front.parquet   the Pareto front, replaced as a whole after every commit and when the run ends
    DIR/front_genomes.parquet  genomes that stand in the front alone, if there are any
    DIR/baselines.json  what the test scores are compared with, written when the run ends
    DIR/answers.json    what the champion answered on test data, written when the run ends
    DIR/log.txt         what happened, in lines
    DIR/lock            held by the process that writes

A block that `state.json` does not count is no part of the run. Reading executes nothing: JSON and
Parquet of a fixed schema, no pickle, no name that is imported.
"""

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from ...posix import check_regular, read_regular
from .manifest import check_manifest

#: Version of the files of a run: of their layout, and of the columns in `schema`.
SCHEMA = 2
#: Which release of spikevolve wrote an older version last.
RELEASES = {1: "0.1.0"}
MANIFEST = "run.json"
STUDY = "study.json"  # of a study, which has run folders
STUDY_OF_0_1_0 = "folds.json"
STATE = "state.json"
LOCK = "lock"
LOG = "log.txt"
FRONT = "front.parquet"
FRONT_GENOMES = "front_genomes.parquet"
BASELINES = "baselines.json"
ANSWERS = "answers.json"
BLOCK_TABLES = ("individuals", "generations", "genomes")
FILES = (MANIFEST, STATE, LOCK, LOG, FRONT, FRONT_GENOMES, BASELINES, ANSWERS)


class Commit(NamedTuple):
    """What `state.json` says.

    Attributes:
        search: The state as handed to `RunWriter.commit`; empty before the first.
        blocks: Table → rows of block 1, 2, ….
        updated: When it was written, UTC.
        host: The machine that wrote it.
        pid: The process that wrote it.
    """

    search: dict[str, object]
    blocks: dict[str, list[int]]
    updated: datetime
    host: str
    pid: str


def block_name(number: int) -> str:
    """Return the file name of the block with that number, 1 the first."""
    return f"{number:06d}.parquet"


def check_files(folder: Path) -> None:
    """Refuse a folder in which a name of ours is a link, or anything but a file, or folder, of its own.

    Such a folder was not written by us. Through a link we would read, append to, or delete what is no part
    of it; a named pipe would never end.

    Raises:
        InputError: Names what is in the way.
    """
    for name in FILES:
        if os.path.lexists(folder / name):
            try:
                check_regular(folder / name, links=False)
            except FileNotFoundError:  # a lock that was let go this moment
                continue
            except OSError as error:
                raise InputError(f"{folder / name} is damaged: {error.strerror}") from error
    for name in BLOCK_TABLES:
        if os.path.islink(folder / name):
            raise InputError(f"{folder / name} is damaged: it is a link, not a folder")


def what_is_no_run(folder: Path) -> str:
    """Say what a path is that is no run folder."""
    if not os.path.exists(folder):
        return "there is no such folder"
    if not os.path.isdir(folder):
        return "it is a file"
    if any(os.path.isfile(folder / name) for name in (STUDY, STUDY_OF_0_1_0)):
        return "it is a study; name one of the runs in it"
    return "it has no run.json" if os.listdir(folder) else "it is empty"


def read_manifest(folder: Path) -> dict[str, object]:
    """Return what `run.json` says: how the run was started.

    Raises:
        InputError: Not a run folder, damaged, or of a newer version.
    """
    folder = Path(folder)
    check_files(folder)
    if not os.path.isfile(folder / MANIFEST):  # unlike Path.is_file it raises nothing
        raise InputError(f"{folder} is not a run folder: {what_is_no_run(folder)}")
    manifest = read_json(folder / MANIFEST)
    check_manifest(folder / MANIFEST, manifest)
    return manifest


def run_values(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is the same in every row of a run: the columns `of_run`.

    A search has one island.

    Args:
        folder: The run folder, for messages.
        manifest: What its `run.json` says.

    Raises:
        InputError: The manifest is damaged; names the value.
    """
    settings, task = manifest.get("settings"), manifest.get("task")
    if not isinstance(settings, dict) or not isinstance(task, dict):
        raise InputError(f"{folder / MANIFEST} is damaged: settings and task must be objects")
    values = {
        "run": manifest.get("run", folder.name),
        "task": task.get("name"),
        "seed": settings.get("seed"),
        "split": settings.get("split_seed"),
        "fold": settings.get("fold"),
        "island": 0,
    }
    for name, value in values.items():
        kind, words = (str, "a text") if name in ("run", "task") else (int, "a whole number")
        if type(value) is not kind and not (name == "fold" and value is None):
            raise InputError(f"{folder / MANIFEST} is damaged: {name} must be {words}: {value!r}")
    return values


def refuse_older(path: Path, content: Mapping[str, Any]) -> None:
    """Refuse to go on with what an older version of spikevolve began.

    Its tables lack columns, and its search may have gone another way than ours would.

    Args:
        path: A JSON file of the folder.
        content: What it says.

    Raises:
        InputError: It has an older schema; names the version and what to do.
    """
    schema = content["schema"]
    if schema < SCHEMA:
        raise InputError(
            f"{path.parent} was begun by spikevolve {RELEASES.get(schema, 'of another version')} "
            f"({path.name} has schema {schema}, this version writes {SCHEMA}): go on with it in that "
            "version, or start anew with `spikevolve run`; report, status, plot and export read it"
        )


def read_commit(folder: Path) -> Commit:
    """Return all that `state.json` says.

    Raises:
        InputError: Not a run folder, damaged, or of a newer version.
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


def read_baselines(folder: Path) -> dict[str, float]:
    """Return the scores on test data that the champion's is compared with, by name; none is usual.

    Raises:
        InputError: The file is damaged, or of a newer version.
    """
    path = Path(folder) / BASELINES
    if not os.path.exists(path):
        return {}
    scores = read_json(path).get("test_score")
    if not isinstance(scores, dict) or not all(type(v) in (int, float) for v in scores.values()):
        raise InputError(f"{path} is damaged: test_score must be numbers by name")
    return {name: float(score) for name, score in scores.items()}


def read_answers(folder: Path) -> dict[str, Any] | None:
    """Return what the champion answered on test data; None where nothing was kept.

    Returns:
        `id` of the network, `n` samples or episodes, and `interval` of its score (`low`, `high`,
        `level`, `method`) or None. Of classes also `classes`, their names, and `truth` and `decided`,
        numbers of classes; else `scores`, a number for each sample or episode, or none.

    Raises:
        InputError: The file is damaged, or of a newer version.
    """
    path = Path(folder) / ANSWERS
    if not os.path.exists(path):
        return None
    kept: dict[str, Any] = read_json(path)
    lists = [kept[name] for name in ("scores", "truth", "decided") if name in kept]
    if not isinstance(kept.get("id"), str) or not lists or not all(map(_are_numbers, lists)):
        raise InputError(f"{path} is damaged: it must have an id, and numbers for each answer")
    if "truth" in kept and not _are_classes(kept):
        raise InputError(f"{path} is damaged: truth and decided must be numbers of its classes")
    return kept


def _are_numbers(values: object) -> bool:
    return isinstance(values, list) and all(type(value) in (int, float) for value in values)


def _are_classes(kept: Mapping[str, Any]) -> bool:
    numbers, classes = [*kept["truth"], *kept.get("decided", ())], kept.get("classes")
    whole = all(type(number) is int for number in numbers)
    return (
        isinstance(classes, list)
        and len(kept["truth"]) * 2 == len(numbers)
        and whole
        and all(0 <= number < len(classes) for number in numbers)
    )


def read_json(path: Path) -> dict[str, object]:
    """Return a JSON object that says its schema.

    Raises:
        InputError: It cannot be read, is damaged, or of a newer version.
    """
    try:
        content = _plain_json(read_regular(path, links=False))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged: it is not valid JSON") from error
    if not isinstance(content, dict) or type(content.get("schema")) is not int:
        raise InputError(f"{path} is damaged: it does not say its schema")
    if content["schema"] > SCHEMA:
        raise InputError(
            f"{path} has schema {content['schema']}, but this version of spikevolve reads up to "
            f"{SCHEMA}: read it with the version that wrote it, or a newer one"
        )
    return content


def _plain_json(data: bytes) -> Any:
    """Return what JSON says, without what other programs and arithmetic do not take.

    Raises:
        ValueError: It is no JSON, or has a number that is not finite or of more than 64 bits, or a text with half of
            a character.
        RecursionError: It has too many brackets.
    """
    content = json.loads(data, parse_constant=_finite, parse_float=_finite, parse_int=_of_64_bits)
    if b"\\ud" in data.lower():  # such halves cannot be printed
        json.dumps(content, ensure_ascii=False).encode()
    return content


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not finite")
    return number


def _of_64_bits(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**64:
        raise ValueError(f"{text} is out of range")
    return number
