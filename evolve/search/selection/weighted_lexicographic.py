"""Survivors in one order: by a weighted sum of the objectives, or by one objective after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from ....errors import InputError
from ....measurements import NAMES, SCORE
from ..individual import Individual
from ..objectives import Objective
from .pareto_ranking import most_preferred, rank_by_key


@dataclass(frozen=True)
class Weighted:
    """One sum: each objective times its weight, what is minimised subtracted."""

    name: ClassVar[str] = "weighted"
    main: ClassVar[str | None] = None

    def rank(self, individuals: Sequence[Individual], objectives: Sequence[Objective]) -> None:
        """Rank individuals by their sums."""
        weights = [objective.weight for objective in objectives]

        def total(individual: Individual) -> float:
            found = 0.0
            for weight, value in zip(weights, individual.fitness.wvalues, strict=True):
                found += weight * value
            return found

        rank_by_key(individuals, total)

    def select(
        self,
        individuals: Sequence[Individual],
        count: int,
        objectives: Sequence[Objective],
        rng: Generator,
    ) -> list[Individual]:
        """Return those of the largest sums."""
        return most_preferred(individuals, count)


@dataclass(frozen=True)
class Lexicographic:
    """Scores in bands, then the other objectives in order, then the score itself.

    The first band holds the scores that are less than the tolerance below the best of those to
    select from, the next one those less than twice the tolerance below it, and so on. (Comparing
    each pair within the tolerance would order nothing: a may equal b and b equal c, yet a beat c.)

    Attributes:
        tolerance: Width of a band, in the unit of the score, at least 0; 0 for the exact score.

    Raises:
        InputError: The tolerance is negative.
    """

    name: ClassVar[str] = "lexicographic"
    main: ClassVar[str | None] = "tolerance"

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        """Check the tolerance."""
        if self.tolerance < 0:
            raise InputError(
                f"selection lexicographic: tolerance must be at least 0 (got {self.tolerance:g})"
            )

    def rank(self, individuals: Sequence[Individual], objectives: Sequence[Objective]) -> None:
        """Rank individuals in this order."""
        best = max((one.score for one in individuals if one.feasible), default=0.0)
        others = [n for n, objective in enumerate(objectives) if objective.name != NAMES[SCORE]]

        def key(individual: Individual) -> tuple[float, ...]:
            below = best - individual.score
            band = float(np.floor(below / self.tolerance)) if self.tolerance else below
            values = individual.fitness.wvalues
            return (-band, *(values[n] for n in others), individual.score)

        rank_by_key(individuals, key)

    def select(
        self,
        individuals: Sequence[Individual],
        count: int,
        objectives: Sequence[Objective],
        rng: Generator,
    ) -> list[Individual]:
        """Return the first ones."""
        return most_preferred(individuals, count)
