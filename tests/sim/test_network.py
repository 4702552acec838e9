"""Networks: derived numbers, the hash, and one clear sentence for whatever is wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.network import Network


@pytest.fixture
def network() -> Network:
    """Two sources, two other neurons; synapses 0→2, 3→2, 1→3 (delays 1, 4, 2)."""
    row = [1, 0.9, 2, 0, 0, -4, 0]
    return Network(
        model="lif",
        arithmetic="float32",
        source_count=2,
        input_neurons=np.array([0, 1], np.int32),
        output_neurons=np.array([3], np.int32),
        offsets=np.array([0, 0, 0, 2, 3], np.int32),
        sources=np.array([0, 3, 1], np.int32),
        weights=np.array([0.5, -0.25, 1], np.float32),
        delays=np.array([1, 4, 2], np.int32),
        parameters=np.array([[0] * 7, [0] * 7, row, row], np.float32),
    )


def changed(array: Any, index: Any, value: Any) -> Any:
    copy = array.copy()
    copy[index] = value
    return copy


def test_sizes(network: Network) -> None:
    network.validate()

    assert (network.neurons, network.inputs, network.outputs) == (4, 2, 1)
    assert (network.synapses, network.hidden, network.max_delay) == (3, 1, 4)
    assert network.targets.tolist() == [2, 2, 3]


def test_max_delay_covers_the_refractory_period(network: Network) -> None:
    long = replace(network, parameters=changed(network.parameters, (2, 2), 9))

    assert long.max_delay == 9


def test_equal_networks_hash_equal_and_others_do_not(network: Network) -> None:
    same = replace(network, weights=network.weights.copy())
    minus_zero = replace(network, parameters=changed(network.parameters, (0, 0), -0.0))
    others = [
        replace(network, weights=changed(network.weights, 0, 0.75)),
        replace(network, delays=changed(network.delays, 0, 2)),
        replace(network, parameters=changed(network.parameters, (2, 1), 0.5)),
        replace(network, output_neurons=np.array([2], np.int32)),
        replace(network, sources=changed(network.sources, 0, 1)),
        replace(network, offsets=changed(network.offsets, 3, 1)),
    ]

    assert len(network.hash) == 16
    assert same.hash == network.hash == minus_zero.hash
    assert len({n.hash for n in [network, *others]}) == 1 + len(others)


INT = np.int32
MISTAKES = {
    "unknown model": ({"model": "lff"}, "neuron model 'lff' is unknown; there is lif"),
    "unknown arithmetic": ({"arithmetic": "int8"}, "neuron model 'lif' has no arithmetic 'int8'"),
    "dtype": ({"delays": np.ones(3)}, "delays is float64 in 1 dimensions; .* int32 in 1"),
    "no array": ({"delays": [1, 1, 1]}, "delays is a list; .* int32 in 1"),
    "dimensions": ({"sources": np.ones((3, 1), INT)}, "sources is int32 in 2 dimensions"),
    "stride": ({"sources": np.ones(6, INT)[::2]}, "sources is not contiguous"),
    "sources": ({"source_count": 5}, "source_count is 5; .* 0 to 4"),
    "output": ({"output_neurons": np.array([4], INT)}, r"output_neurons\[0\] is 4; .* 0 to 3"),
    "twice": ({"output_neurons": np.array([3, 3], INT)}, "output_neurons names a neuron twice"),
    "inputs": ({"input_neurons": np.array([1, 0], INT)}, r"input_neurons is \[1, 0\]; .* 0 to 1"),
    "offsets": ({"offsets": np.array([0, 0, 3, 2, 3], INT)}, "5 numbers that .* never fall"),
    "lengths": ({"weights": np.ones(2, np.float32)}, "weights has 2 entries; .* 3 synapses"),
    "into source": ({"offsets": np.array([0, 0, 1, 2, 3], INT)}, "source 1 has an incoming"),
    "dangling": ({"sources": np.array([0, 9, 1], INT)}, "synapse 1 has source 9; .* 0 to 3"),
    "delay": ({"delays": np.array([1, 4, 0], INT)}, "synapse 2 has delay 0; .* 1 to 32768"),
    "weight": ({"weights": np.array([1, np.nan, 1], np.float32)}, "synapse 1 has weight nan"),
    "order": ({"sources": np.array([3, 0, 1], INT)}, "synapse 1 from 0 to 2 is out of order"),
    "duplicate": ({"sources": np.array([3, 3, 1], INT)}, "synapse 1 from 3 to 2 is out of order"),
    "columns": ({"parameters": np.zeros((4, 6), np.float32)}, "6 columns; the model lif has 7"),
}


@pytest.mark.parametrize(("change", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_named(network: Network, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(network, **change).validate()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, 0, "neuron 3 has threshold 0.0; it must be above 0"),
        (0, np.inf, "neuron 3 has threshold inf"),
        (1, 1.5, "neuron 3 has leak 1.5; it must be 0 to 1"),
        (1, np.nan, "neuron 3 has leak nan"),
        (2, 1.5, "neuron 3 has refractory 1.5; it must be a whole number of ticks"),
        (2, -1, "neuron 3 has refractory -1.0"),
        (3, np.nan, "neuron 3 has bias nan; it must be finite"),
        (4, 1, "neuron 3 has v_reset 1.0; it must be below the threshold"),
        (4, -np.inf, "neuron 3 has v_reset -inf"),
        (5, 0.5, "neuron 3 has v_min 0.5; it must be at most 0"),
        (6, 2, "neuron 3 has soft_reset 2.0; it must be 0 or 1"),
    ],
)
def test_a_wrong_parameter_is_named(
    network: Network, column: int, value: float, message: str
) -> None:
    wrong = replace(network, parameters=changed(network.parameters, (3, column), value))

    with pytest.raises(InputError, match=message):
        wrong.validate()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (1, 8, "neuron 1 has leak 8; it must be a shift from 0 to 7, or 31 for no leak"),
        (4, -40000, "neuron 1 has v_reset -40000; it must be below the threshold and at least"),
        (5, -40000, "neuron 1 has v_min -40000; it must be at most 0 and at least -32768"),
    ],
)
def test_a_wrong_integer_parameter_is_named(
    one_neuron: Any, column: int, value: int, message: str
) -> None:
    network = one_neuron("integer")
    wrong = replace(network, parameters=changed(network.parameters, (1, column), value))

    with pytest.raises(InputError, match=message):
        wrong.validate()


def test_a_source_has_no_parameters(network: Network) -> None:
    wrong = replace(network, parameters=changed(network.parameters, (0, 0), 1))

    with pytest.raises(InputError, match="a source has parameters"):
        wrong.validate()
