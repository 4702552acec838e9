"""Change one parameter of a neuron that no other operator is for."""

from numpy.random import Generator

from ..draws import perturb_gene, pick
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_parameter(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move one of `Profile.further_genes` in a random neuron, each of them as likely.

    In a range nine times in ten a small step, else anywhere; in a list to any other value.
    """
    names = profile.further_genes
    if not names:
        return genome
    return perturb_gene(genome, profile, names[pick(rng, len(names))], rng)
