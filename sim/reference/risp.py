"""The RISP neuron; its rules are in `neurons.risp`."""

import numpy as np
from numpy.typing import NDArray

from ..neurons.risp import EMPTY_EVENT
from .neuron import Event, Parameters, State


def rest(parameters: Parameters, samples: int) -> State:
    """A potential of 0, no reset to come."""
    return {
        "v": np.zeros(samples, parameters["threshold"].dtype),
        "reset": np.zeros(samples, bool),
    }


def tick(
    parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
) -> tuple[State, NDArray[np.bool_]]:
    """Where an event is due: leak, floor, sum, threshold, reset. It is never refractory."""
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
