"""The neuron of RISP, the open neuroprocessor of TENNLab: its parameters and what they may be.

An event is the arrival of a spike over a synapse, or of external charge; one of charge 0 counts too.
In every tick, only a neuron with an event due does anything:

1. v ← 0 if `leak` is 1;
2. v ← max(v, min_potential) + the charges of its events, one after the other: external charge
   first, then the synapses as they are stored. Nothing is clamped on the way;
3. if v ≥ threshold it spikes, and v ← 0. Where `late_reset` is 1, v keeps its value for that tick
   and is 0 from the beginning of the next; the spikes are the same.

A threshold may be 0 or less: the neuron then answers to every event that leaves it at that charge,
and stays silent without one. There is no bias and no refractory period. `integer` computes with
32 bits, as RISP does when it is `discrete`; `float64` as it does otherwise.

External charge is a number for each tick and input, where 0 is no event. `EMPTY_EVENT` stands for
an event of charge 0.

Source: J. S. Plank, C. Zheng, B. Gullett, N. Skuda, C. Rizzo, C. D. Schuman, G. S. Rose, "The case
for RISP: a reduced instruction spiking processor", arXiv:2206.14016 (2022), and the answers of
TENNLab's simulator.
"""

import numpy as np

from .validation import Columns, Rule

PARAMETERS = ("threshold", "leak", "min_potential", "late_reset")
THRESHOLD, LEAK, MIN_POTENTIAL, LATE_RESET = range(len(PARAMETERS))

ARITHMETICS = ("integer", "float64")
HAS_VECTORS = False
STATES = 1  # the potential

EMPTY_EVENT = -(2**31)

_LARGEST = 2**29  # so that 32 bits hold a potential and charges that together stay below it


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """What the parameters of neurons with a potential must be; as `lif.rules`."""
    threshold, leak, lowest = given["threshold"], given["leak"], given["min_potential"]
    late_reset = given["late_reset"]
    within = (lowest >= -_LARGEST) & (lowest <= 0)
    return [
        Rule("threshold", ~(np.abs(threshold) <= _LARGEST), f"{-_LARGEST} to {_LARGEST}"),
        Rule("leak", (leak != 0) & (leak != 1), "0 or 1"),
        Rule("min_potential", ~within, f"{-_LARGEST} to 0"),
        Rule("late_reset", (late_reset != 0) & (late_reset != 1), "0 or 1"),
    ]
