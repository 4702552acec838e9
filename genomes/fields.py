"""The fields of a profile as a configuration or a file gives them: types are checked here."""

import math
from difflib import get_close_matches
from typing import cast

from .. import InputError
from .ranges import Range

RANGES = ("weight", "threshold", "bias", "delay", "refractory")
_COUNTS = ("max_hidden", "max_synapses", "max_fan_in")
_NUMBERS = ("v_reset", "v_min", "max_charge")


def read_field(key: str, value: object, grid: float | None) -> object:
    """Turn a plain value into what a `Profile` holds.

    Args:
        key: Name of a field of `Profile`.
        value: As JSON or TOML gives it: a range as [low, high, grid] or, if `grid` is given,
            [low, high]; everything else as itself.
        grid: Of a range that names none.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """
    if key in RANGES:
        return _read_range(key, value, grid)
    if key == "leaks":
        if not (isinstance(value, list | tuple) and value and all(map(is_number, value))):
            raise InputError(f"leaks is {value!r}; it must be a list of numbers")
        return tuple(float(leak) for leak in value)
    if key in _NUMBERS:
        if not is_number(value):
            raise InputError(f"{key} is {value!r}; it must be a finite number")
        return float(cast(float, value)) + 0.0  # turns -0.0 into 0.0
    if key in _COUNTS:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InputError(f"{key} is {value!r}; it must be a whole number of at least 0")
    elif key == "soft_reset":
        if not isinstance(value, bool):
            raise InputError(f"soft_reset is {value!r}; it must be true or false")
    elif not isinstance(value, str):
        raise InputError(f"{key} is {value!r}; it must be a text")
    return value


def _read_range(key: str, value: object, grid: float | None) -> Range:
    numbers = list(value) if isinstance(value, list | tuple) else []
    if len(numbers) == 2 and grid is not None:
        numbers.append(grid)
    if len(numbers) != 3 or not all(map(is_number, numbers)):
        allowed = "[low, high, grid]" if grid is None else "[low, high] or [low, high, grid]"
        raise InputError(f"{key} is {value!r}; it must be {allowed}, finite numbers")
    try:
        return Range(*numbers)
    except InputError as error:
        raise InputError(f"{key}: {error}") from None


def is_number(value: object) -> bool:
    """Whether a value read from a file is a number of ordinary size: not NaN, not a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 2**60 and math.isfinite(value)


def nearest(word: str, words: list[str]) -> str:
    """How a message about an unknown word ends: with the nearest known one, or with all."""
    near = get_close_matches(word, words, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there is {', '.join(words)}"
