"""Folders of spikevolve 0.1.0 are read under the names of today, and never written."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spikevolve.errors import InputError
from spikevolve.results.store.folder import SCHEMA
from spikevolve.results.store.reader import read_arrow, read_table
from spikevolve.results.store.schema import TABLES, columns_of
from spikevolve.results.store.study import open_study
from spikevolve.results.store.writer import open_run
from spikevolve.results.summaries.report_page import summarize
from spikevolve.results.summaries.run_report import build_report
from spikevolve.results.summaries.run_status import read_status
from spikevolve.results.summaries.study_report import report_study, status_study


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("fold", [1, 2])
def test_every_table_has_the_columns_of_today(table: str, fold: int, older_folds: Path) -> None:
    frame = read_table(older_folds / f"fold-{fold}", table)

    assert list(frame.columns) == [column.name for column in columns_of(table)]
    assert len(frame) > 0
    about = frame[["run", "task", "seed", "split", "fold", "island"]].drop_duplicates()
    assert about.to_numpy().tolist() == [[f"fold-{fold}", "iris", 1, 1, fold, 0]]


@pytest.mark.parametrize("table", ["individuals", "generations", "genomes"])
def test_values_are_those_of_the_file(table: str, older_folds: Path) -> None:
    file = pq.read_table(older_folds / "fold-1" / table / "000001.parquet")
    read = read_arrow(older_folds / "fold-1", table)

    if table == "genomes":  # in the file as they were kept, here by birth
        file, read = file.sort_by("genome_hash"), read.sort_by("genome_hash")
    renamed = {"mean_score": "generation_mean_score"} if table == "generations" else {}
    for name in file.column_names:
        now = read.column(renamed.get(name, name))
        assert now.to_pylist() == file.column(name).to_pylist(), name


def test_sources_follow_from_parents_and_what_was_not_known_is_missing(older_folds: Path) -> None:
    individuals = read_table(older_folds / "fold-1", "individuals", ["source", "generation"])
    generations = read_table(older_folds / "fold-1", "generations", ["best_synapses", "generation"])

    assert set(individuals[individuals["generation"] == 0]["source"]) == {"initial"}
    assert set(individuals[individuals["generation"] > 0]["source"]) == {"variation"}
    assert generations["best_synapses"].isna().all()
    assert generations["generation"].tolist() == [0, 1, 2, 3]


def test_what_was_measured_is_what_a_search_cost_that_did_not_learn(older_folds: Path) -> None:
    individuals = read_table(older_folds / "fold-1", "individuals", ["cost", "cached"])
    generations = read_table(older_folds / "fold-1", "generations", ["cost"])

    assert set(individuals.loc[individuals["cached"], "cost"]) == {0.0}
    assert set(individuals.loc[~individuals["cached"], "cost"]) == {1.0}
    assert generations["cost"].iloc[-1] == individuals["cost"].sum() == 47
    assert build_report(older_folds / "fold-1")["cost"] == 47


def test_reports_are_those_that_0_1_0_printed(older_folds: Path) -> None:
    done, stopped = (build_report(older_folds / f"fold-{fold}") for fold in (1, 2))

    assert (done["state"], done["generations"], done["evaluations"]) == ("done", 4, 47)
    assert done["champion"] is not None
    champion = {n: done["champion"][n] for n in ("id", "score", "synapses", "test_score")}
    assert champion == {"id": "3-10", "score": 0.44, "synapses": 5, "test_score": 0.44}
    assert [row["id"] for row in stopped["front"]] == ["2-3", "0-2", "0-1", "1-0", "1-4"]
    assert (stopped["state"], stopped["champion"]) == ("stopped", None)
    assert "`spikevolve test" in (page := summarize(older_folds / "fold-2"))
    assert "of spikevolve 0.1.0 measures on them" in page
    assert report_study(older_folds)["mean"]["test_latency"] == pytest.approx(2.92)
    assert read_status(older_folds / "fold-2").evaluations == 36
    assert "fold-1: done, generation 4" in status_study(older_folds)


WRITERS: dict[str, Callable[[Path], object]] = {
    "run": lambda folds: open_run(folds / "fold-2"),
    "finished run": lambda folds: open_run(folds / "fold-1"),
    "study": open_study,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_going_on_is_refused_and_nothing_is_touched(writer: str, older_folds: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in older_folds.rglob("*")}

    with pytest.raises(
        InputError, match=r"was begun by spikevolve 0\.1\.0 .*go on with it in that v"
    ):
        WRITERS[writer](older_folds)

    assert {path: path.stat().st_mtime_ns for path in older_folds.rglob("*")} == before


@pytest.mark.parametrize("name", ["run.json", "state.json"])
def test_a_newer_schema_is_refused(name: str, run: Path) -> None:
    content = json.loads((run / name).read_text())
    (run / name).write_text(json.dumps(content | {"schema": SCHEMA + 1}))

    for read in (open_run, build_report, read_status, lambda run: read_table(run, "front")):
        with pytest.raises(
            InputError, match=f"has schema {SCHEMA + 1}, but .* reads up to {SCHEMA}"
        ):
            read(run)


def test_an_older_table_without_a_column_that_it_had_is_damaged(older_folds: Path) -> None:
    path = older_folds / "fold-1" / "individuals" / "000001.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["feasible"]), path)
    os.utime(path)

    with pytest.raises(InputError, match=r"000001.parquet is damaged: its rows cannot be read"):
        read_table(older_folds / "fold-1", "individuals")
