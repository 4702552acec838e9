"""Leaky integrate-and-fire by vectors of 16 lanes, for float32 and integer arithmetic.

The same ticks as the plain loops of `lif_float32` and `lif_integer`, which are its fallback and its
test. What makes it fast: the charge of a neuron stays in registers, for up to 160 lanes at once,
while its synapses are gone through; a spike's 16 bits are the mask of an addition; a synapse whose
lanes are all silent costs one comparison; and a synapse's spikes lie at a fixed distance from the
tick's row of the raster.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types

from ..batch import NEURONS, NUMBERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import intrinsic, kernel
from ..neurons.lif import (
    BIAS,
    FLUSH,
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
from .vectors import (
    BLOCK_BITS,
    INDEX,
    WIDTH,
    Vector,
    any_bit,
    cgutils,
    load_bits,
    pointer_to,
    store_bits,
)
from .window import inputs_of_neurons, spiked_since

_LARGEST = 10  # blocks of 16 lanes that one pass runs: their charges fill 10 of 32 registers
_COLUMNS = len(PARAMETERS)
_PER_WORD = 64 // WIDTH


class _Arrays(NamedTuple):
    """What a tick reads and writes; inside `_advance` the pointers to the first elements."""

    raster: Any  # as in `lif_float32.run`, but seen as blocks of 16 bits
    held: Any  # (words,) uint64, the lanes in which the neuron is refractory, as blocks of 16 bits
    potentials: Any  # float32 or int32, whole blocks of lanes for each neuron
    external: Any  # float32 or int32, external charge of this neuron's lanes, whole blocks
    numbers: Any  # `Batch.numbers`
    distances: Any  # (synapses,) int64, blocks of bits from the tick's row to a synapse's spikes


class _Place(NamedTuple):
    """Where in the arrays a neuron and a tick are, all int64."""

    row: Any  # in the raster: the tick's row, at the pass's first block
    own: Any  # in the raster: the bits to write
    held: Any  # in `held`
    potential: Any  # in `potentials`
    parameters: Any  # in `numbers`: the neuron's row
    weights: Any  # in `numbers`: the network's first weight
    synapse: Any  # the neuron's first synapse
    end: Any  # its last synapse + 1
    is_charged: Any  # 1 if there is external charge
    is_held: Any  # 1 if a lane is refractory


@intrinsic
def _advance(typing_context, blocks, arrays, place):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in 1 to `_LARGEST` blocks of lanes: `(int64, _Arrays, _Place)`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args[1].types
        as_bits = (BLOCK_BITS, BLOCK_BITS, None, None, None, None)
        values = cgutils.unpack_tuple(builder, arguments[1])
        to = _Arrays(
            *(
                pointer_to(context, builder, *array)
                for array in zip(kinds, values, as_bits, strict=True)
            )
        )
        at = _Place(*cgutils.unpack_tuple(builder, arguments[2]))
        end = builder.append_basic_block("advanced")
        switch = builder.switch(arguments[0], end)
        for size in range(1, _LARGEST + 1):
            case = builder.append_basic_block(f"blocks.{size}")
            switch.add_case(INDEX(size), case)
            with builder.goto_block(case):
                _write_advance(builder, size, to, at)
                builder.branch(end)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(blocks, arrays, place), generate


def _write_advance(builder: Any, blocks: int, to: _Arrays, at: _Place) -> None:
    """Write the code that advances one neuron by a tick, for one number of blocks."""
    row = builder.gep(to.numbers, [at.parameters])
    parameters = [
        Vector.equal(builder, builder.load(builder.gep(row, [INDEX(column)])))
        for column in range(_COLUMNS)
    ]
    charges = _write_collect(builder, blocks, to, at, parameters[BIAS])
    with builder.if_else(builder.icmp_signed("!=", at.is_held, INDEX(0))) as (held, free):
        with held:
            _write_fire(builder, charges, to, at, parameters, is_held=True)
        with free:
            _write_fire(builder, charges, to, at, parameters, is_held=False)


def _write_collect(builder: Any, blocks: int, to: _Arrays, at: _Place, bias: Vector) -> list[Any]:
    """Write: bias, external charge and what spikes deliver. Returns a variable for each block."""
    charges = [cgutils.alloca_once_value(builder, bias.value) for _ in range(blocks)]
    with builder.if_then(builder.icmp_signed("!=", at.is_charged, INDEX(0))):
        for block, charge in enumerate(charges):
            external = Vector.load(builder, builder.gep(to.external, [INDEX(WIDTH * block)]))
            builder.store((bias + external).value, charge)
    loop = cgutils.for_range_slice(builder, at.synapse, at.end, INDEX(1), INDEX)
    with loop as (synapse, _):
        distance = builder.load(builder.gep(to.distances, [synapse]))
        spikes = builder.gep(to.raster, [builder.add(at.row, distance)])
        with builder.if_then(any_bit(builder, spikes, blocks)):
            weight = builder.gep(to.numbers, [builder.add(at.weights, synapse)])
            added = Vector.equal(builder, builder.load(weight))
            for block, charge in enumerate(charges):
                bits = load_bits(builder, builder.gep(spikes, [INDEX(block)]))
                before = Vector(builder, builder.load(charge))
                builder.store((before + added).where(bits, before).value, charge)
    return charges


def _write_fire(
    builder: Any,
    charges: list[Any],
    to: _Arrays,
    at: _Place,
    parameters: list[Vector],
    is_held: bool,
) -> None:
    """Write: leak, sum, spike and reset."""
    threshold = parameters[THRESHOLD]
    is_soft = parameters[SOFT_RESET] > threshold.constant(0)
    for block, charge in enumerate(charges):
        place = builder.gep(to.potentials, [builder.add(at.potential, INDEX(WIDTH * block))])
        before = Vector.load(builder, place)
        after = advanced(before, parameters, Vector(builder, builder.load(charge)))
        spikes = after >= threshold
        reset = (after - threshold).where(is_soft, parameters[V_RESET])
        after = reset.where(spikes, after)
        if is_held:
            held = load_bits(builder, builder.gep(to.held, [builder.add(at.held, INDEX(block))]))
            after = before.where(held, after)
            spikes = builder.and_(spikes, builder.not_(held))
        after.store(place)
        store_bits(builder, spikes, builder.gep(to.raster, [builder.add(at.own, INDEX(block))]))


def advanced(before: Vector, parameters: list[Vector], charge: Vector) -> Vector:
    """Write: leak and sum; the potentials after which a neuron spikes or not."""
    decay = _decayed_float32 if before.is_float else _decayed_integer
    after = decay(before, parameters[LEAK]).larger(parameters[V_MIN]) + charge
    if before.is_float:
        return after
    return after.larger(after.constant(LOWEST)).smaller(after.constant(HIGHEST))


def _decayed_float32(v: Vector, leak: Vector) -> Vector:
    return (v * leak).flushed(FLUSH)


def _decayed_integer(v: Vector, leak: Vector) -> Vector:
    """As in `lif_integer`: v − trunc(v / 2ᵏ), where `rounding` makes the shift round towards zero."""
    rounding = (v.constant(1) << leak) - v.constant(1)
    return v - ((v + ((v >> v.constant(31)) & rounding)) >> leak)


@kernel()
def _distances(header, structure, per_neuron):  # type: ignore[no-untyped-def]
    """(synapses,) int64, see `_Arrays`; a neuron's row has `per_neuron` blocks of bits."""
    synapses = np.int64(header[SYNAPSES])
    start = np.int64(header[STRUCTURE]) + header[NEURONS] + 1
    distances = np.empty(synapses, np.int64)
    for synapse in range(synapses):
        source, delay = structure[start + synapse], structure[start + synapses + synapse]
        distances[synapse] = (source - np.int64(delay) * header[NEURONS]) * per_neuron
    return distances


