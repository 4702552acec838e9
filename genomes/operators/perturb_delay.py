"""Change one delay."""

from numpy.random import Generator

from ..draws import perturb, pick
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_delay(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the delay of a random synapse: nine times in ten a small step, else anywhere."""
    if not (genome.synapses and profile.delay.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    delay = perturb(genome.wiring.item(2, synapse), profile.delay, rng)
    return genome.with_delay(synapse, int(delay))
