"""Many samples of one network side by side (lanes), from one window of ticks to the next."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import models
from .batch import pack
from .bits import words
from .network import Network


class SideBySide:
    """A network with its state, run by its model's kernel.

    Args:
        network: Any valid network.
        lanes: Number of samples, at least 1.
    """

    def __init__(self, network: Network, lanes: int) -> None:
        self._network = network
        [self._header], self._structure, self._numbers = pack([network])[1:]
        dtype = network.weights.dtype
        self._state = np.zeros((models.states(network.model), network.neurons, lanes), dtype)
        shape = (network.max_delay, network.neurons, words(lanes))
        self._travelling = np.zeros(shape, np.uint64)
        self._no_charges = np.zeros((0, 0, 0), dtype)
        self._no_spikes = np.zeros((0, 0, 0), np.bool_)

    def reset(self) -> None:
        """Go back to rest: every v = 0 and nothing in flight."""
        self._state[:] = 0
        self._travelling[:] = 0

    @property
    def potentials(self) -> NDArray[Any]:
        """(neurons, lanes), a copy of the potentials; 0 for sources."""
        potentials: NDArray[Any] = self._state[0].copy()
        return potentials

    def run(self, inputs: NDArray[Any], counts: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Go on for as many ticks as there are inputs.

        Args:
            inputs: (ticks, inputs, lanes), C-contiguous: bool spikes of the sources; or charges, of
                the dtype of the weights, for a network without sources.
            counts: (outputs, lanes) int32, written: how often each output spiked.

        Returns:
            (ticks, outputs, lanes) bool, the spikes of the outputs.
        """
        from . import windows  # here, so that networks can be handled without Numba

        network, (ticks, _, lanes) = self._network, inputs.shape
        has_sources = network.source_count > 0
        spikes, charges = (inputs, self._no_charges) if has_sources else (self._no_spikes, inputs)
        history, neurons, row = self._travelling.shape
        raster = np.empty((history + ticks, neurons, row), np.uint64)
        windows.enter(self._travelling, spikes, raster)
        models.model(network.model, network.arithmetic).run(
            self._header,
            self._structure,
            self._numbers,
            charges,
            raster,
            self._state,
            ticks,
            lanes,
        )
        fired = np.empty((ticks, network.outputs, lanes), np.bool_)
        windows.leave(raster, network.output_neurons, self._travelling, fired, counts)
        return fired
