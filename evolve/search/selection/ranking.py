"""How individuals are ranked, and the next population: elites by score, then what a selection chooses.

A ranking writes the rank of every individual, 0 the best, and its crowding distance among those of the
same rank. Individuals that are not feasible come last, a rank for each standing.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np

from ..archives import crowding_distances, front_indices
from ..individual import Individual, by_score


def rank_by_fronts(individuals: Sequence[Individual]) -> None:
    """Rank individuals by their Pareto fronts, with crowding distances (Deb et al. 2002)."""
    feasible = [individual for individual in individuals if individual.feasible]
    fronts = 0
    if feasible:
        points = np.array([individual.fitness.wvalues for individual in feasible], np.float64)
        order = np.lexsort(-points.T[::-1])  # the best first: it decides which of equals is extreme
        ranks = front_indices(points)[order]
        crowding = crowding_distances(points[order], ranks).tolist()
        for place, rank, distance in zip(order.tolist(), ranks.tolist(), crowding, strict=True):
            feasible[place].rank = rank
            feasible[place].fitness.crowding_dist = distance
        fronts = 1 + int(ranks.max())
    _rank_the_others(individuals, fronts)


def rank_by_key(individuals: Sequence[Individual], key: Callable[[Individual], Any]) -> None:
    """Rank feasible individuals by a key, the largest first; equal ones share a rank."""
    feasible = [individual for individual in individuals if individual.feasible]
    _rank_the_others(individuals, _rank_in_order(feasible, key, 0))


def most_preferred(individuals: Sequence[Individual], count: int) -> list[Individual]:
    """Return the best individuals by rank, then by crowding distance."""
    return sorted(individuals, key=attrgetter("crowded_comparison"), reverse=True)[:count]


def _rank_the_others(individuals: Sequence[Individual], first: int) -> None:
    others = [individual for individual in individuals if not individual.feasible]
    _rank_in_order(others, attrgetter("standing"), first)


def _rank_in_order(
    individuals: Sequence[Individual], key: Callable[[Individual], Any], first: int
) -> int:
    """Rank individuals from a rank on, and return the next rank.

    Equals are points in one place: crowding is infinite at the two ends, 0 between them.
    """
    rank = first
    ordered = sorted(individuals, key=key, reverse=True)
    for _, group in groupby(ordered, key):
        equals = list(group)
        for individual in equals:
            individual.rank, individual.fitness.crowding_dist = rank, 0.0
        for end in (equals[0], equals[-1]):
            end.fitness.crowding_dist = np.inf
        rank += 1
    return rank


#: Chooses so many of several individuals.
Select = Callable[[Sequence[Individual], int], list[Individual]]


def survivors(
    individuals: Sequence[Individual], count: int, elites: int, select: Select
) -> list[Individual]:
    """Return the next population.

    The elites are those with the best mean score; a selection chooses the rest. Of individuals with
    the same network only the first one is a candidate (duplicates would fill the fronts of a problem
    with ties), unless there are too few others.

    Args:
        individuals: Ranked, in order of preference where all else is equal.
        count: How many survive.
        elites: How many of them by score alone.
        select: Chooses the others.

    Returns:
        At most `count` survivors, the elites first.
    """
    unique = list(
        {individual.network_hash: individual for individual in reversed(individuals)}.values()
    )
    unique.reverse()
    best = sorted(unique, key=by_score)[:elites]
    chosen = {individual.id for individual in best}
    others = [individual for individual in unique if individual.id not in chosen]
    kept = best + select(others, count - len(best))
    if len(kept) < count:
        chosen = {individual.id for individual in kept}
        kept += [i for i in individuals if i.id not in chosen][: count - len(kept)]
    return kept
