"""Episodes side by side: what the loop keeps for each lane, and how a lane begins, ends and moves.

All kernels here are parts of the loop in `episodes`. There are at most 64 lanes: lane l is bit l of
the words of the raster, and column l of everything else.
"""

from typing import Any, NamedTuple

import numpy as np

from ..sim.batch import MAX_DELAY, NEURONS, STRUCTURE, SYNAPSES
from ..sim.compile import kernel
from ..sim.count import ones

_ONE = np.uint64(1)


class Lanes(NamedTuple):
    """One network and its environment, in all lanes.

    Attributes:
        history: Rows of the raster before the window.
        raster: (history + ticks, neurons, 1) uint64: the spikes still travelling, then those of the
            window.
        state: (state variables of the neuron model, neurons, lanes).
        plant: (state variables of the environment, lanes) float64.
        observations: (observed variables, lanes) float64.
        actions: (lanes,) int32.
        latencies: (lanes,) int32, ticks.
        rewards: (lanes,) float64.
        terminated: (lanes,) bool.
        episodes: (lanes,) int64, the episode that a lane is in.
        steps: (lanes,) int64, steps made in it.
        returns: (lanes,) float64, sum of its rewards.
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


@kernel()
def undelivered(header, structure):  # type: ignore[no-untyped-def]
    """How many synapses a spike has still to cross at the end of a window, (history, neurons).

    By the row in which it lies once its window is past; the last row is the window's last tick,
    whose spikes have crossed none. A spike `age` ticks before the next window has to cross the
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
def begin(lanes, lane, episode, starts):  # type: ignore[no-untyped-def]
    """Put a lane at rest and at the start of an episode."""
    _rest(lanes, lane)
    for variable in range(starts.shape[1]):
        lanes.plant[variable, lane] = starts[episode, variable]
    lanes.episodes[lane] = episode
    lanes.steps[lane] = 0
    lanes.returns[lane] = 0.0


@kernel()
def succeed(lanes, lane, active, following, starts):  # type: ignore[no-untyped-def]
    """Put the next episode, or else the last lane, in the place of one that is over.

    Args:
        lanes: The lanes.
        lane: The one that is over.
        active: Lanes in use, the first ones.
        following: The next episode that nobody is in; len(starts) if there is none.
        starts: (episodes, state variables) float64.

    Returns:
        `active` and `following` from now on.
    """
    if following < len(starts):
        begin(lanes, lane, following, starts)
        return active, following + 1
    _move(lanes, active - 1, lane)
    return active - 1, following


@kernel()
def _move(lanes, source, lane):  # type: ignore[no-untyped-def]
    """Let a lane go on in the place of another, and put its own place at rest."""
    for row in range(lanes.history):
        for neuron in range(lanes.raster.shape[1]):
            word = lanes.raster[row, neuron, 0]
            bit = (word >> np.uint64(source)) & _ONE
            kept = word & ~(_ONE << np.uint64(lane))
            lanes.raster[row, neuron, 0] = kept | (bit << np.uint64(lane))
    for variable in range(lanes.state.shape[0]):
        for neuron in range(lanes.state.shape[1]):
            lanes.state[variable, neuron, lane] = lanes.state[variable, neuron, source]
    for variable in range(lanes.plant.shape[0]):
        lanes.plant[variable, lane] = lanes.plant[variable, source]
    lanes.episodes[lane] = lanes.episodes[source]
    lanes.steps[lane] = lanes.steps[source]
    lanes.returns[lane] = lanes.returns[source]
    _rest(lanes, source)


@kernel()
def _rest(lanes, lane):  # type: ignore[no-untyped-def]
    keep = ~(_ONE << np.uint64(lane))
    for row in range(lanes.history):
        for neuron in range(lanes.raster.shape[1]):
            lanes.raster[row, neuron, 0] &= keep
    for variable in range(lanes.state.shape[0]):
        for neuron in range(lanes.state.shape[1]):
            lanes.state[variable, neuron, lane] = 0


@kernel()
def in_flight(lanes, lane, table):  # type: ignore[no-untyped-def]
    """Synapses that a lane's spikes have still to cross, by `undelivered`."""
    total = 0
    for row in range(table.shape[0]):
        for neuron in range(table.shape[1]):
            bit = (lanes.raster[row, neuron, 0] >> np.uint64(lane)) & _ONE
            total += np.int64(bit) * table[row, neuron]
    return total


@kernel(inline=True)
def count_spikes(words, history, emitted):  # type: ignore[no-untyped-def]
    """Add the spikes of the window, over all lanes, to `emitted`, (neurons,) int64.

    `words` is the raster as a matrix, (history + ticks, neurons) uint64.
    """
    for row in range(history, words.shape[0]):
        for neuron in range(words.shape[1]):
            emitted[neuron] += ones(words[row, neuron])


@kernel(inline=True)
def carry(words, history):  # type: ignore[no-untyped-def]
    """Make the end of the window the past of the next one; `words` as in `count_spikes`."""
    ticks = words.shape[0] - history
    for row in range(history):
        for neuron in range(words.shape[1]):
            words[row, neuron] = words[row + ticks, neuron]
