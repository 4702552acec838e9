"""The kernels give the spikes and potentials of the readable reference, bit for bit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.sim import reference
from spikevolve.sim.compile import has_vectors
from spikevolve.sim.simulate import simulate


@pytest.mark.parametrize("lanes", [1, 7, 64, 150])
@pytest.mark.parametrize("sources", [True, False])
def test_kernels_agree_with_the_reference_on_random_networks(
    arithmetic: str,
    plain: bool,
    sources: bool,
    lanes: int,
    random_network: Any,
    random_inputs: Any,
    run_kernel: Any,
) -> None:
    fired = 0
    for seed in range(12):
        network = random_network(seed, arithmetic, sources=sources)
        inputs = random_inputs(network, 25, lanes, seed)
        expected = reference.simulate(network, inputs)

        spikes, potentials = run_kernel(network, inputs, plain=plain)

        np.testing.assert_array_equal(spikes, expected.spikes)
        np.testing.assert_array_equal(potentials, expected.potentials[-1])
        fired += int(spikes[:, network.source_count :].sum())
    assert fired > 12 * lanes  # the networks were not silent


@given(
    seed=st.integers(0, 2**32),
    arithmetic=st.sampled_from(["float32", "integer"]),
    sources=st.booleans(),
    lanes=st.integers(1, 200),
    windows=st.lists(st.integers(0, 12), min_size=1, max_size=4),
)
@settings(deadline=None, max_examples=60)
def test_kernels_agree_in_any_windows(
    seed: int,
    arithmetic: str,
    sources: bool,
    lanes: int,
    windows: list[int],
    random_network: Any,
    random_inputs: Any,
    run_kernel: Any,
) -> None:
    network = random_network(seed, arithmetic, sources=sources)
    inputs = random_inputs(network, sum(windows), lanes, seed)
    expected = reference.simulate(network, inputs).spikes

    for plain in (True, False) if has_vectors() else (True,):
        spikes, _ = run_kernel(network, inputs, plain=plain, windows=tuple(windows))

        np.testing.assert_array_equal(spikes, expected)


def test_windows_carried_on_equal_one_long_run(
    arithmetic: str, plain: bool, random_network: Any, random_inputs: Any, run_kernel: Any
) -> None:
    for seed in range(8):
        network = random_network(seed, arithmetic)
        inputs = random_inputs(network, 48, 10, seed)

        whole = run_kernel(network, inputs, plain=plain)
        parts = run_kernel(network, inputs, plain=plain, windows=(24, 1, 0, 23))

        np.testing.assert_array_equal(parts[0], whole[0])
        np.testing.assert_array_equal(parts[1], whole[1])


def test_a_lane_does_not_depend_on_the_others(
    arithmetic: str, plain: bool, random_network: Any, random_inputs: Any, run_kernel: Any
) -> None:
    network = random_network(3, arithmetic, max_hidden=30)
    inputs = random_inputs(network, 30, 400, 3)
    whole, _ = run_kernel(network, inputs, plain=plain)

    for lanes in (1, 7, 16, 17, 64, 65, 150, 161, 321):
        spikes, _ = run_kernel(network, inputs[:, :, :lanes].copy(), plain=plain)

        np.testing.assert_array_equal(spikes, whole[:, :, :lanes])


def test_simulate_shows_the_potentials_of_every_tick(
    arithmetic: str, random_network: Any, random_inputs: Any
) -> None:
    for sources in (True, False):
        network = random_network(5, arithmetic, sources=sources)
        inputs = random_inputs(network, 40, 3, 5)
        expected = reference.simulate(network, inputs)

        shown = simulate(network, inputs)

        np.testing.assert_array_equal(shown.spikes, expected.spikes)
        np.testing.assert_array_equal(shown.potentials, expected.potentials)


def test_read_only_arrays_are_taken(random_network: Any, run_kernel: Any, plain: bool) -> None:
    network = random_network(1, sources=False)
    charges = np.ones((5, network.inputs, 2), np.float32)
    charges.flags.writeable = False

    run_kernel(network, charges, plain=plain)
