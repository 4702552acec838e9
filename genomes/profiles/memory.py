"""How many bytes a genome's numbers take on the hardware of a profile."""

import math
from typing import NamedTuple

from ...sim import models
from .hardware_profile import Profile
from .ranges import Allowed

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
