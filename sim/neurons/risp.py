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

from typing import Any, NamedTuple

import numpy as np

from .neuron_model import (
    Arriving,
    Columns,
    NeuronModel,
    Rule,
    both,
    constant,
    differs,
    larger,
    where,
    without,
)

EMPTY_EVENT = -(2**31)

_LARGEST = 2**29  # so that 32 bits hold a potential and charges that together stay below it


class Risp(NamedTuple):
    """Parameters of a RISP neuron."""

    threshold: Any
    leak: Any
    min_potential: Any
    late_reset: Any


PARAMETERS = Risp._fields
THRESHOLD, LEAK, MIN_POTENTIAL, LATE_RESET = range(len(PARAMETERS))


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be; as `lif.rules`."""
    threshold, leak, lowest = given["threshold"], given["leak"], given["min_potential"]
    late_reset = given["late_reset"]
    within = (lowest >= -_LARGEST) & (lowest <= 0)
    return [
        Rule("threshold", ~(np.abs(threshold) <= _LARGEST), f"{-_LARGEST} to {_LARGEST}"),
        Rule("leak", (leak != 0) & (leak != 1), "0 or 1"),
        Rule("min_potential", ~within, f"{-_LARGEST} to 0"),
        Rule("late_reset", (late_reset != 0) & (late_reset != 1), "0 or 1"),
    ]


def found(neuron: Risp, state: tuple[Any], held: Any) -> Any:
    """Return the potential that an event finds: leaked and floored, 0 after a late reset."""
    (v,) = state
    none = constant(0, v)
    v = where(held, none, v)
    return larger(where(neuron.leak > 0, none, v), neuron.min_potential)


def injected(charge: Any) -> Any:
    """Return the external charge, 0 for `EMPTY_EVENT`."""
    is_charge = differs(charge, constant(EMPTY_EVENT, charge))
    return where(is_charge, charge, constant(0, charge))


def tick(neuron: Risp, state: tuple[Any], arriving: Arriving) -> tuple[tuple[Any], Any]:
    """Take the sum of the events where one is due, spike and reset."""
    (v,) = state
    none = constant(0, v)
    spiked = both(arriving.due, arriving.charge >= neuron.threshold)
    after = where(arriving.due, arriving.charge, where(arriving.held, none, v))
    return (where(without(spiked, neuron.late_reset > 0), none, after),), spiked


RISP = NeuronModel(
    name="risp",
    neuron=Risp,
    arithmetics=("integer", "float64"),
    rules=rules,
    ticks={"integer": tick, "float64": tick},
    held_for="late_reset",  # 1 tick: a neuron that has spiked is reset when the next one begins
    first_charge=found,
    injected=injected,
    counts_events=True,
)
