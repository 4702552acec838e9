"""Compiled variation: edits of a genome's synapses, and crossover in one pass over both genomes."""

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


_END = 2**62

_GENOME = ((types.int64, 1), (types.float32, 2), (types.int32, 2), (types.float32, 1))
_PARENT = tuple(reads(dtype, dimensions) for dtype, dimensions in _GENOME)
_CHILD = returns(*_GENOME)
_Places = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], np.int64]


@kernel(once=True)
def _place(
    ends: int,
    a_ids: NDArray[np.int64],
    b_ids: NDArray[np.int64],
    chances: NDArray[np.float64],
    both: bool,
) -> _Places:
    """Align the neurons of both parents; those before `ends` are the same in both.

    Returns:
        Index in the child of every neuron of the first parent, -1 if it has none; of the second;
        who has each of the child's neurons: 1 the first parent, 2 the other, 3 both; their number.
    """
    a_place, b_place = np.empty(len(a_ids), np.int32), np.empty(len(b_ids), np.int32)
    owners = np.empty(len(a_ids) + len(b_ids), np.int32)
    i = j = n = np.int64(0)
    while i < len(a_ids) or j < len(b_ids):
        a_id: int = a_ids[i] if i < len(a_ids) else _END
        b_id: int = b_ids[j] if j < len(b_ids) else _END
        in_a, in_b = i < ends or a_id <= b_id, i < ends or b_id <= a_id
        kept = in_a
        if both and not (in_a and in_b):
            kept = chances[i if in_a else len(a_ids) + j] < 0.5
        if in_a:
            a_place[i] = n if kept else -1
            i += 1
        if in_b:
            b_place[j] = n if kept else -1
            j += 1
        if kept:
            owners[n] = in_a + 2 * in_b
            n += 1
    return a_place, b_place, owners, n


