"""The compiled half of data tasks: every network of a batch on every sample of a workload."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim import models
from ...sim.batch import MAX_DELAY, NEURONS, OUTPUTS, SOURCES, Batch
from ...sim.compile import NUMBERS, RUN, kernel, read_only, reads, writes
from ...sim.count import spikes_and_operations
from ..decoders.classes import MEMBRANE
from ..decoders.decisions import count_outputs, decide, highest, output_neurons

SPIKES, SYNAPTIC_OPERATIONS = 0, 1  # columns of ``Answers.sums``


class Samples(NamedTuple):
    """What networks are shown.

    Attributes:
        spikes: (ticks, inputs, words) uint64, one bit a sample; (0, 0, 0) where inputs are neurons.
        charges: (ticks, inputs, lanes) of the type of the weights; (0, 0, 0) where inputs are
            sources.
        ticks: Length of the window.
        lanes: Number of samples.
        target: ``Decoder.target``.
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
    states: int


def answer(
    batch: Batch, inputs: NDArray[Any], ticks: int, samples: int, target: int, counted: bool
) -> Answers:
    """Run every network of a batch on samples, from rest, and decide.

    Args:
        batch: Networks with an input for each of ``inputs``.
        inputs: Spikes of sources, (ticks, inputs, words) uint64, or charges of neurons,
            (ticks, inputs, samples).
        ticks: Length of the window.
        samples: Number of samples.
        target: ``Decoder.target``.
        counted: Whether to count the outputs' spikes.
    """
    model = models.model(batch.model, batch.arithmetic)
    spikes, charges = np.zeros((0, 0, 0), np.uint64), np.zeros((0, 0, 0), model.dtype)
    if inputs.dtype == np.uint64:
        spikes = inputs
    else:
        charges = inputs
    answers = Answers(
        np.empty((batch.networks, samples), np.int32),
        np.empty((batch.networks, samples), np.int32),
        np.empty((batch.networks, 2), np.int64),
        np.empty(
            (batch.networks, batch.headers[0, OUTPUTS], samples) if counted else (0, 0, 0), np.int32
        ),
    )
    networks = _Packed(
        read_only(batch.headers), read_only(batch.structure), read_only(batch.numbers), model.states
    )
    shown = Samples(read_only(spikes), read_only(charges), ticks, samples, target)
    _answerer(batch.arithmetic)(model.run, networks, shown, answers)
    return answers


@cache
def _answerer(arithmetic: str) -> Callable[..., None]:
    """The loop over networks for one arithmetic, compiled when first asked for."""
    number = NUMBERS[arithmetic]
    named: Callable[..., Any] = types.NamedTuple
    whole = types.int64
    networks = (reads(types.int32, 2), reads(types.int32), reads(number), whole)
    samples = (reads(types.uint64, 3), reads(number, 3), whole, whole, whole)
    answers = (
        writes(types.int32, 2),
        writes(types.int32, 2),
        writes(types.int64, 2),
        writes(types.int32, 3),
    )
    signature = types.void(
        types.FunctionType(RUN[arithmetic]),
        named(networks, _Packed),
        named(samples, Samples),
        named(answers, Answers),
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


def _answer(run, networks, samples, answers):  # type: ignore[no-untyped-def]
    """Fill the answers; scratch is made once for all networks."""
    headers, structure, numbers = networks.headers, networks.structure, networks.numbers
    ticks, lanes = samples.ticks, samples.lanes
    words = (lanes + 63) // 64
    most_cells, most_neurons = 0, 0
    for header in headers:
        most_cells = max(most_cells, (header[MAX_DELAY] + ticks) * header[NEURONS])
        most_neurons = max(most_neurons, header[NEURONS])
    cells = np.empty(most_cells * words, np.uint64)
    potentials = np.empty(networks.states * most_neurons * lanes, numbers.dtype)
    for n in range(len(headers)):
        header = headers[n]
        neurons, history = np.int64(header[NEURONS]), np.int64(header[MAX_DELAY])
        shape = (history + ticks, neurons, words)
        _clear(cells, history * neurons * words)
        raster = cells[: shape[0] * neurons * words].reshape(shape)
        if header[SOURCES] > 0:
            _show(samples.spikes, raster, history)
        size = networks.states * neurons * lanes
        _clear(potentials, size)
        state = potentials[:size].reshape((networks.states, neurons, lanes))
        run(header, structure, numbers, samples.charges, raster, state, ticks, lanes)
        outputs = output_neurons(header, structure)
        decided, when = answers.decisions[n], answers.latencies[n]
        if samples.target == MEMBRANE:
            highest(state, outputs, ticks, lanes, decided, when)
        else:
            decide(raster, history, outputs, samples.target, lanes, decided, when)
        if len(answers.counts) > 0:
            count_outputs(raster, history, outputs, answers.counts[n])
        spikes, operations = spikes_and_operations(header, structure, raster, ticks)
        answers.sums[n, SPIKES] = spikes
        answers.sums[n, SYNAPTIC_OPERATIONS] = operations
