"""What happened in a window, counted from its raster: kernels for use in other kernels and from Python.

Arrays are as in `kernels.lif_float32.run`; all counts are over all lanes. Bits past the lanes are 0, so that
the number of lanes need not be known.
"""

from typing import Any

import numpy as np
from numba import types

from .batch import NEURONS, SOURCES, STRUCTURE, SYNAPSES
from .compile import intrinsic, kernel, reads

_HEADER = reads(types.int32)
_STRUCTURE = reads(types.int32)
_RASTER = reads(types.uint64, 3)


@intrinsic
def ones(typing_context, word):  # type: ignore[no-untyped-def]
    """Number of bits that are set in a uint64, as an int64: one instruction of the processor."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@kernel()
def lowest(word):  # type: ignore[no-untyped-def]
    """Index of the lowest set bit of a uint64 that has one."""
    return ones(~word & (word - np.uint64(1)))


@kernel()
def _spikes(raster, first, last, neuron):  # type: ignore[no-untyped-def]
    """Spikes of one neuron in rows first … last − 1."""
    total = 0
    for row in range(first, last):
        for word in range(raster.shape[2]):
            total += ones(raster[row, neuron, word])
    return total


@kernel()
def spikes_of_neurons(raster, first, last):  # type: ignore[no-untyped-def]
    """(neurons,) int64, spikes of each neuron, sources too, in rows first … last − 1."""
    neurons, words = raster.shape[1], raster.shape[2]
    sums = np.zeros(neurons * words, np.int64)
    for row in range(first, last):
        spikes = raster[row].reshape(neurons * words)
        for word in range(neurons * words):
            sums[word] += ones(spikes[word])
    totals = np.zeros(neurons, np.int64)
    for word in range(neurons * words):
        totals[word // words] += sums[word]
    return totals


@kernel(types.int64(_HEADER, _RASTER, types.int64, types.int64))
def count_spikes(header, raster, history, ticks):  # type: ignore[no-untyped-def]
    """Spikes in the window of all neurons that have a potential."""
    spikes = spikes_of_neurons(raster, history, history + ticks)
    total = 0
    for neuron in range(header[SOURCES], header[NEURONS]):
        total += spikes[neuron]
    return total


@kernel(types.int64(_HEADER, _STRUCTURE, _RASTER, types.int64, types.int64))
def count_synaptic_operations(header, structure, raster, history, ticks):  # type: ignore[no-untyped-def]
    """Traversals of synapses by spikes of this window that arrive within it.

    A spike at tick t over a delay d counts if t + d < ticks: for windows that start afresh.
    """
    spikes = spikes_of_neurons(raster, history, history + ticks)
    end = history + ticks
    first = header[STRUCTURE] + header[NEURONS] + 1
    total = 0
    for synapse in range(first, first + header[SYNAPSES]):
        source, delay = structure[synapse], structure[synapse + header[SYNAPSES]]
        total += spikes[source] - _spikes(raster, end - min(delay, ticks), end, source)
    return total


@kernel(types.int64(_HEADER, _STRUCTURE, _RASTER, types.int64, types.int64))
def count_arrivals(header, structure, raster, history, ticks):  # type: ignore[no-untyped-def]
    """Traversals of synapses that arrive in this window, spikes of earlier windows included.

    For windows that carry their state on: every traversal counts in the window where it arrives.
    """
    spikes = spikes_of_neurons(raster, history, history + ticks)
    end = history + ticks
    first = header[STRUCTURE] + header[NEURONS] + 1
    total = 0
    for synapse in range(first, first + header[SYNAPSES]):
        source, delay = structure[synapse], structure[synapse + header[SYNAPSES]]
        late = _spikes(raster, end - delay, end, source)
        early = _spikes(raster, history - delay, history, source)
        total += spikes[source] - late + early
    return total
