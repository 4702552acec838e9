"""The compiled half of data tasks: every network of a batch on every sample of a workload."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import MAX_DELAY, NEURONS, OUTPUTS, SOURCES, Batch, words
from ...sim.compile import NUMBERS, RUN, as_argument, kernel, read_only, reads, writes
from ...sim.count import COUNT, counter
from ...sim.kernels import entries
from ..decoders.decisions import DECIDE, count_outputs, decider, output_neurons
from ..workload import Measurements, Totals, Workload

SPIKES, SYNAPTIC_OPERATIONS = 0, 1  # columns of `Answers.sums`


class Samples(NamedTuple):
    """What networks are shown.

    Attributes:
        spikes: (ticks, inputs, words) uint64, one bit a sample; (0, 0, 0) where inputs are neurons.
        charges: (ticks, inputs, lanes) of the type of the weights; (0, 0, 0) where inputs are
            sources.
        ticks: Length of the window.
        lanes: Number of samples.
        target: `Decoder.target`.
    """

    spikes: NDArray[np.uint64]
    charges: NDArray[Any]
    ticks: int
    lanes: int
    target: int


class Answers(NamedTuple):
    """What each network said about each sample.

    Attributes:
        decisions: (networks, samples) int32, the winning output.
        latencies: (networks, samples) int32, ticks until decided, 1 … window.
        sums: (networks, 2) int64: spikes and synaptic operations over all samples.
        counts: (networks, outputs, samples) int32, spikes of each output in the window; (0, 0, 0)
            where nobody reads them.
    """

    decisions: NDArray[np.int32]
    latencies: NDArray[np.int32]
    sums: NDArray[np.int64]
    counts: NDArray[np.int32]


class _Packed(NamedTuple):
    # Numba's dispatcher tells the types of named tuples apart by the class's name alone; the loop
    # of episodes has tuples of its own.
    headers: NDArray[np.int32]
    structure: NDArray[np.int32]
    numbers: NDArray[Any]
    states: int  # variables of a neuron


def answer(
    batch: Batch, inputs: NDArray[Any], ticks: int, samples: int, target: int, counted: bool
) -> Answers:
    """Run every network of a batch on samples, from rest, and decide.

    Args:
        batch: Networks with an input for each of `inputs`.
        inputs: Spikes of sources, (ticks, inputs, words) uint64, or charges of neurons,
            (ticks, inputs, samples).
        ticks: Length of the window.
        samples: Number of samples.
        target: `Decoder.target`.
        counted: Whether to count the outputs' spikes.
    """
    model = entries.model(batch.model, batch.arithmetic)
    headers, outputs = batch.headers, int(batch.headers[0, OUTPUTS])
    spikes, charges = np.zeros((0, 0, 0), np.uint64), np.zeros((0, 0, 0), model.dtype)
    if inputs.dtype == np.uint64:
        spikes = inputs
    else:
        charges = inputs
    neurons, history = headers[:, NEURONS], headers[:, MAX_DELAY]
    cells = np.empty(int(((history + ticks) * neurons).max()) * words(samples), np.uint64)
    states = np.empty(model.states * int(neurons.max()) * samples, model.dtype)
    networks = _Packed(
        read_only(headers), read_only(batch.structure), read_only(batch.numbers), model.states
    )
    shown = Samples(read_only(spikes), read_only(charges), ticks, samples, target)
    answers = Answers(
        np.empty((batch.networks, samples), np.int32),
        np.empty((batch.networks, samples), np.int32),
        np.empty((batch.networks, 2), np.int64),
        np.empty((batch.networks, outputs, samples) if counted else (0, 0, 0), np.int32),
    )
    counts = answers.counts if counted else None
    _answerer(batch.arithmetic, counted)(
        *_functions(batch.model, batch.arithmetic, target, outputs, ticks),
        networks,
        shown,
        cells,
        states,
        *answers[:3],
        counts,
    )
    return answers


def measurements(
    workload: Workload,
    batch: Batch,
    ticks: int,
    scores: NDArray[np.float64],
    sums: NDArray[np.int64],
    latency: NDArray[np.int64],
) -> Measurements:
    """Return what is measured of every network on samples.

    Args:
        workload: The samples, as of `DataTask`.
        batch: The networks.
        ticks: Length of the window.
        scores: (networks,).
        sums: As of `Answers`.
        latency: (networks,) ticks until decided, over all samples.
    """
    totals = Totals(
        np.full(batch.networks, workload.size),
        sums[:, SPIKES],
        np.full(batch.networks, workload.arrays[2][0]),
        sums[:, SYNAPTIC_OPERATIONS],
        latency,
    )
    neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
    return Measurements.of(scores, totals, neurons, ticks)


@cache
def _functions(
    model: str, arithmetic: str, target: int, outputs: int, ticks: int
) -> tuple[Callable[..., Any], ...]:
    """Return the kernels that the loop calls: what runs, decides and counts."""
    run, decide = (
        entries.model(model, arithmetic).run,
        decider(target, outputs, ticks, arithmetic),
    )
    return (
        as_argument(run, RUN[arithmetic]),
        as_argument(decide, DECIDE[arithmetic]),
        as_argument(counter(), COUNT),
    )


@cache
def _answerer(arithmetic: str, counted: bool) -> Callable[..., None]:
    """Return the loop over networks for one arithmetic, compiled when first asked for."""
    number = NUMBERS[arithmetic]
    named: Callable[..., Any] = types.NamedTuple
    whole = types.int64
    signature = types.void(
        types.FunctionType(RUN[arithmetic]),
        types.FunctionType(DECIDE[arithmetic]),
        types.FunctionType(COUNT),
        named((reads(types.int32, 2), reads(types.int32), reads(number), whole), _Packed),
        named((reads(types.uint64, 3), reads(number, 3), whole, whole, whole), Samples),
        writes(types.uint64),  # cells
        writes(number),  # states
        writes(types.int32, 2),  # decisions
        writes(types.int32, 2),  # latencies
        writes(types.int64, 2),  # sums
        writes(types.int32, 3) if counted else types.none,  # counts
    )
    return kernel(signature)(_answer)


@kernel()
def _clear(numbers, count):  # type: ignore[no-untyped-def]
    """Set the first numbers to 0."""
    for place in range(count):
        numbers[place] = 0


@kernel()
def _show(spikes, raster, history):  # type: ignore[no-untyped-def]
    """Copy the sources' spikes into the window; assigning to slices would take long to compile."""
    for tick in range(spikes.shape[0]):
        for source in range(spikes.shape[1]):
            for word in range(spikes.shape[2]):
                raster[history + tick, source, word] = spikes[tick, source, word]


