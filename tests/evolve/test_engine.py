"""How work is cut into pieces, and that the threads give every answer once."""

import itertools

import pytest

from spikevolve.evolve.engine import PIECE_SECONDS, piece_size


@pytest.mark.parametrize("networks", [1, 7, 100, 1000])
@pytest.mark.parametrize("workers", [1, 2, 64])
def test_unknown_costs_are_measured_one_by_one(networks: int, workers: int) -> None:
    assert piece_size(networks, workers, None) == 1


def test_slow_networks_are_handed_out_so_that_a_stop_is_prompt() -> None:
    assert piece_size(100, 2, 1.0) == 1
    assert piece_size(100, 2, 0.1) * 0.1 <= PIECE_SECONDS


def test_quick_networks_are_handed_out_in_pieces_worth_the_cost() -> None:
    assert piece_size(100, 2, 1e-5) == 50
    assert piece_size(10_000, 2, 1e-6) == 1250


@pytest.mark.parametrize(
    ("networks", "workers", "seconds"),
    list(itertools.product([1, 3, 100], [1, 2, 5], [0.0, 1e-6, 1e-3, 10.0])),
)
def test_a_piece_has_at_least_one_network_and_at_most_all(
    networks: int, workers: int, seconds: float
) -> None:
    assert 1 <= piece_size(networks, workers, seconds) <= networks
