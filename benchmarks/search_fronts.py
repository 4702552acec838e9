"""Members of the front of a search: those within a bound, and how much a front covers.

Nothing is chosen by test data. What chooses is the score on validation data, of those members that were
validated where some were, else the score on training data.
"""

import math
from collections.abc import Sequence
from typing import Any

import moocore
import numpy as np

Member = dict[str, Any]

#: What networks cost: a column of a front, whose `test_…` counts where there is one.
COSTS = ("synapses", "spikes", "latency")


def known_score(member: Member, validated: bool) -> float:
    """Return the score that chooses: on validation data, or on training data."""
    return float(member["validation_score"] if validated else member["score"])


def candidates(front: Sequence[Member]) -> tuple[list[Member], bool]:
    """Return the members that were tested and can be chosen, and whether validation data choose."""
    validated = any(member["validation_score"] is not None for member in front)
    tested = [member for member in front if member["test_score"] is not None]
    if validated:
        tested = [member for member in tested if member["validation_score"] is not None]
    return tested, validated


def best_within(front: Sequence[Member], measurement: str, most: float) -> Member | None:
    """Return the best tested member with at most so much of a measurement, as the search measured it.

    Ties go to less of it. None if no tested member is within the bound.
    """
    tested, validated = candidates(front)
    within = [member for member in tested if member[measurement] <= most]
    return min(
        within, key=lambda m: (-known_score(m, validated), m[measurement], m["id"]), default=None
    )


def untested_within(front: Sequence[Member], measurement: str, most: float) -> bool:
    """Return whether there is a member within a bound, but none that was tested."""
    there = any(member[measurement] <= most for member in front)
    return there and best_within(front, measurement, most) is None


def not_dominated(front: Sequence[Member], cost: str) -> list[Member]:
    """Return the tested members whose known score no other has for less, or as much, of a cost."""
    tested, validated = candidates(front)
    chosen: list[Member] = []
    for member in sorted(tested, key=lambda m: (m[cost], -known_score(m, validated))):
        if not chosen or known_score(member, validated) > known_score(chosen[-1], validated):
            chosen.append(member)
    return chosen


def test_cost(member: Member, cost: str) -> float:
    """Return a cost as measured on test data, or as counted of the network."""
    return float(member[f"test_{cost}" if f"test_{cost}" in member else cost])


def hypervolume(front: Sequence[Member], cost: str, chance: float, most: float) -> float:
    """Return the share of the plane of test score and cost that the chosen members dominate.

    The plane goes from `chance` to 1, and from no cost to `most` on a scale of log(1 + cost): half the
    spikes are worth about the same from 40 as from 4.

    Args:
        front: Members, as the table `front` has them.
        cost: One of `COSTS`.
        chance: Score from which on it counts.
        most: Cost below which it counts.
    """
    points = [
        (m["test_score"], math.log1p(test_cost(m, cost)) / math.log1p(most))
        for m in not_dominated(front, cost)
    ]
    points = [point for point in points if point[0] > chance and point[1] < 1.0]
    if not points:
        return 0.0
    covered = moocore.hypervolume(np.array(points), ref=[chance, 1.0], maximise=[True, False])
    return float(covered) / (1.0 - chance)
