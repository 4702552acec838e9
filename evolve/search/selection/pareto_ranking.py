"""Pareto dominance, ranks, and the next population: elites, then what a selection chooses.

A ranking writes the rank of every individual, 0 the best, and its crowding distance among those of the
same rank. Individuals that are not feasible come last, a rank for each standing.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from deap import tools
from numpy.typing import NDArray

from ....measurements import LATENCY, SCORE, SPIKES, SYNAPSES
from ..individual import Individual, Level, SearchFitness, by_score

#: In larger sets comparing all with all takes more time and memory than DEAP's sorting.
_COMPARED_AT_ONCE = 2000


def not_dominated(points: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points nobody dominates by being nowhere worse and somewhere better.

    Args:
        points: (n, objectives) float64.
        by: (m, objectives) float64, what they are compared with.

    Returns:
        (n,) bool.
    """
    return np.asarray(~_dominates(by, points).any(axis=0), np.bool_)


def front_indices(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the index of each point's Pareto front, 0 the best (non-dominated sorting).

    Args:
        points: (n, objectives) float64, at least one.

    Returns:
        (n,) int64.
    """
    if len(points) > _COMPARED_AT_ONCE and points.shape[1] > 1:
        return _sorted_by_deap(points)
    if points.shape[1] == 1:
        return np.asarray(np.unique(-points, return_inverse=True)[1].ravel(), np.int64)
    dominates = _dominates(points, points)
    dominators = dominates.sum(axis=0)
    found = np.zeros(len(points), np.int64)
    front, index = np.flatnonzero(dominators == 0), 0
    while len(front):
        found[front] = index
        dominators -= dominates[front].sum(axis=0)
        dominators[front] = -1
        front, index = np.flatnonzero(dominators == 0), index + 1
    return found


def crowding_distances(
    points: NDArray[np.float64], fronts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return crowding distances within fronts (Deb et al. 2002, section III-B).

    Equal to DEAP's `assignCrowdingDist` of each front in the order of the points. Where several
    points share an extreme value of an objective, it is the order by the objectives before it, and
    at last the order of the points, that says which of them is at the end.

    Args:
        points: (n, objectives) float64.
        fronts: (n,) int64, index of each point's front.

    Returns:
        (n,) float64, infinite at the ends of each objective.
    """
    count, objectives = points.shape
    distances, order = np.zeros(count), np.arange(count)
    for column in points.T:
        order = order[np.lexsort((column[order], fronts[order]))]
        values, front = column[order], fronts[order]
        first = np.ones(count, np.bool_)
        first[1:] = front[1:] != front[:-1]
        last = np.append(first[1:], True)
        starts, ends = np.flatnonzero(first), np.flatnonzero(last)
        width = np.repeat(objectives * (values[ends] - values[starts]), ends - starts + 1)
        distances[order[first | last]] = np.inf
        inner = np.flatnonzero(~first & ~last & (width > 0))
        distances[order[inner]] += (values[inner + 1] - values[inner - 1]) / width[inner]
    return distances


def _dominates(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which point dominates which other one, (points, others) bool."""
    nowhere_worse = np.ones((len(points), len(others)), np.bool_)
    somewhere_better = np.zeros((len(points), len(others)), np.bool_)
    for x, y in zip(points.T, others.T, strict=True):  # far quicker than one reduction over three
        nowhere_worse &= x[:, None] >= y
        somewhere_better |= x[:, None] > y
    nowhere_worse &= somewhere_better
    return nowhere_worse


class _Point:
    """A point as DEAP sees it."""

    def __init__(self, index: int, values: tuple[float, ...]) -> None:
        self.index, self.fitness = index, SearchFitness(values)


def _sorted_by_deap(points: NDArray[np.float64]) -> NDArray[np.int64]:
    found = np.zeros(len(points), np.int64)
    seen = [_Point(index, tuple(values)) for index, values in enumerate(points.tolist())]
    for index, front in enumerate(tools.sortLogNondominated(seen, len(seen))):
        found[[point.index for point in front]] = index
    return found


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


def best_of_sizes(individuals: Sequence[Individual]) -> list[Individual]:
    """Return those that no smaller individual, nor one as small, beats by its score, the best first.

    The size is the number of synapses; equal scores go by `by_score`.
    """
    found: list[Individual] = []
    for individual in sorted(individuals, key=by_score):
        if not found or individual.means[SYNAPSES] < found[-1].means[SYNAPSES]:
            found.append(individual)
    return found


def elites_by_score(individuals: Sequence[Individual], count: int) -> list[Individual]:
    """Return those with the best mean score; of equal ones that are not above chance, the latest.

    Where a goal pays only in the end, all networks may score alike for long. To keep the smallest would
    leave networks that do nothing; the latest do something else than those before.
    """

    def preferred(individual: Individual) -> tuple[float, ...]:
        if individual.standing.level is not Level.CHANCE:
            return by_score(individual)
        generation, index = individual.id
        return (-Level.CHANCE, -individual.standing.value, -generation, index)

    return sorted(individuals, key=preferred)[:count]


def elites_of_sizes(individuals: Sequence[Individual], count: int) -> list[Individual]:
    """Return the best score, then the best among smaller networks, and so on; the next scores fill up.

    Only networks of the best standing are among the smaller ones.
    """
    ranked = sorted(individuals, key=by_score)
    best = best_of_sizes([i for i in ranked if i.standing == ranked[0].standing])[:count]
    chosen = {individual.id for individual in best}
    return best + [i for i in ranked if i.id not in chosen][: count - len(best)]


def network_of(individual: Individual) -> object:
    """Return what is equal in individuals of the same network."""
    return individual.network_hash


def behaviour_of(individual: Individual) -> object:
    """Return what is equal in individuals that acted alike on the same data: score, spikes and latency.

    They are means over all episodes or samples, equal to the last bit where every one is.
    """
    return tuple(individual.measured[column] for column in (SCORE, SPIKES, LATENCY))


#: What makes individuals count as one, by name.
DUPLICATES: Mapping[str, Callable[[Individual], object]] = MappingProxyType(
    {"network": network_of, "behaviour": behaviour_of}
)


def without_duplicates(
    individuals: Sequence[Individual], kind: Callable[[Individual], object]
) -> list[Individual]:
    """Return individuals of which those of a kind count as one, in their order.

    The one with fewest synapses stays, of these the first.
    """
    found: dict[object, Individual] = {}
    for individual in individuals:
        rival = found.setdefault(kind(individual), individual)
        if individual.means[SYNAPSES] < rival.means[SYNAPSES]:
            found[kind(individual)] = individual
    chosen = {individual.id for individual in found.values()}
    return [individual for individual in individuals if individual.id in chosen]


#: Chooses so many of several individuals.
Select = Callable[[Sequence[Individual], int], list[Individual]]


def survivors(
    individuals: Sequence[Individual],
    count: int,
    elites: int,
    choose_elites: Select,
    select: Select,
    kind: Callable[[Individual], object] = network_of,
) -> list[Individual]:
    """Return the next population.

    Of individuals of a kind only the smallest one is a candidate (duplicates would fill the fronts of a
    problem with ties), unless there are too few others.

    Args:
        individuals: Ranked, in order of preference where all else is equal.
        count: How many survive.
        elites: How many of them as elites.
        choose_elites: Chooses those, best first.
        select: Chooses the others.
        kind: Returns what is equal in individuals of a kind.

    Returns:
        At most `count` survivors, the elites first.
    """
    unique = without_duplicates(individuals, kind)
    best = choose_elites(unique, elites)
    chosen = {individual.id for individual in best}
    others = [individual for individual in unique if individual.id not in chosen]
    kept = best + select(others, count - len(best))
    if len(kept) < count:
        chosen = {individual.id for individual in kept}
        kept += [i for i in individuals if i.id not in chosen][: count - len(kept)]
    return kept
