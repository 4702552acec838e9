"""Mutation: operators drawn by their rates, until something has changed."""

from bisect import bisect_right

from numpy.random import Generator

from ..genome import Genome
from ..profiles.hardware_profile import Profile
from . import MUTATIONS
from .rates import MutationRates, running_sums

_ATTEMPTS = 10  # more than one is rare: a later mutation must have undone an earlier one


def mutate(
    genome: Genome, profile: Profile, rates: MutationRates, rng: Generator, extra: float = 1.0
) -> tuple[Genome, tuple[str, ...]]:
    """Apply one mutation and a Poisson number of further ones.

    An operator that cannot apply is replaced by another one. So the result differs from the
    genome, unless no operator with a rate above 0 can apply.

    Args:
        genome: Valid for `profile`; so is the result.
        profile: What the hardware allows.
        rates: How often each operator is drawn.
        rng: The only source of chance.
        extra: Mean number of mutations after the first, ≥ 0.

    Returns:
        The mutated genome, and the names of the operators in the order of their application.
    """
    for _ in range(_ATTEMPTS):
        child, names = genome, []
        for _ in range(1 + int(rng.poisson(extra))):
            child, name = _mutate_once(child, profile, rates, rng)
            names += name
        if len(names) == 1 or child != genome:
            break
    return child, tuple(names)


def _mutate_once(
    genome: Genome, profile: Profile, rates: MutationRates, rng: Generator
) -> tuple[Genome, list[str]]:
    """Draw operators, each at most once, until one applies; no name if none does."""
    names, sums = rates.names, rates.sums
    while names:
        index = bisect_right(sums, rng.random() * sums[-1], hi=len(names) - 1)
        child = MUTATIONS[names[index]](genome, profile, rng)
        if child is not genome:
            return child, [names[index]]
        names = (*names[:index], *names[index + 1 :])
        sums = running_sums(rates, names)
    return genome, []
