"""Add a hidden neuron, between two others or in place of a synapse; remove one."""

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..genome import Genome, SynapseParameters, frozen
from ..identifiers import unused_id
from ..kernels.edit import edit
from ..profiles.hardware_profile import Profile
from ..profiles.limits import has_room_at, has_room_for
from ..random_values import draw_parameters, draw_synapse, pick, pick_target

_NO_SYNAPSES = frozen(np.empty((0, 4)))


def add_neuron(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Add a hidden neuron with random parameters, one synapse to it and one from it.

    Every pair of neurons to attach it between is as likely, twice the same one included.
    """
    if not has_room_for(genome, profile, neurons=1, synapses=2):
        return genome
    between = pick(rng, genome.neurons), pick_target(genome, profile, rng)
    if not has_room_at(genome, profile, between[1]):
        return genome
    parameters = draw_parameters(profile, rng)
    synapses = draw_synapse(profile, rng), draw_synapse(profile, rng)
    return _insert(genome, "between", between, parameters, synapses)


def split_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Replace a random synapse by a hidden neuron that relays its spikes.

    As in NEAT (Stanley and Miikkulainen 2002, Evolving neural networks through augmenting
    topologies, section 3.1) the child behaves as its parent did, as far as the profile allows: the
    synapse to the new neuron carries just its threshold, that from it the old weight, and they
    share the old delay (one of 1 tick becomes 2). Its other parameters are as near to 0 as they may
    be: a full leak, no refractory period, no bias.
    """
    if not (genome.synapses and has_room_for(genome, profile, neurons=1, synapses=1)):
        return genome
    synapse = pick(rng, genome.synapses)
    source, target, delay = genome.wiring[:, synapse].tolist()
    strongest = profile.weight.high
    parameters = tuple(
        allowed.nearest(strongest if name == "threshold" else 0.0)
        for name, allowed in profile.genes.items()
    )
    column = profile.columns.get("threshold")
    shared = profile.shared.get("threshold", strongest)
    threshold = shared if column is None else parameters[column]
    shortest = int(profile.delay.low)
    synapses = (
        (profile.weight.nearest(threshold), shortest),
        (genome.weights.item(synapse), max(delay - shortest, shortest)),
    )
    return _insert(genome, "split", (source, target), parameters, synapses, removed=synapse)


def remove_neuron(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Remove a random hidden neuron with all of its synapses."""
    if not genome.hidden:
        return genome
    neuron = genome.inputs + genome.outputs + pick(rng, genome.hidden)
    return genome.with_neurons(
        _without_row(genome.neuron_ids, neuron),
        _without_row(genome.parameters, neuron),
        edit(genome.wiring, genome.weights, -1, neuron, -1, _NO_SYNAPSES),
    )


def _insert(
    genome: Genome,
    birth: str,
    between: tuple[int, int],
    parameters: tuple[float, ...],
    synapses: tuple[SynapseParameters, SynapseParameters],
    removed: int = -1,
) -> Genome:
    """Insert a hidden neuron with one synapse from another neuron and one to another.

    Args:
        genome: The parent.
        birth: How the neuron is born; its id derives from this and the two neurons' ids.
        between: Indices of the neurons at which the synapse to it begins and that from it ends.
        parameters: Of the new neuron.
        synapses: Weight and delay of the synapse to it and of that from it.
        removed: Index of a synapse to remove, or -1.
    """
    ids: list[int] = genome.neuron_ids.tolist()
    neuron_id = unused_id(birth, (ids[between[0]], ids[between[1]]), ids)
    index = bisect_left(ids, neuron_id, genome.inputs + genome.outputs)
    source, target = (other + (other >= index) for other in between)  # those above move up
    into, out = (source, index, *synapses[0]), (index, target, *synapses[1])
    added = np.array((into, out) if index < target else (out, into), np.float64)
    return genome.with_neurons(
        _with_row(genome.neuron_ids, index, neuron_id),
        _with_row(genome.parameters, index, parameters),
        edit(genome.wiring, genome.weights, removed, -1, index, added),
    )


def _with_row(array: NDArray[Any], index: int, row: int | tuple[float, ...]) -> NDArray[Any]:
    longer = np.empty((len(array) + 1, *array.shape[1:]), array.dtype)
    longer[:index], longer[index], longer[index + 1 :] = array[:index], row, array[index:]
    return frozen(longer)


def _without_row(array: NDArray[Any], index: int) -> NDArray[Any]:
    return frozen(np.concatenate((array[:index], array[index + 1 :])))
