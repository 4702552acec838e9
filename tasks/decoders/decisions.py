"""Decisions and their latencies, from a window's spikes: the compiled half of ``decoders``."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import INPUTS, NEURONS, OUTPUTS, STRUCTURE, SYNAPSES
from ...sim.compile import kernel, reads, writes
from ...sim.count import lowest
from ...sim.stepper import Stepper
from .classes import COUNT, DIFFERENCE, MEMBRANE
from .first_spike import first_spike
from .spike_race import race


def decide_step(
    stepper: Stepper, fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Decisions and latencies, (lanes,) each, of the window that a stepper has just run.

    Args:
        stepper: The network and its state.
        fired: (ticks, neurons, lanes), spikes in that window.
        outputs: (outputs,), neuron of each output.
        target: ``Decoder.target``.
    """
    if target == MEMBRANE:
        decisions = np.argmax(stepper.potentials[outputs], axis=0).astype(np.int32)
        return decisions, np.full(fired.shape[2], len(fired), np.int32)
    return decide_lanes(fired, outputs, target)


def decide_lanes(
    fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Decisions and latencies, (lanes,) each, of samples side by side.

    Args:
        fired: (ticks, neurons, lanes), spikes.
        outputs: (outputs,), neuron of each output.
        target: ``Decoder.target``, but not ``MEMBRANE``.
    """
    lanes = fired.shape[2]
    decisions, latencies = np.empty(lanes, np.int32), np.empty(lanes, np.int32)
    _lane_decider()(np.ascontiguousarray(fired), outputs, target, decisions, latencies)
    return decisions, latencies


@kernel()
def output_neurons(header, structure):  # type: ignore[no-untyped-def]
    """View of the (outputs,) int32 neurons of a network's outputs in a batch's structure."""
    before = header[NEURONS] + 1 + 2 * header[SYNAPSES] + header[INPUTS]
    first = header[STRUCTURE] + before
    return structure[first : first + header[OUTPUTS]]


@kernel()
def highest(state, outputs, ticks, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane by the potentials after a window of so many ticks.

    Args:
        state: (state variables, neurons, ≥ lanes), the potential first.
        outputs: As in ``decide``.
        ticks: Ticks of the window, int64.
        lanes: As in ``decide``.
        decisions: As in ``decide``.
        latencies: As in ``decide``, written: the window.
    """
    for lane in range(lanes):
        winner = 0
        for output in range(1, len(outputs)):
            if state[0, outputs[output], lane] > state[0, outputs[winner], lane]:
                winner = output
        decisions[lane] = winner
        latencies[lane] = ticks


@kernel()
def count_outputs(raster, history, outputs, counts):  # type: ignore[no-untyped-def]
    """Count the spikes of every output in every lane.

    Args:
        raster: As in ``decide``.
        history: As in ``decide``.
        outputs: As in ``decide``.
        counts: (outputs, lanes) int32, written.
    """
    counts[:] = 0
    for row in range(history, raster.shape[0]):
        for output in range(len(outputs)):
            for word in range(raster.shape[2]):
                fired = raster[row, outputs[output], word]
                while fired != np.uint64(0):
                    counts[output, 64 * word + lowest(fired)] += 1
                    fired &= fired - np.uint64(1)


@kernel()
def decide(raster, history, outputs, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane, from the window's rows of a raster.

    Args:
        raster: (history + ticks, neurons, words) uint64, as in the simulator's kernels.
        history: Rows before the window, int64.
        outputs: (outputs,) int32, neuron of each output.
        target: ``Decoder.target``, int64.
        lanes: Number of samples, int64.
        decisions: (≥ lanes,) int32, written: index of the winning output.
        latencies: (≥ lanes,) int32, written: ticks until decided, 1 … ticks.
    """
    if target == DIFFERENCE:
        _difference(raster, history, outputs, lanes, decisions, latencies)
    elif target == COUNT:
        _number(raster, history, outputs, lanes, decisions, latencies)
    elif target == 1:
        first_spike(raster, history, outputs, lanes, decisions, latencies)
    else:
        race(raster, history, outputs, target, lanes, decisions, latencies)


@kernel()
def _difference(raster, history, outputs, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
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


@kernel()
def _number(raster, history, outputs, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
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


@cache
def _lane_decider() -> Callable[..., None]:
    """``_decide_lanes``, compiled when first asked for: data tasks do without."""
    arguments = (
        reads(types.boolean, 3),  # fired
        reads(types.int32),  # outputs
        types.int64,  # target
        writes(types.int32),  # decisions
        writes(types.int32),  # latencies
    )
    return kernel(types.void(*arguments))(_decide_lanes)


def _decide_lanes(fired, outputs, target, decisions, latencies):  # type: ignore[no-untyped-def]
    ticks, lanes = fired.shape[0], fired.shape[2]
    raster = np.zeros((ticks, len(outputs), (lanes + 63) // 64), np.uint64)
    columns = np.empty(len(outputs), np.int32)
    for output in range(len(outputs)):
        columns[output] = output
        for tick in range(ticks):
            for lane in range(lanes):
                spike = np.uint64(fired[tick, outputs[output], lane])
                raster[tick, output, lane // 64] |= spike << np.uint64(lane % 64)
    decide(raster, 0, columns, target, lanes, decisions, latencies)
