"""Leaky integrate-and-fire in integers, as plain loops: the kernel for any processor."""

import numpy as np

from ..batch import NEURONS, SOURCES
from ..compile import RUN, kernel
from ..neurons.lif import BIAS, LEAK, PARAMETERS, REFRACTORY, SOFT_RESET, THRESHOLD, V_MIN, V_RESET
from .fire import Neuron, fire_integer
from .window import Place, add_external, add_synapses, inputs_of_neurons, layout_of, spiked_since

_COLUMNS = len(PARAMETERS)


@kernel()
def _advance(state, place, charge, held, parameters):  # type: ignore[no-untyped-def]
    neuron = Neuron(
        parameters[THRESHOLD],
        parameters[LEAK],
        parameters[V_RESET],
        parameters[V_MIN],
        parameters[SOFT_RESET],
    )
    potential = state[0, place.neuron, 64 * place.word :]
    return fire_integer(potential, charge, held, neuron, place.lanes)


@kernel(RUN["integer"])
def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; as `lif_float32.run` with int32 for float32."""
    layout = layout_of(header)
    inputs = inputs_of_neurons(header, structure, charges)
    history = raster.shape[0] - ticks
    charge = np.zeros(64, numbers.dtype)
    for row in range(history, raster.shape[0]):
        for neuron in range(header[SOURCES], header[NEURONS]):
            parameters = numbers[layout.parameters + neuron * _COLUMNS :]
            for word in range(raster.shape[2]):
                place = Place(row, neuron, word, min(64, lanes - 64 * word))
                charge[:] = parameters[BIAS]
                add_external(charge, charges, inputs[neuron], row - history, place)
                add_synapses(charge, structure, numbers, raster, layout, place)
                held = spiked_since(
                    raster, row - np.int64(parameters[REFRACTORY]), row, neuron, word
                )
                raster[row, neuron, word] = _advance(state, place, charge, held, parameters)
