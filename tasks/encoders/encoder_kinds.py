"""Kinds of encoders, which the codes are built on: `Encoder`, `ValueEncoder`, `Mirrored`."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

RANGES = (0.5, 1.0, 1.5)  # values of `range` that a search tries


class Setting(NamedTuple):
    """What an encoder encodes for.

    Attributes:
        ticks: Length of the window, ≥ 1.
        arithmetic: `float32`, `float64` or `integer`.
        grid: Grid of charges.
        full_charge: Charge of the largest value, unless the encoder sets its own.
        max_charge: Largest charge that an input may receive in a tick.
    """

    ticks: int
    arithmetic: str = "float32"
    grid: float = 2.0**-10
    full_charge: float = 1.0
    max_charge: float = math.inf


@dataclass(frozen=True)
class Encoder(ABC):
    """Maps values in [0, 1] to what the inputs of a network receive.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets, if any.
        kind: `spikes` or `charges`.
        random: Whether the same values give different spikes at each draw.
        searched: Values that a search tries, for fields that it may choose. Together with a value
            of the user's own for each field they make at most 16 settings.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = None
    kind: ClassVar[Literal["spikes", "charges"]] = "spikes"
    random: ClassVar[bool] = False
    searched: ClassVar[Mapping[str, tuple[float, ...]]] = MappingProxyType({})

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        self._validate()

    @property
    def width(self) -> int:
        """Inputs of one feature."""
        return 1

    def inputs(self, features: int) -> int:
        """Return the number of inputs that so many features need; those of one feature lie together."""
        return features * self.width

    def names(self, features: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the inputs: that of the feature, and which of its inputs it is."""
        which = self._input_names()
        return tuple(f"{feature} {name}".rstrip() for feature in features for name in which)

    def _input_names(self) -> tuple[str, ...]:
        """Return what follows a feature's name in those of its inputs, (width,) texts."""
        return ("",) if self.width == 1 else tuple(f"[{number}]" for number in range(self.width))

    def shortest(self, features: int) -> int:
        """Return the ticks that a window for so many features must have at least."""
        return 1

    def encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """Encode samples.

        A window shows a signal of S steps step by step, each for T // S ticks; what is left of the
        window is silent.

        Args:
            values: (samples, features) in [0, 1], or signals, (samples, steps, channels).
            setting: Window and arithmetic.
            rng: Source of chance; only encoders that are `random` draw from it, samples first.

        Returns:
            (ticks, inputs, samples) bool spikes, or float32 charges (int32 in integer arithmetic),
            C-contiguous.

        Raises:
            InputError: The window is shorter than the encoder needs, it needs signals, or charges
                would be too large.
        """
        self.check(setting, self.window(values.shape[1:]))
        show = self._encode if values.ndim == 2 else self._encode_signals
        return np.ascontiguousarray(show(values, setting, rng))

    def check(self, setting: Setting, needed: int) -> None:
        """Check that one can encode in such a window.

        Args:
            setting: Window and arithmetic.
            needed: Ticks that the window must have, `shortest` or `window`.

        Raises:
            InputError: The window is shorter, or charges would be too large.
        """
        if setting.ticks < needed:
            raise InputError(
                f"encoder {self.name} needs ticks to be at least {needed} (got {setting.ticks})"
            )

    def window(self, shape: tuple[int, ...]) -> int:
        """Return the ticks that a window must have for (features,) values, or (steps, channels).

        Raises:
            InputError: The encoder is not for such samples.
        """
        steps = shape[0] if len(shape) == 2 else 1
        return steps * self.shortest(shape[-1])

    @abstractmethod
    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """Encode values, (samples, features), in a window that is long enough."""

    def _encode_signals(
        self, signals: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[Any]:
        """Encode signals, each step as values in a window of its own."""
        samples, steps, channels = signals.shape
        each = setting.ticks // steps
        shown = self._encode(signals.reshape(-1, channels), setting._replace(ticks=each), rng)
        inputs = shown.shape[1]
        window = np.zeros((setting.ticks, inputs, samples), shown.dtype)
        in_turn = shown.reshape(each, inputs, samples, steps).transpose(3, 0, 1, 2)
        window[: steps * each] = in_turn.reshape(steps * each, inputs, samples)
        return window

    @abstractmethod
    def _validate(self) -> None:
        """Raise InputError for a field out of range."""

    def _at_least(self, name: str, low: float) -> None:
        value = getattr(self, name)
        if not value >= low:
            raise InputError(f"encoder {self.name}: {name} must be at least {low} (got {value})")

    def _above_0(self, name: str) -> None:
        value = getattr(self, name)
        if not value > 0:
            raise InputError(f"encoder {self.name}: {name} must be above 0 (got {value})")


@dataclass(frozen=True)
class ValueEncoder(Encoder):
    """An encoder that sends, without chance, for each value spikes that depend on it alone.

    Control makes a table of these (see `control.observation_encoder`).

    Attributes:
        span: The range to which values in [0, 1] are brought.
        range: Width of the range that is encoded, as a share of the values', > 0; see `ends`.
    """

    span: ClassVar[tuple[float, float]] = (0.0, 1.0)

    range: float = field(default=1.0, kw_only=True)

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        super().__post_init__()
        self._above_0("range")

    def ends(self, low: float, high: float) -> tuple[float, float]:
        """Return the range that is encoded of values from low to high.

        Its middle is 0 where the values lie on both sides of 0, else the middle of theirs.
        """
        if self.range == 1.0:
            return low, high
        # A narrower range must still lie on both sides of 0: signs are what `flip_flop` encodes.
        middle = 0.0 if low < 0.0 < high else (low + high) / 2.0
        return middle + self.range * (low - middle), middle + self.range * (high - middle)

    def spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Encode values of a range; values outside of its `ends` count as these.

        Args:
            values: (values,).
            low: Lower end of the range, in the values' unit.
            high: Upper end.
            ticks: Length of the window, long enough.

        Returns:
            (ticks, width, values).

        Raises:
            InputError: The encoder cannot encode such a range.
        """
        return self._spikes_of(values, *self.ends(low, high), ticks)

    @abstractmethod
    def _spikes_of(
        self, values: NDArray[np.float64], low: float, high: float, ticks: int
    ) -> NDArray[np.bool_]:
        """Encode values as `spikes_of`, low and high being the ends of the encoded range."""

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        low, high = self.span
        samples, features = values.shape
        spikes = self.spikes_of(low + values.ravel() * (high - low), low, high, setting.ticks)
        each = spikes.reshape(setting.ticks, self.width, samples, features)
        return each.transpose(0, 3, 1, 2).reshape(setting.ticks, -1, samples)


@dataclass(frozen=True)
class Mirrored(Encoder):
    """An encoder with one input a feature, or two: for x, and for 1 - x.

    Attributes:
        mirrored: Whether there is an input for 1 - x after that for x.
    """

    mirrored: bool = field(default=False, kw_only=True)

    @property
    def width(self) -> int:
        """One input a feature, two if mirrored."""
        return 2 if self.mirrored else 1

    def _input_names(self) -> tuple[str, ...]:
        return ("", "(mirrored)")[: self.width]

    def _sides(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of the inputs for x, (…): (…, width)."""
        return np.stack([x, 1.0 - x] if self.mirrored else [x], axis=-1)

    def _all_sides(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of all inputs for (samples, features): (samples, inputs)."""
        return self._sides(x).reshape(len(x), -1)


def share(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return where values lie in a range, clip((v - low) / (high - low), 0, 1)."""
    x: NDArray[np.float64] = np.clip((values - low) / (high - low), 0.0, 1.0)
    return x


def spikes_at(times: NDArray[np.int64], ticks: int) -> NDArray[np.bool_]:
    """Send one spike each: times (values, width) to (ticks, width, values).

    A negative time is no spike.
    """
    window = np.arange(ticks)[:, np.newaxis, np.newaxis]
    fired: NDArray[np.bool_] = window == times.T[np.newaxis]
    return fired


def spread(count: int, ticks: int) -> NDArray[np.int64]:
    """Spread so many spikes evenly over a window, at ticks floor(k * T / count)."""
    return np.arange(count) * ticks // max(count, 1)
