"""Random values and small random changes, each allowed by a profile."""

from numpy.random import Generator

from .genome import Genome
from .profiles.choice import Allowed
from .profiles.profile import Profile
from .profiles.ranges import Range

REDRAWN = 0.1  # share of perturbations that draw anew (Stanley 2004: a tenth)
SPREAD = 0.1  # standard deviation of the others, as a share of the range's width


def pick(rng: Generator, size: int) -> int:
    """An index below `size`, each as likely to within size / 2^53; cheaper than `rng.integers`."""
    return int(rng.random() * size)


def draw_threshold(allowed: Allowed, rng: Generator) -> float:
    """A threshold, uniform in its logarithm where all are positive: a scale has no preferred unit.

    The last bit of the power may differ between processors; rounded to the grid, that shows in
    one draw in 10^13 or so.
    """
    low, high = allowed.low, allowed.high
    if low <= 0 or not isinstance(allowed, Range):
        return allowed.draw(rng)
    return allowed.nearest(low * (high / low) ** rng.random())


def draw_parameters(profile: Profile, rng: Generator) -> tuple[float, ...]:
    """Parameters of one neuron, in the order of `Profile.genes`."""
    return tuple(_draw(name, allowed, rng) for name, allowed in profile.genes.items())


def _draw(name: str, allowed: Allowed, rng: Generator) -> float:
    if not allowed.steps:
        return allowed.low
    return draw_threshold(allowed, rng) if name == "threshold" else allowed.draw(rng)


def perturb(value: float, allowed: Allowed, rng: Generator) -> float:
    """Another allowed value: mostly near by (a Gaussian step), one time in ten anywhere.

    Of a list, any other one. Never `value` itself; needs at least two values.
    """
    if not isinstance(allowed, Range) or rng.random() < REDRAWN:
        return allowed.draw_other(value, rng)
    return allowed.moved(value, rng.standard_normal() * SPREAD * (allowed.high - allowed.low))


def perturb_gene(genome: Genome, profile: Profile, name: str, rng: Generator) -> Genome:
    """Perturb one parameter of a random neuron with a potential, if the profile has it."""
    allowed = profile.genes.get(name)
    if allowed is None or not allowed.steps:
        return genome
    neuron, column = pick_target(genome, profile, rng), profile.columns[name]
    value = genome.parameters.item(neuron, column)
    return genome.with_parameter(neuron, column, perturb(value, allowed, rng))


def pick_target(genome: Genome, profile: Profile, rng: Generator) -> int:
    """Index of a random neuron with a potential."""
    first = profile.first_target(genome.inputs)
    return first + pick(rng, genome.neurons - first)
