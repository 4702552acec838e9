"""Values as input charge, the same in every tick."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ...sim.models import DTYPES
from .base import Mirrored, Setting


@dataclass(frozen=True)
class Charge(Mirrored):
    """``charge``: every input neuron receives rint(x * gain / grid) * grid in every tick.

    Direct input encoding ("constant current"): the input neurons turn the charge into spikes
    themselves. The grid is that of the profile's weights, so that sums stay exact.

    Attributes:
        gain: Charge of the largest value, > 0; 0 stands for the largest weight of the profile.
    """

    name: ClassVar[str] = "charge"
    main: ClassVar[str | None] = "gain"
    kind: ClassVar[Literal["spikes", "charges"]] = "charges"

    gain: float = 0.0

    def _validate(self) -> None:
        self._at_least("gain", 0)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        gain = self.gain or setting.full_charge
        x = self._all_sides(values)
        charges = np.rint(x * (gain / setting.grid)) * setting.grid
        shape = (setting.ticks, x.shape[1], len(x))
        return np.broadcast_to(charges.T.astype(DTYPES[setting.arithmetic]), shape)
