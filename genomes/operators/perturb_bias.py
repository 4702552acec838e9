"""Change one bias, where the profile has biases."""

from numpy.random import Generator

from ..draws import perturb_gene
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_bias(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the bias of a random neuron: nine times in ten a small step, else anywhere."""
    return perturb_gene(genome, profile, "bias", rng)
