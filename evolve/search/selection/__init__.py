"""Who survives and who becomes a parent: methods by name, as a user gives them.

A method is a frozen dataclass with a text form, `NAME[:KEY=VALUE,…]`; its fields are the keys.

- `nsga2_nsga3_spea2`: survivors by Pareto dominance
- `weighted_lexicographic`: survivors in one order
- `tournament_epsilon_lexicase`: parents
- `pareto_ranking`: Pareto dominance, ranks, and the next population with its elites
- `own`: a user's own functions, and DEAP's
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..individual import Individual
from ..objectives import Objective
from .nsga2_nsga3_spea2 import NSGA2, NSGA3, SPEA2
from .tournament_epsilon_lexicase import EpsilonLexicase, Tournament
from .weighted_lexicographic import Lexicographic, Weighted

__all__ = [
    "NSGA2",
    "NSGA3",
    "PARENTS",
    "SPEA2",
    "SURVIVORS",
    "EpsilonLexicase",
    "Lexicographic",
    "ParentSelection",
    "SurvivorSelection",
    "Tournament",
    "Weighted",
]


class SurvivorSelection(Protocol):
    """Chooses who lives on."""

    def rank(self, individuals: Sequence[Individual], objectives: Sequence[Objective]) -> None:
        """Write the rank and the crowding distance of every individual.

        Args:
            individuals: All that could survive, at least one, and those whose evaluation failed.
            objectives: What the search optimises, in the order of `fitness.wvalues`.
        """
        ...

    def select(
        self,
        individuals: Sequence[Individual],
        count: int,
        objectives: Sequence[Objective],
        rng: Generator,
    ) -> list[Individual]:
        """Return `count` of the individuals, or all if there are fewer, none twice.

        Those of a higher standing come before those of a lower one.

        Args:
            individuals: Ranked; elites and duplicates are not among them.
            count: How many to choose, at least 0.
            objectives: As for `rank`.
            rng: The only source of chance.
        """
        ...


class ParentSelection(Protocol):
    """Chooses who has offspring."""

    @property
    def asks_for_cases(self) -> bool:
        """Whether it needs the score of every individual in every sample or episode."""
        ...

    def select(
        self,
        population: Sequence[Individual],
        count: int,
        cases: NDArray[np.float64] | None,
        rng: Generator,
    ) -> list[Individual]:
        """Return `count` parents, drawn with replacement.

        Args:
            population: Ranked survivors, at least one.
            count: How many to choose.
            cases: (population, cases) float64, scores in every sample or episode, larger is better;
                NaN in the row of one that could not be measured; None unless asked for.
            rng: The only source of chance.
        """
        ...


#: Selections of survivors by name.
SURVIVORS: Mapping[str, type[NSGA2 | Weighted | Lexicographic | SPEA2 | NSGA3]] = MappingProxyType(
    {cls.name: cls for cls in (NSGA2, Weighted, Lexicographic, SPEA2, NSGA3)}
)

#: Selections of parents by name.
PARENTS: Mapping[str, type[Tournament | EpsilonLexicase]] = MappingProxyType(
    {cls.name: cls for cls in (Tournament, EpsilonLexicase)}
)
