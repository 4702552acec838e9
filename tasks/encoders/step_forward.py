"""Step-forward: a spike moves a base line one step towards the signal."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import SignalEncoder


@dataclass(frozen=True)
class StepForward(SignalEncoder):
    """``step_forward``: up where s(t) > base + threshold, down where s(t) < base - threshold.

    The base begins as s(0); a spike moves it by the threshold, so that a large change is sent as
    several spikes, one a step. Petro, Kasabov, Kiss (2020), "Selection and optimization of temporal
    spike encoding methods for spiking neural networks".

    Attributes:
        threshold: Size of a step, > 0, in units of the scaled signal.
    """

    name: ClassVar[str] = "step_forward"
    main: ClassVar[str | None] = "threshold"
    searched = MappingProxyType({"threshold": (0.05, 0.1, 0.2, 0.4)})

    threshold: float = 0.1

    def _validate(self) -> None:
        self._above_0("threshold")

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Against a base that follows in steps."""
        spikes = np.zeros((*signals.shape, 2), np.bool_)
        base = signals[0]
        for step, value in enumerate(signals):
            up, down = value > base + self.threshold, value < base - self.threshold
            spikes[step, ..., 0], spikes[step, ..., 1] = up, down
            base = base + self.threshold * up - self.threshold * down
        return spikes
