"""Delta modulation: a spike where a signal changes enough from one step to the next."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .changes import Changes


@dataclass(frozen=True)
class Delta(Changes):
    """``delta``: up where s(t) - s(t - 1) ≥ threshold, down where it is ≤ -threshold.

    The first step sends nothing. As snnTorch's ``spikegen.delta`` with ``off_spike``.
    """

    name: ClassVar[str] = "delta"

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Against the step before."""
        change = np.diff(signals, axis=0, prepend=signals[:1])
        return np.stack([change >= self.threshold, change <= -self.threshold], axis=-1)
