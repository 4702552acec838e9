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

from ...sim.batch import INPUTS, MAX_DELAY, NEURONS, OUTPUTS, SOURCES, Batch, words
from ...sim.compile import NUMBERS, RUN, as_argument, kernel, read_only, reads, writes
from ...sim.kernels import entries
from ..decoders.decisions import DECIDE, decider, output_neurons
from .compiled_environment import OBSERVE, STEP, all_finite, no_faults, note_fault
from .lanes import (
    Lanes,
    begin,
    carry,
    count_spikes,
    end_steps,
    narrow,
    silence,
    succeed,
    undelivered,
    words_for,
    zeros,
)
from .observation_spikes import SENSE, directly, encode, hold, inject, input_columns

MOST_LANES = 192  # many share the costs of a window; more hardly gain, and leave the fastest cache
_BLOCK = 16  # lanes that kernels advance at once

# Columns of the totals of a network.
DECISIONS, SPIKES, INPUT_SPIKES, OPERATIONS, LATENCY = range(5)
TOTALS = 5


class Functions(NamedTuple):
    """Compiled functions: those of an environment, see `environments.base`, and how it is sensed."""

    observe: Callable[..., None]
    step: Callable[..., None]
    sense: Callable[..., None] = directly


class EpisodeBatch(NamedTuple):
    """Episodes, and how networks perceive and act in them: the inputs of the loop.

    Attributes:
        settings: Constants of the environment.
        starts: (episodes, rows) float64: the states in which episodes start, then what the memories
            of the senses begin with.
        places: Of the encoder, `Code.places`; none where the values are charges.
        bounds: Of the encoder, `Code.bounds`.
        charge: Charge that an input spike injects where inputs are ordinary neurons.
        observed: Number of variables that the environment lets see.
        target: `Decoder.target`.
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
            episodes of a network; see `finite_observations`.
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


class _Scratch(NamedTuple):
    """Memory of the loop, for one network at a time; flat arrays are as long as the largest needs.

    Attributes:
        raster: uint64, (history + ticks) · neurons · words: the spikes still travelling, then those
            of the window; no more words than the lanes in use need.
        state: State variables · neurons · lanes, whole blocks of 16 lanes.
        table: int64, history · neurons, of `undelivered`.
        emitted: int64, neurons · words.
        window: uint64, ticks · inputs · words, of inputs that are ordinary neurons; else empty.
        charges: (ticks, inputs, lanes) for these; else (0, 0, 0).
        inputs: (inputs,) int32, 0, 1, ….
        plant: As in `Lanes`; and so are the next three.
        episodes: …
        steps: …
        returns: …
        observations: (observed variables, lanes) float64.
        values: (values, lanes) float64, or the observations where they are encoded themselves.
        actions: (lanes,) int32.
        latencies: (lanes,) int32, ticks.
        rewards: (lanes,) float64.
        terminated: (lanes,) bool.
        ended: (words,) uint64, bits of the lanes whose episode is over.
    """

    raster: NDArray[np.uint64]
    state: NDArray[Any]
    table: NDArray[np.int64]
    emitted: NDArray[np.int64]
    window: NDArray[np.uint64]
    charges: NDArray[Any]
    inputs: NDArray[np.int32]
    plant: NDArray[np.float64]
    episodes: NDArray[np.int64]
    steps: NDArray[np.int64]
    returns: NDArray[np.float64]
    observations: NDArray[np.float64]
    values: NDArray[np.float64]
    actions: NDArray[np.int32]
    latencies: NDArray[np.int32]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    ended: NDArray[np.uint64]


def play(batch: Batch, functions: Functions, episodes: EpisodeBatch) -> Results:
    """Let every network of a batch live through all episodes.

    Args:
        batch: Networks with the inputs of the encoder and an output for each action.
        functions: The environment.
        episodes: What they live through; at least one episode, tick and step.
    """
    model = entries.model(batch.model, batch.arithmetic)
    count = len(episodes.starts)
    results = Results(
        np.zeros((batch.networks, count)),
        np.zeros((batch.networks, TOTALS), np.int64),
        no_faults(batch.networks),
    )
    networks = _Networks(
        read_only(batch.headers), read_only(batch.structure), read_only(batch.numbers), model.states
    )
    episodes = episodes._replace(
        settings=read_only(episodes.settings),
        starts=read_only(episodes.starts),
        places=read_only(episodes.places),
        bounds=read_only(episodes.bounds),
        charge=float(episodes.charge),
        lanes=min(episodes.lanes, count, MOST_LANES),
        senses=read_only(episodes.senses),
        seen=read_only(episodes.seen),
    )
    scratch = _scratch(networks, episodes)
    outputs = int(batch.headers[0, OUTPUTS])
    called = _called(
        functions, batch.model, batch.arithmetic, episodes.target, outputs, episodes.ticks
    )
    _player(batch.arithmetic)(*called, networks, episodes, scratch, results)
    return results


@cache
def _called(
    functions: Functions, model: str, arithmetic: str, target: int, outputs: int, ticks: int
) -> tuple[Callable[..., Any], ...]:
    """Return the kernels that the loop calls."""
    run = entries.model(model, arithmetic).run
    called = run, decider(target, outputs, ticks, arithmetic), *functions
    return tuple(map(as_argument, called, _signatures(arithmetic)))


def _signatures(arithmetic: str) -> tuple[Any, ...]:
    return RUN[arithmetic], DECIDE[arithmetic], OBSERVE, STEP, SENSE


def _scratch(networks: _Networks, episodes: EpisodeBatch) -> _Scratch:
    headers, dtype = networks.headers, networks.numbers.dtype
    lanes, ticks, inputs = episodes.lanes, episodes.ticks, int(headers[0, INPUTS])
    padded, row = -(-lanes // _BLOCK) * _BLOCK, words(lanes)
    neurons, history = headers[:, NEURONS], headers[:, MAX_DELAY]
    most = int(neurons.max())
    shown = (0, 0) if headers[0, SOURCES] else (ticks, inputs)  # sources take no charges
    observations = np.zeros((episodes.observed, lanes))
    return _Scratch(
        raster=np.empty(int(((history + ticks) * neurons).max()) * row, np.uint64),
        state=np.empty(networks.states * most * padded, dtype),
        table=np.empty(int((history * neurons).max()), np.int64),
        emitted=np.empty(most * row, np.int64),
        window=np.empty(shown[0] * shown[1] * row, np.uint64),
        charges=np.zeros((*shown, padded if shown[0] else 0), dtype),
        inputs=read_only(np.arange(inputs, dtype=np.int32)),
        plant=np.zeros((episodes.starts.shape[1], lanes)),
        episodes=np.zeros(lanes, np.int64),
        steps=np.zeros(lanes, np.int64),
        returns=np.zeros(lanes),
        observations=observations,
        values=np.zeros((episodes.values, lanes)) if episodes.values else observations,
        actions=np.zeros(lanes, np.int32),
        latencies=np.zeros(lanes, np.int32),
        rewards=np.zeros(lanes),
        terminated=np.zeros(lanes, np.bool_),
        ended=np.zeros(row, np.uint64),
    )


@cache
def _player(arithmetic: str) -> Callable[..., None]:
    """Return the loop for one arithmetic, compiled when first asked for."""
    number, count, named = NUMBERS[arithmetic], types.int64, _named
    vector, matrix = reads(types.float64), reads(types.float64, 2)
    lanes, by_lane = writes(types.float64), writes(types.float64, 2)
    signature = types.void(
        *(types.FunctionType(function) for function in _signatures(arithmetic)),
        named(_Networks, reads(types.int32, 2), reads(types.int32), reads(number), count),
        named(
            EpisodeBatch,
            *(vector, matrix, reads(types.int32, 2), matrix, types.float64),
            *(count, count, count, count, count),
            *(vector, reads(types.int32), count, count, count),
        ),
        named(
            _Scratch,
            *(writes(types.uint64), writes(number), writes(types.int64), writes(types.int64)),
            *(writes(types.uint64), writes(number, 3), reads(types.int32)),
            *(by_lane, writes(types.int64), writes(types.int64), lanes, by_lane, by_lane),
            *(writes(types.int32), writes(types.int32), lanes, writes(types.boolean)),
            writes(types.uint64),
        ),
        named(Results, by_lane, writes(types.int64, 2), by_lane),
    )
    return kernel(signature)(_play)


def _named(cls: type, *fields: types.Type) -> Any:
    return types.NamedTuple(fields, cls)  # type: ignore[no-untyped-call]  # has no annotations


def _play(  # type: ignore[no-untyped-def]
    run, decide, observe, step, sense, networks, episodes, scratch, results
):
    """Take one network after the other through all episodes.

    Arrays that every window needs are taken out of their tuples before the loop, which spares the
    counting of references in it. The functions are arguments of their own, since Numba warns about
    functions in tuples.
    """
    structure, numbers = networks.structure, networks.numbers
    settings, starts, places, bounds = (
        episodes.settings,
        episodes.starts,
        episodes.places,
        episodes.bounds,
    )
    senses, seen, ticks = episodes.senses, episodes.seen, episodes.ticks
    observations, values, charges = scratch.observations, scratch.values, scratch.charges
    actions, latencies = scratch.actions, scratch.latencies
    rewards, terminated, ended = scratch.rewards, scratch.terminated, scratch.ended
    variables = scratch.plant.shape[0] - episodes.memory
    plant, memory = scratch.plant[:variables], scratch.plant[variables:]
    for network in range(len(networks.headers)):
        header = networks.headers[network]
        returns, totals = results.returns[network], results.totals[network]
        history, neurons = np.int64(header[MAX_DELAY]), np.int64(header[NEURONS])
        outputs = output_neurons(header, structure)
        columns = input_columns(header, structure, scratch.inputs)
        table = undelivered(header, structure, scratch.table)
        state = _state(networks.states, neurons, episodes.lanes, scratch.state)
        lanes = Lanes(state, scratch.plant, scratch.episodes, scratch.steps, scratch.returns)
        active = following = episodes.lanes
        row = words_for(active)
        raster = _raster(history + ticks, neurons, row, scratch.raster)
        rows, window, emitted = _views(header, raster, scratch)
        for lane in range(active):
            begin(lanes, lane, lane, starts)
        while active > 0:
            if words_for(active) < raster.shape[2]:
                _tally(header, emitted, table, totals)
                raster = narrow(raster, words_for(active))
                rows, window, emitted = _views(header, raster, scratch)
            observe(settings, plant, active, observations)
            if episodes.checked and not all_finite(observations, active):
                note_fault(lanes, observations, active, results.faults[network])
                break
            if episodes.values > 0:
                sense(senses, seen, observations, active, memory, values)
            if len(places) > 0:
                totals[INPUT_SPIKES] += encode(places, bounds, values, active, columns, window)
                inject(window, active, episodes.charge, charges)
            else:
                totals[INPUT_SPIKES] += hold(values, active, charges)
            run(header, structure, numbers, charges, raster, state, ticks, active)
            decide(raster, state, outputs, history, episodes.target, active, actions, latencies)
            totals[DECISIONS] += active
            for lane in range(active):
                totals[LATENCY] += latencies[lane]
            count_spikes(rows, history, emitted)
            step(settings, plant, actions, active, rewards, terminated)
            carry(rows, history)
            if end_steps(lanes, active, rewards, terminated, episodes.steps, returns, ended):
                totals[OPERATIONS] -= silence(raster, ended, table)
                active, following = succeed(
                    lanes, raster, history, ended, active, following, starts
                )
        _tally(header, emitted, table, totals)


@kernel()
def _state(states, neurons, lanes, cells):  # type: ignore[no-untyped-def]
    """Return the state at rest, (state variables, neurons, lanes), whole blocks of lanes."""
    padded = (lanes + _BLOCK - 1) // _BLOCK * _BLOCK
    return zeros(cells, states * neurons * padded).reshape((states, neurons, padded))


@kernel()
def _raster(rows, neurons, row, cells):  # type: ignore[no-untyped-def]
    """Return a raster without spikes, (rows, neurons, words)."""
    return zeros(cells, rows * neurons * row).reshape((rows, neurons, row))


@kernel()
def _views(header, raster, scratch):  # type: ignore[no-untyped-def]
    """Return what a decision window writes to, for a raster with so many words.

    Returns:
        The raster as a matrix, (history + ticks, neurons · words); where the encoder writes spikes,
        (ticks, columns, words); a count of spikes for each column of the matrix, 0.
    """
    columns, row = raster.shape[1] * raster.shape[2], raster.shape[2]
    rows = raster.reshape((raster.shape[0], columns))
    window = raster[header[MAX_DELAY] :]
    if header[SOURCES] == 0:
        ticks, inputs = scratch.charges.shape[0], scratch.charges.shape[1]
        window = _raster(ticks, inputs, row, scratch.window)
    return rows, window, zeros(scratch.emitted, columns)


@kernel()
def _tally(header, emitted, table, totals):  # type: ignore[no-untyped-def]
    """Add the spikes counted so far, and the synapses that they cross, to the totals."""
    words = len(emitted) // header[NEURONS]
    for column in range(len(emitted)):
        neuron = column // words
        totals[OPERATIONS] += emitted[column] * table[-1, neuron]
        if neuron >= header[SOURCES]:
            totals[SPIKES] += emitted[column]
