"""Episodes side by side: what the loop keeps for each lane, and how a lane begins, ends and moves.

All kernels here are parts of the loop in ``episodes``. Lane l is bit l % 64 of word l // 64 of the
raster, and column l of everything else.
"""

from typing import Any, NamedTuple

import numpy as np

from ...sim.batch import MAX_DELAY, NEURONS, STRUCTURE, SYNAPSES
from ...sim.bits import BITS
from ...sim.compile import kernel
from ...sim.count import ones

_BLOCK = 16  # lanes that kernels advance at once
_ONE = np.uint64(1)


class Lanes(NamedTuple):
    """One network and its environment, in all lanes.

    Attributes:
        history: Rows of the raster before the window.
        raster: (history + ticks, neurons, words) uint64: the spikes still travelling, then those of
            the window; no more words than the lanes in use need.
        state: (state variables of the neuron model, neurons, lanes), whole blocks of 16 lanes.
        plant: (state variables of the environment, lanes) float64.
        observations: (observed variables, lanes) float64.
        actions: (lanes,) int32.
        latencies: (lanes,) int32, ticks.
        rewards: (lanes,) float64.
        terminated: (lanes,) bool.
        episodes: (lanes,) int64, the episode that a lane is in.
        steps: (lanes,) int64, steps made in it.
        returns: (lanes,) float64, sum of its rewards.
        ended: (words,) uint64, bits of the lanes whose episode is over.
    """

    history: int
    raster: Any
    state: Any
    plant: Any
    observations: Any
    actions: Any
    latencies: Any
    rewards: Any
    terminated: Any
    episodes: Any
    steps: Any
    returns: Any
    ended: Any


@kernel()
def undelivered(header, structure):  # type: ignore[no-untyped-def]
    """How many synapses a spike has still to cross at the end of a window, (history, neurons).

    By the row in which it lies once its window is past; the last row is the window's last tick,
    whose spikes have crossed none. A spike ``age`` ticks before the next window has to cross the
    synapses of delay ≥ age.
    """
    history = header[MAX_DELAY]
    table = np.zeros((history, header[NEURONS]), np.int64)
    first = header[STRUCTURE] + header[NEURONS] + 1
    for synapse in range(first, first + header[SYNAPSES]):
        neuron, delay = structure[synapse], structure[synapse + header[SYNAPSES]]
        for age in range(1, delay + 1):
            table[history - age, neuron] += 1
    return table


@kernel()
def words_for(lanes):  # type: ignore[no-untyped-def]
    """Number of words that hold the bits of so many lanes."""
    return (lanes + BITS - 1) // BITS


@kernel()
def allocate(header, networks, course):  # type: ignore[no-untyped-def]
    """Lanes of a network, all at rest; ``networks`` and ``course`` as in ``episodes``."""
    history, neurons, lanes = np.int64(header[MAX_DELAY]), header[NEURONS], course.lanes
    words, blocks = words_for(lanes), (lanes + _BLOCK - 1) // _BLOCK
    return Lanes(
        int(history),
        np.zeros((history + course.ticks, neurons, words), np.uint64),
        np.zeros((networks.states, neurons, blocks * _BLOCK), networks.numbers.dtype),
        np.zeros((course.starts.shape[1], lanes), np.float64),
        np.zeros((course.observed, lanes), np.float64),
        np.zeros(lanes, np.int32),
        np.zeros(lanes, np.int32),
        np.zeros(lanes, np.float64),
        np.zeros(lanes, np.bool_),
        np.zeros(lanes, np.int64),
        np.zeros(lanes, np.int64),
        np.zeros(lanes, np.float64),
        np.zeros(words, np.uint64),
    )


@kernel()
def narrowed(raster, words):  # type: ignore[no-untyped-def]
    """A copy of the raster with the first words only."""
    narrow = np.empty((raster.shape[0], raster.shape[1], words), np.uint64)
    narrow[:] = raster[:, :, :words]
    return narrow


