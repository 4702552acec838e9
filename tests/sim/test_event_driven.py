"""The event-driven kernel gives the spikes and potentials of the readable reference, bit for bit."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.sim import models, reference
from spikevolve.sim.event_driven import EventDriven, is_suited, lay_out, sums_are_exact
from spikevolve.sim.kernels import entries
from spikevolve.sim.models import has_vectors
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.sim.stepper import Stepper

KINDS = [
    (model, name)
    for model in models.names()
    for name in models.arithmetics(model)
    if not models.MODELS[model].counts_events
]

pytestmark = pytest.mark.skipif(
    not has_vectors(), reason="this processor has no AVX2: nothing runs event-driven"
)


def watched(network: Network) -> Network:
    """With every neuron as an output, the last one first."""
    return replace(network, output_neurons=np.arange(network.neurons, dtype=np.int32)[::-1].copy())


def run(network: Network, events: EventDriven, inputs: Any) -> Any:
    """Spikes (ticks, neurons), of a network that is watched."""
    step = entries.step(network.arithmetic, network.model)
    spikes = np.ascontiguousarray(inputs[:, :, 0])
    counts = np.zeros(network.neurons, np.int32)
    fired = np.ones((len(spikes), network.neurons), bool)
    assert step(*events, spikes, fired, counts)
    np.testing.assert_array_equal(counts, fired.sum(axis=0))
    return fired[:, ::-1]


@pytest.mark.slow
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(KINDS),
    max_hidden=st.sampled_from([1, 8, 40]),
    windows=st.lists(st.integers(0, 60), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=60)
def test_random_networks_in_any_windows(
    seed: int,
    kind: tuple[str, str],
    max_hidden: int,
    windows: list[int],
    random_network: Any,
    random_inputs: Any,
) -> None:
    model, arithmetic = kind
    network = random_network(seed, arithmetic, model=model, max_hidden=max_hidden)
    inputs = random_inputs(network, sum(windows), 1, seed)
    expected = reference.simulate(network, inputs)
    events = lay_out(watched(network))

    parts, start = [], 0
    for length in windows:
        parts.append(run(network, events, inputs[start : start + length]))
        start += length

    np.testing.assert_array_equal(np.concatenate(parts), expected.spikes[:, :, 0])
    if start:
        np.testing.assert_array_equal(events.potentials, expected.potentials[-1])


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_networks_were_not_silent(
    kind: tuple[str, str], random_network: Any, random_inputs: Any
) -> None:
    model, arithmetic = kind
    fired = 0
    for seed in range(30):
        network = random_network(seed, arithmetic, model=model)
        assert is_suited(network)
        inputs = random_inputs(network, 100, 1, seed)
        spikes = run(network, lay_out(watched(network)), inputs)
        fired += int(spikes[:, network.source_count :].sum())
    assert fired > 200


@pytest.mark.parametrize("delay", [1, 63, 64, 65, 128, 1024])
def test_long_delays_over_many_laps(delay: int, arithmetic: str, one_neuron: Any) -> None:
    network = one_neuron(arithmetic, delay=delay, loop=(1, delay))
    inputs = np.zeros((3000, 1, 1), bool)
    inputs[[0, 5, 2000]] = True

    spikes = run(network, lay_out(watched(network)), inputs)

    np.testing.assert_array_equal(spikes, reference.simulate(network, inputs).spikes[:, :, 0])


def test_who_runs_event_driven(random_network: Any, one_neuron: Any) -> None:
    assert is_suited(random_network(7))
    assert is_suited(random_network(7, "integer"))
    assert not is_suited(random_network(7, sources=False))
    assert not is_suited(random_network(7, "integer", model="risp"))
    assert not is_suited(one_neuron(delay=1025))
    assert not is_suited(one_neuron(weight=0.1, sources=3, bias=0.7))
    with pytest.raises(Exception, match="does not run event-driven"):
        _ = Stepper(random_network(7), 2).event_driven


@pytest.mark.slow
def test_networks_whose_sums_depend_on_the_order_keep_theirs(random_network: Any) -> None:
    rng = np.random.default_rng(5)
    for seed in range(20):
        network = random_network(seed, max_hidden=20)
        weights = rng.normal(size=network.synapses).astype(np.float32)
        network = replace(network, weights=weights)
        inputs = rng.random((80, network.inputs, 1)) < 0.4
        expected = reference.simulate(network, inputs)
        stepper = Stepper(network)

        fired = stepper.run(inputs)

        np.testing.assert_array_equal(fired, expected.spikes[:, network.output_neurons])
        np.testing.assert_array_equal(stepper.potentials, expected.potentials[-1])


@given(
    weights=st.lists(
        st.one_of(
            st.floats(-4, 4, width=32),
            st.integers(-(2**24), 2**24).map(lambda n: float(np.float32(n / 2**12))),
            st.sampled_from([2.0**-140, 2.0**-149, 1.0, -1.0, 1e30]),
        ),
        min_size=1,
        max_size=4,
    ),
    bias=st.sampled_from([0.0, 0.5, 2.0**-10, 0.1]),
)
@settings(deadline=None, max_examples=150)
def test_exact_sums_are_the_same_in_any_order(
    weights: list[float], bias: float, one_neuron: Any
) -> None:
    network = one_neuron(sources=len(weights), bias=bias)
    network = replace(network, weights=np.array(weights, np.float32))

    if sums_are_exact(network):
        start = network.parameters[-1, lif.BIAS]
        for some in range(len(weights) + 1):
            for order in itertools.permutations(network.weights, some):
                total = start
                for weight in order:
                    total = np.float32(total + weight)
                assert float(total) == float(start) + sum(map(float, order))


def test_weights_on_a_grid_have_exact_sums(one_neuron: Any) -> None:
    network = one_neuron(sources=4)
    for weights, exact in (
        ([4095.0, 2.0**-10, 0, 0], True),
        ([4096.0, 2.0**-10, 4096.0, 0], True),
        ([2.0**14, 2.0**-10, 0, 0], False),
        ([0, 0, 0, 0], True),
        ([1.0, 2.0**-30, 0, 0], False),
    ):
        assert sums_are_exact(replace(network, weights=np.array(weights, np.float32))) is exact
