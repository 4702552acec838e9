"""Networks in episodes of plain Python: what they sense, and which of their spikes are in flight.

Episodes lie side by side in lanes, as in compiled control.
"""

from collections import deque
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads, writes
from ...sim.network import Network
from .observation_encoder import Perception
from .observation_spikes import HIGH, INPUT, LOW, OBSERVATION, TICK


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
        """Encode observations, (observed variables, lanes), as the next window, (ticks, inputs, lanes).

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
        places: `Code.places`.
        bounds: `Code.bounds`.
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


class InFlight:
    """The spikes of the last windows, of which some synapses have not been crossed yet.

    Args:
        network: Any network.
        ticks: Length of a window.

    Attributes:
        synapses: (neurons,) int64, synapses that each neuron sends to.
    """

    def __init__(self, network: Network, ticks: int) -> None:
        longest = int(network.delays.max(initial=1))
        by_delay = np.zeros((longest, network.neurons), np.int64)
        np.add.at(by_delay, (network.delays - 1, network.sources), 1)
        self._reaching = np.cumsum(by_delay[::-1], axis=0)  # last row: of delay 1 or more
        self.synapses = self._reaching[-1]
        # Spikes are in flight no longer than the longest delay: so many windows, rounded up.
        self._windows: deque[NDArray[np.bool_]] = deque(maxlen=-(-longest // ticks))

    def remember(self, fired: NDArray[np.bool_]) -> None:
        """Take the spikes of the next window, (ticks, neurons, lanes)."""
        self._windows.append(fired)

    def count(self, lane: int) -> int:
        """Count the synapses that the spikes of a lane have still to cross after the last window.

        There has been a window.
        """
        spikes = np.concatenate([window[:, :, lane] for window in self._windows])
        rows = min(len(spikes), len(self._reaching))
        return int((spikes[len(spikes) - rows :] * self._reaching[-rows:]).sum())
