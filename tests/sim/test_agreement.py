"""The kernels give the spikes and potentials of the readable reference, bit for bit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.sim import models, reference
from spikevolve.sim.kernels import entries
from spikevolve.sim.simulate import simulate

pytestmark = pytest.mark.slow  # starts processes, or compares much

KINDS = [(model, name) for model in models.names() for name in models.arithmetics(model)]


def kernels(model: str, arithmetic: str) -> list[bool]:
    """For `run_kernel`, whether plain: the plain loops, and what else this processor has."""
    plain, usual = (entries.model(model, arithmetic, plain=plain).run for plain in (True, False))
    return [True] if usual is plain else [True, False]


@pytest.mark.parametrize("lanes", [1, 7, 64, 150])
@pytest.mark.parametrize("sources", [True, False])
def test_kernels_agree_with_the_reference_on_random_networks(
    kind: tuple[str, str],
    sources: bool,
    lanes: int,
    random_network: Any,
    random_inputs: Any,
    run_kernel: Any,
) -> None:
    model, arithmetic = kind
    fired = 0
    for seed in range(12):
        network = random_network(seed, arithmetic, model=model, sources=sources)
        inputs = random_inputs(network, 25, lanes, seed)
        expected = reference.simulate(network, inputs)

        for plain in kernels(model, arithmetic):
            spikes, potentials = run_kernel(network, inputs, plain=plain)

            np.testing.assert_array_equal(spikes, expected.spikes)
            np.testing.assert_array_equal(potentials, expected.potentials[-1])
        fired += int(spikes[:, network.source_count :].sum())
    assert fired > 12 * lanes  # the networks were not silent


@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(KINDS),
    sources=st.booleans(),
    lanes=st.integers(1, 200),
    windows=st.lists(st.integers(0, 12), min_size=1, max_size=4),
)
@settings(deadline=None, max_examples=60)
def test_kernels_agree_in_any_windows(
    seed: int,
    kind: tuple[str, str],
    sources: bool,
    lanes: int,
    windows: list[int],
    random_network: Any,
    random_inputs: Any,
    run_kernel: Any,
) -> None:
    model, arithmetic = kind
    network = random_network(seed, arithmetic, model=model, sources=sources)
    inputs = random_inputs(network, sum(windows), lanes, seed)
    expected = reference.simulate(network, inputs).spikes

    for plain in kernels(model, arithmetic):
        spikes, _ = run_kernel(network, inputs, plain=plain, windows=tuple(windows))

        np.testing.assert_array_equal(spikes, expected)


def test_windows_carried_on_equal_one_long_run(
    kind: tuple[str, str], random_network: Any, random_inputs: Any, run_kernel: Any
) -> None:
    model, arithmetic = kind
    for seed in range(8):
        network = random_network(seed, arithmetic, model=model)
        inputs = random_inputs(network, 48, 10, seed)
        for plain in kernels(model, arithmetic):
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
    kind: tuple[str, str], random_network: Any, random_inputs: Any
) -> None:
    model, arithmetic = kind
    for sources in (True, False):
        network = random_network(5, arithmetic, model=model, sources=sources)
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
