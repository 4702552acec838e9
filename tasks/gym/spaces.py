"""Spaces of an environment: bounds of its observations, and decisions of outputs as its actions."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, Space
from numpy.typing import NDArray

from ...errors import InputError
from ..decoders.actions import Bins, ContinuousDecoder, continuous_decoder
from ..decoders.classes import Decoder, decoder


def observation_bounds(space: Space[Any], name: str) -> NDArray[np.float64]:
    """Return the declared bounds of observations, (variables, 2) float64: lowest, highest.

    Either may be infinite.

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
        values: Of each number, the value that each decision stands for, exactly as the environment
            receives it.
        type: NumPy's name of the type of a vector of numbers; None if the action is a whole number.
        names: Names of the outputs, those of one number together.
        target: `Decoder.target`.
        decoder: The decoder.
    """

    numbers: int
    choices: int
    values: list[list[int | float]]
    type: str | None = None
    names: tuple[str, ...]
    target: int
    decoder: Decoder

    @abstractmethod
    def take(self, decisions: NDArray[np.int32]) -> Sequence[Any]:
        """Return the action of each lane, from (numbers, lanes) decisions."""


class DiscreteActions(Actions):
    """An output for each action."""

    numbers = 1

    def __init__(self, space: Discrete, text: str) -> None:
        self.decoder = decoder(text)
        self.target = self.decoder.target
        self.choices = int(space.n)
        self._actions = [int(space.start) + choice for choice in range(self.choices)]
        self.values = [[*self._actions]]
        self.names = tuple(map(str, self._actions))

    def take(self, decisions: NDArray[np.int32]) -> Sequence[int]:
        """Return whole numbers."""
        return [self._actions[decision] for decision in decisions[0].tolist()]


class BoxActions(Actions):
    """Outputs for each number of a vector; they name a place in its row of values.

    The decoder makes the row. Where the vector is of whole numbers, its values are rounded, and
    `bins` has no more outputs than there are numbers in the widest range.
    """

    def __init__(self, space: Box, text: str, ticks: int) -> None:
        ends = list(zip(space.low.tolist(), space.high.tolist(), strict=True))
        whole = space.dtype.kind != "f"
        chosen = continuous_decoder(text)
        if whole and isinstance(chosen, Bins):
            most = max(int(high) - int(low) + 1 for low, high in ends)
            chosen = replace(chosen, bins=max(2, min(chosen.bins, most)))
        self.decoder, self.target = chosen, chosen.target
        values_of = _whole_numbers if whole else _numbers
        rows = [values_of(chosen, low, high, ticks) for low, high in ends]
        self._rows = np.array(rows, space.dtype)
        self.numbers, self.choices = self._rows.shape
        self.values = self._rows.tolist()
        self.type = str(space.dtype)
        several = self.numbers > 1
        self.names = tuple(
            f"{number} {name}" if several else name
            for number, row in enumerate(self._rows)
            for name in _output_names(chosen, row, *ends[number])
        )

    def take(self, decisions: NDArray[np.int32]) -> Sequence[NDArray[Any]]:
        """Return vectors, (numbers,) each, of the type that the environment declares."""
        return list(self._rows[np.arange(self.numbers), decisions.T])


def _output_names(
    decoder: ContinuousDecoder, row: NDArray[Any], low: float, high: float
) -> tuple[str, ...]:
    """Return the names of one number's outputs: of `bins` the values themselves."""
    if isinstance(decoder, Bins):
        return tuple(_text(value) for value in row)
    return decoder.actions(low, high)


def _numbers(decoder: ContinuousDecoder, low: float, high: float, ticks: int) -> list[float]:
    """Return a decoder's values, which rounding may have put beyond the bounds, within them."""
    return [min(max(value, low), high) for value in decoder.values(low, high, ticks)]


def _whole_numbers(decoder: ContinuousDecoder, low: int, high: int, ticks: int) -> list[int]:
    """Return the whole numbers next to a decoder's values, of any size: they are counted from low."""
    width = int(high) - int(low)
    end = float(width)  # of more than 53 bits another number, which stands for the width
    values = decoder.values(0.0, end, ticks)
    return [int(low) + (width if value >= end else max(round(value), 0)) for value in values]


def _text(value: np.generic) -> str:
    """Return a number with its sign, in six digits if just this number of its type has these."""
    if value.dtype.kind != "f":
        return f"{int(value):+d}"
    texts = (f"{value.item():+.{digits}g}" for digits in range(6, 18))
    return next(text for text in texts if value.dtype.type(text) == value)


def actions_of(space: Space[Any], name: str, text: str | None, ticks: int) -> Actions:
    """Choose how decisions become actions of a space.

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
        return BoxActions(space, text or "bins:5", ticks)
    raise InputError(
        f"{name} takes actions of the space {_brief(space)}; networks give one of several, "
        "Discrete, or a vector of bounded numbers, a Box with one dimension"
    )


def _brief(space: Space[Any]) -> str:
    """Return a space in a few words."""
    shape = f" of shape {space.shape}" if isinstance(space, Box) else ""
    unbounded = isinstance(space, Box) and not space.is_bounded("both") and len(space.shape) == 1
    return f"{type(space).__name__}{shape}{', unbounded' if unbounded else ''}"
