"""How many bytes a genome's numbers take on the hardware of a profile."""

import math
from typing import NamedTuple

from .profile import Profile
from .ranges import Range

_POTENTIAL_BITS = {"float32": 32, "integer": 16}


class Widths(NamedTuple):
    """Bytes of one synapse (weight, delay) and of one neuron (parameters, state)."""

    synapse_bytes: float
    neuron_bytes: float


def widths(profile: Profile) -> Widths:
    """Returns the memory that a profile's numbers take.

    Every inherited number takes the fewest bits that tell its allowed values apart, as on chips
    that pack them; one that has a single value takes none. The state of a neuron is its potential
    (32 bits in float32, 16 in integer arithmetic) and the countdown of its refractory period. The
    addresses of synapses depend on how a chip routes spikes and are left out.
    """
    synapse = _bits(profile.weight) + _bits(profile.delay)
    parameters = _bits(profile.threshold) + _bits(profile.bias) + _bits(profile.refractory)
    leak = math.ceil(math.log2(len(profile.leaks)))
    countdown = math.ceil(math.log2(profile.refractory.high + 1))
    state = _POTENTIAL_BITS[profile.arithmetic] + countdown
    return Widths(synapse / 8, (parameters + leak + state) / 8)


def _bits(allowed: Range) -> int:
    return math.ceil(math.log2((allowed.high - allowed.low) / allowed.grid + 1))
