"""Expression: from genomes that are inherited to the networks that are simulated."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..sim import models
from ..sim.batch import HEADER, Batch, unpack
from ..sim.network import Network
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
    sizes = np.array([(len(g.neuron_ids), len(g.weights)) for g in genomes], np.int32)
    (neurons, synapses), most = sizes.sum(axis=0).tolist(), int(sizes[:, 0].max())
    layout = profile.layout
    width = len(layout.shared)
    headers = np.empty((len(genomes), HEADER), np.int32)
    structure = np.empty(neurons + 2 * synapses + len(genomes) * (1 + inputs + outputs), np.int32)
    numbers = np.empty(synapses + neurons * width, np.float32)
    structure_size, numbers_size = express_arrays(
        np.array((inputs, outputs, profile.first_target(inputs)), np.int64),
        sizes,
        np.concatenate([genome.parameters for genome in genomes]),
        np.concatenate([genome.wiring for genome in genomes], axis=1),
        np.concatenate([genome.weights for genome in genomes]),
        *layout,
        np.empty((most, width), np.float32),
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
