"""Time to first spike: the larger, the earlier."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .base import RANGES, Mirrored, ValueEncoder, share, spikes_at


@dataclass(frozen=True)
class Latency(Mirrored, ValueEncoder):
    """``latency``: one spike at tick rint((1 - x) * last); none where x < silent_below.

    The linear, normalised form of snnTorch's ``spikegen.latency``, with ``clip``.

    Attributes:
        last: Tick of the latest spike, 0 … T - 1; -1 for the last tick of the window.
        silent_below: Values below it, in 0 … 1, give no spike; 0: every value gives one.
    """

    name: ClassVar[str] = "latency"
    main: ClassVar[str | None] = "last"
    searched = MappingProxyType({"silent_below": (0.0, 0.1, 0.3), "range": RANGES})

    last: int = -1
    silent_below: float = 0.0

    def shortest(self, features: int) -> int:
        """Up to the latest spike."""
        return max(1, self.last + 1)

    def _validate(self) -> None:
        self._at_least("last", -1)
        if not 0.0 <= self.silent_below <= 1.0:
            raise InputError(
                f"encoder latency: silent_below must lie in 0 … 1 (got {self.silent_below})"
            )

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """One spike each, the earlier the larger the value."""
        last = ticks - 1 if self.last < 0 else self.last
        x = self._sides(share(values, low, high))
        times = np.rint((1.0 - x) * last).astype(np.int64)
        times[x < self.silent_below] = -1
        return spikes_at(times, ticks)
