"""Codes of changes, `delta` and `step_forward`: of a signal they send its ways up and down."""

from abc import abstractmethod
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .encoder_kinds import Encoder, Setting


@dataclass(frozen=True)
class Changes(Encoder):
    """A spike on the first of two inputs means up, on the second down.

    Attributes:
        threshold: Size of a change that makes a spike, > 0, in units of the scaled signal.
    """

    main: ClassVar[str | None] = "threshold"
    searched = MappingProxyType({"threshold": (0.05, 0.1, 0.2, 0.4)})

    threshold: float = 0.1

    @property
    def width(self) -> int:
        """Two inputs a channel: up and down."""
        return 2

    def _input_names(self) -> tuple[str, ...]:
        return ("(up)", "(down)")

    def window(self, shape: tuple[int, ...]) -> int:
        """Return a tick for each step; raise InputError where there are no steps."""
        if len(shape) != 2:
            raise InputError(
                f"encoder {self.name} is for signals, values that change in time; these do not"
            )
        return super().window(shape)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        raise AssertionError("window() has refused values without steps")

    def _encode_signals(
        self, signals: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        samples, steps, channels = signals.shape
        window = np.zeros((setting.ticks, channels, 2, samples), np.bool_)
        first_ticks = np.arange(steps) * (setting.ticks // steps)
        window[first_ticks] = self.changes(signals.transpose(1, 2, 0)).transpose(0, 1, 3, 2)
        return window.reshape(setting.ticks, 2 * channels, samples)

    def _validate(self) -> None:
        self._above_0("threshold")

    @abstractmethod
    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Find where signals, (steps, …), go up and down: (steps, …, 2)."""


@dataclass(frozen=True)
class Delta(Changes):
    """`delta`: up where s(t) - s(t - 1) ≥ threshold, down where it is ≤ -threshold.

    The first step sends nothing. As snnTorch's `spikegen.delta` with `off_spike`.
    """

    name: ClassVar[str] = "delta"

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Compare each step with the one before."""
        change = np.diff(signals, axis=0, prepend=signals[:1])
        return np.stack([change >= self.threshold, change <= -self.threshold], axis=-1)


@dataclass(frozen=True)
class StepForward(Changes):
    """`step_forward`: up where s(t) > base + threshold, down where s(t) < base - threshold.

    The base begins as s(0); a spike moves it by the threshold, so that a large change is sent as
    several spikes, one a step. Petro, Kasabov, Kiss (2020), "Selection and optimization of temporal
    spike encoding methods for spiking neural networks".
    """

    name: ClassVar[str] = "step_forward"

    def changes(self, signals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Compare each step with a base that follows by the threshold."""
        spikes = np.zeros((*signals.shape, 2), np.bool_)
        base = signals[0]
        for step, value in enumerate(signals):
            up, down = value > base + self.threshold, value < base - self.threshold
            spikes[step, ..., 0], spikes[step, ..., 1] = up, down
            base = base + self.threshold * up - self.threshold * down
        return spikes
