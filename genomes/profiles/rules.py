"""What a profile may be: ranges that the neuron model and exact sums allow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim import models
from ...sim.neurons.lif import LEAK_NONE
from .choice import Allowed, Choice
from .ranges import EXACT, Range

if TYPE_CHECKING:
    from .profile import Profile

INTEGER_LEAKS = (0.0, *(1 - 2.0**-k for k in range(1, 8)), 1.0)

_LONGEST = 2**15  # ticks, as in the simulator
_INPUTS = ("sources", "neurons")
_EXACT = {"float32": EXACT, "integer": EXACT, "float64": 2**53}
_AT_MOST = {  # beyond what networks may be, what makes sense to search
    ("lif", "integer"): (("threshold", 2**15 - 1, "where potentials saturate"),),
    ("if", "integer"): (("threshold", 2**15 - 1, "where potentials saturate"),),
    ("izhikevich", "float64"): (("b", 0.25, "or neurons spike with nothing to drive them"),),
}


def check_model(name: str) -> None:
    """Check that networks of a neuron model can be searched for.

    Raises:
        InputError: If there is no such model, or it is not for searching.
    """
    models.check_has_kernels(name)
    if name not in models.names():
        raise InputError(f"model is {name!r}; it must be {' or '.join(models.names())}")


def check(profile: "Profile") -> None:
    """Check every field of a profile.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """
    check_model(profile.model)
    models.check_name(profile.model, profile.arithmetic)
    if profile.inputs not in _INPUTS:
        raise InputError(f"inputs is {profile.inputs!r}; it must be {' or '.join(_INPUTS)}")
    if not profile.direct and not profile.max_hidden:
        raise InputError("max_hidden is 0; where direct is false it must be at least 1")
    _check_within("delay", profile.delay, 1, _LONGEST)
    _check_whole(profile)
    _check_parameters(profile)
    _check_sums(profile)


def _check_within(name: str, allowed: Allowed, low: float, high: float) -> None:
    if not low <= allowed.low <= allowed.high <= high:
        raise InputError(f"{name} is {allowed}; it must be within {low:g} to {high:g}")


def _check_whole(profile: "Profile") -> None:
    """Ticks are whole numbers; in integer arithmetic everything is, except leaks that are shifts."""
    integer = profile.arithmetic == "integer"
    allowed = {"weight": profile.weight, "delay": profile.delay} | dict(profile.parameters)
    for name, values in allowed.items():
        if name == "leak" and profile.has_shifts:
            _check_shifts(values)
        elif isinstance(values, Range) and values.grid < 1 and (integer or name == "delay"):
            raise InputError(f"{name}: grid is {values.grid:g}; it must be at least 1")
        elif integer and not isinstance(values, Range):
            for value in values.values if isinstance(values, Choice) else (values,):
                if value % 1:
                    raise InputError(f"{name} is {value:g}; it must be a whole number")


def _check_shifts(leak: Allowed | float) -> None:
    if isinstance(leak, Range):
        raise InputError("leak is a range; in integer arithmetic it must be a list, `leaks`")
    for value in leak.values if isinstance(leak, Choice) else (leak,):
        if value not in INTEGER_LEAKS:
            raise InputError(f"a leak is {value:g}; it must be 0, 1 or 1 - 2^-k with k from 1 to 7")


def _check_parameters(profile: "Profile") -> None:
    """Check by the rules of the neuron model, which hold for each parameter or for two of them."""
    names = models.parameters(profile.model)
    if tuple(profile.parameters) != names:
        raise InputError(
            f"parameters are {', '.join(profile.parameters)}; they must be {', '.join(names)}"
        )
    for rule in models.rules(profile.model, profile.arithmetic, _extremes(profile)):
        if rule.broken.any():
            found = profile.parameters[rule.name]
            words = f"{found:g}" if isinstance(found, float) else found
            raise InputError(f"{rule.name} is {words}; it must be {rule.allowed}")
    for name, highest, why in _AT_MOST.get((profile.model, profile.arithmetic), ()):
        found = profile.parameters[name]
        if (found if isinstance(found, float) else found.high) > highest:
            raise InputError(f"{name} is {found}; it must be at most {highest:g}, {why}")


def _extremes(profile: "Profile") -> NDArray[np.float64]:
    """(rows, P) of parameters: every one goes through its values while the others are extreme."""
    values = [list(_values(allowed)) for allowed in profile.parameters.values()]
    if profile.has_shifts:
        values[profile.layout.shift] = [float(LEAK_NONE)]  # all have been checked
    rows = []
    for others in ([found[0] for found in values], [found[-1] for found in values]):
        for column, found in enumerate(values):
            rows += [[*others[:column], value, *others[column + 1 :]] for value in found]
    return np.array(rows)


def _values(allowed: Allowed | float) -> Iterator[float]:
    """The lowest value first, the highest last; of a range, one that shows its grid between."""
    if isinstance(allowed, float):
        yield allowed
    elif isinstance(allowed, Choice):
        yield from allowed.values
    else:
        yield allowed.low
        yield min(allowed.low + allowed.grid, allowed.high)
        yield allowed.high


def _check_sums(profile: "Profile") -> None:
    if profile.max_charge < 0:
        raise InputError(f"max_charge is {profile.max_charge:g}; it must be at least 0")
    bias = profile.parameters.get("bias", 0.0)
    if isinstance(bias, Choice) or (isinstance(bias, float) and bias % profile.weight.grid):
        raise InputError(
            f"bias is {bias}; it must be a range, or a number on the grid of the weights, "
            f"{profile.weight.grid:g}"
        )
    weight = profile.full_charge
    if profile.inputs == "neurons" and profile.max_charge < weight:
        raise InputError(
            f"max_charge is {profile.max_charge:g}; where inputs are neurons it must be at least "
            f"{weight:g}, the largest weight, which a spike injects"
        )
    largest_bias = abs(bias) if isinstance(bias, float) else max(abs(bias.low), abs(bias.high))
    largest = profile.max_fan_in * weight + largest_bias + profile.max_charge
    steps = _EXACT[profile.arithmetic]
    if not largest < steps * profile.grid:
        raise InputError(
            f"max_fan_in {profile.max_fan_in} x weight {weight:g} + bias {largest_bias:g} + "
            f"max_charge {profile.max_charge:g} is {largest:g}; it must be below "
            f"2^{steps.bit_length() - 1} x the grid {profile.grid:g} = {steps * profile.grid:g}, so "
            "that sums are exact"
        )
