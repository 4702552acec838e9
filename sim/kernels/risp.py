"""The RISP neuron as plain loops, for integer and float64 arithmetic."""

import numpy as np

from ..batch import NEURONS, SOURCES
from ..compile import kernel
from ..neurons.risp import EMPTY_EVENT, LATE_RESET, LEAK, MIN_POTENTIAL, PARAMETERS, THRESHOLD
from .window import Place, add_synapses, inputs_of_neurons, layout_of

_COLUMNS = len(PARAMETERS)


@kernel()
def _reset_late(potential, fired_before, count):  # type: ignore[no-untyped-def]
    """Reset the lanes, given as bits, that fired in the tick before."""
    for lane in range(count):
        if (fired_before >> np.uint64(lane)) & np.uint64(1):
            potential[lane] = 0


@kernel()
def _start(charge, potential, parameters, count):  # type: ignore[no-untyped-def]
    """Begin the sums with what an event finds: the potential, leaked and floored."""
    lowest = parameters[MIN_POTENTIAL]
    if parameters[LEAK] != 0:
        charge[:] = 0
    else:
        for lane in range(count):
            charge[lane] = max(potential[lane], lowest)


@kernel()
def _add_external(charge, charges, number, tick, place):  # type: ignore[no-untyped-def]
    """Add the external charge of an input, none for −1; the lanes that have an event, as bits."""
    due = np.uint64(0)
    if number >= 0:
        external = charges[tick, number, 64 * place.word :]
        for lane in range(place.lanes):
            charge[lane] += 0 if external[lane] == EMPTY_EVENT else external[lane]
            due |= np.uint64(external[lane] != 0) << np.uint64(lane)
    return due


@kernel()
def _arriving(structure, raster, layout, place):  # type: ignore[no-untyped-def]
    """The lanes, as bits, in which a spike arrives over any synapse."""
    due = np.uint64(0)
    synapses = layout.offsets + place.neuron
    for synapse in range(structure[synapses], structure[synapses + 1]):
        row = place.row - structure[layout.delays + synapse]
        due |= raster[row, structure[layout.sources + synapse], place.word]
    return due


@kernel()
def _fire(potential, charge, due, parameters, count):  # type: ignore[no-untyped-def]
    """Compare the lanes that have an event due; the spikes as bits."""
    threshold, is_late = parameters[THRESHOLD], parameters[LATE_RESET] != 0
    fired = np.uint64(0)
    for lane in range(count):
        is_due = (due >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        spike = is_due and charge[lane] >= threshold
        after = charge[lane] if is_due else potential[lane]
        potential[lane] = 0 if spike and not is_late else after
        fired |= np.uint64(spike) << np.uint64(lane)
    return fired


def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; the arguments are those of `lif_float32.run`.

    Not compiled here: `risp_integer` and `risp_float64` compile it for their numbers.
    """
    layout = layout_of(header)
    inputs = inputs_of_neurons(header, structure, charges)
    history = raster.shape[0] - ticks
    charge = np.zeros(64, numbers.dtype)
    for row in range(history, raster.shape[0]):
        for neuron in range(header[SOURCES], header[NEURONS]):
            parameters = numbers[layout.parameters + neuron * _COLUMNS :]
            for word in range(raster.shape[2]):
                place = Place(row, neuron, word, min(64, lanes - 64 * word))
                potential = state[0, neuron, 64 * word :]
                if parameters[LATE_RESET] != 0:
                    _reset_late(potential, raster[row - 1, neuron, word], place.lanes)
                _start(charge, potential, parameters, place.lanes)
                due = _add_external(charge, charges, inputs[neuron], row - history, place)
                add_synapses(charge, structure, numbers, raster, layout, place)
                due |= _arriving(structure, raster, layout, place)
                raster[row, neuron, word] = _fire(potential, charge, due, parameters, place.lanes)
