"""From the neurons and synapses of a file, in any order, to a network."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ... import InputError
from .. import models
from ..inputs import LARGEST_CHARGE
from ..network import Network


class Ends(NamedTuple):
    """Where spikes enter and leave.

    Attributes:
        source_count: Number of sources, the first neurons.
        inputs: For each input the index of its neuron.
        outputs: For each output the index of its neuron.
    """

    source_count: int
    inputs: Sequence[int]
    outputs: Sequence[int]


class Synapse(NamedTuple):
    """A synapse between two neurons, named by their indices."""

    source: int
    target: int
    weight: float
    delay: int


def assemble(
    model: str,
    arithmetic: str,
    ends: Ends,
    parameters: Sequence[Sequence[float]],
    synapses: Sequence[Synapse],
) -> Network:
    """Make a network and check it.

    Args:
        model: Name of the neuron model.
        arithmetic: Of the model.
        ends: Inputs and outputs.
        parameters: A row for each neuron, of numbers that the arithmetic can hold.
        synapses: In any order.

    Raises:
        InputError: As `Network.validate`, if a pair of neurons has two synapses, or if whole numbers
            are too large to compute with.
    """
    dtype: Any = models.DTYPES[arithmetic]
    ordered = sorted(synapses, key=lambda s: (s.target, s.source))
    for before, after in pairwise(ordered):
        if before[:2] == after[:2]:
            raise InputError(
                f"two synapses lead from neuron {after.source} to neuron {after.target}; a pair of "
                "neurons has at most one"
            )
    targets = [synapse.target for synapse in ordered]
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        weights = np.array([synapse.weight for synapse in ordered], np.float64).astype(dtype)
        rows = np.array(parameters, np.float64).astype(dtype)
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=ends.source_count,
        input_neurons=np.array(ends.inputs, np.int32),
        output_neurons=np.array(ends.outputs, np.int32),
        offsets=np.searchsorted(targets, np.arange(len(parameters) + 1)).astype(np.int32),
        sources=np.array([synapse.source for synapse in ordered], np.int32),
        weights=weights,
        delays=np.array([synapse.delay for synapse in ordered], np.int32),
        parameters=rows.reshape(len(parameters), len(models.parameters(model))),
    )
    network.validate()
    if arithmetic == "integer":
        _check_sums(network)
    return network


def _check_sums(network: Network) -> None:
    """Check that the charge of all synapses of a neuron fits into 32 bits beside what else it holds.

    Raises:
        InputError: If it does not.
    """
    sums = np.bincount(network.targets, np.abs(network.weights.astype(np.float64)))
    for neuron in np.flatnonzero(sums > LARGEST_CHARGE)[:1]:
        raise InputError(
            f"the weights of the synapses to neuron {neuron} add up to {sums[neuron]:.0f}, signs left "
            f"out; in integers it must be at most {LARGEST_CHARGE}"
        )
