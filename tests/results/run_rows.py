"""Rows for the tests of run folders, the same for the same number, however they are cut.

Test modules load this file with `runpy`: pytest's importlib mode knows no sibling modules.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from spikevolve.results.store.schema import Column, columns_of
from spikevolve.results.store.writer import RunWriter

POPULATION = 7
MANIFEST = {
    "command": ["spikevolve", "run", "xor"],
    "settings": {"task": "xor", "seed": 3, "split_seed": 2, "folds": 5, "fold": 4},
    "task": {"name": "xor", "has_test": False},
}
STEPS = 3  # commits of the scripted run
TABLES = ("individuals", "generations", "genomes")


def rows(table: str, numbers: Sequence[int]) -> dict[str, list[Any]]:
    """Columns of the rows with these numbers: seven to a generation, random values."""
    place = TABLES.index(table) if table in TABLES else len(TABLES)
    random = [np.random.default_rng([place, number]) for number in numbers]
    per_generation = 1 if table == "generations" else POPULATION
    columns = {c.name: [_value(c, rng) for rng in random] for c in columns_of(table)}
    born = [(number // per_generation, number % per_generation) for number in numbers]
    for column in columns_of(table):
        if column.of_run:
            del columns[column.name]
    if "generation" in columns:
        columns["generation"] = [generation for generation, _ in born]
    if "index" in columns:
        columns["index"] = [index for _, index in born]
    if "id" in columns:
        columns["id"] = [f"{generation}-{index}" for generation, index in born]
    return columns


def _value(column: Column, rng: np.random.Generator) -> Any:
    if column.is_list:
        element = column._replace(type=column.type.value_type, nullable=False)
        return [_value(element, rng) for _ in range(rng.integers(0, 4))]
    if column.nullable and rng.random() < 0.3:
        return [None, float("nan")][rng.integers(2)]
    if pa.types.is_boolean(column.type):
        return bool(rng.random() < 0.5)
    if pa.types.is_integer(column.type):
        return int(rng.integers(0, 2**53 if column.type == pa.int64() else 2**31))
    if pa.types.is_floating(column.type):
        return float(np.float32(rng.normal()))
    return rng.bytes(8).hex()


def step(writer: RunWriter, number: int) -> None:
    """One step of the scripted run: rows of some generations, the last one with the front."""
    for table, size in sizes(number).items():
        numbers = range(number * size, (number + 1) * size)
        half = len(numbers) // 2
        for part in (numbers[:half], numbers[half:]):
            writer.append(table, rows(table, part))
    last = number == STEPS - 1
    if last:
        writer.write_front(rows("front", range(5)))
    writer.log(f"step {number}")
    writer.commit(state_after(number + 1))


def sizes(number: int) -> dict[str, int]:
    """How many rows a step adds to the tables."""
    counts = {"individuals": 2 * POPULATION, "generations": 2, "genomes": 5}
    if number == 1:
        del counts["genomes"]  # nothing survived
    return counts


def state_after(steps: int) -> dict[str, object]:
    """The search state that the scripted run commits."""
    return {
        "state": "done" if steps == STEPS else "running",
        "generation": 2 * steps,
        "evaluations": 2 * POPULATION * steps,
        "seconds": 0.25 * steps,
        "archive": [{"id": f"{steps}-0", "weights": [0.5, -1 / 3]}],
    }


def numbers_after(steps: int) -> dict[str, list[int]]:
    """The row numbers that are in each table after so many steps."""
    numbers: dict[str, list[int]] = {table: [] for table in TABLES}
    for number in range(steps):
        for table, size in sizes(number).items():
            numbers[table] += range(number * size, (number + 1) * size)
    return numbers


def run_to_end(folder: Path) -> None:
    """Make the scripted run, or go on with it."""
    from spikevolve.results.store.writer import create_run, open_run

    if folder.exists():
        writer, state = open_run(folder)
    else:
        writer, state = create_run(folder, MANIFEST), {}
    with writer:
        done = int(str(state["generation"])) // 2 if state else 0
        for number in range(done, STEPS):
            step(writer, number)
