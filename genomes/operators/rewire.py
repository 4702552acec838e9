"""Move one end of a synapse."""

from numpy.random import Generator

from ..draws import pick, pick_target
from ..genome import Genome
from ..kernels.edit import joined
from ..profiles.profile import Profile
from .structure import change_synapses, has_room_at

_TRIES = 8  # at the usual densities nearly always enough to find a free pair


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
        if profile.may_join((genome.inputs, genome.outputs), source, target) and not joined(
            genome.wiring, source, target
        ):
            break
    else:
        return genome
    if not (move_source or has_room_at(genome, profile, target)):
        return genome
    moved = (source, target, genome.weights.item(synapse), delay)
    return change_synapses(genome, removed=synapse, added=moved)
