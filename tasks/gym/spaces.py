"""What an environment shows and takes: observations as ranges, decisions of outputs as actions."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, Space
from numpy.typing import NDArray

from ...errors import InputError
from ..decoders.actions import continuous_decoder
from ..decoders.classes import Decoder, decoder


def observation_bounds(space: Space[Any], name: str) -> NDArray[np.float64]:
    """Declared lowest and highest value of each observed variable, (variables, 2), or infinity.

    Raises:
        InputError: Observations are not vectors of numbers.
    """
    if not isinstance(space, Box) or len(space.shape) != 1:
        raise InputError(
            f"{name} shows observations of the space {_brief(space)}; networks take vectors of "
            "numbers, a Box with one dimension"
        )
    return np.stack([space.low, space.high], axis=1).astype(np.float64)


class Actions(ABC):
    """How the decisions of outputs become actions.

    An action is one number or several; each is decided by outputs of its own.

    Attributes:
        numbers: Numbers of an action.
        choices: Values among which each of them is decided.
        names: Names of the outputs, those of one number together.
        target: ``Decoder.target``.
        decoder: The decoder.
    """

    numbers: int
    choices: int
    names: tuple[str, ...]
    target: int
    decoder: Decoder

    @abstractmethod
    def take(self, decisions: NDArray[np.int32]) -> Sequence[Any]:
        """The action of each lane, from (numbers, lanes) decisions."""


class DiscreteActions(Actions):
    """An output for each action."""

    numbers = 1

    def __init__(self, space: Discrete, text: str) -> None:
        self.decoder = decoder(text)
        self.target = self.decoder.target
        self.choices = int(space.n)
        self._values = [int(space.start) + choice for choice in range(self.choices)]
        self.names = tuple(map(str, self._values))

    def take(self, decisions: NDArray[np.int32]) -> Sequence[int]:
        """Whole numbers."""
        return [self._values[decision] for decision in decisions[0].tolist()]


class ContinuousActions(Actions):
    """Outputs for each number of a vector; they name a place in its row of values."""

    def __init__(self, space: Box, text: str, ticks: int) -> None:
        self.decoder = continuous_decoder(text)
        self.target = self.decoder.target
        ranges = [
            (float(low), float(high)) for low, high in zip(space.low, space.high, strict=True)
        ]
        rows = [self.decoder.values(*ends, ticks) for ends in ranges]
        self._rows = np.array(rows, space.dtype)
        self.numbers, self.choices = self._rows.shape
        several = self.numbers > 1
        self.names = tuple(
            f"{number} {name}" if several else name
            for number, ends in enumerate(ranges)
            for name in self.decoder.actions(*ends)
        )

    def take(self, decisions: NDArray[np.int32]) -> Sequence[NDArray[Any]]:
        """Vectors, (numbers,) each, of the type that the environment wants."""
        return list(self._rows[np.arange(self.numbers), decisions.T])


def actions_of(space: Space[Any], name: str, text: str | None, ticks: int) -> Actions:
    """How networks act in an environment.

    Args:
        space: The environment's space of actions.
        name: The task, for messages.
        text: The decoder; None for the usual one.
        ticks: Length of a decision window.

    Raises:
        InputError: Actions are neither one of several nor bounded vectors, or there is no such
            decoder.
    """
    if isinstance(space, Discrete):
        return DiscreteActions(space, text or "spike_count")
    bounded = isinstance(space, Box) and space.is_bounded("both")
    if isinstance(space, Box) and bounded and len(space.shape) == 1:
        return ContinuousActions(space, text or "bins:5", ticks)
    raise InputError(
        f"{name} takes actions of the space {_brief(space)}; networks give one of several, "
        "Discrete, or a vector of bounded numbers, a Box with one dimension"
    )


def _brief(space: Space[Any]) -> str:
    """A space in a few words."""
    shape = f" of shape {space.shape}" if isinstance(space, Box) else ""
    unbounded = isinstance(space, Box) and not space.is_bounded("both") and len(space.shape) == 1
    return f"{type(space).__name__}{shape}{', unbounded' if unbounded else ''}"
