"""Genomes as values: equality, hashes, immutability; and what `validate` finds in them."""

import copy
import os
import pickle
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.genomes import (
    Genome,
    InitialSettings,
    Profile,
    genome_columns,
    genome_from_columns,
    profile,
    random_genome,
    validate,
)
from spikevolve.genomes.genome import assemble, io_ids
from spikevolve.genomes.initial_genomes import INITIAL

ARRAYS = ("neuron_ids", "parameters", "wiring", "weights")


def small(**changes: Any) -> Genome:
    """Two inputs, one output, hidden neurons with ids 5 and 7; four synapses."""
    values: dict[str, Any] = {
        "inputs": 2,
        "outputs": 1,
        "neuron_ids": [*io_ids(2, 1).tolist(), 5, 7],
        "parameters": [[0] * 4] * 2 + [[1, 0.9, 0, 0], [2, 0.5, 3, 0], [1, 1, 0, 0]],
        "sources": [3, 0, 1, 3],
        "targets": [2, 3, 3, 4],
        "weights": [0.5, -0.25, 1, 0.75],
        "delays": [1, 2, 15, 4],
        "traits": (),
    } | changes
    values["wiring"] = [values.pop(name) for name in ("sources", "targets", "delays")]
    dtypes = (np.int64, np.float32, np.int32, np.float32)
    for name, dtype in zip(ARRAYS, dtypes, strict=True):
        values[name] = np.array(values[name], dtype)
    return Genome(**values)


def test_equal_genomes_hash_equal(chip: Profile, evolved: Any) -> None:
    for seed in range(20):
        one, other = evolved(chip, seed), evolved(chip, seed)
        assert one is not other
        assert one == other
        assert hash(one) == hash(other)
        assert one.content_hash == other.content_hash
        assert len(one.content_hash) == 16


