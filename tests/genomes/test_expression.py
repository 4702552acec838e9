"""Expression: what it keeps, what it drops, and that no output notices."""

from typing import Any

import numpy as np
import pytest

from spikevolve.genomes import (
    MUTATIONS,
    PROFILES,
    Genome,
    InitialSettings,
    Profile,
    express,
    express_all,
    profile,
    random_genome,
    widths,
)
from spikevolve.genomes.genome import assemble, io_ids
from spikevolve.sim.batch import pack
from spikevolve.sim.models import DTYPES
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.sim.reference import simulate


def unpruned(genome: Genome, chip: Profile) -> Network:
    """The network of all neurons, built without any code of expression."""
    integer = chip.arithmetic == "integer"
    number: Any = DTYPES[chip.arithmetic]
    first = genome.inputs if chip.inputs == "sources" else 0
    rows = np.zeros((genome.neurons, len(chip.parameters)), np.float32)
    for column, name in enumerate(chip.parameters):
        if name in chip.genes:
            rows[first:, column] = genome.parameters[first:, list(chip.genes).index(name)]
        else:
            rows[first:, column] = chip.shared[name]
    if integer and chip.model == "lif":
        shifts = {0.0: lif.LEAK_WHOLE, 1.0: lif.LEAK_NONE}
        shifts |= {1 - 2.0**-k: k for k in range(1, 8)}
        rows[first:, 1] = [shifts[leak] for leak in rows[first:, 1].tolist()]
    counts = [int((genome.targets == neuron).sum()) for neuron in range(genome.neurons)]
    ends = genome.inputs + genome.outputs
    return Network(
        model=chip.model,
        arithmetic=chip.arithmetic,
        source_count=first,
        input_neurons=np.arange(genome.inputs, dtype=np.int32),
        output_neurons=np.arange(genome.inputs, ends, dtype=np.int32),
        offsets=np.cumsum([0, *counts]).astype(np.int32),
        sources=genome.sources,
        weights=genome.weights.astype(number),
        delays=genome.delays,
        parameters=rows.astype(number),
    )


def needed(genome: Genome, chip: Profile) -> set[int]:
    """Indices of the neurons to keep, by growing sets until nothing is added."""
    inputs = set(range(genome.inputs))
    outputs = set(range(genome.inputs, genome.inputs + genome.outputs))
    pairs = list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))
    fed = set(inputs)
    if "bias" in chip.genes:
        biases = genome.parameters[:, list(chip.genes).index("bias")]
        fed |= set(np.flatnonzero(biases).tolist())
    elif chip.parameters.get("bias"):
        fed |= set(range(chip.first_target(genome.inputs), genome.neurons))
    heard = set(outputs)
    for _ in range(genome.neurons):
        fed |= {target for source, target in pairs if source in fed}
        heard |= {source for source, target in pairs if target in heard}
    return inputs | outputs | (fed & heard)


def test_the_network_has_just_the_neurons_that_matter(chip: Profile, evolved: Any) -> None:
    dropped = 0
    for seed in range(25):
        genome = evolved(chip, seed, steps=60)
        network = express(genome, chip)
        network.validate()
        keep = sorted(needed(genome, chip))
        place = {neuron: index for index, neuron in enumerate(keep)}
        whole = unpruned(genome, chip)
        synapses = [
            (place[source], place[target], weight, delay)
            for source, target, weight, delay in zip(
                *(
                    a.tolist()
                    for a in (genome.sources, genome.targets, genome.weights, genome.delays)
                ),
                strict=True,
            )
            if source in place and target in place
        ]
        got = zip(network.sources, network.targets, network.weights, network.delays, strict=True)
        assert list(got) == synapses
        assert np.array_equal(network.parameters, whole.parameters[keep])
        assert network.inputs == genome.inputs
        assert network.outputs == genome.outputs
        assert network.input_neurons.tolist() == [0, 1, 2]
        assert network.output_neurons.tolist() == [3, 4]
        dropped += genome.neurons - network.neurons
    assert dropped or not chip.max_hidden


