"""Parts of the plain loops that neuron models share; arrays are as in `lif_float32.run`."""

from typing import Any, NamedTuple

import numpy as np

from ..batch import INPUTS, NEURONS, NUMBERS, STRUCTURE, SYNAPSES
from ..compile import kernel


class Layout(NamedTuple):
    """Where the parts of one network begin in `Batch.structure` and `Batch.numbers`."""

    offsets: Any
    sources: Any
    delays: Any
    weights: Any
    parameters: Any


class Place(NamedTuple):
    """A neuron in one tick, in the lanes of one word."""

    row: int  # of the raster
    neuron: int
    word: int
    lanes: int  # in this word, at most 64


@kernel()
def layout_of(header):  # type: ignore[no-untyped-def]
    """The layout of the network that has this header."""
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    offsets, weights = np.int64(header[STRUCTURE]), np.int64(header[NUMBERS])
    sources = offsets + neurons + 1
    return Layout(offsets, sources, sources + synapses, weights, weights + synapses)


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
def add_external(charge, charges, number, tick, place):  # type: ignore[no-untyped-def]
    """Add the external charge of an input in a tick of the window; there is none for −1."""
    if number >= 0:
        external = charges[tick, number, 64 * place.word :]
        for lane in range(place.lanes):
            charge[lane] += external[lane]


@kernel()
def add_synapses(charge, structure, numbers, raster, layout, place):  # type: ignore[no-untyped-def]
    """Add what spikes deliver to a neuron, synapse by synapse in their order."""
    padded = (place.lanes + 15) // 16 * 16
    synapses = layout.offsets + place.neuron
    for synapse in range(structure[synapses], structure[synapses + 1]):
        row = place.row - structure[layout.delays + synapse]
        arriving = raster[row, structure[layout.sources + synapse], place.word]
        if arriving != np.uint64(0):
            add_spikes(charge, arriving, numbers[layout.weights + synapse], padded)


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
