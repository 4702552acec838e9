"""Decisions and their latencies, from the spikes of a window: a kernel for each kind of decoder.

All kernels have the signature `DECIDE` and take the same arguments, see `first_spike`. `decider` gives
the one that a decoder needs, and compiles it when it is first asked for: nobody waits for the others.
Loops that decide take it as an argument of the type `types.FunctionType(DECIDE[arithmetic])`.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import INPUTS, NEURONS, OUTPUTS, STRUCTURE, SYNAPSES
from ...sim.compile import NUMBERS, kernel, reads, writes
from ...sim.count import lowest
from ...sim.stepper import Stepper
from .classes import COUNT, DIFFERENCE, MEMBRANE
from .spike_race import fits_into_16_bits, long_race, race


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
