"""The search as a state machine, its answers made up from the genomes."""

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spikevolve.evolve.runs.checkpoint import (
    answers_state,
    genome_hashes,
    restore_answers,
    restore_search,
    search_state,
)
from spikevolve.evolve.search.individual import Individual
from spikevolve.evolve.search.search import Search, SearchSettings
from spikevolve.genomes import profile
from spikevolve.measurements import LATENCY, NAMES, SCORE, SPIKES, SYNAPSES

SETTINGS = SearchSettings(3, 2, profile(), chance_score=0.0, seed=3, population=12, elites=3)
FRESH = SearchSettings(
    3, 2, profile(), chance_score=0.0, fresh=True, seed=3, population=12, elites=3,
    archive_evaluations=2,
)  # fmt: skip


def answer(individual: Individual, generation: int) -> list[float]:
    """Made-up measurements: heavier genomes score higher and spike more, with some luck."""
    genome = individual.genome
    luck = np.random.default_rng([generation, *individual.id]).random()
    row = [float("nan")] * len(NAMES)
    row[SCORE] = float(genome.weights.sum()) + luck
    row[SPIKES] = float(genome.synapses)
    row[LATENCY] = float(genome.delays.sum())
    row[SYNAPSES] = genome.synapses
    return row


def advance(search: Search, generations: int) -> list[list[Individual]]:
    """Runs generations; returns what each asked for."""
    asked = []
    for _ in range(generations):
        individuals = search.ask()
        hashes = [i.genome.content_hash for i in individuals]
        search.tell(individuals, hashes, [answer(i, search.generation) for i in individuals])
        asked.append(individuals)
    return asked


def digest(search: Search) -> object:
    return json.dumps(search_state(search), sort_keys=True)


def test_the_same_answers_give_the_same_search() -> None:
    one, other = Search(SETTINGS), Search(SETTINGS)
    advance(one, 6)
    advance(other, 6)

    assert digest(one) == digest(other)


def test_another_seed_gives_another_search() -> None:
    one, other = Search(SETTINGS), Search(SearchSettings(3, 2, profile(), 0.0, seed=4))
    advance(one, 1)
    advance(other, 1)

    assert digest(one) != digest(other)


@pytest.mark.parametrize("settings", [SETTINGS, FRESH])
def test_a_restored_search_goes_on_as_if_nothing_had_happened(settings: SearchSettings) -> None:
    undisturbed, killed = Search(settings), Search(settings)
    advance(undisturbed, 7)
    asked = advance(killed, 4)
    state = json.loads(json.dumps(search_state(killed), allow_nan=False))
    genomes = {i.genome.content_hash: i.genome for batch in asked for i in batch}

    restored = restore_search(settings, state, {key: genomes[key] for key in genome_hashes(state)})
    advance(restored, 3)

    assert digest(restored) == digest(undisturbed)


def test_asking_twice_gives_equal_individuals() -> None:
    search = Search(SETTINGS)
    advance(search, 2)

    first, second = search.ask(), search.ask()

    assert [i.genome for i in first] == [i.genome for i in second]
    assert [(i.id, i.parents, i.operators) for i in first] == [
        (i.id, i.parents, i.operators) for i in second
    ]


def test_a_generation_leaves_the_global_generators_alone() -> None:
    numpy_before: Any = np.random.get_state(legacy=False)  # noqa: NPY002
    before = random.getstate()
    advance(Search(SETTINGS), 3)

    numpy_after: Any = np.random.get_state(legacy=False)  # noqa: NPY002
    assert random.getstate() == before
    assert numpy_after["state"]["pos"] == numpy_before["state"]["pos"]
    assert (numpy_after["state"]["key"] == numpy_before["state"]["key"]).all()


def test_the_best_score_never_falls_on_fixed_data() -> None:
    search = Search(SETTINGS)
    best = []
    for _ in range(10):
        advance(search, 1)
        best.append(max(i.means[0] for i in search.population))

    assert best == sorted(best)
    assert best[-1] > best[0]


def test_elites_are_measured_again_on_fresh_data_and_averaged() -> None:
    search = Search(FRESH)
    advance(search, 1)
    elites = search.population[:3]
    first = {i.id: i.means[0] for i in elites}

    asked = search.ask()

    assert asked[12:] == elites
    search.tell(asked, [i.genome.content_hash for i in asked], [answer(i, 1) for i in asked])
    for elite in elites:
        assert elite.evaluations == 2
        assert elite.means[0] == pytest.approx((first[elite.id] + answer(elite, 1)[SCORE]) / 2)


def test_on_fresh_data_only_the_measured_survive() -> None:
    search = Search(FRESH)
    advance(search, 5)

    assert {i.id.generation for i in search.population} <= {4} | {
        i.id.generation for i in search.population if i.evaluations > 1
    }
    assert all(i.evaluations >= 2 for i in search.archive)


def test_individuals_at_or_below_chance_enter_no_archive() -> None:
    settings = SearchSettings(3, 2, profile(), chance_score=1.0, seed=3, population=12)
    search = Search(settings)
    advance(search, 8)

    assert search.archive
    assert all(i.means[0] > 1.0 for i in search.archive)


def test_children_name_their_parents_and_operators() -> None:
    search = Search(SETTINGS)
    first, second = advance(search, 2)
    born = {i.id for i in first}

    for child in second:
        assert child.operators
        assert set(child.parents) <= born
        assert len(child.parents) == (2 if child.operators[0] == "crossover" else 1)


def test_answers_of_an_open_generation_survive_as_json() -> None:
    answers: dict[int, Sequence[float]] = {5: [0.1, float("nan")], 2: [1e-300, 3.0]}

    restored = restore_answers(json.loads(json.dumps(answers_state(answers), allow_nan=False)))

    assert restored.keys() == answers.keys()
    assert np.array_equal(restored[5], answers[5], equal_nan=True)
    assert restored[2] == answers[2]
