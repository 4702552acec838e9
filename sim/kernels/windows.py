"""The raster of one window after the other: what goes in, what comes out, what travels on."""

import numpy as np
from numba import types

from ..compile import kernel, reads, writes
from ..count import lowest

_ONE = np.uint64(1)


@kernel()
def _copy(source, first, target, rows):  # type: ignore[no-untyped-def]
    """Copy rows of one raster, from the first on, to the beginning of another.

    A loop, because Numba takes seconds to compile the assignment of slices.
    """
    for row in range(rows):
        for neuron in range(source.shape[1]):
            for word in range(source.shape[2]):
                target[row, neuron, word] = source[first + row, neuron, word]


@kernel(
    types.void(
        reads(types.uint64, 3),  # travelling
        reads(types.boolean, 3),  # spikes
        writes(types.uint64, 3),  # raster
    )
)
def enter(travelling, spikes, raster):  # type: ignore[no-untyped-def]
    """Begin a window: spikes of the last one, then those of sources.

    Args:
        travelling: (history, neurons, words) uint64, one bit a lane.
        spikes: (ticks, sources, lanes) bool; (0, 0, 0) where there are none.
        raster: (history + ticks, neurons, words) uint64, written.
    """
    history = len(travelling)
    _copy(travelling, 0, raster, history)
    for tick in range(spikes.shape[0]):
        for source in range(spikes.shape[1]):
            for word in range(raster.shape[2]):
                bits = np.uint64(0)
                start = 64 * word
                for lane in range(start, min(start + 64, spikes.shape[2])):
                    bits |= np.uint64(spikes[tick, source, lane]) << np.uint64(lane - start)
                raster[history + tick, source, word] = bits


@kernel(
    types.void(
        reads(types.uint64, 3),  # raster
        reads(types.int32),  # outputs
        writes(types.uint64, 3),  # travelling
        writes(types.boolean, 3),  # fired
        writes(types.int32, 2),  # counts
    )
)
def leave(raster, outputs, travelling, fired, counts):  # type: ignore[no-untyped-def]
    """End a window: what the outputs did, and the spikes that travel on.

    Args:
        raster: (history + ticks, neurons, words) uint64, one bit a lane; bits past the
            lanes are 0.
        outputs: (outputs,) int32, the neuron that is output i.
        travelling: (history, neurons, words) uint64, written.
        fired: (ticks, outputs, lanes) bool, written.
        counts: (outputs, lanes) int32, written: how often each output spiked.
    """
    history, ticks, lanes = len(travelling), len(fired), fired.shape[2]
    for output in range(len(outputs)):
        for lane in range(lanes):
            counts[output, lane] = 0
    for tick in range(ticks):
        for output in range(len(outputs)):
            for start in range(0, lanes, 64):
                word = raster[history + tick, outputs[output], start // 64]
                for lane in range(start, min(start + 64, lanes)):
                    fired[tick, output, lane] = False
                while word != np.uint64(0):
                    lane = start + lowest(word)
                    word &= word - _ONE
                    fired[tick, output, lane] = True
                    counts[output, lane] += 1
    _copy(raster, ticks, travelling, history)
