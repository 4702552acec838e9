"""Counting from the raster, against brute force over the reference's spikes."""

from typing import Any

import numpy as np
import pytest

from spikevolve.sim import reference
from spikevolve.sim.batch import pack, pack_lanes
from spikevolve.sim.count import counter


@pytest.mark.parametrize("lanes", [1, 70])
@pytest.mark.parametrize("ticks", [1, 3, 12, 20, 41])
def test_counts_of_a_fresh_window(
    lanes: int, ticks: int, random_network: Any, random_inputs: Any
) -> None:
    for seed in range(6):
        network = random_network(seed, sources=seed % 2 == 0)
        spikes = reference.simulate(network, random_inputs(network, ticks, lanes, seed)).spikes
        [header], structure, _ = pack([network])[1:]
        history = network.max_delay
        raster = np.zeros((history + ticks, network.neurons, -(-lanes // 64)), np.uint64)
        raster[history:] = pack_lanes(spikes)

        delivered = sum(
            int(spikes[: max(0, ticks - delay), source].sum())
            for source, delay in zip(network.sources, network.delays, strict=True)
        )
        own = int(spikes[:, network.source_count :].sum())
        counted = counter()(header, structure, raster, ticks)
        assert counted == (own, delivered)
