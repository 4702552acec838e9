"""The integrate-and-fire neuron; its equations are in `neurons.integrate_and_fire`."""

import numpy as np
from numpy.typing import NDArray

from ..neurons import lif as limits
from . import lif
from .neuron import Event, Parameters, State, flushed, total

rest = lif.rest


def tick(
    parameters: Parameters, state: State, events: list[Event], held: NDArray[np.bool_]
) -> tuple[State, NDArray[np.bool_]]:
    """Sum, threshold, reset."""
    v = state["v"]
    kept = v if v.dtype == np.int32 else flushed(v)
    after = np.maximum(kept, parameters["v_min"]) + total(parameters["bias"], events)
    if v.dtype == np.int32:
        after = np.clip(after, limits.LOWEST, limits.HIGHEST)
    spiked = (after >= parameters["threshold"]) & ~held
    after = np.where(spiked, lif.reset(parameters, after, parameters["threshold"]), after)
    return {"v": np.where(held, v, after)}, spiked
