"""What counts as a gain of a search, and what does not."""

import math
from collections.abc import Callable, Sequence

import pytest

from spikevolve.evolve.search.gain import Gain, latest_gain
from spikevolve.evolve.search.individual import Individual, Level, SearchFitness, Standing
from spikevolve.evolve.search.objectives import objectives
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.search_settings import SearchSettings
from spikevolve.genomes import profile

Make = Callable[..., Individual]
SAMPLES = 100
SETTINGS = SearchSettings(2, 2, profile(), chance_score=0.5)


def gain(
    before: Gain,
    population: Sequence[Individual],
    settings: SearchSettings = SETTINGS,
    samples: int = SAMPLES,
) -> Gain:
    """The latest gain of a search of that population, at a cost of 500."""
    return latest_gain(Search(settings, 5, list(population)), samples, 500.0, before)


def began_with(*population: Individual, samples: int = SAMPLES) -> Gain:
    """The gain of a search of that population, at a cost of 100."""
    return latest_gain(Search(SETTINGS, 1, list(population)), samples, 100.0, Gain())


def test_the_first_network_above_chance_is_a_gain(individual: Make) -> None:
    assert began_with().cost == 0.0
    assert began_with(individual(0, (0.6, 3.0, 4.0))).cost == 100.0


@pytest.mark.parametrize(("score", "cost"), [(0.61, 500.0), (0.604, 100.0), (0.6, 100.0)])
def test_a_sample_more_is_a_gain(individual: Make, score: float, cost: float) -> None:
    before = began_with(individual(0, (0.6, 3.0, 4.0)))

    assert gain(before, [individual(1, (score, 3.0, 4.0))]).cost == cost


def test_small_gains_add_up(individual: Make) -> None:
    latest = began_with(individual(0, (0.6, 100.0, 4.0)))
    costs = []
    for spikes in (98.0, 96.0, 94.0, 92.0, 90.0):
        latest = latest_gain(
            Search(SETTINGS, 2, [individual(1, (0.6, spikes, 4.0))]), SAMPLES, spikes, latest
        )
        costs.append(latest.cost)

    assert costs == [100.0, 100.0, 94.0, 94.0, 94.0]


def test_smaller_networks_of_nearly_the_best_score_are_a_gain(individual: Make) -> None:
    best = individual(0, (0.9, 3.0, 4.0), synapses=20)
    before = began_with(best, individual(1, (0.88, 3.0, 4.0), synapses=10))
    error = math.sqrt(0.9 * 0.1 / SAMPLES)

    within = individual(2, (0.9 - 0.9 * error, 3.0, 4.0), synapses=9)
    beyond = individual(3, (0.9 - 1.1 * error, 3.0, 4.0), synapses=2)

    assert gain(before, [best, within]).cost == 500.0
    assert gain(before, [best, beyond]).cost == 100.0


def test_a_smaller_network_of_a_lower_score_is_none(individual: Make) -> None:
    before = began_with(individual(0, (0.9, 3.0, 4.0), synapses=20))

    assert gain(before, [individual(1, (0.8, 3.0, 4.0), synapses=2)]) == before


def test_the_objectives_say_what_a_gain_is_beside_the_score(individual: Make) -> None:
    before = began_with(individual(0, (0.9, 3.0, 4.0)))
    faster = individual(1, (0.9, 3.0, 3.5))

    assert gain(before, [faster]).cost == 500.0

    slow = SearchSettings(2, 2, profile(), 0.5, objectives=objectives("score,-latency"))
    pair = individual(2, (0.9, 3.0, 4.0)), individual(3, (0.9, 3.0, 3.5))
    for one in pair:
        one.fitness = SearchFitness((one.score, one.fitness.wvalues[2] * -1))
    known = latest_gain(Search(slow, 1, [pair[0]]), SAMPLES, 100.0, Gain())
    assert gain(known, [pair[1]], slow).cost == 100.0


def test_no_spikes_are_not_fewer_than_none(individual: Make) -> None:
    before = began_with(individual(0, (0.9, 0.0, 4.0)))

    assert gain(before, [individual(1, (0.9, 0.0, 4.0))]).cost == 100.0


def test_any_step_towards_feasible_networks_is_a_gain(individual: Make) -> None:
    def infeasible(level: Level, value: float) -> Individual:
        made = individual(0, (0.4, 3.0, 4.0), feasible=False)
        made.standing = Standing(level, value)
        return made

    before = began_with(infeasible(Level.CHANCE, 0.3))

    assert gain(before, [infeasible(Level.CHANCE, 0.3)]).cost == 100.0
    assert gain(before, [infeasible(Level.CHANCE, 0.3001)]).cost == 500.0
    assert gain(before, [infeasible(Level.VIOLATING, -9.0)]).cost == 500.0
    assert gain(before, [individual(0, (0.6, 3.0, 4.0))]).cost == 500.0


def test_without_samples_a_hundredth_of_the_way_from_chance_counts(individual: Make) -> None:
    before = began_with(individual(0, (100.5, 3.0, 4.0)), samples=0)

    assert gain(before, [individual(1, (101.4, 3.0, 4.0))], samples=0).cost == 100.0
    assert gain(before, [individual(1, (101.6, 3.0, 4.0))], samples=0).cost == 500.0
    # nor is there a standard error: only the best score's size counts
    smaller = individual(2, (100.4, 1.0, 4.0)), individual(0, (100.5, 3.0, 4.0))
    assert gain(before, smaller, samples=0).cost == 100.0
