"""Run a network a few ticks at a time, its state carried on: for closed loops in Python."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from . import models
from .event_driven import EventDriven, is_suited, lay_out
from .network import Network
from .recording import check_inputs
from .side_by_side import SideBySide

_BOOL = np.dtype(np.bool_)
_MOST_TICKS = 2**31 - 1


class Stepper:
    """A network with its state, for one sample or many (lanes) side by side.

    For one lane, LIF networks whose inputs are spikes run event-driven: ten ticks of 25 neurons
    take one or two microseconds, call included, if the inputs are a C-contiguous array without the
    axis of lanes. The spikes are the same in any case. Pickles and copies, state included.

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
        self._arithmetic = network.arithmetic
        self._counts = np.zeros(network.outputs * lanes, np.int32)
        by_events = lanes == 1 and models.has_vectors() and is_suited(network)
        self._events = lay_out(network) if by_events else None
        self._engine = self._events or SideBySide(network, lanes)

    @property
    def counts(self) -> NDArray[np.int32]:
        """(outputs, lanes), how often each output spiked in the last `run`; the next overwrites it."""
        return self._counts.reshape(self._outputs, self.lanes)

    @property
    def potentials(self) -> NDArray[Any]:
        """(neurons, lanes), a copy of the potentials; 0 for sources."""
        return self._engine.potentials

    @property
    def event_driven(self) -> EventDriven:
        """The network as the compiled function `spikevolve.sim.models.step` takes it.

        For loops that are compiled themselves. It is the stepper's own state, not a copy.

        Raises:
            InputError: If this network does not run event-driven here.
        """
        if self._events is None:
            raise InputError(
                "this stepper does not run event-driven; that takes one lane, the neuron model lif, "
                "spikes as inputs, weights on a grid on which sums are exact, and a processor with "
                "AVX2"
            )
        return self._events

    def reset(self) -> None:
        """Go back to rest: every v = 0 and nothing in flight."""
        self._engine.reset()

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
        if (
            self._events is not None
            and isinstance(inputs, np.ndarray)
            and inputs.dtype is _BOOL
            and inputs.ndim == 2
        ):
            try:  # the kernel itself tells whether order and shape are those it takes
                fired = np.empty((len(inputs), self._outputs), np.bool_)
                if models.step(self._arithmetic)(*self._events, inputs, fired, self._counts):
                    return fired
            except TypeError:
                pass
        return self._run_checked(inputs)

    def _run_checked(self, given: NDArray[Any] | int) -> NDArray[np.bool_]:
        """As `run`, for whatever is given."""
        inputs = self._checked(given)
        if type(inputs) is not np.ndarray or not (
            inputs.flags.c_contiguous and inputs.flags.aligned
        ):
            inputs = np.require(np.asarray(inputs), requirements=("C", "A"))
        fired = self._engine.run(inputs, self.counts)
        has_lanes = given.ndim == 3 if isinstance(given, np.ndarray) else self.lanes > 1
        return fired if has_lanes else fired[:, :, 0]

    def _checked(self, given: NDArray[Any] | int) -> NDArray[Any]:
        """Inputs with all their axes."""
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
