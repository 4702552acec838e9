"""Step-forward: a spike moves a base line one step towards the signal."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .changes import Changes


@dataclass(frozen=True)
class StepForward(Changes):
    """``step_forward``: up where s(t) > base + threshold, down where s(t) < base - threshold.

    The base begins as s(0); a spike moves it by the threshold, so that a large change is sent as
    several spikes, one a step. Petro, Kasabov, Kiss (2020), "Selection and optimization of temporal
    spike encoding methods for spiking neural networks".
    """

    name: ClassVar[str] = "step_forward"

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Against a base that follows in steps."""
        spikes = np.zeros((*signals.shape, 2), np.bool_)
        base = signals[0]
        for step, value in enumerate(signals):
            up, down = value > base + self.threshold, value < base - self.threshold
            spikes[step, ..., 0], spikes[step, ..., 1] = up, down
            base = base + self.threshold * up - self.threshold * down
        return spikes
