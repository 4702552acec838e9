"""Islands as a state machine: who sends what to whom, who is who, and what a limit leaves."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from spikevolve.evolve.runs.checkpoint import restore_search, search_state
from spikevolve.evolve.runs.evolve_island import packed_island, unpacked_island
from spikevolve.evolve.runs.run_state import Limits
from spikevolve.evolve.search.gain import Best
from spikevolve.evolve.search.individual import Individual
from spikevolve.evolve.search.island_search import IslandSearch
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.search_settings import IslandSettings, SearchSettings
from spikevolve.genomes import profile
from spikevolve.measurements import LATENCY, NAMES, SCORE, SPIKES, SYNAPSES

ALONE = SearchSettings(3, 2, profile(), chance_score=0.0, seed=3, population=12, elites=3)


def joined(count: int = 3, settings: SearchSettings = ALONE, **how: object) -> SearchSettings:
    return replace(settings, islands=replace(IslandSettings(count), **how))  # type: ignore[arg-type]


def answer(individual: Individual) -> list[float]:
    """Made-up measurements: heavier genomes score higher and spike more."""
    genome = individual.genome
    row = [float("nan")] * len(NAMES)
    row[SCORE] = float(np.abs(genome.weights).sum())
    row[SPIKES], row[LATENCY], row[SYNAPSES] = row[SCORE] * 2, 1.0, len(genome.weights)
    return row


def advance(search: Search, generations: int) -> list[Individual]:
    """Ask and tell so many generations, and return all individuals that were born."""
    born: list[Individual] = []
    for _ in range(generations):
        asked = search.ask()
        born += [one for one in asked if one.id.generation == search.generation]
        hashes = [individual.genome.content_hash for individual in asked]
        search.tell(asked, hashes, list(map(answer, asked)))
    return born


def senders(search: IslandSearch) -> list[set[int]]:
    """Return from which islands the immigrants of each one are."""
    return [{one.island for one in island.immigrants} for island in search.islands]


def test_in_a_ring_each_island_sends_its_first_elites_to_the_next_one() -> None:
    search = IslandSearch(joined(interval=4, emigrants=2))
    advance(search, 3)
    assert senders(search) == [set(), set(), set()]

    advance(search, 1)

    assert senders(search) == [{2}, {0}, {1}]
    for island, sender in zip(search.islands, (2, 0, 1), strict=True):
        assert island.immigrants == search.islands[sender].population[:2]


def test_in_random_order_each_sends_to_one_and_gets_from_one_drawn_anew_every_time() -> None:
    found = []
    search = IslandSearch(joined(5, migration="random", interval=1))
    for _ in range(6):
        advance(search, 1)
        found.append([one for island in senders(search) for one in island])
        assert sorted(found[-1]) == [0, 1, 2, 3, 4]
        assert all(sender != island for island, sender in enumerate(found[-1]))
    assert len(set(map(tuple, found))) > 3

    again = IslandSearch(joined(5, migration="random", interval=1))
    advance(again, 6)
    assert [one for island in senders(again) for one in island] == found[-1]


def test_an_immigrant_is_born_as_a_copy_with_a_row_and_an_id_of_its_own() -> None:
    search = IslandSearch(joined(interval=2, emigrants=1))
    advance(search, 2)
    sent = search.islands[0].population[0]

    born = advance(search, 1)

    [copy] = [i for i in born if i.source == "immigration" and i.island == 1]
    assert copy.genome is sent.genome
    assert (copy.parents, copy.operators) == ((sent.id,), ("migrate",))
    assert copy.id == (2, 100 + 12)  # after the twelve that were bred there
    assert all(not island.immigrants for island in search.islands)


def test_ids_are_unique_and_every_island_draws_its_own_numbers() -> None:
    born = advance(IslandSearch(joined(interval=2)), 5)

    assert len({individual.id for individual in born}) == len(born)
    assert all(individual.id.position // 100 == individual.island for individual in born)
    first = [[i.genome for i in born if i.id.generation == 0 and i.island == n] for n in range(3)]
    assert not {g.content_hash for g in first[0]} & {g.content_hash for g in first[1]}


def test_the_first_island_is_the_search_that_would_be_alone() -> None:
    islands = IslandSearch(joined(interval=100))
    alone = Search(ALONE)

    mine = [i for i in advance(islands, 6) if i.island == 0]
    born = advance(alone, 6)

    assert [(i.id, i.genome, i.parents) for i in mine] == [
        (i.id, i.genome, i.parents) for i in born
    ]
    assert [i.id for i in islands.islands[0].archive] == [i.id for i in alone.archive]


def test_population_and_archive_are_those_of_all_islands() -> None:
    search = IslandSearch(joined())
    advance(search, 4)

    best = max((i for island in search.islands for i in island.archive), key=lambda i: i.score)
    assert {i.island for i in search.population} == {0, 1, 2}
    assert best.id in {i.id for i in search.archive}


def test_islands_that_evolve_alone_between_exchanges_go_on_as_those_that_are_told_together() -> (
    None
):
    together, apart = IslandSearch(joined(interval=3)), IslandSearch(joined(interval=3))
    advance(together, 9)

    for generations in (1, 2, 3, 2, 1):
        islands = [unpacked_island(apart.settings, packed_island(i, Best())) for i in apart.islands]
        for island in reversed(islands):
            advance(island, generations)
        apart.go_on(islands)

    assert search_state(apart) == search_state(together)


def test_islands_survive_as_json() -> None:
    search = IslandSearch(joined(interval=2))
    advance(search, 4)
    state = json.loads(json.dumps(search_state(search), allow_nan=False))

    genomes = {i.genome.content_hash: i.genome for i in search.members()}
    restored = restore_search(search.settings, state, genomes)

    assert search_state(restored) == search_state(search)
    assert [i.genome for i in advance(restored, 3)] == [i.genome for i in advance(search, 3)]


@pytest.mark.parametrize(
    ("limits", "cost", "expected"),
    [
        (Limits(), 0.0, 10**9),
        (Limits(generations=30), 0.0, 10),  # twenty are closed
        (Limits(evaluations=1_000), 700.0, 3),
        (Limits(evaluations=1_000), 999.0, 1),
        (Limits(patience=0.5), 9_000.0, 30),  # ends at 12,000: half of the cost since 6,000
        (Limits(patience=0.1, evaluations=9_900), 9_000.0, 9),
    ],
)
def test_no_limit_is_passed_before_the_last_of_the_generations_that_are_left(
    limits: Limits, cost: float, expected: int
) -> None:
    assert limits.generations_left(20, cost, 6_000.0, 100.0) == expected


def costs(generations: int) -> Sequence[float]:
    return list(map(float, np.random.default_rng(1).uniform(20, 100, generations)))


@pytest.mark.parametrize("patience", [0.0, 0.3, 1.0, None])
def test_generations_at_once_end_where_single_ones_do(patience: float | None) -> None:
    limits = Limits(evaluations=30_000, patience=patience or None)
    cost, end = 0.0, 0
    for taken in costs(2_000):
        if limits.reached(end, cost, 4_000.0, 0.0):
            break
        cost, end = cost + taken, end + 1
    now, spent = 0, 0.0
    while not limits.reached(now, spent, 4_000.0, 0.0):
        left = limits.generations_left(now, spent, 4_000.0, 100.0)
        spent = sum(costs(2_000)[: now + left])
        now += left
    assert now == end
