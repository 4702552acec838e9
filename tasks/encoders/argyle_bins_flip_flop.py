"""TENNLab's codes, `argyle`, `bins` and `flip_flop`: inputs share the range of a value.

All three are from Schuman, Plank, Bruer, Anantharaj (2019), "Non-traditional input encoding schemes
for spiking neuromorphic systems", and from TENNLab's framework.
"""

from abc import abstractmethod
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .encoder_kinds import RANGES, ValueEncoder, share, spread

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
        """Return the ticks up to the latest spike."""
        return SPACING * (self.spikes - 1) + 1

    def _validate(self) -> None:
        self._at_least("spikes", 1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Send as many spikes on each input as `counts` returns."""
        window = np.zeros((ticks, self.width, len(values)), np.bool_)
        numbers = np.arange(self.spikes)[:, np.newaxis, np.newaxis]
        window[: self.shortest(1) : SPACING] = numbers < self.counts(values, low, high)
        return window

    @abstractmethod
    def counts(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Return the spikes of each input, (width, values) of whole numbers, for values of a range."""


@dataclass(frozen=True)
class Argyle(Counted):
    """`argyle`: a value lies between two of K inputs, which share M + 1 spikes.

    With p = (v - low) / (high - low) * (K - 1) * M, region = ⌊p⌋ clipped to 0 … (K - 1) * M - 1 and
    k, q = divmod(region, M), there are M - q spikes on input k and q + 1 on input k + 1.

    Attributes:
        neurons: Inputs of a value, K ≥ 2.
    """

    name: ClassVar[str] = "argyle"
    main: ClassVar[str | None] = "neurons"
    searched = MappingProxyType({"neurons": (3, 4, 6), "range": RANGES})

    neurons: int = 4

    @property
    def width(self) -> int:
        """Inputs of a value, K."""
        return self.neurons

    def _validate(self) -> None:
        super()._validate()
        self._at_least("neurons", 2)

    def counts(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Share spikes between two neighbouring inputs."""
        regions = (self.neurons - 1) * self.spikes
        place = (values - low) / (high - low) * (self.neurons - 1) * self.spikes
        region = np.clip(np.floor(place), 0, regions - 1)
        first, rest = np.divmod(region, self.spikes)
        number = np.arange(self.neurons)[:, np.newaxis]
        before = np.where(number == first, self.spikes - rest, 0.0)
        return before + np.where(number == first + 1, rest + 1.0, 0.0)


@dataclass(frozen=True)
class FlipFlop(Counted):
    """`flip_flop`: n = ⌈min(1, |v| / range) * M⌉ spikes on the first (v ≤ 0) or second input.

    The range is the distance from 0 to the end of the range on the value's side. Features of data
    are brought to -1 … 1.
    """

    name: ClassVar[str] = "flip_flop"
    span: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    searched = MappingProxyType({"spikes": (2, 4, 8), "range": RANGES})

    @property
    def width(self) -> int:
        """One input for each sign."""
        return 2

    def _input_names(self) -> tuple[str, ...]:
        return ("(low)", "(high)")

    def counts(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Count spikes by sign; raise InputError for a range that does not go from below to above 0."""
        if not low < 0.0 < high:
            raise InputError(
                f"encoder flip_flop needs ranges from below to above 0 (got {low} … {high})"
            )
        negative = values <= 0.0
        size = np.minimum(1.0, np.abs(values) / np.where(negative, -low, high))
        spikes = np.ceil(size * self.spikes)
        return np.stack([np.where(negative, spikes, 0.0), np.where(negative, 0.0, spikes)])


@dataclass(frozen=True)
class Bins(ValueEncoder):
    """`bins`: input min(floor(x * K), K - 1) of K sends n spikes at ticks floor(k * T / n).

    Attributes:
        bins: Inputs a feature, K ≥ 2.
        spikes: Spikes of the input that is chosen, n, 1 … T.
    """

    name: ClassVar[str] = "bins"
    main: ClassVar[str | None] = "bins"
    searched = MappingProxyType({"bins": (3, 5, 8), "range": RANGES})

    bins: int = 5
    spikes: int = 1

    @property
    def width(self) -> int:
        """One input a bin."""
        return self.bins

    def shortest(self, features: int) -> int:
        """Return as many ticks as spikes."""
        return self.spikes

    def _validate(self) -> None:
        self._at_least("bins", 2)
        self._at_least("spikes", 1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Send spikes on one input each."""
        places = np.floor(share(values, low, high) * self.bins)
        chosen = np.minimum(places, self.bins - 1) == np.arange(self.bins)[:, np.newaxis]
        window = np.zeros((ticks, self.bins, len(values)), np.bool_)
        window[spread(self.spikes, ticks)] = chosen
        return window
