"""Variants of the leaky integrate-and-fire neuron against closed forms, kernel and reference."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.network import Network
from spikevolve.sim.simulate import simulate

Trace = Callable[..., tuple[list[int], NDArray[Any]]]


@pytest.fixture(params=["kernel", "reference"])
def trace(request: pytest.FixtureRequest) -> Trace:
    """Function: network and charges of each tick to spike times and potentials."""
    run = {"kernel": simulate, "reference": reference.simulate}[request.param]

    def _trace(network: Network, charges: list[float]) -> tuple[list[int], NDArray[Any]]:
        given = np.array(charges, network.weights.dtype)[:, None, None]
        spikes, potentials = run(network, given)
        return np.flatnonzero(spikes[:, 0, 0]).tolist(), potentials[:, 0, 0]

    return _trace


@pytest.mark.parametrize("arithmetic", ["float32", "integer"])
@pytest.mark.parametrize("refractory", [0, 2])
def test_if_counts_charge(
    trace: Trace, charged_neuron: Any, arithmetic: str, refractory: int
) -> None:
    network = charged_neuron("if", arithmetic, threshold=10, refractory=refractory, v_min=-50)

    times, v = trace(network, [3.0] * 60)

    assert times[0] == 3  # 3, 6, 9, 12
    assert v[:4].tolist() == [3, 6, 9, 0]
    assert set(np.diff(times)) == {4 + refractory}


@pytest.mark.parametrize("arithmetic", ["float32", "integer"])
def test_if_is_lif_without_leak(trace: Trace, charged_neuron: Any, arithmetic: str) -> None:
    rng = np.random.default_rng(5)
    charges = rng.integers(-40, 60, 400).tolist()
    shared = {"threshold": 90, "refractory": 1, "bias": 2, "v_reset": -7, "v_min": -60}
    no_leak = 1 if arithmetic == "float32" else 31

    for soft_reset in (0, 1):
        one = charged_neuron("if", arithmetic, **shared, soft_reset=soft_reset)
        other = charged_neuron("lif", arithmetic, **shared, soft_reset=soft_reset, leak=no_leak)
        times, v = trace(one, charges)
        expected_times, expected_v = trace(other, charges)

        assert len(times) > 20
        assert times == expected_times
        np.testing.assert_array_equal(v, expected_v)


def test_alif_raises_its_threshold_by_each_spike(trace: Trace, charged_neuron: Any) -> None:
    # without leak or forgetting, the n-th spike needs threshold + (n − 1) · adaptation
    network = charged_neuron(
        "alif", "float32", threshold=2, leak=1, adaptation=3, adaptation_leak=1, v_min=-9
    )

    times, _ = trace(network, [1.0] * 60)

    assert np.diff([-1, *times]).tolist() == [2, 5, 8, 11, 14, 17]


def test_alif_forgets_at_the_rate_rho(trace: Trace, charged_neuron: Any) -> None:
    threshold, adaptation, rho = 1.0, 4.0, 0.5
    network = charged_neuron(
        "alif",
        "float32",
        threshold=threshold,
        leak=0,
        adaptation=adaptation,
        adaptation_leak=rho,
        v_min=-9,
    )

    for charge in (1.2, 1.3, 1.6, 2.5, 4.0):
        # a charge alone must reach threshold + adaptation · ρⁿ, n ticks after the tick that
        # follows the first spike
        n = math.ceil(math.log((charge - threshold) / adaptation) / math.log(rho))
        times, _ = trace(network, [charge] * 12)

        assert times[:2] == [0, n + 1]


def test_alif_subtracts_the_threshold_that_was_reached(trace: Trace, charged_neuron: Any) -> None:
    network = charged_neuron(
        "alif",
        "float32",
        threshold=1,
        leak=1,
        adaptation=0.5,
        adaptation_leak=1,
        v_min=-9,
        soft_reset=1,
    )

    times, v = trace(network, [4.0, 0, 0, 0])

    # 4 − 1 = 3, 3 − 1.5 = 1.5, then the threshold is 2
    assert times == [0, 1]
    assert v.tolist() == [3, 1.5, 1.5, 1.5]


def test_alif_adapts_while_it_is_refractory(trace: Trace, charged_neuron: Any) -> None:
    network = charged_neuron(
        "alif",
        "float32",
        threshold=1,
        leak=0,
        refractory=3,
        adaptation=8,
        adaptation_leak=0.5,
        v_min=-9,
    )

    # four ticks after the spike the threshold is 1 + 8 · 0.5³ = 2
    assert trace(network, [1.0, 9, 9, 9, 2])[0] == [0, 4]
    assert trace(network, [1.0, 9, 9, 9, 1.875])[0] == [0]


@pytest.mark.parametrize(("leak", "synaptic_leak"), [(0.5, 0.25), (0.75, 0.5), (1.0, 0.5)])
def test_a_charge_passes_cuba_lif_as_a_difference_of_exponentials(
    trace: Trace, charged_neuron: Any, leak: float, synaptic_leak: float
) -> None:
    network = charged_neuron(
        "cuba_lif", "float32", threshold=99, leak=leak, synaptic_leak=synaptic_leak, v_min=-9
    )

    _, v = trace(network, [0, 8.0, *[0] * 9])

    n = np.arange(1, 11)
    expected = 8 * (leak**n - synaptic_leak**n) / (leak - synaptic_leak)
    np.testing.assert_allclose(v[1:], expected, rtol=1e-6)


def test_cuba_lif_without_synaptic_memory_is_lif(trace: Trace, charged_neuron: Any) -> None:
    rng = np.random.default_rng(6)
    charges = (rng.integers(-40, 60, 300) / 64).tolist()
    shared = {"threshold": 1, "leak": 0.875, "bias": 0.125, "v_reset": -0.5, "v_min": -1}

    times, v = trace(charged_neuron("cuba_lif", "float32", **shared), charges)
    expected_times, expected_v = trace(charged_neuron("lif", "float32", **shared), charges)

    assert len(times) > 20
    assert times == expected_times
    np.testing.assert_array_equal(v, expected_v)


def test_the_current_of_cuba_lif_goes_on_while_v_is_held(trace: Trace, charged_neuron: Any) -> None:
    network = charged_neuron(
        "cuba_lif",
        "float32",
        threshold=4,
        leak=1,
        refractory=2,
        synaptic_leak=0.5,
        v_reset=-1,
        v_min=-9,
    )

    # the current is 4, 2, 1 + 2, 1.5, 0.75; v takes it up again in the fourth tick
    times, v = trace(network, [4.0, 0, 2, 0, 0])

    assert times == [0]
    assert v.tolist() == [-1, -1, -1, 0.5, 1.25]


def test_cuba_lif_is_the_euler_step_that_its_docstring_names(
    trace: Trace, charged_neuron: Any
) -> None:
    """NIR's equations in continuous time, by many small steps, against one tick of dt each."""
    tau_syn, tau_mem, r, w_in, v_leak, dt = 0.008, 0.02, 2.0, 3.0, -0.5, 0.0001
    scale = w_in * r * dt**2 / (tau_mem * tau_syn)
    network = charged_neuron(
        "cuba_lif",
        "float32",
        threshold=99,
        leak=1 - dt / tau_mem,
        synaptic_leak=1 - dt / tau_syn,
        v_min=-9,
    )
    pulse = np.where(np.arange(500) < 200, 1.0, 0.0)

    _, u = trace(network, (pulse * scale).tolist())

    v, i, fine = v_leak, 0.0, 10
    for x in np.repeat(pulse, fine):
        i += dt / fine * (-i + w_in * x) / tau_syn
        v += dt / fine * (v_leak - v + r * i) / tau_mem
    assert v_leak + u[-1] == pytest.approx(v, rel=0.01)
    assert u[-1] > 1
