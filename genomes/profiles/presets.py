"""The profiles that there are by name.

`float`: `lif` in float32, for computers and for chips whose ranges are not known yet. `int8`: `lif`
with weights of 8 bits, as digital neuromorphic chips have them.

`if`, `alif`, `cuba_lif`: as `float`, each with what its neuron model has. Adaptation reaches half of
the largest threshold with a spike, and is gone after a few ticks or stays for a window.

`izhikevich`: a, b, c and d as the two populations of the network in the paper's program span them
(Izhikevich 2003, Simple model of spiking neurons, figure 3: a 0.02 to 0.1, b 0.2 to 0.25, c -65 to
-50 and d 2 to 8). Weights are in the paper's unit of current, in which a steady 10 makes a neuron
spike again and again, and a single tick of 20 makes one at rest spike.

`risp`: the ranges that TENNLab's discrete networks for RISP use (arXiv:2206.14016, and the test
networks of their simulator): weights and thresholds of 8 bits, potentials down to -127, delays to
15, and for each neuron a leak of all or nothing. Inputs are neurons.
"""

from collections.abc import Mapping
from dataclasses import replace

from ...errors import InputError, did_you_mean
from ...sim import models
from .hardware_profile import Profile
from .ranges import Allowed, Choice, Range
from .rules import INTEGER_LEAKS

_FLOAT = Profile(
    name="float",
    model="lif",
    arithmetic="float32",
    inputs="sources",
    weight=Range(-1, 1, 2**-10),
    delay=Range(1, 15, 1),
    parameters={
        "threshold": Range(2**-4, 4, 2**-4),
        "leak": Choice((0.0, 0.5, 0.75, 0.9, 1.0)),
        "refractory": Range(0, 3, 1),
        "bias": Range(0, 0, 2**-10),
        "v_reset": 0.0,
        "v_min": -4.0,
        "soft_reset": 0.0,
    },
    max_charge=16.0,
    max_hidden=64,
    max_synapses=4096,
    max_fan_in=1024,
)

_INT8 = replace(
    _FLOAT,
    name="int8",
    arithmetic="integer",
    weight=Range(-127, 127, 1),
    parameters={
        "threshold": Range(1, 255, 1),
        "leak": Choice(INTEGER_LEAKS),
        "refractory": Range(0, 3, 1),
        "bias": Range(0, 0, 1),
        "v_reset": 0.0,
        "v_min": -255.0,
        "soft_reset": 0.0,
    },
    max_charge=255.0,
)


def _variant(model: str, **added: Allowed | float) -> Profile:
    """Make the profile `float` for a neuron model that has some parameters of `lif`, and others."""
    known = {**_FLOAT.parameters, **added}
    parameters = {name: known[name] for name in models.parameters(model)}
    return replace(_FLOAT, name=model, model=model, parameters=parameters)


_IF = _variant("if")

_ALIF = _variant(
    "alif",
    adaptation=Range(0, 2, 2**-4),
    adaptation_leak=Choice((0.5, 0.75, 0.9, 0.95, 0.99)),
)

_CUBA_LIF = _variant("cuba_lif", synaptic_leak=Choice((0.0, 0.5, 0.75, 0.9)))

_IZHIKEVICH = replace(
    _FLOAT,
    name="izhikevich",
    model="izhikevich",
    arithmetic="float64",
    weight=Range(-32, 32, 2**-5),
    parameters={
        "a": Range(20 * 2**-10, 102 * 2**-10, 2**-10),
        "b": Range(205 * 2**-10, 256 * 2**-10, 2**-10),
        "c": Range(-65, -50, 1),
        "d": Range(2, 8, 2**-2),
        "bias": Range(0, 0, 2**-5),
    },
    max_charge=128.0,
)

_RISP = replace(
    _FLOAT,
    name="risp",
    model="risp",
    arithmetic="integer",
    inputs="neurons",
    weight=Range(-127, 127, 1),
    parameters={
        "threshold": Range(0, 127, 1),
        "leak": Choice((0.0, 1.0)),
        "min_potential": -127.0,
        "late_reset": 0.0,
    },
    max_charge=127.0,
)

PROFILES = {
    preset.name: preset for preset in (_FLOAT, _INT8, _IF, _ALIF, _CUBA_LIF, _IZHIKEVICH, _RISP)
}


def profile(name: str = "float", overrides: Mapping[str, object] | None = None) -> Profile:
    """Return a profile by name, some of its fields and parameters replaced.

    Args:
        name: A key of `PROFILES`.
        overrides: Plain values by key, in the ways of `plain_values`. A range without a grid keeps
            the profile's.

    Raises:
        InputError: For an unknown name or field, naming the nearest, or a value not allowed.
    """
    if name not in PROFILES:
        models.check_has_kernels(name)  # by the name of such a model
        raise InputError(f"profile {name!r} is unknown{did_you_mean(name, PROFILES)}")
    return PROFILES[name].changed(overrides or {})
