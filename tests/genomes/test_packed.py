"""Genomes in a few arrays are the same genomes when they are taken out again."""

import pickle

import numpy as np

from spikevolve.genomes import InitialSettings, Profile, profile, random_genome
from spikevolve.genomes.genome import Genome
from spikevolve.genomes.packed import pack_genomes, unpack_genomes


def some(chip: Profile, count: int) -> list[Genome]:
    rng = np.random.default_rng(2)
    return [
        random_genome(3, 2, chip, InitialSettings(hidden=n % 4, density=0.4), rng)
        for n in range(count)
    ]


def test_packed_genomes_come_back_equal_and_read_only() -> None:
    genomes = some(profile("float"), 9)
    genomes[3] = genomes[3].with_traits((("gain", 0.5), ("fields", 3.0)))

    found = unpack_genomes(pickle.loads(pickle.dumps(pack_genomes(genomes))))

    assert found == genomes
    assert [g.content_hash for g in found] == [g.content_hash for g in genomes]
    for genome in found:
        arrays = genome.neuron_ids, genome.parameters, genome.wiring, genome.weights
        assert not any(array.flags.writeable for array in arrays)
        assert all(array.flags.c_contiguous for array in arrays)
