"""The spikes that synapses have not delivered yet, for counting synaptic operations window by window."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ...sim.network import Network


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
        self._windows: deque[NDArray[np.bool_]] = deque(maxlen=-(-longest // ticks))

    def remember(self, fired: NDArray[np.bool_]) -> None:
        """Take the spikes of the next window, (ticks, neurons, lanes)."""
        self._windows.append(fired)

    def count(self, lane: int) -> int:
        """Crossings that the spikes of a lane have still before them after the last window.

        There has been a window.
        """
        spikes = np.concatenate([window[:, :, lane] for window in self._windows])
        rows = min(len(spikes), len(self._reaching))
        return int((spikes[len(spikes) - rows :] * self._reaching[-rows:]).sum())
