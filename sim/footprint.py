"""Size of networks: functions of `Batch.headers` alone, for many networks at once."""

import numpy as np
from numpy.typing import NDArray

from .batch import NEURONS, SOURCES, SYNAPSES


def footprint(
    headers: NDArray[np.int32], synapse_bytes: float, neuron_bytes: float
) -> NDArray[np.float64]:
    """Bytes that the networks take on a device, (networks,).

    Args:
        headers: (networks, HEADER), `Batch.headers`.
        synapse_bytes: Of one synapse: its target, weight and delay.
        neuron_bytes: Of one neuron with a potential: its parameters and its state.
    """
    with_potential = headers[:, NEURONS] - headers[:, SOURCES]
    return headers[:, SYNAPSES] * float(synapse_bytes) + with_potential * float(neuron_bytes)


def connection_sparsity(headers: NDArray[np.int32]) -> NDArray[np.float64]:
    """1 − synapses ÷ (neurons × neurons with a potential), (networks,); 1 where there is no room."""
    with_potential = headers[:, NEURONS] - headers[:, SOURCES]
    room = headers[:, NEURONS].astype(np.int64) * with_potential
    return 1.0 - headers[:, SYNAPSES] / np.maximum(room, 1)
