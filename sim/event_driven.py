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
from .neurons import lif

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

# Rows of `EventDriven.state`; from ARRIVING on one for each tick of a lap and of the longest delay.
POTENTIAL = 0
REFRACTORY = 1  # ticks for which a neuron will still be held
ARRIVING = 2

_SHORTEST_LAP = 64
_EXACT = 2.0**24  # up to here float32 has every whole number


class EventDriven(NamedTuple):
    """A LIF network with its state. It belongs to whoever made it: the kernel changes it.

    Attributes:
        sizes: (SIZES,) int64; the places are this module's constants.
        structure: (2 · neurons + 1 + synapses,) int32: where the outgoing synapses of each neuron
            start, and the end | for each synapse, sorted by source, how far ahead in the state its
            charge is to be added | for each neuron, which output it is, −1 for none.
        numbers: float32 or int32: the charge of each synapse, sorted by source | for each column of
            the parameters, a row of PADDED neurons.
        state: float32 or int32: rows of PADDED neurons.
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

    def run(self, inputs: NDArray[np.bool_], counts: NDArray[np.int32]) -> NDArray[np.bool_]:
        """As `SideBySide.run`, for one lane."""
        ticks, outputs = len(inputs), len(counts)
        fired = np.empty((ticks, outputs), np.bool_)
        arithmetic = "float32" if self.state.dtype == np.float32 else "integer"
        spikes = inputs.reshape(ticks, inputs.shape[1])
        models.step(arithmetic)(*self, spikes, fired, counts.reshape(outputs))
        return fired.reshape(ticks, outputs, 1)


def is_suited(network: Network) -> bool:
    """Whether the kernel can run a valid network: a LIF whose inputs are spikes and sums exact."""
    return (
        network.model == "lif"
        and network.source_count > 0
        and network.max_delay <= LONGEST_DELAY
        and sums_are_exact(network)
    )


def sums_are_exact(network: Network) -> bool:
    """Whether the charges of a LIF neuron have the same sum in whatever order they are added.

    Integers have. In float32 they have if all are multiples of a power of two so large that their
    sum is less than 2²⁴ of it.
    """
    if network.arithmetic != "float32":
        return True
    biases = network.parameters[:, lif.BIAS].astype(np.float64)
    weights = network.weights.astype(np.float64)
    most = np.abs(biases) + np.bincount(network.targets, np.abs(weights), network.neurons)
    mantissas, exponents = np.frexp(np.concatenate((biases, weights)))
    whole = np.abs(mantissas * _EXACT).astype(np.int64)  # of a float32's 24 bits
    used = whole > 0
    if not used.any():
        return True
    grid = np.ldexp((whole & -whole)[used] / _EXACT, exponents[used]).min()
    return bool(most.max() < _EXACT * grid)


def lay_out(network: Network) -> EventDriven:
    """A network at rest; it must be valid and `is_suited`."""
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
    parameters = np.zeros((len(lif.PARAMETERS), padded), dtype)
    parameters[lif.THRESHOLD] = 2**30  # the neurons that fill the last block never spike
    parameters[:, :own] = network.parameters[sources:].T
    return EventDriven(
        sizes,
        np.concatenate((starts, ahead[order], outputs)).astype(np.int32),
        np.concatenate((network.weights[order], parameters.ravel())),
        np.zeros((ARRIVING + lap + delay) * padded, dtype),
    )
