"""The neuron of Hodgkin and Huxley (`hh`): its parameters and what they may be.

A tick is one millisecond. The charge I that arrives in it (external + bias + synapses, nC/cm²) flows
as a constant current, I µA/cm². Conductances g are in mS/cm², potentials in mV, capacitance C in
µF/cm², rates in 1/ms:

    C · dV/dt = I − g_sodium · m³ · h · (V − e_sodium) − g_potassium · n⁴ · (V − e_potassium)
                  − g_leak · (V − e_leak)
    dx/dt = α_x(V) · (1 − x) − β_x(V) · x for x = m, h, n

The neuron spikes in the ticks in which V rises through 0 mV. It starts with V = −65 mV and every x
where it stays at that potential. There is no reset and no refractory period of ours: both are in
the equations.

It has no kernels, and so cannot be searched with: it is here to be simulated and compared with.

Source: Hodgkin and Huxley, A quantitative description of membrane current and its application to
conduction and excitation in nerve, Journal of Physiology 117 (1952), 500–544: equations 26 (V), 7,
12, 13 (n), 15, 20, 21 (m), 16, 23, 24 (h) and table 3, for 6.3 °C. Their V is the negative of the
depolarisation from rest, which is here −65 mV.
"""

from typing import Any, NamedTuple

import numpy as np

from .neuron_model import Columns, NeuronModel, Rule, finite


class HodgkinHuxley(NamedTuple):
    """Parameters of a patch of membrane."""

    bias: Any
    capacitance: Any
    g_sodium: Any
    g_potassium: Any
    g_leak: Any
    e_sodium: Any
    e_potassium: Any
    e_leak: Any


#: The squid's giant axon: the constants of table 3.
SQUID_AXON = {
    "bias": 0.0,
    "capacitance": 1.0,
    "g_sodium": 120.0,
    "g_potassium": 36.0,
    "g_leak": 0.3,
    "e_sodium": 50.0,
    "e_potassium": -77.0,
    "e_leak": -54.387,
}


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    capacitance = given["capacitance"]
    conductances = ("g_sodium", "g_potassium", "g_leak")
    return [
        Rule("capacitance", ~((capacitance > 0) & np.isfinite(capacitance)), "above 0"),
        *(
            Rule(name, ~((given[name] >= 0) & np.isfinite(given[name])), "at least 0")
            for name in conductances
        ),
        *(finite(given, name) for name in ("bias", "e_sodium", "e_potassium", "e_leak")),
    ]


HODGKIN_HUXLEY = NeuronModel(
    name="hh", neuron=HodgkinHuxley, arithmetics=("float64",), rules=rules, states=4
)
