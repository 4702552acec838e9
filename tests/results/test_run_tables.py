"""What is written is what is read, however it was given and cut."""

import math
import os
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikevolve.errors import InputError
from spikevolve.results.store.reader import (
    compare_tables,
    front_generation,
    read_arrow,
    read_backwards,
    read_table,
)
from spikevolve.results.store.schema import TABLES, columns_of
from spikevolve.results.store.writer import RunWriter, create_run, open_run

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
rows, MANIFEST = RUN["rows"], RUN["MANIFEST"]
BLOCK_TABLES = RUN["TABLES"]


def plain(value: Any) -> Any:
    """A value read from a data frame as what was given for it: NaN and NA as None."""
    if isinstance(value, np.ndarray | list):
        return [plain(v) for v in value]
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def joined(name: str, values: list[Any]) -> list[Any]:
    """Texts that a data frame has as one."""
    return [" ".join(texts) for texts in values] if name in ("parents", "operators") else values


def cut(folder: Path, seed: int, appends: int, commits: int) -> Path:
    """A run of 60 rows a table, cut at random places."""
    rng = np.random.default_rng(seed)
    with create_run(folder, MANIFEST) as writer:
        edges = np.sort(rng.integers(0, 61, appends - 1))
        ends = rng.choice(appends, commits - 1, replace=False)
        for place, part in enumerate(np.split(np.arange(60), edges)):
            for table in BLOCK_TABLES:
                writer.append(table, rows(table, part.tolist()))
            if place in ends:
                writer.commit({})
        writer.write_front(rows("front", range(20)))
        writer.commit({})
    return folder


@pytest.mark.parametrize("table", TABLES)
def test_values_come_back_as_they_were_given(table: str, tmp_path: Path) -> None:
    folder = cut(tmp_path / "run", seed=1, appends=5, commits=3)

    frame = read_table(folder, table)

    given = rows(table, range(20 if table == "front" else 60))
    assert list(frame.columns) == [column.name for column in columns_of(table)]
    for name, values in given.items():
        assert plain(frame[name].tolist()) == plain(joined(name, values)), name
    about = frame[["run", "task", "seed", "split", "fold", "island"]].drop_duplicates()
    assert about.to_numpy().tolist() == [["run", "xor", 3, 2, 4, 0]]


@pytest.mark.parametrize("seed", range(4))
def test_how_rows_are_cut_makes_no_difference(seed: int, tmp_path: Path) -> None:
    one = cut(tmp_path / "one", seed, appends=1, commits=1)
    many = cut(tmp_path / "many", seed, appends=25, commits=12)

    assert compare_tables(one, many) == []
    for table in TABLES:
        pd.testing.assert_frame_equal(
            read_table(one, table).drop(columns="run"),
            read_table(many, table).drop(columns="run"),
        )


def as_arrays(columns: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        name: [np.array(v) for v in values] if isinstance(values[0], list) else np.array(values)
        for name, values in columns.items()
    }


def test_arrays_and_lists_are_the_same(tmp_path: Path) -> None:
    given = rows("genomes", range(8))
    with create_run(tmp_path / "run", MANIFEST) as writer:
        for half in (slice(0, 3), slice(3, 8)):
            part = {name: values[half] for name, values in given.items()}
            writer.append("genomes", as_arrays(part) if half.start else part)
        writer.commit({})

    frame = read_table(tmp_path / "run", "genomes")
    assert {name: plain(frame[name].tolist()) for name in given} == given


def test_a_matrix_fills_a_column_of_lists(tmp_path: Path) -> None:
    objectives = np.arange(15.0).reshape(5, 3)
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", rows("individuals", range(5)) | {"objectives": objectives})
        writer.commit({})

    read = read_table(tmp_path / "run", "individuals", ["objectives"])
    assert np.array_equal(np.stack(read["objectives"].tolist()), objectives)


def test_rows_are_read_in_order_of_generation_and_index(tmp_path: Path) -> None:
    shuffled = np.random.default_rng(5).permutation(60).tolist()
    with create_run(tmp_path / "run", MANIFEST) as writer:
        for table in BLOCK_TABLES:
            writer.append(table, rows(table, shuffled[:40]))
        writer.commit({})
        for table in BLOCK_TABLES:
            writer.append(table, rows(table, shuffled[40:]))
        writer.commit({})

    for table in BLOCK_TABLES:
        frame = read_table(tmp_path / "run", table)
        for name, values in rows(table, range(60)).items():
            assert plain(frame[name].tolist()) == plain(joined(name, values)), (table, name)


