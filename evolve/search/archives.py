"""Pareto dominance, and what a search remembers beside its population: archives by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from types import MappingProxyType
from typing import Protocol

import numpy as np
from deap import tools
from numpy.typing import NDArray

from ...measurements import SYNAPSES
from .individual import Individual, IndividualId, SearchFitness

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


@dataclass(frozen=True)
class Pareto:
    """The feasible individuals none of which is dominated by another one.

    Of several with equal objectives the one with fewest synapses stays, then the older. Above the
    limit, the most crowded ones leave, extremes never.

    Attributes:
        limit: Largest number of members.
    """

    limit: int = 500

    def update(
        self, members: Sequence[Individual], candidates: Sequence[Individual]
    ) -> list[Individual]:
        """Return the members after candidates have asked to enter, by id.

        Args:
            members: Members so far.
            candidates: Individuals with up-to-date means, members or not.
        """
        asking = {candidate.id for candidate in candidates}
        staying = [member for member in members if member.id not in asking]
        entering = [candidate for candidate in candidates if candidate.feasible]
        if not entering:
            return staying
        known, new = _points(staying), _points(entering)
        if staying:
            unbeaten = not_dominated(new, known)
            entering, new = list(compress(entering, unbeaten)), new[unbeaten]
            if not entering:
                return staying
        # Members dominate neither one another nor, by now, anybody who enters.
        every = np.concatenate((known.reshape(-1, new.shape[1]), new))
        first: dict[tuple[float, ...], Individual] = {}
        for individual in compress(staying + entering, not_dominated(every, new)):
            rival = first.setdefault(individual.fitness.wvalues, individual)
            if rival is not individual and _seniority(individual) < _seniority(rival):
                first[rival.fitness.wvalues] = individual
        left = list(first.values())
        if len(left) > self.limit:
            left = thin(sorted(left, key=_values), self.limit)
        return sorted(left, key=attrgetter("id"))


def thin(members: Sequence[Individual], limit: int) -> list[Individual]:
    """Remove the most crowded members until at most `limit` are left, the oldest of equals last.

    Crowding distances are computed anew whenever a tenth of the surplus, at least one, has left. The
    order of the members decides which of several with the same value of an objective is nearer to
    its end.
    """
    points = _points(members)
    by_age = sorted(range(len(members)), key=lambda place: members[place].id)
    age = np.empty(len(members), np.int64)
    age[by_age] = np.arange(len(members))
    small = np.min_scalar_type(len(members))
    # Sorting small whole numbers is several times as fast as sorting what they stand for.
    levels = [np.unique(column, return_inverse=True)[1].astype(small) for column in points.T]
    order = np.arange(len(members))
    while (surplus := len(order) - limit) > 0:
        distances = _crowding(points, levels, order)
        order = order[np.argsort(age[order])]
        order = order[np.argsort(-distances[order], kind="stable")][: -max(1, surplus // 10)]
    return [members[place] for place in order.tolist()]


def _crowding(
    points: NDArray[np.float64], levels: Sequence[NDArray[np.integer]], order: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what `crowding_distances` gives of one front, of those points that are in an order."""
    distances = np.zeros(len(points))
    for column, level in zip(points.T, levels, strict=True):
        order = order[np.argsort(level[order], kind="stable")]
        values = column[order]
        width = len(levels) * (values[-1] - values[0])
        if width > 0:
            distances[order[1:-1]] += (values[2:] - values[:-2]) / width
        distances[order[[0, -1]]] = np.inf
    return distances


def _seniority(individual: Individual) -> tuple[float, IndividualId]:
    return individual.means[SYNAPSES], individual.id


def _values(individual: Individual) -> tuple[float, ...]:
    return tuple(individual.means)


def _points(individuals: Sequence[Individual]) -> NDArray[np.float64]:
    """Objectives of individuals, (individuals, objectives) float64, larger is better."""
    return np.array([individual.fitness.wvalues for individual in individuals], np.float64)


class Archive(Protocol):
    """Keeps individuals that are worth keeping, whether they survive or not."""

    def update(
        self, members: Sequence[Individual], candidates: Sequence[Individual]
    ) -> list[Individual]:
        """Return the members after candidates have asked to enter, by id; only feasible ones.

        Args:
            members: Members so far.
            candidates: Individuals that were measured just now; those that are members already may
                have other means than before.
        """
        ...


__all__ = ["ARCHIVES", "Archive", "Pareto"]

#: Archives by name.
ARCHIVES: Mapping[str, type[Pareto]] = MappingProxyType({"pareto": Pareto})
