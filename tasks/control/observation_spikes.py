"""Observations as spikes in a decision window: compiled, for the loop of episodes."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numba import types

from ...sim.batch import BITS, INPUTS, NEURONS, SOURCES, STRUCTURE, SYNAPSES
from ...sim.compile import kernel, reads, writes
from ...sim.count import ones

OBSERVATION, INPUT, TICK = range(3)  # columns of `places`
LOW, HIGH = range(2)  # columns of `bounds`

SENSE = types.void(
    reads(types.float64),  # settings
    reads(types.int32),  # seen: (variables,), the observation of each
    reads(types.float64, 2),  # observations: (observed variables, ≥ lanes)
    types.int64,  # lanes in use, the first ones
    writes(types.float64, 2),  # memory: (rows, ≥ lanes), kept from one decision to the next
    writes(types.float64, 2),  # values: (values, ≥ lanes), are filled
)


@kernel(SENSE)
def directly(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Make no values: the table is for the observations themselves."""


@kernel()
def input_columns(header, structure, numbered):  # type: ignore[no-untyped-def]
    """Return the column in the window of each input, (inputs,) int32.

    Sources spike in the raster itself, where they have the columns of neurons. Spikes for ordinary
    neurons are written to a window of their own, in which the inputs are `numbered`, 0, 1, ….
    """
    if header[SOURCES] > 0:
        start = header[STRUCTURE] + header[NEURONS] + 1 + 2 * header[SYNAPSES]
        return structure[start : start + header[INPUTS]]
    return numbered


@kernel(inline=True)
def encode(places, bounds, observations, lanes, columns, window):  # type: ignore[no-untyped-def]
    """Write the input spikes of a window, in all lanes; ticks without a place are left alone.

    Args:
        places: (spikes, 3) int32: number of the observation, input and tick of each spike that may
            be; the intervals of one input and tick do not meet.
        bounds: (spikes, 2) float64: it is sent for low ≤ value ≤ high.
        observations: (observed variables, ≥ lanes) float64. NaN sends nothing.
        lanes: At least 1.
        columns: (inputs,) int32, the column of each input in the window.
        window: (ticks, columns, words) uint64, lane l is bit l % 64 of word l // 64; bits past the
            lanes become 0.

    Returns:
        Number of spikes.
    """
    total = 0
    for spike in range(len(places)):
        for word in range(window.shape[2]):
            window[places[spike, TICK], columns[places[spike, INPUT]], word] = np.uint64(0)
    for spike in range(len(places)):
        observation = places[spike, OBSERVATION]
        low, high = bounds[spike, LOW], bounds[spike, HIGH]
        tick, column = places[spike, TICK], columns[places[spike, INPUT]]
        for word in range(window.shape[2]):
            bits, first = np.uint64(0), BITS * word
            for lane in range(BITS if lanes - first > BITS else lanes - first):
                value = observations[observation, first + lane]
                bits |= np.uint64((low <= value) & (value <= high)) << np.uint64(lane)
            window[tick, column, word] |= bits
            total += ones(bits)
    return total


@kernel(inline=True)
def inject(window, active, charge, charges):  # type: ignore[no-untyped-def]
    """Turn spikes into charges, (ticks, inputs, lanes); where inputs are sources there are none."""
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                word = window[tick, number, lane // BITS]
                spike = (word >> np.uint64(lane % BITS)) & np.uint64(1)
                charges[tick, number, lane] = charge if spike else 0.0


@kernel(inline=True)
def hold(values, active, charges):  # type: ignore[no-untyped-def]
    """Give every input the same charge in every tick; return how many are not 0."""
    total = 0
    for tick in range(charges.shape[0]):
        for number in range(charges.shape[1]):
            for lane in range(active):
                charges[tick, number, lane] = values[number, lane]
                total += values[number, lane] != 0.0
    return total


# SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 14).
_GAMMA, _MIX_1, _MIX_2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


@kernel(inline=True)
def _share(settings, seen, observations, variable, lane):  # type: ignore[no-untyped-def]
    """Return where a variable lies in its range, 0 … 1."""
    variables = len(seen)
    low = settings[len(settings) - 2 * variables + variable]
    size = settings[len(settings) - variables + variable]
    return min(max((observations[seen[variable], lane] - low) / size, 0.0), 1.0)


@kernel(inline=True)
def _side(settings, seen, observations, number, width, lane):  # type: ignore[no-untyped-def]
    """Return the share x of an input's variable, or 1 - x for the second of two inputs."""
    x = _share(settings, seen, observations, number // width, lane)
    return 1.0 - x if number % width else x


def _changes(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Of `delta`: write the change of each variable since the last decision, 0 at the first."""
    for variable in range(len(seen)):
        for lane in range(lanes):
            x, before = _share(settings, seen, observations, variable, lane), memory[variable, lane]
            values[variable, lane] = 0.0 if np.isnan(before) else x - before
            memory[variable, lane] = x


def _steps(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Of `step_forward`: write the step up or down, or 0; the first setting is its size."""
    threshold = settings[0]
    for variable in range(len(seen)):
        for lane in range(lanes):
            x, base = _share(settings, seen, observations, variable, lane), memory[variable, lane]
            base = x if np.isnan(base) else base
            way = int(x > base + threshold) - int(x < base - threshold)
            values[variable, lane] = way * threshold
            memory[variable, lane] = base + way * threshold


def _ranks(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Of `rank_order`: write the rank of each input, 0 the largest value, the first of equal ones."""
    inputs, width = len(values), len(values) // len(seen)
    for lane in range(lanes):
        for number in range(inputs):
            x, rank = _side(settings, seen, observations, number, width, lane), 0
            for other in range(inputs):
                y = _side(settings, seen, observations, other, width, lane)
                rank += (y > x) | ((y == x) & (other < number))
            values[number, lane] = rank


@kernel(inline=True)
def _mixed(z):  # type: ignore[no-untyped-def]
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


def _odds(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Of `poisson`: write the chance of a spike less a random number, for each input and tick.

    The number is a function of the episode's key, the first row of the memory, and of decision, input
    and tick. The second row counts decisions. Settings: gain, offset, number of inputs.
    """
    gain, offset, inputs = settings[0], settings[1], int(settings[2])
    width, ticks = inputs // len(seen), len(values) // inputs
    for lane in range(lanes):
        key = _mixed(np.uint64(memory[0, lane]) * _GAMMA)
        counter = np.uint64(memory[1, lane]) * np.uint64(len(values))
        for number in range(inputs):
            x = _side(settings, seen, observations, number, width, lane)
            chance = min(max(gain * x + offset, 0.0), 1.0)
            for tick in range(ticks):
                counter += np.uint64(1)
                draw = _mixed(key + counter * _GAMMA) >> np.uint64(11)
                values[number * ticks + tick, lane] = chance - float(draw) * 2.0**-53
        memory[1, lane] += 1.0


def _charges(settings, seen, observations, lanes, memory, values):  # type: ignore[no-untyped-def]
    """Of `charge`: write the charge of each input. Settings: gain ÷ grid, grid."""
    width = len(values) // len(seen)
    for number in range(len(values)):
        for lane in range(lanes):
            x = _side(settings, seen, observations, number, width, lane)
            values[number, lane] = np.rint(x * settings[0]) * settings[1]


_SENSES = {
    "changes": _changes,
    "steps": _steps,
    "ranks": _ranks,
    "odds": _odds,
    "charges": _charges,
}


@cache
def sense(name: str) -> Callable[..., None]:
    """Return a kernel by its name, compiled when first asked for."""
    return kernel(SENSE)(_SENSES[name])
