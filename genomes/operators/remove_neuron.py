"""Remove a neuron."""

from numpy.random import Generator

from ..draws import pick
from ..genome import Genome
from ..profiles.profile import Profile
from .structure import delete_neuron


def remove_neuron(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Remove a random hidden neuron with all of its synapses."""
    if not genome.hidden:
        return genome
    return delete_neuron(genome, genome.inputs + genome.outputs + pick(rng, genome.hidden))
