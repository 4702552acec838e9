"""Non-dominated sorting against another library's Pareto ranks."""

import moocore
import numpy as np
import pytest
from deap import tools

from spikevolve.evolve.search.individual import SearchFitness
from spikevolve.evolve.search.selection import pareto_ranking
from spikevolve.evolve.search.selection.pareto_ranking import crowding_distances, front_indices

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
@pytest.mark.parametrize(("levels", "size"), [(4, 120), (10, 120), (1000, 120), (10, 500)])
def test_ranks_are_those_of_moocore(levels: int, size: int, objectives: int) -> None:
    points = RNG.integers(1, levels, (size, objectives)).astype(float)

    expected = moocore.pareto_rank(np.hstack([-points, np.zeros((size, 1))]))
    assert front_indices(points).tolist() == list(expected)


def test_large_sets_are_sorted_as_small_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    points = RNG.integers(1, 30, (300, 3)).astype(float)
    expected = front_indices(points)
    monkeypatch.setattr(pareto_ranking, "_COMPARED_AT_ONCE", 100)

    assert np.array_equal(front_indices(points), expected)


class Point:
    def __init__(self, values: tuple[float, ...]) -> None:
        self.fitness = SearchFitness(values)


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_crowding_is_that_of_deap_in_each_front(objectives: int) -> None:
    points = RNG.integers(0, 9, (80, objectives)).astype(float)
    fronts = RNG.integers(0, 6, 80)
    found = crowding_distances(points, fronts)

    for front in range(6):
        members = [Point(tuple(p)) for p in points[fronts == front].tolist()]
        tools.emo.assignCrowdingDist(members)
        assert [m.fitness.crowding_dist for m in members] == found[fronts == front].tolist()
