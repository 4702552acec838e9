"""What every encoder is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import InputError


class Setting(NamedTuple):
    """What an encoder encodes for.

    Attributes:
        ticks: Length of the window, ≥ 1.
        arithmetic: ``float32`` or ``integer``.
        grid: Grid of charges.
    """

    ticks: int
    arithmetic: str = "float32"
    grid: float = 2.0**-10


@dataclass(frozen=True)
class Encoder(ABC):
    """Maps values in [0, 1] to what the inputs of a network receive.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets, if any.
        kind: ``spikes`` or ``charges``.
        random: Whether the same values give different spikes at each draw.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = None
    kind: ClassVar[Literal["spikes", "charges"]] = "spikes"
    random: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        self._validate()

    @property
    def shortest(self) -> int:
        """Ticks that the window must have at least."""
        return 1

    def inputs(self, features: int) -> int:
        """Number of inputs that so many features need; those of one feature lie together."""
        return features

    def encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """Encode samples.

        Args:
            values: (samples, features) in [0, 1].
            setting: Window and arithmetic.
            rng: Source of chance; only encoders that are ``random`` draw from it, samples first.

        Returns:
            (ticks, inputs, samples) bool spikes, or float32 charges (int32 in integer arithmetic),
            C-contiguous.

        Raises:
            InputError: The window is shorter than the encoder needs.
        """
        if setting.ticks < self.shortest:
            raise InputError(
                f"encoder {self.name} needs a window of at least {self.shortest} ticks "
                f"(got {setting.ticks})"
            )
        return np.ascontiguousarray(self._encode(values, setting, rng))

    @abstractmethod
    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """As ``encode``, for a window that is long enough."""

    @abstractmethod
    def _validate(self) -> None:
        """Raise InputError for a field out of range."""

    def _at_least(self, name: str, low: float) -> None:
        value = getattr(self, name)
        if not value >= low:
            raise InputError(f"encoder {self.name}: {name} must be at least {low} (got {value})")


@dataclass(frozen=True)
class Mirrored(Encoder):
    """An encoder with one input a feature, or two: x, and 1 - x, which is early for small values.

    Attributes:
        mirrored: Whether there is an input for 1 - x after that for x.
    """

    mirrored: bool = field(default=False, kw_only=True)

    def inputs(self, features: int) -> int:
        """One input a feature, two if mirrored."""
        return features * (2 if self.mirrored else 1)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        if self.mirrored:
            values = np.stack([values, 1.0 - values], axis=2).reshape(len(values), -1)
        return self._encode_each(values, setting, rng)

    @abstractmethod
    def _encode_each(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """Encode (samples, inputs) values, each for its own input."""


def spikes_at(times: NDArray[np.int64], ticks: int) -> NDArray[np.bool_]:
    """One spike for each input and sample: times (samples, inputs) to (ticks, inputs, samples).

    A negative time is no spike.
    """
    window = np.arange(ticks)[:, np.newaxis, np.newaxis]
    fired: NDArray[np.bool_] = window == times.T[np.newaxis]
    return fired
