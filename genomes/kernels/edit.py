"""Compiled edits of a genome's synapses; behind most operators that change the structure."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads
from ..genome import Synapses
from . import returns

_INDICES = reads(types.int32)
_SYNAPSES = returns((types.int32, 1), (types.int32, 1), (types.float32, 1), (types.int32, 1))


@kernel()
def _put(out: Synapses, k: int, synapse: NDArray[np.float64]) -> None:
    out[0][k], out[1][k] = np.int32(synapse[0]), np.int32(synapse[1])
    out[2][k], out[3][k] = np.float32(synapse[2]), np.int32(synapse[3])


@kernel(
    _SYNAPSES(
        _INDICES,
        _INDICES,
        reads(types.float32),
        _INDICES,
        types.int64,
        types.int64,
        types.int64,
        reads(types.float64, 2),
    )
)
def edit(
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    weights: NDArray[np.float32],
    delays: NDArray[np.int32],
    removed: int,
    lost: int,
    born: int,
    added: NDArray[np.float64],
) -> Synapses:
    """Copy synapses while some of them, or a neuron, come or go.

    Args:
        sources: (synapses,), canonical order by (target, source), as the next three.
        targets: (synapses,)
        weights: (synapses,)
        delays: (synapses,)
        removed: Index of a synapse to leave out, or -1.
        lost: Index of a neuron that goes with its synapses; those above move down. Or -1.
        born: Index that a new neuron gets; those from there on move up. Or -1.
        added: (k, 4) new synapses: source, target, weight, delay, with indices as they are after
            the edit, in canonical order, none of a pair that is there already.

    Returns:
        The new sources, targets, weights and delays, in canonical order.
    """
    kept = len(added)
    for i in range(len(sources)):
        if i != removed and sources[i] != lost and targets[i] != lost:
            kept += 1
    out = (
        np.empty(kept, np.int32),
        np.empty(kept, np.int32),
        np.empty(kept, np.float32),
        np.empty(kept, np.int32),
    )
    k = a = 0
    for i in range(len(sources)):
        source, target = sources[i], targets[i]
        if i == removed or source == lost or target == lost:
            continue
        if lost >= 0:
            source -= source > lost
            target -= target > lost
        if born >= 0:
            source += source >= born
            target += target >= born
        while a < len(added) and (
            added[a, 1] < target or (added[a, 1] == target and added[a, 0] < source)
        ):
            _put(out, k, added[a])
            k, a = k + 1, a + 1
        out[0][k], out[1][k], out[2][k], out[3][k] = source, target, weights[i], delays[i]
        k += 1
    while a < len(added):
        _put(out, k, added[a])
        k, a = k + 1, a + 1
    return out


@kernel(types.int64(_INDICES, _INDICES, types.int64, types.int64, types.int64))
def free_pair(
    sources: NDArray[np.int32], targets: NDArray[np.int32], neurons: int, first: int, rank: int
) -> int:
    """Find an ordered pair of neurons that no synapse joins.

    Args:
        sources: (synapses,), canonical order by (target, source), as `targets`.
        targets: (synapses,)
        neurons: Number of neurons.
        first: Index of the first neuron that may be a target.
        rank: Which of the free pairs in canonical order, from 0.

    Returns:
        target · neurons + source.
    """
    pair = rank + first * neurons
    for i in range(len(sources)):
        if targets[i] * neurons + sources[i] > pair:
            break
        pair += 1
    return pair


@kernel(types.boolean(_INDICES, _INDICES, types.int64, types.int64))
def joined(
    sources: NDArray[np.int32], targets: NDArray[np.int32], source: int, target: int
) -> bool:
    """Whether there is a synapse from one neuron to another."""
    for i in range(len(sources)):  # noqa: SIM110 (Numba compiles no generator expression)
        if sources[i] == source and targets[i] == target:
            return True
    return False