def test_many_genomes_are_expressed_as_each_is_alone(chip: Profile, evolved: Any) -> None:
    genomes = [evolved(chip, seed) for seed in range(10)]
    batch = express_all(genomes, chip)
    expected = pack([express(genome, chip) for genome in genomes])
    assert batch.model == expected.model
    for array, wanted in zip(batch[1:], expected[1:], strict=True):
        assert array.dtype == wanted.dtype
        assert np.array_equal(array, wanted)


def test_genomes_whose_only_synapses_were_removed_are_expressed_together() -> None:
    chip, rng = profile(), np.random.default_rng(0)
    genome = random_genome(3, 2, chip, InitialSettings(hidden=0, density=1.0), rng)
    smaller = [genome]
    while smaller[-1].synapses:
        smaller.append(MUTATIONS["remove_synapse"](smaller[-1], chip, rng))
    few = [smaller[-1], smaller[-2], smaller[-2], smaller[-1]]
    assert [genome.synapses for genome in few] == [0, 1, 1, 0]
    expected = pack([express(genome, chip) for genome in few])
    for array, wanted in zip(express_all(few, chip)[1:], expected[1:], strict=True):
        assert np.array_equal(array, wanted)


def test_no_output_notices_what_was_left_out(chip: Profile, evolved: Any) -> None:
    spikes = 0
    for seed in range(12):
        genome = evolved(chip, seed, steps=60)
        rng = np.random.default_rng(seed)
        shape = (40, genome.inputs, 3)
        whole = unpruned(genome, chip)
        if chip.inputs == "sources":
            inputs = rng.random(shape) < 0.5
        else:
            inputs = rng.integers(-100, 200, shape).astype(whole.weights.dtype)
        outputs = slice(genome.inputs, genome.inputs + genome.outputs)
        expected = simulate(whole, inputs).spikes[:, outputs]
        assert np.array_equal(simulate(express(genome, chip), inputs).spikes[:, outputs], expected)
        spikes += int(expected.sum())
    assert spikes > 10


RELAYING = ["float", "int8", "if", "alif", "cuba_lif", "risp"]  # izhikevich has memory at rest


@pytest.mark.parametrize("name", RELAYING)
def test_splitting_a_long_synapse_changes_no_spike(name: str) -> None:
    """The new neuron relays: what arrives, and when, stays the same."""
    fresh = {"refractory": [0, 0]} if "refractory" in PROFILES[name].genes else {}
    chip = profile(name, {"delay": [2, 15], "inputs": "sources", **fresh})
    for seed in range(20):
        rng = np.random.default_rng(seed)
        genome = random_genome(3, 2, chip, InitialSettings(3, 0.4), rng)
        slow = assemble(
            (3, 2),
            genome.neuron_ids,
            genome.parameters,
            (genome.sources, genome.targets, genome.weights, np.maximum(genome.delays, 4)),
        )
        child = MUTATIONS["split_synapse"](slow, chip, rng)
        assert child.hidden == slow.hidden + 1
        inputs = rng.random((40, 3, 2)) < 0.3
        before, after = (simulate(express(g, chip), inputs).spikes[:, 3:5] for g in (slow, child))
        assert np.array_equal(before, after)


def chain(*synapses: tuple[int, int], biases: tuple[float, ...] = (0, 0, 0, 0)) -> Genome:
    """Input 0, output 1, hidden 2 … 5, all thresholds 1, with these synapses and hidden biases."""
    rows = [[0, 0, 0, 0], [1, 1, 0, 0]] + [[1, 1, 0, bias] for bias in biases]
    sources, targets = zip(*synapses, strict=True)
    ones = [1] * len(synapses)
    return assemble((1, 1), [*io_ids(1, 1), 10, 11, 12, 13], rows, (sources, targets, ones, ones))


