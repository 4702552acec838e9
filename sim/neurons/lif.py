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
is exact the order makes no difference.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ... import InputError

PARAMETERS = ("threshold", "leak", "refractory", "bias", "v_reset", "v_min", "soft_reset")
THRESHOLD, LEAK, REFRACTORY, BIAS, V_RESET, V_MIN, SOFT_RESET = range(len(PARAMETERS))

ARITHMETICS = ("float32", "integer")
HAS_VECTORS = True  # a kernel written in vectors, besides the plain loops
STATES = 1  # the potential; a refractory neuron is known by its spikes in the raster

FLUSH = 2.0**-20  # float32: a decayed potential closer to 0 than this counts as 0
LEAK_WHOLE = 0  # integer: the shift after which nothing is left of v
LEAK_NONE = 31  # integer: the shift that takes nothing from v
LOWEST, HIGHEST = -(2**15), 2**15 - 1  # integer: where v saturates

_LONGEST_REFRACTORY = 2**15


def validate_parameters(
    arithmetic: str, parameters: NDArray[np.float32] | NDArray[np.int32], first: int
) -> None:
    """Check the parameters of the neurons that have a potential.

    Args:
        arithmetic: `"float32"` or `"integer"`.
        parameters: (n, len(PARAMETERS)), one row per neuron.
        first: Index of the first of them in the network, for the message.

    Raises:
        InputError: Naming the neuron, the parameter, its value and what is allowed.
    """
    threshold, leak, refractory, bias, v_reset, v_min, soft_reset = parameters.T.astype(np.float64)
    if arithmetic == "integer":
        leak_bad = ((leak < 0) | (leak > 7)) & (leak != LEAK_NONE)
        leak_allowed = f"a shift from 0 to 7, or {LEAK_NONE} for no leak"
        lowest, bound = float(LOWEST), f" and at least {LOWEST}"
    else:
        leak_bad, leak_allowed = ~((leak >= 0) & (leak <= 1)), "0 to 1"
        lowest, bound = -math.inf, ""
    rules = (
        ("threshold", ~((threshold > 0) & np.isfinite(threshold)), "above 0"),
        ("leak", leak_bad, leak_allowed),
        (
            "refractory",
            ~((refractory >= 0) & (refractory <= _LONGEST_REFRACTORY) & (refractory % 1 == 0)),
            f"a whole number of ticks from 0 to {_LONGEST_REFRACTORY}",
        ),
        ("bias", ~np.isfinite(bias), "finite"),
        (
            "v_reset",
            ~((v_reset < threshold) & (v_reset >= lowest) & np.isfinite(v_reset)),
            f"below the threshold{bound}",
        ),
        ("v_min", ~((v_min <= 0) & (v_min >= lowest)), f"at most 0{bound}"),
        ("soft_reset", (soft_reset != 0) & (soft_reset != 1), "0 or 1"),
    )
    for name, bad, allowed in rules:
        for row in np.flatnonzero(bad)[:1]:
            value = parameters[row, PARAMETERS.index(name)]
            raise InputError(
                f"network: neuron {first + row} has {name} {value}; it must be {allowed}"
            )
