"""NSGA-II: front by front, in each the less crowded ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from numpy.random import Generator

from ..individual import Individual
from ..objectives import Objective
from .ranking import most_preferred, rank_by_fronts


@dataclass(frozen=True)
class NSGA2:
    """NSGA-II (Deb et al. 2002), with constrained domination (section VI)."""

    name: ClassVar[str] = "nsga2"
    main: ClassVar[str | None] = None

    def rank(self, individuals: Sequence[Individual], objectives: Sequence[Objective]) -> None:
        """Rank individuals by their fronts."""
        rank_by_fronts(individuals)

    def select(
        self,
        individuals: Sequence[Individual],
        count: int,
        objectives: Sequence[Objective],
        rng: Generator,
    ) -> list[Individual]:
        """Return those of the first fronts, of the last one the least crowded."""
        return most_preferred(individuals, count)
