"""Compiled edits of a genome's synapses; behind most operators that change the structure."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads
from ..genome import Synapses
from . import returns

_WIRING = reads(types.int32, 2)
_SYNAPSES = returns((types.int32, 2), (types.float32, 1))


@kernel()
def _put(
    wiring: NDArray[np.int32], weights: NDArray[np.float32], k: int, synapse: NDArray[np.float64]
) -> None:
    wiring[0, k], wiring[1, k] = np.int32(synapse[0]), np.int32(synapse[1])
    wiring[2, k], weights[k] = np.int32(synapse[3]), np.float32(synapse[2])


@kernel(
    _SYNAPSES(
        _WIRING,
        reads(types.float32),
        types.int64,
        types.int64,
        types.int64,
        reads(types.float64, 2),
    )
)
def edit(
    wiring: NDArray[np.int32],
    weights: NDArray[np.float32],
    removed: int,
    lost: int,
    born: int,
    added: NDArray[np.float64],
) -> Synapses:
    """Copy synapses while some of them, or a neuron, come or go.

    Args:
        wiring: (3, synapses) sources, targets and delays, in canonical order by (target, source).
        weights: (synapses,), in the same order.
        removed: Index of a synapse to leave out, or -1.
        lost: Index of a neuron that goes with its synapses; those above move down. Or -1.
        born: Index that a new neuron gets; those from there on move up. Or -1.
        added: (k, 4) new synapses: source, target, weight, delay, with indices as they are after
            the edit, in canonical order, none of a pair that is there already.

    Returns:
        The new wiring and weights, in canonical order.
    """
    kept = len(added)
    for i in range(len(weights)):
        if i != removed and wiring[0, i] != lost and wiring[1, i] != lost:
            kept += 1
    new_wiring, new_weights = np.empty((3, kept), np.int32), np.empty(kept, np.float32)
    k = a = np.int64(0)  # a plain 0 is a type of its own: `_put` would be compiled twice
    for i in range(len(weights)):
        source, target = wiring[0, i], wiring[1, i]
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
            _put(new_wiring, new_weights, k, added[a])
            k, a = k + 1, a + 1
        new_wiring[0, k], new_wiring[1, k] = source, target
        new_wiring[2, k], new_weights[k] = wiring[2, i], weights[i]
        k += 1
    while a < len(added):
        _put(new_wiring, new_weights, k, added[a])
        k, a = k + 1, a + 1
    return new_wiring, new_weights


@kernel(types.int64(_WIRING, types.int64, types.int64, types.int64))
def free_pair(wiring: NDArray[np.int32], neurons: int, first: int, rank: int) -> int:
    """Find an ordered pair of neurons that no synapse joins.

    Args:
        wiring: (3, synapses) sources, targets and delays, in canonical order by (target, source).
        neurons: Number of neurons.
        first: Index of the first neuron that may be a target.
        rank: Which of the free pairs in canonical order, from 0.

    Returns:
        target · neurons + source.
    """
    pair = rank + first * neurons
    for i in range(wiring.shape[1]):
        if wiring[1, i] * neurons + wiring[0, i] > pair:
            break
        pair += 1
    return pair


@kernel(types.boolean(_WIRING, types.int64, types.int64))
def joined(wiring: NDArray[np.int32], source: int, target: int) -> bool:
    """Whether there is a synapse from one neuron to another."""
    for i in range(wiring.shape[1]):  # noqa: SIM110 (Numba compiles no generator expression)
        if wiring[0, i] == source and wiring[1, i] == target:
            return True
    return False
