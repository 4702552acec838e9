"""What a network has decided, and when: from the spikes of its outputs to a class or an action.

A decoder is a frozen dataclass with a text form (``first_to:3``, see ``tasks.spec``). ``decide`` is
the compiled half, for the kernels of tasks. Ties and silence go to the lowest index everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numba import types
from numpy.typing import NDArray

from .. import InputError
from ..sim.batch import INPUTS, NEURONS, OUTPUTS, STRUCTURE, SYNAPSES
from ..sim.compile import kernel, reads, writes
from ..sim.count import lowest
from ..sim.stepper import Stepper
from .first_spike import first_spike
from .spec import parse
from .spike_race import race

DIFFERENCE = -1  # a target: the decision is the window plus the difference of two outputs' spikes
MEMBRANE = -2  # a target: the highest potential after the window decides


@dataclass(frozen=True)
class Decoder:
    """How the outputs' spikes are read.

    Attributes:
        name: What the user calls it.
        main: The field that a bare value sets, if any.
    """

    name: ClassVar[str]
    main: ClassVar[str | None] = None

    @property
    def target(self) -> int:
        """Spikes with which an output has won; 0: the one with most spikes in the window wins.

        Or ``MEMBRANE``, or ``DIFFERENCE``.
        """
        return 0


@dataclass(frozen=True)
class FirstSpike(Decoder):
    """``first_spike``: the output that spikes first; latency is 1 + the tick of that spike."""

    name: ClassVar[str] = "first_spike"

    @property
    def target(self) -> int:
        """The first spike wins."""
        return 1


@dataclass(frozen=True)
class FirstTo(Decoder):
    """``first_to``: the first output with k spikes; latency is 1 + the tick of the k-th.

    What one deploys: later spikes are ignored. Where none reaches k, the output with most spikes
    in the window wins and the latency is the window.

    Attributes:
        k: Spikes that decide, ≥ 1.
    """

    name: ClassVar[str] = "first_to"
    main: ClassVar[str | None] = "k"

    k: int = 2

    def __post_init__(self) -> None:
        """Check the field; raises InputError."""
        if self.k < 1:
            raise InputError(f"decoder first_to: k must be at least 1 (got {self.k})")

    @property
    def target(self) -> int:
        """The k-th spike wins."""
        return self.k


@dataclass(frozen=True)
class SpikeCount(Decoder):
    """``spike_count``: the output with most spikes in the window.

    Latency is 1 + the last tick at which the running winner changed. Before the first output spike
    there is no winner; that spike is the first change. Without any, the latency is the window.
    """

    name: ClassVar[str] = "spike_count"


@dataclass(frozen=True)
class Membrane(Decoder):
    """``membrane``: the output with the highest potential after the last tick; latency: the window.

    A spike in the last tick has reset the potential already; outputs that are to be read so do
    best not to spike.
    """

    name: ClassVar[str] = "membrane"

    @property
    def target(self) -> int:
        """The potential decides."""
        return MEMBRANE


DECODERS: dict[str, type[Decoder]] = {
    cls.name: cls for cls in (FirstSpike, FirstTo, SpikeCount, Membrane)
}


def decoder(text: str) -> Decoder:
    """Make the decoder that a text names.

    Raises:
        InputError: Unknown decoder or setting, or a value out of range.
    """
    return parse(text, DECODERS, "decoder of classes and actions")


def decide_step(
    stepper: Stepper, fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Decisions and latencies, (lanes,) each, of the window that a stepper has just run.

    Args:
        stepper: The network and its state.
        fired: (ticks, neurons, lanes), spikes in that window.
        outputs: (outputs,), neuron of each output.
        target: ``Decoder.target``.
    """
    if target == MEMBRANE:
        decisions = np.argmax(stepper.potentials[outputs], axis=0).astype(np.int32)
        return decisions, np.full(fired.shape[2], len(fired), np.int32)
    return decide_lanes(fired, outputs, target)


