"""Individuals handed to selections of DEAP that compare distances, and feasible ones first."""

from collections.abc import Callable, Sequence
from operator import attrgetter

import numpy as np
from numpy.random import Generator

from ..individual import Individual, SearchFitness
from ..random_streams import deap_randomness


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
