"""Change one weight."""

from numpy.random import Generator

from ..draws import perturb, pick
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_weight(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the weight of a random synapse: nine times in ten a small step, else anywhere.

    The mixture is NEAT's (Stanley and Miikkulainen 2002, Evolving neural networks through
    augmenting topologies, section 4.1).
    """
    if not (genome.synapses and profile.weight.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    weight = perturb(genome.weights.item(synapse), profile.weight, rng)
    return genome.with_weight(synapse, weight)
