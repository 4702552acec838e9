"""Searches in which every network has an encoder of its own."""

import threading
from pathlib import Path

import numpy as np
import pytest

from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.replay import replay
from spikevolve.evolve.runs.run import Watch, resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.results.summaries.report_page import summarize
from spikevolve.sim.batch import pack, unpack_lanes
from spikevolve.tasks import TaskSettings, load

pytestmark = pytest.mark.slow  # starts runs, or compiles much

IRIS = {
    "task": "iris",
    "evolve_encoder": True,
    "population": 30,
    "generations": 6,
    "ranges": {"weight": [-1, 1, 1], "threshold": [1, 1], "delay": [1, 1], "max_synapses": 3},
}


def run(folder: Path, watch: Watch = lambda _: None, workers: int = 1) -> Path:
    stop = threading.Event()

    def watched(progress: Progress) -> None:
        watch(progress)
        if progress.generation == 3 and workers == 0:
            stop.set()

    settings = settings_from({**IRIS, "workers": max(workers, 1), "out": str(folder)})
    start(settings, watched, stop)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "iris")


def test_networks_differ_in_their_encoders_and_equal_ones_are_measured_once(folder: Path) -> None:
    rows = read_table(folder, "individuals")

    assert 6 <= rows["traits"].nunique() <= 9  # of three numbers of spikes and three ranges
    assert rows["cached"].any()
    measured = rows[~rows["cached"]]
    assert measured["network_hash"].is_unique
    assert rows.groupby("network_hash")["traits"].nunique().max() == 1


def test_any_number_of_threads_gives_the_same_tables(folder: Path, tmp_path: Path) -> None:
    assert compare_tables(folder, run(tmp_path / "run", workers=3)) == []


def test_a_stopped_run_goes_on_as_if_undisturbed(folder: Path, tmp_path: Path) -> None:
    stopped = run(tmp_path / "run", workers=0)
    assert len(read_table(stopped, "generations")) < 6

    resume(stopped, lambda _: None, threading.Event())

    assert compare_tables(folder, stopped) == []


def test_the_champion_is_tested_and_drawn_with_its_own_encoder(folder: Path) -> None:
    champion = Champion.read(folder)
    front = read_table(folder, "front")
    row = front[front["champion"]].iloc[0]
    plain = load("iris", TaskSettings(encoder=f"rate:mirrored,{row['traits']}"))
    workload = plain.workload("test", 1)

    measured = plain.evaluate(workload, pack([champion.network]))

    assert (row["test_score"], row["test_input_spikes"]) == (
        measured.score[0],
        measured.input_spikes[0],
    )
    assert champion.traits == tuple(
        (name, float(value))
        for name, value in (item.split("=") for item in row["traits"].split(","))
    )
    shown = replay(folder)
    assert shown is not None
    first = np.unique(workload.arrays[1], return_index=True)[1]
    inputs = unpack_lanes(workload.arrays[0], workload.size)[:, :, first]
    assert np.array_equal(shown.raster[:, :8], np.concatenate(list(np.moveaxis(inputs, 2, 0))))
    assert f"settings of its own: {row['traits']}" in summarize(folder)


def test_readouts_belong_to_a_network_and_its_encoder(tmp_path: Path) -> None:
    settings = {**IRIS, "readout": "ridge:neurons=4", "generations": 2, "out": str(tmp_path / "r")}
    start(settings_from(settings), lambda _: None, threading.Event())
    champion, front = Champion.read(tmp_path / "r"), read_table(tmp_path / "r", "front")
    row = front[front["champion"]].iloc[0]
    plain = load(
        "iris", TaskSettings(encoder=f"rate:mirrored,{row['traits']}", readout="ridge:neurons=4")
    )
    readouts = plain.readouts(plain.workload("train", 1), [champion.network])

    measured = plain.evaluate(
        plain.equip(plain.workload("test", 1), readouts), pack([champion.network])
    )

    assert np.array_equal(row["readout"], readouts[champion.network.hash].ravel())
    assert row["test_score"] == measured.score[0]
