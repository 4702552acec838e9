"""What a search remembers beside its population: archives by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...measurements import SYNAPSES
from .individual import Individual, IndividualId
from .selection.pareto_ranking import best_of_sizes, not_dominated


@dataclass(frozen=True)
class Pareto:
    """The feasible individuals none of which is dominated by another one, and the best of every size.

    Of several with equal objectives the one with fewest synapses stays, then the older. Synapses need
    not be an objective: those that no smaller network, nor one as small, beats by score stay all the
    same, since of networks that are equally good the smallest is to be found. Above the limit, the
    most crowded ones leave, extremes never; the best of sizes, where they are half of it, the lowest
    scores.

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
        seen = [member for member in members if member.id not in asking]
        seen += [candidate for candidate in candidates if candidate.feasible]
        if not seen:
            return []
        points = _points(seen)
        first: dict[tuple[float, ...], Individual] = {}
        for individual in compress(seen, not_dominated(points, points)):
            rival = first.setdefault(individual.fitness.wvalues, individual)
            if rival is not individual and _seniority(individual) < _seniority(rival):
                first[rival.fitness.wvalues] = individual
        left = best_of_sizes(seen)[: max(1, self.limit // 2)]
        chosen = {individual.id for individual in left}
        others = [individual for individual in first.values() if individual.id not in chosen]
        if len(others) > self.limit - len(left):
            others = thin(sorted(others, key=_values), self.limit - len(left))
        return sorted(left + others, key=attrgetter("id"))


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
