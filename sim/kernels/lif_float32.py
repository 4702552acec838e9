"""Leaky integrate-and-fire in float32, as plain loops: the kernel for any processor."""

import numpy as np

from ..batch import NEURONS, SOURCES
from ..compile import RUN, kernel
from ..neurons.lif import BIAS, LEAK, PARAMETERS, REFRACTORY, SOFT_RESET, THRESHOLD, V_MIN, V_RESET
from .fire import Neuron, fire_float32
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
    return fire_float32(potential, charge, held, neuron, place.lanes)


@kernel(RUN["float32"])
def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network of a batch for a window of ticks, many samples (lanes) at once.

    Let `history = len(raster) − ticks`, at least the header's MAX_DELAY; row `history + t` of the
    raster is tick t. The rows before it are the spikes of the previous window that still travel
    (zeros for a fresh sample), and the caller has written the spikes of sources into the others.

    Args:
        header: (HEADER,) int32, the network's row of `Batch.headers`.
        structure: int32, `Batch.structure`.
        numbers: float32, `Batch.numbers`.
        charges: (ticks, inputs, lanes) float32, external charge; (0, 0, 0) where inputs are spikes.
        raster: (history + ticks, neurons, words) uint64, lane l is bit l % 64 of word l // 64, bits
            past the lanes are 0; the rows of this window are filled for all neurons but sources.
        state: (1, neurons, lanes) float32, the potentials, which are advanced.
        ticks: Length of the window.
        lanes: Number of samples.
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
                charge[:] = parameters[BIAS]
                add_external(charge, charges, inputs[neuron], row - history, place)
                add_synapses(charge, structure, numbers, raster, layout, place)
                held = spiked_since(
                    raster, row - np.int64(parameters[REFRACTORY]), row, neuron, word
                )
                raster[row, neuron, word] = _advance(state, place, charge, held, parameters)
