"""Parts of the plain loops that neuron models share; arrays are as in `lif_float32.run`."""

import numpy as np

from ..batch import INPUTS, NEURONS, STRUCTURE, SYNAPSES
from ..compile import kernel


@kernel()
def inputs_of_neurons(header, structure, charges):  # type: ignore[no-untyped-def]
    """(neurons,) int32, the input whose charge a neuron receives, −1 for none."""
    inputs = np.full(header[NEURONS], -1, np.int32)
    if charges.shape[1] > 0:
        start = header[STRUCTURE] + header[NEURONS] + 1 + 2 * header[SYNAPSES]
        for i in range(header[INPUTS]):
            inputs[structure[start + i]] = i
    return inputs


@kernel()
def add_charge(charge, external, count):  # type: ignore[no-untyped-def]
    """Add external charge to the first `count` lanes of a word."""
    for lane in range(count):
        charge[lane] += external[lane]


@kernel()
def add_spikes(charge, arriving, weight, count):  # type: ignore[no-untyped-def]
    """Add a weight to those of the first `count` lanes of a word whose bit is set.

    Runs fastest for multiples of 16 lanes; the bits past a network's lanes are 0.
    """
    for lane in range(count):
        if (arriving >> np.uint64(lane)) & np.uint64(1):
            charge[lane] += weight


@kernel()
def spiked_since(raster, first, now, neuron, word):  # type: ignore[no-untyped-def]
    """Lanes of a word, as bits, in which a neuron spiked in rows first … now − 1."""
    spiked = np.uint64(0)
    for row in range(first, now):
        spiked |= raster[row, neuron, word]
    return spiked
