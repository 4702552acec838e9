"""Change one trait, a setting of the task that the genome chooses for itself."""

from numpy.random import Generator

from ..genome import Genome
from ..profiles.hardware_profile import Profile
from ..random_values import pick


def perturb_trait(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Give a random trait another of its values, each as likely."""
    if not profile.varied_traits:
        return genome
    index = profile.varied_traits[pick(rng, len(profile.varied_traits))]
    name, value = genome.traits[index]
    others = [other for other in profile.traits[name] if other != value]
    changed = name, others[pick(rng, len(others))]
    return genome.with_traits((*genome.traits[:index], changed, *genome.traits[index + 1 :]))
