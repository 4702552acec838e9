"""Random values, and random steps from one value to another, each allowed by a profile."""

from numpy.random import Generator

from .genome import Genome, SynapseParameters
from .profiles.hardware_profile import Profile
from .profiles.ranges import Allowed, Range

REDRAWN = 0.1  # share of perturbations that draw anew (Stanley 2004: a tenth)

_SPREAD = 0.1  # standard deviation of the others, as a share of the range's width


def pick(rng: Generator, size: int) -> int:
    """Draw an index below `size`, each as likely to within size / 2^53.

    A tenth of the cost of `rng.integers`.
    """
    return int(rng.random() * size)


def pick_target(genome: Genome, profile: Profile, rng: Generator) -> int:
    """Draw the index of a neuron with a potential, at which synapses may end."""
    first = profile.first_target(genome.inputs)
    return first + pick(rng, genome.neurons - first)


def draw_synapse(profile: Profile, rng: Generator) -> SynapseParameters:
    """Draw weight and delay of a new synapse."""
    return profile.weight.draw(rng), int(profile.delay.draw(rng))


def draw_parameters(profile: Profile, rng: Generator) -> tuple[float, ...]:
    """Draw the parameters of one neuron, in the order of `Profile.genes`."""
    return tuple(_draw(name, allowed, rng) for name, allowed in profile.genes.items())


def _draw(name: str, allowed: Allowed, rng: Generator) -> float:
    if not allowed.steps:
        return allowed.low
    return draw_threshold(allowed, rng) if name == "threshold" else allowed.draw(rng)


def draw_threshold(allowed: Allowed, rng: Generator) -> float:
    """Draw a threshold, uniform in its logarithm where all are positive: a scale has no unit.

    The last bit of the power may differ between processors; rounded to the grid, that shows in
    one draw in 10^13 or so.
    """
    low, high = allowed.low, allowed.high
    if low <= 0 or not isinstance(allowed, Range):
        return allowed.draw(rng)
    return allowed.nearest(low * (high / low) ** rng.random())


def perturb(value: float, allowed: Allowed, rng: Generator) -> float:
    """Draw another allowed value: mostly near by (a Gaussian step), one time in ten anywhere.

    Of a list, any other one. Never `value` itself; needs at least two values.
    """
    if not isinstance(allowed, Range) or rng.random() < REDRAWN:
        return allowed.draw_other(value, rng)
    return allowed.moved(value, rng.standard_normal() * _SPREAD * (allowed.high - allowed.low))
