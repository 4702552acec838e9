"""Flip-flop: one input for negative values and one for positive ones."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .base import RANGES
from .counted import Counted


@dataclass(frozen=True)
class FlipFlop(Counted):
    """``flip_flop``: n = ⌈min(1, |v| / range) * M⌉ spikes on the first (v ≤ 0) or second input.

    The range is the distance from 0 to the end of the range on the value's side. Features of data
    are brought to -1 … 1. As in TENNLab's framework (Schuman, Plank, Bruer, Anantharaj, 2019,
    "Non-traditional input encoding schemes for spiking neuromorphic systems").
    """

    name: ClassVar[str] = "flip_flop"
    span: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    searched = MappingProxyType({"spikes": (2, 4, 8), "range": RANGES})

    @property
    def width(self) -> int:
        """One input for each sign."""
        return 2

    def counts(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Raises InputError for a range that does not go from below to above 0."""
        if not low < 0.0 < high:
            raise InputError(
                f"encoder flip_flop needs ranges from below to above 0 (got {low} … {high})"
            )
        negative = values <= 0.0
        size = np.minimum(1.0, np.abs(values) / np.where(negative, -low, high))
        spikes = np.ceil(size * self.spikes)
        return np.stack([np.where(negative, spikes, 0.0), np.where(negative, 0.0, spikes)])
