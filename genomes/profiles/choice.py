"""The values that one number of a genome may take: a few that are listed."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from ...errors import InputError
from .ranges import Range


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
        """Whether a number, rounded to float32, is one of the values."""
        if not isinstance(value, int | float) or not abs(value) <= 2**60:
            return False
        return float(np.float32(value)) in self.values

    def __str__(self) -> str:
        """What is allowed, for messages."""
        if not self.steps:
            return f"{self.listed[0]:g}"
        return f"one of {', '.join(f'{number:g}' for number in self.listed)}"

    def nearest(self, value: float) -> float:
        """The value that is nearest to a finite one (of two, the lower)."""
        return min(self.values, key=lambda listed: abs(listed - value))

    def draw(self, rng: Generator) -> float:
        """One of the values, each as likely."""
        return self.values[int(rng.random() * len(self.values))]

    def draw_other(self, value: float, rng: Generator) -> float:
        """One of the values other than `value`, each as likely; needs `steps` ≥ 1."""
        other = int(rng.random() * self.steps)
        return self.values[other + (other >= self.values.index(value))]


Allowed = Range | Choice
