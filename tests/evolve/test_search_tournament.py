"""A run that is many searches, as a state machine; its answers are made up from the genomes."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.checkpoint import genome_hashes, restore_search, search_state
from spikevolve.evolve.search.cma_es import few_samples
from spikevolve.evolve.search.individual import Individual
from spikevolve.evolve.search.search import Search, update_standing
from spikevolve.evolve.search.search_settings import SearchSettings
from spikevolve.evolve.search.tournament.direct import PATIENCE, new_direct
from spikevolve.evolve.search.tournament.search_tournament import SearchTournament, Step
from spikevolve.evolve.search.tournament.searches import SAMPLES, coarse_profile
from spikevolve.evolve.search.tournament.settings import TournamentSettings
from spikevolve.evolve.search.tournament.stages import Ablation, Judging
from spikevolve.genomes import (
    PROFILES,
    Choice,
    Genome,
    InitialSettings,
    MutationRates,
    Range,
    mutate,
    profile,
    random_genome,
    validate,
)
from spikevolve.measurements import LATENCY, NAMES, SCORE, SPIKES, SYNAPSES

SETTINGS = SearchSettings(
    3, 2, profile(), chance_score=-100.0, fresh=True, seed=3, population=12, elites=3,
    archive_evaluations=3, initial=InitialSettings(2, 0.5),
    tournament=TournamentSettings(
        4, ("variation", "cma_es"), (InitialSettings(2, 0.5), InitialSettings(2, kind="dense")), 50
    ),
)  # fmt: skip


def true_score(genome: Genome) -> float:
    """Weights of one half are best, and every synapse is worth something."""
    return float(0.5 * genome.synapses - np.abs(genome.weights - 0.5).sum())


def answer(individual: Individual, generation: int) -> list[float]:
    genome = individual.genome
    luck = np.random.default_rng([generation, *individual.id]).normal()
    row = [float("nan")] * len(NAMES)
    row[SCORE] = true_score(genome) + 0.3 * luck
    row[SPIKES], row[LATENCY] = float(genome.synapses), float(genome.delays.sum())
    row[SYNAPSES] = genome.synapses
    return row


#: Two searches among networks without hidden neurons, and two of populations.
DIRECT = replace(
    SETTINGS,
    tournament=TournamentSettings(4, ("direct", "variation"), (InitialSettings(2, 0.5),), 400),
)


#: Two searches among few numbers.
COARSE = replace(
    SETTINGS,
    tournament=TournamentSettings(2, ("coarse",), (InitialSettings(2, 0.5),), 60),
)


def advance(search: SearchTournament, generations: int) -> list[tuple[Step, list[Individual]]]:
    """Runs generations; returns the step that each was of and what it asked for."""
    found = []
    for _ in range(generations):
        step, asked = search.step, search.ask()
        rows = [answer(i, search.generation) for i in asked]
        search.tell(asked, [i.genome.content_hash for i in asked], rows)
        found.append((step, asked))
    return found


def whole_round() -> tuple[SearchTournament, list[tuple[Step, list[Individual]]]]:
    search, found = SearchTournament(SETTINGS), []
    while search.round == 0:
        found += advance(search, 1)
    return search, found


def digest(search: Search) -> str:
    return json.dumps(search_state(search), sort_keys=True)


def test_a_round_has_heats_then_polishes_prunes_and_judges() -> None:
    _, found = whole_round()

    steps = [step for step, _ in found]
    order = [step for number, step in enumerate(steps) if step != ([None, *steps])[number]]
    assert order[:6] == [
        Step.HEAT,
        Step.JUDGE_SEARCHES,
        Step.HEAT,
        Step.JUDGE_SEARCHES,
        Step.POLISH,
        Step.JUDGE_POLISHED,
    ]
    pruning = order[6:-1]
    assert pruning[:3] == [Step.ABLATE, Step.POLISH_SMALLER, Step.JUDGE_SMALLER]
    assert order[-1] == Step.JUDGE_ROUND


def test_searches_take_turns_in_sources_and_have_islands_of_their_own() -> None:
    search, found = whole_round()
    born = {i.id: i for _, asked in found for i in asked}
    heats = [i for step, asked in found for i in asked if step is Step.HEAT]

    by_island = {n: {i.source for i in heats if i.island == n} for n in range(4)}
    assert by_island[0] == by_island[2] == {"initial", "variation"}
    assert by_island[1] == by_island[3] == {"cma_es"}
    assert len(born) == len({(i.genome, i.id) for _, asked in found for i in asked})
    advance(search, 1)
    assert search.searches[0].island == 4


def test_the_better_half_of_the_searches_goes_on_for_twice_as_long() -> None:
    _, found = whole_round()
    asked = [(number, i.island) for number, (s, a) in enumerate(found) for i in a if s is Step.HEAT]
    second = next(n for n, (a, b) in enumerate(pairwise(s for s, _ in found)) if (
        a is Step.JUDGE_SEARCHES and b is Step.HEAT
    )) + 1  # fmt: skip

    first = [sum(1 for number, own in asked if own == n and number < second) for n in range(4)]
    then = [sum(1 for number, own in asked if own == n and number >= second) for n in range(4)]
    assert all(50 <= count < 50 + SAMPLES + 2 for count in first)
    assert sorted(count > 0 for count in then) == [False, False, True, True]
    assert all(count == 0 or 100 - SAMPLES <= count < 100 + SAMPLES + 2 for count in then)


def test_the_best_network_gets_better_from_round_to_round_and_small_ones_are_found() -> None:
    search, _ = whole_round()
    first = search.ever
    while search.round < 3:
        advance(search, 1)

    assert first is not None
    assert search.ever is not None
    assert true_score(search.ever.genome) > true_score(first.genome)
    assert min(i.genome.synapses for i in search.archive) <= 3


@pytest.mark.parametrize("settings", [SETTINGS, DIRECT, COARSE], ids=["usual", "direct", "coarse"])
def test_a_restored_tournament_goes_on_as_if_nothing_had_happened(settings: SearchSettings) -> None:
    undisturbed = SearchTournament(settings)
    genomes: dict[str, Genome] = {}
    states = []
    for _ in range(150):
        states.append(json.dumps(search_state(undisturbed), allow_nan=False))
        for _, asked in advance(undisturbed, 1):
            genomes |= {i.genome.content_hash: i.genome for i in asked}

    for number in range(0, 150, 7):
        state = json.loads(states[number])
        kept = {key: genomes[key] for key in genome_hashes(state)}
        restored = restore_search(settings, state, kept)
        assert isinstance(restored, SearchTournament)
        restored.ask()  # what was killed had asked before it was committed
        restored = restore_search(settings, json.loads(digest(restored)), kept)
        assert isinstance(restored, SearchTournament)
        advance(restored, 3)
        if number + 3 < 150:
            assert digest(restored) == json.dumps(json.loads(states[number + 3]), sort_keys=True)


def test_a_direct_search_has_inputs_and_outputs_alone_and_begins_anew_where_it_stands() -> None:
    search, scores = new_direct(SETTINGS, island=5), np.random.default_rng(1)

    def tell(generation: int, score: float) -> list[Individual]:
        asked = search.ask(generation)
        for one in asked:
            row = [0.0] * len(NAMES)
            row[SCORE] = score + 0.1 * scores.random()
            one.measured = one.means = row
            one.evaluations += 1
            update_standing(one, SETTINGS)
        search.tell(asked)
        return asked

    rising = [tell(generation, 10.0 * generation) for generation in range(30)]
    assert search.numbers.cma.generation == 30
    proved = search.numbers.proved
    standing = [tell(30 + n, 290.0) for n in range(PATIENCE)]

    assert search.numbers.cma.generation == 0
    assert search.proved is not None
    assert proved is not None
    assert search.proved.score >= proved.score
    genomes = [one.genome for asked in (*rising, *standing, search.ask(99)) for one in asked]
    assert {g.neurons for g in genomes} == {SETTINGS.inputs + SETTINGS.outputs}
    assert {g.synapses for g in genomes} == {SETTINGS.inputs * SETTINGS.outputs}
    assert {int(delay) for g in genomes for delay in g.delays} == {1}
    assert len(rising[0]) == few_samples(search.numbers.topology.size) + 1


def test_a_winner_of_few_numbers_is_polished_by_its_search_going_on() -> None:
    search, found = SearchTournament(COARSE), []
    while search.round == 0:
        found += advance(search, 1)

    polished = [i for step, asked in found if step is Step.POLISH for i in asked]
    assert {i.source for i in polished} <= {"variation", "initial"}
    assert len({i.island for i in polished}) == 1
    assert 4 * 60 <= len(polished) < 4 * 60 + COARSE.population + COARSE.elites
    steps = [step for step, _ in found]
    assert steps[steps.index(Step.POLISH) - 1] is Step.JUDGE_SEARCHES
    assert Step.JUDGE_POLISHED in steps


def test_the_first_coarse_search_of_a_round_begins_with_the_best_of_few_numbers() -> None:
    search = SearchTournament(COARSE)
    while search.round == 0:
        advance(search, 1)
    coarse = coarse_profile(COARSE.profile)
    begun = search.ask()

    given = [i for i in begun if i.source == "given"]
    assert 0 < len(given) <= 10
    for individual in given:
        validate(individual.genome, coarse)
    best = max(true_score(i.genome) for i in begun if i.source != "given")
    assert max(true_score(i.genome) for i in given) > best


def test_what_the_user_gives_begins_a_search_though_all_sources_are_coarse() -> None:
    genome = random_genome(
        3, 2, PROFILES["float"], InitialSettings(2, 0.5), np.random.default_rng(1)
    )
    search = SearchTournament(replace(COARSE, given=(genome,)))

    assert [i.genome for i in search.ask() if i.source == "given"] == [genome]


def test_asking_twice_gives_equal_individuals() -> None:
    search = SearchTournament(SETTINGS)
    for _ in range(120):
        one, again = search.ask(), search.ask()
        assert [(i.id, i.genome, i.source) for i in one] == [
            (i.id, i.genome, i.source) for i in again
        ]
        advance(search, 1)


def test_judging_tells_candidates_apart_by_common_starts_and_forgets_luck() -> None:
    search = SearchTournament(SETTINGS)
    [(_, candidates)] = advance(search, 1)
    for lucky in candidates:
        lucky.evaluations = 1
    judging = Judging.of(candidates, enough=3)
    asked = 0
    while not judging.finished:
        left = judging.ask(search.generation)
        asked += len(left)
        search.record(
            left, [i.network_hash for i in left], [answer(i, search.generation) for i in left]
        )
        judging.tell(left)
        search.generation += 1

    ranked = judging.order()
    assert {i.id for i in ranked} == {i.id for i in candidates}
    assert all(i.evaluations == judging.looks[i.id] for i in candidates)
    best = sorted((true_score(i.genome) for i in candidates), reverse=True)
    assert true_score(ranked[0].genome) in best[:2]
    assert asked == 12 * 3 + 6 * 6 + 3 * 18 + 2 * 54


def test_an_ablation_removes_the_synapses_that_are_missed_least() -> None:
    search = SearchTournament(SETTINGS)
    [(_, asked)] = advance(search, 1)
    network = max(asked, key=lambda i: i.genome.synapses)
    ablation = Ablation.of(network)
    while not ablation.finished:
        without = ablation.ask(search.generation)
        for one in without:
            row = answer(one, search.generation)
            row[SCORE] = true_score(one.genome)
            one.measured = row
        ablation.tell(without)

    losses = 0.5 - np.abs(network.genome.weights - 0.5)
    smaller = ablation.smaller()
    count = max(1, (network.genome.synapses - 2) // 3)
    assert smaller.synapses == network.genome.synapses - count
    assert sorted(smaller.weights.tolist()) == sorted(
        network.genome.weights[np.sort(np.argsort(losses, kind="stable")[count:])].tolist()
    )


@pytest.mark.parametrize("name", PROFILES)
def test_coarse_networks_and_their_children_are_valid_for_every_profile(name: str) -> None:
    chip, rng = profile(name), np.random.default_rng(2)
    coarse = coarse_profile(chip)
    rates = MutationRates().fitting(coarse)
    for _ in range(20):
        genome = random_genome(3, 2, coarse, InitialSettings(3, 0.5), rng)
        validate(genome, chip)
        validate(mutate(genome, coarse, rates, rng, extra=5.0)[0], chip)


def test_coarse_numbers_are_those_that_the_documentation_names() -> None:
    coarse = coarse_profile(profile())

    assert (coarse.weight.low, coarse.weight.high, coarse.weight.grid) == (-1.0, 1.0, 0.5)
    assert coarse.parameters["threshold"] == Range(0.5, 2.0, 0.5)
    assert coarse.parameters["leak"] == Choice((0.5, 1.0))
    assert coarse.parameters["refractory"] == Range(0, 0, 1)
    assert coarse.delay == profile().delay


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"searches": 1, "sources": ("variation",)}, "searches is 1; a tournament has 2 or more"),
        ({"searches": 4, "sources": ("cma",)}, "sources: there is no 'cma' .did you mean 'cma_es'"),
        ({"searches": 4, "sources": ()}, "sources: there must be one at least"),
    ],
)
def test_wrong_settings_of_a_tournament_are_refused(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        TournamentSettings(**settings, initial=(InitialSettings(),), first_heat=50)  # type: ignore[arg-type]


def test_a_population_of_a_tournament_is_bred_as_a_single_search_is() -> None:
    """Up to its archive, the first heat of the first search is the search alone."""
    alone, tournament = Search(replace(SETTINGS, tournament=None)), SearchTournament(SETTINGS)
    for _ in range(3):
        one, other = alone.ask(), tournament.ask()
        assert [(i.id, i.genome) for i in one] == [(i.id, i.genome) for i in other]
        rows = [answer(i, alone.generation) for i in one]
        hashes = [i.genome.content_hash for i in one]
        alone.tell(one, hashes, rows)
        tournament.tell(other, hashes, rows)
