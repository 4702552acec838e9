"""Decisions and their latencies, from a window's spikes: the compiled half of `classes`."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import INPUTS, NEURONS, OUTPUTS, STRUCTURE, SYNAPSES
from ...sim.compile import NUMBERS, intrinsic, kernel, reads, writes
from ...sim.count import lowest
from ...sim.kernels.vectors import BLOCK_BITS, WIDTH, Vector, load_bits, pointer_to
from ...sim.stepper import Stepper
from .classes import COUNT, DIFFERENCE, MEMBRANE

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


def _decide_signature(number: types.Type) -> Any:
    return types.void(
        writes(types.uint64, 3),  # raster
        writes(number, 3),  # state
        reads(types.int32),  # outputs
        types.int64,  # history
        types.int64,  # target
        types.int64,  # lanes
        writes(types.int32),  # decisions
        writes(types.int32),  # latencies
    )


#: The signature of the kernels that decide, for each arithmetic.
DECIDE = {arithmetic: _decide_signature(number) for arithmetic, number in NUMBERS.items()}

_NO_STATE = np.zeros((0, 0, 0), np.float32)


def decider(
    target: int, outputs: int, ticks: int, arithmetic: str = "float32"
) -> Callable[..., None]:
    """Return the kernel that decides as a decoder says.

    Args:
        target: `Decoder.target`.
        outputs: Number of outputs, at least 1.
        ticks: Length of the window.
        arithmetic: Of the state that it is given.
    """
    if target in _RULES:
        return _compiled(_RULES[target], arithmetic)
    return _compiled(race if fits_into_16_bits(outputs, ticks) else long_race, arithmetic)


@cache
def _compiled(rule: Callable[..., None], arithmetic: str) -> Callable[..., None]:
    return kernel(DECIDE[arithmetic])(rule)


def decide_step(
    stepper: Stepper, fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return decisions and latencies, (lanes,) each, of the window that a stepper has just run.

    Args:
        stepper: The network and its state.
        fired: (ticks, neurons, lanes), spikes in that window.
        outputs: (outputs,), neuron of each output.
        target: `Decoder.target`.
    """
    if target == MEMBRANE:
        decisions = np.argmax(stepper.potentials[outputs], axis=0).astype(np.int32)
        return decisions, np.full(fired.shape[2], len(fired), np.int32)
    return decide_lanes(fired, outputs, target)


