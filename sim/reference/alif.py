"""The neuron with adaptive threshold; its equations are in `neurons.alif`."""

import numpy as np
from numpy.typing import NDArray

from . import lif
from .neuron import Event, Parameters, State, flushed, total


def rest(parameters: Parameters, samples: int) -> State:
    """A potential of 0, not adapted."""
    return {"v": np.zeros(samples, np.float32), "a": np.zeros(samples, np.float32)}


def tick(
    parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
) -> tuple[State, NDArray[np.bool_]]:
    """Decay, sum, adapted threshold, reset, adaptation."""
    v, a = state["v"], state["a"]
    theta = parameters["threshold"] + parameters["adaptation"] * a
    decayed = np.maximum(flushed(parameters["leak"] * v), parameters["v_min"])
    after = decayed + total(parameters["bias"], events)
    spiked = (after >= theta) & ~held
    after = np.where(spiked, lif.reset(parameters, after, theta), after)
    a = flushed(parameters["adaptation_leak"] * a) + spiked.astype(np.float32)
    return {"v": np.where(held, v, after), "a": a}, spiked
