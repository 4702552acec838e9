"""How the observations of an environment become spikes: TENNLab's encoders for control.

An encoder is a frozen dataclass with a text form (``argyle:3,spikes=2``, see ``tasks.spec``). It
maps one variable, of a known range, to spikes of some inputs. For a window a variable's code is the
list of the spikes that may come, each with the interval of values for which it comes; the ends of
the intervals are found with the encoder's formula itself, so that comparing a value with them gives
exactly what the formula gives.

Schuman, Plank, Bruer, Anantharaj (2019), "Non-traditional input encoding schemes for spiking
neuromorphic systems"; formulas as in TENNLab's framework.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from .spec import parse

SPACING = 3  # ticks from one spike of an input to the next


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
        places: (spikes, 3) int32: observation, input, tick.
        bounds: (spikes, 2) float64: low, high.
    """

    places: NDArray[np.int32]
    bounds: NDArray[np.float64]


@dataclass(frozen=True)
class ControlEncoder(ABC):
    """Maps a value to spikes on some inputs, at most M on each, at ticks 0, 3, … 3M − 3.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets.
        spikes: Most spikes of an input in a window, M.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = "spikes"

    spikes: int = 8

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        self._at_least("spikes", 1)

    @property
    @abstractmethod
    def inputs(self) -> int:
        """Inputs of one variable."""

    @abstractmethod
    def code(self, variable: Variable) -> list[Spike]:
        """The spikes that a variable may cause.

        Raises:
            InputError: The encoder has no code for such a range.
        """

    def code_all(self, variables: Sequence[Variable], ticks: int) -> Code:
        """The code of all variables of a network, in a window of ``ticks``.

        Raises:
            InputError: The window is too short, or there is no code for the range of a variable.
        """
        needed = SPACING * self.spikes - SPACING + 1
        if ticks < needed:
            raise InputError(
                f"encoder {self.name} with {self.spikes} spikes needs a window of at least "
                f"{needed} ticks (got {ticks})"
            )
        spikes = [
            (variable.observation, number * self.inputs + spike.input, *spike[1:])
            for number, variable in enumerate(variables)
            for spike in self.code(variable)
        ]
        return Code(
            np.array([spike[:3] for spike in spikes], np.int32),
            np.array([spike[3:] for spike in spikes], np.float64),
        )

    def _at_least(self, field: str, low: int) -> None:
        value = getattr(self, field)
        if value < low:
            raise InputError(f"encoder {self.name}: {field} must be at least {low} (got {value})")


@dataclass(frozen=True)
class FlipFlop(ControlEncoder):
    """``flip_flop``: n = ⌈min(1, |v| / range) · M⌉ spikes on the first (v ≤ 0) or second input.

    The range is the distance from 0 to the end of the variable's range on the value's side.

    Attributes:
        spikes: Most spikes of an input in a window, M.
    """

    name: ClassVar[str] = "flip_flop"

    @property
    def inputs(self) -> int:
        """One for each sign."""
        return 2

    def code(self, variable: Variable) -> list[Spike]:
        """Spike j of an input comes where the formula gives more than j."""
        if not variable.low < 0.0 < variable.high:
            raise InputError(
                f"encoder flip_flop needs ranges from below to above 0 "
                f"(got {variable.name}: {variable.low} … {variable.high})"
            )
        return [spike for j in range(self.spikes) for spike in self._pair(variable, j)]

    def _pair(self, variable: Variable, j: int) -> tuple[Spike, Spike]:
        def more_than_j(value: float, end: float) -> bool:
            return math.ceil(min(1.0, abs(value) / end) * self.spikes) > j

        below = _smallest(lambda size: more_than_j(-size, -variable.low), 0.0, -variable.low)
        above = _smallest(lambda size: more_than_j(size, variable.high), 0.0, variable.high)
        return Spike(0, SPACING * j, -math.inf, -below), Spike(1, SPACING * j, above, math.inf)


@dataclass(frozen=True)
class Argyle(ControlEncoder):
    """``argyle``: every value lies between two of K inputs, which share M + 1 spikes.

    With p = (v − low) / (high − low) · (K − 1) · M, region = ⌊p⌋ clipped to 0 … (K − 1) · M − 1 and
    k, q = divmod(region, M), there are M − q spikes on input k and q + 1 on input k + 1.

    Attributes:
        spikes: Most spikes of an input in a window, M.
        neurons: Inputs of a variable, K ≥ 2.
    """

    name: ClassVar[str] = "argyle"
    main: ClassVar[str | None] = "neurons"

    neurons: int = 4

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        super().__post_init__()
        self._at_least("neurons", 2)

    @property
    def inputs(self) -> int:
        """Inputs of one variable, K."""
        return self.neurons

    def code(self, variable: Variable) -> list[Spike]:
        """Spike j of input k comes from where q + 1 > j, one region before, to where M − q ≤ j."""
        m = self.spikes
        return [
            Spike(
                k,
                SPACING * j,
                self._start(variable, (k - 1) * m + j),
                self._end(variable, (k + 1) * m - j),
            )
            for k in range(self.neurons)
            for j in range(m)
        ]

    def _end(self, variable: Variable, region: int) -> float:
        """Highest value before a region: ∞ before one after the last."""
        if region >= (self.neurons - 1) * self.spikes:
            return math.inf
        return math.nextafter(self._start(variable, region), -math.inf)

    def _start(self, variable: Variable, region: int) -> float:
        """Lowest value of a region: −∞ for the first and before."""
        if region <= 0:
            return -math.inf

        def reaches(value: float) -> bool:
            width = variable.high - variable.low
            place = (value - variable.low) / width * (self.neurons - 1) * self.spikes
            return math.floor(place) >= region

        return _smallest(reaches, variable.low, variable.high)


def _smallest(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The smallest number for which a condition holds that does not for `low` but does for `high`.

    By bisection: it must hold for all numbers above one for which it holds.
    """
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:
            return high
        low, high = (low, middle) if holds(middle) else (middle, high)


CONTROL_ENCODERS: dict[str, type[ControlEncoder]] = {cls.name: cls for cls in (FlipFlop, Argyle)}


def control_encoder(text: str) -> ControlEncoder:
    """Make the encoder that a text names.

    Raises:
        InputError: Unknown encoder or setting, or a value out of range.
    """
    return parse(text, CONTROL_ENCODERS, "encoder for control")
