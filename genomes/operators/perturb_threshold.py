"""Change one threshold."""

from numpy.random import Generator

from ..draws import REDRAWN, draw_threshold, pick_target
from ..genome import Genome
from ..profile import THRESHOLD, Profile

SPREAD = 0.25  # standard deviation of the step, as a share of the threshold


def perturb_threshold(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Scale the threshold of a random neuron: nine times in ten a little, else drawn anew.

    A Gaussian step n multiplies by 1 + n or divides by 1 - n, whichever is positive, so that up
    and down are equally far in proportion. The result differs by at least one step of the grid.
    """
    allowed = profile.threshold
    if not allowed.steps:
        return genome
    neuron = pick_target(genome, profile, rng)
    threshold = genome.parameters.item(neuron, THRESHOLD)
    if rng.random() < REDRAWN:
        goal = draw_threshold(profile, rng)
    else:
        step = rng.normal() * SPREAD
        goal = threshold * (1 + step) if step > 0 else threshold / (1 - step)
    return genome.with_parameter(neuron, THRESHOLD, allowed.moved(threshold, goal - threshold))
