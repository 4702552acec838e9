"""What counting spikes and deciding cost, beside the kernel that makes the spikes."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from workloads import WORKLOADS, draw

from spikevolve.sim.batch import MAX_DELAY, NEURONS, pack
from spikevolve.sim.bits import pack_lanes
from spikevolve.sim.compile import RUN, kernel, reads
from spikevolve.sim.count import spikes_and_operations
from spikevolve.sim.models import model
from spikevolve.tasks.decoders import decide, decoder, output_neurons

DECODERS = ("first_spike", "first_to:3", "spike_count")
COUNTING = -9  # in place of a decoder's target

_TIMES = 50  # that it is done after each run of the kernel, which noise would hide otherwise
_REPEATS = 15


@kernel(
    types.int64(
        types.FunctionType(RUN["float32"]),
        reads(types.int32, 2),
        reads(types.int32),
        reads(types.float32),
        reads(types.uint64, 3),
        types.int64,
        types.int64,
        types.int64,
    )
)
def _run_and_work(run, headers, structure, numbers, inputs, lanes, target, times):  # type: ignore[no-untyped-def]
    """Run every network of a batch, as `engines._count_all` does, and work on its raster.

    Returns what it found, added up, so that the compiler cannot leave the work out.
    """
    ticks, words = inputs.shape[0], inputs.shape[2]
    no_charges = np.empty((0, 0, 0), np.float32)
    decisions, latencies, found = np.zeros(lanes, np.int32), np.zeros(lanes, np.int32), 0
    for n in range(headers.shape[0]):
        header = headers[n]
        history, neurons = np.int64(header[MAX_DELAY]), np.int64(header[NEURONS])
        raster = np.zeros((history + ticks, neurons, words), np.uint64)
        for tick in range(ticks):
            for source in range(inputs.shape[1]):
                for word in range(words):
                    raster[history + tick, source, word] = inputs[tick, source, word]
        state = np.zeros((1, neurons, lanes), np.float32)
        run(header, structure, numbers, no_charges, raster, state, ticks, lanes)
        outputs = output_neurons(header, structure)
        for _ in range(times):
            if target == COUNTING:
                fired, operations = spikes_and_operations(header, structure, raster, ticks)
                found += fired + operations
            else:
                decide(raster, history, outputs, target, lanes, decisions, latencies)
                found += decisions[0] + latencies[0]
    return found


def measure(name: str) -> list[dict[str, Any]]:
    """A row for counting and one for each decoder, with its share of the kernel's time."""
    networks, spikes = draw(WORKLOADS[name])
    words, lanes = pack_lanes(spikes), spikes.shape[2]
    packed, run = pack(networks)[1:], model("lif", "float32").run

    def seconds(target: int, times: int) -> float:
        start = time.process_time()
        _run_and_work(run, *packed, words, lanes, target, times)
        return time.process_time() - start

    works = {"counting": COUNTING} | {text: decoder(text).target for text in DECODERS}
    alone, rows = _fastest(seconds, COUNTING, 0), []
    for work, target in works.items():
        added = (_fastest(seconds, target, _TIMES) - alone) / _TIMES
        row = {"workload": name, "engine": work, "cpu_ms_per_genome": added * 1000 / len(networks)}
        rows.append(row | {"spikes": "", "note": f"{added / alone:.1%} of the kernel's time"})
    return rows


def _fastest(seconds: Callable[[int, int], float], target: int, times: int) -> float:
    return min(seconds(target, times) for _ in range(_REPEATS))
