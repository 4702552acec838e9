"""Codes by the time of one spike, the larger the earlier: `latency`, `log_latency`, `rank_order`."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .encoder_kinds import RANGES, Mirrored, Setting, ValueEncoder, share, spikes_at


@dataclass(frozen=True)
class Latency(Mirrored, ValueEncoder):
    """`latency`: one spike at tick rint((1 - x) * last); none where x < silent_below.

    The linear, normalised form of snnTorch's `spikegen.latency`, with `clip`.

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
        """Return the ticks up to the latest spike."""
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
        """Send one spike each, the earlier the larger the value."""
        last = ticks - 1 if self.last < 0 else self.last
        x = self._sides(share(values, low, high))
        times = np.rint((1.0 - x) * last).astype(np.int64)
        times[x < self.silent_below] = -1
        return spikes_at(times, ticks)


_NEAREST = 1.01  # smaller multiples of the threshold would take ever longer to reach it


@dataclass(frozen=True)
class LogLatency(Mirrored, ValueEncoder):
    """`log_latency`: one spike, when a leaky neuron charged by x would reach a threshold.

    A neuron whose potential tends to x with time constant tau reaches the threshold h after
    t(x) = tau * ln(x / (x - h)). The spike comes at tick rint(last * t(x) / t(1.01 * h)), so that
    tau does not matter; smaller values than 1.01 * h count as it. The logarithmic, normalised form
    of snnTorch's `spikegen.latency`, which divides by the longest time of the data at hand.

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
        """Return the ticks up to the latest spike."""
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
        """Send one spike each, the earlier the larger the value."""
        last = ticks - 1 if self.last < 0 else self.last
        smallest = _NEAREST * self.threshold
        x = np.maximum(self._sides(share(values, low, high)), smallest)
        longest = np.log(smallest / (smallest - self.threshold))
        times = np.log(x / (x - self.threshold)) / longest
        return spikes_at(np.rint(times * last).astype(np.int64), ticks)


@dataclass(frozen=True)
class RankOrder(Mirrored):
    """`rank_order`: the input of rank k, 0 for the largest value, spikes at tick k * gap.

    Of equal values the first input comes first. Thorpe, Gautrais (1998), "Rank order coding".

    Attributes:
        gap: Ticks from one spike to the next, ≥ 1.
        first: How many inputs spike, the others being silent; 0: all.
    """

    name: ClassVar[str] = "rank_order"
    main: ClassVar[str | None] = "gap"
    searched = MappingProxyType({"gap": (1, 2, 3)})

    gap: int = 1
    first: int = 0

    def shortest(self, features: int) -> int:
        """Return the ticks up to the spike of the smallest value."""
        inputs = self.inputs(features)
        return (min(self.first or inputs, inputs) - 1) * self.gap + 1

    def _validate(self) -> None:
        self._at_least("gap", 1)
        self._at_least("first", 0)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        x = self._all_sides(values)
        order = np.argsort(-x, axis=1, kind="stable")  # of equal values the first input first
        ranks = np.argsort(order, axis=1)
        times = np.where(ranks < (self.first or x.shape[1]), ranks * self.gap, -1)
        return spikes_at(times, setting.ticks)
