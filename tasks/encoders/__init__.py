"""How numbers become spikes or charges: one file, one formula, one source each.

An encoder is a frozen dataclass; its fields are the settings that a user can give
(``rate:spikes=8,mirrored=true``, see ``tasks.spec``). It maps values scaled to [0, 1], or signals of
such values, to the inputs' spikes, (ticks, inputs, samples) bool, or charges, of the same shape.
"""

from ..text_form import parse
from .argyle import Argyle
from .base import Encoder, ValueEncoder
from .bins import Bins
from .charge import Charge
from .delta import Delta
from .flip_flop import FlipFlop
from .latency import Latency
from .log_latency import LogLatency
from .poisson import Poisson
from .population import Population
from .rank_order import RankOrder
from .rate import Rate
from .scaling import Scaling
from .step_forward import StepForward

__all__ = [
    "ENCODERS",
    "Argyle",
    "Bins",
    "Charge",
    "Delta",
    "Encoder",
    "FlipFlop",
    "Latency",
    "LogLatency",
    "Poisson",
    "Population",
    "RankOrder",
    "Rate",
    "Scaling",
    "StepForward",
    "ValueEncoder",
    "encoder",
]

ENCODERS: dict[str, type[Encoder]] = {
    cls.name: cls
    for cls in (
        Rate,
        Poisson,
        Latency,
        LogLatency,
        RankOrder,
        Population,
        Bins,
        FlipFlop,
        Argyle,
        Charge,
        Delta,
        StepForward,
    )
}


def encoder(text: str) -> Encoder:
    """Make the encoder that a text names.

    Raises:
        InputError: Unknown encoder or setting, or a value out of range.
    """
    return parse(text, ENCODERS, "encoder")
