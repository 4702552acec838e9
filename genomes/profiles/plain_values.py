"""The values of a profile as JSON and TOML have them: read, with every mistake named, and written.

A parameter of the neuron model is written in one of three ways, told apart by key and value:
`leak = [0, 1, 0.25]` is a range, `leaks = [0, 0.5, 0.9]` a list of values, each inherited by every
neuron on its own; `leak = 0.9` is one number that all neurons share. This holds for every name.
"""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import cast

from ...errors import InputError
from .ranges import Allowed, Choice, Range

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
