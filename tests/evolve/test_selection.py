"""What holds for every selection of survivors and of parents, and for each by itself."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from deap import tools

from spikevolve.errors import InputError
from spikevolve.evolve.search.individual import Individual, IndividualId, Level, Standing
from spikevolve.evolve.search.objectives import Objective, objectives
from spikevolve.evolve.search.selection import (
    NSGA2,
    NSGA3,
    PARENTS,
    SPEA2,
    SURVIVORS,
    EpsilonLexicase,
    Lexicographic,
    SurvivorSelection,
    Tournament,
    Weighted,
)
from spikevolve.evolve.search.selection.own import OwnParents, OwnSurvivors
from spikevolve.evolve.search.selection.pareto_ranking import (
    behaviour_of,
    elites_by_score,
    elites_of_sizes,
    network_of,
    survivors,
    without_duplicates,
)

MakeIndividual = Callable[..., Individual]
DEFAULT = objectives("score,spikes,latency")
RNG = np.random.default_rng(5)


def front(individual: MakeIndividual, count: int, levels: int = 7) -> list[Individual]:
    """Some feasible individuals, others not, with ties."""
    pool = []
    for n in range(count):
        score, spikes, latency = RNG.integers(0, levels, 3).astype(float)
        synapses = int(RNG.integers(1, levels))
        pool.append(individual(n, (score, spikes, latency), synapses=synapses))
        if n % 4 == 3:
            pool[-1].standing = Standing(Level.VIOLATING, -float(n % 3))
        elif n % 4 == 2 and n > count // 2:
            pool[-1].standing = Standing(Level.CHANCE, score)
    return pool


def seen_with(pool: Sequence[Individual], some: Sequence[Objective]) -> None:
    """Write the objectives of a search to its individuals."""
    for one in pool:
        values = (one.means[o.column] * (1 if o.larger_is_better else -1) for o in some)
        one.fitness.wvalues = tuple(values)


def chosen(
    selection: SurvivorSelection, pool: list[Individual], count: int, some: Any = DEFAULT
) -> list[Individual]:
    selection.rank(pool, some)
    return selection.select(pool, count, some, np.random.default_rng(1))


# Every selection of survivors.


@pytest.mark.parametrize(
    "names", ["score", "score,spikes", "spikes,-latency", "score,spikes,latency,synapses"]
)
@pytest.mark.parametrize("name", SURVIVORS)
@pytest.mark.parametrize("count", [0, 1, 12, 25, 40])
def test_survivors_are_distinct_feasible_first_and_as_many_as_asked(
    individual: MakeIndividual, name: str, names: str, count: int
) -> None:
    pool, some = front(individual, 40), objectives(names)
    seen_with(pool, some)
    kept = chosen(SURVIVORS[name](), pool, count, some)

    assert len({one.id for one in kept}) == len(kept) == count
    left = [one for one in pool if one not in kept]
    worst = min((one.standing for one in kept), default=Standing(Level.FEASIBLE))
    assert all(one.standing <= worst for one in left)


@pytest.mark.parametrize("name", SURVIVORS)
def test_survivors_depend_on_nothing_but_the_generator(
    individual: MakeIndividual, name: str
) -> None:
    pool, kept = front(individual, 60), []
    for _ in range(3):
        random.random()
        before: Any = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
        kept.append(chosen(SURVIVORS[name](), pool, 20))
        after: Any = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
        assert before[0] == after[0]
        assert before[1]["state"]["pos"] == after[1]["state"]["pos"]
        assert np.array_equal(before[1]["state"]["key"], after[1]["state"]["key"])

    assert kept[0] == kept[1] == kept[2]


@pytest.mark.parametrize("name", SURVIVORS)
def test_every_selection_ranks_feasible_individuals_first(
    individual: MakeIndividual, name: str
) -> None:
    pool = front(individual, 40)
    pool[0].standing, pool[0].fitness.wvalues = Standing(Level.FAILED), (float("nan"),) * 3
    SURVIVORS[name]().rank(pool, DEFAULT)

    ordered = sorted(pool, key=lambda one: one.rank)
    assert [one.standing for one in ordered] == sorted((one.standing for one in pool), reverse=True)
    assert sorted({one.rank for one in pool}) == list(range(1 + ordered[-1].rank))
    assert not any(np.isnan(one.crowding) for one in pool)


@pytest.mark.parametrize("name", SURVIVORS)
def test_nobody_survives_who_is_worse_than_one_who_does_not(
    individual: MakeIndividual, name: str
) -> None:
    good = [individual(n, (5.0 + n, 1.0, 1.0)) for n in range(3)]
    bad = [individual(3 + n, (1.0, 9.0 + n, 9.0)) for n in range(3)]

    assert set(chosen(SURVIVORS[name](), [*bad, *good], 3)) == set(good)


# Every selection of parents.


@pytest.mark.parametrize("name", PARENTS)
def test_parents_are_of_the_population_and_depend_on_the_generator_alone(
    individual: MakeIndividual, name: str
) -> None:
    pool, drawn = front(individual, 30), []
    NSGA2().rank(pool, DEFAULT)
    cases = np.random.default_rng(2).integers(0, 2, (30, 40)).astype(float)
    for seed in (1, 1, 2):
        random.random()
        rng = np.random.default_rng(seed)
        before = random.getstate()
        drawn.append(PARENTS[name]().select(pool, 50, cases, rng))
        assert random.getstate() == before

    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 50
    assert set(drawn[0]) <= set(pool)
    assert PARENTS[name]().select(pool[:1], 3, cases[:1], RNG) == pool[:1] * 3


# NSGA-II.


def test_a_feasible_individual_dominates_every_infeasible_one(individual: MakeIndividual) -> None:
    feasible = individual(0, (0.4, 99.0, 20.0))
    better_score = individual(1, (0.33, 0.0, 1.0), feasible=False)
    worse_score = individual(2, (0.30, 0.0, 1.0), feasible=False)

    NSGA2().rank([worse_score, better_score, feasible], DEFAULT)

    assert [i.rank for i in (feasible, better_score, worse_score)] == [0, 1, 2]


def test_among_those_at_chance_only_the_score_counts(individual: MakeIndividual) -> None:
    same = [individual(i, (0.3, float(i), 1.0), feasible=False) for i in range(3)]

    NSGA2().rank(same, DEFAULT)

    assert {i.rank for i in same} == {0}


@pytest.mark.parametrize("low", [-200.0, 0.1, -1e25, 1e25])
def test_the_smallest_difference_of_scores_at_chance_counts(
    individual: MakeIndividual, low: float
) -> None:
    scores = (low, float(np.nextafter(low, np.inf)))
    worse, better = (individual(i, (s, 0, 0), feasible=False) for i, s in enumerate(scores))

    NSGA2().rank([worse, better], DEFAULT)

    assert better.rank < worse.rank


def test_fronts_and_crowding_are_those_that_deap_finds(individual: MakeIndividual) -> None:
    pool = [individual(i, tuple(RNG.integers(0, 6, 3).astype(float))) for i in range(150)]
    NSGA2().rank(pool, DEFAULT)
    found = [(i.rank, i.crowding) for i in pool]

    for rank, one_front in enumerate(tools.sortLogNondominated(pool, len(pool))):
        tools.emo.assignCrowdingDist(one_front)
        for i in one_front:
            i.rank = rank
    assert [(i.rank, i.crowding) for i in pool] == found


# The others, each against what its paper says of a case that can be worked out by hand.


def test_the_weighted_sum_orders_by_its_value(individual: MakeIndividual) -> None:
    cheap, dear = individual(0, (0.90, 1.0, 5.0)), individual(1, (0.91, 30.0, 5.0))

    Weighted().rank([cheap, dear], DEFAULT)
    assert (cheap.rank, dear.rank) == (0, 1)
    Weighted().rank([cheap, dear], objectives("score,spikes,latency", {"spikes": 1e-6}))
    assert (cheap.rank, dear.rank) == (1, 0)


def test_lexicographic_goes_on_to_the_next_objective_within_the_tolerance(
    individual: MakeIndividual,
) -> None:
    best, near, nearer, far = pool = [
        individual(0, (0.95, 9.0, 9.0)),
        individual(1, (0.92, 2.0, 9.0)),
        individual(2, (0.94, 2.0, 8.0)),
        individual(3, (0.80, 1.0, 1.0)),
    ]

    assert chosen(Lexicographic(), pool, 4) == [best, nearer, near, far]
    assert chosen(Lexicographic(0.05), pool, 4) == [nearer, near, best, far]
    assert chosen(Lexicographic(1.0), pool, 4) == [far, nearer, near, best]


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(InputError, match=r"tolerance must be at least 0 \(got -1\)"):
        Lexicographic(-1.0)


def test_spea2_leaves_out_who_is_nearest_to_others(individual: MakeIndividual) -> None:
    line = [individual(n, (x, x, 1.0)) for n, x in enumerate((0.0, 0.5, 0.51, 1.0))]

    assert {one.score for one in chosen(SPEA2(), line, 3)} in ({0.0, 0.5, 1.0}, {0.0, 0.51, 1.0})


def test_nsga3_keeps_one_for_each_reference_point(individual: MakeIndividual) -> None:
    # With two divisions of two objectives the points are the two ends and the middle.
    some = objectives("score,spikes")
    line = [individual(n, (x, x, 1.0)) for n, x in enumerate((0.0, 0.1, 0.45, 0.5, 0.9, 1.0))]
    seen_with(line, some)

    assert {one.score for one in chosen(NSGA3(2), line, 3, some)} == {0.0, 0.5, 1.0}


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        (lambda: NSGA3(-1), r"divisions must be from 0 to 100 \(got -1\)"),
        (lambda: EpsilonLexicase(0), r"cases must be at least 1 \(got 0\)"),
    ],
)
def test_settings_out_of_range_are_refused(selection: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        selection()


def test_lexicase_takes_specialists_and_passes_over_the_mediocre(
    individual: MakeIndividual,
) -> None:
    # The third is best on average and best in no case.
    pool = [individual(n, (0.5, 1.0, 1.0)) for n in range(3)]
    cases = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.9, 0.9, 0.9, 0.9]])
    drawn = EpsilonLexicase().select(pool, 400, cases, np.random.default_rng(0))

    # MAD of (1, 0, 0.9) is 0.1: within epsilon of the best is the third, in every case.
    assert set(drawn) == {pool[0], pool[1], pool[2]}
    cases[2] = 0.5  # MAD 0.5 of (1, 0, 0.5): the third is still within; of many it is not
    crowd = [*pool, *(individual(3 + n, (0.5, 1.0, 1.0)) for n in range(6))]
    many = np.vstack([cases, np.linspace(0.50, 0.55, 6)[:, None].repeat(4, axis=1)])
    drawn = EpsilonLexicase().select(crowd, 400, many, np.random.default_rng(0))
    assert set(drawn) == {pool[0], pool[1]}


def test_lexicase_shares_parenthood_among_equals_and_skips_who_failed(
    individual: MakeIndividual,
) -> None:
    pool = [individual(n, (0.5, 1.0, 1.0)) for n in range(4)]
    cases = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [np.nan, np.nan]])
    drawn = EpsilonLexicase().select(pool, 100, cases, np.random.default_rng(0))
    assert set(drawn) == {pool[0], pool[1]}
    nobody = EpsilonLexicase().select(pool, 100, cases * np.nan, np.random.default_rng(0))
    assert set(nobody) == set(pool)


def test_lexicase_draws_so_many_cases_anew(individual: MakeIndividual) -> None:
    # Everybody is best in one case of a hundred; with one case drawn all parents are the same one.
    pool = [individual(n, (0.5, 1.0, 1.0)) for n in range(100)]
    drawn = {
        seed: set(EpsilonLexicase(1).select(pool, 20, np.eye(100), np.random.default_rng(seed)))
        for seed in range(3)
    }
    assert [len(parents) for parents in drawn.values()] == [1, 1, 1]
    assert len(set.union(*drawn.values())) > 1


def test_parents_of_large_tournaments_are_the_best(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, 1.0, 1.0)) for i in range(5)]
    NSGA2().rank(pool, DEFAULT)

    assert set(Tournament(100, 0.0).select(pool, 20, None, RNG)) == {pool[-1]}


def test_merit_goes_by_the_score_after_the_standing(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, 9.0 - i, 1.0)) for i in range(5)]
    pool[4].standing = Standing(Level.VIOLATING, -1.0)
    NSGA2().rank(pool, DEFAULT)

    assert set(Tournament(100, 1.0).select(pool, 20, None, RNG)) == {pool[3]}


# The whole next population.


def select(individuals: Sequence[Individual], count: int) -> list[Individual]:
    return NSGA2().select(individuals, count, DEFAULT, RNG)


def test_survivors_are_the_elites_and_then_the_best_fronts(individual: MakeIndividual) -> None:
    pool = [individual(i, (i / 10, float(i), 1.0)) for i in range(8)]
    dominated_but_good = individual(8, (0.7, 9.0, 1.0))
    pool.append(dominated_but_good)
    NSGA2().rank(pool, DEFAULT)

    kept = survivors(pool, 4, 2, elites_by_score, select)

    assert kept[:2] == [pool[7], dominated_but_good]
    assert len(kept) == 4
    assert all(i.rank == 0 for i in kept[2:])


@pytest.mark.parametrize("elites", [0, 1, 3])
def test_so_many_elites_survive_and_not_one_more(individual: MakeIndividual, elites: int) -> None:
    # By score all of these come before the cheap ones; by fronts they are behind them.
    good = [individual(i, (0.9, 50.0 + i, 9.0)) for i in range(5)]
    cheap = [individual(5 + i, (0.9, 1.0, 1.0), synapses=9) for i in range(5)]
    NSGA2().rank([*good, *cheap], DEFAULT)

    kept = survivors([*good, *cheap], 5, elites, elites_by_score, select)

    assert kept[:elites] == good[:elites]
    assert set(kept[elites:]) <= set(cheap)


def test_elites_of_sizes_are_the_best_score_and_then_the_best_of_smaller_networks(
    individual: MakeIndividual,
) -> None:
    scores_and_synapses = [(0.95, 9), (0.94, 9), (0.93, 12), (0.9, 4), (0.8, 4), (0.7, 2), (0.6, 3)]
    pool = [
        individual(n, (score, 1.0, 1.0), synapses=synapses)
        for n, (score, synapses) in enumerate(scores_and_synapses)
    ]
    assert elites_of_sizes(pool, 3) == [pool[0], pool[3], pool[5]]
    assert elites_of_sizes(pool, 5) == [pool[0], pool[3], pool[5], pool[1], pool[2]]
    assert elites_of_sizes(pool, 1) == [pool[0]]
    assert elites_of_sizes([], 3) == []


def test_small_networks_beyond_the_constraints_are_no_elites_of_sizes(
    individual: MakeIndividual,
) -> None:
    good = [individual(n, (0.9 - n / 10, 1.0, 1.0), synapses=9) for n in range(3)]
    small = individual(3, (0.95, 1.0, 1.0), synapses=1)
    small.standing = Standing(Level.VIOLATING, -1.0)
    assert elites_of_sizes([small, *good], 2) == good[:2]


def test_equal_scores_go_to_fewer_synapses_then_spikes_latency_and_id(
    individual: MakeIndividual,
) -> None:
    ordered = [
        individual(9, (0.9, 9.0, 9.0), synapses=1),
        individual(8, (0.9, 1.0, 9.0), synapses=2),
        individual(7, (0.9, 2.0, 1.0), synapses=2),
        individual(5, (0.9, 2.0, 3.0), synapses=2),
        individual(6, (0.9, 2.0, 3.0), synapses=2),
        individual(0, (0.8, 0.0, 0.0), synapses=0),
    ]
    NSGA2().rank(ordered, DEFAULT)

    assert survivors(ordered[::-1], 6, 6, elites_by_score, select) == ordered


def test_of_equal_scores_not_above_chance_the_latest_are_elites(individual: MakeIndividual) -> None:
    small = individual(0, (0.1, 0.0, 0.0), synapses=1, feasible=False)
    late = [individual(i, (0.1, 9.0, 9.0), synapses=9, feasible=False) for i in (3, 2)]
    for one in late:
        one.id = IndividualId(4, one.id[1])
    better = individual(1, (0.2, 9.0, 9.0), feasible=False)
    feasible = individual(5, (0.3, 9.0, 9.0))

    found = elites_by_score([small, *late, feasible, better], 4)

    assert found == [feasible, better, late[1], late[0]]


def test_equal_networks_survive_once_unless_there_are_too_few(individual: MakeIndividual) -> None:
    twins = [individual(i, (0.9, 1.0, 1.0), network_hash="twin") for i in range(3)]
    other = individual(3, (0.8, 2.0, 2.0))
    NSGA2().rank([*twins, other], DEFAULT)

    assert survivors([*twins, other], 2, 1, elites_by_score, select) == [twins[0], other]
    assert len(survivors([*twins, other], 4, 1, elites_by_score, select)) == 4


# A user's own.


def test_of_individuals_that_act_alike_the_smallest_survives(individual: MakeIndividual) -> None:
    large = individual(0, (9.0, 2.0, 3.0), synapses=7)
    small = individual(1, (9.0, 2.0, 3.0), synapses=4)
    twin = individual(2, (9.0, 2.0, 3.0), synapses=4)
    others = [individual(3, (9.0, 2.5, 3.0), synapses=1), individual(4, (8.0, 2.0, 3.0))]
    pool = [large, small, twin, *others]

    assert without_duplicates(pool, behaviour_of) == [small, *others]
    assert without_duplicates(pool, network_of) == pool
    assert survivors(pool, 2, 1, elites_by_score, lambda some, count: list(some)[:count], behaviour_of) == [
        others[0], small,
    ]  # fmt: skip


def test_functions_of_deap_are_selections(individual: MakeIndividual) -> None:
    pool = front(individual, 40)
    best = chosen(OwnSurvivors("deap.tools:selNSGA2", tools.selNSGA2), pool, 12)
    assert len({one.id for one in best}) == 12
    assert all(one.feasible for one in best)
    drawn = [
        OwnParents("deap.tools:selRandom", tools.selRandom).select(
            pool, 30, None, np.random.default_rng(seed)
        )
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_function_is_handed_what_it_has_parameters_for(individual: MakeIndividual) -> None:
    handed: dict[str, Any] = {}

    def mine(individuals: list[Individual], count: int, objectives: Any, rng: Any) -> Any:
        handed.update(objectives=objectives, rng=rng)
        return iter(individuals[:count])

    def parents(individuals: list[Individual], count: int, cases: Any = None) -> Any:
        handed.update(cases=cases)
        return individuals[:1] * count

    pool, cases = front(individual, 8), np.eye(8)
    assert OwnSurvivors("mine", mine).select(pool, 2, DEFAULT, RNG) == pool[:2]
    assert OwnParents("parents", parents).asks_for_cases
    assert OwnParents("parents", parents).select(pool, 2, cases, RNG) == pool[:1] * 2
    assert handed == {"objectives": DEFAULT, "rng": RNG, "cases": cases}
    assert not OwnParents("tools", tools.selBest).asks_for_cases


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda individuals, count: individuals[:1], "must return 3 of the individuals"),
        (lambda individuals, count: [1, 2, 3], "must return 3 of the individuals"),
        (lambda individuals, count: individuals[:1] * 3, "must return no individual twice"),
        (lambda individuals, count: None, "raised TypeError: 'NoneType' object is not iterable"),
        (lambda individuals, count: 1 // 0, "raised ZeroDivisionError: "),
    ],
)
def test_what_a_function_of_ones_own_does_wrong_is_said(
    individual: MakeIndividual, function: Any, sentence: str
) -> None:
    with pytest.raises(InputError, match=f"^selection 'my.py:f'.*{sentence}"):
        OwnSurvivors("my.py:f", function).select(front(individual, 30), 3, DEFAULT, RNG)


@pytest.mark.parametrize(
    ("make", "function", "sentence"),
    [
        (OwnSurvivors, lambda individuals, count, cases: [], r"objectives and rng .*'cases'"),
        (OwnParents, lambda individuals, count, spam: [], r"cases and rng \(it has 'spam'\)"),
        (OwnSurvivors, lambda individuals: [], "must be a function of individuals and a count"),
        (OwnParents, 3, "must be a function of individuals and a count"),
    ],
)
def test_functions_with_other_parameters_are_refused(
    make: Any, function: Any, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        make("my.py:f", function)
