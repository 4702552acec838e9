"""What networks receive from environments in Python, decision after decision, in lanes side by side."""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads, writes
from .observation_spikes import HIGH, INPUT, LOW, OBSERVATION, TICK
from .perception import Perception


class Senses:
    """An encoder in episodes side by side, with its memory of each; for environments in Python.

    Its kernels are those of compiled control.

    Args:
        perception: How networks perceive the environment.
        shape: Ticks of a window and inputs of a network.
        dtype: Of charges.
        memories: (lanes, rows) float64, with which the encoder begins in each lane.

    Attributes:
        sent: (lanes,) int64, spikes so far, or charges other than 0.
    """

    def __init__(
        self,
        perception: Perception,
        shape: tuple[int, int],
        dtype: np.dtype[Any],
        memories: NDArray[np.float64],
    ) -> None:
        lanes = len(memories)
        self._perception, self._shape, self._dtype = perception, shape, dtype
        self._sense = perception.function()
        self._memory = memories.T.copy()
        self._values = np.zeros((perception.values, lanes))
        self.sent = np.zeros(lanes, np.int64)

    def forget(self) -> None:
        """Have the next observations be the first ones of a signal; chance goes on."""
        if not self._perception.random:
            self._memory[:] = self._perception.memory[:, np.newaxis]

    def window(self, observations: NDArray[np.float64]) -> NDArray[Any]:
        """Of observations, (observed variables, lanes), the next (ticks, inputs, lanes).

        Returns:
            Bool spikes, or charges, the same in every tick.
        """
        (ticks, inputs), code, values = self._shape, self._perception.code, observations
        if self._perception.values:
            values, lanes = self._values, len(self.sent)
            senses, seen = self._perception.settings, self._perception.seen
            self._sense(senses, seen, observations, lanes, self._memory, values)
        if len(code.places) == 0:
            self.sent += ticks * np.count_nonzero(values, axis=0)
            return np.tile(values.astype(self._dtype), (ticks, 1, 1))
        window = np.zeros((ticks, inputs, len(self.sent)), np.bool_)
        _send(*code, values, window, self.sent)
        return window


@kernel(
    types.void(
        reads(types.int32, 2),  # places
        reads(types.float64, 2),  # bounds
        reads(types.float64, 2),  # values
        writes(types.boolean, 3),  # window
        writes(types.int64),  # sent
    )
)
def _send(places, bounds, values, window, sent):  # type: ignore[no-untyped-def]
    """Write the input spikes of a window.

    Args:
        places: ``Code.places``.
        bounds: ``Code.bounds``.
        values: (values, lanes). NaN sends nothing.
        window: (ticks, inputs, lanes), all False; written.
        sent: (lanes,), to which the number of spikes is added.
    """
    for spike in range(len(places)):
        low, high = bounds[spike, LOW], bounds[spike, HIGH]
        for lane in range(len(sent)):
            value = values[places[spike, OBSERVATION], lane]
            if low <= value and value <= high:
                window[places[spike, TICK], places[spike, INPUT], lane] = True
                sent[lane] += 1
