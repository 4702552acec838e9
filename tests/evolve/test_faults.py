"""Individuals whose evaluation fails: they are told apart, do not survive, and end no search."""

import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepared_again import OwnCode
from spikevolve.evolve.runs.run import measure_test, resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.search_settings import SearchSettings
from spikevolve.genomes import profile
from spikevolve.measurements import NAMES, SCORE, SYNAPSES
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables, read_table

pytestmark = pytest.mark.slow  # starts runs, or compiles much

TASKS = Path(__file__).with_name("ray_tasks.py")
SMALL: dict[str, Any] = {
    "population": 40,
    "generations": 3,
    "elites": 3,
    "hidden": 1,
    "density": 0.9,
    "ranges": {"max_hidden": 1},
}


def run(folder: Path, task: str, **values: Any) -> Path:
    """Carries a run to its end, of a task that fails for every network with a hidden neuron."""
    words = {"task": f"{TASKS}:{task}", "out": str(folder), **SMALL, **values}
    assert start(settings_from(words), lambda _: None, threading.Event()).state == "done"
    return folder


def check_rows(folder: Path, fault: str) -> None:
    """Checks that those with a hidden neuron, and they alone, have failed and left no trace."""
    rows = read_table(folder, "individuals")
    failed = rows["hidden"] > 0
    assert 0 < failed.sum() < len(rows)
    assert rows.loc[failed, "fault"].unique().tolist() == [fault]
    assert rows.loc[~failed, "fault"].isna().all()
    for column in ("score", "spikes", "latency", "mean_score"):
        assert rows.loc[failed, column].isna().all()
        assert rows.loc[~failed, column].notna().all()
    assert not rows.loc[failed, ["feasible", "survived"]].any(axis=None)
    assert rows.loc[failed, "rank"].min() > rows.loc[~failed, "rank"].max()
    assert not set(rows.loc[failed, "id"]) & set(read_table(folder, "front")["id"])
    assert not set(rows.loc[failed, "id"]) & set(rows["parents"].str.split().explode().dropna())
    generations = read_table(folder, "generations")
    assert generations["faults"].tolist() == failed.groupby(rows["generation"]).sum().tolist()
    assert generations["generation_mean_score"].notna().all()


def test_an_exception_does_not_end_the_search(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = run(tmp_path / "one", "RaisingInThreads", workers=1)

    rows = read_table(folder, "individuals")
    fault = rows["fault"].dropna().iloc[0]
    assert fault.startswith("OddError: no luck today (ray_tasks.py, line ")
    check_rows(folder, fault)
    first = rows[rows["fault"].notna()].iloc[0]
    sentence = f"task RaisingInThreads, individual {first['id']}: {fault}"
    log = (folder / "log.txt").read_text()
    assert sentence in log
    assert all(message in log for message in caplog.messages[:5])
    assert caplog.messages[5:] == [f"more of this is in log.txt in {folder}"]
    assert compare_tables(folder, run(tmp_path / "two", "RaisingInThreads", workers=2)) == []


def test_a_stopped_run_with_faults_ends_as_if_undisturbed(tmp_path: Path) -> None:
    stop = threading.Event()
    folder = tmp_path / "stopped"
    words = {"task": f"{TASKS}:RaisingInThreads", "out": str(folder), "workers": 1, **SMALL}
    start(settings_from(words), lambda _: stop.set(), stop)
    assert read_commit(folder).search["state"] == "stopped"
    resume(folder, lambda _: None, threading.Event(), OwnCode(str(words["task"])))

    assert compare_tables(folder, run(tmp_path / "whole", "RaisingInThreads", workers=1)) == []


def test_a_task_that_never_works_ends_the_search(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match=r"^task AlwaysRaising failed for every individual of generation 0, for 0-0: OddError",
    ):
        run(tmp_path / "run", "AlwaysRaising")
    assert len(read_table(tmp_path / "run", "individuals")) == 0


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        ("Empty", r"task Empty: workload\('train'\) must return a Workload \(got NoneType\)"),
        (
            "Quitting",
            r"task Quitting: workload\('train'\) raised SystemExit: 0 \(ray_tasks.py, line ",
        ),
    ],
)
def test_a_workload_that_is_none_is_named(tmp_path: Path, task: str, sentence: str) -> None:
    with pytest.raises(InputError, match=f"^{sentence}"):
        run(tmp_path / "run", task)


def test_a_time_limit_needs_worker_processes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^evaluation_seconds is 5, but only worker processes"):
        run(tmp_path / "run", "RaisingInThreads", evaluation_seconds=5)


@pytest.mark.ray
def test_crashes_do_not_end_the_search(tmp_path: Path) -> None:
    few = {"population": 6, "generations": 2, "elites": 2}
    one, two = (run(tmp_path / str(n), "Crashing", workers=n, **few) for n in (1, 2))

    check_rows(one, "its worker process died, 3 times in a row")
    assert compare_tables(one, two) == []
    measure_test(one, threading.Event(), OwnCode(f"{TASKS}:Crashing"))


def test_one_failed_evaluation_of_an_elite_is_enough() -> None:
    settings = SearchSettings(
        2, 2, profile(), chance_score=0.0, fresh=True, population=6, elites=2, archive_evaluations=1
    )
    search = Search(settings)
    for generation in range(3):
        asked = search.ask()
        answers = []
        for place in range(len(asked)):
            row = np.zeros(len(NAMES))
            row[SCORE], row[SYNAPSES] = 10.0 - place, 5
            answers.append(row.tolist())
        if generation == 2:  # the elites come last
            answers[-1][SCORE] = math.nan
        search.tell(asked, [str(i.id) for i in asked], answers)

    assert math.isnan(asked[-1].score)
    assert asked[-1].failed
    assert asked[-1].evaluations > 1
    assert asked[-1] not in search.population
    assert asked[-1] not in search.archive
    assert json.dumps([i.means for i in search.population], allow_nan=False)