@pytest.mark.parametrize(
    "change",
    [
        {"weights": [0.5, -0.25, 1, 0.5]},
        {"delays": [1, 2, 15, 5]},
        {"sources": [3, 0, 1, 4]},
        {"targets": [2, 2, 3, 4]},
        {"parameters": [[0] * 4] * 2 + [[1, 0.9, 0, 0], [2, 0.5, 3, 0], [1, 0.5, 0, 0]]},
        {"neuron_ids": [*io_ids(2, 1).tolist(), 5, 8]},
        {"inputs": 1, "outputs": 2},
        {"traits": (("gain", 1.0),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_genomes_that_differ_in_anything_are_not_equal(change: dict[str, Any]) -> None:
    assert small() == small()
    assert small() != small(**change)
    assert small().content_hash != small(**change).content_hash
    assert small() != "a genome"


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1",
    reason="only compiled kernels return read-only arrays",
)
def test_the_arrays_of_a_genome_cannot_be_changed(chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 1)
    for name in ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(genome, name)[...] = 0


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_copies_are_equal_and_read_only(copied: Any, chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 2)
    other = copied(genome)
    assert other == genome
    assert other.content_hash == genome.content_hash
    assert not any(getattr(other, name).flags.writeable for name in ARRAYS)


def test_counts_and_description() -> None:
    genome = small()
    assert (genome.neurons, genome.hidden, genome.synapses) == (5, 2, 4)
    assert repr(genome).endswith("2 inputs, 1 outputs, 2 hidden, 4 synapses>")


def test_parts_in_any_order_give_the_same_genome(chip: Profile, evolved: Any) -> None:
    rng = np.random.default_rng(3)
    genome: Genome = evolved(chip, 3)
    ends = genome.inputs + genome.outputs
    order = np.concatenate((np.arange(ends), ends + rng.permutation(genome.hidden)))
    place = np.argsort(order)
    synapses = rng.permutation(genome.synapses)
    again = assemble(
        (genome.inputs, genome.outputs),
        genome.neuron_ids[order],
        genome.parameters[order],
        (
            place[genome.sources][synapses],
            place[genome.targets][synapses],
            genome.weights[synapses],
            genome.delays[synapses],
        ),
        genome.traits,
    )
    assert again == genome


def test_minus_zero_is_zero() -> None:
    zero, minus = (
        assemble((1, 1), io_ids(1, 1), [[0.0] * 4, [1, w, 0, w]], ([0], [1], [w], [1]))
        for w in (0.0, -0.0)
    )
    assert zero == minus
    with pytest.raises(InputError, match=r"has weight -0\.0"):
        validate(small(weights=[0.5, -0.0, 1, 1]), profile("float"))


def test_columns_of_a_table_and_back(chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 4)
    row = genome_columns(genome)
    assert genome_from_columns(row) == genome
    plain = {key: getattr(value, "tolist", lambda v=value: v)() for key, value in row.items()}
    assert genome_from_columns({**plain, "generation": 7}) == genome


def test_a_valid_genome_passes() -> None:
    validate(small(), profile("float"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sources": [3, 9, 1, 3]}, "synapse 1 from 9 to 3: source is 9; .* a neuron from 0 to 4"),
        ({"targets": [2, 3, 3, 5]}, "synapse 3 from 3 to 5: target is 5"),
        ({"targets": [1, 3, 3, 4]}, "synapse 0 from 3 to 1: target is 1; .* from 2 to 4"),
        ({"sources": [3, 1, 1, 3]}, "synapse 2 from input 1 to hidden neuron 0 .*duplicate"),
        ({"sources": [3, 1, 0, 3]}, "synapse 2 from input 0 .* out of order"),
        ({"weights": [0.5, float("nan"), 1, 1]}, "synapse 1 from input 0 .* has weight nan"),
        ({"weights": [0.5, 0.3, 1, 1]}, "has weight 0.3.*-1 to 1 in steps of 0.0009765625"),
        ({"weights": [0.5, 2, 1, 1]}, "has weight 2.0"),
        ({"delays": [1, 0, 1, 1]}, "synapse 1 .* has delay 0; it must be 1 to 15"),
        ({"neuron_ids": [*io_ids(2, 1).tolist(), 7, 5]}, "hidden neuron 1 .id 5. .*out of order"),
        ({"neuron_ids": [*io_ids(2, 1).tolist(), 5, 5]}, "hidden neuron 1 .id 5. is a duplicate"),
        ({"neuron_ids": [*io_ids(2, 1).tolist(), 5, 2**53]}, "has id 9007199254740992"),
        ({"neuron_ids": [*io_ids(2, 1), io_ids(2, 1)[1], 2**53 - 1]}, "hidden neuron 0 .* duplic"),
        ({"neuron_ids": [*io_ids(2, 1), 5, io_ids(2, 1)[1]]}, "hidden neuron 1 .* is a duplicate"),
        ({"neuron_ids": [1, 2, 3, 5, 7]}, "input 0 has id 1; it must be"),
        (
            {"parameters": [[0] * 4] * 2 + [[9, 0.9, 0, 0], [2, 0.5, 3, 0], [1, 1, 0, 0]]},
            "output 0 has threshold 9.0; it must be 0.0625 to 4",
        ),
        (
            {"parameters": [[0] * 4] * 2 + [[1, 0.8, 0, 0], [2, 0.5, 3, 0], [1, 1, 0, 0]]},
            "output 0 has leak 0.8.*one of 0, 0.5, 0.75, 0.9, 1",
        ),
        (
            {"parameters": [[0] * 4] * 2 + [[1, 1, 0, 0], [2, 0.5, 1.5, 0], [1, 1, 0, 0]]},
            "hidden neuron 0 .id 5. has refractory 1.5; it must be 0 to 3",
        ),
        (
            {"parameters": [[0] * 4] * 2 + [[1, 1, 0, 0], [2, 0.5, 1, 0], [1, 1, 0, 0.5]]},
            "hidden neuron 1 .id 7. has bias 0.5; it must be 0",
        ),
        ({"parameters": [[1, 0, 0, 0]] + [[0] * 4] * 4}, "input 0 has parameters"),
        ({"inputs": 0}, "at least one input and one output"),
        ({"inputs": 5}, "at least one input and one output"),
        ({"traits": (("gain", 1.0),)}, "genome has the traits gain; they must be none"),
        ({"weights": [1, 1, 1]}, "wiring is int32 of shape \\(3, 4\\); .* of shape \\(3, 3\\)"),
    ],
)
def test_validation_names_what_is_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        validate(small(**change), profile("float"))


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"max_hidden": 1}, "2 hidden neurons; it must have at most 1"),
        ({"max_synapses": 3}, "4 synapses; it must have at most 3"),
        ({"max_fan_in": 1}, "hidden neuron 0 .id 5. has 2 incoming synapses; .* at most 1"),
    ],
)
def test_validation_holds_the_limits(limit: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        validate(small(), profile("float", limit))


@pytest.mark.parametrize("name", ARRAYS)
def test_validation_wants_the_right_types(name: str) -> None:
    wrong = replace(small(), **{name: getattr(small(), name).astype(np.float64)})
    with pytest.raises(InputError, match=f"genome: {name} is float64"):
        validate(wrong, profile("float"))


@pytest.mark.parametrize("density", [0.0, 0.05, 0.4, 1.0])
def test_random_genomes_are_valid_and_reach_every_output(chip: Profile, density: float) -> None:
    settings = InitialSettings(hidden=5, density=density)
    hidden = set()
    for seed in range(30):
        genome = random_genome(3, 2, chip, settings, np.random.default_rng(seed))
        validate(genome, chip)
        hidden.add(genome.hidden)
        assert reached_from_inputs(genome) >= {3, 4}
    assert hidden == set(range(0 if chip.direct else 1, min(5, chip.max_hidden) + 1))


@pytest.mark.parametrize("limit", [{"max_fan_in": 1}, {"max_fan_in": 2}, {"max_synapses": 4}])
def test_random_genomes_keep_room_for_a_synapse_to_every_output(limit: dict[str, int]) -> None:
    chip = profile("float", limit)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        genome = random_genome(1, 4, chip, InitialSettings(5, 1.0), rng)
        validate(genome, chip)
        assert reached_from_inputs(genome) >= {1, 2, 3, 4}


def test_random_genomes_reach_every_output_through_the_only_hidden_neuron() -> None:
    chip = profile("float", {"direct": False, "max_hidden": 1, "max_synapses": 3})
    for seed in range(30):
        rng = np.random.default_rng(seed)
        genome = random_genome(3, 2, chip, InitialSettings(5, 0.5), rng)
        validate(genome, chip)
        assert reached_from_inputs(genome) == set(range(6))
        assert sorted(genome.targets.tolist()) == [3, 4, 5]


def reached_from_inputs(genome: Genome) -> set[int]:
    reached = set(range(genome.inputs))
    for _ in range(genome.neurons):
        pairs = zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)
        reached |= {target for source, target in pairs if source in reached}
    return reached


