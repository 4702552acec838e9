"""Change one leak."""

from numpy.random import Generator

from ..draws import perturb_gene
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_leak(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Give a random neuron another of the allowed leaks: of a list, each as likely."""
    return perturb_gene(genome, profile, "leak", rng)
