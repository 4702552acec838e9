"""Change one refractory period."""

from numpy.random import Generator

from ..draws import perturb_gene
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_refractory(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the refractory period of a random neuron, mostly by a tick."""
    return perturb_gene(genome, profile, "refractory", rng)
