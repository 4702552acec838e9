"""Codes that count: how many spikes an input sends says the value, always from the first tick on."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import ValueEncoder

SPACING = 3  # ticks from one spike of an input to the next


@dataclass(frozen=True)
class Counted(ValueEncoder):
    """At most M spikes on each input, at ticks 0, 3, … 3 M - 3.

    Attributes:
        spikes: Most spikes of an input in a window, M ≥ 1.
    """

    main: ClassVar[str | None] = "spikes"

    spikes: int = 8

    def shortest(self, features: int) -> int:
        """Up to the latest spike."""
        return SPACING * (self.spikes - 1) + 1

    def _validate(self) -> None:
        self._at_least("spikes", 1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """As many on each input as ``counts`` says."""
        window = np.zeros((ticks, self.width, len(values)), np.bool_)
        numbers = np.arange(self.spikes)[:, np.newaxis, np.newaxis]
        window[: self.shortest(1) : SPACING] = numbers < self.counts(values, low, high)
        return window

    @abstractmethod
    def counts(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Spikes of each input, (width, values) of whole numbers, for values of a range."""
