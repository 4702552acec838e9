"""Rate codes: evenly spaced spikes (`rate`), or a random draw for every tick (`poisson`)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .encoder_kinds import RANGES, Mirrored, Setting, ValueEncoder, share, spread


@dataclass(frozen=True)
class Rate(Mirrored, ValueEncoder):
    """`rate`: n = rint(x * spikes) spikes at ticks floor(k * T / n), k = 0 … n - 1.

    The evenly spaced form of TENNLab's rate encoders (Schuman, Plank, Bruer, Anantharaj, 2019,
    "Non-traditional input encoding schemes for spiking neuromorphic systems").

    Attributes:
        spikes: Spikes of the largest value, 1 … T.
    """

    name: ClassVar[str] = "rate"
    main: ClassVar[str | None] = "spikes"
    searched = MappingProxyType({"spikes": (2, 4, 8), "range": RANGES})

    spikes: int = 8

    def shortest(self, features: int) -> int:
        """Return as many ticks as spikes."""
        return self.spikes

    def _validate(self) -> None:
        self._at_least("spikes", 1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Send more spikes for larger values."""
        # A table of the trains by their number of spikes: there are few, and many values.
        trains = np.zeros((self.spikes + 1, ticks), np.bool_)
        for count in range(1, self.spikes + 1):
            trains[count, spread(count, ticks)] = True
        counts = np.rint(self._sides(share(values, low, high)) * self.spikes).astype(np.int64)
        return trains[counts].transpose(2, 1, 0)


@dataclass(frozen=True)
class Poisson(Mirrored):
    """`poisson`: in each tick a spike with probability clip(gain * x + offset, 0, 1).

    A Bernoulli draw per tick, as snnTorch's `spikegen.rate`.

    Attributes:
        gain: Probability of a spike in a tick for the largest value (without offset), ≥ 0.
        offset: Probability of a spike in a tick for the smallest value.
    """

    name: ClassVar[str] = "poisson"
    main: ClassVar[str | None] = "gain"
    random: ClassVar[bool] = True
    searched = MappingProxyType({"gain": (0.25, 0.5, 1.0)})

    gain: float = 0.5
    offset: float = 0.0

    def _validate(self) -> None:
        self._at_least("gain", 0)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        x = self._all_sides(values)
        chance = np.clip(self.gain * x + self.offset, 0.0, 1.0)
        # Samples first: what one of them gets does not depend on how many follow.
        draws = rng.random((len(x), setting.ticks, x.shape[1]))
        return (draws < chance[:, np.newaxis]).transpose(1, 2, 0)
