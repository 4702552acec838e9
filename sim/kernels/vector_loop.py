"""Any neuron model by vectors of 16 lanes: the loop for processors with AVX2.

The same ticks as those of `scalar_loop`, which is its fallback and its test. What makes it fast: the
charge of a neuron stays in registers, for up to 160 lanes at once, while its synapses are gone
through; a spike's bits are the mask of an addition; a synapse whose lanes are all silent costs one
comparison; and a synapse's spikes lie at a fixed distance from the tick's row of the raster.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from ..batch import INPUTS, NEURONS, NUMBERS, PARAMETERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import intrinsic, kernel
from .model_types import held_for_column
from .vector_tick import LARGEST, Arrays, Place, SharedWeights, advance
from .vectors import WIDTH, cgutils, pointer_to


@kernel(once=True)
def _lay_out(header, structure, charges, per_neuron, distances, inputs):  # type: ignore[no-untyped-def]
    """Prepare for a network: where spikes come from, and which neurons are inputs.

    Args:
        header: As in `run`.
        structure: As in `run`.
        charges: As in `run`.
        per_neuron: Blocks of bits of a neuron in a row of the raster.
        distances: (synapses,) written: see `SharedWeights`.
        inputs: (neurons,) written: 1 + the input whose charge a neuron receives, 0 for none.
    """
    synapses, neurons = np.int64(header[SYNAPSES]), np.int64(header[NEURONS])
    start = np.int64(header[STRUCTURE]) + neurons + 1
    for synapse in range(synapses):
        source, delay = structure[start + synapse], structure[start + synapses + synapse]
        distances[synapse] = np.uint64((source - np.int64(delay) * neurons) * per_neuron)
    for neuron in range(neurons):
        inputs[neuron] = 0
    if charges.shape[1] > 0:
        for number in range(np.int64(header[INPUTS])):
            inputs[structure[start + 2 * synapses + number]] = number + 1


@intrinsic
def _copy(typing_context, source, start, target, place, count):  # type: ignore[no-untyped-def]
    """Copy so many numbers of an array, from one on, to a place in another."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers, start, others, place, count = arguments
        first = builder.gep(pointer_to(context, builder, source, numbers), [start])
        to = builder.gep(pointer_to(context, builder, target, others), [place])
        cgutils.raw_memcpy(builder, to, first, count, source.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(source, start, target, place, count), generate


@kernel(once=True)
def _hold(held, raster, now, neuron, ticks):  # type: ignore[no-untyped-def]
    """Note the lanes in which a neuron spiked in the last `ticks` ticks; whether any did."""
    any_held = np.uint64(0)
    for word in range(raster.shape[2]):
        spiked = np.uint64(0)
        for row in range(now - ticks, now):
            spiked |= raster[row, neuron, word]
        held[word] = spiked
        any_held |= spiked
    return any_held != np.uint64(0)


@kernel(once=True)
def _clear_past(raster, ticks, lanes):  # type: ignore[no-untyped-def]
    """Clear the bits past the lanes: spikes of lanes that do not exist, or did in an earlier window."""
    last, used = lanes // 64, lanes % 64
    valid = (np.uint64(1) << np.uint64(used)) - np.uint64(1)
    for row in range(raster.shape[0] - ticks, raster.shape[0]):
        for neuron in range(raster.shape[1]):
            for word in range(last, raster.shape[2]):
                raster[row, neuron, word] &= valid if word == last else np.uint64(0)


def loop_for(kind: Any) -> Callable[..., None]:
    """Return the loop for a model, to be compiled; `kind` stands for the model, see `model_types`."""

    def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
        """Run one network for a window of ticks; the arguments are those of `scalar_loop.loop_for`.

        What it needs for itself are two arrays, since Numba takes long to compile the making of each.
        """
        neurons, weights = np.int64(header[NEURONS]), np.int64(header[NUMBERS])
        sources, synapses = np.int64(header[SOURCES]), np.int64(header[SYNAPSES])
        columns = np.int64(header[PARAMETERS])
        offsets = structure[header[STRUCTURE] :]
        words = raster.shape[2]
        per_neuron = words * (64 // WIDTH)
        blocks = (lanes + WIDTH - 1) // WIDTH
        padded = blocks * WIDTH
        most = LARGEST // numbers.itemsize  # blocks of a pass
        given_lanes = np.int64(state.shape[2])
        is_copied = padded != lanes  # the last block has lanes that do not exist
        stride = padded if is_copied else given_lanes
        whole = np.empty(2 * words + most + synapses + neurons, np.uint64)
        held, due = whole[:words], whole[words:]
        distances = whole[2 * words + most :]
        inputs = distances[synapses:]
        _lay_out(header, structure, charges, per_neuron, distances, inputs)
        variables = state.shape[0] * neurons
        scratch = np.empty(
            2 * WIDTH * most + (variables * padded if is_copied else 0), numbers.dtype
        )
        external = scratch[WIDTH * most :]
        given = state.reshape(state.size)
        states = scratch[2 * WIDTH * most :] if is_copied else given
        if is_copied:
            for row in range(variables):
                if row % neurons >= sources:
                    _copy(given, row * given_lanes, states, row * padded, lanes)
                    for lane in range(row * padded + lanes, (row + 1) * padded):
                        states[lane] = 0
        arrays = Arrays(raster, held, due, states, numbers, scratch, external)
        shared = SharedWeights(numbers, weights, distances)
        block = 0
        for passes in range((blocks + most - 1) // most, 0, -1):  # of almost equal size
            size = (blocks - block + passes - 1) // passes
            first = block * WIDTH
            for now in range(raster.shape[0] - ticks, raster.shape[0]):
                row = now * neurons * per_neuron + block
                for neuron in range(sources, neurons):
                    parameters = weights + synapses + neuron * columns
                    is_held = False
                    if held_for_column(kind) >= 0:
                        held_for = np.int64(numbers[parameters + held_for_column(kind)])
                        is_held = bool(held_for > 0) and _hold(held, raster, now, neuron, held_for)
                    is_charged = inputs[neuron] > 0
                    if is_charged:
                        number = np.int64(inputs[neuron]) - 1
                        for lane in range(min(size * WIDTH, lanes - first)):
                            tick = now + ticks - raster.shape[0]
                            external[lane] = charges[tick, number, first + lane]
                    place = Place(
                        size,
                        row,
                        row + neuron * per_neuron,
                        block,
                        neuron * stride + first,
                        neurons * stride,
                        parameters,
                        np.int64(offsets[neuron]),
                        np.int64(offsets[neuron + 1]),
                        np.int64(is_charged),
                        np.int64(is_held),
                        np.int64(now == raster.shape[0] - ticks),
                    )
                    advance(kind, shared, arrays, place)
            block += size
        if is_copied:
            for row in range(variables):
                if row % neurons >= sources:
                    _copy(states, row * padded, given, row * given_lanes, lanes)
        _clear_past(raster, ticks, lanes)

    return run
