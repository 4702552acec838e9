"""What a profile may be: its fields as plain values, and the ranges that model and exact sums allow."""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim import models
from ...sim.neurons.lif import LEAK_NONE
from .ranges import EXACT, Allowed, Choice, Range

Traits = Mapping[str, tuple[float, ...]]


def read_field(key: str, kind: object, value: object, before: object = None) -> object:
    """Read the value of one of the fields of a `Profile`.

    Args:
        key: Name of the field.
        kind: Its type: `Range`, `Traits`, `bool`, `int` (a count, ≥ 0), `float` or `str`.
        value: As JSON or TOML gives it: a range as [low, high, grid], everything else as itself.
        before: What the value replaces; [low, high] keeps the grid of a range.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """
    if kind is Range:
        return _read_range(key, value, before)
    return _READERS[kind](key, value)


def plural(name: str) -> str:
    """Return the key under which a list of values of a parameter stands."""
    return f"{name}es" if name.endswith("s") else f"{name}s"


def read_parameter(
    name: str, given: Mapping[str, object], before: Allowed | float | None = None
) -> Allowed | float:
    """Read what neurons may have as one parameter of the neuron model.

    Args:
        name: Of the parameter.
        given: The value under its name or, a list, under the plural of it. It has one of the two.
        before: What the value replaces; [low, high] keeps the grid of a range.

    Raises:
        InputError: Naming the key, its value and what is allowed.
    """
    key = plural(name)
    if key not in given:
        value = given[name]
        if isinstance(value, list | tuple):
            return _read_range(name, value, before)
        return float(value) if isinstance(value, bool) else _read_number(name, value)
    listed = given[key]
    if name in given:
        raise InputError(f"both {name} and {key} are given; there must be one of them")
    if not (isinstance(listed, list | tuple) and listed and all(map(is_number, listed))):
        raise InputError(f"{key} is {listed!r}; it must be a list of numbers")
    try:
        return Choice(tuple(listed))
    except InputError as error:
        raise InputError(f"{key}: {error}") from None


def plain(value: object) -> object:
    """Return the plain value that `read_field` or `read_parameter` reads as this one."""
    if isinstance(value, Range):
        return [_short(bound) for bound in (value.low, value.high, value.grid)]
    if isinstance(value, Choice):
        return [_short(number) for number in value.listed]
    if isinstance(value, Mapping):
        return {name: [_short(number) for number in numbers] for name, numbers in value.items()}
    return _short(value) if isinstance(value, float) else value


def is_number(value: object) -> bool:
    """Return whether a value from a file is a number of ordinary size: no NaN, no truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 2**60 and math.isfinite(value)


def _read_range(key: str, value: object, before: object) -> Range:
    numbers = list(value) if isinstance(value, list | tuple) else []
    grid = before.grid if isinstance(before, Range) else None
    if len(numbers) == 2 and grid is not None:
        numbers.append(grid)
    if len(numbers) != 3 or not all(map(is_number, numbers)):
        allowed = "[low, high, grid]" if grid is None else "[low, high] or [low, high, grid]"
        raise InputError(f"{key} is {value!r}; it must be {allowed}, finite numbers")
    try:
        return Range(*numbers)
    except InputError as error:
        raise InputError(f"{key}: {error}") from None


def _read_traits(key: str, traits: object) -> Traits:
    if not isinstance(traits, Mapping):
        raise InputError(f"{key} is {traits!r}; it must be an object")
    for name, values in traits.items():
        numbers = isinstance(values, list | tuple) and values and all(map(is_number, values))
        if not numbers or any(a >= b for a, b in pairwise(values)):
            raise InputError(f"trait {name} is {values!r}; it must be a list of rising numbers")
    return {name: tuple(map(float, values)) for name, values in traits.items()}


def _read_flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{key} is {value!r}; it must be true or false")
    return value


def _read_count(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{key} is {value!r}; it must be a whole number of at least 0")
    return value


def _read_number(key: str, value: object) -> float:
    if not is_number(value):
        raise InputError(f"{key} is {value!r}; it must be a finite number")
    return float(cast(float, value)) + 0.0  # turns -0.0 into 0.0


def _read_text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{key} is {value!r}; it must be a text")
    return value


_READERS: Mapping[object, Callable[[str, object], object]] = {
    Traits: _read_traits,
    bool: _read_flag,
    int: _read_count,
    float: _read_number,
    str: _read_text,
}


def _short(number: float) -> float:
    return int(number) if number.is_integer() else number


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
    """Check that networks of a neuron model can be searched for."""
    models.check_has_kernels(name)
    if name not in models.names():
        raise InputError(f"model is {name!r}; it must be {' or '.join(models.names())}")


def check_inputs(inputs: str) -> None:
    """Check what inputs are."""
    if inputs not in _INPUTS:
        raise InputError(f"inputs is {inputs!r}; it must be {' or '.join(_INPUTS)}")


def check_direct(direct: bool, max_hidden: int) -> None:
    """Check that there is a way from inputs to outputs."""
    if not direct and not max_hidden:
        raise InputError("max_hidden is 0; where direct is false it must be at least 1")


def check_delay(delay: Range) -> None:
    """Check that delays are whole ticks that the simulator has."""
    if not 1 <= delay.low <= delay.high <= _LONGEST:
        raise InputError(f"delay is {delay}; it must be within 1 to {_LONGEST:g}")
    _check_whole_grid("delay", delay)


def leak_is_shift(model: str, arithmetic: str) -> bool:
    """Return whether a leak is a shift of bits: 0, 1 or 1 - 2^-k."""
    return model == "lif" and arithmetic == "integer"


def check_whole_numbers(model: str, values: Mapping[str, Allowed | float]) -> None:
    """Check what is allowed in integer arithmetic: all is whole, except leaks that are shifts."""
    for name, allowed in values.items():
        if name == "leak" and leak_is_shift(model, "integer"):
            _check_shifts(allowed)
        elif isinstance(allowed, Range):
            _check_whole_grid(name, allowed)
        else:
            for value in allowed.values if isinstance(allowed, Choice) else (allowed,):
                if value % 1:
                    raise InputError(f"{name} is {value:g}; it must be a whole number")


def check_parameters(
    model: str, arithmetic: str, parameters: Mapping[str, Allowed | float]
) -> None:
    """Check by the rules of the neuron model, which hold for each parameter or for two of them."""
    names = models.parameters(model)
    if tuple(parameters) != names:
        raise InputError(f"parameters are {', '.join(parameters)}; they must be {', '.join(names)}")
    values = [list(_extremes(allowed)) for allowed in parameters.values()]
    if leak_is_shift(
        model, arithmetic
    ):  # networks hold the shift k; `check_whole_numbers` saw the rest
        values[names.index("leak")] = [float(LEAK_NONE)]
    for rule in models.rules(model, arithmetic, _rows(values)):
        if rule.broken.any():
            raise InputError(
                f"{rule.name} is {_shown(parameters[rule.name])}; it must be {rule.allowed}"
            )
    for name, highest, why in _AT_MOST.get((model, arithmetic), ()):
        found = parameters[name]
        if (found if isinstance(found, float) else found.high) > highest:
            raise InputError(f"{name} is {found}; it must be at most {highest:g}, {why}")


def check_max_charge(max_charge: float, inputs: str, full_charge: float) -> None:
    """Check the largest external charge; an input that is a neuron must take a spike's."""
    if max_charge < 0:
        raise InputError(f"max_charge is {max_charge:g}; it must be at least 0")
    if inputs == "neurons" and max_charge < full_charge:
        raise InputError(
            f"max_charge is {max_charge:g}; where inputs are neurons it must be at least "
            f"{full_charge:g}, the largest weight, which a spike injects"
        )


