"""Counting from the raster, against brute force over the reference's spikes."""

from typing import Any

import numpy as np
import pytest

from spikevolve.sim import reference
from spikevolve.sim.batch import pack
from spikevolve.sim.bits import pack_lanes
from spikevolve.sim.count import count_spikes, count_synaptic_operations


@pytest.mark.parametrize("lanes", [1, 70])
def test_counts_of_a_fresh_window(lanes: int, random_network: Any, random_inputs: Any) -> None:
    for seed in range(10):
        network = random_network(seed, sources=seed % 2 == 0)
        ticks = (3, 20)[seed % 2]
        spikes = reference.simulate(network, random_inputs(network, ticks, lanes, seed)).spikes
        [header], structure, _ = pack([network])[1:]
        history = network.max_delay
        raster = np.zeros((history + ticks, network.neurons, -(-lanes // 64)), np.uint64)
        raster[history:] = pack_lanes(spikes)

        delivered = sum(
            int(spikes[t, source].sum())
            for source, delay in zip(network.sources, network.delays, strict=True)
            for t in range(ticks)
            if t + delay < ticks
        )
        assert count_spikes(header, raster, history, ticks) == int(
            spikes[:, network.source_count :].sum()
        )
        assert count_synaptic_operations(header, structure, raster, history, ticks) == delivered
