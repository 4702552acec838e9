"""The leaky integrate-and-fire neuron: its parameters and what they may be.

In every tick, with λ the leak and I the charge that arrives (external + bias + synapses):

1. if the neuron spiked at one of its last `refractory` ticks, v is held and I is lost;
2. else v ← max(λ · v, v_min) + I;
3. if v ≥ threshold it spikes, and v ← v_reset, or v − threshold where `soft_reset` is 1.

`float32`: product, maximum and sum are each rounded to float32 and never fused, and |λ · v| below
2⁻²⁰ counts as 0. `integer`: the leak is a shift k, and the decayed potential is v − trunc(v / 2ᵏ),
rounding towards zero; after the sum v saturates at 16 bits.

Kernels compute I in one order: bias and external charge first, then the synapses as they are stored.
On a grid on which every sum is exact the order makes no difference; the event-driven loop adds them
as spikes come, and runs there only.
"""

from typing import Any, NamedTuple

from . import neuron_model
from .neuron_model import (
    Arriving,
    Columns,
    NeuronModel,
    Rule,
    constant,
    flushed,
    integrate_and_fire,
    larger,
    part,
    share,
    smaller,
    where,
    without,
    wrapped,
)


class Lif(NamedTuple):
    """Parameters of a leaky integrate-and-fire neuron."""

    threshold: Any
    leak: Any
    refractory: Any
    bias: Any
    v_reset: Any
    v_min: Any
    soft_reset: Any


PARAMETERS = Lif._fields
THRESHOLD, LEAK, REFRACTORY, BIAS, V_RESET, V_MIN, SOFT_RESET = range(len(PARAMETERS))

FLUSH = neuron_model.FLUSH  # float32: a decayed potential closer to 0 than this counts as 0
LEAK_WHOLE = 0  # integer: the shift after which nothing is left of v
LEAK_NONE = 31  # integer: the shift that takes nothing from v
LOWEST, HIGHEST = -(2**15), 2**15 - 1  # integer: where v saturates


def rules(arithmetic: str, given: Columns) -> list[Rule]:
    """Return what the parameters of neurons with a potential must be.

    Args:
        arithmetic: One that the model has.
        given: The parameters by name.
    """
    if arithmetic == "integer":
        shift = given["leak"]
        wrong = ((shift < 0) | (shift > 7)) & (shift != LEAK_NONE)
        leak = Rule("leak", wrong, f"a shift from 0 to 7, or {LEAK_NONE} for no leak")
        return [leak, *integrate_and_fire(given, lowest=LOWEST)]
    return [share(given, "leak"), *integrate_and_fire(given)]


@part
def fire(neuron: Any, threshold: Any, before: Any, after: Any, held: Any) -> tuple[Any, Any]:
    """Spike and reset, unless the neuron is refractory.

    Args:
        neuron: Its parameters.
        threshold: Potential of a spike.
        before: The potential as the tick found it, which a refractory neuron keeps.
        after: The potential that leak and charge make of it.
        held: Whether the neuron is refractory.

    Returns:
        The potential after the tick; whether the neuron spiked.
    """
    spiked = without(after >= threshold, held)
    reset = where(neuron.soft_reset > 0, after - threshold, neuron.v_reset)
    return where(held, before, where(spiked, reset, after)), spiked


@part
def saturated(number: Any) -> Any:
    """Return a sum of two int32 within the 16 bits of a potential."""
    whole = wrapped(number)
    return smaller(larger(whole, constant(LOWEST, whole)), constant(HIGHEST, whole))


def tick_float32(neuron: Lif, state: tuple[Any], arriving: Arriving) -> tuple[tuple[Any], Any]:
    """Leak, sum, spike and reset."""
    (v,) = state
    after = larger(flushed(neuron.leak * v), neuron.v_min) + arriving.charge
    v, spiked = fire(neuron, neuron.threshold, v, after, arriving.held)
    return (v,), spiked


def tick_integer(neuron: Lif, state: tuple[Any], arriving: Arriving) -> tuple[tuple[Any], Any]:
    """Leak, sum, spike and reset.

    `sign` is −1 for a negative v, else 0, so that 2ᵏ − 1 is added to negative ones alone, and the shift
    rounds towards zero; a shift by 0 takes all of v, one by 31 nothing.
    """
    (v,) = state
    sign = v >> constant(31, v)
    lost = (v + sign - (sign << neuron.leak)) >> neuron.leak
    after = saturated(larger(v - lost, neuron.v_min) + arriving.charge)
    v, spiked = fire(neuron, neuron.threshold, v, after, arriving.held)
    return (v,), spiked


LIF = NeuronModel(
    name="lif",
    neuron=Lif,
    arithmetics=("float32", "integer"),
    rules=rules,
    ticks={"float32": tick_float32, "integer": tick_integer},
    held_for="refractory",
)
