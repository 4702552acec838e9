"""The readout of a champion is kept with it, and what was measured on test data was said by it."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.prepared_again import prepared_again
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.genomes import express, from_text
from spikevolve.results.store.reader import read_table
from spikevolve.sim.batch import unpack_lanes
from spikevolve.sim.reference import simulate

pytestmark = pytest.mark.slow  # starts runs, or compiles much


def run(folder: Path, **values: object) -> Path:
    small = {"population": 12, "generations": 3, "workers": 1, "out": str(folder)}
    start(settings_from({**small, **values}), lambda progress: None, threading.Event())
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(
        tmp_path_factory.mktemp("runs") / "iris", task="iris", readout="ridge:neurons=8,bins=2"
    )


def test_the_test_score_is_that_of_the_exported_readout(folder: Path) -> None:
    front = read_table(folder, "front")
    (champion,) = front[front["champion"]].to_dict("records")
    network = express(*from_text(export(folder, None, "genome"), "champion.json"))
    test = prepared_again(folder).task.workload("test", 1)

    readout = json.loads(export(folder, None, "readout"))

    fired = simulate(network, unpack_lanes(test.arrays[0], test.size)).spikes
    said = np.tile(readout["constants"], (test.size, 1))
    used = 0
    for count in readout["counts"]:
        half = readout["ticks"] // 2
        window = fired[:half] if count["bin"] == 0 else fired[half:]
        spikes = window[:, count["neuron"]].sum(axis=0)
        said += spikes[:, np.newaxis] * np.array(count["weights"])
        used += int(np.count_nonzero(spikes))
    assert champion["test_score"] == np.mean(said.argmax(axis=1) == test.arrays[1])
    assert champion["test_readout_multiplications"] == pytest.approx(used * 3 / test.size)
    assert readout["classes"] == ["setosa", "versicolor", "virginica"]
    assert len(readout["counts"]) == 2 * (network.neurons - network.source_count)


def test_networks_are_exported_with_what_their_readout_has_learnt(folder: Path) -> None:
    learnt = json.loads(export(folder, None, "readout"))

    for form in ("network", "genome"):
        task = json.loads(export(folder, None, form))["task"]
        assert task["readout"] == "ridge:neurons=8,bins=2,penalty=0.03"
        assert task["readout_weights"] == {key: learnt[key] for key in ("constants", "counts")}


def test_only_the_front_has_readouts(folder: Path) -> None:
    kept, front = (set(read_table(folder, table, ["id"])["id"]) for table in ("genomes", "front"))
    other = min(kept - front)

    with pytest.raises(InputError, match=f"there is no readout of {other}: only networks of the"):
        export(folder, other, "readout")


def test_a_target_is_reached_on_validation_data(tmp_path: Path) -> None:
    folder = run(tmp_path / "digits", task="digits", readout="ridge:12", target=0.2)

    front = read_table(folder, "front")
    assert front.loc[front["champion"], "validation_score"].item() >= 0.2
    assert front["generation"].max() == 0


def test_a_readout_brings_settings_of_its_own() -> None:
    chosen = prepare(Settings("digits", readout="ridge", mutations=2.0))

    assert chosen.task.outputs == 100
    assert (chosen.task.inputs, chosen.task.ticks) == (64, 24)
    assert chosen.search.profile.max_hidden == 0
    assert [one.weight for one in chosen.search.objectives] == [1.0, 0.00001, 0.0]
    assert chosen.settings.mutations == 2.0
    assert chosen.settings.evaluations == 2_500
