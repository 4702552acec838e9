"""Add, remove or rewire one synapse."""

import numpy as np
from numpy.random import Generator

from ..genome import Genome, frozen
from ..kernels.edit import edit, free_pair, joined
from ..profiles.hardware_profile import Profile
from ..profiles.limits import has_room_at, has_room_for, may_join
from ..random_values import draw_synapse, pick, pick_target

_NO_SYNAPSES = frozen(np.empty((0, 4)))
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
