"""Change one leak."""

from numpy.random import Generator

from ..draws import pick, pick_target
from ..genome import Genome
from ..profile import LEAK, Profile


def perturb_leak(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Give a random neuron another of the allowed leaks, each as likely."""
    leaks = profile.inherited_leaks
    if len(leaks) < 2:
        return genome
    neuron = pick_target(genome, profile, rng)
    now = leaks.index(genome.parameters.item(neuron, LEAK))
    other = pick(rng, len(leaks) - 1)
    return genome.with_parameter(neuron, LEAK, leaks[other + (other >= now)])
