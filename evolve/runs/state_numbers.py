"""Numbers that `state.json` holds, checked: a state may be damaged, or of somebody else's making."""

import math
from collections.abc import Mapping
from typing import Any


def number(value: object) -> float:
    """Return a number.

    Raises:
        ValueError: It is none, or not finite.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ValueError(f"{value!r} is no number")


def restored_number(state: Mapping[str, Any], name: str) -> float:
    """Return a count, or seconds; 0 where there is none.

    Raises:
        ValueError: It is no number of at least 0.
    """
    value = number(state.get(name, 0))
    if value < 0:
        raise ValueError(f"{name} is {value!r}")
    return value


def restored_count(
    state: Mapping[str, Any], name: str, *, least: int = 0, most: int = 2**53
) -> int:
    """Return a whole number.

    Args:
        state: What has it.
        name: Its name there.
        least: The smallest that it may be.
        most: The largest.

    Raises:
        ValueError: It is none, or out of this range.
        KeyError: There is none.
    """
    value = state[name]
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}")
    return value
