"""Recombine two genomes."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...errors import InputError
from ..genome import Genome
from ..kernels.variation import cross
from ..profiles.hardware_profile import Profile
from ..profiles.limits import exceeded


def crossover(a: Genome, b: Genome, profile: Profile, rng: Generator) -> Genome:
    """Make a child of two parents, aligned by neuron ids.

    One child in two has the structure of the first parent alone, the other a mixture: hidden
    neurons of one parent alone come with even odds, and bring their synapses; so do synapses of
    one parent alone between neurons of both. If the mixture is too large for the profile, the
    structure is the first parent's. The parameters of a neuron, and weight and delay of a synapse,
    that both parents have come from either, with even odds, and so does each trait.

    Alignment by derived ids does what NEAT does by innovation numbers (Stanley and Miikkulainen
    2002, Evolving neural networks through augmenting topologies, section 3.2).

    Raises:
        InputError: If the parents differ in their numbers of inputs or outputs.
    """
    if (a.inputs, a.outputs) != (b.inputs, b.outputs):
        raise InputError(
            f"crossover of a genome with {a.inputs} inputs and {a.outputs} outputs and one with "
            f"{b.inputs} and {b.outputs}; they must be equal"
        )
    # Drawn at once, whether used or not: the kernel gets an array, and draws nothing itself.
    chances = rng.random(a.neurons + b.neurons + a.synapses + b.synapses)
    if rng.random() < 0.5:
        child = _merge(a, b, chances, both=True)
        if exceeded(child, profile) is None:
            return _mix_traits(child, b, rng)
    return _mix_traits(_merge(a, b, chances, both=False), b, rng)


def _merge(a: Genome, b: Genome, chances: NDArray[np.float64], *, both: bool) -> Genome:
    neuron_ids, parameters, wiring, weights = cross(
        a.inputs + a.outputs,
        a.neuron_ids,
        a.parameters,
        a.wiring,
        a.weights,
        b.neuron_ids,
        b.parameters,
        b.wiring,
        b.weights,
        chances,
        both,
    )
    return a.with_neurons(neuron_ids, parameters, (wiring, weights))


def _mix_traits(child: Genome, other: Genome, rng: Generator) -> Genome:
    """Take traits of another genome, each with even odds."""
    if child.traits == other.traits:
        return child
    pairs = zip(child.traits, other.traits, strict=True)
    return child.with_traits(tuple(pair[rng.random() < 0.5] for pair in pairs))
