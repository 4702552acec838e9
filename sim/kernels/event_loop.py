"""Any neuron model for one sample, event-driven.

The same ticks as the loops for many samples. What makes it fast: only the synapses of neurons that
spiked are visited; what they deliver lies in rows, one for each tick to come; and all neurons make
their tick by vectors, a block of neurons at a time.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types

from ..compile import intrinsic, kernel
from ..count import lowest
from ..event_driven import BLOCK, CLOCK, DELAY, LAP, NEURONS, OUTPUTS, PADDED, SOURCES, SYNAPSES
from ..neurons.neuron_model import Arriving
from .model_types import model_of, states_of, tick_of
from .vectors import INDEX, Vector, cgutils, pointer_to, set_bits

_ONE = np.uint64(1)
_NONE = np.uint64(0)


class _Place(NamedTuple):
    """Where a block of neurons is, all int64."""

    state: Any  # in the state: the first state variable
    arriving: Any  # in the state: what arrives in this tick
    parameters: Any  # in the numbers: the first column's row
    row: Any  # numbers of a row
    is_first: Any  # 1 in the first tick of the window


class _Spikes(NamedTuple):
    """Where spikes are noted."""

    fired: Any  # as in `run`
    counts: Any  # as in `run`


@intrinsic
def _fire(typing_context, kind, state, numbers, place):  # type: ignore[no-untyped-def]
    """Advance a block of neurons by a tick; who spiked, as bits.

    The arguments are a stand-in for the model, two arrays, `_Place`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        model = model_of(kind)
        states, parameters = (
            pointer_to(context, builder, *array)
            for array in zip(signature.args[1:3], arguments[1:3], strict=True)
        )
        at = _Place(*cgutils.unpack_tuple(builder, arguments[3]))

        def row(pointer: Any, first: Any, number: int) -> Any:
            place = builder.add(first, builder.mul(INDEX(number), at.row))
            return builder.gep(pointer, [place])

        rows = [row(parameters, at.parameters, n) for n in range(len(model.parameters))]
        neuron = model.neuron(*(Vector.load(builder, pointer) for pointer in rows))
        variables = [row(states, at.state, n) for n in range(model.states)]
        held_for = row(states, at.state, model.states)
        if model.start is not None:
            with builder.if_then(builder.icmp_signed("!=", at.is_first, INDEX(0))):
                fresh = tuple(Vector.load(builder, pointer) for pointer in variables)
                for variable, pointer in zip(model.start(neuron, fresh), variables, strict=True):
                    variable.store(pointer)
        before = tuple(Vector.load(builder, pointer) for pointer in variables)
        waits = Vector.load(builder, held_for)
        arriving = builder.gep(states, [at.arriving])
        held = Vector.nowhere(builder) if model.held_for is None else waits > 0
        charge = model.first_charge(neuron, before, held) + Vector.load(builder, arriving)
        waits.constant(0).store(arriving)
        after, spiked = tick_of(kind, state.dtype)(neuron, before, Arriving(charge, held, None))
        for variable, pointer in zip(after, variables, strict=True):
            variable.store(pointer)
        if model.held_for is not None:
            ticks = getattr(neuron, model.held_for)
            ticks.where(spiked, (waits - 1).larger(waits.constant(0))).store(held_for)
        return builder.zext(spiked.as_integer(), INDEX)

    return types.uint64(kind, state, numbers, place), generate


@intrinsic
def _input_bits(typing_context, inputs, first):  # type: ignore[no-untyped-def]
    """Which of 16 bool from a place on are true, as bits: `(array, int64)`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = pointer_to(context, builder, signature.args[0], arguments[0])
        bits = set_bits(builder, builder.gep(pointer, [arguments[1]]))
        return builder.zext(bits.as_integer(), INDEX)

    return types.uint64(inputs, first), generate


@kernel(once=True)
def _first(count):  # type: ignore[no-untyped-def]
    """Return the first bits, so many of them."""
    return (_ONE << np.uint64(count)) - _ONE


@kernel(once=True)
def _spiking(inputs, tick, first, count):  # type: ignore[no-untyped-def]
    """Which of the `count` ≤ 16 inputs from one on spike in a tick, as bits."""
    place = tick * inputs.shape[1] + first
    if place + BLOCK <= inputs.size:
        return _input_bits(inputs, place) & _first(count)
    bits = _NONE
    for number in range(count):
        bits |= np.uint64(inputs[tick, first + number]) << np.uint64(number)
    return bits


@kernel(once=True)
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


@kernel(once=True)
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


@kernel(once=True)
def run(kind, sizes, structure, numbers, state, inputs, fired, counts):  # type: ignore[no-untyped-def]
    """Go on for as many ticks as there are inputs; the arrays up to the state are an `EventDriven`'s.

    Args:
        kind: Stands for the neuron model, see `model_types`.
        sizes: (SIZES,) int64.
        structure: int32.
        numbers: float32, float64 or int32.
        state: Of the type of the numbers, advanced.
        inputs: (ticks, inputs) bool, spikes of the sources.
        fired: (ticks, outputs) bool, written: spikes of the outputs.
        counts: (outputs,) int32, written: how many they are.

    Returns:
        Whether shapes and order in memory fit. If not, nothing has happened.
    """
    ticks, sources = inputs.shape
    neurons, synapses, padded = sizes[NEURONS], sizes[SYNAPSES], sizes[PADDED]
    shape = (ticks, sizes[OUTPUTS])
    if sources != sizes[SOURCES] or fired.shape != shape or len(counts) != sizes[OUTPUTS]:
        return False
    across, down = inputs.strides[1], inputs.strides[0]
    if ticks > 0 and ((sources > 1 and across != 1) or (ticks > 1 and down != sources)):
        return False
    starts, ahead = structure[: neurons + 1], structure[neurons + 1 :]
    outputs, own = ahead[synapses:], neurons - sources
    spikes = _Spikes(fired, counts)
    for output in range(len(counts)):  # loops: Numba takes long to compile assignments to slices
        counts[output] = 0
        for tick in range(ticks):
            fired[tick, output] = False
    arriving = (
        states_of(kind) + 1
    )  # the first of these rows, after those of the state and of `held`
    for tick in range(ticks):
        if sizes[CLOCK] == sizes[LAP]:
            _rewind(state, arriving * padded, sizes[LAP] * padded, sizes[DELAY] * padded)
            sizes[CLOCK] = 0
        now = (arriving + sizes[CLOCK]) * padded
        for first in range(0, sources, BLOCK):
            bits = _spiking(inputs, tick, first, min(BLOCK, sources - first))
            _send(bits, first, tick, now, starts, ahead, numbers, outputs, state, spikes)
        for block in range(0, padded, BLOCK):
            place = _Place(block, now + block, synapses + block, padded, np.int64(tick == 0))
            bits = _fire(kind, state, numbers, place) & _first(min(BLOCK, own - block))
            _send(bits, sources + block, tick, now, starts, ahead, numbers, outputs, state, spikes)
        sizes[CLOCK] += 1
    return True
