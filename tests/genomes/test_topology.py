"""The numbers of a genome as a vector."""

import numpy as np
import pytest

from spikevolve.genomes import InitialSettings, Profile, profile, random_genome, validate
from spikevolve.genomes.topology import Topology, without_synapses


def some(chip: Profile, seed: int) -> Topology:
    rng = np.random.default_rng(seed)
    return Topology(random_genome(3, 2, chip, InitialSettings(4, 0.5), rng), chip)


def test_a_genome_comes_back_from_its_vector(chip: Profile) -> None:
    for seed in range(10):
        topology = some(chip, seed)
        vector = topology.vector()
        assert vector.shape == (topology.size,)
        assert topology.genome_of(vector) == topology.genome


def test_any_vector_gives_a_valid_genome_of_the_same_topology(chip: Profile) -> None:
    rng = np.random.default_rng(0)
    for seed in range(10):
        topology = some(chip, seed)
        genome = topology.genome_of(rng.normal(0, 3, topology.size))
        validate(genome, chip)
        assert (genome.wiring == topology.genome.wiring).all()
        assert (genome.neuron_ids == topology.genome.neuron_ids).all()


def test_numbers_stand_for_what_the_docstring_says() -> None:
    topology = some(profile(), 1)
    first, columns = topology.genome.inputs, topology.profile.columns
    synapses, neurons = topology.genome.synapses, topology.genome.neurons - topology.genome.inputs

    vector = np.zeros(topology.size)
    vector[0], vector[1] = 0.5, -9.0
    vector[synapses], vector[synapses + neurons] = 2.0, 1.0
    genome = topology.genome_of(vector)

    assert genome.weights[:3].tolist() == [0.25, -1.0, 0.0]
    assert genome.parameters[first : first + 2, columns["threshold"]].tolist() == [2.0, 1.0]
    leaks = genome.parameters[first : first + 2, columns["leak"]]
    assert leaks.tolist() == pytest.approx([1.0, 0.9])


def test_synapses_leave_and_all_neurons_stay() -> None:
    genome = some(profile(), 2).genome
    removed = np.arange(genome.synapses) % 3 == 0

    smaller = without_synapses(genome, removed)

    validate(smaller, profile())
    assert smaller.neurons == genome.neurons
    assert smaller.weights.tolist() == genome.weights[~removed].tolist()
    assert smaller.wiring.tolist() == genome.wiring[:, ~removed].tolist()
