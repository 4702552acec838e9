"""The LIF neuron of tutorials, in ms, mV, MΩ and nA: its spike times and what cannot be mapped."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim import reference
from spikevolve.sim.neurons.physical_units import Physical, from_physical
from spikevolve.sim.simulate import simulate

V_REST, V_THRESHOLD = -65.0, -50.0


def spike_times(neuron: Any, mapped: Physical, current: NDArray[np.float64]) -> list[int]:
    """Ticks in which the kernel, and the reference, let the neuron spike under a current in nA."""
    parameters = {name: getattr(mapped, name) for name in ("leak", "threshold", "v_reset")}
    network = neuron("lif", "float32", **parameters, v_min=-1000)
    charges = (current * mapped.weight_scale).astype(np.float32)[:, None, None]
    spikes = simulate(network, charges).spikes
    np.testing.assert_array_equal(spikes, reference.simulate(network, charges).spikes)
    return np.flatnonzero(spikes[:, 0, 0]).tolist()


def exact_spike_times(
    tau_m: float, v_reset: float, resistance: float, dt: float, current: NDArray[np.float64]
) -> list[int]:
    """The solution of the membrane's equation from tick to tick, in float64 and mV."""
    v, times = V_REST, []
    for t, nano_ampere in enumerate(current):
        v_infinity = V_REST + resistance * nano_ampere
        v = v_infinity + (v - v_infinity) * math.exp(-dt / tau_m)
        if v >= V_THRESHOLD:
            times.append(t)
            v = v_reset
    return times


@pytest.mark.parametrize("tau_m", [10.0, 15.0, 20.0])
@pytest.mark.parametrize("dt", [0.1, 1.0])
@pytest.mark.parametrize("v_reset", [-65.0, -70.0])
def test_spike_times_of_the_tutorials(
    charged_neuron: Any, tau_m: float, dt: float, v_reset: float
) -> None:
    mapped = from_physical(tau_m, V_REST, v_reset, V_THRESHOLD, 10.0, dt)
    ticks = round(400 / dt)
    rng = np.random.default_rng(4)
    steady, noisy = np.full(ticks, 2.0), rng.normal(1.6, 3.0, ticks)
    pulses = np.where(np.arange(ticks) * dt % 50 < 20, 3.1, 0.0)

    for current in (steady, noisy, pulses):
        expected = exact_spike_times(tau_m, v_reset, 10.0, dt, current)
        assert len(expected) > 5
        assert spike_times(charged_neuron, mapped, current) == expected


@pytest.mark.parametrize(("tau_m", "nano_ampere"), [(10.0, 1.6), (20.0, 2.0), (20.0, 4.0)])
def test_the_interval_of_the_continuous_solution(
    charged_neuron: Any, tau_m: float, nano_ampere: float
) -> None:
    dt, resistance = 0.1, 10.0
    mapped = from_physical(tau_m, V_REST, V_REST, V_THRESHOLD, resistance, dt)
    drive = resistance * nano_ampere
    interval = tau_m * math.log(drive / (drive - (V_THRESHOLD - V_REST)))  # ms, textbook formula

    times = spike_times(charged_neuron, mapped, np.full(3000, nano_ampere))

    assert set(np.diff(times)) == {math.ceil(interval / dt)}


def test_the_mapping() -> None:
    mapped = from_physical(20.0, -65.0, -70.0, -50.0, 5.0, 1.0)

    leak = math.exp(-1 / 20)
    assert mapped == pytest.approx((leak, 15.0, -5.0, 5 * (1 - leak)))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"tau_m": 0.0}, "tau_m is 0; it must be above 0"),
        ({"tau_m": math.inf}, "tau_m is inf; it must be finite"),
        ({"resistance": -1.0}, "resistance is -1; it must be above 0"),
        ({"dt": 0.0}, "dt is 0; it must be above 0"),
        ({"v_rest": math.nan}, "v_rest is nan; it must be finite"),
        ({"v_threshold": -70.0}, "v_threshold is -70 mV; it must be above v_rest, -65 mV"),
        ({"v_reset": -40.0}, "v_reset is -40 mV; it must be below v_threshold, -50 mV"),
    ],
)
def test_what_cannot_be_mapped_is_named(wrong: dict[str, float], sentence: str) -> None:
    membrane = {
        "tau_m": 20.0,
        "v_rest": -65.0,
        "v_reset": -65.0,
        "v_threshold": -50.0,
        "resistance": 10.0,
        "dt": 1.0,
    }

    with pytest.raises(InputError, match=sentence):
        from_physical(**(membrane | wrong))
