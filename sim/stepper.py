"""Run a network a few ticks at a time, its state carried on: for closed loops in Python."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import empty, ndarray  # by name: `run` takes less than two microseconds
from numpy.typing import NDArray

from ..errors import InputError
from . import models
from .batch import pack, words
from .event_driven import EventDriven, is_suited, lay_out
from .network import Network, check_inputs

_BOOL = np.dtype(np.bool_)
_MOST_TICKS = 2**31 - 1


class Stepper:
    """A network with its state, for one sample or many (lanes) side by side.

    For one lane, networks whose inputs are spikes run event-driven, unless their model is `risp`: ten
    ticks of 25 neurons take one or two microseconds, call included, if the inputs are a C-contiguous
    array without the axis of lanes. The spikes are the same in any case. Pickles and copies, state
    included.

    Args:
        network: Any valid network.
        lanes: Number of samples, at least 1.

    Raises:
        InputError: If the network is not valid, its model has no kernels, or there is no lane.
    """

    def __init__(self, network: Network, lanes: int = 1) -> None:
        network.validate()
        models.check_has_kernels(network.model)
        if not isinstance(lanes, int | np.integer) or lanes < 1:
            raise InputError(f"lanes is {lanes}; there must be at least 1")
        self.network = network
        self.lanes = lanes
        self._outputs = network.outputs
        self._counts = np.zeros(network.outputs * lanes, np.int32)
        by_events = lanes == 1 and models.has_vectors() and is_suited(network)
        self._state: Any = lay_out(network) if by_events else _SideBySide(network, lanes)
        self._make_ready()

    def _make_ready(self) -> None:
        """Find what `run` calls; addresses and compiled functions are neither pickled nor copied."""
        self._advance: Callable[[int, Any, Any], bool] | None = None
        if isinstance(self._state, EventDriven):
            from .kernels import entries  # here, so that networks can be handled without Numba

            self._arrays = entries.addresses(*self._state, self._counts)
            self._address = self._arrays.ctypes.data
            self._advance = entries.step_at(self.network.model, self.network.arithmetic)

    def __getstate__(self) -> dict[str, Any]:
        """Return everything but addresses."""
        made_ready = ("_advance", "_arrays", "_address")
        return {name: value for name, value in vars(self).items() if name not in made_ready}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what `__getstate__` returned."""
        vars(self).update(state)
        self._make_ready()

    @property
    def counts(self) -> NDArray[np.int32]:
        """(outputs, lanes), how often each output spiked in the last `run`; the next overwrites it."""
        return self._counts.reshape(self._outputs, self.lanes)

    @property
    def potentials(self) -> NDArray[Any]:
        """(neurons, lanes), a copy of the potentials; 0 for sources."""
        potentials: NDArray[Any] = self._state.potentials
        return potentials

    @property
    def event_driven(self) -> EventDriven:
        """The network as the compiled function `spikevolve.sim.kernels.entries.step` takes it.

        For loops that are compiled themselves. It is the stepper's own state, not a copy.

        Raises:
            InputError: If this network does not run event-driven here.
        """
        if not isinstance(self._state, EventDriven):
            raise InputError(
                "this stepper does not run event-driven; that takes one lane, another neuron model "
                "than risp, spikes as inputs, weights on a grid on which sums are exact, and a "
                "processor with AVX2"
            )
        return self._state

    def reset(self) -> None:
        """Go back to rest: every v = 0 and nothing in flight."""
        self._state.reset()

    def run(self, inputs: NDArray[Any] | int) -> NDArray[np.bool_]:
        """Go on for as many ticks as there are inputs, none included.

        Args:
            inputs: (ticks, inputs, lanes), bool spikes of the sources; or charges, of the dtype of
                the weights, for a network without sources. For one lane the last axis may be left
                out. Or a number of ticks without any input.

        Returns:
            (ticks, outputs, lanes) bool, the spikes of the outputs; without the last axis where
            inputs had none, or were a number of ticks of one lane.

        Raises:
            InputError: If the inputs do not fit the network and the number of lanes.
        """
        advance = self._advance
        if (
            advance is not None
            and type(inputs) is ndarray
            and inputs.dtype is _BOOL
            and inputs.ndim == 2
        ):  # as the kernel takes them; that they fit in shape and order it finds out itself
            fired: NDArray[np.bool_] = empty((len(inputs), self._outputs), _BOOL)
            if advance(self._address, inputs, fired):
                return fired
        return self._run_checked(inputs)

    def _run_checked(self, given: NDArray[Any] | int) -> NDArray[np.bool_]:
        """As `run`, for whatever is given."""
        inputs = self._checked(given)
        if type(inputs) is not np.ndarray or not (
            inputs.flags.c_contiguous and inputs.flags.aligned
        ):
            inputs = np.require(np.asarray(inputs), requirements=("C", "A"))
        if self._advance is None:
            fired: NDArray[np.bool_] = self._state.run(inputs, self.counts)
        else:
            fired = np.empty((len(inputs), self._outputs, 1), _BOOL)
            spikes = inputs.reshape(inputs.shape[:2])
            self._advance(self._address, spikes, fired.reshape(fired.shape[:2]))
        has_lanes = given.ndim == 3 if isinstance(given, np.ndarray) else self.lanes > 1
        return fired if has_lanes else fired[:, :, 0]

    def _checked(self, given: NDArray[Any] | int) -> NDArray[Any]:
        """Return inputs with all their axes."""
        network = self.network
        if isinstance(given, int | np.integer) and not isinstance(given, bool):
            if not 0 <= given <= _MOST_TICKS:
                raise InputError(f"ticks is {given}; it must be 0 to {_MOST_TICKS}")
            dtype = np.bool_ if network.source_count else network.weights.dtype
            return np.zeros((given, network.inputs, self.lanes), dtype)
        if not isinstance(given, np.ndarray):
            raise InputError(
                f"inputs are a {type(given).__name__}; they must be a NumPy array, or a number of "
                "ticks"
            )
        inputs = given[:, :, np.newaxis] if given.ndim == 2 and self.lanes == 1 else given
        check_inputs(network, inputs)
        if inputs.shape[2] != self.lanes:
            raise InputError(f"inputs have {inputs.shape[2]} lanes; this stepper has {self.lanes}")
        return inputs


class _SideBySide:
    """Many samples of a network side by side (lanes), run by its model's kernel.

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
        from .kernels import (
            entries,  # here, so that networks can be handled without Numba
        )

        network, (ticks, _, lanes) = self._network, inputs.shape
        has_sources = network.source_count > 0
        spikes, charges = (inputs, self._no_charges) if has_sources else (self._no_spikes, inputs)
        history, neurons, row = self._travelling.shape
        raster = np.empty((history + ticks, neurons, row), np.uint64)
        entries.enter()(self._travelling, spikes, raster)
        entries.model(network.model, network.arithmetic).run(
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
        entries.leave()(raster, network.output_neurons, self._travelling, fired, counts)
        return fired
