"""Compiled expression: which neurons matter, and the networks of those alone, packed."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import (
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
from ...sim.compile import kernel, reads, writes


@kernel()
def _spread(reached: NDArray[np.bool_], begins: NDArray[np.int32], ends: NDArray[np.int32]) -> None:
    """Mark all that edges lead to from the marked neurons."""
    growing = True
    while growing:
        growing = False
        for i in range(len(begins)):
            if reached[begins[i]] and not reached[ends[i]]:
                reached[ends[i]] = growing = True


@kernel(once=True)
def _place(
    inputs: int,
    outputs: int,
    rows: NDArray[np.float32],
    bias: int,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    fed: NDArray[np.bool_],
    heard: NDArray[np.bool_],
    place: NDArray[np.int32],
) -> int:
    """Write the index in the network of every neuron, -1 if it has none; return how many have one.

    Neurons that receive charge go into `fed`, those that reach an output into `heard`.
    """
    for i in range(len(rows)):
        fed[i] = i < inputs or (bias >= 0 and rows[i, bias] != 0)
        heard[i] = inputs <= i < inputs + outputs
    _spread(fed, sources, targets)
    _spread(heard, targets, sources)
    kept = 0
    for i in range(len(rows)):
        place[i] = -1
        if i < inputs + outputs or (fed[i] and heard[i]):
            place[i] = kept
            kept += 1
    return kept


@kernel(once=True)
def _write_synapses(
    place: NDArray[np.int32],
    kept: int,
    wiring: NDArray[np.int32],
    weights: NDArray[np.float32],
    begin: int,
    end: int,
    structure: NDArray[np.int32],
    numbers: NDArray[np.float32],
) -> tuple[int, np.int32]:
    """Write offsets, sources, delays and weights of the synapses from `begin` to `end` that are kept.

    Returns:
        Their number, and their longest delay, or 1.
    """
    synapses, longest = 0, np.int32(1)
    for i in range(begin, end):
        if place[wiring[0, i]] >= 0 and place[wiring[1, i]] >= 0:
            synapses += 1
    for i in range(kept + 1):
        structure[i] = 0
    k = 0
    for i in range(begin, end):
        source, target, delay = place[wiring[0, i]], place[wiring[1, i]], wiring[2, i]
        if source >= 0 and target >= 0:
            structure[target + 1] += 1
            structure[kept + 1 + k] = source
            structure[kept + 1 + synapses + k] = delay
            numbers[k] = weights[i]
            longest = delay if delay > longest else longest
            k += 1
    for i in range(kept):
        structure[i + 1] += structure[i]
    return synapses, longest


@kernel(once=True)
def _write_parameters(
    place: NDArray[np.int32],
    rows: NDArray[np.float32],
    first: int,
    refractory: int,
    numbers: NDArray[np.float32],
) -> np.int64:
    """Write the rows of the kept neurons, 0 before the first with a potential.

    Returns:
        The longest refractory period.
    """
    width, longest = rows.shape[1], np.float32(0)
    for i in range(len(rows)):
        if place[i] >= 0:
            for column in range(width):
                numbers[place[i] * width + column] = rows[i, column] if i >= first else 0
            if refractory >= 0 and i >= first and rows[i, refractory] > longest:
                longest = rows[i, refractory]
    return np.int64(longest)


@kernel(
    types.UniTuple(types.int64, 2)(  # type: ignore[no-untyped-call]  # Numba has no annotations
        reads(types.int64),  # ends
        reads(types.int32, 2),  # sizes
        reads(types.float32, 2),  # rows
        reads(types.int32, 2),  # wiring
        reads(types.float32),  # weights
        types.int64,  # bias
        types.int64,  # refractory
        writes(types.boolean, 2),  # marks
        writes(types.int32),  # place
        writes(types.int32, 2),  # headers
        writes(types.int32),  # structure
        writes(types.float32),  # numbers
    )
)
def express(
    ends: NDArray[np.int64],
    sizes: NDArray[np.int32],
    rows: NDArray[np.float32],
    wiring: NDArray[np.int32],
    weights: NDArray[np.float32],
    bias: int,
    refractory: int,
    marks: NDArray[np.bool_],
    place: NDArray[np.int32],
    headers: NDArray[np.int32],
    structure: NDArray[np.int32],
    numbers: NDArray[np.float32],
) -> tuple[np.int64, np.int64]:
    """Keep inputs, outputs and the hidden neurons that can receive charge and reach an output.

    Charge starts at inputs and at neurons with a bias. The kept neurons stay in order.

    Args:
        ends: (3,) inputs, outputs and the index of the first neuron with a potential, the same in
            all genomes.
        sizes: (genomes, 2) neurons and synapses of each.
        rows: (neurons, P) rows of `Network.parameters`, of all genomes, one after the other; those
            of sources do not matter.
        wiring: (3, synapses) of all genomes, as the weights.
        weights: (synapses,)
        bias: Column of the bias, or -1.
        refractory: Column of the refractory period, or -1.
        marks: (2, neurons of the largest genome), scratch, as the next.
        place: (neurons of the largest genome,)
        headers: (genomes, HEADER) of `Batch`, written, as the next two.
        structure: Long enough for all neurons and synapses.
        numbers: As long.

    Returns:
        How much of structure and numbers is written.
    """
    inputs, outputs = ends[0], ends[1]
    width = rows.shape[1]
    neuron = synapse = start = number = np.int64(0)
    for n in range(len(sizes)):
        neuron_end, synapse_end = neuron + sizes[n, 0], synapse + sizes[n, 1]
        own = rows[neuron:neuron_end]
        begins, stops = wiring[0, synapse:synapse_end], wiring[1, synapse:synapse_end]
        kept = _place(inputs, outputs, own, bias, begins, stops, marks[0], marks[1], place)
        synapses, delay = _write_synapses(
            place,
            kept,
            wiring,
            weights,
            synapse,
            synapse_end,
            structure[start:],
            numbers[number:],
        )
        pause = _write_parameters(place, own, ends[2], refractory, numbers[number + synapses :])
        headers[n, NEURONS] = kept
        headers[n, SOURCES] = ends[2]
        headers[n, INPUTS] = inputs
        headers[n, OUTPUTS] = outputs
        headers[n, SYNAPSES] = synapses
        headers[n, MAX_DELAY] = delay if delay > pause else pause
        headers[n, STRUCTURE] = start
        headers[n, NUMBERS] = number
        headers[n, PARAMETERS] = width
        number += synapses + kept * width
        start += kept + 1 + 2 * synapses
        for end in range(inputs + outputs):
            structure[start + end] = end
        start += inputs + outputs
        neuron, synapse = neuron_end, synapse_end
    return start, number