@kernel()
def _copy(source, target, lanes):  # type: ignore[no-untyped-def]
    """Copy the first numbers of an array."""
    for lane in range(lanes):
        target[lane] = source[lane]


@kernel()
def _clear_past(raster, ticks, lanes):  # type: ignore[no-untyped-def]
    """Clear the bits past the lanes, which hold the spikes of lanes that do not exist."""
    if lanes % 64 != 0:
        valid = (np.uint64(1) << np.uint64(lanes % 64)) - np.uint64(1)
        for row in range(raster.shape[0] - ticks, raster.shape[0]):
            for neuron in range(raster.shape[1]):
                raster[row, neuron, raster.shape[2] - 1] &= valid


@kernel()
def _hold(held, raster, now, neuron, refractory):  # type: ignore[no-untyped-def]
    """Note the lanes in which a neuron spiked in the last `refractory` ticks; whether any did."""
    any_held = np.uint64(0)
    for word in range(raster.shape[2]):
        held[word] = spiked_since(raster, now - refractory, now, neuron, word)
        any_held |= held[word]
    return any_held != np.uint64(0)


def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
    """Run one network for a window of ticks; the arguments are those of `lif_float32.run`.

    Not compiled here: `lif_float32_vector` and `lif_integer_vector` compile it for their numbers.
    """
    neurons, weights = np.int64(header[NEURONS]), np.int64(header[NUMBERS])
    offsets = structure[header[STRUCTURE] :]
    words = raster.shape[2]
    per_neuron = words * _PER_WORD
    blocks = (lanes + WIDTH - 1) // WIDTH
    held = np.zeros(words, np.uint64)
    is_copied = state.shape[2] < blocks * WIDTH  # the last block has lanes that do not exist
    potentials = np.zeros((neurons, blocks * WIDTH), numbers.dtype) if is_copied else state[0]
    external = np.zeros(_LARGEST * WIDTH, numbers.dtype)
    distances = _distances(header, structure, per_neuron)
    arrays = _Arrays(raster, held, potentials, external, numbers, distances)
    inputs = inputs_of_neurons(header, structure, charges)
    if is_copied:
        for neuron in range(neurons):
            _copy(state[0, neuron], potentials[neuron], lanes)
    block = 0
    for passes in range((blocks + _LARGEST - 1) // _LARGEST, 0, -1):  # of almost equal size
        size = (blocks - block + passes - 1) // passes
        first = block * WIDTH
        for now in range(raster.shape[0] - ticks, raster.shape[0]):
            row = now * neurons * per_neuron + block
            for neuron in range(np.int64(header[SOURCES]), neurons):
                parameters = weights + header[SYNAPSES] + neuron * _COLUMNS
                refractory = np.int64(numbers[parameters + REFRACTORY])
                is_held = refractory > 0 and _hold(held, raster, now, neuron, refractory)
                is_charged = inputs[neuron] >= 0
                if is_charged:
                    charge = charges[now + ticks - raster.shape[0], inputs[neuron], first:]
                    _copy(charge, external, min(size * WIDTH, lanes - first))
                place = _Place(
                    row,
                    row + neuron * per_neuron,
                    block,
                    neuron * potentials.shape[1] + first,
                    parameters,
                    weights,
                    np.int64(offsets[neuron]),
                    np.int64(offsets[neuron + 1]),
                    np.int64(is_charged),
                    np.int64(is_held),
                )
                _advance(size, arrays, place)
        block += size
    if is_copied:
        for neuron in range(neurons):
            _copy(potentials[neuron], state[0, neuron], lanes)
    _clear_past(raster, ticks, lanes)
