"""How networks in control perceive the observations, for every encoder.

Most encoders are a table of the spikes that each value sends (``control_encoders``). The others
need the last decision, the other variables, or chance: a kernel of ``control_senses`` makes values
of the observations first, and the table is for these.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import singledispatch
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ..encoders import Encoder, ValueEncoder
from ..encoders.base import Setting
from ..encoders.charge import Charge
from ..encoders.delta import Delta
from ..encoders.poisson import Poisson
from ..encoders.rank_order import RankOrder
from ..encoders.step_forward import StepForward
from .observation_encoder import Code, Variable, code
from .observation_spikes import directly


class Perception(NamedTuple):
    """How the observations of a decision reach a network.

    Attributes:
        sense: Name of the kernel in ``control_senses``, or ``directly``.
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
        """The perception by an encoder of the same kind, of which these are the ``arrays``."""
        return self._replace(code=Code(places, bounds), settings=settings)

    def function(self) -> Callable[..., None]:
        """The kernel."""
        if self.sense == "directly":
            return directly
        from . import compiled_senses as control_senses  # compiles, or loads from the cache

        made: Callable[..., None] = getattr(control_senses, self.sense)
        return made

    def begin(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """The memories with which so many episodes begin, (episodes, rows)."""
        memories = np.tile(self.memory, (episodes, 1))
        if self.random:
            memories[:, 0] = rng.integers(0, 2**53, episodes)
        return memories


def perception(
    encoder: Encoder, variables: Sequence[Variable], setting: Setting, width: int = 0
) -> Perception:
    """How a network perceives the variables of an environment.

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
    """A spike in the first tick: on one input from the threshold up, on another from minus it down."""
    ends = ((threshold, math.inf), (-math.inf, -threshold))
    spikes = [
        (number, 2 * number + way, 0, *ends[way])
        for number in range(len(variables))
        for way in range(2)
    ]
    nothing_yet = [math.nan] * len(variables)
    return _with(variables, sense, (threshold,), len(variables), _code(spikes), nothing_yet)


def _code(spikes: Sequence[tuple[int, int, int, float, float]]) -> Code:
    """A table of (value, input, tick, low, high)."""
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
