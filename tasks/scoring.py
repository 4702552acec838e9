"""The compiled half of data tasks: every network of a batch on every sample of a workload."""

from typing import Any

import numpy as np
from numba import types

from ..sim.batch import MAX_DELAY, NEURONS, SOURCES
from ..sim.compile import RUN, kernel, reads, writes
from ..sim.count import count_spikes, count_synaptic_operations
from .decoders import decide, output_neurons

SPIKES, SYNAPTIC_OPERATIONS = 0, 1  # columns of ``sums``


def _signature(arithmetic: str, number: types.Type) -> Any:
    return types.void(
        types.FunctionType(RUN[arithmetic]),
        types.int64,  # states
        reads(types.int32, 2),  # headers
        reads(types.int32),  # structure
        reads(number),  # numbers
        reads(types.uint64, 3),  # spikes
        reads(number, 3),  # charges
        types.int64,  # ticks
        types.int64,  # lanes
        types.int64,  # target
        writes(types.int32, 2),  # decisions
        writes(types.int32, 2),  # latencies
        writes(types.int64, 2),  # sums
    )


@kernel([_signature("float32", types.float32), _signature("integer", types.int32)])
def score_batch(  # type: ignore[no-untyped-def]
    run,
    states,
    headers,
    structure,
    numbers,
    spikes,
    charges,
    ticks,
    lanes,
    target,
    decisions,
    latencies,
    sums,
):
    """Run networks on samples, all samples of a network at once, and read their outputs.

    Args:
        run: Kernel of the neuron model.
        states: State variables of the neuron model.
        headers: (networks, HEADER) int32, ``Batch.headers``; all for these inputs.
        structure: ``Batch.structure``.
        numbers: ``Batch.numbers``.
        spikes: (ticks, inputs, words) uint64, one bit a sample; (0, 0, 0) where inputs are neurons.
        charges: (ticks, inputs, lanes); (0, 0, 0) where inputs are sources.
        ticks: Length of the window.
        lanes: Number of samples.
        target: ``Decoder.target``.
        decisions: (networks, lanes) int32, written: the winning outputs.
        latencies: (networks, lanes) int32, written: ticks until decided.
        sums: (networks, 2) int64, written: spikes and synaptic operations over all samples.
    """
    words = (lanes + 63) // 64
    most_rows, most_neurons = 0, 0
    for header in headers:
        most_rows = max(most_rows, (header[MAX_DELAY] + ticks) * header[NEURONS])
        most_neurons = max(most_neurons, header[NEURONS])
    rasters = np.empty(most_rows * words, np.uint64)
    all_states = np.empty(states * most_neurons * lanes, numbers.dtype)
    for n in range(len(headers)):
        header = headers[n]
        neurons, history = np.int64(header[NEURONS]), np.int64(header[MAX_DELAY])
        rows = history + ticks
        raster = rasters[: rows * neurons * words].reshape((rows, neurons, words))
        raster[:history] = 0
        if header[SOURCES] > 0:
            raster[history:, : header[SOURCES]] = spikes
        state = all_states[: states * neurons * lanes].reshape((states, neurons, lanes))
        state[:] = 0
        run(header, structure, numbers, charges, raster, state, ticks, lanes)
        outputs = output_neurons(header, structure)
        decide(raster, history, outputs, target, lanes, decisions[n], latencies[n])
        sums[n, SPIKES] = count_spikes(header, raster, history, ticks)
        sums[n, SYNAPTIC_OPERATIONS] = count_synaptic_operations(
            header, structure, raster, history, ticks
        )
