"""What happened in a window, counted from its raster: `counter`, and parts of kernels.

Arrays are as in `kernels.scalar_loop.loop_for`; all counts are over all lanes. Bits past the lanes are 0,
so that the number of lanes need not be known.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types

from .batch import MAX_DELAY, NEURONS, SOURCES, STRUCTURE, SYNAPSES
from .compile import intrinsic, kernel, reads


@intrinsic
def ones(typing_context, word):  # type: ignore[no-untyped-def]
    """Return the number of bits that are set in a uint64, as an int64: one instruction of the processor."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@kernel()
def lowest(word):  # type: ignore[no-untyped-def]
    """Index of the lowest set bit of a uint64 that has one."""
    return ones(~word & (word - np.uint64(1)))


def _spikes_and_operations(header, structure, raster, ticks):  # type: ignore[no-untyped-def]
    """Count what happened in a window that started afresh, the last rows of a raster.

    Returns:
        `spikes`, of all neurons that have a potential; `synaptic_operations`, traversals of synapses
        by spikes that arrive within the window: a spike at tick t over a delay d counts if
        t + d < ticks.
    """
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    longest = np.int64(header[MAX_DELAY])
    longest = ticks if ticks < longest else longest
    so_far = _spikes_so_far(raster, raster.shape[0] - ticks, longest)
    spikes = 0
    for neuron in range(np.int64(header[SOURCES]), neurons):
        spikes += so_far[longest * neurons + neuron]
    synaptic_operations = 0
    first = header[STRUCTURE] + neurons + 1
    for synapse in range(first, first + synapses):
        source, delay = structure[synapse], structure[synapse + synapses]
        if delay < longest:
            synaptic_operations += so_far[(longest - delay) * neurons + source]
        else:
            synaptic_operations += so_far[source]
    return spikes, synaptic_operations


@kernel(once=True)
def _spikes_so_far(raster, first, last):  # type: ignore[no-untyped-def]
    """Spikes of each neuron from row `first` on, up to each of the last rows, in one pass.

    Before the last rows, seven are added up bit by bit at a time, by carry-save adders (Harley and
    Seal; Warren, Hacker's Delight, section 5-1): that leaves three words to count instead of seven.

    Returns:
        ((last + 1) · neurons,) int64: for each neuron before the last rows; for each with the first
        of them; and so on, to the whole window.
    """
    neurons, words = raster.shape[1], raster.shape[2]
    cells, end = neurons * words, raster.shape[0] - last
    rows = raster.reshape(raster.size)
    sums, so_far = np.empty(cells, np.int64), np.empty((last + 1) * neurons, np.int64)
    for cell in range(cells):
        sums[cell] = 0
    row = first
    while row + 7 <= end:
        _add_seven(rows[row * cells :], cells, sums)
        row += 7
    while row < end:
        for cell in range(cells):
            sums[cell] += ones(rows[row * cells + cell])
        row += 1
    for neuron in range(neurons):
        so_far[neuron] = 0
        for word in range(words):
            so_far[neuron] += sums[neuron * words + word]
    for cell in range(last * neurons):
        total, place = so_far[cell], end * cells + cell * words
        for word in range(place, place + words):
            total += ones(rows[word])
        so_far[cell + neurons] = total
    return so_far


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


#: The signature of `counter()`.
COUNT = types.UniTuple(types.int64, 2)(  # type: ignore[no-untyped-call]  # Numba has no annotations
    reads(types.int32),  # header
    reads(types.int32),  # structure
    reads(types.uint64, 3),  # raster
    types.int64,  # ticks
)


@cache
def counter() -> Callable[..., tuple[int, int]]:
    """Return the kernel that counts spikes and synaptic operations, compiled when first asked for.

    It takes header, structure, raster and the ticks of the window, which are the raster's last rows.
    Other kernels take it as an argument.
    """
    return kernel(COUNT)(_spikes_and_operations)
