"""Which output has most spikes, or reaches so many first: 16 samples at a time, by vectors.

Every output has a key in every lane: its spikes so far, times a power of two that is larger than the
number of outputs, plus its rank, highest for the first output. So the largest key is the winner's, ties
included, a tick takes an addition and a maximum for each output, and the low bits tell who leads.

Keys are 16-bit integers, or 32-bit ones where the window is long. Both races are compiled by
`decisions.decider`.
"""

from typing import Any

import numpy as np
from numba import types

from ...sim.compile import intrinsic, kernel
from ...sim.kernels.vectors import BLOCK_BITS, WIDTH, Vector, load_bits, pointer_to

_PER_WORD = 64 // WIDTH
_MOST_SHORT = 2**15 - 1

# Rows of the scratch that `_race` takes, before those of the outputs' keys.
_BEST, _BEFORE, _LATENCY, _KEYS = range(4)


def fits_into_16_bits(outputs: int, ticks: int) -> bool:
    """Return whether keys of 16 bits are enough for so many outputs and a window of so many ticks."""
    return (ticks + 1) << outputs.bit_length() <= _MOST_SHORT


def race(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide by the number of spikes; the arguments are those of `decisions.first_spike`.

    Without a target, 0, the running winner decides, the lowest index among the outputs with most
    spikes so far; with one, the first output to reach it.
    """
    scratch = np.empty(_size(outputs, lanes), np.int16)
    _race(raster, history, outputs, target, scratch, decisions, latencies, lanes)


def long_race(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide as `race`, by keys of 32 bits."""
    scratch = np.empty(_size(outputs, lanes), np.int32)
    _race(raster, history, outputs, target, scratch, decisions, latencies, lanes)


@kernel()
def _size(outputs, lanes):  # type: ignore[no-untyped-def]
    """Return the numbers of scratch: whole blocks of lanes for the best keys and each output's."""
    return (_KEYS + len(outputs)) * ((lanes + WIDTH - 1) // WIDTH * WIDTH)


@kernel()
def _race(raster, history, outputs, target, scratch, decisions, latencies, lanes):  # type: ignore[no-untyped-def]
    """Run through the window and decide; keys are of the type of the scratch, (`_size`,)."""
    ticks, count = raster.shape[0] - history, len(outputs)
    padded = len(scratch) // (_KEYS + count)
    step = 2  # what a spike adds to a key
    while step <= count:
        step *= 2
    limit = min(target, ticks + 1) * step
    for lane in range(padded):
        scratch[_BEST * padded + lane] = scratch[_BEFORE * padded + lane] = step  # nobody's
        scratch[_LATENCY * padded + lane] = ticks
    for output in range(count):
        for lane in range(padded):
            scratch[(_KEYS + output) * padded + lane] = count - output
    for row in range(history, raster.shape[0]):
        for output in range(count):
            place = row * raster.shape[1] + outputs[output]
            bits, own = place * raster.shape[2] * _PER_WORD, (_KEYS + output) * padded
            for first in range(0, padded, WIDTH):
                _count(raster, bits + first // WIDTH, scratch, own + first, first, step)
        latency = row - history + 1
        if target == 0:
            for first in range(0, padded, WIDTH):
                _note_change(scratch, first, padded, step - 1, latency)
        else:
            for first in range(0, padded, WIDTH):
                _note_arrival(scratch, first, padded, limit, latency)
    for lane in range(lanes):
        rank = scratch[_BEFORE * padded + lane] & (step - 1)
        decisions[lane] = count - rank if rank > 0 else 0  # the first, where no output spiked
        latencies[lane] = scratch[_LATENCY * padded + lane]


@intrinsic
def _count(typing_context, raster, bits, scratch, own, best, step):  # type: ignore[no-untyped-def]
    """Add a spike to an output's keys in those of 16 lanes in which it spiked, and keep the best.

    All but the arrays are int64: which block of bits of the raster; where in the scratch the keys
    are, and the best ones; what a spike adds.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, bits, _, own, best, step = arguments
        blocks = pointer_to(context, builder, raster, arguments[0], BLOCK_BITS)
        numbers = pointer_to(context, builder, scratch, arguments[2])
        keys, bests = builder.gep(numbers, [own]), builder.gep(numbers, [best])
        key = Vector.load(builder, keys)
        fired = load_bits(builder, builder.gep(blocks, [bits]))
        key = (key + _equal(builder, step, key)).where(fired, key)
        key.store(keys)
        # A key without spikes is less than the best one from the beginning on.
        Vector.load(builder, bests).larger(key).store(bests)
        return context.get_dummy_value()

    return types.void(raster, bits, scratch, own, best, step), generate


@intrinsic
def _note_change(typing_context, scratch, first, padded, ranks, latency):  # type: ignore[no-untyped-def]
    """Note the latency in those of 16 lanes in which another output leads than a tick before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        best, before, latest = _rows(context, builder, scratch, arguments)
        leads, led = Vector.load(builder, best), Vector.load(builder, before)
        of_rank = _equal(builder, arguments[3], leads)
        changed = (leads & of_rank).differs(led & of_rank)
        leads.store(before)
        now = _equal(builder, arguments[4], leads)
        now.where(changed, Vector.load(builder, latest)).store(latest)
        return context.get_dummy_value()

    return types.void(scratch, first, padded, ranks, latency), generate


@intrinsic
def _note_arrival(typing_context, scratch, first, padded, limit, latency):  # type: ignore[no-untyped-def]
    """Note latency and winner in those of 16 lanes in which none had passed the limit before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        best, before, latest = _rows(context, builder, scratch, arguments)
        leads, led = Vector.load(builder, best), Vector.load(builder, before)
        decided = led > _equal(builder, arguments[3], led)
        led.where(decided, leads).store(before)
        now = _equal(builder, arguments[4], leads)
        Vector.load(builder, latest).where(decided, now).store(latest)
        return context.get_dummy_value()

    return types.void(scratch, first, padded, limit, latency), generate


def _rows(context: Any, builder: Any, scratch: Any, arguments: Any) -> list[Any]:
    """Pointers to best key, best key before and latency of the lanes from the first on."""
    numbers = pointer_to(context, builder, scratch, arguments[0])
    pointers = [builder.gep(numbers, [arguments[1]])]
    for _ in range(2):
        pointers.append(builder.gep(pointers[-1], [arguments[2]]))
    return pointers


def _equal(builder: Any, number: Any, like: Vector) -> Vector:
    """16 times an int64, as numbers of another vector's type."""
    return Vector.equal(builder, builder.trunc(number, like.value.type.element))
