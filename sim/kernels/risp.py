"""The RISP neuron as plain loops, for integer and float64 arithmetic."""

import numpy as np

from ..batch import NEURONS, NUMBERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import kernel
from ..neurons.risp import EMPTY_EVENT, LATE_RESET, LEAK, MIN_POTENTIAL, PARAMETERS, THRESHOLD
from .window import add_spikes, inputs_of_neurons

_COLUMNS = len(PARAMETERS)


@kernel()
def _start(charge, potential, fired_before, parameters, count):  # type: ignore[no-untyped-def]
    """Begin the sums of a word with what an event finds: the potential, leaked and floored.

    `charge` and `potential` begin with the word's first lane, `parameters` with the neuron's.
    `fired_before` are the lanes, as bits, whose potential is reset now, one tick late.
    """
    leaks, lowest = parameters[LEAK] != 0, parameters[MIN_POTENTIAL]
    for lane in range(count):
        if (fired_before >> np.uint64(lane)) & np.uint64(1):
            potential[lane] = 0
        charge[lane] = max(potential[lane], lowest)
        if leaks:
            charge[lane] = 0


@kernel()
def _add_external(charge, external, count):  # type: ignore[no-untyped-def]
    """Add external charge to a word; the lanes that have an event, as bits."""
    due = np.uint64(0)
    for lane in range(count):
        if external[lane] != 0:
            due |= np.uint64(1) << np.uint64(lane)
            if external[lane] != EMPTY_EVENT:
                charge[lane] += external[lane]
    return due


@kernel()
def _fire(potential, charge, due, parameters, count):  # type: ignore[no-untyped-def]
    """Compare the lanes of a word that have an event due; the spikes as bits."""
    threshold, resets = parameters[THRESHOLD], parameters[LATE_RESET] == 0
    fired = np.uint64(0)
    for lane in range(count):
        if (due >> np.uint64(lane)) & np.uint64(1):
            potential[lane] = charge[lane]
            if charge[lane] >= threshold:
                fired |= np.uint64(1) << np.uint64(lane)
                if resets:
                    potential[lane] = 0
    return fired


def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; the arguments are those of `lif_float32.run`.

    Not compiled here: `risp_integer` and `risp_float64` compile it for their numbers.
    """
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    start, first = np.int64(header[STRUCTURE]), np.int64(header[NUMBERS])
    offsets, froms = structure[start:], structure[start + neurons + 1 :]
    delays, weights = froms[synapses:], numbers[first:]
    inputs = inputs_of_neurons(header, structure, charges)
    history = raster.shape[0] - ticks
    charge = np.zeros(64, numbers.dtype)
    for now in range(history, history + ticks):
        for neuron in range(header[SOURCES], neurons):
            parameters = weights[synapses + neuron * _COLUMNS :]
            for word in range(raster.shape[2]):
                lane = 64 * word
                count = min(64, lanes - lane)
                padded = (count + 15) // 16 * 16
                potential = state[0, neuron, lane:]
                fired_before = np.uint64(0)
                if parameters[LATE_RESET] != 0:
                    fired_before = raster[now - 1, neuron, word]
                _start(charge, potential, fired_before, parameters, count)
                due = np.uint64(0)
                if inputs[neuron] >= 0:
                    external = charges[now - history, inputs[neuron], lane:]
                    due = _add_external(charge, external, count)
                for synapse in range(offsets[neuron], offsets[neuron + 1]):
                    arriving = raster[now - delays[synapse], froms[synapse], word]
                    if arriving != np.uint64(0):
                        due |= arriving
                        add_spikes(charge, arriving, weights[synapse], padded)
                raster[now, neuron, word] = _fire(potential, charge, due, parameters, count)
