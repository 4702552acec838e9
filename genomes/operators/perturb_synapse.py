"""Change the weight or the delay of a random synapse: nine times in ten a little, else anywhere.

The mixture is NEAT's (Stanley and Miikkulainen 2002, Evolving neural networks through augmenting
topologies, section 4.1).
"""

from numpy.random import Generator

from ..genome import Genome
from ..profiles.hardware_profile import Profile
from ..random_values import perturb, pick


def perturb_weight(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the weight of a random synapse."""
    if not (genome.synapses and profile.weight.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    weight = perturb(genome.weights.item(synapse), profile.weight, rng)
    return genome.with_weight(synapse, weight)


def perturb_delay(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the delay of a random synapse."""
    if not (genome.synapses and profile.delay.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    delay = perturb(genome.wiring.item(2, synapse), profile.delay, rng)
    return genome.with_delay(synapse, int(delay))
