"""SPEA2: strength, then the distance to the nearest neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from deap import tools
from numpy.random import Generator

from ..individual import Individual
from ..objectives import Objective
from .by_deap import select_scaled
from .ranking import rank_by_fronts


@dataclass(frozen=True)
class SPEA2:
    """SPEA2 (Zitzler, Laumanns, Thiele 2001), as DEAP has it.

    Its time grows with the third power of the population: about a second for 100 of 200.
    Tournaments for parents compare fronts and crowding, as under NSGA-II.
    """

    name: ClassVar[str] = "spea2"
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
        """Return the non-dominated ones, without those nearest to others, or the strongest."""
        return select_scaled(tools.selSPEA2, individuals, count, rng)
