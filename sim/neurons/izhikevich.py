"""The neuron of Izhikevich: its parameters and what they may be.

A tick is one millisecond. A neuron starts with v = −65 mV and u = b · v. In every tick, with I the
charge that arrives (external + bias + synapses):

1. twice, for half a millisecond each: v ← v + 0.5 · (0.04 · v² + 5 · v + 140 − u + I);
2. u ← u + a · (b · v − u);
3. if v ≥ 30 mV it spikes, and v ← c, u ← u + d.

Source: Izhikevich, Simple model of spiking neurons, IEEE Transactions on Neural Networks 14 (2003),
1569–1572, whose program this is: in float64, every operation in the program's order. (There a
neuron is reset when the next millisecond begins; here its tick ends with that. What arrives, and
when, is the same with delays of 1 tick.)

Cortical neurons in that paper, as (a, b, c, d): regular spiking (0.02, 0.2, −65, 8), intrinsically
bursting (0.02, 0.2, −55, 4), chattering (0.02, 0.2, −50, 2), fast spiking (0.1, 0.2, −65, 2); all
are driven by a current of about 10. The program keeps their ways of firing, but not the rates of
the equations: v overshoots 30 mV within a millisecond by far, which feeds u. Under a current of 10,
a second has 20, 28, 43 and 65 spikes; steps of 0.1 ms give 23, 34, 87 and 130.

The steps of half a millisecond are stable for such currents only: some hundreds make v swing, and
one that overflows is NaN, which stays silent.
"""

from typing import Any, NamedTuple

import numpy as np

from .neuron_model import Arriving, Columns, NeuronModel, Rule, constant, finite, where

V_START = -65.0  # mV
V_PEAK = 30.0  # mV, where a spike ends


class Izhikevich(NamedTuple):
    """Parameters of a neuron, as the paper names them."""

    a: Any
    b: Any
    c: Any
    d: Any
    bias: Any


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    a, c = given["a"], given["c"]
    return [
        Rule("a", ~((a >= 0) & (a <= 1)), "0 to 1"),
        finite(given, "b"),
        Rule("c", ~((c < V_PEAK) & np.isfinite(c)), f"below {V_PEAK:g}"),
        finite(given, "d"),
        finite(given, "bias"),
    ]


def start(neuron: Izhikevich, state: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """Return the state of the paper's program for neurons that have not started yet."""
    v, u, started = state
    return (
        where(started > 0, v, constant(V_START, v)),
        where(started > 0, u, neuron.b * constant(V_START, v)),
        constant(1, v),
    )


def tick(
    neuron: Izhikevich, state: tuple[Any, Any, Any], arriving: Arriving
) -> tuple[tuple[Any, Any, Any], Any]:
    """Two half-steps of v, one step of u, reset."""
    v, u, started = state
    for _ in range(2):
        v = v + 0.5 * (0.04 * (v * v) + 5.0 * v + 140.0 - u + arriving.charge)
    u = u + neuron.a * (neuron.b * v - u)
    spiked = v >= constant(V_PEAK, v)
    return (where(spiked, neuron.c, v), where(spiked, u + neuron.d, u), started), spiked


IZHIKEVICH = NeuronModel(
    name="izhikevich",
    neuron=Izhikevich,
    arithmetics=("float64",),
    rules=rules,
    states=3,  # v, u, and 1 once the neuron has started, so that a state of zeros is one at rest
    start=start,
    ticks={"float64": tick},
)