def decide_lanes(
    fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return decisions and latencies, (lanes,) each, of samples side by side.

    Args:
        fired: (ticks, neurons, lanes), spikes.
        outputs: (outputs,), neuron of each output.
        target: `Decoder.target`, but not `MEMBRANE`.
    """
    ticks, _, lanes = fired.shape
    count = len(outputs)
    raster = np.zeros((ticks, count, (lanes + 63) // 64), np.uint64)
    _lane_packer()(np.ascontiguousarray(fired), outputs, raster)
    decisions, latencies = np.empty(lanes, np.int32), np.empty(lanes, np.int32)
    decide = decider(target, count, ticks)
    decide(raster, _NO_STATE, _first(count), 0, target, lanes, decisions, latencies)
    return decisions, latencies


@cache
def _first(count: int) -> NDArray[np.int32]:
    return np.arange(count, dtype=np.int32)


@cache
def _lane_packer() -> Callable[..., None]:
    """Return `_pack_outputs`, compiled when first asked for: compiled tasks do without."""
    arguments = (
        reads(types.boolean, 3),  # fired
        reads(types.int32),  # outputs
        writes(types.uint64, 3),  # raster
    )
    return kernel(types.void(*arguments))(_pack_outputs)


def _pack_outputs(fired, outputs, raster):  # type: ignore[no-untyped-def]
    """Write the outputs' spikes as bits, (ticks, outputs, words), into a raster of zeros."""
    for output in range(len(outputs)):
        for tick in range(fired.shape[0]):
            for lane in range(fired.shape[2]):
                spike = np.uint64(fired[tick, outputs[output], lane])
                raster[tick, output, lane // 64] |= spike << np.uint64(lane % 64)


@kernel()
def output_neurons(header, structure):  # type: ignore[no-untyped-def]
    """Return a view of the (outputs,) int32 neurons of a network's outputs in a batch's structure."""
    before = header[NEURONS] + 1 + 2 * header[SYNAPSES] + header[INPUTS]
    first = header[STRUCTURE] + before
    return structure[first : first + header[OUTPUTS]]


@kernel()
def count_outputs(raster, history, outputs, counts):  # type: ignore[no-untyped-def]
    """Count the spikes of every output in every lane.

    Args:
        raster: As in `first_spike`.
        history: As in `first_spike`.
        outputs: As in `first_spike`.
        counts: (outputs, lanes) int32, written.
    """
    for output in range(counts.shape[0]):
        for lane in range(counts.shape[1]):
            counts[output, lane] = 0
    for row in range(history, raster.shape[0]):
        for output in range(len(outputs)):
            for word in range(raster.shape[2]):
                fired = raster[row, outputs[output], word]
                while fired != np.uint64(0):
                    counts[output, 64 * word + lowest(fired)] += 1
                    fired &= fired - np.uint64(1)


def first_spike(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide by the first output spike; words of lanes that still wait are cleared bit by bit.

    Args:
        raster: (history + ticks, neurons, words) uint64, as in the simulator's kernels.
        state: (state variables, neurons, ≥ lanes) after the window, the potential first.
        outputs: (outputs,) int32, neuron of each output.
        history: Rows before the window, int64.
        target: `Decoder.target`, int64.
        lanes: Number of samples, int64.
        decisions: (≥ lanes,) int32, written: index of the winning output, or a number.
        latencies: (≥ lanes,) int32, written: ticks until decided, 1 … ticks.
    """
    for word in range(raster.shape[2]):
        start = 64 * word
        missing = max(64 - (lanes - start), 0)
        waiting = ~np.uint64(0) >> np.uint64(missing)
        for row in range(history, raster.shape[0]):
            for output in range(len(outputs)):
                fired = raster[row, outputs[output], word] & waiting
                waiting ^= fired
                while fired != np.uint64(0):
                    lane = start + lowest(fired)
                    fired &= fired - np.uint64(1)
                    decisions[lane] = output
                    latencies[lane] = row - history + 1
            if waiting == np.uint64(0):
                break
        while waiting != np.uint64(0):
            lane = start + lowest(waiting)
            waiting &= waiting - np.uint64(1)
            decisions[lane] = 0
            latencies[lane] = raster.shape[0] - history


def _highest(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide by the highest potential after the window."""
    for lane in range(lanes):
        winner = 0
        for output in range(1, len(outputs)):
            if state[0, outputs[output], lane] > state[0, outputs[winner], lane]:
                winner = output
        decisions[lane] = winner
        latencies[lane] = raster.shape[0] - history


def _difference(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Ticks of the window + spikes of the second output − spikes of the first, after the window."""
    ticks = raster.shape[0] - history
    for lane in range(lanes):
        decisions[lane] = ticks
        latencies[lane] = ticks
    for row in range(history, raster.shape[0]):
        for word in range(raster.shape[2]):
            more = raster[row, outputs[1], word]
            changed = more ^ raster[row, outputs[0], word]
            while changed != np.uint64(0):
                bit = changed & ~(changed - np.uint64(1))
                lane = 64 * word + lowest(changed)
                changed ^= bit
                decisions[lane] += 1 if (more & bit) != np.uint64(0) else -1


def _number(raster, state, outputs, history, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Spikes of the first output, after the window."""
    for lane in range(lanes):
        decisions[lane] = 0
        latencies[lane] = raster.shape[0] - history
    for row in range(history, raster.shape[0]):
        for word in range(raster.shape[2]):
            fired = raster[row, outputs[0], word]
            while fired != np.uint64(0):
                decisions[64 * word + lowest(fired)] += 1
                fired &= fired - np.uint64(1)


# How each target decides; all others are numbers of spikes, for which the outputs race.
_RULES: dict[int, Callable[..., None]] = {
    1: first_spike,
    MEMBRANE: _highest,
    DIFFERENCE: _difference,
    COUNT: _number,
}
