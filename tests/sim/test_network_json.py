"""The JSON of a network gives back the same network, and names every mistake."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.sim.formats.json_text import parse
from spikevolve.sim.formats.network_json import read_network, write_network
from spikevolve.sim.network import Network

Document = dict[str, Any]


def assert_equal(one: Network, other: Network) -> None:
    for field in fields(Network):
        a, b = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_array_equal(a, b)
        assert getattr(a, "dtype", None) == getattr(b, "dtype", None)
    assert one.hash == other.hash


@pytest.mark.parametrize("sources", [True, False])
def test_networks_come_back_equal(kind: Any, sources: bool, random_network: Any) -> None:
    model, arithmetic = kind
    for seed in range(20):
        network = random_network(seed, arithmetic, model=model, sources=sources)

        assert_equal(read_network(parse(write_network(network))), network)


@given(value=st.floats(width=32, allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_every_number_comes_back(value: float, one_neuron: Any) -> None:
    network = one_neuron(weight=value, bias=value)

    assert_equal(read_network(parse(write_network(network))), network)


def test_a_boundless_parameter_comes_back(one_neuron: Any) -> None:
    network = one_neuron(v_min=-np.inf)

    assert '"v_min": "-inf"' in write_network(network)
    assert_equal(read_network(parse(write_network(network))), network)


def test_order_of_synapses_and_fractions_of_zero_make_no_difference(random_network: Any) -> None:
    network = random_network(3)
    document = json.loads(write_network(network))
    document["synapses"].reverse()
    document["inputs"] = [float(i) for i in document["inputs"]]

    assert_equal(read_network(document), network)


def edit(path: str, value: Any) -> Callable[[Document], None]:
    """Put a value at keys and indices parted by dots."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]

    def change(document: Any) -> None:
        for step in way:
            document = document[step]
        document[last] = value

    return change


MISTAKES = [
    ("format", "spikevolve genome", 'format is "spikevolve genome"; it must be'),
    ("schema", 2, "schema is 2; this version reads 1"),
    ("model", ["lif"], r'model is \["lif"\]; it must be a text'),
    ("model", "lff", "neuron model 'lff' is unknown"),
    ("arithmetic", "float16", "has no arithmetic 'float16'"),
    ("colour", "red", "network: the key 'colour' is unknown; there must be format, schema"),
    ("sources", 4, "sources is 4; it must be a whole number from 0 to 3"),
    ("inputs.1", 9, r"inputs\[1\] is 9; it must be a whole number from 0 to 2"),
    ("outputs", None, "outputs is null; it must be a list"),
    ("neurons.2", 5, r"neurons\[2\] is 5; it must be an object"),
    ("neurons.1", {"neuron": 7}, r"neurons\[1\]: neuron is 7; it must be 1, its place"),
    ("neurons.0.leak", 1, r"neurons\[0\]: the key 'leak' is unknown; there must be neuron"),
    ("neurons.2.leak", "much", 'neuron 2: leak is "much"; it must be a number'),
    ("neurons.2.leak", 2, "neuron 2 has leak 2.0; it must be 0 to 1"),
    ("synapses.0.source", 3, r"synapses\[0\]: source is 3; it must be a whole number from 0 to 2"),
    ("synapses.0.target", 1, "source 1 has an incoming synapse"),
    ("synapses.0.weight", True, r"synapses\[0\] \(from 0 to 2\): weight is true; it must be a num"),
    ("synapses.0.weight", 1e39, "weight inf; it must be finite"),
    ("synapses.0.delay", 0.5, r"synapses\[0\] \(from 0 to 2\): delay is 0.5; it must be a whole"),
    ("synapses.0.source", 1, "two synapses lead from neuron 1 to neuron 2"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES, ids=lambda m: str(m)[:20])
def test_mistakes_are_named(path: str, value: Any, sentence: str, one_neuron: Any) -> None:
    document = json.loads(write_network(one_neuron(sources=2)))
    edit(path, value)(document)

    with pytest.raises(InputError, match=sentence):
        read_network(document)


def test_a_missing_key_is_named(one_neuron: Any) -> None:
    whole = json.loads(write_network(one_neuron(sources=2)))
    for key in whole:
        with pytest.raises(InputError, match=f"network: the key '{key}' is missing"):
            read_network({k: v for k, v in whole.items() if k != key})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1', "line 1, column 8: Expecting ',' delimiter; the file must be complete JSON"),
        ("[1, 2]", r"the file holds \[1, 2\]; it must be a JSON object"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ("[" * 100_000, "the file must be JSON that can be read"),
    ],
)
def test_what_is_no_json_object_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse(text)


def test_numbers_of_an_integer_network_are_whole(one_neuron: Any) -> None:
    document = json.loads(write_network(one_neuron("integer")))
    edit("synapses.0.weight", 0.5)(document)

    with pytest.raises(InputError, match=r"weight is 0.5; it must be a whole number from -2147483"):
        read_network(document)


def test_sums_that_32_bits_cannot_hold_are_refused(one_neuron: Any) -> None:
    document = json.loads(write_network(one_neuron("integer", sources=2, weight=2**28)))
    read_network(document)
    edit("synapses.1.weight", -(2**28) - 1)(document)

    with pytest.raises(
        InputError, match=r"to neuron 2 add up to 536870913, signs left out; in int"
    ):
        read_network(document)


def test_an_invalid_network_is_not_written(one_neuron: Any) -> None:
    network = one_neuron()
    wrong = replace(network, delays=network.delays - 1)

    with pytest.raises(InputError, match="synapse 0 has delay 0"):
        write_network(wrong)
