"""Leaky integrate-and-fire with adaptive threshold in float32, as plain loops.

The loop is that of `lif_float32.run`.
"""

import numpy as np

from ..batch import NEURONS, SOURCES
from ..compile import RUN, kernel
from ..neurons.alif import (
    ADAPTATION,
    ADAPTATION_LEAK,
    BIAS,
    LEAK,
    PARAMETERS,
    REFRACTORY,
    SOFT_RESET,
    THRESHOLD,
    V_MIN,
    V_RESET,
)
from .fire import flushed
from .window import Place, add_external, add_synapses, inputs_of_neurons, layout_of, spiked_since

_COLUMNS = len(PARAMETERS)
_ZERO, _ONE = np.float32(0), np.float32(1)


@kernel()
def _advance(state, place, charge, held, parameters):  # type: ignore[no-untyped-def]
    threshold, leak = parameters[THRESHOLD], parameters[LEAK]
    adaptation, adaptation_leak = parameters[ADAPTATION], parameters[ADAPTATION_LEAK]
    v_min, v_reset = parameters[V_MIN], parameters[V_RESET]
    soft = parameters[SOFT_RESET] != _ZERO
    potential = state[0, place.neuron, 64 * place.word :]
    adapted = state[1, place.neuron, 64 * place.word :]
    fired = np.uint64(0)
    for lane in range(place.lanes):
        theta = threshold + adaptation * adapted[lane]
        after = max(flushed(leak * potential[lane]), v_min) + charge[lane]
        is_held = (held >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        spike = after >= theta and not is_held
        after = (after - theta if soft else v_reset) if spike else after
        potential[lane] = potential[lane] if is_held else after
        adapted[lane] = flushed(adaptation_leak * adapted[lane]) + (_ONE if spike else _ZERO)
        fired |= np.uint64(spike) << np.uint64(lane)
    return fired


@kernel(RUN["float32"])
def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; as `lif_float32.run`, with a state of (v, a)."""
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
