"""The values that one number of a genome may take: a range on a dyadic grid, or a list of a few."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from ...errors import InputError

EXACT = 2**24  # float32 holds every multiple of a grid up to this many steps from 0


@dataclass(frozen=True, slots=True)
class Range:
    """The multiples of `grid` from `low` to `high`, both included, all of them exact in float32.

    Attributes:
        low: Lowest value, a multiple of `grid`.
        high: Highest value, a multiple of `grid`; equal to `low` where only one is allowed.
        grid: Distance of two neighbours, a power of two.
        steps: Number of values, less one.

    Raises:
        InputError: If a bound is not such a number, or the two are out of order.
    """

    low: float
    high: float
    grid: float
    steps: int = field(init=False)

    def __post_init__(self) -> None:
        """Check the three numbers and count the steps."""
        _check_bounds(self.low, self.high, self.grid)
        for name in ("low", "high", "grid"):
            object.__setattr__(self, name, float(getattr(self, name)) + 0.0)  # no -0.0
        object.__setattr__(self, "steps", int((self.high - self.low) / self.grid))

    def __contains__(self, value: object) -> bool:
        """Return whether a number is one of the values; NaN is not."""
        if not isinstance(value, int | float):
            return False
        return self.low <= value <= self.high and value % self.grid == 0

    def __str__(self) -> str:
        """Return what is allowed, for messages."""
        if not self.steps:
            return f"{self.low:.9g}"
        grid = "" if self.grid == 1 else f" in steps of {self.grid:.9g}"
        return f"{self.low:.9g} to {self.high:.9g}{grid}"

    def nearest(self, value: float) -> float:
        """Return the allowed value that is nearest to a finite one (of two, the even multiple)."""
        return min(max(round(value / self.grid) * self.grid, self.low), self.high)

    # A product costs a tenth of `rng.integers`; it is uniform to within size / 2^53.
    def draw(self, rng: Generator) -> float:
        """Draw one of the values, each as likely."""
        return self.low + int(rng.random() * (self.steps + 1)) * self.grid

    def draw_other(self, value: float, rng: Generator) -> float:
        """Draw one of the values other than `value`, each as likely; needs `steps` ≥ 1."""
        step = int(rng.random() * self.steps)
        drawn = self.low + step * self.grid
        return drawn if drawn < value else drawn + self.grid  # leaves `value` out

    def moved(self, value: float, distance: float) -> float:
        """Return the value about `distance` away, never `value` itself; needs `steps` ≥ 1.

        Moves at least one step, and the other way from a bound that it would stop at.
        """
        move = (round(distance / self.grid) or (1 if distance > 0 else -1)) * self.grid
        if move > 0:
            return (
                min(value + move, self.high) if value < self.high else max(value - move, self.low)
            )
        return max(value + move, self.low) if value > self.low else min(value - move, self.high)


@dataclass(frozen=True, slots=True)
class Choice:
    """A rising list of numbers. Genomes hold them rounded to float32.

    Attributes:
        listed: The numbers as people wrote them, at least one.
        values: The same, rounded to float32.
        low: Lowest of `values`.
        high: Highest of `values`.
        steps: Number of values, less one.

    Raises:
        InputError: If there is none, or they do not rise.
    """

    listed: tuple[float, ...]
    values: tuple[float, ...] = field(init=False, compare=False)
    low: float = field(init=False, compare=False)
    high: float = field(init=False, compare=False)
    steps: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Round and count."""
        listed = tuple(float(number) + 0.0 for number in self.listed)  # no -0.0
        values = tuple(float(np.float32(number)) for number in listed)
        if not values or any(a >= b for a, b in pairwise(values)):
            raise InputError(f"the list is {list(listed)}; it must rise, each number given once")
        for name, value in (
            ("listed", listed),
            ("values", values),
            ("low", values[0]),
            ("high", values[-1]),
            ("steps", len(values) - 1),
        ):
            object.__setattr__(self, name, value)

    def __contains__(self, value: object) -> bool:
        """Return whether a number, rounded to float32, is one of the values."""
        if not isinstance(value, int | float) or not abs(value) <= 2**60:
            return False
        return float(np.float32(value)) in self.values

    def __str__(self) -> str:
        """Return what is allowed, for messages."""
        if not self.steps:
            return f"{self.listed[0]:g}"
        return f"one of {', '.join(f'{number:g}' for number in self.listed)}"

    def nearest(self, value: float) -> float:
        """Return the value that is nearest to a finite one (of two, the lower)."""
        return min(self.values, key=lambda listed: abs(listed - value))

    def draw(self, rng: Generator) -> float:
        """Draw one of the values, each as likely."""
        return self.values[int(rng.random() * len(self.values))]

    def draw_other(self, value: float, rng: Generator) -> float:
        """Draw one of the values other than `value`, each as likely; needs `steps` ≥ 1."""
        other = int(rng.random() * self.steps)
        return self.values[other + (other >= self.values.index(value))]


Allowed = Range | Choice


def _check_bounds(low: float, high: float, grid: float) -> None:
    if not (2**-20 <= grid <= 2**20 and math.frexp(grid)[0] == 0.5):
        raise InputError(f"grid is {grid}; it must be a power of two from 2^-20 to 2^20")
    for name, bound in (("low", low), ("high", high)):
        if not abs(bound) < EXACT * grid or bound % grid:
            raise InputError(
                f"{name} is {bound}; it must be a multiple of the grid {grid} and less than 2^24 "
                f"times as large"
            )
    if low > high:
        raise InputError(f"low is {low}; it must be at most high, {high}")
