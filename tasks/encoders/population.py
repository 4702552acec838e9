"""Population code: Gaussian receptive fields, the stronger the response the earlier the spike."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .encoder_kinds import RANGES, ValueEncoder, share, spikes_at

_SILENT = 0.1  # weaker responses give no spike


@dataclass(frozen=True)
class Population(ValueEncoder):
    """`population`: m receptive fields a feature, one spike each, or none where far away.

    Bohte, La Poutré, Kok (2002), "Unsupervised clustering with spiking neurons by sparse temporal
    coding and multilayer RBF networks": for the range [0, 1], field i = 1 … m has its centre at
    c = (2 i - 3) / (2 (m - 2)) and the width s = 1 / (beta * (m - 2)); its response is
    r = exp(-(x - c)² / (2 s²)) and its spike comes at tick rint((1 - r) * last). Responses below
    0.1 are silent. The outer centres lie outside the range.

    Attributes:
        fields: Receptive fields a feature, m ≥ 3.
        beta: Narrowness of the fields, > 0, usually 1 … 2.
        last: Tick that a response of 0 would have, 0 … T - 1; -1 for the last tick of the window.
    """

    name: ClassVar[str] = "population"
    main: ClassVar[str | None] = "fields"
    searched = MappingProxyType({"fields": (3, 4, 6), "range": RANGES})

    fields: int = 4
    beta: float = 1.5
    last: int = -1

    @property
    def width(self) -> int:
        """One input a receptive field."""
        return self.fields

    def shortest(self, features: int) -> int:
        """Return the ticks up to the latest spike."""
        return max(1, self.last + 1)

    def _validate(self) -> None:
        self._at_least("fields", 3)
        self._at_least("beta", 0.1)
        self._at_least("last", -1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Send a spike on the inputs whose fields are near, the earlier the nearer."""
        spacing = 1.0 / (self.fields - 2)
        centres = (np.arange(1, self.fields + 1) - 1.5) * spacing
        distance = (share(values, low, high)[:, np.newaxis] - centres) / (spacing / self.beta)
        response = np.exp(-0.5 * distance * distance)
        last = ticks - 1 if self.last < 0 else self.last
        times = np.rint((1.0 - response) * last).astype(np.int64)
        times[response < _SILENT] = -1
        return spikes_at(times, ticks)
