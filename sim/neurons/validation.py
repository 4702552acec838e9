"""What neuron models allow their parameters to be, and the sentence for one that is not allowed."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import InputError

_LONGEST_REFRACTORY = 2**15  # ticks

Columns = Mapping[str, NDArray[np.float64]]


class Rule(NamedTuple):
    """What one parameter may be.

    Attributes:
        name: Of the parameter.
        broken: (n,) bool, the neurons in which it is something else.
        allowed: What it must be, for the message.
    """

    name: str
    broken: NDArray[np.bool_]
    allowed: str


def columns(names: tuple[str, ...], parameters: NDArray[Any]) -> Columns:
    """Name → (n,) float64: each parameter of (n, len(names))."""
    return dict(zip(names, parameters.T.astype(np.float64), strict=True))


def check(
    rules: Iterable[Rule], names: tuple[str, ...], parameters: NDArray[Any], first: int
) -> None:
    """Check the rules in their order.

    Args:
        rules: What the parameters must be.
        names: Of the columns of `parameters`.
        parameters: (n, len(names)), one row per neuron.
        first: Index of the first of these neurons in the network, for the message.

    Raises:
        InputError: Naming the neuron, the parameter, its value and what is allowed.
    """
    for rule in rules:
        for row in np.flatnonzero(rule.broken)[:1]:
            value = parameters[row, names.index(rule.name)]
            raise InputError(
                f"network: neuron {first + row} has {rule.name} {value}; it must be {rule.allowed}"
            )


def integrate_and_fire(given: Columns, lowest: float = -math.inf) -> list[Rule]:
    """Rules for what all integrate-and-fire neurons have: threshold, reset, refractory period, bias.

    Args:
        given: The parameters by name.
        lowest: Lowest potential that the arithmetic can hold.
    """
    threshold, refractory = given["threshold"], given["refractory"]
    v_reset, v_min, soft_reset = given["v_reset"], given["v_min"], given["soft_reset"]
    bound = "" if math.isinf(lowest) else f" and at least {lowest:.0f}"
    in_range = (refractory >= 0) & (refractory <= _LONGEST_REFRACTORY)
    return [
        Rule("threshold", ~((threshold > 0) & np.isfinite(threshold)), "above 0"),
        Rule(
            "refractory",
            ~(in_range & (refractory % 1 == 0)),
            f"a whole number of ticks from 0 to {_LONGEST_REFRACTORY}",
        ),
        finite(given, "bias"),
        Rule(
            "v_reset",
            ~((v_reset < threshold) & (v_reset >= lowest) & np.isfinite(v_reset)),
            f"below the threshold{bound}",
        ),
        Rule("v_min", ~((v_min <= 0) & (v_min >= lowest)), f"at most 0{bound}"),
        Rule("soft_reset", (soft_reset != 0) & (soft_reset != 1), "0 or 1"),
    ]


def share(given: Columns, name: str) -> Rule:
    """A share of something, which a tick leaves."""
    return Rule(name, ~((given[name] >= 0) & (given[name] <= 1)), "0 to 1")


def finite(given: Columns, name: str) -> Rule:
    """Any number."""
    return Rule(name, ~np.isfinite(given[name]), "finite")
