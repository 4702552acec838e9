"""Time to first spike of a neuron that the value charges: the larger, the earlier."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .base import RANGES, Mirrored, ValueEncoder, share, spikes_at

_NEAREST = 1.01  # smaller multiples of the threshold would take ever longer to reach it


@dataclass(frozen=True)
class LogLatency(Mirrored, ValueEncoder):
    """``log_latency``: one spike, when a leaky neuron charged by x would reach a threshold.

    A neuron whose potential tends to x with time constant tau reaches the threshold h after
    t(x) = tau * ln(x / (x - h)). The spike comes at tick rint(last * t(x) / t(1.01 * h)), so that
    tau does not matter; smaller values than 1.01 * h count as it. The logarithmic, normalised form
    of snnTorch's ``spikegen.latency``, which divides by the longest time of the data at hand.

    Attributes:
        threshold: h, 0 < h ≤ 0.9.
        last: Tick of the latest spike, 0 … T - 1; -1 for the last tick of the window.
    """

    name: ClassVar[str] = "log_latency"
    main: ClassVar[str | None] = "threshold"
    searched = MappingProxyType({"threshold": (0.1, 0.2, 0.4), "range": RANGES})

    threshold: float = 0.2
    last: int = -1

    def shortest(self, features: int) -> int:
        """Up to the latest spike."""
        return max(1, self.last + 1)

    def _validate(self) -> None:
        self._at_least("last", -1)
        if not 0.0 < self.threshold <= 0.9:
            raise InputError(
                "encoder log_latency: threshold must be above 0 and at most 0.9 "
                f"(got {self.threshold})"
            )

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """One spike each, the earlier the larger the value."""
        last = ticks - 1 if self.last < 0 else self.last
        smallest = _NEAREST * self.threshold
        x = np.maximum(self._sides(share(values, low, high)), smallest)
        longest = np.log(smallest / (smallest - self.threshold))
        times = np.log(x / (x - self.threshold)) / longest
        return spikes_at(np.rint(times * last).astype(np.int64), ticks)