def _answer(  # type: ignore[no-untyped-def]
    run, decide, count, networks, samples, cells, states, decisions, latencies, sums, counts
):
    """Fill the arrays of `Answers`; where `counts` is None, its branch is not even compiled.

    Raster and state of one network after the other take up the beginning of `cells` and `states`,
    which are made once for all.
    """
    headers, structure, numbers = networks.headers, networks.structure, networks.numbers
    ticks, lanes = samples.ticks, samples.lanes
    words = (lanes + 63) // 64
    for n in range(len(headers)):
        header = headers[n]
        neurons, history = np.int64(header[NEURONS]), np.int64(header[MAX_DELAY])
        rows = history + ticks
        _clear(cells, history * neurons * words)
        raster = cells[: rows * neurons * words].reshape((rows, neurons, words))
        if header[SOURCES] > 0:
            _show(samples.spikes, raster, history)
        size = networks.states * neurons * lanes
        _clear(states, size)
        state = states[:size].reshape((networks.states, neurons, lanes))
        run(header, structure, numbers, samples.charges, raster, state, ticks, lanes)
        outputs = output_neurons(header, structure)
        decide(raster, state, outputs, history, samples.target, lanes, decisions[n], latencies[n])
        if counts is not None:
            count_outputs(raster, history, outputs, counts[n])
        spikes, operations = count(header, structure, raster, ticks)
        sums[n, SPIKES] = spikes
        sums[n, SYNAPTIC_OPERATIONS] = operations
