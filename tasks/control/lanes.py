"""Episodes side by side: how a lane begins, ends and moves.

All kernels here are parts of the loop in `episode_loop`. Lane l is bit l % 64 of word l // 64 of the
raster, and column l of everything else.
"""

from typing import Any, NamedTuple

import numpy as np

from ...sim.batch import BITS, MAX_DELAY, NEURONS, STRUCTURE, SYNAPSES
from ...sim.compile import kernel
from ...sim.count import ones

_ONE = np.uint64(1)


class Lanes(NamedTuple):
    """What moves with an episode when it is taken to another lane, apart from travelling spikes.

    Attributes:
        state: (state variables of the neuron model, neurons, ≥ lanes).
        plant: (state variables of the environment, then memory of the senses; lanes) float64.
        episodes: (lanes,) int64, the episode that a lane is in.
        steps: (lanes,) int64, steps made in it.
        returns: (lanes,) float64, sum of its rewards.
    """

    state: Any
    plant: Any
    episodes: Any
    steps: Any
    returns: Any


@kernel()
def words_for(lanes):  # type: ignore[no-untyped-def]
    """Return the number of words that hold the bits of so many lanes."""
    return (lanes + BITS - 1) // BITS


@kernel()
def zeros(cells, size):  # type: ignore[no-untyped-def]
    """Return the first cells, set to 0; making a new array would take long to compile."""
    for cell in range(size):
        cells[cell] = 0
    return cells[:size]


@kernel()
def undelivered(header, structure, cells):  # type: ignore[no-untyped-def]
    """Return how many synapses a spike has still to cross at the end of a window.

    By the row in which it lies once its window is past; the last row is the window's last tick,
    whose spikes have crossed none. A spike `age` ticks before the next window has to cross the
    synapses of delay ≥ age.

    Args:
        header: Of the network.
        structure: Of the batch.
        cells: (≥ history · neurons,) int64, the memory of what is returned.

    Returns:
        (history, neurons) int64.
    """
    history, neurons = np.int64(header[MAX_DELAY]), np.int64(header[NEURONS])
    table = zeros(cells, history * neurons).reshape((history, neurons))
    first = np.int64(header[STRUCTURE]) + neurons + 1
    for synapse in range(first, first + header[SYNAPSES]):
        neuron, delay = structure[synapse], structure[synapse + header[SYNAPSES]]
        for row in range(history - delay, history):
            table[row, neuron] += 1
    return table


@kernel()
def narrow(raster, words):  # type: ignore[no-untyped-def]
    """Keep the first words of every row of a raster, (rows, neurons, words), in the same memory."""
    cells, rows, neurons = raster.reshape(raster.size), raster.shape[0], raster.shape[1]
    for row in range(rows):
        for neuron in range(neurons):
            for word in range(words):
                cells[(row * neurons + neuron) * words + word] = raster[row, neuron, word]
    return cells[: rows * neurons * words].reshape((rows, neurons, words))


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
def end_steps(lanes, active, rewards, terminated, limit, returns, ended):  # type: ignore[no-untyped-def]
    """Add up rewards and steps, and note which episodes are over.

    Args:
        lanes: The lanes.
        active: Lanes in use, the first ones.
        rewards: (≥ active,) float64, of this step.
        terminated: (≥ active,) bool, whether this step was the last.
        limit: Steps after which an episode is cut off.
        returns: (episodes,) float64, written for those that are over.
        ended: (words,) uint64, their bits are set.

    Returns:
        Whether any is over.
    """
    any_ended = False
    for lane in range(active):
        lanes.returns[lane] += rewards[lane]
        lanes.steps[lane] += 1
        if terminated[lane] or lanes.steps[lane] >= limit:
            returns[lanes.episodes[lane]] = lanes.returns[lane]
            ended[lane // BITS] |= _ONE << np.uint64(lane % BITS)
            any_ended = True
    return any_ended


@kernel()
def silence(raster, ended, table):  # type: ignore[no-untyped-def]
    """Clear what still travels in the lanes that are over.

    Returns:
        How many synapses those spikes have still to cross, by `undelivered`.
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
def succeed(lanes, raster, history, ended, active, following, starts):  # type: ignore[no-untyped-def]
    """Put the next episodes, or else the last lanes, in the places of those that are over.

    Args:
        lanes: The lanes.
        raster: Their raster, in which nothing travels in the lanes that are over.
        history: Rows of the raster that travel.
        ended: (words,) uint64, which lanes are over; cleared.
        active: Lanes in use, the first ones.
        following: The next episode that nobody is in; len(starts) if there is none.
        starts: (episodes, state variables) float64.

    Returns:
        `active` and `following` from now on.
    """
    for lane in range(active - 1, -1, -1):  # the last lanes first: they cannot move on
        bit = _ONE << np.uint64(lane % BITS)
        if ended[lane // BITS] & bit != np.uint64(0):
            ended[lane // BITS] ^= bit
            if following < len(starts):
                begin(lanes, lane, following, starts)
                following += 1
            else:
                active -= 1
                _move(lanes, raster, history, active, lane)
    return active, following


@kernel()
def _move(lanes, raster, history, source, lane):  # type: ignore[no-untyped-def]
    """Let a lane go on in the place of another, and leave nothing travelling in its own."""
    to, bit = lane // BITS, np.uint64(lane % BITS)
    word, place = source // BITS, np.uint64(source % BITS)
    for row in range(history):
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
    """Add the spikes of the window to `emitted`, (neurons · words,) int64.

    `rows` is the raster as a matrix, (history + ticks, neurons · words) uint64.
    """
    for row in range(history, rows.shape[0]):
        for column in range(rows.shape[1]):
            emitted[column] += ones(rows[row, column])


@kernel(inline=True)
def carry(rows, history):  # type: ignore[no-untyped-def]
    """Make the end of the window the past of the next one; `rows` as in `count_spikes`."""
    ticks = rows.shape[0] - history
    for row in range(history):
        for column in range(rows.shape[1]):
            rows[row, column] = rows[row + ticks, column]
