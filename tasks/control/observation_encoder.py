"""Encoders for control: what the observations of an environment send, as a table.

Compiled episodes do not call an encoder. For a window, a variable's code is the list of the spikes
that may come, each with the interval of values for which it comes; the ends of the intervals are
found with the encoder itself, so that comparing a value with them gives exactly what it gives.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..encoders import ValueEncoder

_GRID = 2**14  # parts of a range in each of which a spike begins to come, or ends, at most once


class Variable(NamedTuple):
    """A variable that a network sees.

    Attributes:
        name: What it is called, for messages.
        observation: Its number among the environment's observations.
        low: Lower end of its range, in the environment's units.
        high: Upper end.
    """

    name: str
    observation: int
    low: float
    high: float


class Spike(NamedTuple):
    """A spike that a variable may cause.

    Attributes:
        input: On which of the variable's inputs.
        tick: At which tick of the window.
        low: It comes for values low ≤ v …
        high: … ≤ high.
    """

    input: int
    tick: int
    low: float
    high: float


class Code(NamedTuple):
    """The code of all variables, as ``control_spikes.encode`` reads it.

    Attributes:
        places: (spikes, 3) int32: observation, input, tick. An input and tick may have several
            rows, for intervals that do not meet.
        bounds: (spikes, 2) float64: low, high.
    """

    places: NDArray[np.int32]
    bounds: NDArray[np.float64]


def code(encoder: ValueEncoder, variables: Sequence[Variable], ticks: int, width: int = 0) -> Code:
    """The code of all variables of a network, in a window of ``ticks``.

    Variables have ``width`` inputs each, or as many as the encoder needs if these are more.

    The window is long enough.

    Raises:
        InputError: There is no code for the range of a variable.
    """
    spikes = [
        (variable.observation, number * max(width, encoder.width) + spike.input, *spike[1:])
        for number, variable in enumerate(variables)
        for spike in code_of(encoder, variable, ticks)
    ]
    return Code(
        np.array([spike[:3] for spike in spikes], np.int32),
        np.array([spike[3:] for spike in spikes], np.float64),
    )


def code_of(encoder: ValueEncoder, variable: Variable, ticks: int) -> list[Spike]:
    """The spikes that a variable may cause.

    Intervals shorter than 1/16,384 of the range may be missed. Where rounding makes a formula waver
    between neighbouring numbers, the interval has one end among them.

    Raises:
        InputError: The encoder has no code for the variable's range.
    """
    grid = np.linspace(*encoder.ends(variable.low, variable.high), _GRID + 1)
    try:
        sent = encoder.spikes_of(grid, variable.low, variable.high, ticks)
    except InputError as error:
        raise InputError(f"{variable.name}: {error}") from error
    changes = np.argwhere(sent[:, :, 1:] != sent[:, :, :-1])
    below, above = _ends(encoder, variable, sent, grid, changes)
    spikes: list[Spike] = []
    for tick, number in np.ndindex(sent.shape[:2]):
        here = np.flatnonzero((changes[:, 0] == tick) & (changes[:, 1] == number))
        first, last = sent[tick, number, [0, -1]]
        for low, high in _intervals(bool(first), bool(last), below[here], above[here]):
            spikes.append(Spike(number, tick, low, high))
    return spikes


def _ends(
    encoder: ValueEncoder,
    variable: Variable,
    sent: NDArray[np.bool_],
    grid: NDArray[np.float64],
    changes: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Neighbouring numbers between which each change (tick, input, part of the grid) lies."""
    tick, number, part = changes.T
    below, above, before = _ranks(grid[part]), _ranks(grid[part + 1]), sent[tick, number, part]
    while True:
        middle = (below & above) + ((below ^ above) >> 1)  # their mean, without an overflow
        between = middle != below
        if not between.any():
            return _ranked(below), _ranked(above)
        window = encoder.spikes_of(_ranked(middle), variable.low, variable.high, len(sent))
        same = window[tick, number, np.arange(len(middle))] == before
        below = np.where(between & same, middle, below)
        above = np.where(between & ~same, middle, above)


def _ranks(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Neighbouring float64 as neighbouring int64: halving these takes 64 steps, also towards 0."""
    bits = numbers.view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _ranked(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """The numbers that have these ranks."""
    return np.where(ranks < 0, np.iinfo(np.int64).min - ranks, ranks).view(np.float64)


def _intervals(
    first: bool, last: bool, below: NDArray[np.float64], above: NDArray[np.float64]
) -> Iterator[tuple[float, float]]:
    """From the changes of a spike to the intervals in which it comes.

    Args:
        first: Whether it comes below all changes.
        last: Whether it comes above all changes.
        below: Last numbers before the changes, ascending.
        above: First numbers after them.
    """
    begins = ([-math.inf] if first else []) + above[int(first) :: 2].tolist()
    ends = below[int(not first) :: 2].tolist() + ([math.inf] if last else [])
    return zip(begins, ends, strict=True)
