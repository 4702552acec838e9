"""What the readable reference hands to a neuron in one tick, and gets from it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """The charge that arrives, (samples,): bias and events, one after the other."""
    charge = np.asarray(bias)
    for event in events:
        charge = charge + event.charge * event.due
    return charge


def flushed(number: NDArray[Any]) -> NDArray[Any]:
    """0 where a number is closer to 0 than 2⁻²⁰."""
    return np.where(np.abs(number) < 2.0**-20, number.dtype.type(0), number)
