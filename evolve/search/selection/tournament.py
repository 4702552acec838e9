"""Tournaments: the best of a few individuals drawn at random becomes a parent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from deap import tools
from numpy.random import Generator
from numpy.typing import NDArray

from ..individual import Individual
from ..random_streams import deap_randomness


@dataclass(frozen=True)
class Tournament:
    """Tournaments with replacement.

    Some are won by the best score, whatever its cost, the others by the crowded comparison. A front
    over several objectives spreads a population thin: without the former, high scores are found late.

    Attributes:
        size: Individuals per tournament, at least 1.
        by_merit: Share of the tournaments in which the score counts, in [0, 1].
    """

    name: ClassVar[str] = "tournament"
    main: ClassVar[str | None] = None
    asks_for_cases: ClassVar[bool] = False

    size: int = 2
    by_merit: float = 0.5

    def select(
        self,
        population: Sequence[Individual],
        count: int,
        cases: NDArray[np.float64] | None,
        rng: Generator,
    ) -> list[Individual]:
        """Return parents, those by score first."""
        first = round(count * self.by_merit)
        with deap_randomness(rng):
            drawn: list[Individual] = [
                *tools.selTournament(population, first, self.size, fit_attr="merit"),
                *tools.selTournament(population, count - first, self.size, fit_attr="preference"),
            ]
        return drawn
