"""The measurements of an evaluation as one row: what the task measured, what the network is."""

import numpy as np
from numpy.typing import NDArray

from ..genomes import Widths
from ..sim.batch import INPUTS, NEURONS, OUTPUTS, SYNAPSES, Batch, connection_sparsity, footprint
from ..tasks.measurements import Measurements

#: Measurements in the order of every answer; names and units as in the tables' schema.
COLUMNS = (
    *Measurements._fields,
    "connection_sparsity",
    "footprint",
    "neurons",
    "hidden",
    "synapses",
    "energy",
)
SCORE, SPIKES, LATENCY, NEURON_COUNT, SYNAPSE_COUNT = (
    COLUMNS.index(name) for name in ("score", "spikes", "latency", "neurons", "synapses")
)


def answer_rows(measured: Measurements, batch: Batch, widths: Widths) -> NDArray[np.float64]:
    """Joins what a task measured of networks with what can be counted without running them.

    Args:
        measured: Measurements of every network of the batch.
        batch: Expressed networks of genomes: inputs, outputs and hidden neurons are disjoint.
        widths: Bytes of a synapse and of a neuron on the profile's hardware.

    Returns:
        (networks, measurements) float64 in the order of ``COLUMNS``; ``energy`` is NaN, since none
        of the profiles has a published cost.
    """
    headers = batch.headers
    columns = (
        *measured,
        connection_sparsity(headers),
        np.ceil(footprint(headers, widths.synapse_bytes, widths.neuron_bytes)),
        headers[:, NEURONS],
        headers[:, NEURONS] - headers[:, INPUTS] - headers[:, OUTPUTS],
        headers[:, SYNAPSES],
        np.full(len(headers), np.nan),
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)
