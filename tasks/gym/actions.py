"""Decisions of outputs as actions of an environment, whatever their space."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from gymnasium.spaces import Space
from numpy.typing import NDArray

from ...errors import InputError
from ..decoders.actions import Bins, ContinuousDecoder, continuous_decoder
from ..decoders.classes import Decoder, decoder
from .space_forms import Form
from .spaces import MOST_NUMBERS, ActionNumber, action_form, action_numbers


class Actions:
    """How the decisions of outputs become actions.

    An action is one number or several; each is decided by outputs of its own. Choices have an output
    each, of which the winner is taken. The decoder makes a row of values for a number of a Box; where
    these are whole, its values are rounded, and `bins` has no more outputs than there are numbers in the
    widest range.

    Args:
        space: The environment's space of actions.
        name: The task, for messages.
        text: The decoder; None for `bins:5` where some numbers are of a Box, else for the usual one.
        ticks: Length of a decision window.
        usual: The usual decoder of choices.

    Attributes:
        form: Of an action.
        values: Of each number, the value that each decision stands for, exactly as the environment
            receives it.
        outputs: How many outputs decide each number.
        names: Names of the outputs, those of one number together.
        target: `Decoder.target`.
        decoder: The decoder.

    Raises:
        InputError: Networks cannot give such actions, or there is no such decoder.
    """

    form: Form
    values: list[list[int | float]]
    outputs: list[int]
    names: tuple[str, ...]
    target: int
    decoder: Decoder

    def __init__(
        self,
        space: Space[Any],
        name: str,
        text: str | None,
        ticks: int,
        usual: str = "spike_count",
    ) -> None:
        self.form = action_form(space, name)
        numbers = action_numbers(space)
        ranges = [each for each in numbers if each.choices is None]
        self.decoder = _decoder(text, ranges, usual)
        self.target = self.decoder.target
        if ranges and len(ranges) < len(numbers) and not isinstance(self.decoder, Bins):
            raise InputError(
                f"decoder {self.decoder.name} of {name} reads numbers, but some parts of its actions are "
                "choices: it must be bins"
            )
        rows = [_row(each, self.decoder, ticks) for each in numbers]
        self.values = [row.values for row in rows]
        self.outputs = [len(row.names) for row in rows]
        if sum(self.outputs) > MOST_NUMBERS:
            raise InputError(
                f"{name} takes actions that {sum(self.outputs):,} outputs would decide, but networks "
                f"have {MOST_NUMBERS:,} at most"
            )
        several = len(rows) > 1
        self.names = tuple(
            " ".join(map(str, (*path, text))) if several else text
            for path, row in zip(self.form.paths(), rows, strict=True)
            for text in row.names
        )

    @property
    def choices(self) -> list[int]:
        """Of each number, how many decisions there are."""
        return list(map(len, self.values))

    def take(self, decisions: NDArray[np.int32]) -> Sequence[Any]:
        """Return the action of each lane, from (numbers, lanes) decisions.

        Each is of the types that the environment declares, as its space samples them.
        """
        return [self.of(lane) for lane in decisions.T.tolist()]

    def text(self, decisions: Sequence[int]) -> str:
        """Return the action of one decision for each number in words: the winners, else the values."""
        said, first = [], 0
        for row, count, place in zip(self.values, self.outputs, decisions, strict=True):
            winner = count == len(row)
            said.append(self.names[first + place] if winner else f"{row[place]:+g}")
            first += count
        return ", ".join(said)

    def of(self, decisions: Sequence[int]) -> Any:
        """Return the action of one decision for each number."""
        chosen = (row[place] for row, place in zip(self.values, decisions, strict=True))
        return self.form.build(chosen)


class _Row(NamedTuple):
    """The values of a number, and the names of the outputs that decide between them."""

    values: list[int | float]
    names: tuple[str, ...]


def _decoder(text: str | None, ranges: Sequence[ActionNumber], usual: str) -> Decoder:
    """Make the decoder, that of choices if there are no ranges."""
    if not ranges:
        return decoder(text or usual)
    chosen = continuous_decoder(text or "bins:5")
    if isinstance(chosen, Bins) and all(each.type.kind != "f" for each in ranges):
        most = max(int(each.ends[1]) - int(each.ends[0]) + 1 for each in ranges)
        chosen = replace(chosen, bins=max(2, min(chosen.bins, most)))
    return chosen


def _row(number: ActionNumber, decoder: Decoder, ticks: int) -> _Row:
    if number.choices is not None:
        return _Row([*number.choices], tuple(map(str, number.choices)))
    assert isinstance(decoder, ContinuousDecoder)  # `_decoder` has seen to it
    low, high = number.ends
    values_of = _whole_numbers if number.type.kind != "f" else _numbers
    row = np.array(values_of(decoder, low, high, ticks), number.type)
    if isinstance(decoder, Bins):  # of which each output stands for a value
        return _Row(row.tolist(), tuple(map(_text, row)))
    return _Row(row.tolist(), decoder.actions(low, high))


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
