"""Changes of structure that operators share: they keep canonical order, ids and the limits."""

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..genome import Genome, frozen
from ..identifiers import unused
from ..kernels.edit import edit
from ..profiles.profile import Profile

Charge = tuple[float, int]  # weight and delay of a synapse

_NONE = frozen(np.empty((0, 4)))


def draw_charge(profile: Profile, rng: Generator) -> Charge:
    """Weight and delay of a new synapse."""
    return profile.weight.draw(rng), int(profile.delay.draw(rng))


def has_room_at(genome: Genome, profile: Profile, target: int) -> bool:
    """Whether one more synapse may end at a neuron."""
    if genome.synapses < profile.max_fan_in:
        return True
    return int(np.count_nonzero(genome.targets == target)) < profile.max_fan_in


def has_room_for(genome: Genome, profile: Profile, neurons: int, synapses: int) -> bool:
    """Whether a genome may have that many more hidden neurons and synapses in total."""
    return (
        genome.hidden + neurons <= profile.max_hidden
        and genome.synapses + synapses <= profile.max_synapses
    )


def fits(genome: Genome, profile: Profile) -> bool:
    """Whether a genome keeps the limits on its size."""
    if genome.hidden > profile.max_hidden or genome.synapses > profile.max_synapses:
        return False
    if genome.synapses <= profile.max_fan_in:
        return True
    return int(np.bincount(genome.targets).max()) <= profile.max_fan_in


def change_synapses(
    genome: Genome, removed: int = -1, added: tuple[int, int, float, int] | None = None
) -> Genome:
    """Remove one synapse, or none, and add one, or none.

    Args:
        genome: The parent.
        removed: Index of the synapse to remove, or -1.
        added: Source, target, weight and delay of the one to add, a pair that is free then.
    """
    rows = _NONE if added is None else np.array((added,), np.float64)
    return genome.with_synapses(edit(genome.wiring, genome.weights, removed, -1, -1, rows))


def insert_neuron(
    genome: Genome,
    birth: str,
    between: tuple[int, int],
    parameters: tuple[float, ...],
    charges: tuple[Charge, Charge],
    removed: int = -1,
) -> Genome:
    """Insert a hidden neuron with one synapse from another neuron and one to another.

    Args:
        genome: The parent.
        birth: How the neuron is born; its id derives from this and the two neurons' ids.
        between: Indices of the neurons at which the synapse to it begins and that from it ends.
        parameters: Of the new neuron.
        charges: Weight and delay of the synapse to it and of that from it.
        removed: Index of a synapse that goes, or -1.
    """
    ids: list[int] = genome.neuron_ids.tolist()
    neuron_id = unused(birth, (ids[between[0]], ids[between[1]]), ids)
    place = bisect_left(ids, neuron_id, genome.inputs + genome.outputs)
    source, target = (index + (index >= place) for index in between)
    into, out = (source, place, *charges[0]), (place, target, *charges[1])
    added = np.array((into, out) if place < target else (out, into), np.float64)
    return genome.with_neurons(
        _with_row(genome.neuron_ids, place, neuron_id),
        _with_row(genome.parameters, place, parameters),
        edit(genome.wiring, genome.weights, removed, -1, place, added),
    )


def delete_neuron(genome: Genome, neuron: int) -> Genome:
    """Delete a hidden neuron with all of its synapses."""
    return genome.with_neurons(
        _without_row(genome.neuron_ids, neuron),
        _without_row(genome.parameters, neuron),
        edit(genome.wiring, genome.weights, -1, neuron, -1, _NONE),
    )


def _with_row(array: NDArray[Any], place: int, row: int | tuple[float, ...]) -> NDArray[Any]:
    longer = np.empty((len(array) + 1, *array.shape[1:]), array.dtype)
    longer[:place], longer[place], longer[place + 1 :] = array[:place], row, array[place:]
    return frozen(longer)


def _without_row(array: NDArray[Any], place: int) -> NDArray[Any]:
    return frozen(np.concatenate((array[:place], array[place + 1 :])))
