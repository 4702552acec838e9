"""The first genomes of a search: random ones."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..errors import InputError
from .genome import Genome, assemble, derive_id, io_ids
from .profiles.hardware_profile import Profile
from .profiles.limits import may_join
from .profiles.ranges import Range
from .random_values import draw_parameters, pick


@dataclass(frozen=True)
class InitialSettings:
    """Size and density of random genomes.

    Attributes:
        hidden: Most hidden neurons; their number is uniform from 0 to it, or to what the profile
            allows.
        density: Probability of each possible synapse, in [0, 1].

    Raises:
        InputError: Naming the setting that is not allowed.
    """

    hidden: int = 3
    density: float = 0.3

    def __post_init__(self) -> None:
        """Check both."""
        if self.hidden < 0:
            raise InputError(f"hidden is {self.hidden}; it must be 0 or more")
        if not 0 <= self.density <= 1:
            raise InputError(f"density is {self.density}; it must be from 0 to 1")


def random_genome(
    inputs: int, outputs: int, profile: Profile, settings: InitialSettings, rng: Generator
) -> Genome:
    """Draw a genome that is valid for its profile.

    Every ordered pair of neurons is joined with probability `density`, recurrent and
    self-connections included; where that is more than the profile allows, random ones are left
    out. An output that no path joins to an input gets a synapse from a random input, as long as
    the limits leave room for one synapse for each output. Where the profile forbids that synapse,
    there is at least one hidden neuron, one of them is joined to an input in the same way, and
    the output gets its synapse from a hidden neuron that a path joins to an input.

    Weights, delays and parameters are uniform over what is allowed, and so are traits; thresholds
    uniform in their logarithm. Ids of hidden neurons say only that they are initial, and which:
    random genomes can be aligned.

    Args:
        inputs: Number of inputs, ≥ 1.
        outputs: Number of outputs, ≥ 1.
        profile: What the hardware allows.
        settings: Size and density.
        rng: The only source of chance.
    """
    hidden = pick(rng, min(settings.hidden, profile.max_hidden) + 1)
    hidden = hidden if profile.direct else max(hidden, 1)
    neurons, first = inputs + outputs + hidden, profile.first_target(inputs)
    joined = _draw_pairs((inputs, outputs), hidden, profile, settings.density, rng)
    targets, sources = np.nonzero(joined)
    parameters = np.zeros((neurons, len(profile.genes)), np.float32)
    for neuron in range(first, neurons):
        parameters[neuron] = draw_parameters(profile, rng)
    initial = [derive_id("initial", number) for number in range(hidden)]
    return assemble(
        (inputs, outputs),
        np.concatenate((io_ids(inputs, outputs), np.array(initial, np.int64))),
        parameters,
        (
            sources,
            targets,
            _draw_many(profile.weight, len(targets), rng),
            _draw_many(profile.delay, len(targets), rng),
        ),
        tuple((name, values[pick(rng, len(values))]) for name, values in profile.traits.items()),
    )


def dense_genome(
    inputs: int, outputs: int, profile: Profile, settings: InitialSettings, rng: Generator
) -> Genome:
    """Make a genome of layers that are joined, for a network that is to learn its weights.

    Inputs lead to outputs, where the profile lets them, and to hidden neurons, these to outputs; where
    that is more than density or profile allow, random synapses are left out. Weights and biases are 0, or
    nearest to it, delays the shortest, refractory periods too; neurons leak as little as they may.

    Args:
        inputs: Number of inputs, ≥ 1.
        outputs: Number of outputs, ≥ 1.
        profile: What the hardware allows.
        settings: Number of hidden neurons, all of them, at most what the profile allows; some where it
            forbids that inputs lead to outputs. Probability of each synapse.
        rng: The only source of chance.
    """
    hidden = settings.hidden
    neurons, first = inputs + outputs + hidden, profile.first_target(inputs)
    joined = np.zeros((neurons, neurons), np.bool_)
    joined[inputs : inputs + outputs, :inputs] = profile.direct
    joined[inputs + outputs :, :inputs] = True
    joined[inputs : inputs + outputs, inputs + outputs :] = True
    joined &= rng.random(joined.shape) < settings.density
    _remove_excess(joined, profile, np.zeros(neurons, np.int64), rng)
    targets, sources = np.nonzero(joined)
    parameters = np.zeros((neurons, len(profile.genes)), np.float32)
    for column, (name, allowed) in enumerate(profile.genes.items()):
        usual = {"leak": allowed.high, "bias": allowed.nearest(0.0)}
        parameters[first:, column] = usual.get(name, allowed.low)
    initial = [derive_id("initial", number) for number in range(hidden)]
    return assemble(
        (inputs, outputs),
        np.concatenate((io_ids(inputs, outputs), np.array(initial, np.int64))),
        parameters,
        (
            sources,
            targets,
            np.full(len(targets), profile.weight.nearest(0.0)),
            np.full(len(targets), profile.delay.low),
        ),
        tuple((name, values[pick(rng, len(values))]) for name, values in profile.traits.items()),
    )


def _draw_many(allowed: Range, size: int, rng: Generator) -> NDArray[np.float64]:
    steps = rng.integers(0, allowed.steps, size, endpoint=True)
    return allowed.low + allowed.grid * steps.astype(np.float64)


def _draw_pairs(
    io_counts: tuple[int, int], hidden: int, profile: Profile, density: float, rng: Generator
) -> NDArray[np.bool_]:
    """Draw which neurons are joined, [target, source], for these numbers of neurons."""
    inputs, outputs = io_counts
    neurons, first = inputs + outputs + hidden, profile.first_target(inputs)
    joined = np.zeros((neurons, neurons), np.bool_)
    joined[first:] = rng.random((neurons - first, neurons)) < density
    to_reach = list(range(inputs, inputs + outputs))  # neurons that a path must join to an input
    if not profile.direct:
        joined[to_reach, :inputs] = False
        to_reach.insert(0, inputs + outputs + pick(rng, hidden))  # the outputs' way to the inputs
    reserved = np.zeros(neurons, np.int64)
    reserved[to_reach] = 1
    _remove_excess(joined, profile, reserved, rng)
    _connect_to_inputs(joined, to_reach, io_counts, profile, rng)
    return joined


def _remove_excess(
    joined: NDArray[np.bool_], profile: Profile, reserved: NDArray[np.int64], rng: Generator
) -> None:
    """Remove random synapses beyond the limits, and beyond room for `reserved[target]` more."""
    for target, fan_in in enumerate(joined.sum(axis=1)):
        excess = fan_in + reserved[target] - profile.max_fan_in
        if excess > 0:
            present = np.flatnonzero(joined[target])
            joined[target, rng.permutation(present)[:excess]] = False
    excess = int(joined.sum() + reserved.sum()) - profile.max_synapses
    if excess > 0:
        present = np.flatnonzero(joined)
        joined.flat[rng.permutation(present)[:excess]] = False


def _connect_to_inputs(
    joined: NDArray[np.bool_],
    to_reach: list[int],
    io_counts: tuple[int, int],
    profile: Profile,
    rng: Generator,
) -> None:
    """Give a synapse to each of some neurons that no path joins to an input.

    It comes from an input, or where that is forbidden from a hidden neuron that has a path.
    """
    inputs = io_counts[0]
    reached = np.zeros(len(joined), np.bool_)
    reached[:inputs] = True
    for target in to_reach:
        before = -1
        while before != (before := int(reached.sum())):  # until no more are reached
            reached |= (joined & reached).any(axis=1)
        room = min(profile.max_synapses - joined.sum(), profile.max_fan_in - joined[target].sum())
        if not reached[target] and room > 0:
            from_inputs = may_join(profile, io_counts, 0, target)
            sources = np.flatnonzero(reached[:inputs] if from_inputs else reached)
            sources = sources if from_inputs else sources[sources >= sum(io_counts)]
            if len(sources):
                joined[target, sources[pick(rng, len(sources))]] = True


__all__ = ["InitialSettings", "dense_genome", "random_genome"]
