"""Rows of lanes, a sample of a batch each, as vector code: the innermost loops of learning.

Numba would compile them to vector code only behind checks that no array overlaps another, which cost more
than they save in 32 lanes. So each is written twice: as a plain function, which runs where there is no
compiler, and as the vector code that kernels call in its place. Every operation is rounded by itself.

Arrays are C-contiguous float32; `at` counts numbers from the beginning of an array to that of a row.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from ....sim.compile import by_type, intrinsic
from ....sim.kernels.vectors import BLOCK_BITS, INDEX, WIDTH, Vector, cgutils, pointer_to
from ....sim.neurons.neuron_model import FLUSH

#: Samples of a batch.
LANES = 2 * WIDTH

_WHERE, _REAL = types.int64, types.float32


def spread(mask: Any, rows: Any, at: Any) -> None:
    """Write 1 into the lanes whose bits in a uint32 are set, 0 into the others."""
    rows = rows.reshape(-1)
    for lane in range(LANES):
        rows[at + lane] = (int(mask) >> lane) & 1


def fill(rows: Any, at: Any, number: Any) -> None:
    """Write a float32 into all lanes of a row."""
    rows.reshape(-1)[at : at + LANES] = number


def add_scaled(rows: Any, at: Any, weight: Any, source: Any, source_at: Any) -> None:
    """Add a float32 multiple of a row of lanes to another one."""
    rows, source = rows.reshape(-1), source.reshape(-1)
    for lane in range(LANES):
        rows[at + lane] += weight * source[source_at + lane]


def add_products(
    rows: Any, at: Any, first: Any, first_at: Any, second: Any, second_at: Any
) -> None:
    """Add the products of two rows of lanes to a third."""
    rows, first, second = rows.reshape(-1), first.reshape(-1), second.reshape(-1)
    for lane in range(LANES):
        rows[at + lane] += first[first_at + lane] * second[second_at + lane]


def total(rows: Any, at: Any) -> Any:
    """Return the sum of a row: the second half is added to the first until one number is left."""
    row = rows.reshape(-1)[at : at + LANES].copy()
    while len(row) > 1:
        row = row[: len(row) // 2] + row[len(row) // 2 :]
    return row[0]


def fire(charge: Any, v: Any, places: Any, neuron: Any) -> Any:
    """Run a tick of a leaky integrate-and-fire neuron that is never refractory; see `sim.neurons.lif`.

    Args:
        charge: The row of what arrives, and where it begins.
        v: Potentials before the reset and after it, and spikes: three arrays.
        places: Where the rows begin: charge, potential after the last tick, potential before the
            reset, potential after it, spikes.
        neuron: Threshold, leak, lowest potential, potential after a hard reset, 1 for a soft one.

    Returns:
        Bits of the lanes in which it spiked, uint32.
    """
    before, after, spikes = (rows.reshape(-1) for rows in v)
    threshold, leak, v_min, v_reset, soft = neuron
    mask = 0
    for lane in range(LANES):
        left = leak * after[places[1] + lane]
        left = left if abs(left) >= FLUSH else np.float32(0)
        u = (left if left > v_min else v_min) + charge.reshape(-1)[places[0] + lane]
        fired = u >= threshold
        before[places[2] + lane] = u
        after[places[3] + lane] = (u - threshold if soft > 0 else v_reset) if fired else u
        spikes[places[4] + lane] = np.float32(fired)
        mask |= int(fired) << lane
    return mask


def flow_back(rows: Any, v: Any, charge: Any, places: Any, neuron: Any) -> None:
    """Lead the loss back through a tick of the neuron of `fire`.

    Args:
        rows: The scratch of `trace.Trace`, of whose rows 0, 1, 4, 5 and 6 of the neuron are used.
        v: As of `fire`.
        charge: Becomes what flows back into the charge.
        places: Where the rows begin: the five of the scratch, potential after the last tick, potential
            before the reset, spikes, charge.
        neuron: As of `fire`, its inverse threshold in place of the potential after a hard reset.
    """
    before, after, spikes = (array.reshape(-1) for array in v)
    rows, charge = rows.reshape(-1), charge.reshape(-1)
    threshold, leak, v_min, inverse, soft = neuron
    for lane in range(LANES):
        distance = abs(before[places[6] + lane] - threshold)
        wide = np.float32(1) + distance * (inverse + inverse)
        sloped = rows[places[0] + lane] * (inverse / (wide * wide))
        spike, into_v = spikes[places[7] + lane], rows[places[1] + lane]
        passed = into_v if soft > 0 else into_v - into_v * spike
        flowing = (passed + sloped) + rows[places[2] + lane]
        charge[places[8] + lane] = flowing
        kept = leak * after[places[5] + lane] > v_min
        rows[places[1] + lane] = flowing * leak if kept else np.float32(0)
        lost = into_v * spike if soft > 0 else np.float32(0)
        rows[places[3] + lane] -= sloped + lost
        rows[places[4] + lane] += flowing


def _blocks(builder: Any, *rows: Any) -> list[list[Any]]:
    """Return pointers to the blocks of several rows, given as pointer and place by turns."""
    starts = [builder.gep(rows[n], [rows[n + 1]]) for n in range(0, len(rows), 2)]
    return [
        [builder.gep(start, [INDEX(block * WIDTH)]) for start in starts]
        for block in range(LANES // WIDTH)
    ]


def _absolute(vector: Vector) -> Vector:
    negative = vector.constant(0) > vector
    return Vector(
        vector.builder, vector.builder.fsub(vector.constant(0).value, vector.value)
    ).where(negative, vector)


def _quotient(a: Vector, b: Vector) -> Vector:
    return Vector(a.builder, a.builder.fdiv(a.value, b.value))


@intrinsic
def _spread(typing_context, mask, rows, at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, _, at = arguments
        for [block] in _blocks(builder, pointer_to(context, builder, rows, arguments[1]), at):
            lanes = Vector(
                builder,
                builder.bitcast(
                    builder.trunc(bits, BLOCK_BITS), ir.VectorType(ir.IntType(1), WIDTH)
                ),
            )
            one = Vector(builder, ir.Constant(ir.VectorType(ir.FloatType(), WIDTH), [1.0] * WIDTH))
            one.where(lanes, 0).store(block)
            bits = builder.lshr(bits, bits.type(WIDTH))
        return context.get_dummy_value()

    return types.void(types.uint32, rows, _WHERE), generate


@intrinsic
def _fill(typing_context, rows, at, number):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = pointer_to(context, builder, rows, arguments[0])
        same = Vector.equal(builder, arguments[2])
        for [block] in _blocks(builder, pointer, arguments[1]):
            same.store(block)
        return context.get_dummy_value()

    return types.void(rows, _WHERE, _REAL), generate


@intrinsic
def _add_scaled(typing_context, rows, at, weight, source, source_at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, at, weight, _, source_at = arguments
        to = pointer_to(context, builder, rows, arguments[0])
        sources = pointer_to(context, builder, source, arguments[3])
        factor = Vector.equal(builder, weight)
        for block in _blocks(builder, to, at, sources, source_at):
            added = factor * Vector.load(builder, block[1])
            (Vector.load(builder, block[0]) + added).store(block[0])
        return context.get_dummy_value()

    return types.void(rows, _WHERE, _REAL, source, _WHERE), generate


@intrinsic
def _add_products(typing_context, rows, at, first, first_at, second, second_at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, at, _, first_at, _, second_at = arguments
        to, firsts, seconds = (
            pointer_to(context, builder, kind, arguments[place])
            for kind, place in ((rows, 0), (first, 2), (second, 4))
        )
        for block in _blocks(builder, to, at, firsts, first_at, seconds, second_at):
            product = Vector.load(builder, block[1]) * Vector.load(builder, block[2])
            (Vector.load(builder, block[0]) + product).store(block[0])
        return context.get_dummy_value()

    return types.void(rows, _WHERE, first, _WHERE, second, _WHERE), generate


@intrinsic
def _total(typing_context, rows, at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = pointer_to(context, builder, rows, arguments[0])
        [first], [second] = _blocks(builder, pointer, arguments[1])
        value, width = (Vector.load(builder, first) + Vector.load(builder, second)).value, WIDTH
        while width > 1:
            width //= 2
            halves = (
                ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(start, start + width)))
                for start in (0, width)
            )
            low, high = (builder.shuffle_vector(value, value, half) for half in halves)
            value = builder.fadd(low, high)
        return builder.extract_element(value, ir.IntType(32)(0))

    return _REAL(rows, _WHERE), generate


@intrinsic
def _fire(typing_context, charge, v, places, neuron):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        charges = pointer_to(context, builder, charge, arguments[0])
        before, after, spikes = _pointers(context, builder, v, arguments[1])
        at = cgutils.unpack_tuple(builder, arguments[2])
        threshold, leak, v_min, v_reset, soft = _numbers(builder, arguments[3])
        rows = (charges, at[0], after, at[1], before, at[2], after, at[3], spikes, at[4])
        mask = ir.IntType(32)(0)
        for number, block in enumerate(_blocks(builder, *rows)):
            left = (leak * Vector.load(builder, block[1])).flushed().larger(v_min)
            u = left + Vector.load(builder, block[0])
            fired = u >= threshold
            reset = (u - threshold).where(soft > 0, v_reset)
            u.store(block[2])
            reset.where(fired, u).store(block[3])
            u.constant(1).where(fired, 0).store(block[4])
            bits = builder.zext(fired.as_integer(), mask.type)
            mask = builder.or_(mask, builder.shl(bits, mask.type(number * WIDTH)))
        return mask

    return types.uint32(charge, v, places, neuron), generate


@intrinsic
def _flow_back(typing_context, rows, v, charge, places, neuron):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        scratch = pointer_to(context, builder, rows, arguments[0])
        before, after, spikes = _pointers(context, builder, v, arguments[1])
        charges = pointer_to(context, builder, charge, arguments[2])
        at = cgutils.unpack_tuple(builder, arguments[3])
        threshold, leak, v_min, inverse, soft = _numbers(builder, arguments[4])
        own = [part for place in at[:5] for part in (scratch, place)]
        for block in _blocks(
            builder, *own, after, at[5], before, at[6], spikes, at[7], charges, at[8]
        ):
            load = [Vector.load(builder, pointer) for pointer in block]
            into_spike, into_v, into_u, into_threshold, into_bias, last, u, spike, _ = load
            wide = u.constant(1) + _absolute(u - threshold) * (inverse + inverse)
            sloped = into_spike * _quotient(inverse, wide * wide)
            stopped = into_v * spike
            passed = into_v.where(soft > 0, into_v - stopped)
            flowing = (passed + sloped) + into_u
            flowing.store(block[8])
            (flowing * leak).where(leak * last > v_min, 0).store(block[1])
            lost = stopped.where(soft > 0, 0)
            (into_threshold - (sloped + lost)).store(block[3])
            (into_bias + flowing).store(block[4])
        return context.get_dummy_value()

    return types.void(rows, v, charge, places, neuron), generate


def _pointers(context: Any, builder: Any, kinds: Any, value: Any) -> list[Any]:
    """Return pointers to the arrays of a tuple."""
    values = cgutils.unpack_tuple(builder, value)
    return [pointer_to(context, builder, k, v) for k, v in zip(kinds.types, values, strict=True)]


def _numbers(builder: Any, value: Any) -> list[Vector]:
    """Return the numbers of a tuple, each in all lanes."""
    return [Vector.equal(builder, number) for number in cgutils.unpack_tuple(builder, value)]


@by_type(spread, inline=True)
def _spread_of(mask, rows, at):  # type: ignore[no-untyped-def]
    return lambda mask, rows, at: _spread(np.uint32(mask), rows, np.int64(at))


@by_type(fill, inline=True)
def _fill_of(rows, at, number):  # type: ignore[no-untyped-def]
    return lambda rows, at, number: _fill(rows, np.int64(at), np.float32(number))


@by_type(add_scaled, inline=True)
def _add_scaled_of(rows, at, weight, source, source_at):  # type: ignore[no-untyped-def]
    return lambda rows, at, weight, source, source_at: _add_scaled(
        rows, np.int64(at), weight, source, np.int64(source_at)
    )


@by_type(add_products, inline=True)
def _add_products_of(rows, at, first, first_at, second, second_at):  # type: ignore[no-untyped-def]
    return lambda rows, at, first, first_at, second, second_at: _add_products(
        rows, np.int64(at), first, np.int64(first_at), second, np.int64(second_at)
    )


@by_type(total, inline=True)
def _total_of(rows, at):  # type: ignore[no-untyped-def]
    return lambda rows, at: _total(rows, np.int64(at))


@by_type(fire, inline=True)
def _fire_of(charge, v, places, neuron):  # type: ignore[no-untyped-def]
    return lambda charge, v, places, neuron: _fire(charge, v, places, neuron)


@by_type(flow_back, inline=True)
def _flow_back_of(rows, v, charge, places, neuron):  # type: ignore[no-untyped-def]
    return lambda rows, v, charge, places, neuron: _flow_back(rows, v, charge, places, neuron)
