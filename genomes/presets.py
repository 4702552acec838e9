"""The profiles that are there by name."""

from collections.abc import Mapping
from dataclasses import fields, replace

from .. import InputError
from ..sim import models
from .choice import Choice
from .fields import nearest
from .profile import Profile, read
from .profile_rules import INTEGER_LEAKS
from .ranges import Range

_FIXED = (
    "name",
    "model",
    "arithmetic",
    "parameters",
)  # what makes a profile; no override changes it

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

PROFILES = {"float": _FLOAT, "int8": _INT8}


def profile(name: str = "float", overrides: Mapping[str, object] | None = None) -> Profile:
    """A profile by name, some of its fields and parameters replaced.

    Args:
        name: A key of `PROFILES`.
        overrides: Plain values by key, in the ways of `fields`. A range without a grid keeps the
            profile's.

    Raises:
        InputError: For an unknown name or field, naming the nearest, or a value not allowed.
    """
    if name not in PROFILES:
        models.check_has_kernels(name)  # by the name of such a model
        raise InputError(f"profile {name!r} is unknown{nearest(name, list(PROFILES))}")
    base = PROFILES[name]
    keys = tuple(field.name for field in fields(Profile) if field.name not in _FIXED)
    try:
        values = read(overrides or {}, keys, models.parameters(base.model), base)
    except InputError as error:
        raise InputError(f"profile {name}: {error}") from None
    return replace(base, **values)
