"""Rows of several runs together, and in a list: what was asked for, whole, in every format."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.errors import InputError
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.schema import columns_of
from spikevolve.results.summaries.joined_tables import joined_rows
from spikevolve.results.summaries.run_status import read_status
from spikevolve.results.summaries.runs_overview import COLUMNS, runs_below

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
MAKE_RUN: Callable[..., Path] = runpy.run_path(str(Path(__file__).with_name("study_runs.py")))[
    "make_run"
]


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "runs" / name for name in ("a", "b")]
    for folder in folders:
        folder.parent.mkdir(exist_ok=True)
        RUN["run_to_end"](folder)
    return folders


def spikevolve(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result.stdout if status == 0 else result.stderr


def test_rows_are_those_that_pandas_would_choose(runs: list[Path]) -> None:
    rows = joined_rows(
        runs, "individuals", ["id", "score", "folder"], "score > 0.2 and not (synapses < 1e6)"
    )

    frames = [read_table(run, "individuals").assign(folder=str(run)) for run in runs]
    together = pd.concat(frames)
    expected = together[(together["score"] > 0.2) & (together["synapses"] >= 1e6)]
    assert 0 < len(expected) < len(together)
    assert rows.column_names == ["id", "score", "folder"]
    assert rows.column("id").to_pylist() == expected["id"].tolist()
    assert rows.column("folder").to_pylist() == expected["folder"].tolist()


def test_all_columns_stand_there_after_the_folder(runs: list[Path]) -> None:
    rows = joined_rows(runs, "front")

    assert rows.column_names == ["folder", *(column.name for column in columns_of("front"))]
    assert rows.num_rows == 10


def test_only_what_the_rows_need_is_read(runs: list[Path]) -> None:
    assert joined_rows(runs, "front", ["folder"]).to_pylist()[-1] == {"folder": str(runs[1])}


@pytest.mark.parametrize(
    ("columns", "where", "sentence"),
    [
        (["scor"], None, "table front has no column 'scor'"),
        (["id", "id"], None, "column 'id' is given twice"),
        (["id"], "x > 1", "--where, character 1: there is no column 'x'"),
        (["id"], "id > ", "--where, character 5: a column or a value must stand here"),
    ],
)
def test_unknown_columns_are_refused(
    runs: list[Path], columns: list[str], where: str | None, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        joined_rows(runs, "front", columns, where)


def test_a_table_is_written_as_its_file_is_called(runs: list[Path], tmp_path: Path) -> None:
    table = ("table", f"{tmp_path}/runs/*", "--columns", "folder,id,score,parents,champion,fold")
    rows = joined_rows(runs, "front", table[3].split(",")).to_pylist()

    assert spikevolve(*table, "--to", tmp_path / "t.parquet").strip() == str(tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == rows
    assert pq.read_schema(tmp_path / "t.parquet").field("score").metadata[b"unit"] == b"task's own"
    spikevolve(*table, "--to", tmp_path / "t.csv")
    spikevolve(*table, "--format", "csv", "--to", tmp_path / "t.rows")
    assert (tmp_path / "t.rows").read_bytes() == (tmp_path / "t.csv").read_bytes()
    frame = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert frame["parents"].tolist() == [" ".join(row["parents"]) for row in rows]
    assert frame["champion"].tolist() == [row["champion"] for row in rows]
    assert json.loads(spikevolve(*table, "--format", "json")) == rows
    lines = spikevolve(*table).splitlines()
    assert len(lines) == 2 + len(rows)
    assert len(set(map(len, lines))) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("table", "RUNS/x*"), "x* matches nothing"),
        (
            ("table", "RUNS/a", "--to", "t.xlsx"),
            "t.xlsx must end in .md, .csv, .json, .parquet or .txt",
        ),
        (("table", "RUNS/a", "--table", "fronts"), "there is no table 'fronts'"),
        (
            ("table", "RUNS/a", "--format", "xml"),
            "format is 'xml'; it must be one of md, csv, json",
        ),
        (("runs", "RUNS/none"), "none: there is no such folder"),
        (("runs", "RUNS/a/log.txt"), "log.txt: it is a file"),
        (("report", "RUNS/a/log.txt"), "log.txt is not a run folder: it is a file"),
        (("runs", "RUNS/a/genomes"), "genomes: no folder in it has a run.json"),
        (("operators", "RUNS/a/genomes"), "is not a run folder: it has no run.json"),
        (("lineage", "RUNS/a", "99-99"), "has no individual '99-99'"),
    ],
)
def test_bad_input_is_one_sentence(
    runs: list[Path], arguments: tuple[str, ...], sentence: str
) -> None:
    place = str(runs[0].parent)
    error = spikevolve(*(word.replace("RUNS", place) for word in arguments), status=2)

    assert error.startswith("Error: ")
    assert sentence in error
    assert error.count("\n") == 1


def test_rows_are_written_as_their_file_is_called(runs: list[Path], tmp_path: Path) -> None:
    words = ("runs", runs[0].parent)
    for ending in ("md", "csv", "json"):
        spikevolve(*words, "--to", tmp_path / f"t.{ending}")
        printed = spikevolve(*words, "--format", ending)
        assert (tmp_path / f"t.{ending}").read_text() == printed
    assert spikevolve(*words) == (tmp_path / "t.md").read_text()


def test_a_list_of_runs_that_all_cannot_be_read_is_refused(tmp_path: Path) -> None:
    MAKE_RUN(tmp_path / "run", 1)
    manifest = tmp_path / "run" / "run.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "schema": 99}))

    assert "run.json has schema 99" in spikevolve("runs", tmp_path, status=2)


def test_the_list_of_runs_has_them_all_and_tells_of_damage(tmp_path: Path) -> None:
    champion = {"test_score": 0.75, "hidden": 2, "synapses": 9, "id": "1-4"}
    for seed in (2, 10):
        MAKE_RUN(tmp_path / "study" / f"seed-{seed}", seed, [0.25, 0.5], [champion])
    MAKE_RUN(tmp_path / "alone", 3, [None], state="stopped", task={"training_score": "h_credit"})
    MAKE_RUN(tmp_path / "study" / "broken", 4)
    (tmp_path / "study" / "broken" / "state.json").write_text("{")

    found = runs_below(tmp_path)

    assert [row["run"] for row in found.rows] == ["alone", "study/seed-2", "study/seed-10"]
    alone, first, _ = found.rows
    assert (alone["state"], alone["best_score"], alone["champion"]) == ("stopped", None, None)
    assert alone["score"] == "h_credit, accuracy"
    assert (first["best_score"], first["test_score"], first["synapses"]) == (0.5, 0.75, 9)
    assert (first["seed"], first["split"], first["generations"], first["evaluations"]) == (
        2,
        1,
        2,
        7,
    )
    assert first["cost"] == read_status(tmp_path / "study" / "seed-2").cost
    assert "broken/state.json is damaged" in found.damaged[0]
    assert len(found.damaged) == 1
    listed = json.loads(spikevolve("runs", tmp_path, "--format", "json"))
    assert [list(row) for row in listed] == [list(COLUMNS)] * 3