def test_a_genome_written_twice_has_one_row_of_its_first_individual(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        late = rows("genomes", [0, 1]) | {"id": ["12-0", "3-0"]}
        writer.append("genomes", late)
        writer.commit({})
        writer.append("genomes", rows("genomes", [0, 2]) | {"id": ["9-4", "10-0"]})
        writer.commit({})

    frame = read_table(tmp_path / "run", "genomes", ["id", "genome_hash"])
    assert frame["id"].tolist() == ["3-0", "9-4", "10-0"]
    assert frame["genome_hash"].is_unique


@pytest.mark.parametrize("columns", [None, ["id", "inputs"]])
def test_some_genomes_are_read_alone(columns: list[str] | None, tmp_path: Path) -> None:
    folder = cut(tmp_path / "run", seed=8, appends=6, commits=3)
    whole = read_table(folder, "genomes")
    hashes = {whole["genome_hash"][row] for row in (50, 3, 17)} | {"0" * 16}

    some = read_table(folder, "genomes", columns, hashes)

    expected = whole.iloc[[3, 17, 50]].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected if columns is None else expected[columns])
    assert len(read_table(folder, "genomes", hashes=set())) == 0


def test_the_end_of_a_table_is_read_block_by_block(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        for numbers in (range(4), range(4, 6), range(6, 9)):
            writer.append("individuals", rows("individuals", numbers))
            writer.commit({})

    blocks = list(read_backwards(tmp_path / "run", "individuals", ["index", "id"]))

    assert [block.num_rows for block in blocks] == [3, 2, 4]
    whole = read_arrow(tmp_path / "run", "individuals", ["index", "id"])
    assert pa.concat_tables(blocks[::-1]).equals(whole)


def test_a_front_may_be_empty(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.write_front(rows("front", range(3)))
        writer.write_front({name: [] for name in rows("front", [0])})

    assert len(read_table(tmp_path / "run", "front")) == 0


def test_a_front_says_what_generation_it_is_of(tmp_path: Path) -> None:
    folder, columns = tmp_path / "run", rows("front", range(3))
    with create_run(folder, MANIFEST) as writer:
        assert front_generation(folder) is None
        writer.write_front(columns)
        assert front_generation(folder) is None
        writer.write_front(columns, generation=12)

    assert front_generation(folder) == 12
    assert read_table(folder, "front")["id"].tolist() == columns["id"]


def test_genomes_of_a_front_alone_are_read_as_long_as_it_is_there(tmp_path: Path) -> None:
    folder, front = tmp_path / "run", rows("front", range(3))
    kept, further = rows("genomes", range(5)), rows("genomes", [5])
    with create_run(folder, MANIFEST) as writer:
        writer.append("genomes", kept)
        writer.commit({})
        writer.write_front(front, 1, further)
        with_it = read_table(folder, "genomes")
        found = read_table(folder, "genomes", hashes=further["genome_hash"])
        writer.write_front(front, 2)

    assert with_it["genome_hash"].tolist() == kept["genome_hash"] + further["genome_hash"]
    assert plain(found["weights"].tolist()) == plain(further["weights"])
    assert read_table(folder, "genomes")["genome_hash"].tolist() == kept["genome_hash"]


def test_columns_that_may_be_null_may_be_left_out(tmp_path: Path) -> None:
    full = rows("individuals", range(6))
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", {n: v for n, v in full.items() if n != "episodes"})
        writer.append("individuals", rows("individuals", [6]) | {"episodes": [5]})
        writer.commit({})

    episodes = read_table(tmp_path / "run", "individuals", ["episodes"])["episodes"]
    assert episodes.dtype == pd.Int64Dtype()
    assert plain(episodes.tolist()) == [None] * 6 + [5]


@pytest.mark.parametrize("table", TABLES)
def test_tables_without_rows_have_their_types(table: str, tmp_path: Path) -> None:
    create_run(tmp_path / "empty", MANIFEST).close()
    full = cut(tmp_path / "full", seed=2, appends=2, commits=1)

    empty = read_table(tmp_path / "empty", table)

    assert len(empty) == 0
    assert empty.dtypes.astype(str).tolist() == read_table(full, table).dtypes.astype(str).tolist()


def test_a_data_frame_has_the_same_types_for_every_run(tmp_path: Path) -> None:
    given = rows("individuals", range(3)) | {"fault": [None, "too late", None]}
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", given)
        writer.commit({})

    types = read_table(tmp_path / "run", "individuals").dtypes.astype(str)

    categories = ["run", "task", "source", "operators", "traits", "fault"]
    assert types[types == "category"].index.tolist() == categories
    texts = ["id", "parents", "genome_hash", "network_hash"]
    assert types[types == "str"].index.tolist() == texts
    assert types[["objectives"]].tolist() == ["list<element: double>[pyarrow]"]
    assert not (types == "object").any()


def test_a_data_frame_says_the_units_of_its_columns(tmp_path: Path) -> None:
    create_run(tmp_path / "run", MANIFEST).close()

    units = read_table(tmp_path / "run", "individuals", ["latency", "id"]).attrs["units"]

    assert units == {"latency": "ticks"}


@pytest.mark.slow
def test_a_row_takes_less_than_400_bytes_of_memory(tmp_path: Path) -> None:
    given = rows("individuals", range(5_000))
    given |= {
        "operators": [["crossover", "learn"]] * 5_000,
        "parents": [["900-17", "898-3"]] * 5_000,
    }
    given |= {name: ["x"] * 5_000 for name in ("source", "traits", "fault")}
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", given)
        writer.commit({})

    frame = read_table(str(tmp_path / "run"), "individuals")

    assert frame.memory_usage(deep=True).sum() < 400 * len(frame)


def test_chosen_columns_come_in_their_order(tmp_path: Path) -> None:
    folder = cut(tmp_path / "run", seed=3, appends=4, commits=2)

    frame = read_table(folder, "individuals", ["spikes", "id", "parents"])

    pd.testing.assert_frame_equal(
        frame, read_table(folder, "individuals")[["spikes", "id", "parents"]]
    )


def test_any_parquet_reader_finds_unit_meaning_and_time(tmp_path: Path) -> None:
    folder = cut(tmp_path / "run", seed=4, appends=2, commits=1)

    for path in [folder / "front.parquet", *folder.glob("*/000001.parquet")]:
        schema = pq.read_schema(path)
        table = path.stem if path.stem == "front" else path.parent.name
        for column in columns_of(table):
            about = schema.field(column.name).metadata
            assert about[b"unit"] == column.unit.encode()
            assert about[b"meaning"] == column.meaning.encode()
            assert about[b"time"] == (b"true" if column.time else b"false")
            assert schema.field(column.name).type == column.type


def test_unknown_tables_and_columns_are_named(tmp_path: Path) -> None:
    create_run(tmp_path / "run", MANIFEST).close()

    with pytest.raises(InputError, match=r"no table 'people': choose one of individuals, gener"):
        read_table(tmp_path / "run", "people")
    with pytest.raises(InputError, match=r"genomes has no column 'weight': it has run, task"):
        read_table(tmp_path / "run", "genomes", ["weight"])


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"speed": [1, 2]}, r"individuals: unknown \['speed'\], missing \[\]"),
    "lengths": ({"rank": [1]}, r"different lengths: .*rank 1"),
    "text": ({"score": ["high", "low"]}, r"individuals, column score: .*high"),
    "too large": ({"rank": np.array([1, 2**40])}, r"individuals, column rank: "),
    "fraction": ({"neurons": np.array([1.5, 2.0])}, r"individuals, column neurons: "),
    "null": ({"feasible": [True, None]}, r"column feasible: a value is missing"),
    "null list": ({"parents": [["0-1"], None]}, r"column parents: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_values_that_do_not_fit_are_refused_and_nothing_is_written(
    case: str, tmp_path: Path
) -> None:
    wrong, message = WRONG[case]
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", rows("individuals", [0, 1]))
        writer.commit({"generation": 1})
        with pytest.raises(ValueError, match=message):
            append_and_commit(writer, rows("individuals", [2, 3]) | wrong)

    assert len(read_table(tmp_path / "run", "individuals")) == 2
    with open_run(tmp_path / "run")[0]:
        assert len(list((tmp_path / "run" / "individuals").iterdir())) == 1


