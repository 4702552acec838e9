"""The window of a decision, for the loop of ``episodes``: where spikes and charges are written."""

import numpy as np

from ...sim.batch import INPUTS, MAX_DELAY, NEURONS, SOURCES, STRUCTURE, SYNAPSES
from ...sim.bits import BITS
from ...sim.compile import kernel


@kernel()
def views(header, structure, state, raster):  # type: ignore[no-untyped-def]
    """What a decision window writes to, for a raster with so many words.

    Returns:
        The raster; the raster as a matrix; what ``_inputs`` returns; a count of spikes for each
        column of the matrix.
    """
    window, charges, columns = _inputs(header, structure, state, raster)
    rows = raster.reshape(raster.shape[0], raster.shape[1] * raster.shape[2])
    return raster, rows, window, charges, columns, np.zeros(rows.shape[1], np.int64)


@kernel()
def _inputs(header, structure, state, raster):  # type: ignore[no-untyped-def]
    """Where the encoder writes: a window of spikes, the charges, the column of each input.

    Sources spike in the raster itself; spikes for ordinary neurons become charges.
    """
    start = header[STRUCTURE] + header[NEURONS] + 1 + 2 * header[SYNAPSES]
    history, inputs = np.int64(header[MAX_DELAY]), header[INPUTS]
    if header[SOURCES] > 0:
        columns = structure[start : start + inputs]
        return raster[history:], np.zeros((0, 0, 0), state.dtype), columns
    ticks = raster.shape[0] - history
    window = np.zeros((ticks, inputs, raster.shape[2]), np.uint64)
    charges = np.zeros((ticks, inputs, state.shape[2]), state.dtype)
    return window, charges, np.arange(inputs, dtype=np.int32)


@kernel(inline=True)
def inject(window, active, charge, charges):  # type: ignore[no-untyped-def]
    """Turn spikes into charges; where inputs are sources there are none."""
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                word = window[tick, number, lane // BITS]
                spike = (word >> np.uint64(lane % BITS)) & np.uint64(1)
                charges[tick, number, lane] = charge if spike else 0.0


@kernel(inline=True)
def hold(values, active, charges):  # type: ignore[no-untyped-def]
    """Give every input the same charge in every tick; returns how many are not 0."""
    total = 0
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                charges[tick, number, lane] = values[number, lane]
                total += values[number, lane] != 0.0
    return total
