"""Any neuron model by vectors of 16 lanes: the loop for processors with AVX2.

The same ticks as those of `scalar_loop`, which is its fallback and its test. What makes it fast: the
charge of a neuron stays in registers, for up to 160 lanes at once, while its synapses are gone
through; a spike's bits are the mask of an addition; a synapse whose lanes are all silent costs one
comparison; and a synapse's spikes lie at a fixed distance from the tick's row of the raster.

A neuron's tick has three steps: what the charge begins with, with what comes from outside; what its
synapses deliver, the only step whose code is written out for each number of blocks; and the model's
tick, one block after the other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types

from ..batch import INPUTS, NEURONS, NUMBERS, PARAMETERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import intrinsic, kernel
from ..neurons.neuron_model import Arriving, NeuronModel, Tick, bias
from .model_types import held_for_column, model_of, tick_of
from .vectors import (
    BLOCK_BITS,
    INDEX,
    WIDTH,
    Vector,
    any_bit,
    cgutils,
    load_bits,
    load_mask,
    pointer_to,
)

# Bytes of each lane of the blocks that one pass runs: 10 blocks of 32 bits, 5 of 64. Their charges
# fill 10 of the 32 registers of a processor with AVX-512.
_LARGEST = 40


class SharedWeights(NamedTuple):
    """Synapses whose weights are the same in all lanes.

    A kind of synapse of another type, such as one with weights of each lane's own, needs a class like
    this one, with its own `weights_of`.
    """

    numbers: Any  # `Batch.numbers`
    first: Any  # in `numbers`: the network's first weight
    distances: (
        Any  # (synapses,) of 64 bits, blocks of bits from the tick's row to a synapse's spikes
    )

    def weights_of(self, builder: Any, synapse: Any) -> Callable[[int], Vector]:
        """Write: get the weights of a synapse. Returns a function from a block to its weights."""
        weight = builder.gep(self.numbers, [builder.add(self.first, synapse)])
        shared = Vector.equal(builder, builder.load(weight))
        return lambda block: shared


class _Arrays(NamedTuple):
    """What a tick reads and writes; inside `_advance` the pointers to the first elements."""

    raster: Any  # as in `scalar_loop.loop_for`, but seen as blocks of bits
    held: Any  # (words,) uint64, the lanes in which the neuron is held, as blocks of bits
    due: Any  # (words,) uint64, the pass's lanes in which something arrives, as blocks of bits
    state: Any  # (states, neurons, whole blocks of lanes)
    numbers: Any  # `Batch.numbers`
    charges: Any  # what arrives in this tick in the pass's lanes, whole blocks
    external: Any  # external charge of the pass's lanes, whole blocks


class _Place(NamedTuple):
    """Where in the arrays a neuron and a tick are, all int64."""

    blocks: Any  # number of blocks of the pass
    row: Any  # in the raster: the tick's row, at the pass's first block
    own: Any  # in the raster: the bits to write
    held: Any  # in `held`
    state: Any  # in `state`: the potential
    variable: Any  # in `state`: from a state variable to the next one
    parameters: Any  # in `numbers`: the neuron's row
    synapse: Any  # the neuron's first synapse
    end: Any  # its last synapse + 1
    is_charged: Any  # 1 if there is external charge
    is_held: Any  # 1 if a lane is held
    is_first: Any  # 1 in the first tick of the window


class _Code(NamedTuple):
    """What the code of one tick is written from."""

    builder: Any
    model: NeuronModel
    tick: Tick
    number_bits: int
    to: _Arrays
    at: _Place
    neuron: Any  # the neuron's parameters, vectors of equal numbers


@intrinsic
def _advance(typing_context, kind, synapses, arrays, place):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in the blocks of a pass.

    The arguments are a stand-in for the model, synapses such as `SharedWeights`, `_Arrays`, `_Place`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = arrays.types[-1].dtype
        model, bits = model_of(kind), BLOCK_BITS
        to = _Arrays(*_fields(context, builder, arrays, arguments[2], (bits, bits, bits)))
        at = _Place(*cgutils.unpack_tuple(builder, arguments[3]))
        arriving = synapses.instance_class(*_fields(context, builder, synapses, arguments[1]))
        row = builder.gep(to.numbers, [at.parameters])
        columns = (
            Vector.equal(builder, builder.load(builder.gep(row, [INDEX(column)])))
            for column in range(len(model.parameters))
        )
        neuron = model.neuron(*columns)
        code = _Code(builder, model, tick_of(kind, number), number.bitwidth, to, at, neuron)
        _write_start(code)
        _write_begin(code)
        _write_gather(code, arriving)
        _write_once_or_held(code, _write_tick)
        return context.get_dummy_value()

    return types.void(kind, synapses, arrays, place), generate


def _fields(
    context: Any, builder: Any, kind: Any, value: Any, seen_as: tuple[Any, ...] = ()
) -> Iterator[Any]:
    """Take a named tuple apart: pointers for arrays, perhaps seen as another type, else values."""
    values = cgutils.unpack_tuple(builder, value)
    for field, each, seen in zip_longest(kind.types, values, seen_as):
        is_array = isinstance(field, types.Array)
        yield pointer_to(context, builder, field, each, seen) if is_array else each


@contextmanager
def _each_block(code: _Code) -> Iterator[tuple[Any, Any]]:
    """Write a loop over the blocks of a pass: the number of the block, its first lane."""
    with cgutils.for_range(code.builder, code.at.blocks, intp=INDEX) as loop:
        yield loop.index, code.builder.mul(loop.index, INDEX(WIDTH))


def _at(code: _Code, array: Any, *places: Any) -> Any:
    """A pointer into an array, at the sum of some places."""
    place = places[0]
    for further in places[1:]:
        place = code.builder.add(place, further)
    return code.builder.gep(array, [place])


def _load(code: _Code, array: Any, *places: Any) -> Vector:
    return Vector.load(code.builder, _at(code, array, *places))


def _state_places(code: _Code, lane: Any) -> list[Any]:
    """Pointers to the state variables from a lane of the pass on."""
    first, variable = code.builder.add(code.at.state, lane), code.at.variable
    return [
        _at(code, code.to.state, first, code.builder.mul(INDEX(number), variable))
        for number in range(code.model.states)
    ]


def _load_state(code: _Code, places: list[Any]) -> tuple[Vector, ...]:
    return tuple(Vector.load(code.builder, place) for place in places)


def _store_state(state: tuple[Vector, ...], places: list[Any]) -> None:
    for variable, place in zip(state, places, strict=True):
        variable.store(place)


def _write_start(code: _Code) -> None:
    """Write: what a model does when a window begins, if anything."""
    if code.model.start is None:
        return
    is_first = code.builder.icmp_signed("!=", code.at.is_first, INDEX(0))
    with code.builder.if_then(is_first), _each_block(code) as (_, lane):
        places = _state_places(code, lane)
        _store_state(code.model.start(code.neuron, _load_state(code, places)), places)


def _write_begin(code: _Code) -> None:
    """Write: what the charge begins with, and what comes from outside.

    A bias is the same in all lanes: it is written only where external charge is added to it.
    """
    builder, at = code.builder, code.at
    is_charged = builder.icmp_signed("!=", at.is_charged, INDEX(0))
    if code.model.first_charge is not bias:
        _write_once_or_held(code, _write_first_charge)
    with builder.if_then(is_charged):
        if code.model.first_charge is bias:
            _write_first_charge(code, is_held=False)
        _write_external(code)


def _write_once_or_held(code: _Code, write: Callable[[_Code, bool], None]) -> None:
    """Write code twice, for a tick in which a lane is held and for one in which none is."""
    if code.model.held_for is None:
        write(code, False)
        return
    is_held = code.builder.icmp_signed("!=", code.at.is_held, INDEX(0))
    with code.builder.if_else(is_held) as (held, free):
        with held:
            write(code, True)
        with free:
            write(code, False)


def _held(code: _Code, block: Any, is_held: bool) -> Vector:
    """The lanes of a block that are held."""
    if not is_held:
        return Vector.nowhere(code.builder)
    return load_mask(code.builder, _at(code, code.to.held, code.at.held, block), code.number_bits)


def _write_first_charge(code: _Code, is_held: bool) -> None:
    with _each_block(code) as (block, lane):
        state = _load_state(code, _state_places(code, lane))
        charge = code.model.first_charge(code.neuron, state, _held(code, block, is_held))
        charge.store(_at(code, code.to.charges, lane))
        if code.model.counts_events:
            nowhere = Vector.nowhere(code.builder)
            nowhere.store_bits(_at(code, code.to.due, block))


def _write_external(code: _Code) -> None:
    with _each_block(code) as (block, lane):
        given, place = _load(code, code.to.external, lane), _at(code, code.to.charges, lane)
        charge = Vector.load(code.builder, place)
        (charge + code.model.injected(given)).store(place)
        if code.model.counts_events:
            given.differs(0).store_bits(_at(code, code.to.due, block))


def _write_gather(code: _Code, synapses: Any) -> None:
    """Write: what synapses deliver, for each number of blocks."""
    builder = code.builder
    end = builder.append_basic_block("gathered")
    switch = builder.switch(code.at.blocks, end)
    for blocks in range(1, 8 * _LARGEST // code.number_bits + 1):
        case = builder.append_basic_block(f"blocks.{blocks}")
        switch.add_case(INDEX(blocks), case)
        with builder.goto_block(case):
            _write_gather_in(code, synapses, blocks)
            builder.branch(end)
    builder.position_at_end(end)


def _write_gather_in(code: _Code, synapses: Any, blocks: int) -> None:
    """Write: what synapses deliver in so many blocks, whose charges stay in registers."""
    builder, to, at = code.builder, code.to, code.at
    lanes = [INDEX(WIDTH * block) for block in range(blocks)]
    charges = _first_charges(code, lanes)
    due_row = builder.bitcast(to.due, ir.IntType(WIDTH * blocks).as_pointer())
    due = cgutils.alloca_once_value(builder, builder.load(due_row, align=1))
    loop = cgutils.for_range_slice(builder, at.synapse, at.end, INDEX(1), INDEX)
    with loop as (synapse, _):
        distance = builder.load(builder.gep(synapses.distances, [synapse]))
        spikes = _at(code, to.raster, at.row, distance)
        arriving, some = any_bit(builder, spikes, blocks)
        with builder.if_then(some):
            weights = synapses.weights_of(builder, synapse)
            for block, charge in enumerate(charges):
                bits = load_bits(builder, builder.gep(spikes, [INDEX(block)]))
                before = Vector(builder, builder.load(charge))
                builder.store((before + weights(block)).where(bits, before).value, charge)
            if code.model.counts_events:
                builder.store(builder.or_(builder.load(due), arriving), due)
    for lane, charge in zip(lanes, charges, strict=True):
        Vector(builder, builder.load(charge)).store(_at(code, to.charges, lane))
    if code.model.counts_events:
        builder.store(builder.load(due), due_row, align=1)


def _first_charges(code: _Code, lanes: list[Any]) -> list[Any]:
    """A variable for each block's charge, and in it what the charge begins with."""
    builder = code.builder
    if code.model.first_charge is not bias:
        return [
            cgutils.alloca_once_value(builder, _load(code, code.to.charges, lane).value)
            for lane in lanes
        ]
    charges = [cgutils.alloca_once_value(builder, code.neuron.bias.value) for _ in lanes]
    with builder.if_then(builder.icmp_signed("!=", code.at.is_charged, INDEX(0))):
        for lane, charge in zip(lanes, charges, strict=True):
            builder.store(_load(code, code.to.charges, lane).value, charge)
    return charges


def _write_tick(code: _Code, is_held: bool) -> None:
    """Write: the model's tick, block by block."""
    to, at = code.to, code.at
    with _each_block(code) as (block, lane):
        places = _state_places(code, lane)
        due = None
        if code.model.counts_events:
            due = load_mask(code.builder, _at(code, to.due, block), code.number_bits)
        arriving = Arriving(_load(code, to.charges, lane), _held(code, block, is_held), due)
        before = _load_state(code, places)
        after, spiked = code.tick(code.neuron, before, arriving)
        changed = [number for number, old in enumerate(before) if after[number] is not old]
        _store_state(tuple(after[n] for n in changed), [places[n] for n in changed])
        spiked.store_bits(_at(code, to.raster, at.own, block))


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
        most = _LARGEST // numbers.itemsize  # blocks of a pass
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
        arrays = _Arrays(raster, held, due, states, numbers, scratch, external)
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
                    place = _Place(
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
                    _advance(kind, shared, arrays, place)
            block += size
        if is_copied:
            for row in range(variables):
                if row % neurons >= sources:
                    _copy(states, row * padded, given, row * given_lanes, lanes)
        _clear_past(raster, ticks, lanes)

    return run
