"""Networks simulated on given inputs, and what these inputs may be."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import models, reference
from .batch import pack, pack_lanes, unpack_lanes, words
from .network import Network
from .neurons.risp import EMPTY_EVENT
from .reference import Recording

LARGEST_CHARGE = 2**29  # of one input in one tick; the charge of all its synapses fits beside it


class ChargeEvent(NamedTuple):
    """Charge that arrives at an input."""

    tick: int
    input: int
    charge: float


def check_inputs(network: Network, given: NDArray[Any]) -> None:
    """Check spikes or charges for a network's inputs.

    Args:
        network: It has sources, which take spikes, or input neurons, which take charges.
        given: (ticks, inputs, samples), bool for spikes, else of the dtype of the weights.

    Raises:
        InputError: Saying what it must be.
    """
    dtype = np.dtype(np.bool_) if network.source_count else network.weights.dtype
    if given.ndim != 3 or given.shape[1] != network.inputs or given.dtype != dtype:
        raise InputError(
            f"inputs of shape {given.shape} and type {given.dtype}; this network takes "
            f"{'spikes' if network.source_count else 'charges'} of shape "
            f"(ticks, {network.inputs}, samples) and type {dtype}"
        )
    if dtype != np.bool_ and not np.all(np.isfinite(given)):
        raise InputError("inputs contain NaN or infinity; charges must be finite")


def sum_charges(events: Iterable[ChargeEvent], ticks: int, network: Network) -> NDArray[Any]:
    """Return the charge of each tick and input, events of the same ones added up in their order.

    For the model `risp`, events that add up to 0 are events nevertheless (`EMPTY_EVENT`).

    Args:
        events: At ticks 0 … ticks − 1.
        ticks: Length of the array.
        network: Without sources.

    Returns:
        (ticks, inputs, 1) of the network's number type.

    Raises:
        InputError: If a sum is too large to compute with.
    """
    sums = np.zeros((ticks, network.inputs, 1))
    arrived = np.zeros(sums.shape, np.bool_)
    for tick, place, charge in events:
        sums[tick, place] += charge
        arrived[tick, place] = True
    for tick, place, _ in np.argwhere(~(np.abs(sums) <= LARGEST_CHARGE))[:1]:
        raise InputError(
            f"input {place} receives a charge of {sums[tick, place, 0]:g} at tick {tick}; it must "
            f"be {-LARGEST_CHARGE} to {LARGEST_CHARGE}"
        )
    if network.model == "risp":
        sums[arrived & (sums == 0)] = EMPTY_EVENT
    return sums.astype(network.weights.dtype)


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
    model = models.model(network.model, network.arithmetic)
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
