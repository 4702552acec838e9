"""The fields of a profile as a configuration or a file gives them: types are checked here.

A parameter of the neuron model is written in one of three ways, told apart by key and value:
`leak = [0, 1, 0.25]` is a range, `leaks = [0, 0.5, 0.9]` a list of values, each inherited by every
neuron on its own; `leak = 0.9` is one number that all neurons share. This holds for every name.
"""

import math
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import cast

from ...errors import InputError
from .choice import Allowed, Choice
from .ranges import Range

_RANGES = ("weight", "delay")
_COUNTS = ("max_hidden", "max_synapses", "max_fan_in")
_NUMBERS = ("max_charge",)
_YES_NO = ("direct",)


def read_field(key: str, value: object, before: object = None) -> object:
    """Turn a plain value into what a `Profile` holds in one of its own fields.

    Args:
        key: Name of the field.
        value: As JSON or TOML gives it: a range as [low, high, grid], everything else as itself.
        before: What the value replaces; [low, high] keeps the grid of a range.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """
    if key in _RANGES:
        return _read_range(key, value, before)
    if key in _YES_NO:
        if not isinstance(value, bool):
            raise InputError(f"{key} is {value!r}; it must be true or false")
        return value
    if key == "traits":
        return _read_traits(value)
    if key in _NUMBERS:
        return _read_number(key, value)
    if key in _COUNTS:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InputError(f"{key} is {value!r}; it must be a whole number of at least 0")
    elif not isinstance(value, str):
        raise InputError(f"{key} is {value!r}; it must be a text")
    return value


def plural(name: str) -> str:
    """The key under which a list of values of a parameter stands."""
    return f"{name}es" if name.endswith("s") else f"{name}s"


def read_parameter(
    name: str, given: Mapping[str, object], before: Allowed | float | None = None
) -> Allowed | float:
    """Turn a plain value into what neurons may have as one parameter.

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


def _read_number(key: str, value: object) -> float:
    if not is_number(value):
        raise InputError(f"{key} is {value!r}; it must be a finite number")
    return float(cast(float, value)) + 0.0  # turns -0.0 into 0.0


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


def _read_traits(traits: object) -> dict[str, tuple[float, ...]]:
    if not isinstance(traits, Mapping):
        raise InputError(f"traits is {traits!r}; it must be an object")
    for name, values in traits.items():
        numbers = isinstance(values, list | tuple) and values and all(map(is_number, values))
        if not numbers or any(a >= b for a, b in pairwise(values)):
            raise InputError(f"trait {name} is {values!r}; it must be a list of rising numbers")
    return {name: tuple(map(float, values)) for name, values in traits.items()}


def is_number(value: object) -> bool:
    """Whether a value read from a file is a number of ordinary size: not NaN, not a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 2**60 and math.isfinite(value)


def nearest(word: str, words: list[str]) -> str:
    """How a message about an unknown word ends: with the nearest known one, or with all."""
    near = get_close_matches(word, words, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there is {', '.join(words)}"
