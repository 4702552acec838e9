"""Compiled expression: which neurons matter, and the network of those alone."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads
from ...sim.neurons.lif import LEAK_NONE, LEAK_WHOLE
from . import head, returns

_INDICES = reads(types.int32)
_EXPRESSED = returns(
    (types.int32, 1), (types.int32, 1), (types.float32, 1), (types.int32, 1), (types.float32, 2)
)


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


@kernel(
    _EXPRESSED(
        types.int64,
        types.int64,
        types.int64,
        reads(types.float32, 2),
        _INDICES,
        _INDICES,
        reads(types.float32),
        _INDICES,
        reads(types.float32),
        _INDICES,
        types.int64,
        types.int64,
    )
)
def express(
    inputs: int,
    outputs: int,
    first: int,
    parameters: NDArray[np.float32],
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    weights: NDArray[np.float32],
    delays: NDArray[np.int32],
    shared: NDArray[np.float32],
    columns: NDArray[np.int32],
    bias: int,
    shift: int,
) -> tuple[
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.float32],
    NDArray[np.int32],
    NDArray[np.float32],
]:
    """Keep inputs, outputs and the hidden neurons that can receive charge and reach an output.

    Charge starts at inputs and at neurons with a bias. The kept neurons stay in order.

    Args:
        inputs: Number of inputs.
        outputs: Number of outputs.
        first: Index of the first neuron with a potential.
        parameters: (neurons, G) of the genome, as the next four.
        sources: (synapses,)
        targets: (synapses,)
        weights: (synapses,)
        delays: (synapses,)
        shared: (P,) of `Layout`, as the next three.
        columns: (G,)
        bias: Column of the bias, or -1.
        shift: Column of the leak that is given as a shift, or -1.

    Returns:
        Offsets, sources, weights, delays and parameters (neurons, P) of `Network`.
    """
    rows = _rows(first, parameters, shared, columns)
    place, kept = _kept(inputs, outputs, rows, bias, sources, targets)
    kept_rows = np.empty((kept, len(shared)), np.float32)
    for i in range(len(rows)):
        if place[i] >= 0:
            for column in range(len(shared)):
                kept_rows[place[i], column] = rows[i, column]
            if shift >= 0 and i >= first:
                kept_rows[place[i], shift] = _shift(rows[i, shift])

    offsets = np.zeros(kept + 1, np.int32)
    begins, charges = np.empty(len(sources), np.int32), np.empty(len(sources), np.float32)
    ticks = np.empty(len(sources), np.int32)
    k = 0
    for i in range(len(sources)):
        source, target = place[sources[i]], place[targets[i]]
        if source >= 0 and target >= 0:
            begins[k], charges[k], ticks[k] = source, weights[i], delays[i]
            offsets[target + 1] += 1
            k += 1
    for i in range(kept):
        offsets[i + 1] += offsets[i]
    return offsets, head(begins, k), head(charges, k), head(ticks, k), kept_rows