def decide_lanes(
    fired: NDArray[np.bool_], outputs: NDArray[np.int32], target: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Decisions and latencies, (lanes,) each, of samples side by side.

    Args:
        fired: (ticks, neurons, lanes), spikes.
        outputs: (outputs,), neuron of each output.
        target: ``Decoder.target``, but not ``MEMBRANE``.
    """
    lanes = fired.shape[2]
    decisions, latencies = np.empty(lanes, np.int32), np.empty(lanes, np.int32)
    _lane_decider()(np.ascontiguousarray(fired), outputs, target, decisions, latencies)
    return decisions, latencies


@kernel()
def output_neurons(header, structure):  # type: ignore[no-untyped-def]
    """View of the (outputs,) int32 neurons of a network's outputs in a batch's structure."""
    before = header[NEURONS] + 1 + 2 * header[SYNAPSES] + header[INPUTS]
    first = header[STRUCTURE] + before
    return structure[first : first + header[OUTPUTS]]


@kernel()
def highest(state, outputs, ticks, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane by the potentials after a window of so many ticks.

    Args:
        state: (state variables, neurons, ≥ lanes), the potential first.
        outputs: This and all others as in ``decide``.
        ticks: …
        lanes: …
        decisions: …
        latencies: …
    """
    for lane in range(lanes):
        winner = 0
        for output in range(1, len(outputs)):
            if state[0, outputs[output], lane] > state[0, outputs[winner], lane]:
                winner = output
        decisions[lane] = winner
        latencies[lane] = ticks


@kernel()
def count_outputs(raster, history, outputs, counts):  # type: ignore[no-untyped-def]
    """Count the spikes of every output in every lane.

    Args:
        raster: As in ``decide``.
        history: As in ``decide``.
        outputs: As in ``decide``.
        counts: (outputs, lanes) int32, written.
    """
    counts[:] = 0
    for row in range(history, raster.shape[0]):
        for output in range(len(outputs)):
            for word in range(raster.shape[2]):
                fired = raster[row, outputs[output], word]
                while fired != np.uint64(0):
                    counts[output, 64 * word + lowest(fired)] += 1
                    fired &= fired - np.uint64(1)


@kernel()
def decide(raster, history, outputs, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane, from the window's rows of a raster.

    Args:
        raster: (history + ticks, neurons, words) uint64, as in the simulator's kernels.
        history: Rows before the window, int64.
        outputs: (outputs,) int32, neuron of each output.
        target: ``Decoder.target``, int64.
        lanes: Number of samples, int64.
        decisions: (≥ lanes,) int32, written: index of the winning output.
        latencies: (≥ lanes,) int32, written: ticks until decided, 1 … ticks.
    """
    if target == DIFFERENCE:
        _difference(raster, history, outputs, lanes, decisions, latencies)
    elif target == 1:
        first_spike(raster, history, outputs, lanes, decisions, latencies)
    else:
        race(raster, history, outputs, target, lanes, decisions, latencies)


@kernel()
def _difference(raster, history, outputs, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Ticks of the window + spikes of the second output − spikes of the first, after the window."""
    ticks = raster.shape[0] - history
    for lane in range(lanes):
        decisions[lane] = ticks
        latencies[lane] = ticks
    for row in range(history, raster.shape[0]):
        for word in range(raster.shape[2]):
            more = raster[row, outputs[1], word]
            changed = more ^ raster[row, outputs[0], word]
            while changed != np.uint64(0):
                bit = changed & ~(changed - np.uint64(1))
                lane = 64 * word + lowest(changed)
                changed ^= bit
                decisions[lane] += 1 if (more & bit) != np.uint64(0) else -1


@cache
def _lane_decider() -> Callable[..., None]:
    """``_decide_lanes``, compiled when first asked for: data tasks do without."""
    arguments = (
        reads(types.boolean, 3),  # fired
        reads(types.int32),  # outputs
        types.int64,  # target
        writes(types.int32),  # decisions
        writes(types.int32),  # latencies
    )
    return kernel(types.void(*arguments))(_decide_lanes)


def _decide_lanes(fired, outputs, target, decisions, latencies):  # type: ignore[no-untyped-def]
    ticks, lanes = fired.shape[0], fired.shape[2]
    raster = np.zeros((ticks, len(outputs), (lanes + 63) // 64), np.uint64)
    columns = np.empty(len(outputs), np.int32)
    for output in range(len(outputs)):
        columns[output] = output
        for tick in range(ticks):
            for lane in range(lanes):
                spike = np.uint64(fired[tick, outputs[output], lane])
                raster[tick, output, lane // 64] |= spike << np.uint64(lane % 64)
    decide(raster, 0, columns, target, lanes, decisions, latencies)
