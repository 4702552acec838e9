"""The compiled parts against naive twins that work on dictionaries and sets."""

from typing import Any

import numpy as np
import pytest

from spikevolve.genomes import Genome, InitialSettings, Profile, profile, random_genome
from spikevolve.genomes.kernels.variation import cross, edit, free_pair, joined

Table = dict[tuple[int, int], tuple[float, int]]  # (target, source) → weight, delay

NONE = np.empty((0, 4))


def table(synapses: Any) -> Table:
    (sources, targets, delays), weights = (array.tolist() for array in synapses)
    pairs = list(zip(targets, sources, strict=True))
    assert pairs == sorted(set(pairs))  # canonical order, no duplicates
    return dict(zip(pairs, zip(weights, delays, strict=True), strict=True))


@pytest.fixture(params=range(20))
def genome(request: pytest.FixtureRequest) -> Genome:
    rng = np.random.default_rng(request.param)
    return random_genome(3, 2, profile(), InitialSettings(6, rng.random()), rng)


def test_edit_removes_a_synapse(genome: Genome) -> None:
    before = table((genome.wiring, genome.weights))
    for removed, pair in enumerate(before):
        after = table(edit(genome.wiring, genome.weights, removed, -1, -1, NONE))
        assert after == {key: value for key, value in before.items() if key != pair}


def test_edit_removes_a_neuron(genome: Genome) -> None:
    before = table((genome.wiring, genome.weights))
    for lost in range(genome.neurons):
        after = table(edit(genome.wiring, genome.weights, -1, lost, -1, NONE))
        assert after == {
            (target - (target > lost), source - (source > lost)): value
            for (target, source), value in before.items()
            if lost not in (target, source)
        }


def test_edit_makes_room_for_a_neuron_and_adds_synapses(genome: Genome) -> None:
    before = table((genome.wiring, genome.weights))
    for born in range(genome.inputs + genome.outputs, genome.neurons + 1):
        added = [(0, born, 0.5, 3), (born, 3, -0.25, 4), (born, born, 1, 1), (born, 4, 1, 2)]
        added.sort(key=lambda synapse: (synapse[1], synapse[0]))
        after = table(edit(genome.wiring, genome.weights, -1, -1, born, np.array(added, float)))
        moved = {
            (target + (target >= born), source + (source >= born)): value
            for (target, source), value in before.items()
        }
        assert after == moved | {(t, s): (w, d) for s, t, w, d in added}


def test_edit_leaves_its_arguments_alone(genome: Genome) -> None:
    before = genome.wiring.copy(), genome.weights.copy()
    edit(genome.wiring, genome.weights, 0, -1, 5, np.array([(0.0, 5, 0.5, 1)]))
    assert all(map(np.array_equal, before, (genome.wiring, genome.weights)))


@pytest.mark.parametrize("first", [0, 3])
def test_free_pairs_are_all_that_are_not_joined(genome: Genome, first: int) -> None:
    taken = set(table((genome.wiring, genome.weights)))
    n = genome.neurons
    free = [(t, s) for t in range(first, n) for s in range(n) if (t, s) not in taken]
    found = [divmod(free_pair(genome.wiring, n, first, rank), n) for rank in range(len(free))]
    assert found == free
    for target in range(n):
        for source in range(n):
            pair = joined(genome.wiring, source, target)
            assert pair == ((target, source) in taken)


def naive_cross(a: Genome, b: Genome, chances: Any, both: bool) -> tuple[dict[Any, Any], ...]:
    """Neurons and synapses of a child by the rules of crossover, all by neuron ids."""
    a_neurons, b_neurons = by_id(a), by_id(b)
    synapse_chances = chances[a.neurons + b.neurons :]
    neurons = {}
    for neuron_id in sorted(a_neurons.keys() | b_neurons.keys()):
        in_a, in_b = neuron_id in a_neurons, neuron_id in b_neurons
        if in_a and in_b:
            place, parameters = b_neurons[neuron_id]
            if chances[a.neurons + place] >= 0.5:
                parameters = a_neurons[neuron_id][1]
            neurons[neuron_id] = parameters
        elif in_a and (not both or chances[a_neurons[neuron_id][0]] < 0.5):
            neurons[neuron_id] = a_neurons[neuron_id][1]
        elif in_b and both and chances[a.neurons + b_neurons[neuron_id][0]] < 0.5:
            neurons[neuron_id] = b_neurons[neuron_id][1]
    a_synapses, b_synapses = by_ids(a), by_ids(b)
    synapses = {}
    for pair in a_synapses.keys() | b_synapses.keys():
        if not neurons.keys() >= set(pair):
            continue
        own = any((end in a_neurons) != (end in b_neurons) for end in pair)
        if pair in a_synapses:
            place, value = a_synapses[pair]
            chosen = synapse_chances[place] < 0.5
            if pair in b_synapses:
                synapses[pair] = value if chosen else b_synapses[pair][1]
            elif not both or own or chosen:
                synapses[pair] = value
        elif both:
            place, value = b_synapses[pair]
            if own or synapse_chances[a.synapses + place] < 0.5:
                synapses[pair] = value
    return neurons, synapses


def by_id(genome: Genome) -> dict[int, tuple[int, list[float]]]:
    rows = enumerate(genome.parameters.tolist())
    return dict(zip(genome.neuron_ids.tolist(), rows, strict=True))


def by_ids(genome: Genome) -> dict[tuple[int, int], tuple[int, tuple[float, int]]]:
    ids = genome.neuron_ids
    ends = zip(ids[genome.sources].tolist(), ids[genome.targets].tolist(), strict=True)
    values = zip(genome.weights.tolist(), genome.delays.tolist(), strict=True)
    return dict(zip(ends, enumerate(values), strict=True))


@pytest.mark.parametrize("both", [False, True])
def test_crossover_follows_its_rules(chip: Profile, evolved: Any, both: bool) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a, b = evolved(chip, seed, steps=30), evolved(chip, seed + 7 * (seed % 3), steps=35)
        chances = rng.random(a.neurons + b.neurons + a.synapses + b.synapses)
        ids, parameters, *synapses = cross(
            5,
            *(a.neuron_ids, a.parameters, a.wiring, a.weights),
            *(b.neuron_ids, b.parameters, b.wiring, b.weights),
            chances,
            both,
        )
        child = a.with_neurons(ids, parameters, tuple(synapses))
        neurons, pairs = naive_cross(a, b, chances, both)
        assert {i: row for i, (_, row) in by_id(child).items()} == neurons
        assert {pair: value for pair, (_, value) in by_ids(child).items()} == pairs
        table(synapses)
        assert ids[5:].tolist() == sorted(ids[5:].tolist())
