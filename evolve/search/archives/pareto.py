"""The best trade-offs found so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from ....measurements import SYNAPSES
from ..dominance import crowding_distances, not_dominated
from ..individual import Individual, Place


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
    """Remove the most crowded members until at most ``limit`` are left.

    Crowding distances are computed anew whenever a tenth of the surplus, at least one, has left. The
    order of the members decides which of several with the same extreme value is at the end.
    """
    places = np.array([member.id for member in members], np.int64).reshape(-1, 2)
    points = _points(members)
    order = np.arange(len(members))
    while len(order) > limit:
        distances = crowding_distances(points[order], np.zeros(len(order), np.int64))
        born, index = places[order].T
        leaving = max(1, (len(order) - limit) // 10)
        order = order[np.lexsort((index, born, -distances))][:-leaving]
    return [members[place] for place in order.tolist()]


def _seniority(individual: Individual) -> tuple[float, Place]:
    return individual.means[SYNAPSES], individual.id


def _values(individual: Individual) -> tuple[float, ...]:
    return tuple(individual.means)


def _points(individuals: Sequence[Individual]) -> NDArray[np.float64]:
    """Objectives of individuals, (individuals, objectives) float64, larger is better."""
    return np.array([individual.fitness.wvalues for individual in individuals], np.float64)
