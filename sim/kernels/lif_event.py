"""Leaky integrate-and-fire for one sample, event-driven, for float32 and integer arithmetic.

The same ticks as the kernels for many samples. What makes it fast: only the synapses of neurons
that spiked are visited; what they deliver lies in rows, one for each tick to come; and all neurons
make their tick 16 at a time, by vectors.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types

from ..compile import intrinsic, kernel
from ..count import lowest
from ..event_driven import (
    ARRIVING,
    BLOCK,
    CLOCK,
    DELAY,
    LAP,
    NEURONS,
    OUTPUTS,
    PADDED,
    POTENTIAL,
    REFRACTORY,
    SOURCES,
    SYNAPSES,
)
from ..neurons import lif
from .lif_vector import advanced
from .vectors import BLOCK_BITS, INDEX, Vector, cgutils, pointer_to, set_bits

_COLUMNS = len(lif.PARAMETERS)
_ONE = np.uint64(1)
_NONE = np.uint64(0)


class _Place(NamedTuple):
    """Where a block of neurons is, all int64."""

    potential: Any  # in the state
    refractory: Any  # in the state
    arriving: Any  # in the state: what arrives in this tick
    parameters: Any  # in the numbers: the first column's row
    row: Any  # numbers of a row


class _Spikes(NamedTuple):
    """Where spikes are noted."""

    fired: Any  # as in `step`
    counts: Any  # as in `step`


@intrinsic
def _fire(typing_context, state, numbers, place):  # type: ignore[no-untyped-def]
    """Advance a block of neurons by a tick: `(array, array, _Place)`; who spiked, as bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        states, parameters = (
            pointer_to(context, builder, *array)
            for array in zip(signature.args[:2], arguments[:2], strict=True)
        )
        at = _Place(*cgutils.unpack_tuple(builder, arguments[2]))
        columns = []
        for column in range(_COLUMNS):
            before = builder.mul(INDEX(column), at.row)
            pointer = builder.gep(parameters, [builder.add(at.parameters, before)])
            columns.append(Vector.load(builder, pointer))
        spikes = _write_fire(builder, states, columns, at)
        return builder.zext(builder.bitcast(spikes, BLOCK_BITS), INDEX)

    return types.uint64(state, numbers, place), generate


def _write_fire(builder: Any, states: Any, columns: list[Vector], at: _Place) -> Any:
    """Write the tick of a block; returns its spikes."""
    potential, refractory, arriving = (
        builder.gep(states, [place]) for place in (at.potential, at.refractory, at.arriving)
    )
    before, waits = Vector.load(builder, potential), Vector.load(builder, refractory)
    none, one = before.constant(0), before.constant(1)
    charge = columns[lif.BIAS] + Vector.load(builder, arriving)
    none.store(arriving)
    after = advanced(before, columns, charge)
    held = waits > none
    threshold = columns[lif.THRESHOLD]
    spikes = builder.and_(after >= threshold, builder.not_(held))
    soft = columns[lif.SOFT_RESET] > none
    reset = (after - threshold).where(soft, columns[lif.V_RESET])
    before.where(held, reset.where(spikes, after)).store(potential)
    columns[lif.REFRACTORY].where(spikes, (waits - one).larger(none)).store(refractory)
    return spikes


@intrinsic
def _input_bits(typing_context, inputs, first):  # type: ignore[no-untyped-def]
    """Which of 16 bool from a place on are true, as bits: `(array, int64)`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = pointer_to(context, builder, signature.args[0], arguments[0])
        bits = set_bits(builder, builder.gep(pointer, [arguments[1]]))
        return builder.zext(builder.bitcast(bits, BLOCK_BITS), INDEX)

    return types.uint64(inputs, first), generate


@kernel()
def _spiking(inputs, first, count):  # type: ignore[no-untyped-def]
    """Which of the `count` ≤ 16 inputs from a place on spike, as bits."""
    if first + BLOCK <= len(inputs):
        return _input_bits(inputs, first) & ((_ONE << np.uint64(count)) - _ONE)
    bits = _NONE
    for number in range(count):
        bits |= np.uint64(inputs[first + number]) << np.uint64(number)
    return bits


@kernel()
def _send(bits, first, tick, now, starts, ahead, charges, outputs, state, spikes):  # type: ignore[no-untyped-def]
    """Note the spikes of a block, and add what they will deliver.

    Places are unsigned: Numba would let negative ones count from the end, at a price.
    """
    while bits != _NONE:
        neuron = np.uint64(first + lowest(bits))
        bits &= bits - _ONE
        output = outputs[neuron]
        if output >= 0:
            spikes.fired[tick, output] = True
            spikes.counts[output] += 1
        for synapse in range(np.uint64(starts[neuron]), np.uint64(starts[neuron + _ONE])):
            state[np.uint64(now + ahead[synapse])] += charges[synapse]


@kernel()
def _rewind(state, arriving, lap, delay):  # type: ignore[no-untyped-def]
    """Begin a new lap: what is still to arrive moves to its first rows.

    Args:
        state: As in `EventDriven`.
        arriving: Where its rows of arriving charges begin.
        lap: Numbers in the rows of a lap.
        delay: Numbers in the rows of the longest delay.
    """
    for place in range(arriving, arriving + delay):
        state[place] = state[place + lap]
    for place in range(arriving + lap, arriving + lap + delay):
        state[place] = 0


def step(sizes, structure, numbers, state, inputs, fired, counts):  # type: ignore[no-untyped-def]
    """Go on for as many ticks as there are inputs; the first four arrays are an `EventDriven`'s.

    Not compiled here: `lif_float32_event` and `lif_integer_event` compile it for their numbers.

    Args:
        sizes: (SIZES,) int64.
        structure: int32.
        numbers: float32 or int32.
        state: float32 or int32, advanced.
        inputs: (ticks, inputs) bool, spikes of the sources.
        fired: (ticks, outputs) bool, written: spikes of the outputs.
        counts: (outputs,) int32, written: how many they are.

    Returns:
        Whether the shapes fit. If not, nothing has happened.
    """
    ticks, sources = inputs.shape
    neurons, synapses, padded = sizes[NEURONS], sizes[SYNAPSES], sizes[PADDED]
    shape = (ticks, sizes[OUTPUTS])
    if sources != sizes[SOURCES] or fired.shape != shape or len(counts) != sizes[OUTPUTS]:
        return False
    starts, ahead = structure[: neurons + 1], structure[neurons + 1 :]
    outputs = ahead[synapses:]
    given = inputs.reshape(inputs.size)
    spikes = _Spikes(fired, counts)
    fired[:] = False
    counts[:] = 0
    for tick in range(ticks):
        if sizes[CLOCK] == sizes[LAP]:
            _rewind(state, ARRIVING * padded, sizes[LAP] * padded, sizes[DELAY] * padded)
            sizes[CLOCK] = 0
        now = (ARRIVING + sizes[CLOCK]) * padded
        for first in range(0, sources, BLOCK):
            bits = _spiking(given, tick * sources + first, min(BLOCK, sources - first))
            _send(bits, first, tick, now, starts, ahead, numbers, outputs, state, spikes)
        for block in range(0, padded, BLOCK):
            place = _Place(
                POTENTIAL * padded + block,
                REFRACTORY * padded + block,
                now + block,
                synapses + block,
                padded,
            )
            bits = _fire(state, numbers, place)
            _send(bits, sources + block, tick, now, starts, ahead, numbers, outputs, state, spikes)
        sizes[CLOCK] += 1
    return True
