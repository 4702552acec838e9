"""The tick of one neuron by vectors, in all lanes of a pass: code that is written as LLVM instructions.

It has three steps: what the charge begins with, with what comes from outside; what synapses deliver,
the only step whose code is written out for each number of blocks, so that charges stay in registers; and
the model's tick, one block after the other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types

from ..compile import intrinsic
from ..neurons.neuron_model import Arriving, NeuronModel, Tick, bias
from .model_types import model_of, tick_of
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
LARGEST = 40


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


class Arrays(NamedTuple):
    """What a tick reads and writes; inside `advance` the pointers to the first elements."""

    raster: Any  # as in `scalar_loop.loop_for`, but seen as blocks of bits
    held: Any  # (words,) uint64, the lanes in which the neuron is held, as blocks of bits
    due: Any  # (words,) uint64, the pass's lanes in which something arrives, as blocks of bits
    state: Any  # (states, neurons, whole blocks of lanes)
    numbers: Any  # `Batch.numbers`
    charges: Any  # what arrives in this tick in the pass's lanes, whole blocks
    external: Any  # external charge of the pass's lanes, whole blocks


class Place(NamedTuple):
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
    to: Arrays
    at: Place
    neuron: Any  # the neuron's parameters, vectors of equal numbers


@intrinsic
def advance(typing_context, kind, synapses, arrays, place):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in the blocks of a pass.

    The arguments are a stand-in for the model, synapses such as `SharedWeights`, `Arrays`, `Place`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = arrays.types[-1].dtype
        model, bits = model_of(kind), BLOCK_BITS
        to = Arrays(*_fields(context, builder, arrays, arguments[2], (bits, bits, bits)))
        at = Place(*cgutils.unpack_tuple(builder, arguments[3]))
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
    """Return a pointer into an array, at the sum of some places."""
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
    """Return the lanes of a block that are held."""
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
    for blocks in range(1, 8 * LARGEST // code.number_bits + 1):
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
    """Return a variable for each block's charge, and in it what the charge begins with."""
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
