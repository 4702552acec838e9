"""Limits of a chip's size, held by every operator, and the memory that a genome takes on it."""

import math
from typing import NamedTuple

import numpy as np

from ...sim import models
from ..genome import Genome, neuron_name
from .hardware_profile import Profile
from .ranges import Allowed


def may_join(profile: Profile, io_counts: tuple[int, int], source: int, target: int) -> bool:
    """Return whether a synapse may lead from one neuron to another.

    Args:
        profile: With `direct` false, none leads straight from an input to an output.
        io_counts: Numbers of inputs and of outputs of the genome.
        source: Index of the neuron that it comes from.
        target: Index of the neuron that it leads to, one with a potential.
    """
    inputs, outputs = io_counts
    return profile.direct or source >= inputs or not inputs <= target < inputs + outputs


def has_room_for(genome: Genome, profile: Profile, *, neurons: int = 0, synapses: int) -> bool:
    """Return whether a genome may have that many more hidden neurons and synapses in total."""
    return (
        genome.hidden + neurons <= profile.max_hidden
        and genome.synapses + synapses <= profile.max_synapses
    )


def has_room_at(genome: Genome, profile: Profile, target: int) -> bool:
    """Return whether one more synapse may end at a neuron."""
    if genome.synapses < profile.max_fan_in:
        return True
    return int(np.count_nonzero(genome.targets == target)) < profile.max_fan_in


def exceeded(genome: Genome, profile: Profile) -> str | None:
    """Return a sentence about the first limit on sizes that a genome exceeds, None if it keeps all."""
    for name, count, limit in (
        ("hidden neurons", genome.hidden, profile.max_hidden),
        ("synapses", genome.synapses, profile.max_synapses),
    ):
        if count > limit:
            return f"genome has {count} {name}; it must have at most {limit}"
    if genome.synapses <= profile.max_fan_in:
        return None
    fan_in = np.bincount(genome.targets)
    for neuron in np.flatnonzero(fan_in > profile.max_fan_in)[:1]:
        return (
            f"{neuron_name(genome, neuron)} has {fan_in[neuron]} incoming synapses; it must have "
            f"at most {profile.max_fan_in}"
        )
    return None


_STATE_BITS = {"float32": 32, "float64": 64, "integer": 16}
_STATE_BITS_OF_RISP = {"float64": 64, "integer": 32}  # nothing keeps its potential within 16


class Widths(NamedTuple):
    """Bytes of one synapse (weight, delay) and of one neuron (parameters, state)."""

    synapse_bytes: float
    neuron_bytes: float


def widths(profile: Profile) -> Widths:
    """Return the memory that the numbers of a genome take.

    Every inherited number takes the fewest bits that tell its allowed values apart, as on chips
    that pack them; one that has a single value takes none, and so do parameters that all neurons
    share. The state of a neuron is its state variables (32 bits each in float32, 64 in float64, 16
    in integer arithmetic, 32 there for `risp`) and the countdown of its refractory period. The
    addresses of synapses depend on how a chip routes spikes and are left out.
    """
    synapse = _bits(profile.weight) + _bits(profile.delay)
    parameters = sum(map(_bits, profile.genes.values()))
    return Widths(synapse / 8, (parameters + _state(profile)) / 8)


def _state(profile: Profile) -> int:
    bits = _STATE_BITS_OF_RISP if profile.model == "risp" else _STATE_BITS
    # The third variable of izhikevich only says whether the neuron has started.
    variables = models.states(profile.model) - (profile.model == "izhikevich")
    refractory = profile.parameters.get("refractory", 0.0)
    longest = refractory if isinstance(refractory, float) else refractory.high
    return bits[profile.arithmetic] * variables + math.ceil(math.log2(longest + 1))


def _bits(allowed: Allowed) -> int:
    return math.ceil(math.log2(allowed.steps + 1))
