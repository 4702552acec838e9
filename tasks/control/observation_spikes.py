"""What a network is shown in a decision window, for the loop of episodes: spikes or charges.

An encoder of one value is, for a window of ticks, a list of spikes that it may send, each for values
of an interval. `observation_encoder` makes the list once; here values are only compared.
"""

import numpy as np
from numba import types

from ...sim.batch import INPUTS, NEURONS, SOURCES, STRUCTURE, SYNAPSES
from ...sim.bits import BITS
from ...sim.compile import kernel, reads, writes
from ...sim.count import ones

OBSERVATION, INPUT, TICK = range(3)  # columns of `places`
LOW, HIGH = range(2)  # columns of `bounds`

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
    """Make no values: the table is for the observations themselves."""


@kernel()
def input_columns(header, structure, numbered):  # type: ignore[no-untyped-def]
    """Return the column in the window of each input, (inputs,) int32.

    Sources spike in the raster itself, where they have the columns of neurons. Spikes for ordinary
    neurons are written to a window of their own, in which the inputs are `numbered`, 0, 1, ….
    """
    if header[SOURCES] > 0:
        start = header[STRUCTURE] + header[NEURONS] + 1 + 2 * header[SYNAPSES]
        return structure[start : start + header[INPUTS]]
    return numbered


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
            bits, first = np.uint64(0), BITS * word
            for lane in range(BITS if lanes - first > BITS else lanes - first):
                value = observations[observation, first + lane]
                bits |= np.uint64((low <= value) & (value <= high)) << np.uint64(lane)
            window[tick, column, word] |= bits
            total += ones(bits)
    return total


@kernel(inline=True)
def inject(window, active, charge, charges):  # type: ignore[no-untyped-def]
    """Turn spikes into charges, (ticks, inputs, lanes); where inputs are sources there are none."""
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                word = window[tick, number, lane // BITS]
                spike = (word >> np.uint64(lane % BITS)) & np.uint64(1)
                charges[tick, number, lane] = charge if spike else 0.0


@kernel(inline=True)
def hold(values, active, charges):  # type: ignore[no-untyped-def]
    """Give every input the same charge in every tick; return how many are not 0."""
    total = 0
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                charges[tick, number, lane] = values[number, lane]
                total += values[number, lane] != 0.0
    return total
