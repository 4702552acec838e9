"""A network simulated with everything to see: all spikes and all potentials."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import models, reference
from .batch import pack, pack_lanes, unpack_lanes, words
from .network import Network, check_inputs
from .reference import Recording


def simulate(network: Network, inputs: NDArray[Any]) -> Recording:
    """Run a network from rest, nothing in flight: by kernels, or by the reference where there are none.

    Args:
        network: Any valid network.
        inputs: (ticks, inputs, samples), bool spikes of the sources; or charges, of the dtype of
            the weights, for a network without sources.

    Raises:
        InputError: If the network is not valid or the inputs do not fit it.
    """
    if network.model not in models.names():
        return reference.simulate(network, inputs)
    network.validate()
    check_inputs(network, inputs)
    from .kernels import entries  # here, so that networks can be handled without Numba

    model = entries.model(network.model, network.arithmetic)
    ticks, _, samples = inputs.shape
    history, neurons = network.max_delay, network.neurons
    raster = np.zeros((history + ticks, neurons, words(samples)), np.uint64)
    charges = np.zeros((ticks, 0, 0), model.dtype)
    if network.source_count:
        raster[history:, : network.source_count] = pack_lanes(inputs)
    else:
        charges = np.ascontiguousarray(inputs)
    [header], structure, numbers = pack([network])[1:]
    state = np.zeros((model.states, neurons, samples), model.dtype)
    potentials = np.zeros((ticks, neurons, samples), model.dtype)
    for t in range(ticks):  # a window of one tick each, to see the potentials
        window, charge = raster[t : t + history + 1], charges[t : t + 1]
        model.run(header, structure, numbers, charge, window, state, 1, samples)
        potentials[t] = state[0]
    return Recording(unpack_lanes(raster[history:], samples), potentials)
