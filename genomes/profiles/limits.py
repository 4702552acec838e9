"""The limits of a profile: how large a genome may be, and which neurons may be joined.

Operators ask here before they change a genome, crossover and validation afterwards. What counts
synapses is skipped where a genome has too few of them to exceed anything, as is usual.
"""

import numpy as np

from ..genome import Genome, neuron_name
from .hardware_profile import Profile


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
