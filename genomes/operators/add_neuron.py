"""Attach a new neuron between two others."""

from numpy.random import Generator

from ..draws import draw_parameters, pick, pick_target
from ..genome import Genome
from ..profiles.profile import Profile
from .structure import draw_charge, has_room_at, has_room_for, insert_neuron


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
    charges = draw_charge(profile, rng), draw_charge(profile, rng)
    return insert_neuron(genome, "between", between, parameters, charges)
