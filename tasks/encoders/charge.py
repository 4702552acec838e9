"""Values as input charge, the same in every tick."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.models import DTYPES
from .encoder_kinds import Mirrored, Setting


@dataclass(frozen=True)
class Charge(Mirrored):
    """`charge`: every input neuron receives rint(x * gain / grid) * grid in every tick.

    Direct input encoding ("constant current"): the input neurons turn the charge into spikes
    themselves. The grid is that of the profile's weights, so that sums stay exact.

    Attributes:
        gain: Charge of the largest value, at most that of the profile; 0 stands for its largest
            weight.
    """

    name: ClassVar[str] = "charge"
    main: ClassVar[str | None] = "gain"
    kind: ClassVar[Literal["spikes", "charges"]] = "charges"

    gain: float = 0.0

    def largest(self, setting: Setting) -> float:
        """Return the charge of the largest value."""
        return self.gain or setting.full_charge

    def check(self, setting: Setting, needed: int) -> None:
        """Check window and gain; raises InputError."""
        super().check(setting, needed)
        if self.largest(setting) > setting.max_charge:
            raise InputError(
                f"encoder charge: gain must be at most {setting.max_charge:g}, max_charge of the "
                f"profile (got {self.largest(setting):g})"
            )

    def _validate(self) -> None:
        self._at_least("gain", 0)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        x = self._all_sides(values)
        charges = np.rint(x * (self.largest(setting) / setting.grid)) * setting.grid
        shape = (setting.ticks, x.shape[1], len(x))
        return np.broadcast_to(charges.T.astype(DTYPES[setting.arithmetic]), shape)
