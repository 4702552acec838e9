"""Perturbations: one parameter of a neuron, of a synapse, or one trait changes."""

from numpy.random import Generator

from ..genome import Genome
from ..profiles.hardware_profile import Profile
from ..profiles.ranges import Range
from ..random_values import REDRAWN, draw_threshold, perturb, pick, pick_target

_THRESHOLD_SPREAD = 0.25  # standard deviation of the step, as a share of the threshold


def perturb_bias(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the bias of a random neuron."""
    return _perturb_gene(genome, profile, "bias", rng)


def perturb_leak(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the leak of a random neuron."""
    return _perturb_gene(genome, profile, "leak", rng)


def perturb_refractory(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the refractory period of a random neuron, mostly by a tick."""
    return _perturb_gene(genome, profile, "refractory", rng)


def perturb_threshold(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Scale the threshold of a random neuron: nine times in ten a little, else drawn anew.

    A Gaussian step n multiplies by 1 + n or divides by 1 - n, whichever is positive, so that up
    and down are equally far in proportion. The result differs by at least one step of the grid.
    """
    allowed = profile.genes.get("threshold")
    if not isinstance(allowed, Range) or not allowed.steps:
        return _perturb_gene(genome, profile, "threshold", rng)
    neuron, column = pick_target(genome, profile, rng), profile.columns["threshold"]
    threshold = genome.parameters.item(neuron, column)
    if rng.random() < REDRAWN:
        goal = draw_threshold(allowed, rng)
    else:
        step = rng.standard_normal() * _THRESHOLD_SPREAD
        goal = threshold * (1 + step) if step > 0 else threshold / (1 - step)
    return genome.with_parameter(neuron, column, allowed.moved(threshold, goal - threshold))


def perturb_parameter(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move one of `Profile.genes_without_operator` in a random neuron, each of them as likely."""
    names = profile.genes_without_operator
    if not names:
        return genome
    return _perturb_gene(genome, profile, names[pick(rng, len(names))], rng)


def _perturb_gene(genome: Genome, profile: Profile, name: str, rng: Generator) -> Genome:
    allowed = profile.genes.get(name)
    if allowed is None or not allowed.steps:
        return genome
    neuron, column = pick_target(genome, profile, rng), profile.columns[name]
    value = genome.parameters.item(neuron, column)
    return genome.with_parameter(neuron, column, perturb(value, allowed, rng))


def perturb_weight(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the weight of a random synapse."""
    if not (genome.synapses and profile.weight.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    weight = perturb(genome.weights.item(synapse), profile.weight, rng)
    return genome.with_weight(synapse, weight)


def perturb_delay(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Move the delay of a random synapse."""
    if not (genome.synapses and profile.delay.steps):
        return genome
    synapse = pick(rng, genome.synapses)
    delay = perturb(genome.wiring.item(2, synapse), profile.delay, rng)
    return genome.with_delay(synapse, int(delay))


def perturb_trait(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Give a random trait another of its values, each as likely."""
    if not profile.varied_traits:
        return genome
    index = profile.varied_traits[pick(rng, len(profile.varied_traits))]
    name, value = genome.traits[index]
    others = [other for other in profile.traits[name] if other != value]
    changed = name, others[pick(rng, len(others))]
    return genome.with_traits((*genome.traits[:index], changed, *genome.traits[index + 1 :]))
