"""Leaky integrate-and-fire in integers, as plain loops: the kernel for any processor."""

import numpy as np

from ..batch import NEURONS, NUMBERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import RUN, kernel
from ..neurons.lif import (
    BIAS,
    HIGHEST,
    LEAK,
    LOWEST,
    PARAMETERS,
    REFRACTORY,
    SOFT_RESET,
    THRESHOLD,
    V_MIN,
    V_RESET,
)
from .window import add_charge, add_spikes, inputs_of_neurons, spiked_since

_LOWEST, _HIGHEST = np.int32(LOWEST), np.int32(HIGHEST)
_COLUMNS = len(PARAMETERS)


@kernel()
def _fire(potential, charge, held, parameters, count):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in the first `count` lanes of a word; its spikes as bits.

    `potential` and `charge` begin with the word's first lane, `held` are the refractory lanes as
    bits, `parameters` begins with the neuron's. v >> 31 is −1 for a negative v, so that `rounding`
    makes the shift round towards zero; a shift by 0 takes all of v, one by 31 nothing.
    """
    threshold, leak = parameters[THRESHOLD], parameters[LEAK]
    v_min, v_reset = parameters[V_MIN], parameters[V_RESET]
    rounding = np.int32((np.int64(1) << np.int64(leak)) - 1)
    soft = parameters[SOFT_RESET] != 0
    fired = np.uint64(0)
    for lane in range(count):
        before = potential[lane]
        lost = np.int32(before + ((before >> np.int32(31)) & rounding)) >> leak
        after = np.int32(max(np.int32(before - lost), v_min) + charge[lane])
        after = min(max(after, _LOWEST), _HIGHEST)
        spike = after >= threshold
        after = (np.int32(after - threshold) if soft else v_reset) if spike else after
        is_held = (held >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        potential[lane] = before if is_held else after
        fired |= np.uint64(spike and not is_held) << np.uint64(lane)
    return fired


@kernel(RUN["integer"])
def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; as `lif_float32.run` with int32 for float32."""
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    start, first = np.int64(header[STRUCTURE]), np.int64(header[NUMBERS])
    offsets, froms = structure[start:], structure[start + neurons + 1 :]
    delays, weights = froms[synapses:], numbers[first:]
    inputs = inputs_of_neurons(header, structure, charges)
    history = raster.shape[0] - ticks
    charge = np.zeros(64, np.int32)
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
