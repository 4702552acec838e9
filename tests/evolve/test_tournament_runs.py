"""Runs that are tournaments: the same tables for any number of workers, after kills, and cut short."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from spikevolve.evolve.runs import driver
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import compare_tables, read_table

pytestmark = pytest.mark.slow  # starts runs

#: Two searches, which are judged, polished and pruned.
SMALL = {
    "task": "cartpole",
    "population": 8,
    "elites": 2,
    "searches": 2,
    "sources": "variation,cma_es",
    "heat": 20,
    "hidden": "1,1",
    "density": 0.3,
    "episodes": 2,
    "ranges": {"max_synapses": 8},
    "workers": 1,
}
GENERATIONS = 90


def run(folder: Path, **changes: object) -> Path:
    values = {**SMALL, "generations": GENERATIONS, "out": str(folder), **changes}
    start(settings_from(values), lambda _: None, threading.Event())
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("tournament") / "run")


def test_a_tournament_goes_through_all_its_steps(undisturbed: Path) -> None:
    rows = read_table(undisturbed, "individuals")

    assert {"initial", "variation", "cma_es", "pruning"} <= set(rows["source"])
    assert set(rows["island"]) == {0, 1}
    assert not rows.duplicated(["generation", "index"]).any()
    assert rows.groupby("id")["genome_hash"].nunique().max() == 1


def test_networks_that_are_judged_live_through_the_same_starts(undisturbed: Path) -> None:
    rows = read_table(undisturbed, "individuals")
    elsewhere = rows[(rows["birth_generation"] < rows["generation"])].groupby("generation")
    judged = [group for _, group in elsewhere if len(group) == len(rows[
        rows["generation"] == group["generation"].iloc[0]
    ])]  # fmt: skip

    assert any(len(set(group["island"])) == 2 for group in judged)


@pytest.mark.parametrize("workers", [2, 3])
def test_tables_are_the_same_for_any_number_of_workers(
    tmp_path: Path, undisturbed: Path, workers: int
) -> None:
    assert compare_tables(undisturbed, run(tmp_path / "run", workers=workers)) == []


@pytest.mark.parametrize("limit", [{"generations": 11}, {"evaluations": 150}, {"evaluations": 400}])
def test_a_run_that_a_limit_cut_is_the_first_part_of_a_longer_one(
    tmp_path: Path, undisturbed: Path, limit: dict[str, int]
) -> None:
    cut = run(tmp_path / "run", **{"generations": None, **limit})

    for table in ("individuals", "generations"):
        short, long = (_without_clocks(read_table(f, table)) for f in (cut, undisturbed))
        assert 0 < len(short) < len(long)
        assert_frame_equal(short, long.head(len(short)), check_categorical=False)


def test_a_run_that_goes_on_ends_as_one_that_was_not_cut(tmp_path: Path, undisturbed: Path) -> None:
    folder = run(tmp_path / "run", generations=23)
    resume(folder, lambda _: None, threading.Event(), limits={"generations": GENERATIONS})

    assert compare_tables(undisturbed, folder) == []


def test_a_tournament_killed_at_random_moments_ends_as_if_undisturbed(
    tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    began = time.monotonic()
    run(tmp_path / "timed")
    duration = time.monotonic() - began
    rng = np.random.default_rng(5)
    for attempt in range(8):
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
