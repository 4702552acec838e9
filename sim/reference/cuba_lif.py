"""The neuron with a synaptic current; its equations are in `neurons.cuba_lif`."""

import numpy as np
from numpy.typing import NDArray

from . import lif
from .neuron import Event, Parameters, State, flushed, total


def rest(parameters: Parameters, samples: int) -> State:
    """A potential of 0, no current."""
    return {"v": np.zeros(samples, np.float32), "i": np.zeros(samples, np.float32)}


def tick(
    parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
) -> tuple[State, NDArray[np.bool_]]:
    """Current, decay, sum, threshold, reset."""
    v = state["v"]
    i = flushed(parameters["synaptic_leak"] * state["i"]) + total(parameters["bias"], events)
    after = np.maximum(flushed(parameters["leak"] * v), parameters["v_min"]) + i
    spiked = (after >= parameters["threshold"]) & ~held
    after = np.where(spiked, lif.reset(parameters, after, parameters["threshold"]), after)
    return {"v": np.where(held, v, after), "i": i}, spiked
