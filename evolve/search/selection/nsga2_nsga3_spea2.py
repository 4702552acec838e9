"""Survivors by Pareto dominance: NSGA-II, which is the default, NSGA-III and SPEA2.

NSGA-III and SPEA2 are DEAP's; they compare distances, so objectives are scaled before DEAP sees them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import comb
from operator import attrgetter
from typing import ClassVar

import numpy as np
from deap import tools
from numpy.random import Generator

from ....errors import InputError
from ..individual import Individual, SearchFitness
from ..objectives import Objective
from ..random_streams import deap_randomness
from .pareto_ranking import most_preferred, rank_by_fronts


class Scaled:
    """An individual as DEAP sees it, each of its objectives scaled to [0, 1]."""

    def __init__(self, individual: Individual, wvalues: tuple[float, ...]) -> None:
        self.individual, self.fitness = individual, SearchFitness(wvalues)


def select_scaled(
    select: Callable[[list[Scaled], int], list[Scaled]],
    individuals: Sequence[Individual],
    count: int,
    rng: Generator,
) -> list[Individual]:
    """Select among the feasible individuals; others fill up what they leave, by their standing.

    Distances add up what has different units, so each objective is scaled by its range among those
    to select from.

    Args:
        select: Selects some of several, more than it selects, as functions of DEAP do.
        individuals: Ranked.
        count: How many to select.
        rng: The only source of chance.
    """
    feasible = [individual for individual in individuals if individual.feasible]
    if len(feasible) <= count:
        others = [individual for individual in individuals if not individual.feasible]
        others.sort(key=attrgetter("standing"), reverse=True)
        return [*feasible, *others[: count - len(feasible)]]
    if count == 0:
        return []
    points = np.array([individual.fitness.wvalues for individual in feasible], np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / np.where(high > low, high - low, 1.0)
    with deap_randomness(rng):
        chosen = select(
            [Scaled(i, tuple(row)) for i, row in zip(feasible, scaled.tolist(), strict=True)], count
        )
    return [one.individual for one in chosen]


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


@dataclass(frozen=True)
class NSGA3:
    """NSGA-III (Deb, Jain 2014), as DEAP has it, without memory of extreme points.

    Tournaments for parents compare fronts and crowding, as under NSGA-II.

    Attributes:
        divisions: Divisions of each objective between reference points, p in the paper, at least 1;
            0 for as many as give no more points than survivors.

    Raises:
        InputError: There are fewer than 0 divisions, or more than 100.
    """

    name: ClassVar[str] = "nsga3"
    main: ClassVar[str | None] = "divisions"

    divisions: int = 0

    def __post_init__(self) -> None:
        """Check the divisions."""
        if not 0 <= self.divisions <= 100:
            raise InputError(
                f"selection nsga3: divisions must be from 0 to 100 (got {self.divisions})"
            )

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
        """Return those of the first fronts, of the last one those of the emptiest niches."""
        divisions = self.divisions or _divisions(len(objectives), count)
        points = tools.uniform_reference_points(len(objectives), divisions)
        sorting = "log" if len(objectives) > 1 else "standard"  # the former needs two
        select = partial(tools.selNSGA3, ref_points=points, nd=sorting)
        return select_scaled(select, individuals, count, rng)


def _divisions(objectives: int, count: int) -> int:
    """Return the most divisions that give at most `count` reference points, at least 1."""
    divisions = 1
    while objectives > 1 and comb(divisions + objectives, objectives - 1) <= count:
        divisions += 1
    return divisions


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
