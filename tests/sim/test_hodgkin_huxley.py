"""Hodgkin and Huxley's neuron: published rates, an independent solver, known properties."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from spikevolve.sim.neurons.hodgkin_huxley import SQUID_AXON
from spikevolve.sim.simulate import simulate

pytestmark = pytest.mark.slow  # starts runs, or compiles much

TICKS, SETTLED = 420, 100  # ms
CURRENTS = (0.0, 6.0, 6.5, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0)  # µA/cm²


def accurate_solution(current: float, until: float) -> Any:
    """The equations as they stand in the paper, u the depolarisation, by an adaptive method."""

    def change(_: float, y: NDArray[np.float64]) -> list[float]:
        u, n, m, h = y
        alpha_n = 0.01 * (10 - u) / (np.exp((10 - u) / 10) - 1)
        alpha_m = 0.1 * (25 - u) / (np.exp((25 - u) / 10) - 1)
        sodium, potassium = 120 * m**3 * h * (u - 115), 36 * n**4 * (u + 12)
        return [
            current - potassium - sodium - 0.3 * (u - 10.613),
            alpha_n * (1 - n) - 0.125 * np.exp(-u / 80) * n,
            alpha_m * (1 - m) - 4 * np.exp(-u / 18) * m,
            0.07 * np.exp(-u / 20) * (1 - h) - h / (np.exp((30 - u) / 10) + 1),
        ]

    def zero_millivolt(_: float, y: NDArray[np.float64]) -> float:
        return float(y[0] - 65)

    zero_millivolt.direction = 1  # type: ignore[attr-defined]
    start = [0, 0.31767691, 0.05293249, 0.59612075]
    return solve_ivp(
        change,
        (0, until),
        start,
        method="LSODA",
        events=zero_millivolt,
        t_eval=np.arange(1, until + 1),
        rtol=1e-9,
        atol=1e-10,
    )


@pytest.fixture(scope="module")
def spike_times(charged_neuron: Any) -> dict[float, NDArray[np.int64]]:
    """Spike times (ms) under each current, all in one simulation."""
    currents = np.tile(np.array(CURRENTS), (TICKS, 1, 1))
    spikes = simulate(charged_neuron("hh", "float64", **SQUID_AXON), currents).spikes
    return {
        current: np.flatnonzero(spikes[:, 0, sample]) for sample, current in enumerate(CURRENTS)
    }


def rate(times: NDArray[Any]) -> float:
    """Spikes a second, once the rate has settled."""
    settled = times[times > SETTLED]
    return float(1000 * (len(settled) - 1) / (settled[-1] - settled[0]))


def test_the_published_rate(spike_times: dict[float, NDArray[np.int64]]) -> None:
    # Hendrick, Hopf bifurcations and bistability in the Hodgkin-Huxley equations at the 1952
    # parameters, doi:10.5281/zenodo.23047046, theorem 4: at 8 µA/cm² the period of the train of
    # action potentials is proved to lie between 16.0058 and 16.0140 ms.
    assert rate(spike_times[8.0]) == pytest.approx(1000 / 16.01, rel=0.02)


def test_repetitive_firing_begins_where_it_is_published_to(
    spike_times: dict[float, NDArray[np.int64]],
) -> None:
    # The fold of cycles lies near 6.26 µA/cm² (the same paper, section 8, and many before it).
    # Below, a few spikes at most; above, at a rate far from 0 at once (Hodgkin's class 2).
    assert len(spike_times[0.0]) == 0
    assert spike_times[6.0].max() < SETTLED
    assert 50 < rate(spike_times[6.5]) < 60


@pytest.mark.parametrize("current", [6.5, 8.0, 10.0, 20.0, 50.0])
def test_the_f_i_curve_is_that_of_an_accurate_solver(
    spike_times: dict[float, NDArray[np.int64]], current: float
) -> None:
    [times] = accurate_solution(current, TICKS).t_events

    assert rate(spike_times[current]) == pytest.approx(rate(times), rel=0.01)
    # spike for spike: tick t is the time from t to t + 1 ms
    np.testing.assert_array_equal(spike_times[current], np.floor(times))


def test_the_potential_is_that_of_an_accurate_solver(charged_neuron: Any) -> None:
    network = charged_neuron("hh", "float64", **SQUID_AXON)
    shown = simulate(network, np.full((40, 1, 1), 10.0)).potentials[:, 0, 0]

    expected = accurate_solution(10.0, 40).y[0] - 65

    np.testing.assert_allclose(shown, expected, atol=0.05)


def test_the_axon_rests_without_current(charged_neuron: Any) -> None:
    network = charged_neuron("hh", "float64", **SQUID_AXON)

    shown = simulate(network, np.zeros((200, 1, 1)))

    np.testing.assert_allclose(shown.potentials, -65.0, atol=0.05)
