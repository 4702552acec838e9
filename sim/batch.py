"""Many networks of one model and arithmetic as one packed block; spikes as bits.

That is what crosses to kernels, threads and processes: four arrays, whatever the number of networks.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import models
from .network import Network, digest

BITS = 64  # lanes of a word


def words(lanes: int) -> int:
    """Return the number of 64-bit words that hold `lanes` bits."""
    return -(-lanes // BITS)


def pack_lanes(spikes: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack the last axis: (…, lanes) bool to (…, words) uint64; bits past the lanes are 0."""
    lanes = spikes.shape[-1]
    padded = np.zeros((*spikes.shape[:-1], words(lanes) * BITS), np.bool_)
    padded[..., :lanes] = spikes
    packed = np.packbits(padded, axis=-1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack_lanes(packed: NDArray[np.uint64], lanes: int) -> NDArray[np.bool_]:
    """Undo `pack_lanes`: (…, words) uint64 to (…, lanes) bool."""
    octets = np.ascontiguousarray(packed).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=lanes, bitorder="little").view(np.bool_)


# Columns of `Batch.headers`.
NEURONS = 0  # sources included
SOURCES = 1
INPUTS = 2
OUTPUTS = 3
SYNAPSES = 4
MAX_DELAY = 5  # ticks that a kernel looks back: longest delay or refractory period, at least 1
STRUCTURE = 6  # where the network starts in `Batch.structure`
NUMBERS = 7  # where the network starts in `Batch.numbers`
PARAMETERS = 8  # parameters of a neuron
HEADER = 9  # number of columns


class Batch(NamedTuple):
    """Networks of one neuron model and arithmetic, packed.

    Attributes:
        model: Name of the neuron model.
        headers: (networks, HEADER) int32, C-contiguous; the columns are this module's constants.
        structure: int32, per network: offsets | sources | delays | input_neurons | output_neurons.
        numbers: float32, float64 or int32, per network: weights | parameters, a row for each neuron.
    """

    model: str
    headers: NDArray[np.int32]
    structure: NDArray[np.int32]
    numbers: models.Numbers

    @property
    def networks(self) -> int:
        """Number of networks."""
        return len(self.headers)

    @property
    def arithmetic(self) -> str:
        """`"float32"`, `"float64"` or `"integer"`."""
        return next(name for name, dtype in models.DTYPES.items() if dtype == self.numbers.dtype)


def pack(networks: Sequence[Network]) -> Batch:
    """Pack networks, at least one, all of one neuron model and one arithmetic.

    Raises:
        InputError: If there is none, or they differ in neuron model or arithmetic.
    """
    kinds = {(network.model, network.arithmetic) for network in networks}
    if len(kinds) != 1:
        raise InputError(
            f"a batch of networks has {len(kinds)} combinations of neuron model and arithmetic; "
            "it must have exactly one"
        )
    [(model, arithmetic)] = kinds
    columns = len(models.parameters(model))
    headers = np.empty((len(networks), HEADER), np.int32)
    headers[:, :MAX_DELAY] = [
        (
            len(network.parameters),
            network.source_count,
            len(network.input_neurons),
            len(network.output_neurons),
            len(network.sources),
        )
        for network in networks
    ]
    headers[:, MAX_DELAY] = _max_delays(networks, headers[:, NEURONS], headers[:, SYNAPSES])
    headers[:, PARAMETERS] = columns
    structure_sizes, number_sizes = _sizes(headers)
    headers[:, STRUCTURE], headers[:, NUMBERS] = _starts(structure_sizes), _starts(number_sizes)
    structure = np.concatenate(
        [
            array
            for n in networks
            for array in (n.offsets, n.sources, n.delays, n.input_neurons, n.output_neurons)
        ]
    )
    dtype: Any = models.DTYPES[arithmetic]
    numbers = np.concatenate([a for n in networks for a in (n.weights, n.parameters.ravel())])
    return Batch(
        model,
        headers,
        structure.astype(np.int32, copy=False),
        numbers.astype(dtype, copy=False),
    )


def _max_delays(
    networks: Sequence[Network], neurons: NDArray[np.int32], synapses: NDArray[np.int32]
) -> NDArray[np.int32]:
    """`Network.max_delay` of each network, at a fraction of its cost."""
    longest = np.ones(len(networks), np.int32)
    _raise(longest, np.concatenate([network.delays for network in networks]), synapses)
    refractory = models.refractory_column(networks[0].model)
    if refractory is not None:
        rows = np.concatenate([network.parameters for network in networks])
        _raise(longest, rows[:, refractory], neurons)
    return longest


def _raise(lowest: NDArray[np.int32], values: NDArray[Any], counts: NDArray[np.int32]) -> None:
    """Raise each number to the largest of its values; `counts` says how many follow for each."""
    some = counts > 0
    if some.any():
        largest = np.maximum.reduceat(values, _starts(counts)[some])
        lowest[some] = np.maximum(lowest[some], largest.astype(np.int32))


