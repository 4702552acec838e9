"""The first genomes of a search: random ones, of several kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from .genome import Genome, assemble, derive_id, io_ids
from .profiles.hardware_profile import Profile
from .profiles.limits import may_join
from .profiles.ranges import Range
from .random_values import draw_parameters, pick

#: Kinds of first networks by name, and which of their neurons a synapse may join.
INITIAL: Mapping[str, str] = MappingProxyType(
    {
        "random": "any two, each pair with the probability `density`",
        "dense": "any two: all pairs are joined, in loops, too",
        "layered": "inputs with hidden neurons, and these with outputs, all of them; without hidden "
        "neurons inputs with outputs",
        "reservoir": "inputs with hidden neurons and these with one another, each pair with the "
        "probability `density`; and all hidden neurons with all outputs",
    }
)

#: Kinds whose neurons are joined wholly, whatever the density.
WHOLLY_JOINED = ("dense", "layered")


@dataclass(frozen=True)
class InitialSettings:
    """Kind, size and density of random genomes.

    Attributes:
        hidden: Most hidden neurons; their number is uniform from `fewest` to it, or to what the
            profile allows.
        density: Probability of each possible synapse, in [0, 1], where the kind draws them.
        fewest: Fewest hidden neurons; None is 0 in random networks, `hidden` in others.
        kind: Which neurons may be joined, a name in `INITIAL`.

    Raises:
        InputError: Naming the setting that is not allowed.
    """

    hidden: int = 3
    density: float = 0.3
    fewest: int | None = None
    kind: str = "random"

    def __post_init__(self) -> None:
        """Check them all."""
        if self.hidden < 0:
            raise InputError(f"hidden is {self.hidden}; it must be 0 or more")
        if self.fewest is not None and not 0 <= self.fewest <= self.hidden:
            raise InputError(f"fewest is {self.fewest}; it must be from 0 to hidden, {self.hidden}")
        if not 0 <= self.density <= 1:
            raise InputError(f"density is {self.density}; it must be from 0 to 1")
        if self.kind not in INITIAL:
            raise InputError(
                f"initial: there is no {self.kind!r}{did_you_mean(self.kind, INITIAL)}"
            )

    def drawn_hidden(self, profile: Profile, rng: Generator) -> int:
        """Draw the number of hidden neurons, at least one where the profile needs it."""
        most = min(self.hidden, profile.max_hidden)
        usual = 0 if self.kind == "random" else most
        low = min(usual if self.fewest is None else self.fewest, most)
        hidden = low + pick(rng, most - low + 1)
        return hidden if profile.direct else max(hidden, 1)


def random_genome(
    inputs: int, outputs: int, profile: Profile, settings: InitialSettings, rng: Generator
) -> Genome:
    """Draw a genome that is valid for its profile.

    The kind of the settings says which ordered pairs of neurons are joined, recurrent and
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
        settings: Kind, size and density.
        rng: The only source of chance.
    """
    hidden = settings.drawn_hidden(profile, rng)
    neurons, first = inputs + outputs + hidden, profile.first_target(inputs)
    chances = _chances((inputs, outputs), hidden, settings)
    joined = _draw_pairs((inputs, outputs), profile, chances, rng)
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


def untrained_genome(
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


def _chances(
    io_counts: tuple[int, int], hidden: int, settings: InitialSettings
) -> NDArray[np.float64]:
    """Return the probability of each synapse, [target, source], before limits."""
    inputs, first_hidden = io_counts[0], sum(io_counts)
    neurons = first_hidden + hidden
    density = 1.0 if settings.kind in WHOLLY_JOINED else settings.density
    if settings.kind in ("random", "dense"):
        return np.full((neurons, neurons), density)
    chances = np.zeros((neurons, neurons))
    chances[first_hidden:, :inputs] = density
    chances[inputs:first_hidden, first_hidden:] = 1.0
    if settings.kind == "reservoir":
        chances[first_hidden:, first_hidden:] = density
    if not hidden:
        chances[inputs:, :inputs] = density
    return chances


def _draw_pairs(
    io_counts: tuple[int, int], profile: Profile, chances: NDArray[np.float64], rng: Generator
) -> NDArray[np.bool_]:
    """Draw which neurons are joined, [target, source], by the probabilities of the pairs."""
    inputs, outputs = io_counts
    neurons, first = len(chances), profile.first_target(inputs)
    hidden = neurons - inputs - outputs
    joined = np.zeros((neurons, neurons), np.bool_)
    joined[first:] = rng.random((neurons - first, neurons)) < chances[first:]
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


__all__ = ["INITIAL", "WHOLLY_JOINED", "InitialSettings", "random_genome", "untrained_genome"]
