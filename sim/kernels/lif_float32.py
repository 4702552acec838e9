"""Leaky integrate-and-fire in float32, as plain loops: the kernel for any processor."""

import numpy as np

from ..batch import NEURONS, NUMBERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import RUN, kernel
from ..neurons.lif import (
    BIAS,
    FLUSH,
    LEAK,
    PARAMETERS,
    REFRACTORY,
    SOFT_RESET,
    THRESHOLD,
    V_MIN,
    V_RESET,
)
from .window import add_charge, add_spikes, inputs_of_neurons, spiked_since

_FLUSH = np.float32(FLUSH)
_ZERO = np.float32(0)
_COLUMNS = len(PARAMETERS)


@kernel()
def _fire(potential, charge, held, parameters, count):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in the first `count` lanes of a word; its spikes as bits.

    `potential` and `charge` begin with the word's first lane, `held` are the refractory lanes as
    bits, `parameters` begins with the neuron's.
    """
    threshold, leak = parameters[THRESHOLD], parameters[LEAK]
    v_min, v_reset = parameters[V_MIN], parameters[V_RESET]
    soft = parameters[SOFT_RESET] != _ZERO
    fired = np.uint64(0)
    for lane in range(count):
        decayed = leak * potential[lane]
        decayed = _ZERO if abs(decayed) < _FLUSH else decayed
        after = max(decayed, v_min) + charge[lane]
        spike = after >= threshold
        after = (after - threshold if soft else v_reset) if spike else after
        is_held = (held >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        potential[lane] = potential[lane] if is_held else after
        fired |= np.uint64(spike and not is_held) << np.uint64(lane)
    return fired


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
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    start, first = np.int64(header[STRUCTURE]), np.int64(header[NUMBERS])
    offsets, froms = structure[start:], structure[start + neurons + 1 :]
    delays, weights = froms[synapses:], numbers[first:]
    inputs = inputs_of_neurons(header, structure, charges)
    history = raster.shape[0] - ticks
    charge = np.zeros(64, np.float32)
    for now in range(history, history + ticks):
        for neuron in range(header[SOURCES], neurons):
            parameters = weights[synapses + neuron * _COLUMNS :]
            for word in range(raster.shape[2]):
                lane = 64 * word
                count = min(64, lanes - lane)
                padded = (count + 15) // 16 * 16
                charge[:padded] = parameters[BIAS]
                if inputs[neuron] >= 0:
                    external = charges[now - history, inputs[neuron], lane:]
                    add_charge(charge, external, count)
                for synapse in range(offsets[neuron], offsets[neuron + 1]):
                    arriving = raster[now - delays[synapse], froms[synapse], word]
                    if arriving != np.uint64(0):
                        add_spikes(charge, arriving, weights[synapse], padded)
                held_from = now - np.int64(parameters[REFRACTORY])
                held = spiked_since(raster, held_from, now, neuron, word)
                potential = state[0, neuron, lane:]
                raster[now, neuron, word] = _fire(potential, charge, held, parameters, count)
