"""Change one threshold."""

from numpy.random import Generator

from ..draws import REDRAWN, draw_threshold, perturb_gene, pick_target
from ..genome import Genome
from ..profiles.profile import Profile
from ..profiles.ranges import Range

SPREAD = 0.25  # standard deviation of the step, as a share of the threshold


def perturb_threshold(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Scale the threshold of a random neuron: nine times in ten a little, else drawn anew.

    A Gaussian step n multiplies by 1 + n or divides by 1 - n, whichever is positive, so that up
    and down are equally far in proportion. The result differs by at least one step of the grid.
    Where the profile lists the thresholds, any other one is as likely.
    """
    allowed = profile.genes.get("threshold")
    if not isinstance(allowed, Range) or not allowed.steps:
        return perturb_gene(genome, profile, "threshold", rng)
    neuron, column = pick_target(genome, profile, rng), profile.columns["threshold"]
    threshold = genome.parameters.item(neuron, column)
    if rng.random() < REDRAWN:
        goal = draw_threshold(allowed, rng)
    else:
        step = rng.standard_normal() * SPREAD
        goal = threshold * (1 + step) if step > 0 else threshold / (1 - step)
    return genome.with_parameter(neuron, column, allowed.moved(threshold, goal - threshold))
