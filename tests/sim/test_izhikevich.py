"""Izhikevich's neuron against the program of his paper, and against the equations themselves."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim.network import Network
from spikevolve.sim.simulate import simulate

CLASSES = {
    "regular spiking": (0.02, 0.2, -65.0, 8.0),
    "intrinsically bursting": (0.02, 0.2, -55.0, 4.0),
    "chattering": (0.02, 0.2, -50.0, 2.0),
    "fast spiking": (0.1, 0.2, -65.0, 2.0),
}


def published_program(
    parameters: NDArray[np.float64], weights: NDArray[np.float64], thalamic: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """The MATLAB program of the paper, line by line; (milliseconds, neurons), v >= 30 at its start.

    `weights` is its S, (targets, sources); `thalamic` its I before the spikes, (milliseconds,
    neurons).
    """
    a, b, c, d = parameters.T
    v = -65 * np.ones(len(a))
    u = b * v
    firings = np.zeros(thalamic.shape, bool)
    for t in range(len(thalamic)):
        current = thalamic[t].copy()
        fired = np.flatnonzero(v >= 30)
        firings[t, fired] = True
        v[fired] = c[fired]
        u[fired] = u[fired] + d[fired]
        current = current + weights[:, fired].sum(axis=1)
        v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (b * v - u)
    return firings


def fine_solution(
    a: float, b: float, c: float, d: float, current: float, dt: float = 0.1
) -> NDArray[np.float64]:
    """Spike times (ms) in a second under a constant current, by Euler steps of 0.1 ms."""
    v, u, times = -65.0, b * -65.0, []
    for step in range(round(1000 / dt)):
        dv, du = 0.04 * v * v + 5 * v + 140 - u + current, a * (b * v - u)
        v, u = v + dt * dv, u + dt * du
        if v >= 30:
            v, u = c, u + d
            times.append(step * dt)
    return np.array(times)


def network_of(parameters: NDArray[np.float64], weights: NDArray[np.float64]) -> Network:
    """Every neuron is an input and an output; all delays are 1 tick."""
    neurons = np.arange(len(parameters), dtype=np.int32)
    targets, sources = np.nonzero(weights)
    network = Network(
        model="izhikevich",
        arithmetic="float64",
        source_count=0,
        input_neurons=neurons,
        output_neurons=neurons,
        offsets=np.searchsorted(targets, np.arange(len(neurons) + 1)).astype(np.int32),
        sources=sources.astype(np.int32),
        weights=weights[targets, sources],
        delays=np.ones(len(sources), np.int32),
        parameters=np.column_stack((parameters, np.zeros(len(neurons)))),
    )
    network.validate()
    return network


def simulated_times(neuron: Any, name: str, current: float) -> NDArray[np.int64]:
    """Spike times (ms) in a second under a constant current."""
    network = neuron("izhikevich", "float64", **dict(zip("abcd", CLASSES[name], strict=True)))
    spikes = simulate(network, np.full((1000, 1, 1), current)).spikes
    return np.flatnonzero(spikes[:, 0, 0])


@pytest.mark.parametrize("current", [5.0, 10.0, 15.0])
@pytest.mark.parametrize("name", list(CLASSES))
def test_a_neuron_spikes_as_in_the_published_program(
    charged_neuron: Any, name: str, current: float
) -> None:
    program = published_program(
        np.array([CLASSES[name]]), np.zeros((1, 1)), np.full((1001, 1), current)
    )

    times = simulated_times(charged_neuron, name, current)

    # the program notices a spike when the next millisecond begins
    assert times.tolist() == (np.flatnonzero(program[:, 0]) - 1).tolist()
    assert len(times) >= 10


def test_a_network_spikes_as_in_the_published_program() -> None:
    rng = np.random.default_rng(2003)
    # the paper's mixture of 4 excitatory neurons to 1 inhibitory neuron, its noise on a grid
    excitatory, r = rng.random(50) < 0.8, rng.random(50)
    regular = np.column_stack((0 * r + 0.02, 0 * r + 0.2, -65 + 15 * r**2, 8 - 6 * r**2))
    fast = np.column_stack((0.02 + 0.08 * r, 0.25 - 0.05 * r, 0 * r - 65, 0 * r + 2))
    parameters = np.where(excitatory[:, None], regular, fast)
    weights = np.rint(rng.random((50, 50)) * np.where(excitatory, 8, -16) * 64) / 64
    noise = rng.standard_normal((600, 50)) * np.where(excitatory, 5, 2)
    thalamic = np.rint(noise * 64) / 64

    program = published_program(parameters, weights, thalamic)
    shown = simulate(network_of(parameters, weights), thalamic[:, :, None])

    np.testing.assert_array_equal(shown.spikes[:-1, :, 0], program[1:])
    assert program.sum() > 300


def firing_class(times: NDArray[Any]) -> str:
    """What the paper's figure 2 tells apart, from the spikes of one second."""
    intervals = np.diff(times)
    late = intervals[times[:-1] > 500]
    if late.max() > 4 * late.min():  # bursts all the time
        return "chattering"
    if late.mean() < 20:
        return "fast spiking"
    return "intrinsically bursting" if intervals[0] < late.mean() / 4 else "regular spiking"


@pytest.mark.parametrize("name", list(CLASSES))
def test_the_firing_class_is_that_of_the_equations(charged_neuron: Any, name: str) -> None:
    assert firing_class(fine_solution(*CLASSES[name], 10.0)) == name
    assert firing_class(simulated_times(charged_neuron, name, 10.0)) == name


@pytest.mark.parametrize(
    ("name", "current", "lowest", "highest"),
    [
        ("regular spiking", 5.0, 0.9, 1.0),
        ("regular spiking", 7.0, 0.9, 1.0),
        ("intrinsically bursting", 4.5, 0.9, 1.0),
        # What steps of a millisecond cost the published program: its v overshoots 30 mV by far,
        # which feeds u.
        ("regular spiking", 10.0, 0.85, 0.9),
        ("intrinsically bursting", 10.0, 0.8, 0.85),
        ("chattering", 10.0, 0.45, 0.55),
        ("fast spiking", 10.0, 0.45, 0.55),
    ],
)
def test_how_much_of_the_rate_the_published_program_keeps(
    charged_neuron: Any, name: str, current: float, lowest: float, highest: float
) -> None:
    times = simulated_times(charged_neuron, name, current)

    assert lowest <= len(times) / len(fine_solution(*CLASSES[name], current)) <= highest


def test_absurd_currents_end_in_silence(charged_neuron: Any) -> None:
    network = charged_neuron("izhikevich", "float64", a=1.0, b=5.0, c=-65.0, d=8.0)
    shown = simulate(network, np.full((60, 1, 1), -1e100))

    assert np.isnan(shown.potentials[-1, 0, 0])
    assert not shown.spikes[-1].any()
