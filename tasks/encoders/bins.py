"""Bins: a value makes the one input spike in whose part of the range it lies."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import RANGES, ValueEncoder, share, spread


@dataclass(frozen=True)
class Bins(ValueEncoder):
    """``bins``: input min(floor(x * K), K - 1) of K sends n spikes at ticks floor(k * T / n).

    The bins of Schuman, Plank, Bruer, Anantharaj (2019), "Non-traditional input encoding schemes
    for spiking neuromorphic systems".

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
        """As many ticks as spikes."""
        return self.spikes

    def _validate(self) -> None:
        self._at_least("bins", 2)
        self._at_least("spikes", 1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """On one input each."""
        places = np.floor(share(values, low, high) * self.bins)
        chosen = np.minimum(places, self.bins - 1) == np.arange(self.bins)[:, np.newaxis]
        window = np.zeros((ticks, self.bins, len(values)), np.bool_)
        window[spread(self.spikes, ticks)] = chosen
        return window
