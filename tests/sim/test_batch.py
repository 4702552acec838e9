"""Packing networks, cutting a batch, unpacking."""

import pickle
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.batch import (
    HEADER,
    MAX_DELAY,
    NEURONS,
    Batch,
    connection_sparsity,
    footprint,
    hashes,
    pack,
    part,
    take,
    unpack,
)
from spikevolve.sim.network import Network


def assert_equal(one: Network, other: Network) -> None:
    for field in fields(Network):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
    assert one.hash == other.hash


@pytest.fixture
def networks(arithmetic: str, random_network: Any) -> list[Network]:
    return [random_network(seed, arithmetic, sources=seed % 3 > 0) for seed in range(20)]


def test_unpacking_gives_the_networks_back(networks: list[Network]) -> None:
    batch = pack(networks)

    assert batch.networks == len(networks)
    assert batch.headers.shape == (len(networks), HEADER)
    assert batch.arithmetic == networks[0].arithmetic
    for n, network in enumerate(networks):
        assert batch.headers[n, NEURONS] == network.neurons
        assert batch.headers[n, MAX_DELAY] == network.max_delay
        unpack(batch, n).validate()
        assert_equal(unpack(batch, n), network)


@pytest.mark.parametrize(("start", "stop"), [(0, 20), (0, 1), (5, 13), (19, 20)])
def test_a_part_is_a_batch_of_its_own(networks: list[Network], start: int, stop: int) -> None:
    some: Batch = pickle.loads(pickle.dumps(part(pack(networks), start, stop)))
    expected = pack(networks[start:stop])

    for array, wanted in zip(some[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize("indices", [[3], [0, 1, 2], [19, 4, 4, 0], list(range(20))])
def test_networks_are_taken_in_any_order(networks: list[Network], indices: list[int]) -> None:
    expected = pack([networks[n] for n in indices])

    for array, wanted in zip(take(pack(networks), indices)[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(array, wanted)


def test_packed_networks_have_the_hashes_of_networks(networks: list[Network]) -> None:
    assert hashes(pack(networks)) == [network.hash for network in networks]


def test_a_batch_is_of_one_kind(random_network: Any) -> None:
    with pytest.raises(InputError, match="2 combinations of neuron model and arithmetic"):
        pack([random_network(1, "float32"), random_network(1, "integer")])
    with pytest.raises(InputError, match="0 combinations"):
        pack([])


def test_sizes_of_many_networks(networks: list[Network]) -> None:
    headers = pack(networks).headers
    potential = [n.neurons - n.source_count for n in networks]

    assert footprint(headers, 8, 20).tolist() == [
        8 * n.synapses + 20 * p for n, p in zip(networks, potential, strict=True)
    ]
    np.testing.assert_allclose(
        connection_sparsity(headers),
        [1 - n.synapses / (n.neurons * p) for n, p in zip(networks, potential, strict=True)],
    )
