"""The leaky integrate-and-fire neuron; its equations are in `neurons.lif`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..neurons import lif
from .neuron import Event, Parameters, State, flushed, total


def rest(parameters: Parameters, samples: int) -> State:
    """A potential of 0."""
    return {"v": np.zeros(samples, parameters["threshold"].dtype)}


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
    after = np.where(spiked, reset(parameters, after, parameters["threshold"]), after)
    return {"v": np.where(held, v, after)}, spiked


def reset(parameters: Parameters, v: NDArray[Any], threshold: Any) -> Any:
    """The potential after a spike."""
    return v - threshold if parameters["soft_reset"] else parameters["v_reset"]


def _decayed(v: NDArray[Any], shift: int) -> NDArray[np.int32]:
    fraction = {lif.LEAK_WHOLE: 1.0, lif.LEAK_NONE: 0.0}.get(shift, 2.0**-shift)
    return (v - np.trunc(v * fraction)).astype(np.int32)
