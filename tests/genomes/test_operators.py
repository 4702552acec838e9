"""What every operator must keep, whatever the profile; and what each one does."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.genomes import (
    MUTATIONS,
    Genome,
    InitialSettings,
    Profile,
    Range,
    crossover,
    profile,
    random_genome,
    validate,
)
from spikevolve.genomes.genome import io_ids
from spikevolve.genomes.operators.add_remove import split_synapse
from spikevolve.genomes.operators.perturb import perturb_trait
from spikevolve.genomes.random_values import draw_threshold

FLOAT = profile("float", {"bias": [-0.5, 0.5], "v_reset": [-1, 0, 0.25]})


@pytest.fixture(params=MUTATIONS.keys())
def mutation(request: pytest.FixtureRequest) -> Callable[..., Genome]:
    """Each of the registered mutations."""
    return MUTATIONS[request.param]


def test_every_mutation_keeps_genomes_valid(mutation: Any, chip: Profile, evolved: Any) -> None:
    for seed in range(10):
        genome = evolved(chip, seed)
        before = genome.content_hash, (genome.wiring.tobytes(), genome.weights.tobytes())
        child = mutation(genome, chip, np.random.default_rng(seed))
        validate(child, chip)
        assert (child.inputs, child.outputs) == (genome.inputs, genome.outputs)
        assert np.array_equal(child.neuron_ids[:5], io_ids(3, 2))
        assert child is genome or child != genome
        assert genome.content_hash == before[0]
        assert (genome.wiring.tobytes(), genome.weights.tobytes()) == before[1]


def test_every_mutation_repeats_with_its_randomness(mutation: Any, evolved: Any) -> None:
    for seed in range(10):
        genome = evolved(FLOAT, seed)
        one, other = (mutation(genome, FLOAT, np.random.default_rng(seed)) for _ in range(2))
        assert one == other


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_history_of_operators_keeps_genomes_valid(chip: Profile, data: st.DataObject) -> None:
    inputs, outputs = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    start = InitialSettings(data.draw(st.integers(0, 5)), data.draw(st.floats(0, 1)))
    pool = [random_genome(inputs, outputs, chip, start, rng) for _ in range(2)]
    for name in data.draw(st.lists(st.sampled_from([*MUTATIONS, "crossover"]), max_size=30)):
        if name == "crossover":
            pool.append(crossover(pool[-1], pool[-2], chip, rng))
        else:
            pool.append(MUTATIONS[name](pool[-1], chip, rng))
        validate(pool[-1], chip)
        assert (pool[-1].inputs, pool[-1].outputs) == (inputs, outputs)
        assert pool[-1].neuron_ids[: inputs + outputs].tolist() == io_ids(inputs, outputs).tolist()


@pytest.mark.parametrize("inputs", ["sources", "neurons"])
def test_no_operator_joins_inputs_to_outputs_where_that_is_forbidden(
    mutation: Any, inputs: str
) -> None:
    chip = profile("float", {"direct": False, "max_hidden": 2, "inputs": inputs})
    rng, joined = np.random.default_rng(3), set()
    pool = [random_genome(3, 4, chip, InitialSettings(2, 0.3), rng) for _ in range(2)]
    for _ in range(200):
        grown = MUTATIONS["add_synapse"](mutation(pool[-1], chip, rng), chip, rng)
        pool = [pool[-1], crossover(grown, pool[0], chip, rng)]
        pairs = zip(pool[-1].sources.tolist(), pool[-1].targets.tolist(), strict=True)
        joined |= {(source < 3, 3 <= target < 7) for source, target in pairs}
    assert (True, True) not in joined
    assert joined >= {(True, False), (False, True)}


def test_splitting_keeps_what_reaches_the_target() -> None:
    rng = np.random.default_rng(2)
    genome = random_genome(1, 1, FLOAT, InitialSettings(0, 0), rng).with_delay(0, 9)
    child = split_synapse(genome, FLOAT, rng)
    into, out = np.flatnonzero(child.targets == 2)[0], np.flatnonzero(child.sources == 2)[0]
    assert child.hidden == 1
    assert child.synapses == 2
    assert child.weights[into] == child.parameters[2, 0]  # one spike just reaches the threshold
    assert child.weights[out] == genome.weights[0]
    assert child.delays[into] + child.delays[out] == 9


def changed(before: Genome, after: Genome) -> set[str]:
    names = ("neuron_ids", "parameters", "sources", "targets", "weights", "delays")
    return {n for n in names if not np.array_equal(getattr(before, n), getattr(after, n))}


@pytest.mark.parametrize(
    ("name", "array", "column"),
    [
        ("perturb_weight", "weights", None),
        ("perturb_delay", "delays", None),
        ("perturb_threshold", "parameters", 0),
        ("perturb_leak", "parameters", 1),
        ("perturb_refractory", "parameters", 2),
        ("perturb_bias", "parameters", 3),
        ("perturb_parameter", "parameters", 4),
    ],
)
def test_a_perturbation_changes_one_number(
    name: str, array: str, column: int | None, evolved: Any
) -> None:
    seen = set()
    for seed in range(40):
        genome = evolved(FLOAT, seed % 4)
        child = MUTATIONS[name](genome, FLOAT, np.random.default_rng(seed))
        assert changed(genome, child) == {array}
        places = np.argwhere(getattr(genome, array) != getattr(child, array))
        assert len(places) == 1
        assert column is None or places[0, 1] == column
        seen.add(places[0, 0])
    assert len(seen) > 3


@pytest.mark.parametrize(
    ("name", "neurons", "synapses"),
    [
        ("add_neuron", 1, 2),
        ("split_synapse", 1, 1),
        ("add_synapse", 0, 1),
        ("remove_synapse", 0, -1),
        ("rewire", 0, 0),
        ("remove_neuron", -1, None),
    ],
)
def test_a_change_of_structure_changes_no_more_than_its_name(
    name: str, neurons: int, synapses: int | None, evolved: Any
) -> None:
    for seed in range(40):
        genome = evolved(FLOAT, seed % 4)
        child = MUTATIONS[name](genome, FLOAT, np.random.default_rng(seed))
        if child is genome:
            continue
        assert child.hidden - genome.hidden == neurons
        before, after = synapse_set(genome), synapse_set(child)
        if synapses is None:
            [lost] = set(genome.neuron_ids.tolist()) - set(child.neuron_ids.tolist())
            assert after == {synapse for synapse in before if lost not in synapse[:2]}
            continue
        assert len(after) - len(before) == synapses
        gone = {"split_synapse": 1, "remove_synapse": 1, "rewire": 1}.get(name, 0)
        assert len(before - after) == gone
        if name == "rewire":
            [old], [new] = before - after, after - before
            assert old[2:] == new[2:]
            assert (old[0] == new[0]) != (old[1] == new[1])


def synapse_set(genome: Genome) -> set[tuple[float, ...]]:
    """Source id, target id, weight and delay of each."""
    ids = genome.neuron_ids
    columns = (ids[genome.sources], ids[genome.targets], genome.weights, genome.delays)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def targets_of(genome: Genome, chip: Profile) -> range:
    return range(chip.first_target(genome.inputs), genome.neurons)


def pairs(genome: Genome) -> set[tuple[int, int]]:
    """Source id and target id of every synapse."""
    ids = genome.neuron_ids.tolist()
    wiring = zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)
    return {(ids[source], ids[target]) for source, target in wiring}


def joinable(genome: Genome, chip: Profile) -> set[tuple[int, int]]:
    ids = genome.neuron_ids.tolist()
    return {(source, ids[target]) for source in ids for target in targets_of(genome, chip)}


def attached_between(before: Genome, after: Genome) -> tuple[int, int]:
    [born] = set(after.neuron_ids.tolist()) - set(before.neuron_ids.tolist())
    new = pairs(after) - pairs(before)
    [source] = [source for source, target in new if target == born]
    [target] = [target for source, target in new if source == born]
    return source, target


def hidden_ids(genome: Genome) -> set[int]:
    return set(genome.neuron_ids.tolist()[genome.inputs + genome.outputs :])


# What an operator draws, read from parent and child; and all that it may draw, as likely each.
DRAWN: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add_neuron": (attached_between, joinable),
    "add_synapse": (
        lambda before, after: (pairs(after) - pairs(before)).pop(),
        lambda genome, chip: joinable(genome, chip) - pairs(genome),
    ),
    "remove_neuron": (
        lambda before, after: (hidden_ids(before) - hidden_ids(after)).pop(),
        lambda genome, chip: hidden_ids(genome),
    ),
    "remove_synapse": (
        lambda before, after: (pairs(before) - pairs(after)).pop(),
        lambda genome, chip: pairs(genome),
    ),
    "split_synapse": (
        lambda before, after: (pairs(before) - pairs(after)).pop(),
        lambda genome, chip: pairs(genome),
    ),
    "perturb_weight": (
        lambda before, after: np.flatnonzero(before.weights != after.weights).item(),
        lambda genome, chip: set(range(genome.synapses)),
    ),
    "perturb_delay": (
        lambda before, after: np.flatnonzero(before.delays != after.delays).item(),
        lambda genome, chip: set(range(genome.synapses)),
    ),
    "perturb_threshold": (
        lambda before, after: np.argwhere(before.parameters != after.parameters)[0][0],
        lambda genome, chip: set(targets_of(genome, chip)),
    ),
    "perturb_parameter": (
        lambda before, after: tuple(np.argwhere(before.parameters != after.parameters)[0]),
        lambda genome, chip: {
            (neuron, chip.columns[name])
            for neuron in targets_of(genome, chip)
            for name in ("adaptation", "adaptation_leak")
        },
    ),
}


@pytest.mark.parametrize("inputs", ["sources", "neurons"])
@pytest.mark.parametrize("name", DRAWN)
def test_operators_draw_each_neuron_or_synapse_as_often(name: str, inputs: str) -> None:
    chip = profile("alif", {"inputs": inputs})
    rng = np.random.default_rng(7)
    genome = random_genome(2, 1, chip, InitialSettings(0, 0.5), rng)
    for _ in range(3):
        genome = MUTATIONS["add_neuron"](genome, chip, rng)
    drawn, possible = DRAWN[name]
    expected = possible(genome, chip)
    size = 60 * len(expected)
    counts = Counter(drawn(genome, MUTATIONS[name](genome, chip, rng)) for _ in range(size))
    assert set(counts) == expected
    assert max(abs(count - 60) for count in counts.values()) < 4.5 * 60**0.5


def test_rewiring_moves_either_end_as_often(evolved: Any) -> None:
    genome = evolved(FLOAT, 1)
    rng, moved = np.random.default_rng(5), Counter[bool]()
    for _ in range(600):
        after = pairs(MUTATIONS["rewire"](genome, FLOAT, rng))
        [old], [new] = pairs(genome) - after, after - pairs(genome)
        moved[old[0] == new[0]] += 1
    assert moved[True] == pytest.approx(300, abs=60)


def test_growth_stops_at_the_limits_and_not_before() -> None:
    chip = profile("float", {"max_hidden": 2, "max_synapses": 9, "max_fan_in": 4})
    rng = np.random.default_rng(6)
    for names, hidden in (
        (("add_neuron", "add_synapse"), 2),
        (("split_synapse", "add_synapse"), 2),
    ):
        genome = random_genome(2, 2, chip, InitialSettings(0, 0), rng)
        for _ in range(60):
            for name in names:
                genome = MUTATIONS[name](genome, chip, rng)
        assert (genome.hidden, genome.synapses) == (hidden, 9)


@pytest.mark.parametrize("name", ["add_neuron", "add_synapse", "rewire"])
def test_no_operator_adds_a_synapse_to_a_neuron_that_is_full(name: str) -> None:
    rng = np.random.default_rng(12)
    genome = random_genome(3, 2, profile(), InitialSettings(0, 0), rng)
    while Counter(genome.targets.tolist())[4] < 3:
        genome = MUTATIONS["add_synapse"](genome, profile(), rng)
    fan_in = Counter(genome.targets.tolist())
    chip = profile("float", {"max_fan_in": max(fan_in.values())})
    full = [target for target, count in fan_in.items() if count == chip.max_fan_in]
    grown = set()
    for _ in range(300):
        after = Counter(MUTATIONS[name](genome, chip, rng).targets.tolist())
        assert max(after.values()) <= chip.max_fan_in
        grown |= {target for target in (3, 4) if after[target] > fan_in[target]}
    assert grown == {3, 4} - set(full)


def test_thresholds_are_drawn_uniform_in_their_logarithm() -> None:
    rng = np.random.default_rng(8)
    draws = [draw_threshold(Range(2**-10, 1, 2**-10), rng) for _ in range(4000)]
    assert np.mean(np.array(draws) < 2**-5) == pytest.approx(0.5, abs=0.04)
    assert np.mean(np.array(draws) < 2**-2) == pytest.approx(0.8, abs=0.04)


def test_thresholds_are_scaled_up_as_far_as_down() -> None:
    chip = profile("float", {"threshold": [2**-8, 16, 2**-8]})
    rng = np.random.default_rng(9)
    genome = random_genome(1, 1, chip, InitialSettings(0, 0), rng).with_parameter(1, 0, 1.0)
    moves = np.log(
        [MUTATIONS["perturb_threshold"](genome, chip, rng).parameters[1, 0] for _ in range(6000)]
    )
    up, down = moves[moves > 0], -moves[moves < 0]
    assert len(up) / len(moves) == pytest.approx(0.5, abs=0.03)
    # Nine in ten are log(1 + n / 4) for a Gaussian n, one in ten is nearly always far away.
    for steps in (up, down):
        assert np.quantile(steps, 0.5) == pytest.approx(np.log(1 + 0.75 / 4), rel=0.1)
        assert np.quantile(steps, 0.75) == pytest.approx(np.log(1 + 1.36 / 4), rel=0.1)


def test_delays_move_mostly_by_a_tick_or_two() -> None:
    rng = np.random.default_rng(10)
    genome = random_genome(1, 1, FLOAT, InitialSettings(0, 0), rng).with_delay(0, 8)
    children = [MUTATIONS["perturb_delay"](genome, FLOAT, rng) for _ in range(2000)]
    moves = np.array([child.delays[0] for child in children]) - 8
    assert np.mean(np.abs(moves) <= 2) == pytest.approx(0.9 * 0.93 + 0.1 * 4 / 14, abs=0.03)
    assert set(moves.tolist()) == set(range(-7, 8)) - {0}


def test_weights_move_mostly_a_little() -> None:
    rng = np.random.default_rng(3)
    genome = random_genome(1, 1, FLOAT, InitialSettings(0, 0), rng).with_weight(0, 0.0)
    moves = np.array(
        [MUTATIONS["perturb_weight"](genome, FLOAT, rng).weights[0] for _ in range(5000)]
    )
    assert abs(moves.mean()) < 0.02
    assert np.mean(np.abs(moves) > 0.7) == pytest.approx(0.03, abs=0.01)  # redrawn: 10 % of 30 %
    assert np.median(np.abs(moves)) == pytest.approx(0.6745 * 0.2, rel=0.2)


def test_operators_that_cannot_apply_return_the_genome_itself() -> None:
    chip = profile("float", {"max_hidden": 0, "max_synapses": 1, "delay": [1, 1], "leaks": [0.5]})
    rng = np.random.default_rng(4)
    genome = random_genome(1, 1, chip, InitialSettings(0, 0), rng)
    for name in ("add_neuron", "add_synapse", "split_synapse", "remove_neuron", "perturb_delay"):
        assert MUTATIONS[name](genome, chip, rng) is genome
    for name in ("perturb_bias", "perturb_leak", "perturb_parameter"):
        assert MUTATIONS[name](genome, chip, rng) is genome
    empty = MUTATIONS["remove_synapse"](genome, chip, rng)
    for name in ("remove_synapse", "rewire", "split_synapse", "perturb_weight", "perturb_delay"):
        assert MUTATIONS[name](empty, chip, rng) is empty


def test_a_child_of_twins_is_their_twin(chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 5)
    for seed in range(10):
        assert crossover(genome, genome, chip, np.random.default_rng(seed)) == genome


def test_crossover_mixes_structures_in_half_of_the_children(evolved: Any) -> None:
    a, b = evolved(FLOAT, 6), evolved(FLOAT, 7)
    structure = [
        {synapse[:2] for synapse in synapse_set(crossover(a, b, FLOAT, np.random.default_rng(s)))}
        for s in range(2000)
    ]
    first = {synapse[:2] for synapse in synapse_set(a)}
    assert sum(s == first for s in structure) == pytest.approx(1000, abs=110)
    assert any(s - first for s in structure)


def test_crossover_too_large_for_the_profile_takes_the_first_structure(evolved: Any) -> None:
    chip = profile("float", {"max_synapses": 14, "max_fan_in": 4, "max_hidden": 3})
    for seed in range(200):
        a, b = evolved(chip, seed), evolved(chip, seed + 1)
        validate(crossover(a, b, chip, np.random.default_rng(seed)), chip)


def test_a_change_of_a_trait_draws_every_other_value_as_often(evolved: Any) -> None:
    chip = replace(profile("float"), traits={"gain": (1.0, 2.0, 3.0), "one": (7.0,)})
    genome = evolved(chip, 1)
    found = [perturb_trait(genome, chip, np.random.default_rng(seed)).traits for seed in range(300)]
    (_, gain), one = genome.traits
    assert {traits[1] for traits in found} == {one} == {("one", 7.0)}
    others = {value for value in (1.0, 2.0, 3.0) if value != gain}
    for other in others:
        assert sum(traits[0] == ("gain", other) for traits in found) == pytest.approx(150, abs=40)


def test_first_genomes_and_children_have_traits_of_every_kind(evolved: Any) -> None:
    chip = replace(profile("float"), traits={"gain": (1.0, 2.0), "fields": (3.0, 4.0)})
    rng = np.random.default_rng(2)
    first = [random_genome(2, 1, chip, InitialSettings(), rng).traits for _ in range(200)]
    assert {first.count(traits) > 30 for traits in first} == {True}
    assert len(set(first)) == 4

    a = evolved(chip, 1).with_traits((("gain", 1.0), ("fields", 4.0)))
    b = evolved(chip, 2).with_traits((("gain", 2.0), ("fields", 4.0)))
    children = [crossover(a, b, chip, rng).traits for _ in range(200)]
    assert {fields for _, fields in children} == {("fields", 4.0)}
    assert children.count(a.traits) == pytest.approx(100, abs=30)


def test_crossover_of_genomes_for_different_tasks_is_refused(evolved: Any) -> None:
    a, b = evolved(FLOAT, 8), evolved(FLOAT, 8, inputs=4)
    with pytest.raises(InputError, match="3 inputs and 2 outputs and one with 4 and 2"):
        crossover(a, b, FLOAT, np.random.default_rng(1))
