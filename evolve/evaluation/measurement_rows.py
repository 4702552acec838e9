"""The measurements of evaluations as rows: what the task measured, what the networks are."""

import numpy as np
from numpy.typing import NDArray

from ...genomes import Widths
from ...measurements import EVALUATED
from ...sim.batch import INPUTS, NEURONS, OUTPUTS, SYNAPSES, Batch, connection_sparsity, footprint
from ...tasks.network_measurements import Measurements


def measurement_rows(measured: Measurements, batch: Batch, widths: Widths) -> NDArray[np.float64]:
    """Join what a task measured of networks with what can be counted without running them.

    Args:
        measured: Measurements of every network of the batch.
        batch: Expressed networks of genomes: inputs, outputs and hidden neurons are disjoint.
        widths: Bytes of a synapse and of a neuron on the profile's hardware.

    Returns:
        (networks, measurements) float64 in the order of `measurements.NAMES`; `energy` is NaN, since
        none of the profiles has a published cost.
    """
    headers = batch.headers
    columns = measured._asdict() | {
        "connection_sparsity": connection_sparsity(headers),
        "footprint": np.ceil(footprint(headers, widths.synapse_bytes, widths.neuron_bytes)),
        "neurons": headers[:, NEURONS],
        "hidden": headers[:, NEURONS] - headers[:, INPUTS] - headers[:, OUTPUTS],
        "synapses": headers[:, SYNAPSES],
        "energy": np.full(len(headers), np.nan),
    }
    return np.stack([np.asarray(columns[m.name], np.float64) for m in EVALUATED], axis=1)
