"""Delta modulation: a spike where a signal changes enough from one step to the next."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import SignalEncoder


@dataclass(frozen=True)
class Delta(SignalEncoder):
    """``delta``: up where s(t) - s(t - 1) ≥ threshold, down where it is ≤ -threshold.

    The first step sends nothing. As snnTorch's ``spikegen.delta`` with ``off_spike``.

    Attributes:
        threshold: Change that makes a spike, > 0, in units of the scaled signal.
    """

    name: ClassVar[str] = "delta"
    main: ClassVar[str | None] = "threshold"
    searched = MappingProxyType({"threshold": (0.05, 0.1, 0.2, 0.4)})

    threshold: float = 0.1

    def _validate(self) -> None:
        self._above_0("threshold")

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Against the step before."""
        change = np.diff(signals, axis=0, prepend=signals[:1])
        return np.stack([change >= self.threshold, change <= -self.threshold], axis=-1)
