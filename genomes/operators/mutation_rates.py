"""Mutation: operators drawn by their rates, until something has changed."""

import math
from bisect import bisect_right
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import accumulate

from numpy.random import Generator

from ...errors import InputError
from ..genome import Genome
from ..profiles.hardware_profile import GENES_WITH_OPERATOR, Profile
from . import MUTATIONS


@dataclass(frozen=True)
class MutationRates:
    """Relative rates of the mutations, ≥ 0 and not all 0; 0 turns one off.

    Weights are tried most. "Links need to be added significantly more often than nodes" (Stanley
    and Miikkulainen 2002, Evolving neural networks through augmenting topologies, section 4.1). More
    is removed than added: in single comparisons on four tasks, searches with twice as many removals
    found smaller networks of equal or higher score.

    Raises:
        InputError: Naming the rate that is not allowed.
    """

    add_neuron: float = 0.02
    add_synapse: float = 0.08
    perturb_bias: float = 0.05
    perturb_delay: float = 0.10
    perturb_leak: float = 0.05
    perturb_parameter: float = 0.10
    perturb_refractory: float = 0.03
    perturb_threshold: float = 0.10
    perturb_trait: float = 0.05
    perturb_weight: float = 0.34
    remove_neuron: float = 0.05
    remove_synapse: float = 0.20
    rewire: float = 0.05
    split_synapse: float = 0.02

    def __post_init__(self) -> None:
        """Check every rate."""
        rates = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, rate in rates.items():
            number = isinstance(rate, int | float) and not isinstance(rate, bool)
            if not (number and 0 <= rate < math.inf):
                raise InputError(
                    f"rate of {name} is {rate!r}; it must be a finite number, 0 or more"
                )
        if not any(rates.values()):
            raise InputError("the rates of all mutations are 0; at least one must be above 0")

    def fitting(self, profile: Profile) -> "MutationRates":
        """Return the rates with 0 for what the profile gives a mutation nothing to vary.

        Raises:
            InputError: If none is left.
        """
        without_use = [
            f"perturb_{name}" for name in GENES_WITH_OPERATOR if name not in profile.genes
        ]
        if not profile.genes_without_operator:
            without_use.append("perturb_parameter")
        if not profile.varied_traits:
            without_use.append("perturb_trait")
        return replace(self, **dict.fromkeys(without_use, 0.0))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the mutations that are not off."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) > 0)

    @cached_property
    def sums(self) -> tuple[float, ...]:
        """Return the running sums of the rates of `names`."""
        return running_sums(self, self.names)


def running_sums(rates: MutationRates, names: tuple[str, ...]) -> tuple[float, ...]:
    """Return the running sums of the rates of some mutations, for drawing one of them."""
    return tuple(accumulate(getattr(rates, name) for name in names))


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
