"""A search goes by scores whatever their size: in another unit it chooses the same individuals.

A factor of 2^k changes no digit of a number, so not even rounding may tell the units apart.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.evolve.search.archives import ARCHIVES
from spikevolve.evolve.search.champion import by_validation, pooled_scores
from spikevolve.evolve.search.individual import Individual, IndividualId, SearchFitness
from spikevolve.evolve.search.objectives import Objective, constraint, objectives, signed, standing
from spikevolve.evolve.search.selection import (
    SURVIVORS,
    EpsilonLexicase,
    Lexicographic,
    SurvivorSelection,
    Tournament,
)
from spikevolve.evolve.search.selection.pareto_ranking import elites_of_sizes, survivors
from spikevolve.measurements import LATENCY, NAMES, SCORE, SPIKES, SYNAPSES

SCORES = st.one_of(
    st.sampled_from([1e25, -1e25, 1e25 * (1 + 2**-52), math.nan, 0.0, 1e-6, -1e-6]),
    st.integers(-3, 3).map(float),
    st.floats(0.0, 1.0).filter(lambda x: x == 0 or x > 1e-9),
    st.floats(-1e30, 1e30).filter(lambda x: abs(x) > 1e-9),
)
COSTS = st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(0, 4))
POWERS = st.integers(-600, 600)


class Outcome(NamedTuple):
    """Whom a search would go on with."""

    ranks: list[int]
    survivors: list[IndividualId]
    parents: list[IndividualId]
    archive: list[IndividualId]
    champion: IndividualId | None


def outcome(
    name: str, drawn: Sequence[tuple[float, tuple[int, int, int]]], chance: float, unit: float
) -> Outcome:
    """Select among individuals whose scores are given in a unit."""
    some, selection = measured_in(name, unit)
    bounds = [constraint("synapses <= 3"), constraint(f"score >= {(chance + 0.5) * unit!r}")]
    pool = []
    for n, (score, (spikes, latency, synapses)) in enumerate(drawn):
        row = [0.0] * len(NAMES)
        row[SCORE], row[SPIKES], row[LATENCY] = score * unit, spikes, latency
        row[SYNAPSES] = synapses
        found = standing(row, chance * unit, bounds)
        one = Individual(
            IndividualId(0, n),
            None,  # type: ignore[arg-type]  # nothing here looks at genes
            network_hash=f"{n % 53}",
            means=row,
            evaluations=1 + n % 3,
            standing=found,
            fitness=SearchFitness(signed(some, row)),
        )
        pool.append(one)
    selection.rank(pool, some)
    rng = np.random.default_rng(3)
    measured = [one for one in pool if not one.failed]
    kept = survivors(
        measured, 8, 2, elites_of_sizes, lambda some_, n: selection.select(some_, n, some, rng)
    )
    parents = Tournament(3, 0.5).select(kept, 20, None, rng) if kept else []
    members = ARCHIVES["pareto"](limit=4).update([], pool)
    champion = None
    if members:
        validation = [member.score * (0.5 + member.id.position % 2) for member in members]
        champion = by_validation(members, pooled_scores(members, validation, 10, 100)).id
    return Outcome(
        [one.rank for one in pool],
        [one.id for one in kept],
        [one.id for one in parents],
        [one.id for one in members],
        champion,
    )


def measured_in(name: str, unit: float) -> tuple[tuple[Objective, ...], SurvivorSelection]:
    """What the user would say in this unit: a tolerance and a weight are of the score."""
    some = objectives("score,spikes,latency", {"score": 1.0 / unit, "spikes": 0.125})
    return some, Lexicographic(0.25 * unit) if name == "lexicographic" else SURVIVORS[name]()


@pytest.mark.parametrize("name", SURVIVORS)
@given(
    st.lists(st.tuples(SCORES, COSTS), min_size=1, max_size=24),
    st.sampled_from([0.0, 1.0, -2.0, 0.25, -1e25]),
    POWERS,
)
@settings(max_examples=60, deadline=None)
def test_the_unit_of_the_score_decides_nothing(
    name: str, drawn: list[tuple[float, tuple[int, int, int]]], chance: float, power: int
) -> None:
    assert outcome(name, drawn, chance, 2.0**power) == outcome(name, drawn, chance, 1.0)


@pytest.mark.parametrize("name", SURVIVORS)
@pytest.mark.parametrize("power", [-80, -7, 7, 80])
def test_nor_does_it_on_a_crowded_front(name: str, power: int) -> None:
    rng = np.random.default_rng(8)
    costs = rng.integers(0, 30, (60, 2)).tolist()
    drawn = [
        (np.sqrt(a) + np.sqrt(b) + rng.random(), (a, 1 + b, n % 4))
        for n, (a, b) in enumerate(costs)
    ]

    assert outcome(name, drawn, -1.0, 2.0**power) == outcome(name, drawn, -1.0, 1.0)


@given(st.lists(st.lists(SCORES, min_size=3, max_size=3), min_size=1, max_size=9), POWERS)
@settings(max_examples=60, deadline=None)
def test_nor_does_that_of_scores_in_single_cases(drawn: list[list[float]], power: int) -> None:
    pool = [Individual(IndividualId(0, n), None) for n in range(len(drawn))]  # type: ignore[arg-type]
    one, other = (
        EpsilonLexicase().select(pool, 30, np.array(drawn) * unit, np.random.default_rng(4))
        for unit in (1.0, 2.0**power)
    )
    assert one == other


@pytest.mark.parametrize("name", SURVIVORS)
@pytest.mark.parametrize("size", [1e25, 1.0, 1e-12])
def test_the_better_of_huge_and_of_tiny_scores_survives(name: str, size: float) -> None:
    drawn = [(score * size, (1, 1, 1)) for score in (1.0, 3.0, -1.0, 2.0, math.nan)]
    found = outcome(name, drawn, -5.0 * size, 1.0)

    assert found.ranks[2] > found.ranks[0] > found.ranks[3] > found.ranks[1] == 0
    assert found.ranks[4] == max(found.ranks)
    assert found.survivors[:2] == [IndividualId(0, 1), IndividualId(0, 3)]
    assert IndividualId(0, 4) not in found.survivors