def append_and_commit(writer: RunWriter, columns: dict[str, Any]) -> None:
    writer.append("individuals", columns)
    writer.commit({"generation": 2})


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        columns = rows("individuals", [0])
        del columns["genome_hash"], columns["feasible"]
        with pytest.raises(ValueError, match=r"missing \['feasible', 'genome_hash'\]"):
            writer.append("individuals", columns)


def test_arrow_tables_have_the_schema(tmp_path: Path) -> None:
    folder = cut(tmp_path / "run", seed=6, appends=3, commits=2)

    table = read_arrow(folder, "generations", ["seconds", "generation"])

    assert table.schema.names == ["seconds", "generation"]
    assert table.schema.field("generation").type == pa.int32()
    assert not table.schema.field("generation").nullable


def test_writes_that_the_system_cuts_short_are_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(descriptor: int, data: memoryview, real: Any = os.write) -> int:
        return int(real(descriptor, data[:100]))

    monkeypatch.setattr(os, "write", short)
    one = cut(tmp_path / "one", seed=7, appends=2, commits=2)
    monkeypatch.undo()

    assert compare_tables(one, cut(tmp_path / "other", seed=7, appends=2, commits=2)) == []


def test_rows_may_bring_an_island_of_their_own(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("individuals", rows("individuals", [0, 1]))
        writer.append("individuals", rows("individuals", [2]) | {"island": [3]})
        writer.commit({})

    assert read_table(tmp_path / "run", "individuals")["island"].tolist() == [0, 0, 3]


def test_a_run_without_folds_has_null_for_the_fold(tmp_path: Path) -> None:
    settings = {"task": "xor", "seed": 3, "split_seed": 2}
    with create_run(tmp_path / "run", {**MANIFEST, "settings": settings}) as writer:
        writer.append("generations", rows("generations", [0]))
        writer.commit({})

    fold = read_table(tmp_path / "run", "generations")["fold"]
    assert fold.dtype == pd.Int64Dtype()
    assert fold.isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": {}}, "task must be a text: None"),
        ({"settings": {"seed": "one", "split_seed": 1}}, "seed must be a whole number: 'one'"),
        ({"settings": 3}, "settings and task must be objects"),
    ],
)
def test_a_manifest_must_say_what_run_it_is(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"run.json is damaged: {message}"):
        create_run(tmp_path / "run", {**MANIFEST, **change})
    assert list(tmp_path.iterdir()) == []
