"""The Pareto archive against brute force."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.evolve.search import archive
from spikevolve.evolve.search.individual import Individual, Place
from spikevolve.measurements import NAMES

MakeIndividual = Callable[..., Individual]
points = st.tuples(*(st.integers(0, 5).map(float) for _ in range(3)))


def dominated(point: tuple[float, ...], others: list[tuple[float, ...]]) -> bool:
    """By definition, one objective after the other."""
    for other in others:
        score, spikes, latency = (o - p for o, p in zip(other, point, strict=True))
        if score >= 0 >= spikes and latency <= 0 and (score > 0 or spikes < 0 or latency < 0):
            return True
    return False


@given(st.lists(st.lists(points, max_size=12), max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_archive_is_what_no_individual_ever_dominated(
    generations: list[list[tuple[float, float, float]]],
) -> None:
    members: list[Individual] = []
    seen: list[tuple[float, ...]] = []
    for g, generation in enumerate(generations):
        born = [
            Individual(Place(g, i), None, measured=[0.0] * len(NAMES), means=m, feasible=True)  # type: ignore[arg-type]
            for i, m in enumerate(generation)
        ]
        seen += generation
        members = archive.update(members, born, 500)

    assert {m.means for m in members} == {p for p in seen if not dominated(p, seen)}
    assert len(members) == len({m.means for m in members})


def test_infeasible_individuals_never_enter(individual: MakeIndividual) -> None:
    assert archive.update([], [individual(0, (1.0, 0.0, 1.0), feasible=False)], 500) == []


def test_of_equal_objectives_the_smallest_network_stays(individual: MakeIndividual) -> None:
    large, small = (individual(i, (0.9, 1.0, 1.0), synapses=9 - i) for i in range(2))
    assert archive.update([large], [small], 500) == [small]
    assert archive.update([small], [large], 500) == [small]


def test_a_member_whose_mean_has_fallen_leaves(individual: MakeIndividual) -> None:
    lucky, steady = individual(0, (500.0, 3.0, 1.0)), individual(1, (480.0, 3.0, 1.0))
    members = archive.update([], [lucky, steady], 500)
    lucky.means = (300.0, 3.0, 1.0)
    members = archive.update(members, [lucky, steady], 500)

    assert members == [steady]


def test_above_the_limit_the_crowded_leave_and_the_extremes_stay(
    individual: MakeIndividual,
) -> None:
    scores = [0.1, 0.5, 0.501, 0.502, 0.503, 0.9]
    front = [individual(i, (s, s * 10, 1.0)) for i, s in enumerate(scores)]
    members = archive.update([], front, 4)

    kept = {m.means[0] for m in members}
    assert len(members) == 4
    assert {0.1, 0.9} <= kept


def test_thinning_leaves_the_members_as_they_were(individual: MakeIndividual) -> None:
    front = [individual(i, (i / 10, float(i), 1.0)) for i in range(6)]
    for member in front:
        member.fitness.crowding_dist = 7.0
    archive.thin(front, 3)

    assert [m.fitness.crowding_dist for m in front] == [7.0] * 6
