"""Compiled expression: which neurons matter, and the networks of those alone, packed."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import (
    HEADER,
    INPUTS,
    MAX_DELAY,
    NEURONS,
    NUMBERS,
    OUTPUTS,
    PARAMETERS,
    SOURCES,
    STRUCTURE,
    SYNAPSES,
)
from ...sim.compile import kernel, reads
from ...sim.neurons.lif import LEAK_NONE, LEAK_WHOLE
from . import head, returns

_INDICES = reads(types.int32)
_EXPRESSED = returns((types.int32, 2), (types.int32, 1), (types.float32, 1))


@kernel()
def _spread(reached: NDArray[np.bool_], begins: NDArray[np.int32], ends: NDArray[np.int32]) -> None:
    """Mark all that edges lead to from the marked neurons."""
    growing = True
    while growing:
        growing = False
        for i in range(len(begins)):
            if reached[begins[i]] and not reached[ends[i]]:
                reached[ends[i]] = growing = True


@kernel()
def _kept(
    inputs: int,
    outputs: int,
    rows: NDArray[np.float32],
    bias: int,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
) -> tuple[NDArray[np.int32], int]:
    """Index in the network of every neuron, -1 if it has none; number of neurons."""
    neurons = len(rows)
    fed, heard = np.empty(neurons, np.bool_), np.empty(neurons, np.bool_)
    for i in range(neurons):
        fed[i] = i < inputs or (bias >= 0 and rows[i, bias] != 0)
        heard[i] = inputs <= i < inputs + outputs
    _spread(fed, sources, targets)
    _spread(heard, targets, sources)
    place = np.empty(neurons, np.int32)
    kept = 0
    for i in range(neurons):
        place[i] = -1
        if i < inputs + outputs or (fed[i] and heard[i]):
            place[i] = kept
            kept += 1
    return place, kept


@kernel()
def _rows(
    first: int,
    parameters: NDArray[np.float32],
    shared: NDArray[np.float32],
    columns: NDArray[np.int32],
) -> NDArray[np.float32]:
    """Parameters of every neuron as a network has them; 0 before the first with a potential."""
    rows = np.zeros((len(parameters), len(shared)), np.float32)
    for i in range(first, len(parameters)):
        for column in range(len(shared)):
            rows[i, column] = shared[column]
        for gene in range(len(columns)):
            rows[i, columns[gene]] = parameters[i, gene]
    return rows


@kernel()
def _shift(leak: float) -> int:
    """The shift k of integer arithmetic for leak = 1 - 2^-k."""
    if leak == 1:
        return LEAK_NONE
    k = LEAK_WHOLE
    while leak > 0:
        leak, k = 2 * leak - 1, k + 1
    return k


@kernel()
def _write_synapses(
    place: NDArray[np.int32],
    kept: int,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    weights: NDArray[np.float32],
    delays: NDArray[np.int32],
    structure: NDArray[np.int32],
    numbers: NDArray[np.float32],
) -> tuple[int, int]:
    """Write offsets, sources and delays, and weights; number of synapses and longest delay, or 1."""
    synapses, longest = 0, 1
    for i in range(len(sources)):
        synapses += place[sources[i]] >= 0 and place[targets[i]] >= 0
    for i in range(kept + 1):
        structure[i] = 0
    k = 0
    for i in range(len(sources)):
        source, target = place[sources[i]], place[targets[i]]
        if source >= 0 and target >= 0:
            structure[target + 1] += 1
            structure[kept + 1 + k] = source
            structure[kept + 1 + synapses + k] = delays[i]
            numbers[k] = weights[i]
            longest = max(longest, int(delays[i]))
            k += 1
    for i in range(kept):
        structure[i + 1] += structure[i]
    return synapses, longest


@kernel()
def _write_parameters(
    place: NDArray[np.int32],
    rows: NDArray[np.float32],
    first: int,
    shift: int,
    refractory: int,
    numbers: NDArray[np.float32],
) -> int:
    """Write the rows of the kept neurons; the longest refractory period."""
    columns, longest = rows.shape[1], 0
    for i in range(len(rows)):
        if place[i] >= 0:
            for column in range(columns):
                numbers[place[i] * columns + column] = rows[i, column]
            if shift >= 0 and i >= first:
                numbers[place[i] * columns + shift] = _shift(rows[i, shift])
            if refractory >= 0:
                longest = max(longest, int(rows[i, refractory]))
    return longest


@kernel(
    _EXPRESSED(
        reads(types.int64),
        reads(types.int32, 2),
        reads(types.float32, 2),
        _INDICES,
        _INDICES,
        reads(types.float32),
        _INDICES,
        reads(types.float32),
        _INDICES,
        types.int64,
        types.int64,
        types.int64,
    )
)
def express(
    ends: NDArray[np.int64],
    sizes: NDArray[np.int32],
    parameters: NDArray[np.float32],
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    weights: NDArray[np.float32],
    delays: NDArray[np.int32],
    shared: NDArray[np.float32],
    columns: NDArray[np.int32],
    bias: int,
    shift: int,
    refractory: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Keep inputs, outputs and the hidden neurons that can receive charge and reach an output.

    Charge starts at inputs and at neurons with a bias. The kept neurons stay in order.

    Args:
        ends: (3,) inputs, outputs and the index of the first neuron with a potential, the same in
            all genomes.
        sizes: (genomes, 2) neurons and synapses of each.
        parameters: (neurons, G) of all genomes, one after the other, as the next four.
        sources: (synapses,)
        targets: (synapses,)
        weights: (synapses,)
        delays: (synapses,)
        shared: (P,) of `Layout`, as the next four.
        columns: (G,)
        bias: Column of the bias, or -1.
        shift: Column of the leak that is given as a shift, or -1.
        refractory: Column of the refractory period, or -1.

    Returns:
        Headers, structure and numbers of `Batch`.
    """
    inputs, outputs, first = ends
    width = len(shared)
    headers = np.empty((len(sizes), HEADER), np.int32)
    room = len(parameters) + 2 * len(sources) + len(sizes) * (1 + inputs + outputs)
    structure = np.empty(room, np.int32)
    numbers = np.empty(len(sources) + len(parameters) * width, np.float32)
    neuron = synapse = start = number = 0
    for n in range(len(sizes)):
        neuron_end, synapse_end = neuron + sizes[n, 0], synapse + sizes[n, 1]
        begins, stops = sources[synapse:synapse_end], targets[synapse:synapse_end]
        rows = _rows(first, parameters[neuron:neuron_end], shared, columns)
        place, kept = _kept(inputs, outputs, rows, bias, begins, stops)
        charges, ticks = weights[synapse:synapse_end], delays[synapse:synapse_end]
        count, delay = _write_synapses(
            place, kept, begins, stops, charges, ticks, structure[start:], numbers[number:]
        )
        pause = _write_parameters(place, rows, first, shift, refractory, numbers[number + count :])
        header = headers[n]
        header[NEURONS], header[SYNAPSES] = kept, count
        header[SOURCES], header[INPUTS], header[OUTPUTS] = first, inputs, outputs
        header[MAX_DELAY], header[PARAMETERS] = max(delay, pause), width
        header[STRUCTURE], header[NUMBERS] = start, number
        start += kept + 1 + 2 * count
        for end in range(inputs + outputs):
            structure[start + end] = end
        start += inputs + outputs
        number += count + kept * width
        neuron, synapse = neuron_end, synapse_end
    return headers, head(structure, start), head(numbers, number)
