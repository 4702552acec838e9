"""The neuron of Hodgkin and Huxley; its equations are in `neurons.hodgkin_huxley`."""

import numpy as np
from numpy.typing import NDArray

from .equations import Event, Parameters, State, total

REST = -65.0  # mV
STEPS = 20  # of the classical Runge-Kutta method in a tick

Derivatives = NDArray[np.float64]  # (4, samples) of V, m, h, n


class HodgkinHuxley:
    """The neuron of Hodgkin and Huxley."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return the resting potential, and the gates where they stay at it."""
        v = np.full(samples, REST)
        opening, closing = _rates(v)
        return dict(zip("vmhn", np.vstack((v[None], opening / (opening + closing))), strict=True))

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """One millisecond under a constant current. It is never refractory but by its gates."""
        y = np.stack([state[name] for name in "vmhn"])
        current = total(parameters["bias"], events)
        spiked = np.zeros(y.shape[1], bool)
        with np.errstate(over="ignore", invalid="ignore"):  # absurd parameters make V NaN
            for _ in range(STEPS):
                before = y[0]
                y = _step(parameters, y, current, 1 / STEPS)
                spiked |= (before < 0) & (y[0] >= 0)
        return dict(zip("vmhn", y, strict=True)), spiked


def _step(
    parameters: Parameters, y: Derivatives, current: NDArray[np.float64], dt: float
) -> Derivatives:
    """One step of the classical Runge-Kutta method."""
    k1 = _derivatives(parameters, y, current)
    k2 = _derivatives(parameters, y + dt / 2 * k1, current)
    k3 = _derivatives(parameters, y + dt / 2 * k2, current)
    k4 = _derivatives(parameters, y + dt * k3, current)
    return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def _derivatives(
    parameters: Parameters, y: Derivatives, current: NDArray[np.float64]
) -> Derivatives:
    v, m, h, n = y
    sodium = parameters["g_sodium"] * m**3 * h * (v - parameters["e_sodium"])
    potassium = parameters["g_potassium"] * n**4 * (v - parameters["e_potassium"])
    leak = parameters["g_leak"] * (v - parameters["e_leak"])
    opening, closing = _rates(v)
    change = (current - sodium - potassium - leak) / parameters["capacitance"]
    return np.vstack((change[None], opening * (1 - y[1:]) - closing * y[1:]))


def _rates(v: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """α and β of m, h, n, each (3, samples), per millisecond; equations 20, 21, 23, 24, 12, 13."""
    u = v - REST  # the depolarisation
    opening = (
        _linoid((u - 25) / 10),
        0.07 * np.exp(-u / 20),
        0.1 * _linoid((u - 10) / 10),
    )
    closing = (
        4 * np.exp(-u / 18),
        1 / (np.exp((30 - u) / 10) + 1),
        0.125 * np.exp(-u / 80),
    )
    return np.stack(opening), np.stack(closing)


def _linoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the function x ÷ (1 − e⁻ˣ), which is 1 at 0."""
    near = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, near / -np.expm1(-near))
