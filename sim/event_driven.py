"""One network for one sample, laid out so that a spike walks along its outgoing synapses.

The kernels for many samples side by side let every neuron gather what its synapses deliver. For one
sample it is faster to visit only the synapses of neurons that spiked: each adds its charge to what
the target will receive when the spike arrives. That adds the charges of a tick in another order,
which changes nothing as long as every sum is exact.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import models
from .network import Network

BLOCK = 16  # neurons that the kernel advances at a time
LONGEST_DELAY = 1024  # ticks; the charges under way take a row of the state for each

# Places in `EventDriven.sizes`.
CLOCK = 0  # ticks since the lap began; the only one that changes
NEURONS = 1  # sources included
SOURCES = 2
OUTPUTS = 3
SYNAPSES = 4
PADDED = 5  # neurons that have a potential, rounded up to whole blocks
LAP = 6  # ticks after which the charges under way move back to the first rows
DELAY = 7  # longest delay in ticks
SIZES = 8

_SHORTEST_LAP = 64
_EXACT = {"float32": 2.0**24, "float64": 2.0**53}  # up to here they have every whole number


class EventDriven(NamedTuple):
    """A network with its state. It belongs to whoever made it: the kernel changes it.

    Attributes:
        sizes: (SIZES,) int64; the places are this module's constants.
        structure: (2 · neurons + 1 + synapses,) int32: where the outgoing synapses of each neuron
            start, and the end | for each synapse, sorted by source, how far ahead in the state its
            charge is to be added | for each neuron, which output it is, −1 for none.
        numbers: Of the network's type of numbers: the charge of each synapse, sorted by source | for
            each column of the parameters, a row of PADDED neurons.
        state: Of the same type, rows of PADDED neurons: one for each state variable, the potential
            first | the ticks for which a spike will still hold a neuron | what will arrive, a row for
            each tick of a lap and of the longest delay.
    """

    sizes: NDArray[np.int64]
    structure: NDArray[np.int32]
    numbers: NDArray[Any]
    state: NDArray[Any]

    @property
    def potentials(self) -> NDArray[Any]:
        """(neurons, 1), a copy of the potentials; 0 for sources."""
        sources, neurons = int(self.sizes[SOURCES]), int(self.sizes[NEURONS])
        potentials = np.zeros((neurons, 1), self.state.dtype)
        potentials[sources:, 0] = self.state[: neurons - sources]
        return potentials

    def reset(self) -> None:
        """Go back to rest: every v = 0 and nothing in flight."""
        self.sizes[CLOCK] = 0
        self.state[:] = 0


def is_suited(network: Network) -> bool:
    """Return whether the event-driven loop can run a valid network.

    Its inputs must be spikes, its sums of charges exact, and its model must not ask which charges
    arrive, but for their sum alone.
    """
    model = models.MODELS[network.model]
    return (
        bool(model.ticks)
        and not model.counts_events
        and network.source_count > 0
        and network.max_delay <= LONGEST_DELAY
        and sums_are_exact(network)
    )


def sums_are_exact(network: Network) -> bool:
    """Return whether the charges of a neuron have the same sum in whatever order they are added.

    Integers have. In float32 they have if all are multiples of a power of two so large that their
    sum is less than 2²⁴ of it; in float64 less than 2⁵³.
    """
    if network.arithmetic == "integer":
        return True
    largest = _EXACT[network.arithmetic]
    bias = models.parameters(network.model).index("bias")
    biases = network.parameters[:, bias].astype(np.float64)
    weights = network.weights.astype(np.float64)
    most = np.abs(biases) + np.bincount(network.targets, np.abs(weights), network.neurons)
    mantissas, exponents = np.frexp(np.concatenate((biases, weights)))
    whole = np.abs(mantissas * largest).astype(np.int64)  # of all the bits of a mantissa
    used = whole > 0
    if not used.any():
        return True
    grid = np.ldexp((whole & -whole)[used] / largest, exponents[used]).min()
    return bool(most.max() < largest * grid)


def lay_out(network: Network) -> EventDriven:
    """Lay out a network at rest; it must be valid and `is_suited`."""
    model = models.MODELS[network.model]
    sources, delay = network.source_count, network.max_delay
    own = network.neurons - sources
    padded = -(-own // BLOCK) * BLOCK
    lap = max(_SHORTEST_LAP, delay)
    order = np.argsort(network.sources, kind="stable")
    starts = np.searchsorted(network.sources[order], np.arange(network.neurons + 1))
    ahead = network.delays * padded + network.targets - sources
    outputs = np.full(network.neurons, -1)
    outputs[network.output_neurons] = np.arange(network.outputs)
    sizes = np.zeros(SIZES, np.int64)
    sizes[NEURONS:] = (
        network.neurons,
        sources,
        network.outputs,
        network.synapses,
        padded,
        lap,
        delay,
    )
    dtype = models.DTYPES[network.arithmetic]
    parameters = np.zeros((len(model.parameters), padded), dtype)
    parameters[:, :own] = network.parameters[sources:].T
    return EventDriven(
        sizes,
        np.concatenate((starts, ahead[order], outputs)).astype(np.int32),
        np.concatenate((network.weights[order], parameters.ravel())),
        np.zeros((model.states + 1 + lap + delay) * padded, dtype),
    )
