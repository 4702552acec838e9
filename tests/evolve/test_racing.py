"""Racing: who gets no more than the first episodes, and that it goes no further."""

import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.genomes import express, genome_from_columns
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.sim.batch import pack

pytestmark = pytest.mark.slow  # starts runs, or compiles much

RACE: dict[str, Any] = {
    "task": "cartpole",
    "population": 16,
    "elites": 3,
    "generations": 6,
    "episodes": 6,
    "racing": 2,
    "genomes": "all",
    "workers": 1,
}
# Some networks are born twice, in one generation or in two.
FEW = {"weight": [-1, 1, 1], "delay": [1, 2], "leaks": [1], "max_hidden": 0, "max_synapses": 4}
FIXED = {**RACE, "fresh_episodes": False, "hidden": 0, "ranges": FEW}


def carry_out(folder: Path, settings: dict[str, Any]) -> Path:
    start(settings_from({**settings, "out": str(folder)}), lambda _: None, threading.Event())
    return folder


class Race(NamedTuple):
    settings: dict[str, Any]
    folder: Path
    rows: pd.DataFrame


@pytest.fixture(scope="module", params=[RACE, FIXED], ids=["fresh", "fixed"])
def race(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Race:
    folder = carry_out(tmp_path_factory.mktemp("race") / "run", request.param)
    return Race(request.param, folder, read_table(folder, "individuals"))


def test_those_below_the_median_of_the_generation_before_lose(race: Race) -> None:
    prepared = prepare(settings_from(race.settings))
    table = read_table(race.folder, "genomes").to_dict("records")
    genomes = {row["genome_hash"]: genome_from_columns(row) for row in table}
    known: set[str] = set()  # measured on all episodes of this generation
    for generation in range(6):
        now = race.rows[race.rows["generation"] == generation]
        workload = prepared.task.workload("train", 1, generation)
        networks = [express(genomes[h], prepared.search.profile) for h in now["genome_hash"]]
        returns = prepared.task.evaluate(workload.first(2), pack(networks)).score
        in_full = prepared.task.evaluate(workload, pack(networks)).score
        elites = now["birth_generation"] < generation
        known = (set() if prepared.task.fresh else known) | set(now.loc[elites, "network_hash"])
        before = race.rows.loc[race.rows["generation"] == generation - 1, "score"]
        hopeless = (returns < before.median()) & ~now["network_hash"].isin(known)

        assert now["episodes"].eq(2).tolist() == hopeless.tolist()
        assert now["score"].tolist() == np.where(hopeless, returns, in_full).tolist()
        known |= set(now.loc[~hopeless, "network_hash"])
    assert 5 < race.rows["episodes"].eq(2).sum() < 60


def test_losers_neither_survive_nor_breed(race: Race) -> None:
    lost = race.rows["episodes"] == 2
    losers, others = race.rows[lost], race.rows[~lost]
    assert others["episodes"].mod(6).eq(0).all()
    assert losers["rank"].isna().all()
    assert not others["rank"].isna().any()
    assert not losers["survived"].any()
    assert not losers["feasible"].any()
    assert not set(losers["id"]) & set(race.rows["parents"].str.split().explode())
    assert not set(losers["id"]) & set(read_table(race.folder, "front")["id"])


def test_a_stopped_race_goes_on_with_the_same_bound(race: Race, tmp_path: Path) -> None:
    stop, folder = threading.Event(), tmp_path / "stopped"

    def stop_soon(progress: Progress) -> None:
        if progress.generation == 3:
            stop.set()

    start(settings_from({**race.settings, "out": str(folder)}), stop_soon, stop)
    resume(folder, lambda _: None, threading.Event())

    assert compare_tables(race.folder, folder) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"task": "iris"}, "racing is 2, but task iris has samples instead of episodes"),
        ({"task": "cartpole", "episodes": 2}, "below the number of episodes, 2"),
        ({"task": "cartpole", "elites": 0}, "racing wants at least 1 elite"),
    ],
)
def test_races_that_make_no_sense_are_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        prepare(settings_from({**settings, "racing": 2}))