def test_random_genomes_have_the_wanted_density() -> None:
    rng = np.random.default_rng(5)
    settings = InitialSettings(hidden=0, density=0.3)
    counts = [random_genome(8, 4, profile(), settings, rng).synapses for _ in range(200)]
    assert np.mean(counts) == pytest.approx(0.3 * 12 * 4, rel=0.05)


def synapses_of(kind: str, hidden: int, density: float = 1.0) -> set[tuple[int, int]]:
    """Returns pairs of (source, target) in a network of two inputs and one output."""
    settings = InitialSettings(hidden, density, kind=kind)
    genome = random_genome(2, 1, profile(), settings, np.random.default_rng(4))
    assert genome.hidden == hidden
    return set(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))


def test_kinds_of_first_networks_join_the_neurons_that_they_name() -> None:
    into, back, out = {(0, 3), (1, 3), (0, 4), (1, 4)}, {(2, 3), (2, 4), (2, 2)}, {(3, 2), (4, 2)}
    direct, among = {(0, 2), (1, 2)}, {(3, 3), (3, 4), (4, 3), (4, 4)}

    assert synapses_of("dense", 2) == into | back | out | direct | among
    assert synapses_of("layered", 2, 0.0) == into | out
    assert synapses_of("layered", 0) == direct
    assert synapses_of("reservoir", 2) == into | out | among
    assert len(synapses_of("reservoir", 2, 0.5) - out) < len(into | among)


@pytest.mark.parametrize("kind", INITIAL)
def test_first_networks_of_every_kind_are_valid_and_reach_every_output(
    chip: Profile, kind: str
) -> None:
    for seed in range(20):
        settings = InitialSettings(hidden=4, density=0.3, fewest=2, kind=kind)
        genome = random_genome(3, 2, chip, settings, np.random.default_rng(seed))
        validate(genome, chip)
        assert reached_from_inputs(genome) >= {3, 4}
        assert min(2, chip.max_hidden) <= genome.hidden <= 4


def test_random_genomes_leave_outputs_silent_only_where_limits_demand_it() -> None:
    chip = profile("float", {"max_synapses": 1})
    rng = np.random.default_rng(6)
    genome = random_genome(3, 2, chip, InitialSettings(2, 0.5), rng)
    validate(genome, chip)
    assert genome.synapses == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden": -1}, "hidden is -1; it must be 0 or more"),
        ({"density": 1.5}, "density is 1.5; it must be from 0 to 1"),
        ({"density": float("nan")}, "density is nan"),
        ({"hidden": 2, "fewest": 3}, "fewest is 3; it must be from 0 to hidden, 2"),
        ({"kind": "dens"}, "initial: there is no 'dens' .did you mean 'dense'"),
    ],
)
def test_wrong_initial_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        InitialSettings(**settings)


def test_fields_of_a_genome_are_all_compared() -> None:
    names = {field.name for field in fields(Genome) if field.init}
    assert names == {"inputs", "outputs", "traits", *ARRAYS}


def test_validation_names_a_synapse_that_should_go_through_hidden_neurons() -> None:
    settings, rng = InitialSettings(hidden=0, density=0.0), np.random.default_rng(1)
    genome = random_genome(1, 1, profile("float"), settings, rng)
    with pytest.raises(InputError, match="synapse 0 from input 0 to output 0 is direct; it must"):
        validate(genome, profile("float", {"direct": False}))
