"""The loop in which networks live through episodes: environment, encoder and network, compiled.

Lanes are episodes side by side. For every decision, in all lanes at once: observations become the
input spikes of one window, the network runs for that window, the decoder names an action, the
environment makes a step. A lane whose episode is over takes up the next one, at rest: its
potentials, its refractory neurons and its spikes in flight are cleared. When none is left, the last
lane moves into its place, so that the lanes in use are always the first. What becomes of an episode
depends on its start alone: the results are the same for any number of lanes.

The network's state and its travelling spikes carry on from window to window within an episode.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim import models
from ...sim.batch import MAX_DELAY, NEURONS, SOURCES, Batch
from ...sim.bits import BITS
from ...sim.compile import NUMBERS, RUN, kernel, read_only, reads, writes
from ..builtin.environments.base import OBSERVE, STEP
from ..decoders.classes import MEMBRANE
from ..decoders.decisions import decide, highest, output_neurons
from .decision_window import hold, inject, views
from .finite_observations import all_finite, no_faults, note_fault
from .lanes import (
    allocate,
    begin,
    carry,
    count_spikes,
    narrowed,
    silence,
    succeed,
    undelivered,
    words_for,
)
from .observation_spikes import SENSE, directly, encode

MOST_LANES = 192  # many share the costs of a window; more hardly gain, and leave the fastest cache

# Columns of the totals of a network.
DECISIONS, SPIKES, INPUT_SPIKES, OPERATIONS, LATENCY = range(5)
TOTALS = 5


class Functions(NamedTuple):
    """Compiled functions: those of an environment, see ``environments.base``, and how it is sensed."""

    observe: Callable[..., None]
    step: Callable[..., None]
    sense: Callable[..., None] = directly


class Course(NamedTuple):
    """What the networks go through.

    Attributes:
        settings: Constants of the environment.
        starts: (episodes, rows) float64: the states in which episodes start, then what the memories
            of the senses begin with.
        places: Of the encoder, ``Code.places``; none where the values are charges.
        bounds: Of the encoder, ``Code.bounds``.
        charge: Charge that an input spike injects where inputs are ordinary neurons.
        observed: Number of variables that the environment lets see.
        target: ``Decoder.target``.
        ticks: Length of a decision window.
        steps: Steps after which an episode is cut off.
        lanes: Most episodes side by side, at least 1.
        senses: Settings of the function that senses.
        seen: (variables,) int32, the observations that it looks at.
        values: How many values it makes; 0 if the encoder encodes the observations themselves.
        memory: Rows of its memory.
        checked: 1 to look for observations that are not finite, 0 where an environment has none.
    """

    settings: NDArray[np.float64]
    starts: NDArray[np.float64]
    places: NDArray[np.int32]
    bounds: NDArray[np.float64]
    charge: float
    observed: int
    target: int
    ticks: int
    steps: int
    lanes: int = MOST_LANES
    senses: NDArray[np.float64] = np.zeros(0)
    seen: NDArray[np.int32] = np.zeros(0, np.int32)
    values: int = 0
    memory: int = 0
    checked: int = 1


class Results(NamedTuple):
    """What became of the episodes.

    Attributes:
        returns: (networks, episodes) float64, sum of the rewards of an episode, first to last.
        totals: (networks, TOTALS) int64, counts over all episodes; the columns are this module's
            constants. Synaptic operations are those that arrive before their episode ends.
        faults: (networks, FAULT) float64, the observation that was not finite, which ended all
            episodes of a network; see ``finite_observations``.
    """

    returns: NDArray[np.float64]
    totals: NDArray[np.int64]
    faults: NDArray[np.float64]


class _Networks(NamedTuple):
    """The arrays of a batch, and the number of state variables of its neuron model."""

    headers: NDArray[np.int32]
    structure: NDArray[np.int32]
    numbers: NDArray[Any]
    states: int


def play(batch: Batch, functions: Functions, course: Course) -> Results:
    """Let every network of a batch live through all episodes.

    Args:
        batch: Networks with the inputs of the encoder and an output for each action.
        functions: The environment.
        course: What they go through; at least one episode, tick and step.
    """
    model = models.model(batch.model, batch.arithmetic)
    episodes = len(course.starts)
    results = Results(
        np.zeros((batch.networks, episodes)),
        np.zeros((batch.networks, TOTALS), np.int64),
        no_faults(batch.networks),
    )
    networks = _Networks(
        read_only(batch.headers), read_only(batch.structure), read_only(batch.numbers), model.states
    )
    course = course._replace(
        settings=read_only(course.settings),
        starts=read_only(course.starts),
        places=read_only(course.places),
        bounds=read_only(course.bounds),
        charge=float(course.charge),
        lanes=min(course.lanes, episodes, MOST_LANES),
        senses=read_only(course.senses),
        seen=read_only(course.seen),
    )
    _player(batch.arithmetic)(networks, model.run, *functions, course, results)
    return results


@cache
def _player(arithmetic: str) -> Callable[..., None]:
    """The loop for one arithmetic, compiled when first asked for."""
    number = NUMBERS[arithmetic]
    vector, matrix, count = reads(types.float64), reads(types.float64, 2), types.int64
    networks = (reads(types.int32, 2), reads(types.int32), reads(number), count)
    table = (reads(types.int32, 2), matrix)
    senses = (vector, reads(types.int32), *3 * (count,))
    course = (vector, matrix, *table, types.float64, *5 * (count,), *senses)
    results = (writes(types.float64, 2), writes(types.int64, 2), writes(types.float64, 2))
    named: Any = types.NamedTuple
    signature = types.void(
        named(networks, _Networks),
        *(types.FunctionType(function) for function in (RUN[arithmetic], OBSERVE, STEP, SENSE)),
        named(course, Course),
        named(results, Results),
    )
    return kernel(signature)(_play)


@kernel()
def _live(network, networks, run, observe, step, sense, course, results):  # type: ignore[no-untyped-def]
    """Take one network through all episodes.

    Arrays that every window needs are taken out of their tuples before the loop, which spares the
    counting of references in it. The functions are arguments of their own, since Numba warns about
    functions in tuples.
    """
    header, structure, numbers = networks.headers[network], networks.structure, networks.numbers
    settings, starts, places, bounds = course.settings, course.starts, course.places, course.bounds
    totals, ticks, history = results.totals[network], course.ticks, np.int64(header[MAX_DELAY])
    outputs, table = output_neurons(header, structure), undelivered(header, structure)
    lanes = allocate(header, networks, course)
    state, observations = lanes.state, lanes.observations
    variables = lanes.plant.shape[0] - course.memory
    senses, seen = course.senses, course.seen
    plant, memory = lanes.plant[:variables], lanes.plant[variables:]
    values = np.zeros((course.values, course.lanes)) if course.values else observations
    actions, latencies, rewards = lanes.actions, lanes.latencies, lanes.rewards
    terminated = lanes.terminated
    raster, rows, window, charges, columns, emitted = views(header, structure, state, lanes.raster)
    active = following = course.lanes
    for lane in range(active):
        begin(lanes, lane, lane, starts)
    while active > 0:
        if words_for(active) < raster.shape[2]:
            _tally(header, emitted, table, totals)
            raster = narrowed(raster, words_for(active))
            raster, rows, window, charges, columns, emitted = views(
                header, structure, state, raster
            )
        observe(settings, plant, active, observations)
        if course.checked and not all_finite(observations, active):
            note_fault(lanes, active, results.faults[network])
            break
        if course.values > 0:
            sense(senses, seen, observations, active, memory, values)
        if len(places) > 0:
            totals[INPUT_SPIKES] += encode(places, bounds, values, active, columns, window)
            inject(window, active, course.charge, charges)
        else:
            totals[INPUT_SPIKES] += hold(values, active, charges)
        run(header, structure, numbers, charges, raster, state, ticks, active)
        if course.target == MEMBRANE:
            highest(state, outputs, ticks, active, actions, latencies)
        else:
            decide(raster, history, outputs, course.target, active, actions, latencies)
        totals[DECISIONS] += active
        for lane in range(active):
            totals[LATENCY] += latencies[lane]
        count_spikes(rows, history, emitted)
        step(settings, plant, actions, active, rewards, terminated)
        carry(rows, history)
        if _end_steps(lanes, active, course.steps, results.returns[network]):
            totals[OPERATIONS] -= silence(raster, lanes.ended, table)
            active, following = succeed(lanes, raster, active, following, starts)
    _tally(header, emitted, table, totals)


@kernel()
def _end_steps(lanes, active, steps, returns):  # type: ignore[no-untyped-def]
    """Add up rewards and steps; whether an episode is over, all that are go into ``lanes.ended``."""
    any_ended = False
    for lane in range(active):
        lanes.returns[lane] += lanes.rewards[lane]
        lanes.steps[lane] += 1
        if lanes.terminated[lane] or lanes.steps[lane] >= steps:
            returns[lanes.episodes[lane]] = lanes.returns[lane]
            lanes.ended[lane // BITS] |= np.uint64(1) << np.uint64(lane % BITS)
            any_ended = True
    return any_ended


@kernel()
def _tally(header, emitted, table, totals):  # type: ignore[no-untyped-def]
    """Add the spikes counted so far, and the synapses that they cross, to the totals."""
    words = len(emitted) // header[NEURONS]
    for column in range(len(emitted)):
        neuron = column // words
        totals[OPERATIONS] += emitted[column] * table[-1, neuron]
        if neuron >= header[SOURCES]:
            totals[SPIKES] += emitted[column]


def _play(networks, run, observe, step, sense, course, results):  # type: ignore[no-untyped-def]
    for network in range(len(networks.headers)):
        _live(network, networks, run, observe, step, sense, course, results)