def check_bias(bias: Allowed | float, grid: float) -> None:
    """Check that biases lie on a grid: of their own, or if all share one on that of the weights."""
    if isinstance(bias, Choice) or (isinstance(bias, float) and bias % grid):
        raise InputError(
            f"bias is {bias}; it must be a range, or a number on the grid of the weights, {grid:g}"
        )


def check_sums(
    arithmetic: str, grid: float, max_fan_in: int, weight: float, bias: float, max_charge: float
) -> None:
    """Check that the largest sum of charges is exact, and so every smaller one, in any order.

    Args:
        arithmetic: It holds every multiple of a grid up to 2^24 steps from 0, float64 up to 2^53.
        grid: Of all charges.
        max_fan_in: Most incoming synapses of a neuron.
        weight: Largest weight, positive or negative; so are the next two.
        bias: Largest bias.
        max_charge: Largest external charge.
    """
    largest, steps = max_fan_in * weight + bias + max_charge, _EXACT[arithmetic]
    if not largest < steps * grid:
        raise InputError(
            f"max_fan_in {max_fan_in} x weight {weight:g} + bias {bias:g} + "
            f"max_charge {max_charge:g} is {largest:g}; it must be below "
            f"2^{steps.bit_length() - 1} x the grid {grid:g} = {steps * grid:g}, so "
            "that sums are exact"
        )


def _check_whole_grid(name: str, allowed: Range) -> None:
    if allowed.grid < 1:
        raise InputError(f"{name}: grid is {allowed.grid:g}; it must be at least 1")


def _check_shifts(leak: Allowed | float) -> None:
    if isinstance(leak, Range):
        raise InputError("leak is a range; in integer arithmetic it must be a list, `leaks`")
    for value in leak.values if isinstance(leak, Choice) else (leak,):
        if value not in INTEGER_LEAKS:
            raise InputError(f"a leak is {value:g}; it must be 0, 1 or 1 - 2^-k with k from 1 to 7")


def _rows(values: list[list[float]]) -> NDArray[np.float64]:
    """Return rows of parameters: each goes through its values while the others are extreme."""
    rows = []
    for others in ([found[0] for found in values], [found[-1] for found in values]):
        for column, found in enumerate(values):
            rows += [[*others[:column], value, *others[column + 1 :]] for value in found]
    return np.array(rows)


def _extremes(allowed: Allowed | float) -> Iterator[float]:
    """Yield the lowest value first, the highest last; of a range, one between that shows its grid."""
    if isinstance(allowed, float):
        yield allowed
    elif isinstance(allowed, Choice):
        yield from allowed.values
    else:
        yield allowed.low
        yield min(allowed.low + allowed.grid, allowed.high)
        yield allowed.high


def _shown(allowed: Allowed | float) -> str:
    return f"{allowed:g}" if isinstance(allowed, float) else str(allowed)
