"""The leaky integrate-and-fire neuron with adaptive threshold: its parameters, what they may be.

In every tick, with λ the leak, β the `adaptation`, ρ the `adaptation_leak` and I the charge that
arrives (external + bias + synapses):

1. if the neuron spiked at one of its last `refractory` ticks, v is held and I is lost;
2. else v ← max(λ · v, v_min) + I, and if v ≥ θ = threshold + β · a it spikes, and v ← v_reset, or
   v − θ where `soft_reset` is 1;
3. a ← ρ · a + 1 if it spiked in this tick, else ρ · a, in refractory ticks too.

So a spike raises the threshold from the next tick on, first by β, later by β · ρⁿ.

Source: Bellec, Salaj, Subramoney, Legenstein, Maass, Long short-term memory and learning-to-learn
in networks of spiking neurons (2018), equations 1 and 2, whose variable of adaptation grows by
(1 − ρ) with a spike: its β is ours ÷ (1 − ρ).

Every product and sum is rounded to float32, never fused; |λ · v| and ρ · a below 2⁻²⁰ count as 0.
"""

from typing import Any, NamedTuple

import numpy as np

from .lif import fire
from .neuron_model import (
    Arriving,
    Columns,
    NeuronModel,
    Rule,
    constant,
    flushed,
    integrate_and_fire,
    larger,
    share,
    where,
)


class Alif(NamedTuple):
    """Parameters of a leaky integrate-and-fire neuron with adaptive threshold."""

    threshold: Any
    leak: Any
    refractory: Any
    bias: Any
    adaptation: Any
    adaptation_leak: Any
    v_reset: Any
    v_min: Any
    soft_reset: Any


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    beta = given["adaptation"]
    return [
        share(given, "leak"),
        Rule("adaptation", ~((beta >= 0) & np.isfinite(beta)), "at least 0"),
        share(given, "adaptation_leak"),
        *integrate_and_fire(given),
    ]


def tick(neuron: Alif, state: tuple[Any, Any], arriving: Arriving) -> tuple[tuple[Any, Any], Any]:
    """Leak, sum, adapted threshold, spike and reset, adaptation."""
    v, a = state
    threshold = neuron.threshold + neuron.adaptation * a
    after = larger(flushed(neuron.leak * v), neuron.v_min) + arriving.charge
    v, spiked = fire(neuron, threshold, v, after, arriving.held)
    raised = where(spiked, constant(1, a), constant(0, a))
    return (v, flushed(neuron.adaptation_leak * a) + raised), spiked


ALIF = NeuronModel(
    name="alif",
    neuron=Alif,
    arithmetics=("float32",),
    rules=rules,
    states=2,  # the potential v and the adaptation a
    ticks={"float32": tick},
    held_for="refractory",
)
