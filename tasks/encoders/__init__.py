"""How numbers become spikes or charges: one file, one formula, one source each.

An encoder is a frozen dataclass; its fields are the settings that a user can give
(``rate:spikes=8,mirrored=true``, see ``tasks.spec``). It maps values scaled to [0, 1] to the
inputs' spikes, (ticks, inputs, samples) bool, or charges, of the same shape.
"""

from ..spec import parse
from .base import Encoder
from .charge import Charge
from .latency import Latency
from .poisson import Poisson
from .population import Population
from .rate import Rate
from .scaling import Scaling

__all__ = [
    "ENCODERS",
    "Charge",
    "Encoder",
    "Latency",
    "Poisson",
    "Population",
    "Rate",
    "Scaling",
    "encoder",
]

ENCODERS: dict[str, type[Encoder]] = {
    cls.name: cls for cls in (Rate, Poisson, Latency, Population, Charge)
}


def encoder(text: str) -> Encoder:
    """Make the encoder that a text names.

    Raises:
        InputError: Unknown encoder or setting, or a value out of range.
    """
    return parse(text, ENCODERS, "encoder")
