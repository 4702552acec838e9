"""The integrate-and-fire neuron (`if`): its parameters and what they may be.

It is the leaky integrate-and-fire neuron of `lif` that does not leak: in every tick, with I the
charge that arrives (external + bias + synapses),

1. if the neuron spiked at one of its last `refractory` ticks, v is held and I is lost;
2. else v ← max(v, v_min) + I;
3. if v ≥ threshold it spikes, and v ← v_reset, or v − threshold where `soft_reset` is 1.

Rounding and saturation are those of `lif` with no leak, so that its spikes are the same.
"""

import math
from typing import Any, NamedTuple

from .lif import LOWEST, fire, saturated
from .neuron_model import Arriving, Columns, NeuronModel, Rule, flushed, integrate_and_fire, larger


class IntegrateAndFire(NamedTuple):
    """Parameters of an integrate-and-fire neuron."""

    threshold: Any
    refractory: Any
    bias: Any
    v_reset: Any
    v_min: Any
    soft_reset: Any


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    return integrate_and_fire(given, LOWEST if arithmetic == "integer" else -math.inf)


def tick_float32(
    neuron: IntegrateAndFire, state: tuple[Any], arriving: Arriving
) -> tuple[tuple[Any], Any]:
    """Sum, spike and reset."""
    (v,) = state
    after = larger(flushed(v), neuron.v_min) + arriving.charge
    v, spiked = fire(neuron, neuron.threshold, v, after, arriving.held)
    return (v,), spiked


def tick_integer(
    neuron: IntegrateAndFire, state: tuple[Any], arriving: Arriving
) -> tuple[tuple[Any], Any]:
    """Sum, spike and reset."""
    (v,) = state
    after = saturated(larger(v, neuron.v_min) + arriving.charge)
    v, spiked = fire(neuron, neuron.threshold, v, after, arriving.held)
    return (v,), spiked


IF = NeuronModel(
    name="if",
    neuron=IntegrateAndFire,
    arithmetics=("float32", "integer"),
    rules=rules,
    ticks={"float32": tick_float32, "integer": tick_integer},
    held_for="refractory",
)
