"""Expression: from genomes that are inherited to the networks that are simulated."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sim import models
from ..sim.batch import HEADER, Batch, unpack
from ..sim.network import Network
from ..sim.neurons.lif import LEAK_NONE
from .genome import Genome
from .kernels.expression import express as express_arrays
from .profiles.hardware_profile import Profile


def express(genome: Genome, profile: Profile) -> Network:
    """Make the network of a valid genome.

    Hidden neurons with no path to an output, or that can never receive charge or bias, are left
    out with all of their synapses; none of them changes a spike of an output. Inputs and outputs
    always stay. Neurons keep their order: inputs, outputs, hidden.
    """
    return unpack(express_all([genome], profile), 0)


def express_all(genomes: Sequence[Genome], profile: Profile) -> Batch:
    """Make the networks of valid genomes, at least one, with the same numbers of inputs and outputs.

    As `express` makes each, at a fraction of the cost.
    """
    inputs, outputs = genomes[0].inputs, genomes[0].outputs
    first, layout = profile.first_target(inputs), profile.layout
    sizes = [(len(genome.neuron_ids), len(genome.weights)) for genome in genomes]
    rows = parameter_rows(genomes, profile)
    # Strides of arrays with one column or none say little, and `concatenate` may lay these out by columns.
    wiring = np.ascontiguousarray(np.concatenate([genome.wiring for genome in genomes], axis=1))
    weights = np.concatenate([genome.weights for genome in genomes])
    room = len(rows) + 2 * len(weights) + len(genomes) * (1 + inputs + outputs)
    headers = np.empty((len(genomes), HEADER), np.int32)
    structure = np.empty(room, np.int32)
    numbers = np.empty(len(weights) + rows.size, np.float32)
    most, _ = max(sizes)
    structure_size, numbers_size = express_arrays(
        np.array((inputs, outputs, first), np.int64),
        np.array(sizes, np.int32),
        rows,
        wiring,
        weights,
        layout.bias,
        layout.refractory,
        np.empty((2, most), np.bool_),
        np.empty(most, np.int32),
        headers,
        structure,
        numbers,
    )
    number: Any = models.DTYPES[profile.arithmetic]
    return Batch(
        profile.model,
        headers,
        structure[:structure_size],
        numbers[:numbers_size].astype(number, copy=False),
    )


def parameter_rows(genomes: Sequence[Genome], profile: Profile) -> NDArray[np.float32]:
    """Return the parameters of all neurons as networks have them, (neurons, P), sources included."""
    layout = profile.layout
    parameters = np.concatenate([genome.parameters for genome in genomes])
    rows = np.empty((len(parameters), len(layout.shared)), np.float32)
    rows[:] = layout.shared
    rows[:, layout.columns] = parameters
    if layout.shift >= 0:
        rows[:, layout.shift] = _shifts(rows[:, layout.shift])
    return rows


def _shifts(leaks: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the shifts k of integer arithmetic for leaks of 1 - 2^-k; 0 takes all, so does `LEAK_WHOLE`."""
    _, exponents = np.frexp(1 - leaks)  # 2^-k = ½ · 2^(1 - k)
    return np.where(leaks == 1, LEAK_NONE, 1 - exponents)
