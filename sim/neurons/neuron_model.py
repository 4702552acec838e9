"""What a neuron model consists of, what its parameters may be, and the operations of its tick.

A tick is written once. The vector and event-driven loops run it, while they are compiled, on `Lanes`,
whose operators write machine code; the scalar loop compiles the same lines for single numbers. All
round alike: every operation once, in the type of its numbers, never fused.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

FLUSH = 2.0**-20  # float32: a number closer to 0 than this counts as 0, so that none is subnormal


#: The functions of `part`, which the scalar loop has compiled.
PARTS: list[Callable[..., Any]] = []


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that ticks call, and that itself calls nothing but operations and parts."""
    PARTS.append(function)
    return function


class Lanes(ABC):
    """Numbers, or truth values, of several lanes at once."""

    @abstractmethod
    def where(self, condition: Any, other: Any) -> Any:
        """Return these numbers where the condition holds, elsewhere the other ones."""

    @abstractmethod
    def differs(self, other: Any) -> Any:
        """Return where the numbers are not equal."""

    @abstractmethod
    def flushed(self) -> Any:
        """Return the numbers, 0 for those closer to 0 than `FLUSH`."""

    @abstractmethod
    def constant(self, number: float) -> Any:
        """Return the same number in all lanes."""

    @abstractmethod
    def both(self, other: Any) -> Any:
        """Return where two truth values hold."""

    @abstractmethod
    def without(self, other: Any) -> Any:
        """Return where the first truth value holds and the other does not."""


def where(condition: Any, chosen: Any, other: Any) -> Any:
    """Return `chosen` where the condition holds, else `other`."""
    if isinstance(chosen, Lanes):
        return chosen.where(condition, other)
    return chosen if condition else other


@part
def larger(a: Any, b: Any) -> Any:
    """Return the larger of two numbers; `b` if they cannot be compared."""
    return where(a > b, a, b)


@part
def smaller(a: Any, b: Any) -> Any:
    """Return the smaller of two numbers; `a` if they cannot be compared."""
    return where(a > b, b, a)


def constant(number: float, like: Any) -> Any:
    """Return a number that is known beforehand, in the type of another."""
    return like.constant(number) if isinstance(like, Lanes) else type(like)(number)


def differs(a: Any, b: Any) -> Any:
    """Return whether two numbers are not equal."""
    return a.differs(b) if isinstance(a, Lanes) else a != b


def flushed(number: Any) -> Any:
    """Return a float32, or 0 if it is closer to 0 than `FLUSH`."""
    if isinstance(number, Lanes):
        return number.flushed()
    return number if abs(number) >= FLUSH else constant(0, number)


def wrapped(number: Any) -> Any:
    """Return a sum of int32 as an int32; single numbers are added up in 64 bits."""
    return number if isinstance(number, Lanes) else np.int32(number)


def both(a: Any, b: Any) -> Any:
    """Return whether two truth values hold."""
    return a.both(b) if isinstance(a, Lanes) else a and b


def without(a: Any, b: Any) -> Any:
    """Return whether the first truth value holds and the second does not."""
    return a.without(b) if isinstance(a, Lanes) else a and not b


Number = type[np.float32] | type[np.float64] | type[np.int32]

#: The type of weights, parameters, charges and state in each arithmetic.
DTYPES: dict[str, Number] = {"float32": np.float32, "float64": np.float64, "integer": np.int32}

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


Tick = Callable[[Any, tuple[Any, ...], "Arriving"], tuple[tuple[Any, ...], Any]]


class Arriving(NamedTuple):
    """What a neuron meets in a tick.

    Attributes:
        charge: What `NeuronModel.first_charge` gave, plus what came from outside and over synapses.
        held: Whether it spiked at one of the last `NeuronModel.held_for` ticks.
        due: Whether anything arrived, be it a charge of 0; only where the model `counts_events`.
    """

    charge: Any
    held: Any
    due: Any


def bias(neuron: Any, state: Any, held: Any) -> Any:
    """Return the charge that flows in every tick."""
    return neuron.bias


def as_given(charge: Any) -> Any:
    """Return the external charge as it is."""
    return charge


@dataclass(frozen=True)
class NeuronModel:
    """A neuron model: its parameters, what they may be, its state and its tick.

    The functions run in kernels, of all lanes alike (see `operations`); `neuron` holds the parameters
    by name, `state` the state variables in their order.

    Attributes:
        name: As networks name it.
        neuron: The class of a neuron's parameters; its fields are the columns of `Network.parameters`.
        arithmetics: `"float32"`, `"float64"`, `"integer"`: those that the model has.
        rules: `(arithmetic, columns)` → what the parameters of neurons with a potential must be.
        states: Number of state variables of a neuron, the potential first; all are 0 at rest.
        start: `(neuron, state)` → the state with which a window of ticks begins, for models in which a
            neuron does not start from 0; None for the others.
        ticks: Arithmetic → `(neuron, state, arriving)` → the state after a tick, and whether the
            neuron spiked. Empty where the model runs in the readable reference only.
        held_for: The parameter that says for how many ticks a spike makes `Arriving.held` true.
        first_charge: `(neuron, state, held)` → what the charge of a tick begins with.
        injected: External charge → what of it is added.
        counts_events: Whether the tick asks for `Arriving.due`.
    """

    name: str
    neuron: Any
    arithmetics: tuple[str, ...]
    rules: Callable[[str, Columns], list[Rule]]
    states: int = 1
    start: Callable[[Any, Any], Any] | None = None
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    held_for: str | None = None
    first_charge: Callable[[Any, Any, Any], Any] = bias
    injected: Callable[[Any], Any] = as_given
    counts_events: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the columns of `Network.parameters`."""
        names: tuple[str, ...] = self.neuron._fields
        return names

    @property
    def held_for_column(self) -> int | None:
        """The column that `held_for` names."""
        return None if self.held_for is None else self.parameters.index(self.held_for)


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


def columns(names: tuple[str, ...], parameters: NDArray[Any]) -> Columns:
    """Return name → (n,) float64: each parameter of (n, len(names))."""
    return dict(zip(names, parameters.T.astype(np.float64), strict=True))


def integrate_and_fire(given: Columns, lowest: float = -math.inf) -> list[Rule]:
    """Return rules for what all integrate-and-fire neurons have: threshold, reset, refractory, bias.

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
    """Return the rule for a share that a tick leaves of something."""
    return Rule(name, ~((given[name] >= 0) & (given[name] <= 1)), "0 to 1")


def finite(given: Columns, name: str) -> Rule:
    """Return the rule for any number."""
    return Rule(name, ~np.isfinite(given[name]), "finite")
