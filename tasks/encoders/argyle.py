"""Argyle: every value lies between two of several inputs, which share the spikes."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import RANGES
from .counted import Counted


@dataclass(frozen=True)
class Argyle(Counted):
    """``argyle``: a value lies between two of K inputs, which share M + 1 spikes.

    With p = (v - low) / (high - low) * (K - 1) * M, region = ⌊p⌋ clipped to 0 … (K - 1) * M - 1 and
    k, q = divmod(region, M), there are M - q spikes on input k and q + 1 on input k + 1. As in
    TENNLab's framework (Schuman, Plank, Bruer, Anantharaj, 2019, "Non-traditional input encoding
    schemes for spiking neuromorphic systems").

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
        """On two neighbouring inputs each."""
        regions = (self.neurons - 1) * self.spikes
        place = (values - low) / (high - low) * (self.neurons - 1) * self.spikes
        region = np.clip(np.floor(place), 0, regions - 1)
        first, rest = np.divmod(region, self.spikes)
        number = np.arange(self.neurons)[:, np.newaxis]
        before = np.where(number == first, self.spikes - rest, 0.0)
        return before + np.where(number == first + 1, rest + 1.0, 0.0)
