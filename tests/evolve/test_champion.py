"""Which member of a front is the champion."""

from collections.abc import Callable

from spikevolve.evolve.search.champion import (
    by_one_standard_error,
    by_validation,
    pooled_scores,
)
from spikevolve.evolve.search.individual import Individual
from spikevolve.results.summaries.intervals import standard_error

MakeIndividual = Callable[..., Individual]


def test_one_standard_error_prefers_the_smallest_network_within_noise(
    individual: MakeIndividual,
) -> None:
    # q = 95.5 / 101, sqrt(q (1 - q) / 100) = 0.0227: 0.93 is within that of 0.95, 0.92 is not.
    best = individual(0, (0.95, 9.0, 3.0), synapses=20)
    small = individual(1, (0.93, 9.0, 3.0), synapses=8)
    smallest = individual(2, (0.92, 9.0, 3.0), synapses=4)

    assert by_one_standard_error([best, small, smallest], samples=100) is small
    assert by_one_standard_error([best, small, smallest], samples=10_000) is best


def test_the_standard_error_divides_by_the_number_of_samples(individual: MakeIndividual) -> None:
    # p = 1/2, n = 4: one standard error is 1/4; with n + 1 it would be 0.22.
    best = individual(0, (0.5, 9.0, 3.0), synapses=20)
    at_the_edge = individual(1, (0.25, 9.0, 3.0), synapses=8)
    below = individual(2, (0.2499, 9.0, 3.0), synapses=4)

    assert by_one_standard_error([best, at_the_edge, below], samples=4) is at_the_edge


def test_networks_without_an_error_leave_room_for_one_in_a_few_samples(
    individual: MakeIndividual,
) -> None:
    # q = 100.5 / 101: 0.00702, where sqrt(p (1 - p) / n) would be 0.
    best = individual(0, (1.0, 9.0, 3.0), synapses=20)
    near, far = (individual(n, (s, 9.0, 3.0), synapses=3) for n, s in ((1, 0.993), (2, 0.9929)))

    assert by_one_standard_error([best, near, far], samples=100) is near
    assert by_one_standard_error([best, far], samples=100) is best


def test_scores_that_are_no_shares_have_no_standard_error() -> None:
    assert standard_error(0.5, 4) == 0.25
    assert standard_error(1.5, 4) == standard_error(-0.1, 4) == 0.0


def test_ties_in_size_go_to_the_higher_score_then_fewer_spikes(individual: MakeIndividual) -> None:
    many, few = individual(0, (0.95, 9.0, 3.0)), individual(1, (0.95, 8.0, 3.0))
    lower = individual(2, (0.94, 1.0, 3.0))

    assert by_one_standard_error([many, few, lower], samples=100) is few


def test_ties_in_validation_go_to_the_better_and_longer_record(individual: MakeIndividual) -> None:
    lucky, young, old = (individual(i, (s, 1.0, 1.0)) for i, s in enumerate((490.0, 500.0, 500.0)))
    old.evaluations = 20
    lucky.evaluations = 90

    assert by_validation([lucky, young, old], [500.0] * 3) is old


def test_validation_decides_and_ties_go_to_fewer_spikes_latency_synapses_id(
    individual: MakeIndividual,
) -> None:
    members = [
        individual(0, (0.9, 5.0, 3.0), synapses=9),
        individual(1, (0.9, 5.0, 3.0), synapses=7),
        individual(2, (0.9, 5.0, 3.0), synapses=7),
        individual(3, (1.0, 9.0, 3.0)),
    ]

    assert by_validation(members, [0.8, 0.8, 0.8, 0.7]) is members[1]
    assert by_validation(members, [0.8, 0.8, 0.8, 0.9]) is members[3]


def test_pooled_scores_weigh_every_episode_the_same(individual: MakeIndividual) -> None:
    member = individual(0, (300.0, 1.0, 1.0))
    member.evaluations = 5

    # 5 evaluations of 10 episodes with mean 300, and 100 episodes with mean 450
    assert pooled_scores([member], [450.0], 10, 100) == [(50 * 300 + 100 * 450) / 150]
