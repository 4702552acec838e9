"""The compiled loops of the benchmarks: networks run on input spikes, and work done on their rasters.

All samples of a network run side by side, from rest.
"""

import numpy as np
from numba import types

from spikevolve.sim.batch import MAX_DELAY, NEURONS
from spikevolve.sim.compile import RUN, kernel, reads, writes
from spikevolve.sim.count import spikes_and_operations
from spikevolve.tasks.decoders.decisions import DECIDE, output_neurons

COUNTING = -9  # in place of a decoder's target

_SHOWN = (
    types.FunctionType(RUN["float32"]),  # run: the neuron model's kernel
    reads(types.int32, 2),  # headers
    reads(types.int32),  # structure
    reads(types.float32),  # numbers
    reads(types.uint64, 3),  # inputs: (ticks, inputs, words), one bit a lane
    types.int64,  # lanes
)


@kernel()
def _raster(run, header, structure, numbers, inputs, lanes):  # type: ignore[no-untyped-def]
    """Run one network; its raster, (history + ticks, neurons, words), and its state."""
    ticks, words = inputs.shape[0], inputs.shape[2]
    history, neurons = np.int64(header[MAX_DELAY]), np.int64(header[NEURONS])
    raster = np.empty((history + ticks, neurons, words), np.uint64)
    raster[:history] = 0
    for tick in range(ticks):
        for source in range(inputs.shape[1]):
            for word in range(words):
                raster[history + tick, source, word] = inputs[tick, source, word]
    no_charges = np.empty((0, 0, 0), np.float32)
    state = np.zeros((1, neurons, lanes), np.float32)
    run(header, structure, numbers, no_charges, raster, state, ticks, lanes)
    return raster, state


@kernel(types.void(*_SHOWN, writes(types.int64)))
def count_all(run, headers, structure, numbers, inputs, lanes, counts):  # type: ignore[no-untyped-def]
    """Run every network of a batch on the same input spikes, and count the spikes of each."""
    for n in range(len(headers)):
        raster, _ = _raster(run, headers[n], structure, numbers, inputs, lanes)
        counts[n], _ = spikes_and_operations(headers[n], structure, raster, inputs.shape[0])


@kernel(types.int64(*_SHOWN, types.FunctionType(DECIDE["float32"]), types.int64, types.int64))
def run_and_work(run, headers, structure, numbers, inputs, lanes, decide, target, times):  # type: ignore[no-untyped-def]
    """Run every network of a batch, and decide or count, so many times over, on its raster.

    Returns what it found, added up, so that the compiler cannot leave the work out.
    """
    decisions, latencies, found = np.zeros(lanes, np.int32), np.zeros(lanes, np.int32), 0
    for n in range(len(headers)):
        header = headers[n]
        raster, state = _raster(run, header, structure, numbers, inputs, lanes)
        history, outputs = np.int64(header[MAX_DELAY]), output_neurons(header, structure)
        for _ in range(times):
            if target == COUNTING:
                fired, operations = spikes_and_operations(
                    header, structure, raster, inputs.shape[0]
                )
                found += fired + operations
            else:
                decide(raster, state, outputs, history, target, lanes, decisions, latencies)
                found += decisions[0] + latencies[0]
    return found
