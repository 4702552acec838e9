"""Encoders by amount: rate and Poisson codes, population codes, input charge."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.models import DTYPES
from .encoder_kinds import RANGES, Mirrored, Setting, ValueEncoder, share, spikes_at, spread


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


_SILENT = 0.1  # weaker responses give no spike


@dataclass(frozen=True)
class Population(ValueEncoder):
    """`population`: m receptive fields a feature, one spike each, or none where far away.

    Bohte, La Poutré, Kok (2002), "Unsupervised clustering with spiking neurons by sparse temporal
    coding and multilayer RBF networks": for the range [0, 1], field i = 1 … m has its centre at
    c = (2 i - 3) / (2 (m - 2)) and the width s = 1 / (beta * (m - 2)); its response is
    r = exp(-(x - c)² / (2 s²)) and its spike comes at tick rint((1 - r) * last). Responses below
    0.1 are silent. The outer centres lie outside the range.

    Attributes:
        fields: Receptive fields a feature, m ≥ 3.
        beta: Narrowness of the fields, > 0, usually 1 … 2.
        last: Tick that a response of 0 would have, 0 … T - 1; -1 for the last tick of the window.
    """

    name: ClassVar[str] = "population"
    main: ClassVar[str | None] = "fields"
    searched = MappingProxyType({"fields": (3, 4, 6), "range": RANGES})

    fields: int = 4
    beta: float = 1.5
    last: int = -1

    @property
    def width(self) -> int:
        """One input a receptive field."""
        return self.fields

    def shortest(self, features: int) -> int:
        """Return the ticks up to the latest spike."""
        return max(1, self.last + 1)

    def _validate(self) -> None:
        self._at_least("fields", 3)
        self._at_least("beta", 0.1)
        self._at_least("last", -1)

    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Send a spike on the inputs whose fields are near, the earlier the nearer."""
        spacing = 1.0 / (self.fields - 2)
        centres = (np.arange(1, self.fields + 1) - 1.5) * spacing
        distance = (share(values, low, high)[:, np.newaxis] - centres) / (spacing / self.beta)
        response = np.exp(-0.5 * distance * distance)
        last = ticks - 1 if self.last < 0 else self.last
        times = np.rint((1.0 - response) * last).astype(np.int64)
        times[response < _SILENT] = -1
        return spikes_at(times, ticks)


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
