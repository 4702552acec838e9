"""The network that is simulated, counted, hashed, exported and drawn: flat arrays, nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import models
from .html import html_table
from .neurons.risp import EMPTY_EVENT

LONGEST = 2**15  # ticks: the longest delay or refractory period; a raster keeps that much history

_SHOWN = 12  # synapses, in notebooks


@dataclass(frozen=True, eq=False)
class Network:
    """A spiking network with its synapses sorted by (target, source), at most one per pair.

    Building one checks nothing, so that a search can build many; `validate` checks everything.

    Attributes:
        model: Name of the neuron model, such as `"lif"`.
        arithmetic: `"float32"`, `"float64"` or `"integer"`, as the model has it; the dtype of
            `weights` and `parameters` follows it.
        source_count: Neurons 0 … source_count − 1 are sources: the encoder gives their spikes, they
            have no potential and no incoming synapses.
        input_neurons: (inputs,) int32, the neuron that input i drives, all different; the sources
            in order, or, where there are none, ordinary neurons that receive charge.
        output_neurons: (outputs,) int32, the neuron that is output i.
        offsets: (neurons + 1,) int32, the synapses of target j are offsets[j] … offsets[j + 1] − 1.
        sources: (synapses,) int32, the neuron at which a synapse begins.
        weights: (synapses,) of the arithmetic's dtype, charge delivered by a spike.
        delays: (synapses,) int32, ticks ≥ 1.
        parameters: (neurons, P) of the arithmetic's dtype, C-contiguous, with the columns that
            `models.parameters(model)` names; the rows of sources are 0.
    """

    model: str
    arithmetic: str
    source_count: int
    input_neurons: NDArray[np.int32]
    output_neurons: NDArray[np.int32]
    offsets: NDArray[np.int32]
    sources: NDArray[np.int32]
    weights: models.Numbers
    delays: NDArray[np.int32]
    parameters: models.Numbers

    @property
    def neurons(self) -> int:
        """Number of neurons, sources included."""
        return len(self.parameters)

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(self.input_neurons)

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return len(self.output_neurons)

    @property
    def synapses(self) -> int:
        """Number of synapses."""
        return len(self.sources)

    @property
    def hidden(self) -> int:
        """Number of neurons that are neither input nor output."""
        ends = np.concatenate((self.input_neurons, self.output_neurons))
        return self.neurons - len(np.unique(ends))

    @cached_property
    def max_delay(self) -> int:
        """Ticks that a kernel looks back: the longest delay or refractory period, at least 1."""
        longest = int(self.delays.max(initial=1))
        refractory = models.refractory_column(self.model)
        if refractory is not None:
            longest = max(longest, int(self.parameters[:, refractory].max(initial=0)))
        return longest

    @cached_property
    def targets(self) -> NDArray[np.int32]:
        """(synapses,) int32, the neuron at which a synapse ends."""
        numbers = np.arange(self.neurons, dtype=np.int32)
        return np.repeat(numbers, np.diff(self.offsets))

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal digits that equal networks share: BLAKE2b over everything above."""
        return digest(
            f"{self.model} {self.arithmetic} {self.source_count} {self.neurons} "
            f"{self.inputs} {self.outputs} {self.synapses}",
            self.input_neurons.tobytes(),
            self.output_neurons.tobytes(),
            self.offsets.tobytes(),
            self.sources.tobytes(),
            self.delays.tobytes(),
            (self.weights + 0).tobytes(),  # −0.0, which behaves as 0.0 does, becomes it
            (self.parameters + 0).tobytes(),
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: sizes, and the first synapses."""
        sizes = [
            ("model", f"{self.model}, {self.arithmetic}"),
            ("inputs, hidden neurons, outputs", f"{self.inputs}, {self.hidden}, {self.outputs}"),
            ("synapses", f"{self.synapses}, delays up to {self.max_delay} ticks"),
        ]
        names, ends = labels(self), zip(self.sources, self.targets, strict=True)
        arrows = [f"{names[source]} → {names[target]}" for source, target in ends]
        charges = zip(self.weights.tolist(), self.delays.tolist(), strict=True)
        synapses = [f"weight {weight:.4g}, delay {delay}" for weight, delay in charges]
        shown = [*zip(arrows, synapses, strict=True)][:_SHOWN]
        more = [("…", f"{self.synapses - _SHOWN} more")] if self.synapses > _SHOWN else []
        return html_table("network", [*sizes, *shown, *more])

    def with_all_outputs(self) -> "Network":
        """Return the same network with every neuron as an output, for those who want to see every spike."""
        return replace(self, output_neurons=np.arange(self.neurons, dtype=np.int32))

    def validate(self) -> None:
        """Check that the arrays describe a network that every kernel can run safely.

        Raises:
            InputError: Naming the array, neuron or synapse, its value and what is allowed.
        """
        validate(self)


def roles(network: Network) -> tuple[str, ...]:
    """Return (neurons,) `input`, `hidden` or `output`; a neuron that is both ends is an output."""
    found = ["hidden"] * network.neurons
    for neuron in network.input_neurons:
        found[neuron] = "input"
    for neuron in network.output_neurons:
        found[neuron] = "output"
    return tuple(found)


def labels(
    network: Network, outputs: Sequence[str] = (), inputs: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return (neurons,) names: inputs `i0`, …; hidden neurons `h0`, …; outputs `o0`, ….

    Args:
        network: Any network.
        outputs: Names of the first outputs, of all of them, or of none.
        inputs: Names of the first inputs, of all of them, or of none.
    """
    found = [""] * network.neurons
    for place, neuron in enumerate(network.input_neurons):
        found[neuron] = inputs[place] if place < len(inputs) else f"i{place}"
    for place, neuron in enumerate(network.output_neurons):
        found[neuron] = outputs[place] if place < len(outputs) else f"o{place}"
    hidden = (neuron for neuron, name in enumerate(found) if not name)
    for place, neuron in enumerate(hidden):
        found[neuron] = f"h{place}"
    return tuple(found)


def digest(sizes: str, *values: bytes) -> str:
    """BLAKE2b over the sizes of a network and the values of its arrays, 16 hexadecimal digits."""
    return blake2b(b"".join((sizes.encode(), *values)), digest_size=8).hexdigest()


def validate(network: Network) -> None:
    """Check one network; see `Network.validate`.

    Raises:
        InputError: Naming the array, neuron or synapse, its value and what is allowed.
    """
    _validate_arrays(network)
    _validate_ends(network)
    _validate_synapses(network)
    models.validate_parameters(
        network.model, network.arithmetic, network.parameters, network.source_count
    )


def _validate_arrays(network: Network) -> None:
    models.check_name(network.model, network.arithmetic)
    number = models.DTYPES[network.arithmetic]
    wanted = {
        "input_neurons": (np.int32, 1),
        "output_neurons": (np.int32, 1),
        "offsets": (np.int32, 1),
        "sources": (np.int32, 1),
        "weights": (number, 1),
        "delays": (np.int32, 1),
        "parameters": (number, 2),
    }
    for name, (dtype, dimensions) in wanted.items():
        array = getattr(network, name)
        wanted_text = (
            f"it must be a NumPy array of {np.dtype(dtype).name} in {dimensions} dimensions"
        )
        if not isinstance(array, np.ndarray):
            raise InputError(f"network: {name} is a {type(array).__name__}; {wanted_text}")
        if array.dtype != dtype or array.ndim != dimensions:
            raise InputError(
                f"network: {name} is {array.dtype} in {array.ndim} dimensions; {wanted_text}"
            )
        if not array.flags.c_contiguous:
            raise InputError(f"network: {name} is not contiguous; it must be C-contiguous")


def _validate_ends(network: Network) -> None:
    if not 0 <= network.source_count <= network.neurons:
        raise InputError(
            f"network: source_count is {network.source_count}; with {network.neurons} neurons it "
            f"must be 0 to {network.neurons}"
        )
    for name in ("input_neurons", "output_neurons"):
        ends = getattr(network, name)
        for position in np.flatnonzero((ends < 0) | (ends >= network.neurons))[:1]:
            raise InputError(
                f"network: {name}[{position}] is {ends[position]}; a neuron's index must be "
                f"0 to {network.neurons - 1}"
            )
        if len(np.unique(ends)) != len(ends):
            raise InputError(f"network: {name} names a neuron twice; all must be different")
    sources = np.arange(network.source_count)
    if network.source_count and not np.array_equal(network.input_neurons, sources):
        raise InputError(
            f"network: input_neurons is {network.input_neurons.tolist()}; with "
            f"{network.source_count} sources it must be 0 to {network.source_count - 1} in order"
        )


def _validate_synapses(network: Network) -> None:
    offsets, sources, delays = network.offsets, network.sources, network.delays
    if len(offsets) != network.neurons + 1 or offsets[0] != 0 or np.any(np.diff(offsets) < 0):
        raise InputError(
            f"network: offsets must be {network.neurons + 1} numbers that start at 0 and never fall"
        )
    for name in ("sources", "weights", "delays"):
        if len(getattr(network, name)) != offsets[-1]:
            raise InputError(
                f"network: {name} has {len(getattr(network, name))} entries; offsets ends with "
                f"{offsets[-1]} synapses"
            )
    if offsets[network.source_count] != 0:
        target = int(np.flatnonzero(offsets > 0)[0]) - 1
        raise InputError(f"network: source {target} has an incoming synapse; sources have none")
    wrong = (
        ("source", sources, (sources < 0) | (sources >= network.neurons), network.neurons - 1, 0),
        ("delay", delays, (delays < 1) | (delays > LONGEST), LONGEST, 1),
    )
    for name, values, bad, highest, lowest in wrong:
        for synapse in np.flatnonzero(bad)[:1]:
            raise InputError(
                f"network: synapse {synapse} has {name} {values[synapse]}; it must be "
                f"{lowest} to {highest}"
            )
    for synapse in np.flatnonzero(~np.isfinite(network.weights))[:1]:
        raise InputError(
            f"network: synapse {synapse} has weight {network.weights[synapse]}; it must be finite"
        )
    order = network.targets.astype(np.int64) * network.neurons + sources
    for synapse in np.flatnonzero(np.diff(order) <= 0)[:1] + 1:
        raise InputError(
            f"network: synapse {synapse} from {sources[synapse]} to {network.targets[synapse]} is "
            f"out of order; synapses are sorted by (target, source), one per pair"
        )


LARGEST_CHARGE = 2**29  # of one input in one tick; the charge of all its synapses fits beside it


class ChargeEvent(NamedTuple):
    """Charge that arrives at an input."""

    tick: int
    input: int
    charge: float


def check_inputs(network: Network, given: NDArray[Any]) -> None:
    """Check spikes or charges for a network's inputs.

    Args:
        network: It has sources, which take spikes, or input neurons, which take charges.
        given: (ticks, inputs, samples), bool for spikes, else of the dtype of the weights.

    Raises:
        InputError: Saying what it must be.
    """
    dtype = np.dtype(np.bool_) if network.source_count else network.weights.dtype
    if given.ndim != 3 or given.shape[1] != network.inputs or given.dtype != dtype:
        raise InputError(
            f"inputs of shape {given.shape} and type {given.dtype}; this network takes "
            f"{'spikes' if network.source_count else 'charges'} of shape "
            f"(ticks, {network.inputs}, samples) and type {dtype}"
        )
    if dtype != np.bool_ and not np.all(np.isfinite(given)):
        raise InputError("inputs contain NaN or infinity; charges must be finite")


def sum_charges(events: Iterable[ChargeEvent], ticks: int, network: Network) -> NDArray[Any]:
    """Return the charge of each tick and input, events of the same ones added up in their order.

    For the model `risp`, events that add up to 0 are events nevertheless (`EMPTY_EVENT`).

    Args:
        events: At ticks 0 … ticks − 1.
        ticks: Length of the array.
        network: Without sources.

    Returns:
        (ticks, inputs, 1) of the network's number type.

    Raises:
        InputError: If a sum is too large to compute with.
    """
    sums = np.zeros((ticks, network.inputs, 1))
    arrived = np.zeros(sums.shape, np.bool_)
    for tick, place, charge in events:
        sums[tick, place] += charge
        arrived[tick, place] = True
    for tick, place, _ in np.argwhere(~(np.abs(sums) <= LARGEST_CHARGE))[:1]:
        raise InputError(
            f"input {place} receives a charge of {sums[tick, place, 0]:g} at tick {tick}; it must "
            f"be {-LARGEST_CHARGE} to {LARGEST_CHARGE}"
        )
    if network.model == "risp":
        sums[arrived & (sums == 0)] = EMPTY_EVENT
    return sums.astype(network.weights.dtype)
