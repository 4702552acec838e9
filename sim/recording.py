"""What a simulation shows: every spike and every potential."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from .network import Network


class Recording(NamedTuple):
    """Spikes and potentials of all neurons.

    Attributes:
        spikes: (ticks, neurons, samples) bool.
        potentials: (ticks, neurons, samples) of the network's arithmetic, after the tick (so after a
            reset); 0 for sources.
    """

    spikes: NDArray[np.bool_]
    potentials: NDArray[Any]


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
