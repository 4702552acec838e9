"""Operators of structure: add and remove neurons and synapses."""

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..genome import Genome, SynapseParameters, frozen, unused_id
from ..kernels.variation import edit, free_pair, joined
from ..profiles.hardware_profile import Profile
from ..profiles.limits import has_room_at, has_room_for, may_join
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


_TRIES = 8  # at the usual densities nearly always enough to find a free pair


def add_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Add a synapse with random weight and delay between two neurons that none joins yet.

    Every free ordered pair is as likely, self-connections included; where the profile forbids the
    one that is drawn, nothing changes.
    """
    neurons, first = genome.neurons, profile.first_target(genome.inputs)
    free = neurons * (neurons - first) - genome.synapses
    if not (free and has_room_for(genome, profile, synapses=1)):
        return genome
    target, source = divmod(free_pair(genome.wiring, neurons, first, pick(rng, free)), neurons)
    allowed = may_join(profile, (genome.inputs, genome.outputs), source, target)
    if not (allowed and has_room_at(genome, profile, target)):
        return genome
    return _change(genome, added=(source, target, *draw_synapse(profile, rng)))


def remove_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Remove a random synapse."""
    if not genome.synapses:
        return genome
    return _change(genome, removed=pick(rng, genome.synapses))


def rewire(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the source or the target of a random synapse to another neuron, where that is free.

    Weight and delay stay.
    """
    if not genome.synapses:
        return genome
    synapse = pick(rng, genome.synapses)
    source, target, delay = genome.wiring[:, synapse].tolist()
    move_source = rng.random() < 0.5
    for _ in range(_TRIES):
        if move_source:
            source = pick(rng, genome.neurons)
        else:
            target = pick_target(genome, profile, rng)
        allowed = may_join(profile, (genome.inputs, genome.outputs), source, target)
        if allowed and not joined(genome.wiring, source, target):
            break
    else:
        return genome
    if not (move_source or has_room_at(genome, profile, target)):
        return genome
    moved = (source, target, genome.weights.item(synapse), delay)
    return _change(genome, removed=synapse, added=moved)


def _change(
    genome: Genome, removed: int = -1, added: tuple[int, int, float, int] | None = None
) -> Genome:
    """Remove one synapse, or none, and add one, or none.

    Args:
        genome: The parent.
        removed: Index of the synapse to remove, or -1.
        added: Source, target, weight and delay of the one to add, a pair that is free then.
    """
    rows = _NO_SYNAPSES if added is None else np.array((added,), np.float64)
    return genome.with_synapses(edit(genome.wiring, genome.weights, removed, -1, -1, rows))
