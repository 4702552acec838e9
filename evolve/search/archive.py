"""The best trade-offs found so far."""

from collections.abc import Sequence
from itertools import compress
from operator import attrgetter

import numpy as np
from deap import tools
from numpy.typing import NDArray

from ...measurements import SYNAPSES
from .individual import Individual, Place, SearchFitness
from .selection import not_dominated, pareto_values


def update(
    archive: Sequence[Individual], candidates: Sequence[Individual], limit: int
) -> list[Individual]:
    """Returns the Pareto archive after candidates have asked to enter.

    The archive holds feasible individuals none of which is dominated by another one in (score,
    spikes, latency). Of several with equal objectives the one with fewest synapses stays, then
    the older. Above the limit, the most crowded ones leave, extremes never.

    Args:
        archive: Members so far.
        candidates: Individuals with up-to-date means, members or not.
        limit: Largest number of members.
    """
    asking = {candidate.id for candidate in candidates}
    members = [member for member in archive if member.id not in asking]
    entering = [candidate for candidate in candidates if candidate.feasible]
    known, new = _values(members), _values(entering)
    unbeaten = not_dominated(new, known)
    entering, new = list(compress(entering, unbeaten)), new[unbeaten]
    if not entering:
        return members
    # Members dominate neither one another nor, by now, anybody who enters.
    unbeaten = not_dominated(np.concatenate((known, new)), new)
    first: dict[tuple[float, ...], Individual] = {}
    for individual in compress(members + entering, unbeaten):
        rival = first.setdefault(individual.means, individual)
        if rival is not individual and _seniority(individual) < _seniority(rival):
            first[rival.means] = individual
    members = list(first.values())
    if len(members) > limit:
        members = thin(sorted(members, key=attrgetter("means")), limit)
    return sorted(members, key=attrgetter("id"))


def thin(members: list[Individual], limit: int) -> list[Individual]:
    """Removes the most crowded members until ``limit`` are left.

    Crowding distances are computed anew whenever a tenth of the surplus, at least one, has left.
    The members themselves are not changed.
    """
    while len(members) > limit:
        crowd = [_Crowded(member) for member in members]
        tools.emo.assignCrowdingDist(crowd)
        crowd.sort(key=lambda one: (-one.fitness.crowding_dist, one.member.id))
        leaving = max(1, (len(members) - limit) // 10)
        members = [one.member for one in crowd[:-leaving]]
    return members


class _Crowded:
    """A member as DEAP sees it, with a fitness of its own to write crowding distances to."""

    def __init__(self, member: Individual) -> None:
        self.member = member
        self.fitness = SearchFitness()
        self.fitness.wvalues = pareto_values(member)


def _seniority(individual: Individual) -> tuple[float, Place]:
    return individual.measured[SYNAPSES], individual.id


def _values(individuals: Sequence[Individual]) -> NDArray[np.float64]:
    """Objectives of feasible individuals, (individuals, 3) float64, larger is better."""
    means = np.array([individual.means for individual in individuals], np.float64)
    return means.reshape(-1, 3) * (1.0, -1.0, -1.0)
