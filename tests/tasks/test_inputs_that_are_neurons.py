"""Where inputs are neurons, a spike of the encoder is a charge: with relays nothing else changes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.sample_replay import replay

Networks = Callable[..., list[Network]]

SOURCES = TaskSettings(arithmetic="integer", grid=1.0)
NEURONS = replace(SOURCES, inputs="neurons", full_charge=127.0)


def relayed(network: Network) -> Network:
    """The same network, its sources made neurons that pass a full charge on at once."""
    rows = network.parameters.copy()
    rows[: network.source_count, lif.THRESHOLD] = 127
    rows[: network.source_count, lif.LEAK] = lif.LEAK_WHOLE
    return replace(network, source_count=0, parameters=rows)


@pytest.mark.parametrize("name", ["xor", "iris", "cartpole"])
def test_relays_answer_as_sources_do(networks_for: Networks, name: str) -> None:
    with_sources, with_neurons = load(name, SOURCES), load(name, NEURONS)
    networks = networks_for(with_sources, 10, "integer")
    workload = with_sources.workload("train", 1, 1)
    expected = with_sources.evaluate(workload, pack(networks))
    charged = with_neurons.workload("train", 1, 1)
    found = with_neurons.evaluate(charged, pack([relayed(network) for network in networks]))

    assert with_neurons.input_kind == "charges"
    assert expected.spikes.any()
    for column in ("score", "input_spikes", "synaptic_operations", "latency"):
        assert np.array_equal(getattr(found, column), getattr(expected, column))
    np.testing.assert_allclose(found.spikes, expected.spikes + expected.input_spikes)


@pytest.mark.parametrize("name", ["iris", "cartpole"])
def test_they_are_replayed_with_the_same_spikes(networks_for: Networks, name: str) -> None:
    with_sources, with_neurons = load(name, SOURCES), load(name, NEURONS)
    for network in networks_for(with_sources, 3, "integer"):
        expected, found = (
            replay(with_sources, network, 1),
            replay(with_neurons, relayed(network), 1),
        )
        assert expected is not None
        assert found is not None
        assert np.array_equal(found.raster, expected.raster)
