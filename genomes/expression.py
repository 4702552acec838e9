"""Expression: from the genome that is inherited to the network that is simulated."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sim import models
from ..sim.network import Network
from .genome import Genome
from .kernels.expression import express as express_arrays
from .profile import Profile


def express(genome: Genome, profile: Profile) -> Network:
    """Make the network of a valid genome.

    Hidden neurons with no path to an output, or that can never receive charge or bias, are left
    out with all of their synapses; none of them changes a spike of an output. Inputs and outputs
    always stay. Neurons keep their order: inputs, outputs, hidden.
    """
    offsets, sources, weights, delays, parameters = express_arrays(
        genome.inputs,
        genome.outputs,
        profile.first_target(genome.inputs),
        genome.parameters,
        genome.sources,
        genome.targets,
        genome.weights,
        genome.delays,
        *profile.layout,
    )
    if profile.arithmetic != "float32":
        number: Any = models.DTYPES[profile.arithmetic]
        weights, parameters = weights.astype(number), parameters.astype(number)
    return Network(
        profile.model,
        profile.arithmetic,
        profile.first_target(genome.inputs),
        _numbers(0, genome.inputs),
        _numbers(genome.inputs, genome.inputs + genome.outputs),
        offsets,
        sources,
        weights,
        delays,
        parameters,
    )


@cache
def _numbers(start: int, stop: int) -> NDArray[np.int32]:
    numbers = np.arange(start, stop, dtype=np.int32)
    numbers.setflags(write=False)
    return numbers