@kernel()
def begin(lanes, lane, episode, starts):  # type: ignore[no-untyped-def]
    """Put a lane in which nothing travels at rest and at the start of an episode."""
    for variable in range(lanes.state.shape[0]):
        for neuron in range(lanes.state.shape[1]):
            lanes.state[variable, neuron, lane] = 0
    for variable in range(starts.shape[1]):
        lanes.plant[variable, lane] = starts[episode, variable]
    lanes.episodes[lane] = episode
    lanes.steps[lane] = 0
    lanes.returns[lane] = 0.0


@kernel()
def silence(raster, ended, table):  # type: ignore[no-untyped-def]
    """Clear what still travels in the lanes that are over.

    Returns:
        How many synapses those spikes have still to cross, by ``undelivered``.
    """
    total = 0
    for row in range(table.shape[0]):
        for neuron in range(table.shape[1]):
            for word in range(raster.shape[2]):
                cleared = raster[row, neuron, word] & ended[word]
                raster[row, neuron, word] ^= cleared
                total += ones(cleared) * table[row, neuron]
    return total


@kernel()
def succeed(lanes, raster, active, following, starts):  # type: ignore[no-untyped-def]
    """Put the next episodes, or else the last lanes, in the places of those that are over.

    Args:
        lanes: The lanes; ``ended`` says which are over, and is cleared.
        raster: Their raster, in which nothing travels in the lanes that are over.
        active: Lanes in use, the first ones.
        following: The next episode that nobody is in; len(starts) if there is none.
        starts: (episodes, state variables) float64.

    Returns:
        ``active`` and ``following`` from now on.
    """
    for word in range(raster.shape[2] - 1, -1, -1):  # the last lanes first: they cannot move on
        while lanes.ended[word] != np.uint64(0):
            lane = BITS * word + _highest(lanes.ended[word])
            lanes.ended[word] ^= _ONE << np.uint64(lane % BITS)
            if following < len(starts):
                begin(lanes, lane, following, starts)
                following += 1
            else:
                active -= 1
                _move(lanes, raster, active, lane)
    return active, following


@kernel()
def _highest(word):  # type: ignore[no-untyped-def]
    """Index of the highest set bit of a uint64 that has one."""
    bit = BITS - 1
    while (word >> np.uint64(bit)) == np.uint64(0):
        bit -= 1
    return bit


@kernel()
def _move(lanes, raster, source, lane):  # type: ignore[no-untyped-def]
    """Let a lane go on in the place of another, and leave nothing travelling in its own."""
    to, bit = lane // BITS, np.uint64(lane % BITS)
    word, place = source // BITS, np.uint64(source % BITS)
    for row in range(lanes.history):
        for neuron in range(raster.shape[1]):
            spike = (raster[row, neuron, word] >> place) & _ONE
            raster[row, neuron, word] ^= spike << place
            raster[row, neuron, to] |= spike << bit
    for variable in range(lanes.state.shape[0]):
        for neuron in range(lanes.state.shape[1]):
            lanes.state[variable, neuron, lane] = lanes.state[variable, neuron, source]
    for variable in range(lanes.plant.shape[0]):
        lanes.plant[variable, lane] = lanes.plant[variable, source]
    lanes.episodes[lane] = lanes.episodes[source]
    lanes.steps[lane] = lanes.steps[source]
    lanes.returns[lane] = lanes.returns[source]


@kernel(inline=True)
def count_spikes(rows, history, emitted):  # type: ignore[no-untyped-def]
    """Add the spikes of the window to ``emitted``, (neurons · words,) int64.

    ``rows`` is the raster as a matrix, (history + ticks, neurons · words) uint64.
    """
    for row in range(history, rows.shape[0]):
        for column in range(rows.shape[1]):
            emitted[column] += ones(rows[row, column])


@kernel(inline=True)
def carry(rows, history):  # type: ignore[no-untyped-def]
    """Make the end of the window the past of the next one; ``rows`` as in ``count_spikes``."""
    ticks = rows.shape[0] - history
    for row in range(history):
        for column in range(rows.shape[1]):
            rows[row, column] = rows[row + ticks, column]
