"""The values that one number of a genome may take: an interval on a dyadic grid."""

import math
from dataclasses import dataclass, field

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
        _check(self.low, self.high, self.grid)
        for name in ("low", "high", "grid"):
            object.__setattr__(self, name, float(getattr(self, name)) + 0.0)  # no -0.0
        object.__setattr__(self, "steps", int((self.high - self.low) / self.grid))

    def __contains__(self, value: object) -> bool:
        """Whether a number is one of the values; NaN is not."""
        if not isinstance(value, int | float):
            return False
        return self.low <= value <= self.high and value % self.grid == 0

    def __str__(self) -> str:
        """What is allowed, for messages."""
        if not self.steps:
            return f"{self.low:.9g}"
        grid = "" if self.grid == 1 else f" in steps of {self.grid:.9g}"
        return f"{self.low:.9g} to {self.high:.9g}{grid}"

    def nearest(self, value: float) -> float:
        """The allowed value that is nearest to a finite one (of two, the even multiple)."""
        return min(max(round(value / self.grid) * self.grid, self.low), self.high)

    def draw(self, rng: Generator) -> float:
        """One of the values, each as likely."""
        return self.low + int(rng.random() * (self.steps + 1)) * self.grid

    def draw_other(self, value: float, rng: Generator) -> float:
        """One of the values other than `value`, each as likely; needs `steps` ≥ 1."""
        step = int(rng.random() * self.steps)
        drawn = self.low + step * self.grid
        return drawn if drawn < value else drawn + self.grid

    def moved(self, value: float, distance: float) -> float:
        """The value about `distance` away, never `value` itself; needs `steps` ≥ 1.

        Moves at least one step, and the other way from a bound that it would stop at.
        """
        way = (round(distance / self.grid) or (1 if distance > 0 else -1)) * self.grid
        if way > 0:
            return min(value + way, self.high) if value < self.high else max(value - way, self.low)
        return max(value + way, self.low) if value > self.low else min(value - way, self.high)


def _check(low: float, high: float, grid: float) -> None:
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
