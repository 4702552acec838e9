"""Encoders: how numbers become spikes or charges.

- `rate_population_charge`: `rate` (evenly spaced spikes), `poisson` (random ones), `population`
  (Gaussian receptive fields), `charge` (the same in every tick)
- `latency`: `latency`, `log_latency`, `rank_order`: one spike, the larger the earlier
- `argyle_bins_flip_flop`: `argyle`, `bins`, `flip_flop`: inputs share the range
- `delta_step_forward`: `delta`, `step_forward`: changes of signals
- `encoder_kinds`: what encoders are built on

An encoder is a frozen dataclass; its fields are the settings that a user can give
(`rate:spikes=8,mirrored=true`, see `text_form`). It maps values scaled to [0, 1], or signals of
such values, to the inputs' spikes, (ticks, inputs, samples) bool, or charges, of the same shape.
"""

from ..text_form import parse
from .argyle_bins_flip_flop import Argyle, Bins, FlipFlop
from .delta_step_forward import Delta, StepForward
from .encoder_kinds import Encoder, ValueEncoder
from .latency import Latency, LogLatency, RankOrder
from .rate_population_charge import Charge, Poisson, Population, Rate

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
