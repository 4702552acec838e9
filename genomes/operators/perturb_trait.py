"""Change one trait."""

from numpy.random import Generator

from ..draws import pick
from ..genome import Genome
from ..profiles.profile import Profile


def perturb_trait(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Give a random trait another of its values, each as likely."""
    if not profile.varied_traits:
        return genome
    place = profile.varied_traits[pick(rng, len(profile.varied_traits))]
    name, value = genome.traits[place]
    others = [other for other in profile.traits[name] if other != value]
    changed = name, others[pick(rng, len(others))]
    return genome.with_traits((*genome.traits[:place], changed, *genome.traits[place + 1 :]))
