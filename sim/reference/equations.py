"""Every neuron model in plain NumPy, by its equations, sharing no code with the kernels."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..neurons import lif
from ..neurons.izhikevich import V_PEAK, V_START
from ..neurons.risp import EMPTY_EVENT

Parameters = Mapping[str, Any]  # of one neuron, each a NumPy number of the network's arithmetic
State = Mapping[str, NDArray[Any]]  # of one neuron, each (samples,); its potential is "v"


class Event(NamedTuple):
    """Charge that arrives: from outside or over one synapse.

    Attributes:
        charge: (samples,) or one number for all of them.
        due: (samples,) bool, where it arrives.
    """

    charge: Any
    due: NDArray[np.bool_]


def total(bias: Any, events: list[Event]) -> NDArray[Any]:
    """Return the charge that arrives, (samples,): bias and events, one after the other."""
    charge = np.asarray(bias)
    for event in events:
        charge = charge + event.charge * event.due
    return charge


def flushed(number: NDArray[Any]) -> NDArray[Any]:
    """Return a number, 0 where it is closer to 0 than 2⁻²⁰."""
    return np.where(np.abs(number) < 2.0**-20, number.dtype.type(0), number)


class ReferenceModel(Protocol):
    """What each of the classes below has."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return the state in which a neuron starts."""

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Return the state after a tick, and in which samples the neuron spiked."""


def _reset(parameters: Parameters, v: NDArray[Any], threshold: Any) -> Any:
    """Return the potential after a spike."""
    return v - threshold if parameters["soft_reset"] else parameters["v_reset"]


def _decayed(v: NDArray[Any], shift: int) -> NDArray[np.int32]:
    fraction = {lif.LEAK_WHOLE: 1.0, lif.LEAK_NONE: 0.0}.get(shift, 2.0**-shift)
    return (v - np.trunc(v * fraction)).astype(np.int32)


class Lif:
    """The leaky integrate-and-fire neuron."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return a potential of 0."""
        return {"v": np.zeros(samples, parameters["threshold"].dtype)}

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Decay, sum, threshold, reset."""
        v = state["v"]
        charge = total(parameters["bias"], events)
        v_min = parameters["v_min"]
        if v.dtype == np.int32:
            after = np.maximum(_decayed(v, int(parameters["leak"])), v_min) + charge
            after = np.clip(after, lif.LOWEST, lif.HIGHEST)
        else:
            after = np.maximum(flushed(parameters["leak"] * v), v_min) + charge
        spiked = (after >= parameters["threshold"]) & ~held
        after = np.where(spiked, _reset(parameters, after, parameters["threshold"]), after)
        return {"v": np.where(held, v, after)}, spiked


class IntegrateAndFire:
    """The integrate-and-fire neuron."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return a potential of 0."""
        return Lif.rest(parameters, samples)

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Sum, threshold, reset."""
        v = state["v"]
        kept = v if v.dtype == np.int32 else flushed(v)
        after = np.maximum(kept, parameters["v_min"]) + total(parameters["bias"], events)
        if v.dtype == np.int32:
            after = np.clip(after, lif.LOWEST, lif.HIGHEST)
        spiked = (after >= parameters["threshold"]) & ~held
        after = np.where(spiked, _reset(parameters, after, parameters["threshold"]), after)
        return {"v": np.where(held, v, after)}, spiked


class Alif:
    """The leaky integrate-and-fire neuron with adaptive threshold."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return a potential of 0, not adapted."""
        return {"v": np.zeros(samples, np.float32), "a": np.zeros(samples, np.float32)}

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Decay, sum, adapted threshold, reset, adaptation."""
        v, a = state["v"], state["a"]
        theta = parameters["threshold"] + parameters["adaptation"] * a
        decayed = np.maximum(flushed(parameters["leak"] * v), parameters["v_min"])
        after = decayed + total(parameters["bias"], events)
        spiked = (after >= theta) & ~held
        after = np.where(spiked, _reset(parameters, after, theta), after)
        a = flushed(parameters["adaptation_leak"] * a) + spiked.astype(np.float32)
        return {"v": np.where(held, v, after), "a": a}, spiked


class CubaLif:
    """The leaky integrate-and-fire neuron with a synaptic current."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return a potential of 0, no current."""
        return {"v": np.zeros(samples, np.float32), "i": np.zeros(samples, np.float32)}

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Apply current, decay, sum, threshold, reset."""
        v = state["v"]
        i = flushed(parameters["synaptic_leak"] * state["i"]) + total(parameters["bias"], events)
        after = np.maximum(flushed(parameters["leak"] * v), parameters["v_min"]) + i
        spiked = (after >= parameters["threshold"]) & ~held
        after = np.where(spiked, _reset(parameters, after, parameters["threshold"]), after)
        return {"v": np.where(held, v, after), "i": i}, spiked


class Izhikevich:
    """The neuron of Izhikevich."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return the potential at which the paper's program starts, and the recovery variable that fits it."""
        return {"v": np.full(samples, V_START), "u": np.full(samples, parameters["b"] * V_START)}

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Two half-steps of v, one step of u, reset. It is never refractory."""
        a, b, c, d = (parameters[name] for name in "abcd")
        v, u = state["v"], state["u"]
        current = total(parameters["bias"], events)
        with np.errstate(over="ignore", invalid="ignore"):  # too strong a current makes v NaN
            for _ in range(2):
                v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
            u = u + a * (b * v - u)
            spiked = v >= V_PEAK
            return {"v": np.where(spiked, c, v), "u": np.where(spiked, u + d, u)}, spiked


class Risp:
    """The RISP neuron."""

    @staticmethod
    def rest(parameters: Parameters, samples: int) -> State:
        """Return a potential of 0, no reset to come."""
        return {
            "v": np.zeros(samples, parameters["threshold"].dtype),
            "reset": np.zeros(samples, bool),
        }

    @staticmethod
    def tick(
        parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
    ) -> tuple[State, NDArray[np.bool_]]:
        """Leak, floor, sum, threshold and reset, where an event is due. It is never refractory."""
        v = np.where(state["reset"], 0, state["v"])
        due = np.any([event.due for event in events], axis=0) if events else np.zeros(len(v), bool)
        after = np.zeros_like(v) if parameters["leak"] else v
        after = np.maximum(after, parameters["min_potential"])
        for charge, arrives in events:
            after = after + np.where(charge == EMPTY_EVENT, 0, charge) * arrives
        v = np.where(due, after, v)
        spiked = due & (v >= parameters["threshold"])
        if parameters["late_reset"]:
            return {"v": v, "reset": spiked}, spiked
        return {"v": np.where(spiked, 0, v), "reset": state["reset"]}, spiked


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
