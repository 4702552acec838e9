"""What happened in a window, counted from its raster: kernels for use in other kernels and from Python.

Arrays are as in `kernels.lif_float32.run`; all counts are over all lanes. Bits past the lanes are 0, so that
the number of lanes need not be known.
"""

from typing import Any

import numpy as np
from numba import types

from .batch import MAX_DELAY, NEURONS, SOURCES, STRUCTURE, SYNAPSES
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
def spikes_of_neurons(raster, first, last):  # type: ignore[no-untyped-def]
    """(neurons,) int64, spikes of each neuron, sources too, in rows first … last − 1.

    Seven rows at a time are added up bit by bit, as full adders do, which leaves three words to
    count instead of seven.
    """
    neurons, words = raster.shape[1], raster.shape[2]
    cells = neurons * words
    rows = raster.reshape(raster.size)[first * cells : last * cells]
    sums = np.zeros(cells, np.int64)
    row = 0
    while row + 7 <= last - first:
        _add_seven(rows[row * cells :], cells, sums)
        row += 7
    while row < last - first:
        spikes = rows[row * cells :]
        for cell in range(cells):
            sums[cell] += ones(spikes[cell])
        row += 1
    totals = np.zeros(neurons, np.int64)
    for neuron in range(neurons):
        for word in range(words):
            totals[neuron] += sums[neuron * words + word]
    return totals


@kernel(inline=True)
def _add_seven(rows, cells, sums):  # type: ignore[no-untyped-def]
    """Add the spikes of the first seven rows of so many cells."""
    a, b, c, d = rows[:cells], rows[cells:], rows[2 * cells :], rows[3 * cells :]
    e, f, g = rows[4 * cells :], rows[5 * cells :], rows[6 * cells :]
    for cell in range(cells):
        one, two = _full_adder(a[cell], b[cell], c[cell])
        other, two_more = _full_adder(d[cell], e[cell], f[cell])
        one, two_again = _full_adder(one, other, g[cell])
        two, four = _full_adder(two, two_more, two_again)
        sums[cell] += ones(one) + 2 * ones(two) + 4 * ones(four)


@kernel(inline=True)
def _full_adder(a, b, c):  # type: ignore[no-untyped-def]
    """Sum and carry of three bits each."""
    odd = a ^ b
    return odd ^ c, (a & b) | (odd & c)


@kernel()
def total_spikes(header, emitted):  # type: ignore[no-untyped-def]
    """Spikes of all neurons that have a potential; `emitted` as `spikes_of_neurons` gives it."""
    total = 0
    for neuron in range(header[SOURCES], header[NEURONS]):
        total += emitted[neuron]
    return total


@kernel()
def total_operations(header, structure, emitted, raster, ticks):  # type: ignore[no-untyped-def]
    """Traversals of synapses by spikes of this window, `emitted`, that arrive within it.

    A spike at tick t over a delay d counts if t + d < ticks: for windows that start afresh.
    """
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    first = header[STRUCTURE] + neurons + 1
    longest = min(np.int64(header[MAX_DELAY]), ticks)
    late = np.zeros((longest + 1, neurons), np.int64)  # spikes of the last 0, 1, … ticks
    for ago in range(1, longest + 1):
        row = raster[raster.shape[0] - ago]
        for neuron in range(neurons):
            late[ago, neuron] = late[ago - 1, neuron]
            for word in range(raster.shape[2]):
                late[ago, neuron] += ones(row[neuron, word])
    total = 0
    for synapse in range(first, first + synapses):
        source, delay = structure[synapse], structure[synapse + synapses]
        total += emitted[source] - late[min(np.int64(delay), ticks), source]
    return total


@kernel(types.int64(_HEADER, _RASTER, types.int64, types.int64))
def count_spikes(header, raster, history, ticks):  # type: ignore[no-untyped-def]
    """Spikes in the window of all neurons that have a potential."""
    return total_spikes(header, spikes_of_neurons(raster, history, history + ticks))


@kernel(types.int64(_HEADER, _STRUCTURE, _RASTER, types.int64, types.int64))
def count_synaptic_operations(header, structure, raster, history, ticks):  # type: ignore[no-untyped-def]
    """As `total_operations`, from the raster alone."""
    emitted = spikes_of_neurons(raster, history, history + ticks)
    return total_operations(header, structure, emitted, raster, ticks)
