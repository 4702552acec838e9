"""From the physical units of textbooks to the numbers of a leaky integrate-and-fire network."""

import math
from typing import NamedTuple

from ...errors import InputError


class Physical(NamedTuple):
    """Parameters of `lif` whose potential is counted from rest, in mV.

    Attributes:
        leak: λ, the share of the potential that is left after a tick.
        threshold: θ, mV above rest.
        v_reset: mV above rest, below the threshold.
        weight_scale: Charge (mV) of a current of 1 nA that flows throughout a tick: what bias,
            external charge and weights in nA are multiplied by.
    """

    leak: float
    threshold: float
    v_reset: float
    weight_scale: float


def from_physical(
    tau_m: float,
    v_rest: float,
    v_reset: float,
    v_threshold: float,
    resistance: float,
    dt: float,
) -> Physical:
    """Map a membrane, tau_m · dv/dt = v_rest − v + resistance · I, to a neuron of model `lif`.

    A current I is constant during a tick. Then the equation has an exact solution, and in ticks of
    dt it reads, with u = v − v_rest: u ← λ · u + (1 − λ) · resistance · I, λ = exp(−dt ÷ tau_m)
    (Rotter and Diesmann, Exact digital simulation of time-invariant linear systems with
    applications to neuronal modeling, Biological Cybernetics 81, 1999). The spike times are those
    of that solution, looked at once in every dt.

    Args:
        tau_m: Time constant of the membrane, ms, > 0.
        v_rest: Potential to which the membrane decays, mV.
        v_reset: Potential after a spike, mV, below v_threshold.
        v_threshold: Potential of a spike, mV, above v_rest.
        resistance: Of the membrane, MΩ (mV per nA), > 0.
        dt: Length of a tick, ms, > 0.

    Raises:
        InputError: Naming the quantity that cannot be mapped, its value and what is allowed.
    """
    given = {
        "tau_m": tau_m,
        "v_rest": v_rest,
        "v_reset": v_reset,
        "v_threshold": v_threshold,
        "resistance": resistance,
        "dt": dt,
    }
    for name, value in given.items():
        if not math.isfinite(value):
            raise InputError(f"{name} is {value}; it must be finite")
        if name in ("tau_m", "resistance", "dt") and value <= 0:
            raise InputError(f"{name} is {value:g}; it must be above 0")
    if v_threshold <= v_rest:
        raise InputError(
            f"v_threshold is {v_threshold:g} mV; it must be above v_rest, {v_rest:g} mV: a neuron "
            "that spikes at rest cannot be mapped"
        )
    if v_reset >= v_threshold:
        raise InputError(
            f"v_reset is {v_reset:g} mV; it must be below v_threshold, {v_threshold:g} mV"
        )
    return Physical(
        leak=math.exp(-dt / tau_m),
        threshold=v_threshold - v_rest,
        v_reset=v_reset - v_rest,
        weight_scale=-math.expm1(-dt / tau_m) * resistance,
    )
