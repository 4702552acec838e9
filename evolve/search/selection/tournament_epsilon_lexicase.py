"""Parents: the winners of tournaments, or those that are best in cases drawn one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from deap import tools
from numpy.random import Generator
from numpy.typing import NDArray

from ....errors import InputError
from ..individual import Individual, SearchFitness
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
                *tools.selTournament(population, first, self.size, fit_attr="score_comparison"),
                *tools.selTournament(
                    population, count - first, self.size, fit_attr="crowded_comparison"
                ),
            ]
        return drawn


class _Fitness(SearchFitness):
    """A score for each case; DEAP reads from the weights that they are to be maximised."""

    def __init__(self, scores: tuple[float, ...]) -> None:
        super().__init__(scores)
        self.weights = (1.0,) * len(scores)  # type: ignore[misc]  # of this population's cases


class _Behaviour:
    """A row of case scores as DEAP sees it, and the individuals that have it."""

    def __init__(self, scores: tuple[float, ...], individuals: list[Individual]) -> None:
        self.fitness, self.individuals = _Fitness(scores), individuals


@dataclass(frozen=True)
class EpsilonLexicase:
    """Epsilon-lexicase selection (La Cava, Spector, Danai 2016), as DEAP has it.

    For each parent the cases, samples or episodes, are taken in random order; in each only those
    within the median absolute deviation of the best score stay. Individuals with the same score in
    every case are taken as one, of which a random one is the parent; cases in which all are equal are
    left out. Feasibility counts in survival only: who answers rightly what no other one does may be
    a parent, however bad its score.

    Attributes:
        cases: Most cases that count, at least 1, drawn anew in every generation (down-sampling).
            The time of a selection grows with them.

    Raises:
        InputError: There is no case.
    """

    name: ClassVar[str] = "epsilon_lexicase"
    main: ClassVar[str | None] = "cases"
    asks_for_cases: ClassVar[bool] = True

    cases: int = 100

    def __post_init__(self) -> None:
        """Check the number of cases."""
        if self.cases < 1:
            raise InputError(
                f"parents epsilon_lexicase: cases must be at least 1 (got {self.cases})"
            )

    def select(
        self,
        population: Sequence[Individual],
        count: int,
        cases: NDArray[np.float64] | None,
        rng: Generator,
    ) -> list[Individual]:
        """Return parents, with replacement."""
        assert cases is not None  # since it asks for them
        known = ~np.isnan(cases).any(axis=1)
        if not known.any():
            return [population[place] for place in rng.integers(len(population), size=count)]
        measured = [population[place] for place in np.flatnonzero(known).tolist()]
        behaviours = self._behaviours(measured, cases[known], rng)
        with deap_randomness(rng):
            chosen = tools.selAutomaticEpsilonLexicase(behaviours, count)
        return [one.individuals[int(rng.integers(len(one.individuals)))] for one in chosen]

    def _behaviours(
        self, individuals: Sequence[Individual], cases: NDArray[np.float64], rng: Generator
    ) -> list[_Behaviour]:
        """Group individuals by their scores in those of the cases that distinguish them."""
        if cases.shape[1] > self.cases:
            cases = cases[:, rng.choice(cases.shape[1], self.cases, replace=False)]
        cases = cases[:, (cases != cases[0]).any(axis=0)]
        groups: dict[tuple[float, ...], list[Individual]] = {}
        for individual, row in zip(individuals, cases.tolist(), strict=True):
            groups.setdefault(tuple(row), []).append(individual)
        return [_Behaviour(scores, members) for scores, members in groups.items()]
