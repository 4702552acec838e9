"""The tick of any network in plain NumPy: one neuron at a time, all samples at once.

What happens in a neuron is in `equations` and `squid_axon`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import models
from ..network import Network, check_inputs
from .equations import (
    Alif,
    CubaLif,
    Event,
    HodgkinHuxley,
    IntegrateAndFire,
    Izhikevich,
    Lif,
    Parameters,
    ReferenceModel,
    Risp,
)

MODELS: dict[str, type[ReferenceModel]] = {
    "lif": Lif,
    "if": IntegrateAndFire,
    "alif": Alif,
    "cuba_lif": CubaLif,
    "izhikevich": Izhikevich,
    "risp": Risp,
    "hh": HodgkinHuxley,
}


class Recording(NamedTuple):
    """Spikes and potentials of all neurons.

    Attributes:
        spikes: (ticks, neurons, samples) bool.
        potentials: (ticks, neurons, samples) of the network's arithmetic, after the tick (so after a
            reset); 0 for sources.
    """

    spikes: NDArray[np.bool_]
    potentials: NDArray[Any]


def simulate(network: Network, inputs: NDArray[Any]) -> Recording:
    """Run a network from rest, nothing in flight.

    Args:
        network: Of any model.
        inputs: (ticks, inputs, samples), bool spikes of the sources; or charges, of the dtype of
            the weights, for a network without sources.

    Raises:
        InputError: If the network is not valid or the inputs do not fit it.
    """
    network.validate()
    check_inputs(network, inputs)
    model = MODELS[network.model]
    ticks, _, samples = inputs.shape
    spikes = np.zeros((ticks, network.neurons, samples), bool)
    potentials = np.zeros((ticks, network.neurons, samples), network.weights.dtype)
    neurons = range(network.source_count, network.neurons)
    parameters = {j: _parameters(network, j) for j in neurons}
    states = {j: model.rest(parameters[j], samples) for j in neurons}
    last_spike = np.full((network.neurons, samples), -(2**31))
    for t in range(ticks):
        if network.source_count:
            spikes[t, : network.source_count] = inputs[t]
        for j in neurons:
            held = last_spike[j] >= t - int(parameters[j].get("refractory", 0))
            events = _events(network, inputs, spikes, t, j)
            states[j], spikes[t, j] = model.tick(parameters[j], states[j], events, held)
            last_spike[j, spikes[t, j]] = t
            potentials[t, j] = states[j]["v"]
    return Recording(spikes, potentials)


def _parameters(network: Network, j: int) -> Parameters:
    return dict(zip(models.parameters(network.model), network.parameters[j], strict=True))


def _events(
    network: Network, inputs: NDArray[Any], spikes: NDArray[np.bool_], t: int, j: int
) -> list[Event]:
    """Return what arrives at neuron j at tick t: from outside, then over its synapses."""
    events = []
    if not network.source_count:
        for i in np.flatnonzero(network.input_neurons == j):
            events.append(Event(inputs[t, i], inputs[t, i] != 0))
    for s in range(network.offsets[j], network.offsets[j + 1]):
        sent = t - network.delays[s]
        if sent >= 0:
            events.append(Event(network.weights[s], spikes[sent, network.sources[s]]))
    return events
