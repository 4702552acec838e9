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

from .validation import Columns, Rule, integrate_and_fire, share

PARAMETERS = (
    "threshold",
    "leak",
    "refractory",
    "bias",
    "synaptic_leak",
    "v_reset",
    "v_min",
    "soft_reset",
)
THRESHOLD, LEAK, REFRACTORY, BIAS, SYNAPTIC_LEAK, V_RESET, V_MIN, SOFT_RESET = range(
    len(PARAMETERS)
)

ARITHMETICS = ("float32",)
HAS_VECTORS = False
STATES = 2  # the potential v and the synaptic current i


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """What the parameters of neurons with a potential must be; as `lif.rules`."""
    return [share(given, "leak"), share(given, "synaptic_leak"), *integrate_and_fire(given)]
