"""Learning: what is pruned, genomes that stay valid for their hardware, and that it learns anything."""

import runpy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.evolve.evaluation.learn import Lesson, learned
from spikevolve.genomes import Genome, Profile, express, profile, validate
from spikevolve.genomes.initial_genomes import InitialSettings, untrained_genome
from spikevolve.sim.batch import pack, pack_lanes
from spikevolve.sim.compile import read_only
from spikevolve.tasks import Classification, Regression, Task, TaskSettings, load
from spikevolve.tasks.data.learning.learner import (
    Learner,
    Manner,
    Stage,
    _synapses_left,
    learn,
    pruned,
)
from spikevolve.tasks.data.learning.losses import COUNT, Loss
from spikevolve.tasks.data.learning.trace import EXACT, SECOND_MOMENT, Shown

USUAL = {"bias": [-0.5, 0.5], "soft_reset": 1}
LOSS = Loss(COUNT, 3, 1.0, 1.0, 0.0)


@pytest.fixture
def dense() -> Learner:
    """6 inputs, 3 outputs and 4 hidden neurons, 54 synapses."""
    made: Learner = runpy.run_path(str(Path(__file__).with_name("learned_bits.py")))["dense"]()
    return made


def with_importance(learner: Learner, importance: NDArray[Any]) -> Learner:
    """Weights of any size, with the second moments that make |weight| × root what is asked for."""
    values = learner.values.copy()
    weights = np.abs(values[EXACT, : learner.synapses]) + np.float32(0.01)
    values[EXACT, : learner.synapses] = weights * np.where(np.arange(len(weights)) % 2, 1, -1)
    values[SECOND_MOMENT, : learner.synapses] = (importance / weights) ** 2
    return replace(learner, values=values)


def pairs(learner: Learner) -> set[tuple[int, int]]:
    """Synapses by the ids of the neurons that they join."""
    sources, targets, _ = learner.wiring
    return set(zip(learner.ids[sources].tolist(), learner.ids[targets].tolist(), strict=True))


def some_samples(seed: int = 3, samples: int = 40) -> Shown:
    rng = np.random.default_rng(seed)
    return Shown(
        read_only(pack_lanes(rng.random((12, 6, samples)) < 0.3)),
        read_only(np.zeros((0, 0, 0), np.float32)),
        read_only(rng.integers(0, 3, (samples, 1)).astype(np.int32)),
        read_only(np.zeros((0, 0), np.float32)),
        read_only(np.ones(samples, np.float32)),
    )


def after(learner: Learner, stages: tuple[Stage, ...], shown: Shown) -> list[Learner]:
    rng = np.random.default_rng(1)
    return list(learn(learner, shown, LOSS, stages, Manner(), rng, lambda: False))


def test_the_least_important_synapses_are_pruned_first(dense: Learner) -> None:
    importance = np.random.default_rng(2).permutation(dense.synapses) + 1.0
    dense = with_importance(dense, importance)

    for left in (53, 40, 30):
        kept = pruned(dense, left)

        best = np.sort(np.argsort(-importance)[:left])
        assert kept.synapses == left
        assert pairs(kept) == pairs(replace(dense, wiring=dense.wiring[:, best]))
        np.testing.assert_array_equal(kept.values[:, :left], dense.values[:, best])
    assert pruned(dense, 54) is dense


def test_before_anything_is_learned_the_smallest_weights_are_pruned(dense: Learner) -> None:
    sizes = np.abs(dense.values[EXACT, : dense.synapses])

    kept = pruned(dense, 40)

    assert np.sort(np.abs(kept.values[EXACT, :40])).tolist() == np.sort(sizes)[-40:].tolist()


@pytest.mark.parametrize("deaf", [True, False], ids=["hears nothing", "is not heard"])
def test_hidden_neurons_without_ends_leave_with_their_synapses(dense: Learner, deaf: bool) -> None:
    sources, targets, _ = dense.wiring
    lonely = dense.hidden + 1
    importance = np.where((targets if deaf else sources) == lonely, 0.1, 1.0)
    dense = with_importance(dense, importance)

    kept = pruned(dense, dense.synapses - (6 if deaf else 3))
    assert kept.synapses == dense.synapses - 9
    assert kept.ids.tolist() == [n for n in range(13) if n != lonely]
    assert pairs(kept) == {pair for pair in pairs(dense) if lonely not in pair}
    others = np.array(kept.ids)
    np.testing.assert_array_equal(kept.neurons, dense.neurons[others])
    np.testing.assert_array_equal(
        kept.values[:, kept.synapses :],
        dense.values[:, dense.synapses :].reshape(5, 2, 13)[:, :, others].reshape(5, -1),
    )


