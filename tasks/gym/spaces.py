"""Spaces of gymnasium's: as forms, with their bounds, and what is refused."""

from typing import Any, Literal, NamedTuple

import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple
from numpy.typing import NDArray

from ...errors import InputError
from .space_forms import Choice, Choices, Form, Numbers, Parts

#: Numbers of an observation, and outputs of a network, at most: 64 × 64 grey pixels.
MOST_NUMBERS = 4096

_Use = Literal["shows observations", "takes actions"]


def observation_form(space: Space[Any], name: str) -> Form:
    """Return the form of observations, which become vectors as gymnasium's `flatten` makes them.

    Args:
        space: The environment's space of observations.
        name: The task, for messages.

    Raises:
        InputError: They are no numbers, not always as many, or too many.
    """
    form = _form(space, name, "shows observations")
    if not 1 <= form.size <= MOST_NUMBERS:
        raise InputError(
            f"{name} shows observations of {form.size:,} numbers, but networks take 1 to "
            f"{MOST_NUMBERS:,}; a wrapper can leave some out or make images smaller (--wrap)"
        )
    return form


def observation_bounds(space: Space[Any]) -> NDArray[np.float64]:
    """Return the bounds of the vectors of observations, (numbers, 2) float64: lowest, highest.

    Either may be infinite, but not for numbers that are 0 or 1.
    """
    if isinstance(space, Box):
        return np.stack([space.low.ravel(), space.high.ravel()], axis=1).astype(np.float64)
    if isinstance(space, Tuple | Dict):
        return np.concatenate([observation_bounds(part) for part in _parts(space)])
    return np.tile([0.0, 1.0], (_form(space, "", "shows observations").size, 1))


def action_form(space: Space[Any], name: str) -> Form:
    """Return the form of actions.

    Args:
        space: The environment's space of actions.
        name: The task, for messages.

    Raises:
        InputError: Networks cannot give them.
    """
    return _form(space, name, "takes actions")


class ActionNumber(NamedTuple):
    """What a number of an action may be: one of several, or anything from one end to another.

    Attributes:
        choices: The several; None for a number of a Box.
        ends: Lowest and highest, of a number of a Box.
        type: Of the number.
    """

    choices: range | None
    ends: tuple[Any, Any]
    type: np.dtype[Any]


def action_numbers(space: Space[Any]) -> list[ActionNumber]:
    """Return what the numbers of an action may be, in the order of `Form.paths`."""
    if isinstance(space, Box):
        ends = zip(space.low.ravel().tolist(), space.high.ravel().tolist(), strict=True)
        return [ActionNumber(None, pair, np.dtype(space.dtype)) for pair in ends]
    if isinstance(space, Tuple | Dict):
        return [number for part in _parts(space) for number in action_numbers(part)]
    form = _form(space, "", "takes actions")
    each = [form] if isinstance(form, Choice) else form.each if isinstance(form, Choices) else []
    return [
        ActionNumber(range(one.start, one.start + one.count), (0, 0), np.dtype(one.type))
        for one in each
    ]


def _form(space: Space[Any], name: str, use: _Use) -> Form:
    match space:
        case Discrete():
            return Choice(int(space.n), int(space.start), str(space.dtype))
        case MultiDiscrete():
            counts, starts = space.nvec.ravel().tolist(), space.start.ravel().tolist()
            return Choices(tuple(space.nvec.shape), tuple(counts), tuple(starts), str(space.dtype))
        case MultiBinary() if use == "takes actions":
            count = int(np.prod(space.shape))
            return Choices(tuple(space.shape), (2,) * count, (0,) * count, str(space.dtype))
        case MultiBinary():
            return Numbers(tuple(space.shape), str(space.dtype), bits=True)
        case Box() if use == "shows observations" or space.is_bounded("both"):
            whole = space.dtype.kind in "biu"
            bits = whole and bool((space.low == 0).all() and (space.high == 1).all())
            return Numbers(tuple(space.shape), str(space.dtype), bits)
        case Tuple():
            return Parts(None, tuple(_form(part, name, use) for part in space.spaces))
        case Dict():
            parts = tuple(_form(part, name, use) for part in space.spaces.values())
            return Parts(tuple(map(str, space.spaces)), parts)
    raise InputError(f"{name} {use} of the space {_words(space)}; {_TAKEN[use]}")


_TAKEN = {
    "shows observations": "networks take Box, Discrete, MultiDiscrete, MultiBinary, and Tuple and Dict "
    "of these",
    "takes actions": "networks give Discrete, MultiDiscrete, MultiBinary, Box between finite bounds, and "
    "Tuple and Dict of these",
}


def _parts(space: Any) -> list[Space[Any]]:
    return list(space.spaces.values() if isinstance(space, Dict) else space.spaces)


def _words(space: Space[Any]) -> str:
    """Return a space in a few words."""
    if not isinstance(space, Space):
        return f"{space!r}, which is none of gymnasium's"
    if isinstance(space, Box):
        return f"Box of shape {space.shape}, unbounded"
    return type(space).__name__
