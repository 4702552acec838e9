"""Observations as spikes, for the loop of episodes: the compiled half of ``control_encoders``.

An encoder of one value is, for a window of ticks, a list of spikes that it may send, each for values
of an interval. The list is made once, by the encoder itself; here values are only compared.
"""

import numpy as np
from numba import types

from ...sim.compile import kernel, reads, writes
from ...sim.count import ones

OBSERVATION, INPUT, TICK = range(3)  # columns of ``places``
LOW, HIGH = range(2)  # columns of ``bounds``

SENSE = types.void(
    reads(types.float64),  # settings
    reads(types.int32),  # seen: (variables,), the observation of each
    reads(types.float64, 2),  # observations: (observed variables, ≥ lanes)
    types.int64,  # lanes in use, the first ones
    writes(types.float64, 2),  # memory: (rows, ≥ lanes), kept from one decision to the next
    writes(types.float64, 2),  # values: (values, ≥ lanes), are filled
)


@kernel(SENSE)
def directly(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Makes no values: the table is for the observations themselves."""


@kernel(inline=True)
def encode(places, bounds, observations, lanes, columns, window):  # type: ignore[no-untyped-def]
    """Write the input spikes of a window, in all lanes; ticks without a place are left alone.

    Args:
        places: (spikes, 3) int32: number of the observation, input and tick of each spike that may
            be; the intervals of one input and tick do not meet.
        bounds: (spikes, 2) float64: it is sent for low ≤ value ≤ high.
        observations: (observed variables, ≥ lanes) float64. NaN sends nothing.
        lanes: At least 1.
        columns: (inputs,) int32, the column of each input in the window.
        window: (ticks, columns, words) uint64, lane l is bit l % 64 of word l // 64; bits past the
            lanes become 0.

    Returns:
        Number of spikes.
    """
    total = 0
    for spike in range(len(places)):
        for word in range(window.shape[2]):
            window[places[spike, TICK], columns[places[spike, INPUT]], word] = np.uint64(0)
    for spike in range(len(places)):
        observation = places[spike, OBSERVATION]
        low, high = bounds[spike, LOW], bounds[spike, HIGH]
        tick, column = places[spike, TICK], columns[places[spike, INPUT]]
        for word in range(window.shape[2]):
            bits, first = np.uint64(0), 64 * word
            for lane in range(min(64, lanes - first)):
                value = observations[observation, first + lane]
                bits |= np.uint64((low <= value) & (value <= high)) << np.uint64(lane)
            window[tick, column, word] |= bits
            total += ones(bits)
    return total
