"""The neuron of Izhikevich in float64, as plain loops.

The loop is that of `lif_float32.run`.
"""

import numpy as np

from ..batch import NEURONS, SOURCES
from ..compile import RUN, kernel
from ..neurons.izhikevich import BIAS, PARAMETERS, V_PEAK, V_START, A, B, C, D
from .window import Place, add_external, add_synapses, inputs_of_neurons, layout_of

_COLUMNS = len(PARAMETERS)


@kernel()
def _advance(state, place, charge, parameters):  # type: ignore[no-untyped-def]
    a, b, c, d = parameters[A], parameters[B], parameters[C], parameters[D]
    first = 64 * place.word
    potential, recovery = state[0, place.neuron, first:], state[1, place.neuron, first:]
    started = state[2, place.neuron, first:]
    fired = np.uint64(0)
    for lane in range(place.lanes):
        v, u = potential[lane], recovery[lane]
        if started[lane] == 0.0:
            v, u, started[lane] = V_START, b * V_START, 1.0
        for _ in range(2):
            v = v + 0.5 * (0.04 * (v * v) + 5.0 * v + 140.0 - u + charge[lane])
        u = u + a * (b * v - u)
        spike = v >= V_PEAK
        potential[lane] = c if spike else v
        recovery[lane] = u + d if spike else u
        fired |= np.uint64(spike) << np.uint64(lane)
    return fired


@kernel(RUN["float64"])
def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; as `lif_float32.run` with float64 for float32."""
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
                raster[row, neuron, word] = _advance(state, place, charge, parameters)
