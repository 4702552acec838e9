"""How long each neuron model takes for a workload's networks, beside `lif` in float32.

Every model gets networks of the same graphs and the same input spikes; weights and thresholds are in
proportion, so that neurons spike about as often. Only the kernel is timed.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from workloads import PARAMETERS, WORKLOADS, draw

from spikevolve.sim.batch import MAX_DELAY, NEURONS, pack, pack_lanes
from spikevolve.sim.kernels import entries

_REPEATS = 15


def measure(name: str) -> list[dict[str, Any]]:
    """Return a row for each model and arithmetic, with its ratio to `lif` in float32.

    Models take turns, so that what else the machine does slows all of them down alike.
    """
    runs = {kind: _prepared(name, *kind) for kind in PARAMETERS}
    fastest = dict.fromkeys(runs, np.inf)
    rates = {}
    for _ in range(_REPEATS):
        for kind, run in runs.items():
            seconds, rates[kind] = run()
            fastest[kind] = min(fastest[kind], seconds)
    networks, base = WORKLOADS[name].networks, fastest["lif", "float32"]
    return [
        {
            "workload": name,
            "model": model,
            "arithmetic": arithmetic,
            "cpu_ms_per_genome": seconds * 1000 / networks,
            "ratio": seconds / base,
            "spike_rate": rates[model, arithmetic],
        }
        for (model, arithmetic), seconds in fastest.items()
    ]


def _prepared(name: str, model: str, arithmetic: str) -> Callable[[], tuple[float, float]]:
    """Return a function that runs all networks once: CPU seconds, spikes per neuron and tick."""
    workload = WORKLOADS[name]
    networks, spikes = draw(workload, model, arithmetic)
    batch, kernel = pack(networks), entries.model(model, arithmetic)
    ticks, sources, lanes = spikes.shape
    words = pack_lanes(spikes)
    no_charges = np.zeros((0, 0, 0), kernel.dtype)
    rasters, states = [], []
    for header in batch.headers:
        raster = np.zeros((header[MAX_DELAY] + ticks, header[NEURONS], words.shape[2]), np.uint64)
        raster[header[MAX_DELAY] :, :sources] = words
        rasters.append(raster)
        states.append(np.zeros((kernel.states, header[NEURONS], lanes), kernel.dtype))

    def run() -> tuple[float, float]:
        for state in states:
            state[:] = 0
        start = time.process_time()
        for header, raster, state in zip(batch.headers, rasters, states, strict=True):
            kernel.run(
                header, batch.structure, batch.numbers, no_charges, raster, state, ticks, lanes
            )
        seconds = time.process_time() - start
        count = sum(int(np.bitwise_count(raster[-ticks:, sources:]).sum()) for raster in rasters)
        return seconds, count / (workload.hidden + workload.outputs) / ticks / lanes / len(networks)

    return run
