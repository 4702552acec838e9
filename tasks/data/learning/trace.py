"""What learning works on: the wiring of a network, its numbers, samples in batches, and what a batch leaves."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ....sim.batch import unpack_lanes
from ....sim.compile import read_only, reads, writes
from .lanes import LANES

#: Columns of `Wiring.neurons`.
LEAK, REFRACTORY, V_RESET, V_MIN, SOFT_RESET, SYNAPTIC_LEAK, ADAPTATION, ADAPTATION_LEAK = range(8)

#: Rows of `Numbers.values`.
EXACT, ROUNDED, GRADIENT, FIRST_MOMENT, SECOND_MOMENT = range(5)

#: Rows of `Numbers.limits`.
LOW, HIGH, GRID, STEPS, STEP = range(5)


class Wiring(NamedTuple):
    """What of a network is not learned.

    Attributes:
        first: (1,) int64, index of the first neuron with a potential: the number of sources.
        offsets: (neurons + 1,) int32, the synapses of target j are offsets[j] … offsets[j + 1] − 1.
        sources: (synapses,) int32, the neuron at which a synapse begins.
        delays: (synapses,) int32, ticks ≥ 1.
        out_offsets: (neurons + 1,) int32, as `offsets`, of the synapses that begin at a neuron.
        out_synapses: (synapses,) int32, those synapses.
        targets: (synapses,) int32, the neuron at which a synapse ends.
        neurons: (neurons, 8) float32; the columns are this module's constants. A parameter that the
            model does not have is that of a neuron without its effect.
        whole: (1,) int64, 1 where leaks round towards zero and potentials keep to 16 bits.
    """

    first: NDArray[np.int64]
    offsets: NDArray[np.int32]
    sources: NDArray[np.int32]
    delays: NDArray[np.int32]
    out_offsets: NDArray[np.int32]
    out_synapses: NDArray[np.int32]
    targets: NDArray[np.int32]
    neurons: NDArray[np.float32]
    whole: NDArray[np.int64]


class Numbers(NamedTuple):
    """What is learned: weights, then a bias and a threshold of every neuron.

    Attributes:
        values: (5, synapses + 2 · neurons) float32; the rows are this module's constants.
        limits: (5, synapses + 2 · neurons) float32: lowest and highest value, grid and its
            inverse, and the step of Adam, 0 for what is not learned.
    """

    values: NDArray[np.float32]
    limits: NDArray[np.float32]


class Shown(NamedTuple):
    """Samples that networks learn from.

    Attributes:
        spikes: (ticks, inputs, words) uint64, one bit a sample; (0, 0, 0) where inputs are neurons.
        charges: (ticks, inputs, samples) float32; (0, 0, 0) where inputs are sources.
        labels: (samples, answers) int32, the right ones; (0, 0) where numbers are predicted.
        targets: (samples, numbers) float32 in [0, 1]; (0, 0) where classes are told apart.
        weights: (samples,) float32, what an error in a sample counts.
    """

    spikes: NDArray[np.uint64]
    charges: NDArray[np.float32]
    labels: NDArray[np.int32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


class Groups(NamedTuple):
    """Samples in batches.

    Attributes:
        members: (batches, lanes) int32, the sample in each lane; −1 in lanes that are not used.
        bits: (batches, ticks, inputs) uint32, their spikes, a bit a lane; (batches, 0, 0) where inputs
            are neurons.
    """

    members: NDArray[np.int32]
    bits: NDArray[np.uint32]


def grouped(shown: Shown, order: NDArray[np.int64]) -> Groups:
    """Put samples into batches, in an order."""
    batches = -(-len(order) // LANES)
    members = np.full(batches * LANES, -1, np.int32)
    members[: len(order)] = order
    bits = np.zeros((batches, *shown.spikes.shape[:2]), np.uint32)
    for tick, packed in enumerate(shown.spikes):
        lanes = np.zeros((len(packed), batches * LANES), np.bool_)
        lanes[:, : len(order)] = unpack_lanes(packed, len(shown.weights))[:, order]
        octets = np.packbits(lanes, axis=1, bitorder="little")
        bits[:, tick] = octets.view("<u4").T
    return Groups(read_only(members.reshape(batches, LANES)), read_only(bits))


class Trace(NamedTuple):
    """What a batch leaves behind, tick by tick; the lanes are its samples.

    Attributes:
        spikes: (history + ticks, neurons, lanes) float32, 0 or 1; `history` ticks before the window.
        live: (history + ticks, neurons) bool, whether a neuron spiked in any lane.
        before: (ticks, neurons, lanes) float32, potentials before the reset; of a refractory neuron
            the one that it keeps.
        after: (ticks + 1, neurons, lanes) float32, potentials after it, from before the window on.
        raised: (ticks + 1, neurons, lanes) float32, adaptation, from before the window on.
        held: (ticks, neurons, lanes) bool, whether a neuron was refractory.
        charge: (ticks, neurons, lanes) float32, what flows back into the charge of a tick.
        said: (ticks, outputs, lanes) float32, what the loss leads into a spike of an output.
        left: (outputs, lanes) float32, what it leads into the last potential.
        rows: (7, neurons, lanes) float32, scratch: charges and currents; on the way back what flows
            into the spike of a tick (0), the potential after it (1), the synaptic current (2) and the
            adaptation (3) of the next one, the potential before the reset (4); sums over all
            ticks of what flows into the threshold (5) and the bias (6).
        share: (lanes,) float32, the part of a sample in the loss of the batch; 0 of unused lanes.
        moment: (lanes,) int32, the tick to whose potentials `left` belongs; −1 for after the last.
        outputs: (outputs,) int32, the neuron that is output i.
        counts: (outputs, lanes) float32, spikes of the outputs, and what is made of them.
        scores: (3, outputs) float64, scratch of one lane, and the thresholds of the outputs.
    """

    spikes: NDArray[np.float32]
    live: NDArray[np.bool_]
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    raised: NDArray[np.float32]
    held: NDArray[np.bool_]
    charge: NDArray[np.float32]
    said: NDArray[np.float32]
    left: NDArray[np.float32]
    rows: NDArray[np.float32]
    share: NDArray[np.float32]
    moment: NDArray[np.int32]
    outputs: NDArray[np.int32]
    counts: NDArray[np.float32]
    scores: NDArray[np.float64]


class EpochSettings(NamedTuple):
    """How an epoch is learned.

    Attributes:
        step: Share of `Numbers.limits[STEP]` by which Adam moves; 0 learns nothing.
        decay: What a step of 1 takes of a weight.
        dropout: Share of the inputs that a sample is not shown.
        spike_price: What a spike of any neuron costs, in units of the loss.
    """

    step: float
    decay: float
    dropout: float
    spike_price: float


def trace(ticks: int, history: int, neurons: int, outputs: NDArray[np.int32]) -> Trace:
    """Make room for what a batch leaves behind.

    Args:
        ticks: Length of the window.
        history: Longest delay or refractory period, ticks.
        neurons: Of the network, sources included.
        outputs: (outputs,) the neuron that is output i.
    """
    lanes = LANES
    return Trace(
        np.zeros((history + ticks, neurons, lanes), np.float32),
        np.zeros((history + ticks, neurons), np.bool_),
        np.zeros((ticks, neurons, lanes), np.float32),
        np.zeros((ticks + 1, neurons, lanes), np.float32),
        np.zeros((ticks + 1, neurons, lanes), np.float32),
        np.zeros((ticks, neurons, lanes), np.bool_),
        np.zeros((ticks, neurons, lanes), np.float32),
        np.zeros((ticks, len(outputs), lanes), np.float32),
        np.zeros((len(outputs), lanes), np.float32),
        np.zeros((7, neurons, lanes), np.float32),
        np.zeros(lanes, np.float32),
        np.zeros(lanes, np.int32),
        read_only(outputs),
        np.zeros((len(outputs), lanes), np.float32),
        np.zeros((3, len(outputs)), np.float64),
    )


_REAL = types.float64
_named: Any = types.NamedTuple
WIRING = _named(
    (
        reads(types.int64),
        *(reads(types.int32),) * 6,
        reads(types.float32, 2),
        reads(types.int64),
    ),
    Wiring,
)
NUMBERS = _named((writes(types.float32, 2), reads(types.float32, 2)), Numbers)
SHOWN = _named(
    (
        reads(types.uint64, 3),
        reads(types.float32, 3),
        reads(types.int32, 2),
        reads(types.float32, 2),
        reads(types.float32),
    ),
    Shown,
)
GROUPS = _named((reads(types.int32, 2), reads(types.uint32, 3)), Groups)
TRACE = _named(
    (
        writes(types.float32, 3),
        writes(types.boolean, 2),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.boolean, 3),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.float32, 2),
        writes(types.float32, 3),
        writes(types.float32),
        writes(types.int32),
        reads(types.int32),
        writes(types.float32, 2),
        writes(types.float64, 2),
    ),
    Trace,
)
_alike: Any = types.NamedUniTuple
EPOCH_SETTINGS = _alike(_REAL, 4, EpochSettings)
