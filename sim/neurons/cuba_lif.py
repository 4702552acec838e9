"""The leaky integrate-and-fire neuron with a synaptic current: its parameters, what they may be.

In every tick, with λ the leak, α the `synaptic_leak` and x the charge that arrives (external + bias
+ synapses):

1. i ← α · i + x, in refractory ticks too;
2. if the neuron spiked at one of its last `refractory` ticks, v is held;
3. else v ← max(λ · v, v_min) + i, and if v ≥ threshold it spikes, and v ← v_reset, or
   v − threshold where `soft_reset` is 1.

Source: CubaLIF in Pedersen et al., Neuromorphic intermediate representation, Nature Communications
15, 8122 (2024): τ_syn · di/dt = −i + w_in · x and τ_mem · dv/dt = v_leak − v + R · i. That defines no
discrete form. Ours is Euler's method over a tick dt, in which the potential sees the current of the
same tick: λ = 1 − dt ÷ τ_mem, α = 1 − dt ÷ τ_syn, potentials counted from v_leak, and each weight
multiplied by w_in · R · dt² ÷ (τ_mem · τ_syn). With λ = exp(−dt ÷ τ_mem) and
α = exp(−dt ÷ τ_syn) the currents and potentials decay exactly.

Every product and sum is rounded to float32, never fused; |λ · v| and |α · i| below 2⁻²⁰ count as 0.
"""

from typing import Any, NamedTuple

from .lif import fire
from .neuron_model import (
    Arriving,
    Columns,
    NeuronModel,
    Rule,
    flushed,
    integrate_and_fire,
    larger,
    share,
)


class CubaLif(NamedTuple):
    """Parameters of a leaky integrate-and-fire neuron with a synaptic current."""

    threshold: Any
    leak: Any
    refractory: Any
    bias: Any
    synaptic_leak: Any
    v_reset: Any
    v_min: Any
    soft_reset: Any


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    return [share(given, "leak"), share(given, "synaptic_leak"), *integrate_and_fire(given)]


def tick(
    neuron: CubaLif, state: tuple[Any, Any], arriving: Arriving
) -> tuple[tuple[Any, Any], Any]:
    """Apply current, leak, sum, spike and reset."""
    v, i = state
    i = flushed(neuron.synaptic_leak * i) + arriving.charge
    after = larger(flushed(neuron.leak * v), neuron.v_min) + i
    v, spiked = fire(neuron, neuron.threshold, v, after, arriving.held)
    return (v, i), spiked


CUBA_LIF = NeuronModel(
    name="cuba_lif",
    neuron=CubaLif,
    arithmetics=("float32",),
    rules=rules,
    states=2,  # the potential v and the synaptic current i
    ticks={"float32": tick},
    held_for="refractory",
)
