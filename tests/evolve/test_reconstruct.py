"""The settings that `reconstruct` chooses for itself let a search learn through the bottleneck."""

import threading
from pathlib import Path

import pytest

from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.evolve.search.search import Search
from spikevolve.genomes.profiles.presets import PROFILES
from spikevolve.results.store.reader import read_table
from spikevolve.tasks import load

pytestmark = pytest.mark.slow  # starts runs, or compiles much


@pytest.mark.parametrize("name", PROFILES)
def test_in_every_profile_all_goes_through_eight_hidden_neurons(name: str) -> None:
    prepared = prepare(Settings("reconstruct", profile=name, population=8))

    for individual in Search(prepared.search).ask():
        genome = individual.genome
        sources, targets = genome.sources, genome.targets
        assert genome.synapses > 0
        assert not ((sources < 16) & (targets >= 16) & (targets < 32)).any()
        assert 1 <= genome.neurons - 32 <= 8


def test_images_come_out_better_than_the_best_constant_one(tmp_path: Path) -> None:
    values = {"task": "reconstruct", "evaluations": 8000, "workers": 2}
    settings = settings_from(values | {"out": str(tmp_path / "run")})
    start(settings, lambda _: None, threading.Event())

    front, network = read_table(tmp_path / "run", "front"), Champion.read(tmp_path / "run").network
    assert front.loc[front["champion"], "test_score"].item() > load("reconstruct").chance_score
    sources, targets = set(network.input_neurons), set(network.output_neurons)
    starts = network.offsets.searchsorted(range(network.synapses), "right") - 1
    pairs = zip(network.sources, starts, strict=True)
    assert not any(source in sources and target in targets for source, target in pairs)
    assert network.neurons - network.inputs - network.outputs <= 8
