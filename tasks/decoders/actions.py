"""Decoders of continuous actions: from the spikes of the outputs to a number.

In the loop of episodes an action is a whole number, as everywhere; here it is the place in a row of
values, which the decoder makes once.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ...errors import InputError
from ..text_form import parse
from .classes import COUNT, DIFFERENCE, Decoder
from .numbers import SpikesOfOne


@dataclass(frozen=True)
class ContinuousDecoder(Decoder):
    """A decoder whose decisions are places in a row of values."""

    @abstractmethod
    def actions(self, low: float, high: float) -> tuple[str, ...]:
        """Name the outputs."""

    @abstractmethod
    def values(self, low: float, high: float, ticks: int) -> tuple[float, ...]:
        """Return the row of values, for actions of low … high and a window of `ticks`."""


@dataclass(frozen=True)
class Bins(ContinuousDecoder):
    """`bins`: an output for each of K values; the one with most spikes names the value.

    The values are evenly spaced from the lowest action to the highest, both included. Ties and
    silence go to the lowest; latency is that of `spike_count`.

    Attributes:
        bins: Number of values, K ≥ 2.
    """

    name: ClassVar[str] = "bins"
    main: ClassVar[str | None] = "bins"

    bins: int = 5

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        if self.bins < 2:
            raise InputError(f"decoder bins: bins must be at least 2 (got {self.bins})")

    def actions(self, low: float, high: float) -> tuple[str, ...]:
        """Name the outputs by their values."""
        return tuple(f"{value:+g}" for value in self.values(low, high, 1))

    def values(self, low: float, high: float, ticks: int) -> tuple[float, ...]:
        """Return K values."""
        last = self.bins - 1  # weighted ends: both are met exactly, unlike by steps from the lowest
        return tuple((low * (last - k) + high * k) / last for k in range(self.bins))


@dataclass(frozen=True)
class Rate(ContinuousDecoder):
    """`rate`: (n₊ − n₋) / T of half the range from its middle, of two outputs' spikes n₋ and n₊.

    T is the window, after which the action is known: the latency is always T.
    """

    name: ClassVar[str] = "rate"

    @property
    def target(self) -> int:
        """The difference of two outputs."""
        return DIFFERENCE

    def actions(self, low: float, high: float) -> tuple[str, ...]:
        """Name the outputs: ('less', 'more')."""
        return "less", "more"

    def values(self, low: float, high: float, ticks: int) -> tuple[float, ...]:
        """Return values from T spikes of the first output only to T spikes of the second only."""
        return tuple(
            (low * (ticks - n) + high * (ticks + n)) / (2 * ticks) for n in range(-ticks, ticks + 1)
        )


@dataclass(frozen=True)
class Vector(SpikesOfOne, ContinuousDecoder):
    """`vector`: min(1, n / most) of the way from the lowest action to the highest.

    Of the n spikes of one output; silence is the lowest action. The latency is the window.
    """

    @property
    def target(self) -> int:
        """The spikes of one output."""
        return COUNT

    def actions(self, low: float, high: float) -> tuple[str, ...]:
        """Name the output: ('more',)."""
        return ("more",)

    def values(self, low: float, high: float, ticks: int) -> tuple[float, ...]:
        """Return values from no spike to one in every tick."""
        most = self.most or ticks
        counts = (min(n, most) for n in range(ticks + 1))
        return tuple((low * (most - n) + high * n) / most for n in counts)


CONTINUOUS_DECODERS: dict[str, type[ContinuousDecoder]] = {
    cls.name: cls for cls in (Bins, Rate, Vector)
}


def continuous_decoder(text: str) -> ContinuousDecoder:
    """Make the decoder of continuous actions that a text names.

    Raises:
        InputError: Unknown decoder or setting, or a value out of range.
    """
    return parse(text, CONTINUOUS_DECODERS, "decoder of continuous actions")