@pytest.mark.parametrize(
    ("synapses", "biases", "hidden", "kept"),
    [
        ([(0, 2), (2, 1)], (0, 0, 0, 0), 1, 2),
        ([(0, 2), (2, 3)], (0, 0, 0, 0), 0, 0),  # reaches no output
        ([(2, 1), (2, 3), (0, 1)], (0, 0, 0, 0), 0, 1),  # never receives charge
        ([(2, 1), (0, 1)], (0.5, 0, 0, 0), 1, 2),  # has a bias
        ([(2, 3), (3, 2), (3, 1), (0, 1)], (0, 0, 0, 0), 0, 1),  # a loop that nothing starts
        ([(2, 3), (3, 2), (3, 1), (0, 2)], (0, 0, 0, 0), 2, 4),
        ([(1, 2), (2, 1)], (0, 0, 0, 0), 0, 0),  # fed by an output that never spikes
        ([(1, 2), (2, 1), (0, 1)], (0, 0, 0, 0), 1, 3),
        ([(5, 4), (4, 3), (3, 2), (2, 1), (0, 5)], (0, 0, 0, 0), 4, 5),  # against the order
        ([(0, 2), (0, 3), (0, 4), (0, 5), (5, 1)], (0, 0, 0, 0), 1, 2),
    ],
)
def test_small_graphs(
    synapses: list[tuple[int, int]], biases: tuple[float, ...], hidden: int, kept: int
) -> None:
    network = express(chain(*synapses, biases=biases), profile("float", {"bias": [0, 1]}))
    network.validate()
    assert (network.hidden, network.synapses) == (hidden, kept)
    assert (network.inputs, network.outputs) == (1, 1)


def test_genomes_that_differ_in_what_is_dropped_share_a_network() -> None:
    one = express(chain((0, 1), (0, 2)), profile())
    other = express(chain((0, 1), (3, 2), (2, 4)), profile())
    assert one.hash == other.hash
    assert one.hash != express(chain((0, 1), (1, 1)), profile()).hash


def test_expression_repeats(chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 9)
    assert express(genome, chip).hash == express(genome, chip).hash


def test_widths_follow_the_number_of_values() -> None:
    chip = profile("int8", {"max_hidden": 1})
    # 255 weights (8 bits), 15 delays (4); 255 thresholds (8), 9 leaks (4), 4 periods (2),
    # a potential of 16 bits, a countdown of 2
    assert widths(chip) == (12 / 8, (8 + 4 + 2 + 16 + 2) / 8)
    chip = profile("float", {"delay": [1, 1], "bias": [0, 1, 1]})
    assert widths(chip) == (12 / 8, (6 + 1 + 3 + 2 + 32 + 2) / 8)
    chip = profile("float", {"leak": 0.9, "refractory": 3})  # shared: only the countdown is left
    assert widths(chip) == (16 / 8, (6 + 32 + 2) / 8)
    chip = profile("float", {"leak": 0.9, "refractory": 1})
    assert widths(chip) == (16 / 8, (6 + 32 + 1) / 8)


@pytest.mark.parametrize(
    ("name", "weight", "parameters", "state"),
    [
        ("if", 12, 6 + 2, 32 + 2),
        ("alif", 12, 6 + 3 + 2 + 6 + 3, 2 * 32 + 2),  # 33 adaptations, 5 leaks of it
        ("cuba_lif", 12, 6 + 3 + 2 + 2, 2 * 32 + 2),
        ("izhikevich", 12, 7 + 6 + 4 + 5, 2 * 64),  # 2,049 weights; v and u
        ("risp", 8, 7 + 1, 32),
    ],
)
def test_widths_of_other_neuron_models(name: str, weight: int, parameters: int, state: int) -> None:
    assert widths(profile(name)) == ((weight + 4) / 8, (parameters + state) / 8)
