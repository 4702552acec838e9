"""The neuron of Izhikevich; its equations are in `neurons.izhikevich`."""

import numpy as np
from numpy.typing import NDArray

from ..neurons.izhikevich import V_PEAK, V_START
from .neuron import Event, Parameters, State, total


def rest(parameters: Parameters, samples: int) -> State:
    """The potential at which the paper's program starts, and the recovery variable that fits it."""
    return {"v": np.full(samples, V_START), "u": np.full(samples, parameters["b"] * V_START)}


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
