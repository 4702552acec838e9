"""Join two neurons."""

from numpy.random import Generator

from ..draws import pick
from ..genome import Genome
from ..kernels.edit import free_pair
from ..profiles.profile import Profile
from .structure import change_synapses, draw_charge, has_room_at


def add_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Add a synapse with random weight and delay between two neurons that none joins yet.

    Every free ordered pair is as likely, self-connections included; where the profile forbids the
    one that is drawn, nothing changes.
    """
    neurons, first = genome.neurons, profile.first_target(genome.inputs)
    free = neurons * (neurons - first) - genome.synapses
    if not free or genome.synapses >= profile.max_synapses:
        return genome
    pair = free_pair(genome.wiring, neurons, first, pick(rng, free))
    target, source = divmod(pair, neurons)
    allowed = profile.may_join((genome.inputs, genome.outputs), source, target)
    if not (allowed and has_room_at(genome, profile, target)):
        return genome
    return change_synapses(genome, added=(source, target, *draw_charge(profile, rng)))
