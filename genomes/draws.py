"""Random values and small random changes, each allowed by a profile."""

from numpy.random import Generator

from .genome import Genome
from .profile import Profile
from .ranges import Range

REDRAWN = 0.1  # share of perturbations that draw anew (Stanley 2004: a tenth)
SPREAD = 0.1  # standard deviation of the others, as a share of the range's width


def pick(rng: Generator, size: int) -> int:
    """An index below `size`, each as likely to within size / 2^53; cheaper than `rng.integers`."""
    return int(rng.random() * size)


def draw_threshold(profile: Profile, rng: Generator) -> float:
    """A threshold, uniform in its logarithm: a scale has no preferred unit.

    The last bit of the power may differ between processors; rounded to the grid, that shows in
    one draw in 10^13 or so.
    """
    low, high = profile.threshold.low, profile.threshold.high
    return profile.threshold.nearest(low * (high / low) ** rng.random())


def draw_parameters(profile: Profile, rng: Generator) -> tuple[float, float, float, float]:
    """Parameters of one neuron, in the order of `Profile.genes`."""
    return (
        draw_threshold(profile, rng),
        profile.inherited_leaks[pick(rng, len(profile.leaks))],
        profile.refractory.draw(rng),
        profile.bias.draw(rng) if profile.has_bias else 0.0,
    )


def perturb(value: float, allowed: Range, rng: Generator) -> float:
    """Another allowed value: mostly near by (a Gaussian step), one time in ten anywhere.

    Never `value` itself; needs a range of at least two values.
    """
    if rng.random() < REDRAWN:
        return allowed.draw_other(value, rng)
    return allowed.moved(value, rng.normal() * SPREAD * (allowed.high - allowed.low))


def perturb_gene(
    genome: Genome, profile: Profile, gene: int, allowed: Range, rng: Generator
) -> Genome:
    """Perturb one parameter of a random neuron with a potential."""
    if not allowed.steps:
        return genome
    neuron = pick_target(genome, profile, rng)
    value = genome.parameters.item(neuron, gene)
    return genome.with_parameter(neuron, gene, perturb(value, allowed, rng))


def pick_target(genome: Genome, profile: Profile, rng: Generator) -> int:
    """Index of a random neuron with a potential."""
    first = profile.first_target(genome.inputs)
    return first + pick(rng, genome.neurons - first)
