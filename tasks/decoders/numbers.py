"""Decoders of numbers (regression): from the spikes of the outputs to numbers in [0, 1].

A decoder is a frozen dataclass with a text form (`vector:4`, see `text_form`). All of them read
the whole window, so the latency is always the window.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..text_form import parse

Counts = NDArray[np.int32]  # (networks, outputs, samples) spikes of the outputs in the window


@dataclass(frozen=True)
class NumberDecoder(ABC):
    """How the outputs' spikes are read as numbers; the outputs of one number lie together.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets, if any.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = None

    @property
    @abstractmethod
    def width(self) -> int:
        """Outputs of one number."""

    def numbers(self, counts: Counts, ticks: int) -> NDArray[np.float64]:
        """Read (networks, samples, numbers) in [0, 1] in a window of `ticks`."""
        networks, outputs, samples = counts.shape
        each = counts.reshape(networks, outputs // self.width, self.width, samples)
        return np.swapaxes(self._read(each, ticks), 1, 2)

    @abstractmethod
    def _read(self, counts: Counts, ticks: int) -> NDArray[np.float64]:
        """Read (networks, numbers, width, samples) counts as (networks, numbers, samples)."""


@dataclass(frozen=True)
class Rate(NumberDecoder):
    """`rate`: (1 + (n₊ - n₋) / T) / 2 of two outputs' spikes n₋ and n₊; silence is the middle."""

    name: ClassVar[str] = "rate"

    @property
    def width(self) -> int:
        """Less and more."""
        return 2

    def _read(self, counts: Counts, ticks: int) -> NDArray[np.float64]:
        return (1.0 + (counts[:, :, 1] - counts[:, :, 0]) / ticks) / 2.0


@dataclass(frozen=True)
class SpikesOfOne:
    """The text form of `vector`, for numbers of data and for continuous actions.

    Attributes:
        most: Spikes of the highest number, ≥ 1; 0: as many as the window has ticks.
    """

    name: ClassVar[str] = "vector"
    main: ClassVar[str | None] = "most"

    most: int = 0

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        if self.most < 0:
            raise InputError(f"decoder {self.name}: most must be at least 0 (got {self.most})")


@dataclass(frozen=True)
class Vector(SpikesOfOne, NumberDecoder):
    """`vector`: min(1, n / most) of one output's n spikes; silence is the lowest number."""

    @property
    def width(self) -> int:
        """One output a number."""
        return 1

    def _read(self, counts: Counts, ticks: int) -> NDArray[np.float64]:
        return np.minimum(1.0, counts[:, :, 0] / (self.most or ticks))


@dataclass(frozen=True)
class Bins(NumberDecoder):
    """`bins`: (k + 1/2) / K where output k of K has most spikes; ties and silence go to the first.

    Attributes:
        bins: Outputs of a number, K ≥ 2.
    """

    name: ClassVar[str] = "bins"
    main: ClassVar[str | None] = "bins"

    bins: int = 5

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        if self.bins < 2:
            raise InputError(f"decoder bins: bins must be at least 2 (got {self.bins})")

    @property
    def width(self) -> int:
        """One output a bin."""
        return self.bins

    def _read(self, counts: Counts, ticks: int) -> NDArray[np.float64]:
        centres: NDArray[np.float64] = (counts.argmax(axis=2) + 0.5) / self.bins
        return centres


NUMBER_DECODERS: dict[str, type[NumberDecoder]] = {cls.name: cls for cls in (Rate, Vector, Bins)}


def number_decoder(text: str) -> NumberDecoder:
    """Make the decoder of numbers that a text names.

    Raises:
        InputError: Unknown decoder or setting, or a value out of range.
    """
    return parse(text, NUMBER_DECODERS, "decoder of numbers")
