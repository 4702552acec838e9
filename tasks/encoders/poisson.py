"""Random rate code: an independent draw for every tick."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import Mirrored, Setting


@dataclass(frozen=True)
class Poisson(Mirrored):
    """``poisson``: in each tick a spike with probability clip(gain * x + offset, 0, 1).

    A Bernoulli draw per tick, as snnTorch's ``spikegen.rate``.

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
        draws = rng.random((len(x), setting.ticks, x.shape[1]))
        return (draws < chance[:, np.newaxis]).transpose(1, 2, 0)
