"""The difference of two genomes is all that sets them apart, told by ids of neurons."""

import numpy as np
import pytest

from spikevolve.genomes import MUTATIONS, InitialSettings, crossover, mutate, profile, random_genome
from spikevolve.genomes.difference import Change, counted, described, difference, neuron_names
from spikevolve.genomes.genome import Genome, assemble, io_ids
from spikevolve.genomes.operators.mutation_rates import MutationRates

FLOAT = profile("float", {})


def genomes(count: int) -> list[Genome]:
    rng = np.random.default_rng(5)
    a, b = (random_genome(3, 2, FLOAT, InitialSettings(4, 0.4), rng) for _ in range(2))
    found = [a, b, crossover(a, b, FLOAT, rng)]
    while len(found) < count:
        found.append(mutate(found[-1], FLOAT, MutationRates(), rng, 3.0)[0])
    return found


def patched(genome: Genome, changes: list[Change]) -> Genome:
    """Build the genome that a difference leads to, from nothing but the first one and the changes."""
    ids = genome.neuron_ids
    neurons = {int(n): row.tolist() for n, row in zip(ids, genome.parameters, strict=True)}
    ends = zip(ids[genome.sources].tolist(), ids[genome.targets].tolist(), strict=True)
    values = zip(genome.weights.tolist(), genome.delays.tolist(), strict=True)
    synapses = {pair: list(found) for pair, found in zip(ends, values, strict=True)}
    for what, place, _, after in changes:
        match what:
            case "neuron" if after is None:
                del neurons[place[0]]
            case "neuron":
                neurons[place[0]] = [np.nan] * len(FLOAT.genes)
            case "synapse" if after is None:
                del synapses[place]  # type: ignore[arg-type]
            case "synapse":
                synapses[place] = [after, np.nan]  # type: ignore[index]
            case "weight" | "delay":
                synapses[place][what == "delay"] = after  # type: ignore[index]
            case gene:
                neurons[place[0]][FLOAT.columns[gene]] = after
    order = list(neurons)
    rows = [[order.index(s), order.index(t), *v] for (s, t), v in synapses.items()]
    columns = list(map(list, zip(*rows, strict=True))) or [[], [], [], []]
    columns[3] = [1 if np.isnan(d) else d for d in columns[3]]
    return assemble((genome.inputs, genome.outputs), order, list(neurons.values()), tuple(columns))  # type: ignore[arg-type]


def test_a_difference_leads_from_one_genome_to_the_other() -> None:
    pool = genomes(40)
    rng = np.random.default_rng(1)
    seen: set[str] = set()
    for _ in range(150):
        before, after = (pool[int(i)] for i in rng.integers(len(pool), size=2))
        changes = difference(before, after, FLOAT)
        seen |= {change.what for change in changes}
        found = patched(before, changes)

        assert found.neuron_ids.tolist() == after.neuron_ids.tolist()
        assert found.wiring[:2].tolist() == after.wiring[:2].tolist()
        assert found.weights.tolist() == after.weights.tolist()
        shared = ~np.isnan(found.parameters).any(axis=1)
        assert np.array_equal(found.parameters[shared], after.parameters[shared])
    assert seen >= {"neuron", "synapse", "weight", "delay", "threshold", "leak"}


def test_only_equal_genomes_have_no_difference() -> None:
    pool = genomes(20)
    for a in pool:
        for b in pool:
            assert (difference(a, b, FLOAT) == []) == (a == b)


def test_each_mutation_of_a_parameter_is_one_change() -> None:
    genome, rng = genomes(3)[2], np.random.default_rng(2)
    for name, what in (("perturb_weight", "weight"), ("perturb_threshold", "threshold")):
        [change] = difference(genome, MUTATIONS[name](genome, FLOAT, rng), FLOAT)
        assert change.what == what
        assert change.before != change.after


def test_traits_that_differ_are_told() -> None:
    genome = genomes(1)[0].with_traits((("fields", 4.0), ("width", 1.0)))
    changes = difference(genome, genome.with_traits((("fields", 4.0), ("width", 2.0))), FLOAT)

    assert changes == [Change("width", (), 1.0, 2.0)]
    assert described(changes[0], {}) == "width 1 to 2"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("neuron", (77,), None, 1.0), "neuron h0077 added"),
        (Change("synapse", (1, 2), 0.25, None), "synapse width → setosa (0.25) removed"),
        (Change("weight", (1, 2), 0.25, -0.5), "weight of width → setosa 0.25 to -0.5"),
        (Change("refractory", (2,), 3.0, 2.0), "refractory period of setosa 3 to 2"),
    ],
)
def test_changes_in_words(change: Change, words: str) -> None:
    assert described(change, {1: "width", 2: "setosa"}) == words


def test_changes_are_counted_by_what_they_do() -> None:
    changes = [
        Change("neuron", (1,), None, 1.0),
        Change("synapse", (1, 2), None, 0.5),
        Change("synapse", (2, 1), None, 0.5),
        Change("synapse", (3, 1), 0.5, None),
        Change("bias", (1,), 0.0, 0.5),
        Change("bias", (2,), 0.0, 0.5),
        Change("refractory", (2,), 0.0, 0.5),
    ]
    assert counted(changes) == (
        "1 neuron, 2 synapses added; 1 synapse removed; 2 biases, 1 refractory period changed"
    )
    assert counted([]) == ""


def test_neurons_are_named_after_what_they_stand_for() -> None:
    genome = assemble(
        (2, 1), [*io_ids(2, 1), 123_456], np.zeros((4, len(FLOAT.genes))), ([], [], [], [])
    )
    assert list(neuron_names(genome, ("width", "length"), ()).values()) == [
        "width",
        "length",
        "o0",
        "h3456",
    ]
