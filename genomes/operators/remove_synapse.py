"""Part two neurons."""

from numpy.random import Generator

from ..draws import pick
from ..genome import Genome
from ..profiles.profile import Profile
from .structure import change_synapses


def remove_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Remove a random synapse."""
    if not genome.synapses:
        return genome
    return change_synapses(genome, removed=pick(rng, genome.synapses))
