"""The Pareto archive against brute force, and what holds for every archive."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from deap import tools
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.evolve.search.archives import ARCHIVES, Pareto, thin
from spikevolve.evolve.search.individual import (
    Individual,
    IndividualId,
    Level,
    SearchFitness,
    Standing,
)
from spikevolve.measurements import NAMES, SCORE, SYNAPSES

MakeIndividual = Callable[..., Individual]
ARCHIVE = Pareto()


def points(objectives: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*(st.integers(0, 5).map(float) for _ in range(objectives)))


def born(place: IndividualId, values: tuple[float, ...], synapses: int = 0) -> Individual:
    means = [0.0] * len(NAMES)
    means[SCORE], means[SYNAPSES] = values[0], float(synapses)
    return Individual(
        place,
        None,  # type: ignore[arg-type]  # no archive looks at genes
        means=means,
        standing=Standing(Level.FEASIBLE),
        fitness=SearchFitness(values),
    )


def dominated(point: tuple[float, ...], others: Sequence[tuple[float, ...]]) -> bool:
    """By definition, one objective after the other."""
    for other in others:
        pairs = list(zip(other, point, strict=True))
        if all(o >= p for o, p in pairs) and any(o > p for o, p in pairs):
            return True
    return False


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_archive_is_what_no_individual_ever_dominated_and_the_best_of_sizes(
    objectives: int, data: st.DataObject
) -> None:
    drawn = st.tuples(points(objectives), st.integers(0, 5))
    generations = data.draw(st.lists(st.lists(drawn, max_size=12), max_size=5))
    members: list[Individual] = []
    seen: list[tuple[tuple[float, ...], int]] = []
    for g, generation in enumerate(generations):
        seen += generation
        members = ARCHIVE.update(
            members, [born(IndividualId(g, i), *one) for i, one in enumerate(generation)]
        )

    values = [point for point, _ in seen]
    sizes = [(point[0], -float(synapses)) for point, synapses in seen]
    front = {point for point in values if not dominated(point, values)}
    small = {size for size in sizes if not dominated(size, sizes)}
    found = [(m.score, -m.means[SYNAPSES]) for m in members]
    assert {m.fitness.wvalues for m in members} >= front
    assert set(found) >= small
    for member, size in zip(members, found, strict=True):
        assert member.fitness.wvalues in front or size in small
    assert len(members) <= len(front) + len(small)


@pytest.mark.parametrize("name", ARCHIVES)
@given(st.lists(st.tuples(points(3), st.booleans()), max_size=40))
@settings(max_examples=40, deadline=None)
def test_every_archive_keeps_its_promises(
    name: str, drawn: list[tuple[tuple[float, ...], bool]]
) -> None:
    archive = ARCHIVES[name](limit=7)
    asking = [born(IndividualId(0, n), point) for n, (point, _) in enumerate(drawn)]
    for individual, (_, feasible) in zip(asking, drawn, strict=True):
        individual.standing = Standing(Level.FEASIBLE if feasible else Level.VIOLATING, 0.0)
    members: list[Individual] = []
    for batch in (asking[:20], asking[20:]):
        members = archive.update(members, batch)

    assert len(members) <= 7
    assert all(member.feasible for member in members)
    assert [m.id for m in members] == sorted({m.id for m in members})
    assert archive.update(members, []) == members
    assert archive.update(members, members) == members


def test_of_equal_objectives_the_smallest_network_stays(individual: MakeIndividual) -> None:
    large, small = (individual(i, (0.9, 1.0, 1.0), synapses=9 - i) for i in range(2))
    assert ARCHIVE.update([large], [small]) == [small]
    assert ARCHIVE.update([small], [large]) == [small]


def test_a_member_whose_mean_has_fallen_leaves(individual: MakeIndividual) -> None:
    lucky, steady = individual(0, (500.0, 3.0, 1.0)), individual(1, (480.0, 3.0, 1.0))
    members = ARCHIVE.update([], [lucky, steady])
    lucky.means = [300.0, *lucky.means[1:]]
    lucky.fitness.wvalues = (300.0, -3.0, -1.0)
    members = ARCHIVE.update(members, [lucky, steady])

    assert members == [steady]


def test_above_the_limit_the_crowded_leave_and_the_extremes_stay(
    individual: MakeIndividual,
) -> None:
    scores = [0.1, 0.5, 0.501, 0.502, 0.503, 0.9]
    front = [individual(i, (s, s * 10, 1.0)) for i, s in enumerate(scores)]
    members = Pareto(4).update([], front)

    kept = {m.score for m in members}
    assert len(members) == 4
    assert {0.1, 0.9} <= kept


def thinned_by_deap(members: list[Individual], limit: int) -> list[Individual]:
    """The rule of `thin`, on DEAP's crowding distances."""
    members = list(members)
    while len(members) > limit:
        tools.emo.assignCrowdingDist(members)
        members.sort(key=lambda one: (-one.fitness.crowding_dist, one.id))
        members = members[: -max(1, (len(members) - limit) // 10)]
    return members


@given(st.lists(points(3), min_size=1, max_size=60), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_thinning_is_that_by_deaps_crowding(drawn: list[tuple[float, ...]], limit: int) -> None:
    front = [born(IndividualId(0, n), point) for n, point in enumerate(drawn)]
    assert thin(front, limit) == thinned_by_deap(front, limit)


def test_thinning_leaves_the_members_as_they_were(individual: MakeIndividual) -> None:
    front = [individual(i, (i / 10, float(i), 1.0)) for i in range(6)]
    for member in front:
        member.fitness.crowding_dist = 7.0
    thin(front, 3)

    assert [m.crowding for m in front] == [7.0] * 6
    assert np.array_equal([m.id.position for m in front], range(6))
