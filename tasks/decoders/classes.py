"""Decoders of classes and actions: what a network has decided, and when.

A decoder is a frozen dataclass with a text form (`first_to:3`, see `text_form`); `decisions` is
its compiled half. Ties and silence go to the lowest index everywhere.
"""

from dataclasses import dataclass
from typing import ClassVar

from ...errors import InputError
from ..text_form import parse

DIFFERENCE = -1  # a target: the decision is the window plus the difference of two outputs' spikes
MEMBRANE = -2  # a target: the highest potential after the window decides
COUNT = -3  # a target: the decision is the number of spikes of the one output in the window


@dataclass(frozen=True)
class Decoder:
    """How the outputs' spikes are read.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets, if any.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = None

    @property
    def target(self) -> int:
        """Spikes with which an output has won; 0: the one with most spikes in the window wins.

        Or `MEMBRANE`, `DIFFERENCE` or `COUNT`.
        """
        return 0


@dataclass(frozen=True)
class FirstSpike(Decoder):
    """`first_spike`: the output that spikes first; latency is 1 + the tick of that spike."""

    name: ClassVar[str] = "first_spike"

    @property
    def target(self) -> int:
        """The first spike wins."""
        return 1


@dataclass(frozen=True)
class FirstTo(Decoder):
    """`first_to`: the first output with k spikes; latency is 1 + the tick of the k-th.

    What one deploys: later spikes are ignored. Where none reaches k, the output with most spikes
    in the window wins and the latency is the window.

    Attributes:
        k: Spikes that decide, ≥ 1.
    """

    name: ClassVar[str] = "first_to"
    main: ClassVar[str | None] = "k"

    k: int = 2

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        if self.k < 1:
            raise InputError(f"decoder first_to: k must be at least 1 (got {self.k})")

    @property
    def target(self) -> int:
        """The k-th spike wins."""
        return self.k


@dataclass(frozen=True)
class SpikeCount(Decoder):
    """`spike_count`: the output with most spikes in the window.

    Latency is 1 + the last tick at which the running winner changed. Before the first output spike
    there is no winner; that spike is the first change. Without any, the latency is the window.
    """

    name: ClassVar[str] = "spike_count"


@dataclass(frozen=True)
class Membrane(Decoder):
    """`membrane`: the output with the highest potential after the last tick; latency: the window.

    A spike in the last tick has reset the potential already; outputs that are to be read so do
    best not to spike.
    """

    name: ClassVar[str] = "membrane"

    @property
    def target(self) -> int:
        """The potential decides."""
        return MEMBRANE


DECODERS: dict[str, type[Decoder]] = {
    cls.name: cls for cls in (FirstSpike, FirstTo, SpikeCount, Membrane)
}


def decoder(text: str) -> Decoder:
    """Make the decoder that a text names.

    Raises:
        InputError: Unknown decoder or setting, or a value out of range.
    """
    return parse(text, DECODERS, "decoder of classes and actions")
