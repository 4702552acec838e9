"""Run a network a few ticks at a time, its state carried on: for closed loops in Python."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from . import models
from .batch import pack
from .bits import pack_lanes, unpack_lanes, words
from .network import Network
from .recording import check_inputs


class Stepper:
    """A network with its state, for one sample or many (lanes) side by side.

    Pickles and copies, state included.

    Args:
        network: Any valid network.
        lanes: Number of samples, at least 1.

    Raises:
        InputError: If the network is not valid, its model has no kernels, or there is no lane.
    """

    def __init__(self, network: Network, lanes: int = 1) -> None:
        network.validate()
        models.check_has_kernels(network.model)
        if lanes < 1:
            raise InputError(f"lanes is {lanes}; there must be at least 1")
        self.network = network
        self.lanes = lanes
        self._header, self._structure, self._numbers = (
            array if array.ndim == 1 else array[0] for array in pack([network])[1:]
        )
        self._no_charges = np.zeros((0, 0, 0), network.weights.dtype)
        self.reset()

    def reset(self) -> None:
        """Go back to rest: every v = 0 and nothing in flight."""
        network = self.network
        states = models.states(network.model)
        self._state = np.zeros((states, network.neurons, self.lanes), network.weights.dtype)
        self._travelling = np.zeros(
            (network.max_delay, network.neurons, words(self.lanes)), np.uint64
        )
        self._window = self._travelling[:0]

    @property
    def potentials(self) -> NDArray[Any]:
        """(neurons, lanes), a copy of the potentials; 0 for sources."""
        potentials: NDArray[Any] = self._state[0].copy()
        return potentials

    @property
    def spikes(self) -> NDArray[np.bool_]:
        """(ticks, neurons, lanes) bool, the spikes of all neurons in the last run."""
        return unpack_lanes(self._window, self.lanes)

    def run(self, inputs: NDArray[Any]) -> NDArray[np.bool_]:
        """Go on for as many ticks as there are inputs, none included.

        Args:
            inputs: (ticks, inputs, lanes), bool spikes of the sources; or charges, of the dtype of
                the weights, for a network without sources.

        Returns:
            (ticks, outputs, lanes) bool, the spikes of the outputs.

        Raises:
            InputError: If the inputs do not fit the network and the number of lanes.
        """
        network = self.network
        check_inputs(network, inputs)
        ticks, _, lanes = inputs.shape
        if lanes != self.lanes:
            raise InputError(f"inputs have {lanes} lanes; this stepper has {self.lanes}")
        history = len(self._travelling)
        raster = np.zeros((history + ticks, *self._travelling.shape[1:]), np.uint64)
        raster[:history] = self._travelling
        charges = self._no_charges
        if network.source_count:
            raster[history:, : network.source_count] = pack_lanes(inputs)
        else:
            charges = np.ascontiguousarray(inputs)
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
        self._travelling, self._window = raster[ticks:], raster[history:]
        return unpack_lanes(self._window[:, network.output_neurons], lanes)
