"""Runs of islands: the same tables wherever they evolve, for however long at once, after kills, cut short."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from spikevolve.errors import InputError
from spikevolve.evolve.engines.engine import AppliedPiece, Engine, LocalEngine
from spikevolve.evolve.engines.ray.piece_in_hand import MEMORY_FULL
from spikevolve.evolve.engines.ray.ray_engine import RayEngine
from spikevolve.evolve.runs import driver, islands_advanced
from spikevolve.evolve.runs.evolve_island import IslandCall
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.search.island_search import IslandSearch
from spikevolve.genomes import express
from spikevolve.measurements import NAMES, SCORE
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.sim.batch import pack

pytestmark = pytest.mark.slow  # starts runs

SMALL: dict[str, Any] = {
    "task": "iris",
    "gradient": "off",
    "population": 10,
    "islands": 3,
    "migration_interval": 4,
    "workers": 1,
}
GENERATIONS = 14
OTHERS: dict[str, dict[str, Any]] = {
    "fresh": {"task": "cartpole", "elites": 3, "episodes": 3},
    "learned": {"gradient": "on", "ranges": {"max_hidden": 4}},
    "traits": {"evolve_encoder": True, "migrate": "random"},
    "cases": {"task": "cartpole", "episodes": 3, "parents": "epsilon_lexicase"},
}


def run(folder: Path, **changes: Any) -> Path:
    values = {**SMALL, "generations": GENERATIONS, "out": str(folder), **changes}
    start(settings_from(values), lambda _: None, threading.Event())
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("islands") / "run")


def test_rows_are_those_of_islands_that_are_asked_and_told_by_hand(undisturbed: Path) -> None:
    prepared = prepare(settings_from(SMALL))
    search, task = IslandSearch(prepared.search), prepared.task
    workload = task.workload("train", prepared.search.seed)
    expected = []
    for _ in range(GENERATIONS):
        asked = search.ask()
        networks = [express(individual.genome, prepared.search.profile) for individual in asked]
        found = np.full((len(asked), len(NAMES)), np.nan)
        measured = task.evaluate(workload, pack(networks))
        for name, column in measured._asdict().items():
            found[:, NAMES.index(name)] = column
        found[:, NAMES.index("synapses")] = [len(network.weights) for network in networks]
        expected += [
            (search.generation, index, str(one.id), one.island, found[index, SCORE])
            for index, one in enumerate(asked)
        ]
        search.tell(asked, [network.hash for network in networks], found.tolist())

    rows = read_table(undisturbed, "individuals")
    columns = rows[["generation", "index", "id", "island", "score"]]
    assert list(columns.itertuples(index=False, name=None)) == expected
    assert set(rows["source"]) == {"initial", "variation", "immigration"}


def test_what_is_known_on_an_island_is_not_measured_again_there(undisturbed: Path) -> None:
    rows = read_table(undisturbed, "individuals")
    again = rows.duplicated(["generation", "island", "network_hash"])

    assert rows.loc[again, "cached"].all()
    assert rows.groupby("network_hash")["score"].nunique().max() == 1
    [counted] = read_table(undisturbed, "generations")["evaluations"].tail(1)
    assert counted == (~rows["cached"]).sum()


def test_generations_are_of_all_islands(undisturbed: Path) -> None:
    rows, table = (read_table(undisturbed, name) for name in ("individuals", "generations"))
    feasible = rows[rows["feasible"]].groupby("generation")

    assert table["feasible"].tolist() == feasible.size().tolist()
    best = feasible["score"].max().cummax()
    assert table["best_score"].tolist() == pytest.approx(best.tolist())
    assert len(read_table(undisturbed, "front")) <= table["archive_size"].iloc[-1]


@pytest.mark.parametrize("seconds", [0.0, 1e9], ids=["one at once", "many at once"])
def test_tables_are_the_same_for_any_number_of_workers_and_generations_at_once(
    tmp_path: Path, undisturbed: Path, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(islands_advanced, "CALL_SECONDS", seconds)

    assert compare_tables(undisturbed, run(tmp_path / "run", workers=3)) == []


@pytest.mark.parametrize("kind", OTHERS)
def test_islands_that_the_engine_takes_whole_and_single_networks_give_the_same_tables(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(islands_advanced, "CALL_SECONDS", 1e9)
    whole = run(tmp_path / "whole", **OTHERS[kind], generations=10, workers=2)
    monkeypatch.setattr(LocalEngine, "apply", no_island_ends)
    single = run(tmp_path / "single", **OTHERS[kind], generations=10)

    assert compare_tables(whole, single) == []


def no_island_ends(
    engine: Engine, task: object, data: object, function: object, calls: list[IslandCall]
) -> Iterator[AppliedPiece[Any]]:
    for index in range(len(calls)):
        yield AppliedPiece(index, None, 0.0, "a network ended the worker")


@pytest.mark.ray
def test_a_network_that_ends_its_worker_or_fills_its_memory_costs_an_island_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: dict[str, Any] = {
        "task": f"{Path(__file__).with_name('ray_tasks.py')}:Hostile",
        "generations": 2,
        "population": 8,
        "islands": 2,
        "migration_interval": 1,
        "workers": 2,
    }
    islands = run(tmp_path / "islands", **changes)
    monkeypatch.setattr(RayEngine, "apply", no_island_ends)
    single = run(tmp_path / "single", **changes)

    assert compare_tables(islands, single) == []
    rows = read_table(islands, "individuals").drop_duplicates(["network_hash", "island"])
    faults = dict(rows.dropna(subset=["fault"]).groupby("synapses")["fault"].first())
    assert faults == {9: "its worker process died, 3 times in a row", 11: MEMORY_FULL}
    assert rows[~rows["synapses"].isin(faults)]["score"].notna().all()


@pytest.mark.ray
@pytest.mark.parametrize("kind", [None, "fresh"])
def test_tables_are_the_same_on_ray(tmp_path: Path, undisturbed: Path, kind: str | None) -> None:
    changes = OTHERS[kind] if kind else {}
    threads = run(tmp_path / "threads", **changes) if kind else undisturbed

    assert compare_tables(threads, run(tmp_path / "ray", **changes, engine="ray", workers=2)) == []


@pytest.mark.parametrize("limit", [{"generations": 6}, {"evaluations": 150}, {"evaluations": 310}])
def test_a_run_that_a_limit_cut_is_the_first_part_of_a_longer_one_and_goes_on_as_one(
    tmp_path: Path, undisturbed: Path, limit: dict[str, int]
) -> None:
    cut = run(tmp_path / "run", **{"generations": None, **limit})

    for table in ("individuals", "generations"):
        short, long = (_without_clocks(read_table(f, table)) for f in (cut, undisturbed))
        assert 0 < len(short) < len(long)
        assert_frame_equal(short, long.head(len(short)), check_categorical=False)
    if "evaluations" in limit:  # as soon as it is reached
        costs = read_table(cut, "generations")["cost"]
        assert costs.iloc[-2] < limit["evaluations"] <= costs.iloc[-1]
    resume(cut, lambda _: None, threading.Event(), limits={"generations": GENERATIONS})
    assert compare_tables(undisturbed, cut) == []


def test_a_run_that_is_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(islands_advanced, "CALL_SECONDS", 0.0)
    stop = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.generation == 9:
            stop.set()

    folder = tmp_path / "run"
    values = {**SMALL, "generations": GENERATIONS, "out": str(folder)}
    assert start(settings_from(values), watch, stop).state == "stopped"
    assert len(read_table(folder, "generations")) == 9

    resume(folder, lambda _: None, threading.Event())

    assert compare_tables(undisturbed, folder) == []


def test_the_target_is_looked_at_when_islands_meet(tmp_path: Path, undisturbed: Path) -> None:
    best = read_table(undisturbed, "generations")["best_score"]
    reached = int((best >= best.iloc[5]).idxmax()) + 1  # closed generations by then

    cut = run(tmp_path / "run", target=float(best.iloc[5]))

    assert len(read_table(cut, "generations")) == -(-reached // 4) * 4


def test_islands_killed_at_random_moments_end_as_if_undisturbed(
    tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(islands_advanced, "CALL_SECONDS", 0.05)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    began = time.monotonic()
    run(tmp_path / "timed")
    duration = time.monotonic() - began
    rng = np.random.default_rng(5)
    for attempt in range(6):
        folder = tmp_path / f"killed-{attempt}"
        child = os.fork()
        if child == 0:
            try:
                run(folder)
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if not (folder / "run.json").exists():
            continue  # killed before there was a run
        resume(folder, lambda _: None, threading.Event())

        assert compare_tables(undisturbed, folder) == []


def _without_clocks(frame: pd.DataFrame) -> pd.DataFrame:
    clocks = [name for name in frame.columns if name.endswith("seconds")]
    return frame.drop(columns=["run", *clocks])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"islands": 0}, "islands is 0, but it must be"),
        ({"migrate": "star"}, "migrate is 'star', but it must be"),
        ({"islands": None}, "migration_interval is 4, but there are no islands"),
        ({"islands": 1, "migration_interval": None, "emigrants": 2}, "emigrants is 2, but there are no"),
        ({"emigrants": 11}, "emigrants is 11, but an island has a population of 10"),
        ({"searches": 4}, "islands is 3, but searches is 4: a run is islands or a tournament"),
        ({"racing": 2, "task": "cartpole"}, "islands is 3, but racing is 2: islands have no races"),
        (
            {"islands": 500, "population": 1_000_000},
            r"islands is 500, but with 1,000,001 networks on each there can be 214 at most",
        ),
    ],
)  # fmt: skip
def test_islands_that_cannot_be_are_refused_in_one_sentence(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        prepare(settings_from({**SMALL, **changes}))


def test_a_task_of_control_has_islands_instead_of_a_tournament() -> None:
    prepared = prepare(settings_from({"task": "cartpole", "islands": 2}))

    assert prepared.search.islands is not None
    assert prepared.search.tournament is None
