"""The leaky integrate-and-fire neuron: its parameters and what they may be.

In every tick, with λ the leak and I the charge that arrives (external + bias + synapses):

1. if the neuron spiked at one of its last `refractory` ticks, v is held and I is lost;
2. else v ← max(λ · v, v_min) + I;
3. if v ≥ threshold it spikes, and v ← v_reset, or v − threshold where `soft_reset` is 1.

`float32`: product, maximum and sum are each rounded to float32 and never fused, and |λ · v| below
2⁻²⁰ counts as 0. `integer`: the leak is a shift k, and the decayed potential is v − trunc(v / 2ᵏ),
rounding towards zero; after the sum v saturates at 16 bits.

A network's kernel (`lif_float32`, `lif_integer`, and `lif_vector` for both) computes I in one order:
bias and external charge first, then the synapses as they are stored. On a grid on which every sum
is exact the order makes no difference; `lif_event` adds them as spikes come, and runs there only.
"""

from .validation import Columns, Rule, integrate_and_fire, share

PARAMETERS = ("threshold", "leak", "refractory", "bias", "v_reset", "v_min", "soft_reset")
THRESHOLD, LEAK, REFRACTORY, BIAS, V_RESET, V_MIN, SOFT_RESET = range(len(PARAMETERS))

ARITHMETICS = ("float32", "integer")
HAS_VECTORS = True  # a kernel written in vectors, besides the plain loops
STATES = 1  # the potential; a refractory neuron is known by its spikes in the raster

FLUSH = 2.0**-20  # float32: a decayed potential closer to 0 than this counts as 0
LEAK_WHOLE = 0  # integer: the shift after which nothing is left of v
LEAK_NONE = 31  # integer: the shift that takes nothing from v
LOWEST, HIGHEST = -(2**15), 2**15 - 1  # integer: where v saturates


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """What the parameters of neurons with a potential must be.

    Args:
        arithmetic: One of `ARITHMETICS`.
        given: The parameters by name.
    """
    if arithmetic == "integer":
        shift = given["leak"]
        wrong = ((shift < 0) | (shift > 7)) & (shift != LEAK_NONE)
        leak = Rule("leak", wrong, f"a shift from 0 to 7, or {LEAK_NONE} for no leak")
        return [leak, *integrate_and_fire(given, lowest=LOWEST)]
    return [share(given, "leak"), *integrate_and_fire(given)]
