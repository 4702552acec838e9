"""The integrate-and-fire neuron (`if`): its parameters and what they may be.

It is the leaky integrate-and-fire neuron of `lif` that does not leak: in every tick, with I the
charge that arrives (external + bias + synapses),

1. if the neuron spiked at one of its last `refractory` ticks, v is held and I is lost;
2. else v ← max(v, v_min) + I;
3. if v ≥ threshold it spikes, and v ← v_reset, or v − threshold where `soft_reset` is 1.

Rounding and saturation are those of `lif` with no leak, so that its spikes are the same.
"""

import math

from .lif import LOWEST
from .validation import Columns, Rule, integrate_and_fire

PARAMETERS = ("threshold", "refractory", "bias", "v_reset", "v_min", "soft_reset")
THRESHOLD, REFRACTORY, BIAS, V_RESET, V_MIN, SOFT_RESET = range(len(PARAMETERS))

ARITHMETICS = ("float32", "integer")
HAS_VECTORS = False
STATES = 1  # the potential


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """What the parameters of neurons with a potential must be; as `lif.rules`."""
    return integrate_and_fire(given, LOWEST if arithmetic == "integer" else -math.inf)
