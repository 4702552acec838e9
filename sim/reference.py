"""The leaky integrate-and-fire tick in plain NumPy: slow, short, and what the kernels are held to.

It shares no code with the kernels: it reads as the definition in `lif` does, one tick and one neuron
at a time, all samples at once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .network import Network
from .neurons import lif
from .recording import Recording, check_inputs


def simulate(network: Network, inputs: NDArray[Any]) -> Recording:
    """Run a network from rest, v = 0 and nothing in flight.

    Args:
        network: Of model `lif`.
        inputs: (ticks, inputs, samples), bool spikes of the sources; or charges, of the dtype of
            the weights, for a network without sources.

    Raises:
        InputError: If the network is not valid or the inputs do not fit it.
    """
    network.validate()
    check_inputs(network, inputs)
    ticks, _, samples = inputs.shape
    number = network.weights.dtype.type
    spikes = np.zeros((ticks, network.neurons, samples), bool)
    potentials = np.zeros((ticks, network.neurons, samples), number)
    v = np.zeros((network.neurons, samples), number)
    last_spike = np.full((network.neurons, samples), -(2**31))
    for t in range(ticks):
        if network.source_count:
            spikes[t, : network.source_count] = inputs[t]
        for j in range(network.source_count, network.neurons):
            charge = _charge(network, inputs, spikes, t, j)
            refractory = last_spike[j] >= t - int(network.parameters[j, lif.REFRACTORY])
            after, fired = _tick(network, j, v[j], charge)
            spikes[t, j] = fired & ~refractory
            v[j] = np.where(refractory, v[j], after)
            last_spike[j, spikes[t, j]] = t
        potentials[t] = v
    return Recording(spikes, potentials)


def _charge(
    network: Network, inputs: NDArray[Any], spikes: NDArray[np.bool_], t: int, j: int
) -> NDArray[Any]:
    """What arrives at neuron j at tick t: (samples,)."""
    charge = np.full(spikes.shape[2], network.parameters[j, lif.BIAS])
    if not network.source_count:
        for i in np.flatnonzero(network.input_neurons == j):
            charge += inputs[t, i]
    for s in range(network.offsets[j], network.offsets[j + 1]):
        sent = t - network.delays[s]
        if sent >= 0:
            charge += network.weights[s] * spikes[sent, network.sources[s]]
    return charge


def _tick(
    network: Network, j: int, v: NDArray[Any], charge: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Potential after the tick, and spikes, of neuron j if it is not refractory."""
    row = dict(zip(lif.PARAMETERS, network.parameters[j], strict=True))
    if network.arithmetic == "integer":
        shift = int(row["leak"])
        fraction = {lif.LEAK_WHOLE: 1.0, lif.LEAK_NONE: 0.0}.get(shift, 2.0**-shift)
        decayed = (v - np.trunc(v * fraction)).astype(np.int32)
        v = np.clip(np.maximum(decayed, row["v_min"]) + charge, lif.LOWEST, lif.HIGHEST)
    else:
        decayed = row["leak"] * v
        decayed[np.abs(decayed) < 2.0**-20] = 0
        v = np.maximum(decayed, row["v_min"]) + charge
    fired = v >= row["threshold"]
    return np.where(fired, v - row["threshold"] if row["soft_reset"] else row["v_reset"], v), fired
