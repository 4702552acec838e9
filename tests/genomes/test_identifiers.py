"""Ids of neurons: derived from how a neuron was born, equal for equal histories, never used twice."""

import numpy as np
import pytest

from spikevolve.genomes import (
    MUTATIONS,
    Genome,
    InitialSettings,
    crossover,
    profile,
    random_genome,
    validate,
)
from spikevolve.genomes.genome import derive_id, io_ids, unused_id
from spikevolve.genomes.operators.add_remove import split_synapse

FLOAT = profile("float", {"bias": [-0.5, 0.5], "v_reset": [-1, 0, 0.25]})


def test_a_hundred_thousand_operators_make_no_two_neurons_of_one_id() -> None:
    rng = np.random.default_rng(1)
    chip = profile("float", {"max_hidden": 12, "max_synapses": 60})
    operators = [*MUTATIONS.values()] + [MUTATIONS["add_neuron"], MUTATIONS["split_synapse"]] * 2
    pool = [random_genome(3, 2, chip, InitialSettings(4, 0.3), rng) for _ in range(10)]
    born: set[int] = set()
    for step, draw in enumerate(rng.random(100_000).tolist()):
        place = step % 10
        choice = int(draw * (len(operators) + 1))
        if choice == len(operators):
            child = crossover(pool[place], pool[place - 1], chip, rng)
        else:
            child = operators[choice](pool[place], chip, rng)
        ids = child.neuron_ids.tolist()
        assert len(set(ids)) == len(ids)
        born.update(ids)
        pool[place] = child
    assert len(born) > 5_000
    for genome in pool:
        validate(genome, chip)


@pytest.mark.parametrize("first", range(10))
def test_equal_histories_give_equal_ids(first: int) -> None:
    """Two islands that share nothing but the history apply the same operators."""

    def island() -> list[Genome]:
        rng = np.random.default_rng(first)
        genomes = [random_genome(3, 2, FLOAT, InitialSettings(3, 0.4), rng)]
        for _ in range(100):
            name = list(MUTATIONS)[int(rng.random() * len(MUTATIONS))]
            genomes.append(MUTATIONS[name](genomes[-1], FLOAT, rng))
        return genomes

    assert island() == island()


def test_the_same_innovation_in_different_genomes_gets_the_same_id() -> None:
    found = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        genome = random_genome(1, 1, FLOAT, InitialSettings(0, 0.0), rng)  # one synapse
        assert genome.synapses == 1
        child = split_synapse(genome, FLOAT, rng)
        found.add(child.neuron_ids.tolist()[2])
    source, target = io_ids(1, 1).tolist()
    assert found == {derive_id("split", source, target, 0)}


def test_an_id_in_use_gives_the_next_one() -> None:
    taken: set[int] = set()
    for k in range(5):
        assert unused_id("split", (1, 2), taken) == derive_id("split", 1, 2, k)
        taken.add(derive_id("split", 1, 2, k))


def test_ids_depend_on_birth_and_ancestors_and_have_53_bits() -> None:
    ids = [
        derive_id(birth, a, b)
        for birth in ("split", "between")
        for a in range(40)
        for b in range(40)
    ]
    assert len(set(ids)) == len(ids)
    assert derive_id("input", 11, 2) != derive_id("input", 1, 12)
    assert max(ids) < 2**53
    assert max(ids) > 2**52
    assert derive_id("input", 0) == 3265477382974798  # runs of other versions must stay readable