@pytest.mark.parametrize(("begun", "wanted", "epochs"), [(400, 50, 40), (54, 1, 12), (9, 8, 3)])
def test_synapses_become_fewer_geometrically_in_the_first_half(
    begun: int, wanted: int, epochs: int
) -> None:
    stage = Stage(epochs, wanted, 0.01)
    left = [_synapses_left(stage, number, begun) for number in range(epochs)]

    half = -(-epochs // 2)
    for number, found in enumerate(left[:half], 1):
        assert abs(found - begun * (wanted / begun) ** (number / half)) < 1 + 1e-6 * begun
    assert left[half - 1 :] == [wanted] * (epochs - half + 1)
    assert _synapses_left(Stage(3, None, 0.01), 2, begun) == begun
    assert _synapses_left(Stage(3, begun + 5, 0.01), 2, begun) == begun
    assert _synapses_left(Stage(1, wanted, 0.01), 0, begun) == wanted


def test_every_stage_ends_with_as_many_synapses_as_it_is_to_leave(dense: Learner) -> None:
    outputs_only = replace(dense, hidden=13)  # so none leaves as a hidden neuron without ends
    stages = tuple(Stage(2, left, 0.01) for left in (None, 40, 17, 17, 3))

    found = after(outputs_only, stages, some_samples())

    assert [one.synapses for one in found] == [54, 40, 17, 17, 3]
    for more, fewer in pairwise(found):
        assert pairs(fewer) <= pairs(more)


def test_learning_leaves_what_it_is_handed_and_what_it_has_yielded(dense: Learner) -> None:
    before = dense.values.tobytes()
    rng, stages = np.random.default_rng(1), (Stage(2, None, 0.01), Stage(2, None, 0.01))
    stops = learn(dense, some_samples(), LOSS, stages, Manner(), rng, lambda: False)

    first = next(stops)
    kept = first.values.tobytes()
    second = next(stops)

    assert dense.values.tobytes() == before
    assert first.values.tobytes() == kept != second.values.tobytes()


def test_learning_ends_where_it_is_given_up(dense: Learner) -> None:
    asked = iter([False] * 3 + [True])
    rng, stages = np.random.default_rng(1), (Stage(2, None, 0.01),) * 3

    found = list(learn(dense, some_samples(), LOSS, stages, Manner(), rng, lambda: next(asked)))

    assert len(found) == 1


class Checks(Classification):
    """Two values on one side of a half, or not: no linear model knows."""

    def load(self) -> tuple[object, object]:
        values = np.random.default_rng(3).random((240, 2))
        return values, ((values[:, 0] > 0.5) ^ (values[:, 1] > 0.5)).astype(int)


class Slope(Regression):
    """A linear function."""

    def load(self) -> tuple[object, object]:
        values = np.random.default_rng(3).random((240, 3))
        return values, values[:, 0] - 0.6 * values[:, 1]


def taught(
    task: Task, chip: Profile, hidden: int = 0, epochs: int = 40, seed: int = 1
) -> tuple[Genome, Genome]:
    """A dense genome, and what it becomes."""
    rng = np.random.default_rng(seed)
    begun = untrained_genome(task.inputs, task.outputs, chip, InitialSettings(hidden, 1.0), rng)
    manner = Manner(dropout=0.0 if hidden else 0.1)
    lesson = Lesson(begun, chip, (Stage(epochs, None, 0.01),), manner, seed, fresh=True)
    [found] = learned(task, task.workload("train", 0), lesson)
    return begun, found


def score(task: Task, chip: Profile, genome: Genome, split: Any = "test") -> float:
    networks = pack([express(genome, chip)])
    return float(task.evaluate(task.workload(split, 0), networks).score[0])


def task_for(chip: Profile) -> Task:
    return load(
        "iris",
        TaskSettings(
            arithmetic=chip.arithmetic,
            inputs=chip.inputs,
            full_charge=chip.full_charge,
            max_charge=chip.max_charge,
            grid=chip.weight.grid,
        ),
    )


CHIPS: dict[str, tuple[str, dict[str, Any]]] = {
    "float": ("float", USUAL),
    "no bias, hard reset": ("float", {}),
    "int8": ("int8", {"bias": [-64, 64], "soft_reset": 1}),
    "4 bits": ("int8", {"weight": [-7, 7], "bias": [-4, 4], "soft_reset": 1}),
    "if": ("if", USUAL),
    "alif": ("alif", USUAL),
    "cuba_lif": ("cuba_lif", USUAL),
    "one threshold": ("float", {**USUAL, "threshold": 1.5}),
    "one bias": ("float", {"soft_reset": 1, "bias": 0.125}),
    "thresholds on a list": ("float", {**USUAL, "thresholds": [0.4, 1.1]}),
    "max_fan_in": ("float", {**USUAL, "max_fan_in": 4}),
    "max_synapses": ("float", {**USUAL, "max_synapses": 9}),
    "not direct": ("float", {**USUAL, "direct": False}),
    "inputs are neurons": ("float", {**USUAL, "inputs": "neurons"}),
}


@pytest.mark.parametrize("name", CHIPS)
def test_what_is_learned_is_valid_for_its_hardware_and_far_above_chance(name: str) -> None:
    chip = profile(CHIPS[name][0], CHIPS[name][1])
    task = task_for(chip)

    begun, found = taught(task, chip, hidden=0 if chip.direct else 6)

    validate(begun, chip)
    validate(found, chip)
    assert found.wiring.tobytes() == begun.wiring.tobytes()
    others = [n for gene, n in chip.columns.items() if gene not in ("bias", "threshold")]
    assert found.parameters[:, others].tobytes() == begun.parameters[:, others].tobytes()
    assert score(task, chip, found) > task.chance_score + 0.3


def test_a_child_keeps_what_it_does_not_learn() -> None:
    chip = profile("float", {**USUAL, "thresholds": [0.4, 0.7, 1.1], "delay": [1, 3]})
    task = task_for(chip)
    _, parent = taught(task, chip, hidden=4, epochs=5)
    varied = parent.parameters.copy()
    rng = np.random.default_rng(1)
    varied[8:, chip.columns["threshold"]] = rng.choice(np.array([0.4, 0.7, 1.1]), len(varied) - 8)
    parent = replace_parameters(parent, varied)
    lesson = Lesson(parent, chip, (Stage(4, 20, 0.01),), Manner(), 1)

    [child] = learned(task, task.workload("train", 0), lesson)

    validate(child, chip)
    assert child.synapses <= 20
    born = {int(one): row for one, row in zip(parent.neuron_ids, varied, strict=True)}
    for one, row in zip(child.neuron_ids, child.parameters, strict=True):
        for gene, column in chip.columns.items():
            assert gene in ("bias", "threshold") or row[column] == born[int(one)][column], gene


def replace_parameters(genome: Genome, parameters: NDArray[np.float32]) -> Genome:
    for neuron, gene in np.argwhere(parameters != genome.parameters):
        genome = genome.with_parameter(int(neuron), int(gene), float(parameters[neuron, gene]))
    return genome


@pytest.mark.parametrize(
    ("decoder", "iris", "checks"),
    [
        ("spike_count", 0.9, 0.85),
        ("first_spike", 0.85, 0.68),
        ("first_to:2", 0.85, 0.78),
        ("membrane", 0.85, 0.68),
    ],
)
def test_classes_are_learned_by_every_decoder(decoder: str, iris: float, checks: float) -> None:
    chip = profile("float", USUAL)
    flowers = load("iris", TaskSettings(decoder=decoder))
    squares = Checks(TaskSettings(decoder=decoder))

    assert score(flowers, chip, taught(flowers, chip)[1]) > iris
    hidden = taught(squares, chip, hidden=16, epochs=60)[1]
    assert score(squares, chip, hidden, "train") > checks


@pytest.mark.parametrize("decoder", ["vector", "vector:5", "rate", "bins:5"])
def test_numbers_are_learned_by_every_decoder(decoder: str) -> None:
    task, chip = Slope(TaskSettings(decoder=decoder)), profile("float", USUAL)

    found = score(task, chip, taught(task, chip, epochs=60)[1])

    assert found > task.chance_score + 0.07
