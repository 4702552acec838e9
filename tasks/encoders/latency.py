"""Time to first spike: the larger, the earlier."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ... import InputError
from .base import Mirrored, Setting, spikes_at


@dataclass(frozen=True)
class Latency(Mirrored):
    """``latency``: one spike at tick rint((1 - x) * last); none where x < silent_below.

    The linear, normalised form of snnTorch's ``spikegen.latency``, with ``clip``.

    Attributes:
        last: Tick of the latest spike, 0 … T - 1; -1 for the last tick of the window.
        silent_below: Values below it, in 0 … 1, give no spike; 0: every value gives one.
    """

    name: ClassVar[str] = "latency"
    main: ClassVar[str | None] = "last"

    last: int = -1
    silent_below: float = 0.0

    @property
    def shortest(self) -> int:
        """Up to the latest spike."""
        return max(1, self.last + 1)

    def _validate(self) -> None:
        self._at_least("last", -1)
        if not 0.0 <= self.silent_below <= 1.0:
            raise InputError(
                f"encoder latency: silent_below must lie in 0 … 1 (got {self.silent_below})"
            )

    def _encode_each(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        last = setting.ticks - 1 if self.last < 0 else self.last
        times = np.rint((1.0 - values) * last).astype(np.int64)
        times[values < self.silent_below] = -1
        return spikes_at(times, setting.ticks)
