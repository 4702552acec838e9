"""The weighted sum of the objectives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from numpy.random import Generator

from ..individual import Individual
from ..objectives import Objective
from .ranking import most_preferred, rank_by_key


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
