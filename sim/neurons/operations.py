"""The operations that ticks of neuron models are written in, besides `+`, `-`, `*`, `>=` and the like.

A tick is written once. The vector and event-driven loops run it, while they are compiled, on `Lanes`,
whose operators write machine code; the scalar loop compiles the same lines for single numbers. All
round alike: every operation once, in the type of its numbers, never fused. Without a compiler the
functions below compute with NumPy's numbers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

FLUSH = 2.0**-20  # float32: a number closer to 0 than this counts as 0, so that none is subnormal


#: The functions of `part`, which the scalar loop has compiled.
PARTS: list[Callable[..., Any]] = []


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: a function that ticks call, and that itself calls nothing but operations and parts."""
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
