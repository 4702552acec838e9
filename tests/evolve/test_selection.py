"""Selection against brute force and another library's Pareto ranks."""

import random
from collections.abc import Callable

import moocore
import numpy as np
import pytest
from deap import tools

from spikevolve.evolve.search import selection
from spikevolve.evolve.search.individual import Individual

MakeIndividual = Callable[..., Individual]
RNG = np.random.default_rng(5)


@pytest.mark.parametrize(("levels", "size"), [(4, 120), (10, 120), (1000, 120), (10, 500)])
def test_ranks_are_those_of_moocore(individual: MakeIndividual, levels: int, size: int) -> None:
    points = RNG.integers(1, levels, (size, 3)).astype(float)
    pool = [individual(i, tuple(point)) for i, point in enumerate(points)]

    selection.rank(pool, selection.pareto_values)

    expected = moocore.pareto_rank(points * [-1, 1, 1])
    assert [i.rank for i in pool] == list(expected)


def test_fronts_and_crowding_are_those_that_deap_finds(individual: MakeIndividual) -> None:
    pool = [individual(i, tuple(RNG.integers(0, 6, 3).astype(float))) for i in range(150)]
    selection.rank(pool, selection.pareto_values)
    found = [(i.rank, i.crowding) for i in pool]

    for rank, front in enumerate(tools.sortLogNondominated(pool, len(pool))):
        tools.emo.assignCrowdingDist(front)
        for i in front:
            i.rank = rank
    assert [(i.rank, i.crowding) for i in pool] == found


def test_a_feasible_individual_dominates_every_infeasible_one(individual: MakeIndividual) -> None:
    feasible = individual(0, (0.4, 99.0, 20.0))
    better_score = individual(1, (0.33, 0.0, 1.0), feasible=False)
    worse_score = individual(2, (0.30, 0.0, 1.0), feasible=False)

    selection.rank([worse_score, better_score, feasible], selection.pareto_values)

    assert [i.rank for i in (feasible, better_score, worse_score)] == [0, 1, 2]


def test_among_infeasible_ones_only_the_score_counts(individual: MakeIndividual) -> None:
    same = [individual(i, (0.3, float(i), 1.0), feasible=False) for i in range(3)]

    selection.rank(same, selection.pareto_values)

    assert {i.rank for i in same} == {0}


def test_small_differences_of_infeasible_scores_count(individual: MakeIndividual) -> None:
    worse, better = (individual(i, (-200.0 + i * 1e-3, 0, 0), feasible=False) for i in range(2))

    selection.rank([worse, better], selection.pareto_values)

    assert better.rank < worse.rank


def test_the_weighted_sum_orders_by_its_value(individual: MakeIndividual) -> None:
    cheap, dear = individual(0, (0.90, 1.0, 5.0)), individual(1, (0.91, 30.0, 5.0))

    selection.rank([cheap, dear], selection.weighted_values((1.0, 0.001, 0.0)))

    assert (cheap.rank, dear.rank) == (0, 1)


def test_survivors_are_the_elites_and_then_the_best_fronts(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, float(i), 1.0)) for i in range(8)]
    dominated_but_good = individual(8, (0.7, 9.0, 1.0))
    pool.append(dominated_but_good)
    selection.rank(pool, selection.pareto_values)

    kept = selection.survivors(pool, 4, elites=2)

    assert kept[:2] == [pool[7], dominated_but_good]
    assert len(kept) == 4
    assert all(i.rank == 0 for i in kept[2:])


def test_equal_networks_survive_once_unless_there_are_too_few(individual: MakeIndividual) -> None:
    twins = [individual(i, (0.9, 1.0, 1.0), network_hash="twin") for i in range(3)]
    other = individual(3, (0.8, 2.0, 2.0))
    selection.rank([*twins, other], selection.pareto_values)

    assert selection.survivors([*twins, other], 2, elites=1) == [twins[0], other]
    assert len(selection.survivors([*twins, other], 4, elites=1)) == 4


def test_parents_of_large_tournaments_are_the_best(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, 1.0, 1.0)) for i in range(5)]
    selection.rank(pool, selection.pareto_values)
    chosen = selection.parents(pool, 20, tournament=100, by_merit=0.0, rng=RNG)

    assert set(chosen) == {pool[-1]}


def test_parents_depend_on_the_generator_alone(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, float(i), 1.0)) for i in range(20)]
    selection.rank(pool, selection.pareto_values)
    drawn = []
    for seed in (1, 1, 2):
        random.random()
        rng = np.random.default_rng(seed)
        drawn.append(selection.parents(pool, 40, tournament=2, by_merit=0.5, rng=rng))

    assert drawn[0] == drawn[1] != drawn[2]
