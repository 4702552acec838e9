"""The search as a state machine, its answers made up from the genomes."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikevolve.evolve.runs.checkpoint import (
    genome_hashes,
    restore_rows,
    restore_search,
    rows_state,
    search_state,
)
from spikevolve.evolve.search.individual import Individual
from spikevolve.evolve.search.objectives import constraint, objectives
from spikevolve.evolve.search.search import Search, update_standing
from spikevolve.evolve.search.search_settings import LearningSettings, SearchSettings
from spikevolve.evolve.search.selection import (
    SURVIVORS,
    EpsilonLexicase,
)
from spikevolve.evolve.search.sources import SOURCES, Opening
from spikevolve.genomes import InitialSettings, profile, random_genome
from spikevolve.measurements import LATENCY, NAMES, SCORE, SPIKES, SYNAPSES
from spikevolve.tasks.data.learning.learner import Manner

SETTINGS = SearchSettings(3, 2, profile(), chance_score=0.0, seed=3, population=12, elites=3)
FRESH = SearchSettings(
    3, 2, profile(), chance_score=0.0, fresh=True, seed=3, population=12, elites=3,
    archive_evaluations=2,
)  # fmt: skip

MANNER = Manner(decay=0.1, dropout=0.1, spike_price=0.003)
LEARNING = LearningSettings(
    paths=((0, MANNER), (2, MANNER)),
    density=1.0,
    manners=(MANNER,),
    budgets=(5, 3),
    first_epochs=20,
    epochs=10,
    child_epochs=5,
    refit_epochs=20,
    share=0.5,
    step=0.01,
)


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
        best.append(max(i.score for i in search.population))

    assert best == sorted(best)
    assert best[-1] > best[0]


def test_elites_are_measured_again_on_fresh_data_and_averaged() -> None:
    search = Search(FRESH)
    advance(search, 1)
    elites = search.population[:3]
    first = {i.id: i.score for i in elites}

    asked = search.ask()

    assert asked[12:] == elites
    search.tell(asked, [i.genome.content_hash for i in asked], [answer(i, 1) for i in asked])
    for elite in elites:
        assert elite.evaluations == 2
        assert elite.score == pytest.approx((first[elite.id] + answer(elite, 1)[SCORE]) / 2)


def test_on_fresh_data_only_the_measured_survive() -> None:
    search = Search(FRESH)
    advance(search, 5)

    assert {i.id.generation for i in search.population} <= {4} | {
        i.id.generation for i in search.population if i.evaluations > 1
    }
    assert all(i.evaluations >= 2 for i in search.archive)


def test_individuals_at_or_below_chance_enter_no_archive() -> None:
    search = Search(replace(SETTINGS, chance_score=1.0))
    asked = search.ask()
    answers = [answer(individual, 0) for individual in asked]
    for n, row in enumerate(answers):
        row[SCORE] = (0.5, 1.0, float(np.nextafter(1.0, 2.0)), 2.0)[n % 4]
    search.tell(asked, [str(i.id) for i in asked], answers)

    assert {i.score > 1.0 for i in asked if i.feasible} == {True}
    assert {i.score <= 1.0 for i in asked if not i.feasible} == {True}
    assert {i.score for i in search.archive} == {2.0}
    assert max(i.rank for i in asked if i.feasible) < min(i.rank for i in asked if not i.feasible)


def test_where_nobody_survives_the_population_stays() -> None:
    search = Search(FRESH)
    advance(search, 2)
    before = list(search.population)
    asked = search.ask()
    rows = [[float("nan")] * len(NAMES)] * len(asked)
    search.tell(asked, [str(i.id) for i in asked], rows)

    assert search.population == before
    assert search.ask()
    state = json.loads(json.dumps(search_state(search), allow_nan=False))
    genomes = {i.genome.content_hash: i.genome for i in before}
    again = restore_search(
        FRESH, state, genomes | {i.genome.content_hash: i.genome for i in search.archive}
    )
    assert digest(again) == digest(search)


def test_nobody_is_crossed_with_itself() -> None:
    search = Search(replace(SETTINGS, crossover=1.0))
    advance(search, 1)
    search.population = search.population[:1]

    born = search.ask()

    assert all(child.operators[0] != "crossover" for child in born)
    assert {child.parents for child in born} == {(search.population[0].id,)}


def test_two_different_parents_are_always_crossed_where_the_share_is_one() -> None:
    search = Search(replace(SETTINGS, crossover=1.0))
    advance(search, 1)

    assert {len(set(child.parents)) == len(child.parents) for child in search.ask()} == {True}
    assert any(child.operators[0] == "crossover" for child in search.ask())


def test_so_many_elites_are_measured_again() -> None:
    for elites in (0, 1, 3):
        search = Search(replace(FRESH, elites=elites))
        advance(search, 1)
        assert len(search.ask()) == 12 + elites


@pytest.mark.parametrize(
    "text", ["score", "score,synapses", "synapses,-latency", "score,spikes,latency,synapses"]
)
@pytest.mark.parametrize("name", SURVIVORS)
def test_a_search_gets_better_by_any_objectives_and_selection(text: str, name: str) -> None:
    settings = replace(SETTINGS, objectives=objectives(text), selection=SURVIVORS[name]())
    search = Search(settings)
    advance(search, 1)
    first = {o.name: o for o in settings.objectives}
    before = [
        max(values) for values in zip(*(i.fitness.wvalues for i in search.archive), strict=True)
    ]
    advance(search, 9)
    after = [
        max(values) for values in zip(*(i.fitness.wvalues for i in search.archive), strict=True)
    ]

    assert len(before) == len(first) == len(after)
    assert all(new >= old for new, old in zip(after, before, strict=True))
    assert any(new > old for new, old in zip(after, before, strict=True))
    assert all(len(i.fitness.wvalues) == len(first) for i in search.population)


def test_constraints_that_nobody_meets_at_first_are_met_in_time() -> None:
    bounds = (constraint("latency >= 300"), constraint("synapses <= 30"))
    search = Search(replace(SETTINGS, constraints=bounds, population=30))
    advance(search, 1)
    assert not search.archive
    nearest = [max(i.standing for i in search.population)]
    while not search.archive:
        advance(search, 1)
        nearest.append(max(i.standing for i in search.population))
        assert search.generation < 60

    assert nearest[:-1] == sorted(nearest[:-1])
    advance(search, 5)
    for member in search.archive:
        assert member.means[LATENCY] >= 300
        assert member.means[SYNAPSES] <= 30
    assert search.population[0].feasible


def test_a_constraint_holds_for_the_mean_over_fresh_data() -> None:
    search = Search(replace(FRESH, constraints=(constraint("spikes <= 5"),), archive_evaluations=1))
    spikes = 4.0
    for _ in range(2):
        asked = search.ask()
        rows = [answer(individual, search.generation) for individual in asked]
        for row, individual in zip(rows, asked, strict=True):
            row[SPIKES] = spikes if individual.evaluations or search.generation == 0 else 99.0
        search.tell(asked, [str(i.id) for i in asked], rows)
        elites = [i for i in asked if i.evaluations == search.generation]
        spikes = 7.0  # a mean of 5.5

    assert [i.means[SPIKES] for i in elites] == [5.5] * 3
    assert not any(i.feasible for i in elites)
    assert not set(search.archive) & set(elites)


def test_parents_are_handed_cases_only_where_they_ask() -> None:
    search = Search(replace(SETTINGS, parents=EpsilonLexicase()))
    assert not search.asks_for_cases  # there is no population yet
    advance(search, 1)
    assert search.asks_for_cases
    assert not Search(SETTINGS, 1, search.population).asks_for_cases
    only = np.zeros((12, 4))
    only[5, 2] = 1.0

    cases = np.vstack([only[:6] * 0, only[6:]])
    cases[5] = 1.0
    assert {child.parents for child in search.ask(cases)} == {(search.population[5].id,)}


def test_individuals_name_their_source_and_are_numbered_through() -> None:
    search = Search(FRESH)
    first, second = advance(search, 2)

    assert [i.source for i in first] == ["initial"] * 12
    assert [i.source for i in second] == ["variation"] * 12 + ["initial"] * 3
    assert [i.id for i in second[:12]] == [(1, n) for n in range(12)]


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_numbers_its_candidates_and_makes_the_same_again(name: str) -> None:
    genome = random_genome(3, 2, profile(), InitialSettings(), np.random.default_rng(0))
    settings = replace(SETTINGS, given=(genome,), learning=LEARNING if name == "path" else None)
    search = Search(settings)
    advance(search, 1)
    source = SOURCES[name](settings, search.toolbox)
    assert name == source.name
    made = 0
    arrived = search.population[:2]
    for opening in (Opening(0, []), Opening(1, search.population, immigrants=arrived)):
        one, again = source.candidates(opening, 5), source.candidates(opening, 5)
        assert [i.id for i in one] == [(opening.generation, 5 + n) for n in range(len(one))]
        assert [i.genome for i in one] == [i.genome for i in again]
        assert {i.source for i in one} <= {name}
        made += len(one)
    assert made > 0


def test_children_name_their_parents_and_operators() -> None:
    search = Search(SETTINGS)
    first, second = advance(search, 2)
    born = {i.id for i in first}

    for child in second:
        assert child.operators
        assert set(child.parents) <= born
        assert len(child.parents) == (2 if child.operators[0] == "crossover" else 1)


def test_answers_of_an_open_generation_survive_as_json() -> None:
    rest = [0.5] * (len(NAMES) - 2)
    answers: dict[int, Sequence[float]] = {
        5: [0.1, float("nan"), *rest],
        2: [1e-300, 3.0, *rest],
    }

    restored = restore_rows(json.loads(json.dumps(rows_state(answers), allow_nan=False)))

    assert restored.keys() == answers.keys()
    assert np.array_equal(restored[5], answers[5], equal_nan=True)
    assert restored[2] == answers[2]


def test_luck_shrinks_with_the_evaluations_of_a_network() -> None:
    settings = replace(SETTINGS, chance_score=1.0, luck=0.6)
    [individual, *_] = Search(settings).ask()
    standings = []
    for evaluations, score in ((1, 1.5), (1, 1.7), (4, 1.2), (4, 1.4), (9, 1.3), (0, 1.0)):
        individual.evaluations = evaluations or 10**6
        individual.means = [score] * len(NAMES)
        update_standing(individual, settings)
        standings.append(individual.feasible)

    assert standings == [False, True, False, True, True, False]