@kernel(once=True)
def _neurons(
    a_ids: NDArray[np.int64],
    a_parameters: NDArray[np.float32],
    a_place: NDArray[np.int32],
    b_ids: NDArray[np.int64],
    b_parameters: NDArray[np.float32],
    b_place: NDArray[np.int32],
    owners: NDArray[np.int32],
    neurons: int,
    chances: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return ids and parameters of the child."""
    genes = a_parameters.shape[1]
    ids, parameters = np.empty(neurons, np.int64), np.empty((neurons, genes), np.float32)
    for i in range(len(a_ids)):
        place = a_place[i]
        if place >= 0:
            ids[place] = a_ids[i]
            for gene in range(genes):
                parameters[place, gene] = a_parameters[i, gene]
    for j in range(len(b_ids)):
        place = b_place[j]
        if place >= 0 and (owners[place] == 2 or chances[len(a_ids) + j] < 0.5):
            ids[place] = b_ids[j]
            for gene in range(genes):
                parameters[place, gene] = b_parameters[j, gene]
    return ids, parameters


@kernel()
def _pair(
    wiring: NDArray[np.int32], place: NDArray[np.int32], synapse: int, neurons: int
) -> tuple[int, int]:
    """Find the first synapse, from one on, with both ends in the child, and its place in the child."""
    while synapse < wiring.shape[1]:
        source, target = place[wiring[0, synapse]], place[wiring[1, synapse]]
        if source >= 0 and target >= 0:
            return synapse, target * neurons + source
        synapse += 1
    return synapse, _END


@kernel(once=True)
def _choose(
    a_wiring: NDArray[np.int32],
    a_place: NDArray[np.int32],
    b_wiring: NDArray[np.int32],
    b_place: NDArray[np.int32],
    owners: NDArray[np.int32],
    neurons: int,
    chances: NDArray[np.float64],
    both: bool,
    chosen: NDArray[np.int32],
) -> np.int64:
    """Write which synapses of the parents the child has, and return how many.

    Those of the second parent are numbered after those of the first.
    """
    coins = len(a_place) + len(b_place)  # where the chances of synapses begin
    a_size = a_wiring.shape[1]
    i = j = k = np.int64(0)  # a plain 0 is a type of its own: `_pair` would be compiled twice
    while True:
        i, a_pair = _pair(a_wiring, a_place, i, neurons)
        j, b_pair = _pair(b_wiring, b_place, j, neurons)
        pair = a_pair if a_pair < b_pair else b_pair
        if pair == _END:
            return k
        target, source = pair // neurons, pair % neurons
        in_a, in_b = a_pair == pair, b_pair == pair
        heads = chances[coins + (i if in_a else a_size + j)] < 0.5
        with_its_neuron = owners[source] != 3 or owners[target] != 3
        if (in_a and in_b) or (in_a and not both) or (both and (with_its_neuron or heads)):
            chosen[k] = i if in_a and (heads or not in_b) else a_size + j
            k += 1
        i += in_a
        j += in_b


@kernel()
def _copy(
    parent_wiring: NDArray[np.int32],
    parent_weights: NDArray[np.float32],
    place: NDArray[np.int32],
    synapse: int,
    wiring: NDArray[np.int32],
    weights: NDArray[np.float32],
    k: int,
) -> None:
    """Write synapse k of the child, a synapse of a parent."""
    wiring[0, k] = place[parent_wiring[0, synapse]]
    wiring[1, k] = place[parent_wiring[1, synapse]]
    wiring[2, k] = parent_wiring[2, synapse]
    weights[k] = parent_weights[synapse]


@kernel(_CHILD(types.int64, *_PARENT, *_PARENT, reads(types.float64), types.boolean))
def cross(  # so many arguments because two named tuples of arrays cost a call 1.6 µs more
    ends: int,
    a_ids: NDArray[np.int64],
    a_parameters: NDArray[np.float32],
    a_wiring: NDArray[np.int32],
    a_weights: NDArray[np.float32],
    b_ids: NDArray[np.int64],
    b_parameters: NDArray[np.float32],
    b_wiring: NDArray[np.int32],
    b_weights: NDArray[np.float32],
    chances: NDArray[np.float64],
    both: bool,
) -> tuple[NDArray[np.int64], NDArray[np.float32], *Synapses]:
    """Merge two genomes of the same inputs and outputs.

    Indices of the child rise with those of each parent, since all are in canonical order. So both
    lists of synapses stay sorted, and the child's is their merger.

    Args:
        ends: Number of inputs and outputs.
        a_ids: (neurons,) of the first parent; this and the next three are arrays of `Genome`.
        a_parameters: (neurons, G)
        a_wiring: (3, synapses)
        a_weights: (synapses,)
        b_ids: Those of the second parent, from here on.
        b_parameters: (neurons, G)
        b_wiring: (3, synapses)
        b_weights: (synapses,)
        chances: Uniform in [0, 1), one for every neuron and synapse of either parent.
        both: Whether the structure comes from both parents, or from the first alone.

    Returns:
        The child's ids, parameters, wiring and weights.
    """
    a_place, b_place, owners, n = _place(ends, a_ids, b_ids, chances, both)
    ids, parameters = _neurons(
        a_ids, a_parameters, a_place, b_ids, b_parameters, b_place, owners, n, chances
    )
    a_size = len(a_weights)
    chosen = np.empty(a_size + len(b_weights), np.int32)
    size = _choose(a_wiring, a_place, b_wiring, b_place, owners, n, chances, both, chosen)
    wiring, weights = np.empty((3, size), np.int32), np.empty(size, np.float32)
    for k in range(size):
        synapse = np.int64(chosen[k])
        if synapse < a_size:
            _copy(a_wiring, a_weights, a_place, synapse, wiring, weights, k)
        else:
            _copy(b_wiring, b_weights, b_place, synapse - a_size, wiring, weights, k)
    return ids, parameters, wiring, weights