def _sizes(headers: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How many numbers each network has in `Batch.structure` and in `Batch.numbers`."""
    neurons, synapses = headers[:, NEURONS], headers[:, SYNAPSES]
    ends = headers[:, INPUTS] + headers[:, OUTPUTS]
    return neurons + 1 + 2 * synapses + ends, synapses + headers[:, PARAMETERS] * neurons


def _starts(sizes: NDArray[np.int32]) -> NDArray[np.int64]:
    ends = np.cumsum(sizes, dtype=np.int64)
    return ends - sizes


def part(batch: Batch, start: int, stop: int) -> Batch:
    """Networks start … stop − 1 as a batch of their own, at least one; shares the large arrays."""
    headers = batch.headers[start:stop].copy()
    numbers, structure = headers[0, NUMBERS], headers[0, STRUCTURE]
    ends = batch.headers[stop, [STRUCTURE, NUMBERS]] if stop < len(batch.headers) else (None, None)
    headers[:, STRUCTURE] -= structure
    headers[:, NUMBERS] -= numbers
    return Batch(
        batch.model,
        headers,
        batch.structure[structure : ends[0]],
        batch.numbers[numbers : ends[1]],
    )


def take(batch: Batch, indices: Sequence[int]) -> Batch:
    """Return some networks of a batch, at least one, as a batch of their own, in the order of `indices`."""
    headers = batch.headers[list(indices)]
    structure, structure_starts = _gathered(
        batch.structure, headers[:, STRUCTURE], _sizes(headers)[0]
    )
    numbers, number_starts = _gathered(batch.numbers, headers[:, NUMBERS], _sizes(headers)[1])
    headers[:, STRUCTURE], headers[:, NUMBERS] = structure_starts, number_starts
    return Batch(batch.model, headers, structure, numbers)


def _gathered(
    values: NDArray[Any], starts: NDArray[np.int32], sizes: NDArray[np.int32]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Stretches of values one after the other, and where each of them starts now."""
    ends = (starts + sizes).tolist()
    found = [values[start:end] for start, end in zip(starts.tolist(), ends, strict=True)]
    return np.concatenate(found), _starts(sizes)


def hashes(batch: Batch) -> list[str]:
    """`Network.hash` of every network, at a fraction of its cost."""
    kind = f"{batch.model} {batch.arithmetic}"
    structure, numbers = batch.structure.tobytes(), (batch.numbers + 0).tobytes()
    width = batch.numbers.itemsize
    found = []
    for header in batch.headers.tolist():
        neurons, sources, inputs, outputs, synapses, _, start, first, columns = header
        ends = 4 * (start + neurons + 1 + 2 * synapses)
        found.append(
            digest(
                f"{kind} {sources} {neurons} {inputs} {outputs} {synapses}",
                structure[ends : ends + 4 * (inputs + outputs)],
                structure[4 * start : ends],
                numbers[width * first : width * (first + synapses + columns * neurons)],
            )
        )
    return found


def footprint(
    headers: NDArray[np.int32], synapse_bytes: float, neuron_bytes: float
) -> NDArray[np.float64]:
    """Return the bytes that the networks take on a device, (networks,).

    Args:
        headers: (networks, HEADER), `Batch.headers`.
        synapse_bytes: Of one synapse: its target, weight and delay.
        neuron_bytes: Of one neuron with a potential: its parameters and its state.
    """
    with_potential = headers[:, NEURONS] - headers[:, SOURCES]
    return headers[:, SYNAPSES] * float(synapse_bytes) + with_potential * float(neuron_bytes)


def connection_sparsity(headers: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return 1 − synapses ÷ (neurons × neurons with a potential), (networks,); 1 where there is no room."""
    with_potential = headers[:, NEURONS] - headers[:, SOURCES]
    room = headers[:, NEURONS].astype(np.int64) * with_potential
    return 1.0 - headers[:, SYNAPSES] / np.maximum(room, 1)


def unpack(batch: Batch, index: int) -> Network:
    """Network `index` of a batch; its arrays are views of the batch's."""
    header = [int(value) for value in batch.headers[index]]
    neurons, synapses, columns = header[NEURONS], header[SYNAPSES], header[PARAMETERS]
    lengths = (neurons + 1, synapses, synapses, header[INPUTS], header[OUTPUTS])
    ends = np.cumsum((header[STRUCTURE], *lengths))
    offsets, sources, delays, inputs, outputs = (
        batch.structure[start:end] for start, end in pairwise(ends)
    )
    weights_end = header[NUMBERS] + synapses
    return Network(
        model=batch.model,
        arithmetic=batch.arithmetic,
        source_count=header[SOURCES],
        input_neurons=inputs,
        output_neurons=outputs,
        offsets=offsets,
        sources=sources,
        weights=batch.numbers[header[NUMBERS] : weights_end],
        delays=delays,
        parameters=batch.numbers[weights_end : weights_end + neurons * columns].reshape(
            neurons, columns
        ),
    )
