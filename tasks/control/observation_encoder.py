"""How networks in control perceive observations, for every encoder.

Compiled episodes do not call an encoder. For a window, a variable's code is a table of the spikes
that may come, each with the interval of values for which it comes; the ends of the intervals are
found with the encoder itself, so that comparing a value with them gives exactly what it gives.

Some encoders need the last decision, the other variables, or chance: a kernel of `compiled_senses`
makes values of the observations first, and the table is for these.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import singledispatch
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..encoders import Encoder, ValueEncoder
from ..encoders.delta_step_forward import Delta, StepForward
from ..encoders.encoder_kinds import Setting
from ..encoders.latency import RankOrder
from ..encoders.rate_population_charge import Charge, Poisson
from .observation_spikes import directly

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
    """The code of all variables, as `control_spikes.encode` reads it.

    Attributes:
        places: (spikes, 3) int32: observation, input, tick. An input and tick may have several
            rows, for intervals that do not meet.
        bounds: (spikes, 2) float64: low, high.
    """

    places: NDArray[np.int32]
    bounds: NDArray[np.float64]


def code(encoder: ValueEncoder, variables: Sequence[Variable], ticks: int, width: int = 0) -> Code:
    """Make the code of all variables of a network, in a window of `ticks`.

    Variables have `width` inputs each, or as many as the encoder needs if these are more.

    The window is long enough.

    Raises:
        InputError: There is no code for the range of a variable.
    """
    by_range: dict[tuple[float, float], list[Spike]] = {}  # which hundreds of states may share
    for variable in variables:
        if variable[2:] not in by_range:
            by_range[variable[2:]] = code_of(encoder, variable, ticks)
    spikes = [
        (variable.observation, number * max(width, encoder.width) + spike.input, *spike[1:])
        for number, variable in enumerate(variables)
        for spike in by_range[variable[2:]]
    ]
    return Code(
        np.array([spike[:3] for spike in spikes], np.int32),
        np.array([spike[3:] for spike in spikes], np.float64),
    )


def code_of(encoder: ValueEncoder, variable: Variable, ticks: int) -> list[Spike]:
    """List the spikes that a variable may cause.

    Intervals shorter than 1/16,384 of the range may be missed. Where rounding makes a formula waver
    between neighbouring numbers, the interval has one end among them.

    Raises:
        InputError: The encoder has no code for the variable's range.
    """
    # Where a spike begins or ceases to come is found on a grid first, then exactly by halving.
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
    """Find the neighbouring numbers between which each change (tick, input, part of the grid) lies."""
    tick, number, part = changes.T
    below, above, before = (
        _ordinals(grid[part]),
        _ordinals(grid[part + 1]),
        sent[tick, number, part],
    )
    while True:
        middle = (below & above) + ((below ^ above) >> 1)  # their mean, without an overflow
        between = middle != below  # else the two are neighbours, and the end is found
        if not between.any():
            return _from_ordinals(below), _from_ordinals(above)
        window = encoder.spikes_of(_from_ordinals(middle), variable.low, variable.high, len(sent))
        same = window[tick, number, np.arange(len(middle))] == before
        below = np.where(between & same, middle, below)
        above = np.where(between & ~same, middle, above)


def _ordinals(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Map neighbouring float64 to neighbouring int64, which are halved in 64 steps, also towards 0."""
    bits = numbers.view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _from_ordinals(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the numbers that have these ordinals."""
    return np.where(ranks < 0, np.iinfo(np.int64).min - ranks, ranks).view(np.float64)


def _intervals(
    first: bool, last: bool, below: NDArray[np.float64], above: NDArray[np.float64]
) -> Iterator[tuple[float, float]]:
    """Turn the changes of a spike into the intervals in which it comes.

    Args:
        first: Whether it comes below all changes.
        last: Whether it comes above all changes.
        below: Last numbers before the changes, ascending.
        above: First numbers after them.
    """
    begins = ([-math.inf] if first else []) + above[int(first) :: 2].tolist()
    ends = below[int(not first) :: 2].tolist() + ([math.inf] if last else [])
    return zip(begins, ends, strict=True)


class Perception(NamedTuple):
    """How the observations of a decision reach a network.

    Attributes:
        sense: Name of the kernel in `control_senses`, or `directly`.
        settings: The kernel's, (settings,) float64.
        seen: Observation of each variable, (variables,) int32.
        values: How many values the kernel makes, 0 if the code is for the observations themselves.
        code: Spikes for these values; none where they are charges.
        memory: What an episode's memory begins with, (rows,) float64; NaN is nothing yet.
        random: Whether the memory's first row is a random number, the episode's own.
    """

    sense: str
    settings: NDArray[np.float64]
    seen: NDArray[np.int32]
    values: int
    code: Code
    memory: NDArray[np.float64]
    random: bool = False

    @property
    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        """What differs between encoders of one kind: the two of the code, and the settings."""
        return (*self.code, self.settings)

    def as_shown(
        self,
        places: NDArray[np.int32],
        bounds: NDArray[np.float64],
        settings: NDArray[np.float64],
    ) -> Self:
        """Return the perception by an encoder of the same kind, of which these are the `arrays`."""
        return self._replace(code=Code(places, bounds), settings=settings)

    def function(self) -> Callable[..., None]:
        """Return the kernel."""
        if self.sense == "directly":
            return directly
        from .observation_spikes import sense  # here, so that most encoders do without

        return sense(self.sense)

    def begin(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw the memories with which so many episodes begin, (episodes, rows)."""
        memories = np.tile(self.memory, (episodes, 1))
        if self.random:
            memories[:, 0] = rng.integers(0, 2**53, episodes)
        return memories


def perception(
    encoder: Encoder, variables: Sequence[Variable], setting: Setting, width: int = 0
) -> Perception:
    """Make the perception of an environment's variables by an encoder.

    Args:
        encoder: Any encoder.
        variables: What the network sees.
        setting: The window of a decision, and the network's arithmetic.
        width: Inputs of a variable, if these are more than the encoder needs.

    Raises:
        InputError: The window is too short, charges would be too large, or there is no code for
            the range of a variable.
    """
    encoder.check(setting, encoder.shortest(len(variables)))
    if isinstance(encoder, ValueEncoder):
        table = code(encoder, variables, setting.ticks, width)
        return _with(variables, "directly", (), 0, table, ())
    return _perception(encoder, variables, setting)


@singledispatch
def _perception(encoder: Encoder, variables: Sequence[Variable], setting: Setting) -> Perception:
    raise AssertionError(f"encoder {encoder.name} has no perception")


@_perception.register
def _changes(encoder: Delta, variables: Sequence[Variable], setting: Setting) -> Perception:
    return _both_ways("changes", encoder.threshold, variables)


@_perception.register
def _steps(encoder: StepForward, variables: Sequence[Variable], setting: Setting) -> Perception:
    return _both_ways("steps", encoder.threshold, variables)


@_perception.register
def _ranks(encoder: RankOrder, variables: Sequence[Variable], setting: Setting) -> Perception:
    inputs = encoder.inputs(len(variables))
    spikes = [
        (number, number, rank * encoder.gap, rank, rank)
        for number in range(inputs)
        for rank in range(min(encoder.first or inputs, inputs))
    ]
    return _with(variables, "ranks", (), inputs, _code(spikes), ())


@_perception.register
def _odds(encoder: Poisson, variables: Sequence[Variable], setting: Setting) -> Perception:
    # A spike comes where chance - draw > 0, but intervals include their ends.
    inputs, above_0 = encoder.inputs(len(variables)), math.nextafter(0.0, 1.0)
    spikes = [
        (number * setting.ticks + tick, number, tick, above_0, math.inf)
        for number in range(inputs)
        for tick in range(setting.ticks)
    ]
    settings = (encoder.gain, encoder.offset, inputs)
    made = _with(variables, "odds", settings, len(spikes), _code(spikes), (0.0, 0.0))
    return made._replace(random=True)


@_perception.register
def _charges(encoder: Charge, variables: Sequence[Variable], setting: Setting) -> Perception:
    settings = (encoder.largest(setting) / setting.grid, setting.grid)
    inputs = encoder.inputs(len(variables))
    return _with(variables, "charges", settings, inputs, _code([]), ())


def _both_ways(sense: str, threshold: float, variables: Sequence[Variable]) -> Perception:
    """Code values as a spike in the first tick: on one input from the threshold up, on another down."""
    ends = ((threshold, math.inf), (-math.inf, -threshold))
    spikes = [
        (number, 2 * number + way, 0, *ends[way])
        for number in range(len(variables))
        for way in range(2)
    ]
    nothing_yet = [math.nan] * len(variables)
    return _with(variables, sense, (threshold,), len(variables), _code(spikes), nothing_yet)


def _code(spikes: Sequence[tuple[int, int, int, float, float]]) -> Code:
    """Make a table of (value, input, tick, low, high)."""
    rows = np.array(spikes, np.float64).reshape(-1, 5)
    return Code(rows[:, :3].astype(np.int32), rows[:, 3:].copy())


def _with(
    variables: Sequence[Variable],
    sense: str,
    settings: Iterable[float],
    values: int,
    table: Code,
    memory: Iterable[float],
) -> Perception:
    lows = [variable.low for variable in variables]
    sizes = [variable.high - variable.low for variable in variables]
    return Perception(
        sense,
        np.array([*settings, *lows, *sizes], np.float64),
        np.array([variable.observation for variable in variables], np.int32),
        values,
        table,
        np.array([*memory], np.float64),
    )
